"""A conversation goes into a JSON file and comes back as it was, with every branch."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.core.conversation import Conversation, MessageNode
from app.core.errors import ImportFormatError
from app.core.generation import Instructions
from app.core.permission import Permissions
from app.store.conversation_json import from_json, to_json
from tests.support import sample_messages as sample
from tests.support.effort import EFFORT
from tests.support.sample_messages import a_conversation, an_answer_with_everything

nasty = st.sampled_from(
    [
        "```\n~~~\n```",
        "---\n",
        "<think>x</think>",
        "\r\n",
        "\x00\x1b",
        "\u202e\u2066",
        "<!-- tarn {} -->",
        "\ud83d",
        "\ude00",
    ]
)
texts = sample.any_text | st.lists(nasty | sample.any_text, max_size=4).map("".join)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    nodes: list[MessageNode] = []
    for node in draw(st.lists(sample.nodes, max_size=5)):
        parent = draw(st.sampled_from([None, *nodes])) if nodes else None
        generation = node.message.generation
        if generation is not None and draw(st.booleans()):
            generation = replace(generation, instructions=Instructions(draw(texts), ({"name": draw(texts)},)))
        message = replace(node.message, generation=generation)
        nodes.append(replace(node, message=message, parent_id=parent.id if parent else None))
    return Conversation(
        title=draw(texts),
        is_titled_by_user=draw(st.booleans()),
        created_at=draw(sample.moments),
        updated_at=draw(sample.moments),
        nodes=tuple(nodes),
        tip_id=draw(st.sampled_from([None, *(node.id for node in nodes)])),
        system_prompt=draw(texts),
        model_path=draw(texts),
        preset_name=draw(texts),
        overrides=(("temperature", 0.5), ("stop", ("a", "\n"))) if draw(st.booleans()) else (),
        draft=draw(texts),
        tools=draw(st.none() | st.lists(texts, max_size=2).map(tuple)),
        permissions=Permissions(draw(st.frozensets(texts, max_size=2)), frozenset()),
    )


@settings(max_examples=200 * EFFORT, deadline=None, suppress_health_check=list(HealthCheck))
@given(conversations())
def test_any_conversation_comes_back_as_it_was(conversation: Conversation) -> None:
    # Two halves side by side are the character that they make, in every JSON file.
    assume(not re.search(r"\\ud[89ab][0-9a-f]{2}\\ud[c-f]", repr(conversation)))
    text = to_json(conversation)
    assert from_json(text) == conversation
    assert from_json(text.encode()) == conversation


def test_everything_about_an_answer_comes_back() -> None:
    message = an_answer_with_everything()
    told = Instructions("Be brief.", ({"type": "function", "function": {"name": "depth"}},))
    message = replace(message, generation=replace(message.generation, instructions=told))
    conversation = Conversation().with_node(MessageNode(message))
    assert from_json(to_json(conversation)) == conversation


def broken(**changes: object) -> str:
    values = json.loads(to_json(a_conversation("Q", "A")))
    for path, value in changes.items():
        step = values
        *way, last = path.split("__")
        for name in way:
            step = step[int(name)] if name.isdigit() else step[name]
        step[last] = value
    return json.dumps(values)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("[]", "not a chat that Tarn exported"),
        ('{"format": "other"}', "not a chat that Tarn exported"),
        (broken(version=3), "newer version"),
        (broken(version="1"), "newer version"),
        (broken(messages=3), "is damaged"),
        (broken(conversation={}), "is damaged"),
        (broken(conversation__title=3), "is damaged"),
        (broken(conversation__tip_id="nobody"), "is damaged"),
        (broken(messages__0__parent_id="nobody"), "is damaged"),
        (broken(messages__1__id="x", messages__0__id="x"), "is damaged"),
        (broken(messages__0__role="usar"), "is damaged"),
        (broken(messages__0__created_at="2026-01-01"), "is damaged"),
        (broken(messages__0__parts=[{"kind": "text", "text": 3}]), "is damaged"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ImportFormatError, match=words):
        from_json(text)
