"""Small exports of other programs, in the shape that each of them writes."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

from tests.support.picture_files import an_image, written

QUESTION, ANSWER = "Which lake is the deepest?", "Lake Baikal, with **1,642 metres**."
SECOND, OTHER = "And the second?", "Tanganyika."
CITATION = "\ue200cite\ue202turn0\ue201"
_AT = 1_750_000_000


def chatgpt_message(role: str, *pieces: Any, at: float = _AT, **more: Any) -> dict[str, Any]:
    content = more.pop("content", {"content_type": "text", "parts": list(pieces)})
    author = {"role": role, "name": more.pop("name", None), "metadata": {}}
    return {"id": "m", "author": author, "create_time": at, "content": content,
            "status": "finished_successfully", "weight": 1.0, "recipient": "all",
            "metadata": {}, **more}  # fmt: skip


def chatgpt(conversation_id: str = "c1", title: str = "Lakes") -> dict[str, Any]:
    """Two answers to the first question, of which the second is on screen and thought about."""
    nodes: list[tuple[str, str | None, dict[str, Any] | None]] = [
        ("root", None, None),
        ("system", "root", chatgpt_message("system", "")),
        ("q1", "system", chatgpt_message("user", QUESTION)),
        ("a1", "q1", chatgpt_message("assistant", "Lake Superior.", metadata={"model_slug": "gpt-4o"})),
        (
            "t2",
            "q1",
            chatgpt_message(
                "assistant",
                content={
                    "content_type": "thoughts",
                    "thoughts": [{"summary": "Depth", "content": "Not area."}],
                },
                metadata={"model_slug": "o3", "finished_duration_sec": 4},
            ),
        ),
        ("a2", "t2", chatgpt_message("assistant", ANSWER + CITATION, metadata={"model_slug": "o3"})),
        ("q2", "a2", chatgpt_message("user", SECOND, at=_AT + 60)),
        ("a3", "q2", chatgpt_message("assistant", OTHER, at=_AT + 61, metadata={"model_slug": "o3"})),
    ]  # fmt: skip
    mapping = {
        node_id: {
            "id": node_id,
            "message": message,
            "parent": parent,
            "children": [child for child, above, _ in nodes if above == node_id],
        }
        for node_id, parent, message in nodes
    }
    return {
        "title": title,
        "create_time": _AT,
        "update_time": _AT + 61.5,
        "mapping": mapping,
        "current_node": "a3",
        "conversation_id": conversation_id,
        "id": conversation_id,
        "is_archived": False,
    }


def chatgpt_zip(*conversations: dict[str, Any], with_picture: bool = False) -> bytes:
    """The archive as it comes, with the files around the conversations."""
    files: dict[str, bytes] = {
        "chat.html": b"<html></html>",
        "user.json": b'{"id": "user-1", "email": "a@example.org"}',
        "message_feedback.json": b"[]",
        "conversations.json": json.dumps(list(conversations or (chatgpt(),))).encode(),
    }
    if with_picture:
        files["file-AbCdEfGh12345678-lake.png"] = written(an_image(width=40, height=30), "png")
    return zip_of(files)


def chatgpt_with_picture() -> dict[str, Any]:
    conversation = chatgpt("c2", "A picture")
    conversation["mapping"]["q1"]["message"]["content"] = {
        "content_type": "multimodal_text",
        "parts": [
            {
                "content_type": "image_asset_pointer",
                "asset_pointer": "file-service://file-AbCdEfGh12345678",
                "width": 40,
                "height": 30,
                "size_bytes": 100,
            },
            QUESTION,
        ],
    }
    return conversation


def claude() -> dict[str, Any]:
    return {
        "uuid": "11111111-2222",
        "name": "Lakes",
        "created_at": "2025-06-15T15:06:40.000000Z",
        "updated_at": "2025-06-15T15:07:41.000000Z",
        "account": {"uuid": "9"},
        "chat_messages": [
            {
                "uuid": "u1",
                "text": QUESTION,
                "content": [{"type": "text", "text": QUESTION, "citations": []}],
                "sender": "human",
                "created_at": "2025-06-15T15:06:40Z",
                "attachments": [
                    {
                        "file_name": "lakes.txt",
                        "file_size": 9,
                        "file_type": "txt",
                        "extracted_content": "Baikal\nTanganyika",
                    }
                ],
                "files": [{"file_name": "map.pdf"}],
            },
            {
                "uuid": "u2",
                "text": ANSWER,
                "content": [
                    {
                        "type": "thinking",
                        "thinking": "Depth, not area.",
                        "start_timestamp": "2025-06-15T15:06:41Z",
                        "stop_timestamp": "2025-06-15T15:06:44Z",
                    },
                    {"type": "tool_use", "name": "web_search", "input": {"query": "deepest lake"}},
                    {
                        "type": "tool_result",
                        "name": "web_search",
                        "content": [{"type": "text", "text": "Baikal: 1,642 m"}],
                        "is_error": False,
                    },
                    {"type": "text", "text": ANSWER},
                ],
                "sender": "assistant",
                "created_at": "2025-06-15T15:06:45Z",
                "attachments": [],
                "files": [],
            },
        ],
    }


def open_webui() -> dict[str, Any]:
    reasoning = (
        '<details type="reasoning" done="true" duration="3">\n<summary>Thought for 3 seconds</summary>\n'
        "&gt; Depth, not area.\n</details>\n"
    )
    messages = {
        "q1": _owui("q1", None, ["a1", "a2"], "user", QUESTION),
        "a1": _owui("a1", "q1", [], "assistant", "Lake Superior.", model="llama3:8b"),
        "a2": _owui("a2", "q1", [], "assistant", reasoning + ANSWER, model="qwen3:4b"),
    }
    return {
        "id": "owui-1",
        "user_id": "u",
        "title": "Lakes",
        "chat": {
            "title": "Lakes",
            "models": ["qwen3:4b"],
            "params": {"system": "Be brief."},
            "history": {"messages": messages, "currentId": "a2"},
            "messages": [],
            "timestamp": _AT * 1000,
        },
        "created_at": _AT,
        "updated_at": _AT + 60,
        "archived": False,
        "pinned": False,
    }


def _owui(
    message_id: str, parent: str | None, children: list[str], role: str, content: str, **more: Any
) -> dict[str, Any]:
    return {
        "id": message_id,
        "parentId": parent,
        "childrenIds": children,
        "role": role,
        "content": content,
        "timestamp": _AT,
        **more,
    }


def lm_studio() -> dict[str, Any]:
    def question(text: str) -> dict[str, Any]:
        return {"type": "singleStep", "role": "user", "content": [{"type": "text", "text": text}]}

    def block(text: str, **more: Any) -> dict[str, Any]:
        return {"type": "contentBlock", "stepIdentifier": "s", "content": [{"type": "text", "text": text}],
                "defaultShouldIncludeInContext": True, "shouldIncludeInContext": True, **more}  # fmt: skip

    info = {
        "indexedModelIdentifier": "lmstudio-community/LFM2.5-1.2B-GGUF",
        "identifier": "lfm2.5-1.2b",
        "stats": {
            "stopReason": "eosFound",
            "tokensPerSecond": 40.0,
            "timeToFirstTokenSec": 0.25,
            "promptTokensCount": 20,
            "predictedTokensCount": 41,
        },
    }
    answers = [
        {"type": "multiStep", "role": "assistant", "senderInfo": {"senderName": "lfm2.5-1.2b"},
         "steps": [block("Lake Superior.", genInfo=info)]},
        {"type": "multiStep", "role": "assistant", "senderInfo": {"senderName": "lfm2.5-1.2b"},
         "steps": [block("Depth, not area.", style={"type": "thinking", "ended": True}),
                   block(ANSWER, genInfo=info),
                   {"type": "debugInfoBlock", "debugInfo": "x"}]},
    ]  # fmt: skip
    return {
        "name": "Lakes",
        "pinned": False,
        "createdAt": _AT * 1000,
        "preset": "",
        "tokenCount": 61,
        "userLastMessagedAt": (_AT + 60) * 1000,
        "systemPrompt": "",
        "messages": [
            {"versions": [question(QUESTION)], "currentlySelected": 0},
            {"versions": answers, "currentlySelected": 1},
        ],
        "usePerChatPredictionConfig": True,
        "perChatPredictionConfig": {"fields": [{"key": "llm.prediction.systemPrompt", "value": "Be brief."}]},
        "clientInput": "",
        "clientInputFiles": [],
        "lastUsedModel": {"identifier": "lfm2.5-1.2b", "indexedModelIdentifier": "x"},
        "notes": [],
    }


def llama_server() -> dict[str, Any]:
    def message(number: int, parent: str | None, role: str, content: str, **more: Any) -> dict[str, Any]:
        return {"id": f"m{number}", "convId": "conv-1", "type": more.pop("type", "text"), "role": role,
                "timestamp": (_AT + number) * 1000, "content": content, "parent": parent, "children": [],
                "thinking": more.pop("thinking", ""), **more}  # fmt: skip

    return {
        "conv": {"id": "conv-1", "name": "Lakes", "lastModified": (_AT + 60) * 1000, "currNode": "m3"},
        "messages": [
            message(0, None, "system", "", type="root"),
            message(
                1, "m0", "user", QUESTION, extra=[{"type": "TEXT", "name": "lakes.txt", "content": "Baikal"}]
            ),
            message(2, "m1", "assistant", "Lake Superior.", model="lfm2.gguf"),
            message(
                3,
                "m1",
                "assistant",
                ANSWER,
                thinking="Depth, not area.",
                model="lfm2.gguf",
                timings={"prompt_n": 20, "prompt_ms": 100.0, "predicted_n": 41, "predicted_ms": 1000.0},
            ),
        ],
    }


def jan_files(thread: str = "thread-1") -> dict[str, bytes]:
    """The files of a thread, by their paths."""

    def line(number: int, role: str, text: str) -> dict[str, Any]:
        return {"id": f"m{number}", "object": "thread.message", "thread_id": thread, "role": role,
                "content": [{"type": "text", "text": {"value": text, "annotations": []}}], "status": "ready",
                "created_at": (_AT + number) * 1000, "completed_at": 0, "metadata": {}}  # fmt: skip

    lines = [
        line(0, "user", QUESTION),
        line(1, "assistant", f"<think>\nDepth, not area.\n</think>\n\n{ANSWER}"),
    ]
    written = "\n".join(json.dumps(it) for it in lines) + '\n{"id": "cut'
    described = {"id": thread, "object": "thread", "title": "Lakes", "created": _AT, "updated": _AT + 60,
                 "assistants": [{"assistant_id": "jan", "assistant_name": "Jan", "instructions": "Be brief.",
                                 "model": {"id": "jan-nano-4b", "engine": "llamacpp"}}]}  # fmt: skip
    return {
        f"threads/{thread}/thread.json": json.dumps(described).encode(),
        f"threads/{thread}/messages.jsonl": written.encode(),
    }


def gpt4all(version: int = 12) -> bytes:
    """A chat file as GPT4All writes it: version 12 is the newest, 9 is from before it was changed."""

    def text(words: str | None) -> bytes:
        if words is None:
            return b"\xff\xff\xff\xff"
        data = words.encode("utf-16-be")
        return struct.pack(">I", len(data)) + data

    def item(name: str, value: str, below: bytes = b"") -> bytes:
        written = b"" if version >= 12 else struct.pack(">i", 0)
        written += text(name) + text(value)
        written += (b"" if version >= 10 else text("")) + text("")
        written += b"\0\0\0\0"
        if version >= 11 and name == "Response: ":
            written += b"\0"
        written += struct.pack(">q", 0)  # Sources.
        if version >= 10:
            has_file = name == "Prompt: "
            written += struct.pack(">q", int(has_file))
            if has_file:
                for data in (b"file:///home/me/lakes.txt", b"Baikal"):
                    written += struct.pack(">I", len(data)) + data
        return written + (below or struct.pack(">q", 0)) if version >= 12 else written

    thought = text("Think: ") + text("<think>Depth, not area.</think>") + struct.pack(">q", 0)
    response = text("Response: ") + text("") + struct.pack(">q", 1) + thought
    below = struct.pack(">q", 1) + response
    written = b"\xf5\xd5\x53\xcc" + struct.pack(">i", version) + struct.pack(">q", _AT)
    written += text("chat-1") + text("Lakes") + text(None) + text("Llama 3 8B") + struct.pack(">i", 0)
    if version < 11:
        written += b"\0" + struct.pack(">ii", 1, 0) + text("") + text("") + struct.pack(">I", 0)
    written += struct.pack(">i", 2)
    return written + item("Prompt: ", QUESTION) + item("Response: ", ANSWER, below)


def zip_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder
