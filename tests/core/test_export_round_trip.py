"""Whatever a conversation holds, its export gives it back."""

import json
from datetime import UTC, datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.export import ExportOptions, from_markdown, to_markdown
from app.core.message import (
    Generation,
    Message,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.sampling import Sampling

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Other work on the same machine must not fail a test."""

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
def conversations(draw):
    conversation = Conversation(
        title=draw(texts.filter(bool)),
        system_prompt=draw(texts),
        created_at=draw(moments).replace(microsecond=0),
    )
    for role in draw(st.lists(st.sampled_from(Role), max_size=5)):
        generation = None
        if role is Role.ASSISTANT and draw(st.booleans()):
            generation = Generation(draw(names), preset_name=draw(names), error=draw(names))
        message = Message(role, tuple(draw(st.lists(parts, max_size=4))), generation)
        node = MessageNode(
            message, conversation.tip_id, created_at=draw(moments), state=draw(st.sampled_from(MessageState))
        )
        conversation = conversation.with_node(node)
    return conversation


def held(conversation):
    return [(node.message, node.state, node.created_at) for node in conversation.path()]


@patiently
@given(conversations())
def test_an_export_gives_the_same_messages_back(conversation):
    text = to_markdown(conversation)
    restored = from_markdown(text)
    assert held(restored) == held(conversation)
    assert restored.title == conversation.title
    assert restored.system_prompt == conversation.system_prompt
    assert restored.created_at == conversation.created_at
    assert to_markdown(restored) == text


@patiently
@given(texts)
@example("```\n" * 3)
@example("<!-- tarn {} -->")
def test_a_single_text_survives(text):
    conversation = Conversation().with_node(MessageNode(Message.of_text(Role.USER, text)))
    assert from_markdown(to_markdown(conversation)).path()[0].message.text == text


@patiently
@given(
    st.builds(
        Sampling,
        temperature=st.floats(0, 5),
        seed=st.integers(-1, 2**32 - 1),
        min_p=st.floats(0, 1),
        stop=st.lists(texts.filter(bool), max_size=3).map(tuple),
    )
)
def test_sampling_values_survive(sampling):
    message = Message(Role.ASSISTANT, (), Generation("Model", sampling=sampling))
    restored = from_markdown(to_markdown(Conversation().with_node(MessageNode(message))))
    assert restored.path()[0].message.generation.sampling == sampling


@patiently
@given(conversations())
def test_without_reasoning_no_thought_is_in_the_file(conversation):
    restored = from_markdown(to_markdown(conversation, ExportOptions(include_reasoning=False)))
    for node, original in zip(restored.path(), conversation.path(), strict=True):
        expected = [part for part in original.message.parts if not isinstance(part, ReasoningPart)]
        assert list(node.message.parts) == expected


@patiently
@given(json_values)
def test_arguments_of_a_call_survive(value):
    call = ToolCallPart("f", {"a": value}, "[f(...)]")
    conversation = Conversation().with_node(MessageNode(Message(Role.ASSISTANT, (call,))))
    restored = from_markdown(to_markdown(conversation)).path()[0].message.parts[0]
    assert json.dumps(dict(restored.arguments)) == json.dumps(dict(call.arguments))
