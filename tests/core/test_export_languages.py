"""Headings of an export follow the language of the window; what is written in one is read in every other."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.export import ExportOptions, to_markdown
from app.core.generation import Generation
from app.core.message import (
    Message,
    PassagesPart,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.passage import FoundPassage
from app.languages.catalogs import available_codes
from app.languages.choice import VARIABLE
from app.languages.language import LONGER
from app.paths import resources
from app.store.conversation_json import to_json

ROOT = Path(__file__).parent.parent.parent
CODES = ("en", LONGER, *available_codes(resources() / "translations"))
MOMENT = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)
PROGRAM = """
import sys
from pathlib import Path
from app.languages.choice import use_language
from app.paths import resources
use_language(resources() / "translations", None, ())
from app.core.export import ExportOptions, from_markdown, to_markdown
from app.store.conversation_json import from_json
folder, code = Path(sys.argv[1]), sys.argv[2]
if code:
    conversation = from_json((folder / "chat.json").read_text(encoding="utf-8"))
    text = to_markdown(conversation, ExportOptions(include_all_branches=True))
    (folder / f"{code}.md").write_text(text, encoding="utf-8")
for file in sorted(folder.glob("*.md")) if not code else ():
    read = from_markdown(file.read_text(encoding="utf-8"))
    held = [(node.message, node.state, node.created_at) for node in read.path()]
    sys.stdout.buffer.write(f"{file.stem} {(read.title, len(read.nodes), held)!r}\\n".encode("utf-8"))
"""


def conversation() -> Conversation:
    maker = Generation("LFM2.5-1.2B-Thinking", "/models/a.gguf", "LFM2.5")
    found = PassagesPart(("Manuals",), (FoundPassage("Wipe it.", "a.pdf", "", 7),))
    call = ToolCallPart("clock", {"zone": "UTC"}, "[clock(zone='UTC')]")
    thought = ReasoningPart("Hm.", "<think>Hm.</think>", True, 4000, 1200)
    messages = (
        Message(Role.SYSTEM, (TextPart("Be short.", "Be short."),)),
        Message.of_text(Role.USER, "How?").with_passages(found),
        Message(Role.ASSISTANT, (thought, call), maker),
        Message(Role.TOOL, (ToolResultPart("clock", "14:05", elapsed_ms=3),)),
        Message(Role.ASSISTANT, (ToolCallPart("", {}, "[clock(", error="It breaks off."),), maker),
        Message(Role.TOOL, (ToolResultPart("clock", "No.", is_error=True, is_refused=True),)),
        Message(Role.ASSISTANT, (TextPart("# So", "# So"),), replace(maker, server="Attic", is_edited=True)),
    )
    chat = Conversation(title="A chat", created_at=MOMENT, updated_at=MOMENT)
    for number, message in enumerate(messages):
        state = MessageState.STOPPED if number == 4 else MessageState.COMPLETE
        chat = chat.with_node(MessageNode(message, chat.tip_id, created_at=MOMENT, state=state))
    return chat


def run(code: str, folder: Path, *arguments: str) -> str:
    environment = {**os.environ, VARIABLE: code}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8")


def test_every_language_is_read_back_in_every_other(tmp_path: Path) -> None:
    (tmp_path / "chat.json").write_text(to_json(conversation()), encoding="utf-8")
    for code in CODES:
        run(code, tmp_path, code)
    read = {code: dict(line.split(" ", 1) for line in run(code, tmp_path, "").splitlines()) for code in CODES}
    held = read["en"]["en"]
    assert "Be short." in held
    assert "Attic" in held
    assert read == {code: dict.fromkeys(CODES, held) for code in CODES}


def test_the_headings_are_those_of_the_language(tmp_path: Path) -> None:
    (tmp_path / "chat.json").write_text(to_json(conversation()), encoding="utf-8")
    run(LONGER, tmp_path, LONGER)
    written = (tmp_path / f"{LONGER}.md").read_text(encoding="utf-8")
    english = to_markdown(conversation(), ExportOptions(include_all_branches=True))
    for words in (
        "## You",
        "## System",
        "Thought for 4 s",
        "**Called `clock`**",
        "*Stopped here.*",
        "page 7",
    ):
        assert words in english
        assert words not in written
    assert "## Ŷôû" in written
