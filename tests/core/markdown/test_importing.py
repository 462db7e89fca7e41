"""Reading an exported conversation back, also when somebody has been at it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.conversation import UNTITLED, Conversation, MessageNode
from app.core.errors import ImportFormatError
from app.core.export import from_markdown, to_markdown
from app.core.generation import Generation
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.sampling import Sampling

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Other work on the same machine must not fail a test."""


def exported():
    conversation = Conversation(title="Lakes", preset_name="Calm", system_prompt="Be kind.")
    parts = (
        ReasoningPart("Let me see.", "<think>\nLet me see.\n</think>", True, 1200, 40),
        TextPart("I shall look.", "\n\nI shall look."),
        ToolCallPart("look", {"at": "lake"}, '[look(at="lake")]'),
    )
    generation = Generation("LFM2.5", "/models/a.gguf", "Calm", Sampling(temperature=0.3, stop=("END",)))
    for message in (
        Message.of_text(Role.USER, "How blue is it?"),
        Message(Role.ASSISTANT, parts, generation),
        Message(Role.TOOL, (ToolResultPart("look", "very blue"),)),
        Message(Role.ASSISTANT, (TextPart("Very.", "Very."),), generation),
    ):
        conversation = conversation.with_node(MessageNode(message, conversation.tip_id))
    return to_markdown(conversation)


def test_an_import_is_a_new_conversation_with_the_same_content():
    first, second = from_markdown(exported()), from_markdown(exported())
    assert first.id != second.id
    assert {node.id for node in first.nodes}.isdisjoint(node.id for node in second.nodes)
    assert (first.title, first.is_titled_by_user, first.preset_name) == ("Lakes", True, "Calm")
    assert [node.role for node in first.path()] == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT]
    newest = first.path()[-1].message.generation
    assert newest == Generation("LFM2.5", "", "Calm", Sampling(temperature=0.3, stop=("END",)))


def test_what_the_model_wrote_comes_back_to_the_letter():
    answer = from_markdown(exported()).path()[1].message
    assert answer.raw == '<think>\nLet me see.\n</think>\n\nI shall look.[look(at="lake")]'


@pytest.mark.parametrize("is_stopped", [True, False])
def test_a_stopped_call_comes_back_as_one(is_stopped):
    result = ToolResultPart("look", "Nothing.", is_error=True, is_stopped=is_stopped)
    conversation = Conversation(title="Lakes")
    for message in (Message.of_text(Role.USER, "Go"), Message(Role.TOOL, (result,))):
        conversation = conversation.with_node(MessageNode(message, conversation.tip_id))
    assert from_markdown(to_markdown(conversation)).path()[-1].message.parts == (result,)


def test_a_stopped_call_of_an_older_export_comes_back_as_one():
    result = ToolResultPart("look", "Tool call was stopped by the user.", is_error=True)
    conversation = Conversation(title="Lakes")
    for message in (Message.of_text(Role.USER, "Go"), Message(Role.TOOL, (result,))):
        conversation = conversation.with_node(MessageNode(message, conversation.tip_id))
    (part,) = from_markdown(to_markdown(conversation)).path()[-1].message.parts
    assert part == replace(result, is_stopped=True)


def test_an_untitled_conversation_may_still_get_its_title_by_itself():
    assert not from_markdown(to_markdown(Conversation(title=UNTITLED))).is_titled_by_user


def test_changes_made_by_hand_are_taken_over():
    text = (
        exported()
        .replace('title: "Lakes"', "title: Blue lakes # mine")
        .replace("temperature: 0.3", "temperature: 1")
        .replace("How blue is it?", "How blue is it?\n\nTell me <b>all</b>.")
        .replace("Let me see.", "Let me think.")
        .replace('"at": "lake"', '"at": "sea"')
        .replace("very blue", "rather green\n")
        .replace("\n\nVery.", "\nNot very.")
        .replace("created: ", "created: 2020-02-01T10:00 # was ")
    )
    conversation = from_markdown(text)
    question, call, result, answer = (node.message for node in conversation.path())
    assert conversation.title == "Blue lakes"
    assert conversation.created_at == datetime(2020, 2, 1, 10, tzinfo=UTC)
    assert question.text == "How blue is it?\n\nTell me <b>all</b>."
    assert call.reasoning == "Let me think."
    assert call.raw.startswith("<think>\nLet me think.\n</think>")
    assert call.tool_calls[0].arguments == {"at": "sea"}
    assert result.text == "rather green\n"
    assert answer.text == "Not very."
    assert answer.generation.sampling.temperature == 1.0


