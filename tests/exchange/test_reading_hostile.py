"""Whatever a file holds, it is read or refused with a sentence."""

import copy
import io
import json
import random
import re
import zipfile

import pytest

from app.core import formatting
from app.core.conversation import MessageNode
from app.core.export import to_markdown
from app.core.message import Message, ReasoningPart, Role, ToolResultPart
from app.exchange import json_stream, source_files
from app.exchange.imported import Read, ReadOptions, Unread
from app.exchange.json_stream import JsonInput, Refused, read_objects
from app.exchange.reading import read_all
from app.store.message_json import generation_from_json, generation_to_json, part_from_values, part_values
from tests.support import foreign_chats as chats
from tests.support.effort import EFFORT
from tests.support.sample_messages import a_conversation, an_answer_with_everything

JUNK = [
    *(
        None,
        True,
        0,
        -1,
        1e308,
        1e-308,
        10**18,
        10**400,
        "",
        "x",
        "\0",
        "\ud800",
        "﷽" * 50,
        [],
        {},
        [[]],
        [None],
        [{}],
    ),
    *(
        {"": {}},
        {"role": []},
        [1, "a", None],
        {"parts": {"x": 1}},
        "data:image/png;base64,!!",
        ["root", "root"],
    ),
]
MAKERS = (chats.chatgpt, chats.claude, chats.open_webui, chats.lm_studio, chats.llama_server)


def read(path):
    return list(read_all([path], ReadOptions()))


