"""Every program's export is known by its content, and gives the conversation that was held there."""

import json
from pathlib import Path

import pytest

from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, PicturePart, ReasoningPart, Role, TextPart
from app.exchange.imported import ImportedConversation, Origin, Read, ReadOptions, Unread
from app.exchange.reading import read_all
from app.store.conversation_json import to_json
from tests.support import foreign_chats as chats
from tests.support.foreign_chats import ANSWER, OTHER, QUESTION, SECOND


def read(*paths: Path, options: ReadOptions | None = None) -> list[Read | Unread]:
    return list(read_all(paths, options or ReadOptions()))


def the_one(path: Path) -> ImportedConversation:
    (found,) = read(path)
    assert isinstance(found, Read), found
    return found.imported


def said(conversation: Conversation) -> list[tuple[Role, str]]:
    return [(node.role, node.message.text) for node in conversation.path()]


def written(folder: Path, name: str, value: object) -> Path:
    path = folder / name
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return path


WITH_ALL = {
    "chatgpt": (chats.chatgpt, Origin.CHATGPT, "c1"),
    "open_webui": (chats.open_webui, Origin.OPEN_WEBUI, "owui-1"),
    "llama_server": (chats.llama_server, Origin.LLAMA_SERVER, "conv-1"),
    "lm_studio": (chats.lm_studio, Origin.LM_STUDIO, "1750000000000"),
}


@pytest.mark.parametrize("name", WITH_ALL)
@pytest.mark.parametrize("is_listed", [True, False], ids=["in a list", "alone"])
def test_a_tree_of_messages_comes_with_both_answers_and_the_thought(tmp_path, name, is_listed):
    make, origin, foreign_id = WITH_ALL[name]
    path = written(tmp_path, "a file of any name", [make()] if is_listed else make())
    imported = the_one(path)
    assert (imported.origin, imported.foreign_id) == (origin, foreign_id)
    conversation = imported.conversation
    assert conversation.title == "Lakes"
    question, answer = conversation.path()[:2]
    assert QUESTION in question.message.text
    assert answer.message.text == ANSWER
    assert "Not area" in answer.message.reasoning or "not area" in answer.message.reasoning
    first, second = conversation.siblings(answer.id)
    assert (first.message.text, second.id) == ("Lake Superior.", answer.id)
    assert first.message.generation.model_name
    assert conversation.created_at.year == conversation.updated_at.year == 2025


def test_chatgpts_archive_is_read_as_it_comes(tmp_path):
    second = chats.chatgpt("c2", "More lakes")
    path = written(tmp_path, "export.zip", chats.chatgpt_zip(chats.chatgpt(), second))
    found = read(path)
    assert [one.imported.conversation.title for one in found] == ["Lakes", "More lakes"]
    assert [one.number for one in found] == [0, 1]
    assert said(found[0].imported.conversation) == [
        (Role.USER, QUESTION),
        (Role.ASSISTANT, ANSWER),
        (Role.USER, SECOND),
        (Role.ASSISTANT, OTHER),
    ]
    answer = found[0].imported.conversation.path()[1].message
    assert answer.parts[0] == ReasoningPart("**Depth**\n\nNot area.", "**Depth**\n\nNot area.", True, 4000)
    assert answer.generation.model_name == "o3"


def test_pictures_of_an_archive_are_kept_with_the_question(tmp_path):
    path = written(tmp_path, "e.zip", chats.chatgpt_zip(chats.chatgpt_with_picture(), with_picture=True))
    kept: list[tuple[str, int]] = []
    part = a_picture_part()

    def keep(data: bytes, name: str) -> PicturePart:
        kept.append((name, len(data)))
        return part

    (found,) = read(path, options=ReadOptions(read_picture=keep))
    question = found.imported.conversation.path()[0].message
    assert question.parts == (part, TextPart(QUESTION, QUESTION))
    assert kept[0][0] == "file-AbCdEfGh12345678-lake.png"
    (looked_at,) = read(path)
    assert looked_at.imported.fingerprint == found.imported.fingerprint


def a_picture_part() -> PicturePart:
    from app.core.attachment import Attachment

    return PicturePart(Attachment("a" * 64, "image/png", "lake.png", 3), 40, 30)


def test_claudes_export_keeps_thoughts_calls_results_and_attached_texts(tmp_path):
    imported = the_one(written(tmp_path, "conversations.json", [chats.claude()]))
    assert imported.key == "claude:11111111-2222"
    question, call, result, answer = imported.conversation.path()
    assert "Baikal\nTanganyika" in question.message.text
    assert "[map.pdf]" in question.message.text
    assert call.message.reasoning == "Depth, not area."
    assert call.message.parts[0].elapsed_ms == 3000
    assert call.message.tool_calls[0].name == "web_search"
    assert call.message.tool_calls[0].arguments == {"query": "deepest lake"}
    assert (result.role, result.message.text) == (Role.TOOL, "Baikal: 1,642 m")
    assert (answer.role, answer.message.text) == (Role.ASSISTANT, ANSWER)


def test_claudes_object_around_the_list_is_looked_through(tmp_path):
    imported = the_one(written(tmp_path, "x.json", {"account": {"a": 1}, "conversations": [chats.claude()]}))
    assert imported.origin is Origin.CLAUDE