def test_a_file_that_another_program_saved_is_read():
    text = exported()
    for changed in ("\ufeff" + text, text.replace("\n", "\r\n"), text.rstrip("\n"), text + "\n\n"):
        restored = from_markdown(changed)
        assert restored.path()[1].message == from_markdown(text).path()[1].message
        assert restored.path()[-1].message.text.strip() == "Very."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Notes\n\n## You\n\nHello",
        "---\ntitle: A note\n---\n\n# A note\n",
        "---\ntarn: yes\n---\n",
        "---\ntitle: never closed\ntarn: 1\n",
        "GGUF\0\0\0",
    ],
)
def test_another_kind_of_file_is_refused_in_words(text):
    with pytest.raises(ImportFormatError, match="not an exported chat") as caught:
        from_markdown(text)
    assert "Choose a Markdown file" in caught.value.hint


@pytest.mark.parametrize(
    ("found", "put", "sentence"),
    [
        ("tarn: 1", "tarn: 9", "exported by a newer version"),
        ("created: ", "created: the day before ", "date after 'created'"),
        ("temperature: 0.3", "temperature: 30", "Temperature must be between 0 and 5, not 30."),
        ("temperature: 0.3", "temperature: warm", "A sampling value in the head of the file cannot be used"),
        ("stop:", "stop: [[1]]\nstopped:", "must be a list of texts"),
        ("top_k: 40", "top_k: [1]", "A sampling value in the head of the file cannot be used"),
        ("preset: ", "preset ", "damaged at line 7"),
        ('"role":"user"', '"role":"neighbour"', "damaged at line"),
        ('"role":"user"', '"role":"user",', "damaged at line"),
        ('"role":"user"', '"part":"text"', "damaged at line"),
        ('"part":"thought"', '"part":"dream"', "damaged at line"),
        ('"at":"2', '"at":"x2', "damaged at line"),
        ('{\n  "at": "lake"\n}', "look at the lake", "damaged at line"),
        ("```\nvery blue\n```", "very blue", "damaged at line"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(found, put, sentence):
    text = exported()
    assert found in text
    with pytest.raises(ImportFormatError, match=sentence) as caught:
        from_markdown(text.replace(found, put, 1))
    assert caught.value.hint


def test_the_line_that_is_named_is_the_damaged_one():
    text = exported().replace('"part":"call"', '"part":"shout"')
    line = text[: text.index('"part":"shout"')].count("\n") + 1
    with pytest.raises(ImportFormatError, match=f"damaged at line {line}\\."):
        from_markdown(text)


@pytest.mark.parametrize("version", ["9" * 5000, "²", "１", "-1", "1.0", ""])
def test_a_version_that_is_no_number_is_no_version_of_tarn(version):
    text = re.sub("^tarn: .*$", f'tarn: "{version}"', exported(), count=1, flags=re.MULTILINE)
    with pytest.raises(ImportFormatError, match="not an exported chat"):
        from_markdown(text)


@patiently
@given(st.data())
def test_whatever_happens_to_a_file_it_is_read_or_refused_in_words(data):
    text = exported()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    put = data.draw(st.sampled_from(["", "\n", '"', "{", "}", "-->", "---", "null", "[" * 3000, "9" * 5000]))
    try:
        from_markdown(text[:start] + put + text[end:])
    except ImportFormatError as error:
        words = (str(error), error.hint)
    else:
        return
    assert all(sentence.endswith(".") for sentence in words)
