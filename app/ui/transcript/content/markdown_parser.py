"""markdown-it, set up for what models write."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from app.ui.transcript.content.markdown_rules.emphasis import emphasis, strikethrough
from app.ui.transcript.content.markdown_rules.fences import fence
from app.ui.transcript.content.markdown_rules.formulas import formula, formula_block
from app.ui.transcript.content.markdown_rules.links import line_break_tag
from app.ui.transcript.content.markdown_rules.paragraphs import heading, paragraph, underlined_heading
from app.ui.transcript.content.markdown_rules.references import definition, footnote, footnote_reference
from app.ui.transcript.content.markdown_rules.tables import table

DEEPEST_NESTING = 48
"""Levels of blocks that are read; markdown-it counts a list as two. Deeper text is shown as written."""
LONGEST_INLINE = 16_000
"""Characters of one paragraph in which emphasis and links are looked for: the search can be quadratic."""
MOST_BRACKETS = 400
"""A paragraph with more `[` that are never closed, or more pictures, is shown as written as well."""

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
    """markdown-it's own rule, but paragraphs that would take too long stay plain."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        if is_too_long(token.content):
            token.children = [Token("text", "", 0, content=token.content)]
        else:
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def is_too_long(content: str) -> bool:
    """Whether a paragraph is shown as written because reading it would take too long."""
    open_brackets = content.count("[") - content.count("]")
    return (
        len(content) > LONGEST_INLINE or open_brackets > MOST_BRACKETS or content.count("![") > MOST_BRACKETS
    )