def test_settings_of_open_webui_and_lm_studio_come_along(tmp_path):
    for make in (chats.open_webui, chats.lm_studio):
        assert the_one(written(tmp_path, "x.json", make())).conversation.system_prompt == "Be brief."
    (answer,) = the_one(written(tmp_path, "x.json", chats.lm_studio())).conversation.path()[1:]
    assert answer.message.generation.model_name == "lfm2.5-1.2b"
    assert answer.message.generation.statistics.tokens_per_second == pytest.approx(40.0)


def test_jans_folder_is_read_line_by_line_and_a_cut_line_is_passed_over(tmp_path):
    chats.write_files(tmp_path, {**chats.jan_files(), **chats.jan_files("thread-2")})
    found = read(tmp_path)
    assert [one.imported.key for one in found] == ["jan:thread-1", "jan:thread-2"]
    conversation = found[0].imported.conversation
    assert said(conversation) == [(Role.USER, QUESTION), (Role.ASSISTANT, ANSWER)]
    assert conversation.path()[1].message.reasoning == "Depth, not area."
    assert conversation.path()[1].message.generation.model_name == "jan-nano-4b"
    assert conversation.system_prompt == "Be brief."


def test_jans_folder_in_an_archive_is_read_as_well(tmp_path):
    (found,) = read(written(tmp_path, "jan.zip", chats.zip_of(chats.jan_files())))
    assert found.imported.conversation.title == "Lakes"


@pytest.mark.parametrize("version", [9, 10, 11, 12])
def test_gpt4alls_files_of_several_ages_are_read(tmp_path, version):
    imported = the_one(written(tmp_path, "gpt4all-chat-1.chat", chats.gpt4all(version)))
    assert (imported.key, imported.conversation.title) == ("gpt4all:chat-1", "Lakes")
    question, answer = imported.conversation.path()
    assert question.message.text.endswith(QUESTION)
    assert ("Baikal" in question.message.text) == (version >= 10)
    assert answer.message.text == ANSWER
    assert answer.message.reasoning == ("Depth, not area." if version >= 12 else "")
    assert answer.message.generation.model_name == "Llama 3 8B"
    assert answer.created_at.year == 2025


def test_tarns_own_json_and_markdown_are_read(tmp_path):
    from app.core.export import to_markdown

    conversation = Conversation(title="Lakes").with_node(MessageNode(Message.of_text(Role.USER, QUESTION)))
    as_json = the_one(written(tmp_path, "a.json", to_json(conversation).encode()))
    as_markdown = the_one(written(tmp_path, "a.md", to_markdown(conversation).encode()))
    for imported in (as_json, as_markdown):
        assert imported.key == f"tarn:{conversation.id}"
        assert said(imported.conversation) == [(Role.USER, QUESTION)]
    assert as_json.fingerprint == as_markdown.fingerprint


def test_a_folder_gives_what_is_in_it_and_is_silent_about_other_files(tmp_path):
    written(tmp_path, "a.conversation.json", chats.lm_studio())
    written(tmp_path, "package.json", {"name": "x", "version": "1"})
    written(tmp_path, "README.md", b"# Words")
    written(tmp_path, "b.zip", chats.chatgpt_zip())
    found = read(tmp_path)
    assert [type(one) for one in found] == [Read, Read]
    assert [one.imported.origin for one in found] == [Origin.LM_STUDIO, Origin.CHATGPT]


def test_what_cannot_be_read_is_told_with_its_title_and_the_rest_comes(tmp_path):
    empty = chats.chatgpt("c9", "Nothing said")
    empty["mapping"] = {"root": {"id": "root", "message": None, "parent": None, "children": []}}
    found = read(written(tmp_path, "c.json", [empty, chats.chatgpt()]))
    assert found[0] == Unread("c.json", "Nothing said", "There is no message in it.")
    assert found[1].number == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("a.json", b"not json", "no chats in this file"),
        ("a.json", b'{"name": "x"}', "no chats in this file"),
        ("a.json", b"[{", "cannot be read as JSON"),
        ("a.md", b"---\ntitle: x\n---\n\nwords", "not an exported chat"),
        ("a.zip", b"PK\x03\x04 and no more", "damaged"),
        ("a.chat", b"\xf5\xd5\x53\xcc\0\0\0\x0c\0\0", "damaged"),
        ("a.chat", b"\xf5\xd5\x53\xcc\0\0\0\xff", "newer version"),
        ("empty.json", b"", "no chats in this file"),
    ],
)
def test_a_file_without_chats_is_named_with_the_reason(tmp_path, name, value, words):
    (found,) = read(written(tmp_path, name, value))
    assert isinstance(found, Unread)
    assert found.file == name
    assert words in found.reason


def test_what_is_damaged_at_its_end_gives_all_before_it(tmp_path):
    data = json.dumps([chats.chatgpt(f"c{number}") for number in range(100)]).encode()
    found = read(written(tmp_path, "c.json", data[: len(data) * 3 // 4]))
    assert 70 <= len(found) <= 76
    assert isinstance(found[-1], Unread)
    assert "cut off or damaged" in found[-1].reason


def test_one_without_a_title_is_called_by_its_first_question(tmp_path):
    value = chats.chatgpt()
    value["title"] = None
    assert the_one(written(tmp_path, "c.json", [value])).conversation.title == QUESTION


def test_progress_goes_up_to_all_bytes(tmp_path):
    path = written(tmp_path, "c.json", [chats.chatgpt(str(number)) for number in range(50)])
    seen: list[tuple[int, int]] = []
    read(path, options=ReadOptions(lambda done, total: seen.append((done, total))))
    size = path.stat().st_size
    assert [total for _, total in seen] == [size] * len(seen)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (size, size)