def places(value, path=()):
    """Every place in a value, as the keys that lead there."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for key, inner in enumerate(value):
            yield from places(inner, (*path, key))


def changed(value, path, junk):
    value = copy.deepcopy(value)
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = junk
    return value


def at(value, path):
    for key in path:
        value = value[key]
    return value


def assert_sound(found):
    for one in found:
        if isinstance(one, Unread):
            assert one.reason.endswith(".")
            continue
        conversation = one.imported.conversation
        seen = set()
        for node in conversation.nodes:
            assert node.parent_id is None or node.parent_id in seen
            seen.add(node.id)
            node.message.text, node.message.reasoning  # noqa: B018
            assert_shown(node.message)
        assert conversation.tip_id in seen
        assert conversation.path()
        assert one.imported.fingerprint


def assert_shown(message):
    """What a card says of it can be said, and the store reads back what it writes."""
    for part in message.parts:
        assert part_from_values(part_values(part)) == (part, True)
        if isinstance(part, ReasoningPart | ToolResultPart) and part.elapsed_ms is not None:
            assert formatting.whole_seconds(part.elapsed_ms / 1000)
    if message.generation and (figures := message.generation.statistics):
        assert generation_from_json(generation_to_json(message.generation)) == (message.generation, True)
        assert formatting.duration((figures.prompt_ms + figures.ttft_ms + figures.decode_ms) / 1000)
        assert formatting.generation_speed(figures.tokens_per_second)


def test_no_figure_of_an_export_is_taken_that_was_never_measured(tmp_path):
    """Seconds of 1e308 are infinitely many milliseconds; a speed of 1e-308 makes an answer last for ever."""
    path = tmp_path / "x.json"
    for make in MAKERS:
        value = make()
        for place in [place for place in places(value) if place]:
            for junk in (1e308, -1e308, 1e-308, 10**400, -1):
                if isinstance(at(value, place), int | float):
                    path.write_text(json.dumps([changed(value, place, junk)]), encoding="utf-8")
                    assert_sound(read(path))


MARK = re.compile(r"(?<=^<!-- tarn )(\{.*\})(?= -->$)", re.MULTILINE)


def test_a_wrong_type_in_any_mark_of_markdown_is_no_harm(tmp_path):
    """A mark is JSON in a comment: whatever stands in it, the file is read or refused in words."""
    conversation = a_conversation("How deep?", title="Lakes")
    for message in (
        an_answer_with_everything(),
        Message(Role.TOOL, (ToolResultPart("look", "deep", elapsed_ms=9),)),
    ):
        conversation = conversation.with_node(MessageNode(message, conversation.tip_id))
    text = to_markdown(conversation)
    path, tried = tmp_path / "x.md", 0
    for found in MARK.finditer(text):
        values = json.loads(found[1])
        for name in values:
            for junk in JUNK:
                broken = json.dumps({**values, name: junk})
                path.write_text(
                    text[: found.start()] + broken + text[found.end() :], encoding="utf-8", newline=""
                )
                assert_sound(read(path))
                tried += 1
    assert tried > 500


@pytest.mark.parametrize("make", MAKERS)
def test_a_wrong_type_in_any_field_is_no_harm(tmp_path, make):
    value = make()
    path = tmp_path / "x.json"
    rng = random.Random(make.__name__)
    everywhere = [place for place in places(value) if place]
    for place in everywhere:
        for junk in rng.sample(JUNK, min(len(JUNK), 2 * EFFORT)):
            path.write_text(json.dumps([changed(value, place, junk)]), encoding="utf-8")
            assert_sound(read(path))


def test_wrong_types_in_jans_files_are_no_harm(tmp_path):
    rng = random.Random(5)
    files = chats.jan_files()
    thread = json.loads(files["threads/thread-1/thread.json"])
    line = json.loads(files["threads/thread-1/messages.jsonl"].split(b"\n")[0])
    for value, name in ((thread, "thread.json"), (line, "messages.jsonl")):
        for place in [place for place in places(value) if place]:
            broken = json.dumps(changed(value, place, rng.choice(JUNK))).encode()
            chats.write_files(tmp_path, {**files, f"threads/thread-1/{name}": broken})
            assert_sound(read(tmp_path))


def test_bytes_changed_at_random_in_a_gpt4all_file_are_no_harm(tmp_path):
    rng = random.Random(7)
    path = tmp_path / "x.chat"
    for version in (9, 12):
        data = chats.gpt4all(version)
        for _ in range(300 * EFFORT):
            broken = bytearray(data)
            for _ in range(rng.randint(1, 4)):
                broken[rng.randrange(4, len(broken))] = rng.choice((0, 1, 0x7F, 0xFF, rng.randrange(256)))
            path.write_bytes(broken[: rng.randint(8, len(broken))] if rng.random() < 0.3 else broken)
            assert_sound(read(path))


def test_bytes_changed_at_random_in_json_are_no_harm(tmp_path):
    rng = random.Random(9)
    path = tmp_path / "x.json"
    data = json.dumps([chats.chatgpt(), chats.claude()]).encode()
    for _ in range(300 * EFFORT):
        broken = bytearray(data)
        for _ in range(rng.randint(1, 5)):
            place = rng.randrange(len(broken))
            broken[place : place + rng.randint(0, 3)] = rng.choice(
                (b"\\ud800", b"\\udc00", b"\xff", b"\0", b"}", b"]", b'"', b"1e9999", b"9" * 5000, b"\\u00")
            )
        path.write_bytes(broken)
        assert_sound(read(path))


def test_circles_and_missing_parents_lose_no_message(tmp_path):
    value = chats.chatgpt()
    value["mapping"]["q1"]["parent"] = "a3"
    value["mapping"]["a1"]["parent"] = "nowhere"
    (found,) = read_written(tmp_path, [value])
    texts = {node.message.text for node in found.imported.conversation.nodes}
    assert texts == {chats.QUESTION, "Lake Superior.", chats.ANSWER, chats.SECOND, chats.OTHER}


def read_written(folder, value):
    path = folder / "x.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return read(path)


def test_a_conversation_of_thousands_of_messages_below_each_other_is_read(tmp_path):
    count = 5000
    mapping = {
        str(number): {
            "id": str(number),
            "parent": str(number - 1) if number else None,
            "message": chats.chatgpt_message("assistant" if number % 2 else "user", f"words {number}"),
            "children": [],
        }
        for number in range(count)
    }
    (found,) = read_written(tmp_path, [{"title": "Long", "mapping": mapping, "current_node": str(count - 1)}])
    assert len(found.imported.conversation.path()) == count


def test_what_is_nested_too_deep_is_passed_over(tmp_path):
    deep = "[" * 500 + "]" * 500
    path = tmp_path / "x.json"
    path.write_text(f'[{{"title": {deep}}}, {json.dumps(chats.chatgpt())}]', encoding="utf-8")
    refused, found = read(path)
    assert "nested too deep" in refused.reason
    assert isinstance(found, Read)


def test_brackets_without_end_are_given_up(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b"[" * 3_000_000)
    (refused,) = read(path)
    assert "nested too deep" in refused.reason


def test_a_text_without_end_is_given_up_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(json_stream, "LONGEST_TEXT", 1_000_000)

    class Endless(io.RawIOBase):
        served = 0

        def read(self, size=-1):
            self.served += size
            return b'["' if self.served == size else b"x" * size

    endless = Endless()
    with pytest.raises(Exception, match="too long"):
        list(read_objects(JsonInput(endless)))
    assert endless.served < 3_000_000


def test_a_conversation_that_is_too_large_is_passed_over(monkeypatch):
    monkeypatch.setattr(json_stream, "MOST_CHARACTERS", 10_000)
    data = json.dumps([{"a": ["words " * 100] * 100}, {"b": 1}]).encode()
    assert list(read_objects(JsonInput(io.BytesIO(data)))) == [
        Refused("It is too large to be read."),
        {"b": 1},
    ]


def test_a_zip_that_unpacks_to_far_more_than_chats_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(source_files, "SMALL", 100_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", b"[" + b" " * 3_000_000 + b"]")
    (refused,) = read(path)
    assert "unpacks to far more" in refused.reason


def test_names_in_an_archive_lead_nowhere(tmp_path):
    outside = tmp_path / "messages.jsonl"
    outside.write_bytes(b'{"role":"user","content":"secret"}')
    folder = tmp_path / "inner"
    folder.mkdir()
    (folder / "x.zip").write_bytes(
        chats.zip_of({"../thread.json": b'{"object":"thread","id":"../messages.jsonl"}'})
    )
    (refused,) = read(folder / "x.zip")
    assert isinstance(refused, Unread)


def test_an_archive_with_a_password_says_so(tmp_path):
    data = bytearray(chats.chatgpt_zip())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at, flag = 0, 6 if mark.endswith(b"\x04") else 8
        while (at := data.find(mark, at)) >= 0:
            data[at + flag] |= 1
            at += 4
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    assert "password" in read(path)[0].reason


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"a\ud83d b"', "a? b"),
        (r'"\ude00"', "\ufffd"),
        (r'"\ude00\ud83d\ude00\ude00"', "\ufffd\U0001f600\ufffd"),
        (r'"\\ude00"', r"\ude00"),
        (r'"\\\ude00"', "\\\ufffd"),
    ],
)
def test_halves_of_characters_end_nothing(written, read_as):
    data = f'[{{"a": {written}}}, {{"b": 1}}]'.encode()
    assert list(read_objects(JsonInput(io.BytesIO(data)))) == [{"a": read_as}, {"b": 1}]


def test_an_escape_is_not_cut_in_two_wherever_a_piece_ends():
    text = json.dumps([{"a": "\U0001f600" * 40_000}])
    for shift in range(0, 24, 3):
        data = b" " * shift + text.encode()
        assert list(read_objects(JsonInput(io.BytesIO(data)))) == [{"a": "\U0001f600" * 40_000}]
