"""Conversations that are hard to write into a file: drawn at random, with text that means something there."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.generation import Generation
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart

# Lines that Markdown, HTML, YAML or the export's own marks give a meaning to.
NASTY_LINES = [
    *("", " ", "words", "```", "```python", "````", "~~~", "  ```", "    ```", "`", "``", "- ```", "> ```"),
    *("</details>", "<details>", "<summary>Thought for 6 s</summary>", "`</details>`", "\\</details>"),
    *("<!--", "-->", "<!-- note -->", "<script>", "</script>", "<pre>", "<div>", "<?php", "<![CDATA[", "<b>"),
    *("&lt;details>", "&lt;!--", "&amp;", "<think>", "</think>", "<|tool_call_start|>[f()]<|tool_call_end|>"),
    *(
        "## You",
        "# Title",
        "---",
        "...",
        "Setext\n===",
        "    code",
        "\tcode",
        "| a | b |",
        "1. one",
        "- item",
    ),
    *('<!-- tarn {"role":"user","at":"2026-01-01T00:00:00+00:00"} -->', '<!-- tarn {"part":"text"} -->'),
    *('<!-- tarn-2 {"part":"note"} -->', "**Called `f`**", "*Stopped here.*", "[a]: <details>", "$$", "%%"),
    *("\r", "a\rb", "\u2028", "\x85", "\x0c", "\0", "مرحبا", "日本語", "👩‍👩‍👧", "\ue000"),
]
letters = st.characters(codec="utf-8")
nasty_text = st.lists(st.sampled_from(NASTY_LINES) | st.text(letters, max_size=8), max_size=8).map("\n".join)
texts = nasty_text | st.text(letters, max_size=30)
names = st.text(letters, max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def reasoning_parts(draw):
    text = draw(texts)
    raw = draw(st.sampled_from([f"<think>{text}</think>", f"\n{text}</think>\n", text, "<think>else"]))
    figure = st.none() | st.integers(0, 10**7)
    return ReasoningPart(text, raw, draw(st.booleans()), draw(figure), draw(figure))


@st.composite
def text_parts(draw):
    text = draw(texts)
    return TextPart(text, draw(st.sampled_from([text, f"\n\n{text}", f"{text} \n", "something else"])))


calls = st.builds(
    ToolCallPart, names, st.dictionaries(names, json_values, max_size=3), texts, st.none() | names
)
results = st.builds(
    ToolResultPart, names, texts, st.booleans(), st.booleans(), st.none() | st.integers(0, 10**7)
)
parts = st.one_of(reasoning_parts(), text_parts(), calls, results)
moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


@st.composite
def conversations(draw, has_branches=False):
    """Conversations with up to five messages; with branches, each stands below any of those before it."""
    conversation = Conversation(
        title=draw(texts.filter(bool)),
        system_prompt=draw(texts),
        created_at=draw(moments).replace(microsecond=0),
    )
    for role in draw(st.lists(st.sampled_from(Role), max_size=5)):
        generation = None
        if role is Role.ASSISTANT and draw(st.booleans()):
            generation = Generation(
                draw(names), preset_name=draw(names), error=draw(names), is_edited=draw(st.booleans())
            )
        message = Message(role, tuple(draw(st.lists(parts, max_size=4))), generation)
        above = conversation.tip_id
        if has_branches:
            above = draw(st.sampled_from([None, *(node.id for node in conversation.nodes)]))
        node = MessageNode(
            message, above, created_at=draw(moments), state=draw(st.sampled_from(MessageState))
        )
        conversation = conversation.with_node(node)
    if has_branches and conversation.nodes:
        tip = draw(st.sampled_from([node.id for node in conversation.nodes]))
        conversation = conversation.with_tip(conversation.newest_tip_below(tip))
    return conversation
