"""Whatever a conversation holds, its export gives it back.

2,000 conversations by hand: `TARN_TEST_EFFORT=10 uv run pytest tests/core/test_export_round_trip.py`.
"""

import json
from dataclasses import replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.core.conversation import Conversation, MessageNode
from app.core.export import ExportOptions, from_markdown, to_markdown
from app.core.generation import Generation
from app.core.message import Message, ReasoningPart, Role, ToolCallPart
from app.core.sampling import Sampling
from tests.support.effort import EFFORT
from tests.support.nasty_conversations import conversations, json_values, texts

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Other work on the same machine must not fail a test."""


def held(conversation):
    return [(node.message, node.state, node.created_at) for node in conversation.path()]


@settings(patiently, max_examples=200 * EFFORT)
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


def test_the_server_of_an_answer_is_named_and_survives():
    message = Message.of_text(Role.ASSISTANT, "Hi")
    message = replace(message, generation=Generation("LFM2.5-350M", server="studio"))
    text = to_markdown(Conversation().with_node(MessageNode(message)))
    assert "## LFM2.5-350M on studio" in text
    made = from_markdown(text).path()[0].message.generation
    assert (made.model_name, made.server) == ("LFM2.5-350M", "studio")
