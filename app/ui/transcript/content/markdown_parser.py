"""markdown-it, set up for what models write."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_core import StateCore

from app.ui.transcript.content.markdown_rules.definition_lists import definition_list
from app.ui.transcript.content.markdown_rules.emphasis import emphasis, strikethrough
from app.ui.transcript.content.markdown_rules.fences import fence
from app.ui.transcript.content.markdown_rules.formulas import formula, formula_block
from app.ui.transcript.content.markdown_rules.links import line_break_tag
from app.ui.transcript.content.markdown_rules.paragraphs import heading, paragraph, underlined_heading
from app.ui.transcript.content.markdown_rules.references import (
    FOOTNOTES,
    definition,
    footnote,
    footnote_reference,
)
from app.ui.transcript.content.markdown_rules.tables import table
from app.ui.transcript.content.paragraph_parts import (
    LEFT_OUT,
    LEFT_OUT_LENGTHS,
    READ_PARTS,
    ParagraphReader,
)

DEEPEST_NESTING = 48
"""Levels of blocks that are read; markdown-it counts a list as two. Deeper text is shown as written."""
SPANS = "spans"
"""The name among what a token tells of the styled text it was read into."""
IS_END = "is_end"
"""The same, of whether the beginning of its text was taken out."""

_ENDS_ALL: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def new_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST_NESTING})
    parser.core.ruler.at("inline", _read_inline)
    blocks, inline = parser.block.ruler, parser.inline.ruler
    parser.enable(["table", "strikethrough"])
    blocks.at("table", table, {"alt": ["paragraph", "reference"]})
    blocks.at("fence", fence, _ENDS_ALL)
    blocks.at("heading", heading, {"alt": ["paragraph", "reference", "blockquote"]})
    blocks.at("lheading", underlined_heading)
    blocks.before("lheading", "definition_list", definition_list)
    blocks.at("paragraph", paragraph)
    blocks.at("reference", definition)
    blocks.before("reference", "footnote", footnote, {"alt": ["paragraph", "reference"]})
    blocks.after("fence", "formula_block", formula_block, _ENDS_ALL)
    inline.at("emphasis", emphasis)
    inline.at("strikethrough", strikethrough)
    inline.before("escape", "formula", formula)
    inline.before("link", "footnote_reference", footnote_reference)
    inline.before("autolink", "line_break_tag", line_break_tag)
    return parser


def _read_inline(state: StateCore) -> None:
    """Note the styled text of each paragraph, heading and cell in its token."""
    known = state.env.get(READ_PARTS)
    if known is not None:
        known.begin(frozenset({*state.env.get("references", ()), *state.env.get(FOOTNOTES, ())}))
    reader = ParagraphReader(lambda text: state.md.inline.parse(text, state.md, state.env, []), known)
    lengths = state.env.get(LEFT_OUT_LENGTHS, {})
    for token in state.tokens:
        if token.type == "inline":
            is_end = token.content.startswith(LEFT_OUT)
            left_out = lengths.get(token.map[0], 0) if is_end and token.map else 0
            spans = reader.spans(token.content.removeprefix(LEFT_OUT), left_out)
            token.meta = {SPANS: spans, IS_END: is_end}
