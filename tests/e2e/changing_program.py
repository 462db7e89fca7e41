"""Somebody who changes chats without a pause: `python -m tests.e2e.changing_program DATA_DIR SEED`.

Sends, edits, branches, deletes, moves and imports at random, by the program's services, and prints what it
does as lines of JSON for the kill test: `["will", FACTS]` before anything of a change can be on the disk, and
`["done", FACTS]` when the user has been told that it is there. A fact is what a key such as "message ID"
holds, and None where it is gone.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication

from app.core.conversation import ConversationSummary, MessageNode
from app.core.message import Role
from app.paths import Paths
from app.services.import_state import ImportPhase
from app.services.message_changes import CHANGEABLE
from app.services.services import Services
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine, TrustingProbe
from tests.support import foreign_chats
from tests.support.picture_files import an_image, written

Facts = dict[str, object]
PICTURE = "file-AbCdEfGh12345678-lake.png"
MOST_MESSAGES = 60
"""In one chat, before another is begun."""


class Changer:
    """Changes chats, and says so."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._chance = random.Random(seed)
        self._folder = folder
        self._number = seed * 10_000
        engine = ScriptedEngine(*["Some words that were written."] * 5000)
        self._services = Services(Paths.below(folder), engine=engine, probe=TrustingProbe())  # type: ignore[arg-type]
        self._services.settings.change(writes_titles=False)
        self._chat, self._answers = self._services.chat, self._services.answers
        self._told: Facts = {}
        self._services.start(TINY_MODEL)
        self._waits(lambda: self._services.models.info is not None)

    def run(self) -> None:
        deeds = [*[self._sends] * 4, self._begins, self._imports, self._restores, *[self._changes] * 12]
        self._tell("done", self._news())
        while True:
            self._chance.choice(deeds)()

    # What is done

    def _begins(self) -> None:
        self._chat.start_new()
        self._sends()

    def _sends(self) -> None:
        """A message, another version of one, or another answer."""
        path = self._chat.conversation.path()
        if len(self._chat.conversation.nodes) > MOST_MESSAGES:
            self._chat.start_new()
        elif path and self._chance.random() < 0.3:
            self._services.versions.begin_edit(self._chance.choice(path).id)
        if self._chance.random() < 0.2 and self._chat.conversation.path():
            self._answers.regenerate_last()
        elif self._services.versions.edited_id is None:
            words = self._words()
            self._tell("will", self._with_title(words))
            self._answers.send(words)
        self._services.versions.end_edit()
        self._waits(lambda: not self._answers.is_answering)
        self._services.writer.wait()
        self._tell("done", self._news())

    def _with_title(self, title: str) -> Facts:
        """The chat on screen under another title, as another version of its first message gives it one."""
        known = [it for it in self._services.conversations.summaries if it.id == self._chat.conversation.id]
        return {f"chat {summary.id}": _chat_fact(replace(summary, title=title)) for summary in known}

    def _imports(self) -> None:
        """A chat with a picture that is in no other."""
        imports, path, title = self._services.imports, self._folder / "export.zip", self._words()
        chat = foreign_chats.chatgpt_with_picture() | {"title": title, "conversation_id": title}
        picture = written(an_image(width=30 + self._number % 97, height=30 + self._number % 89), "png")
        files = {"conversations.json": json.dumps([chat]).encode(), PICTURE: picture}
        path.write_bytes(foreign_chats.zip_of(files))
        imports.read([path])
        self._waits(lambda: imports.state.phase is ImportPhase.CHOOSING)
        imports.save([one.place for one in imports.state.candidates])
        self._waits(lambda: imports.state.phase is ImportPhase.DONE)
        self._tell("done", self._news())

    def _restores(self) -> None:
        """What was deleted is listed again only once it is on the disk."""
        conversations = self._services.conversations
        for summary in conversations.deleted[:1]:
            self._tell("will", {f"chat {summary.id}": _chat_fact(replace(summary, deleted_at=None))})
            conversations.restore([summary])
            self._services.writer.wait()
            self._waits(lambda: conversations.is_listed(summary.id))  # noqa: B023
            self._tell("done", self._news())

    def _changes(self) -> None:
        """Something that is done at once in memory, and not on the disk before it is said."""
        may_write = threading.Event()
        self._services.writer.wait()  # What is under way would take the change along.
        self._services.writer.run(may_write.wait, lambda: None)
        try:
            self._chance.choice([self._changes_messages, self._changes_messages, self._changes_order])()
            news = self._news()
            self._tell("will", news)
        finally:
            may_write.set()
        self._services.writer.wait()
        QCoreApplication.processEvents()
        self._tell("done", news)

    def _changes_messages(self) -> None:
        services, chance = self._services, self._chance
        path = self._chat.conversation.path()
        if not path:
            return
        node: MessageNode = chance.choice(path)
        deeds: list[Callable[[], object]] = [
            lambda: services.changes.insert(node.id, chance.choice(CHANGEABLE), self._words()),
            lambda: services.changes.insert(None, Role.SYSTEM, self._words()),
            lambda: services.changes.remove(node.id),
            lambda: services.changes.change_role(node.id, chance.choice(CHANGEABLE)),
            lambda: services.changes.branch(node.id),
            lambda: services.versions.delete(node.id),
            lambda: self._rewrites(node),
            self._undoes,
            lambda: self._chat.go_to(chance.choice(self._chat.conversation.nodes).id),
        ]
        chance.choice(deeds)()

    def _rewrites(self, node: MessageNode) -> None:
        if node.role is not Role.USER:
            self._services.versions.begin_edit(node.id)
            self._services.versions.save_edit(self._words())

    def _undoes(self) -> None:
        changes, node = self._services.changes, self._chance.choice(self._chat.conversation.path())
        change = changes.change_role(node.id, self._chance.choice(CHANGEABLE)) or changes.remove(node.id)
        if change is not None:
            self._tell("will", self._news())  # For a moment the file may hold only that.
            changes.undo(change)

    def _changes_order(self) -> None:
        services, chance = self._services, self._chance
        conversations, folders = services.conversations, services.folders
        listed = [summary.id for summary in conversations.summaries]
        if not listed:
            return
        ids = [chance.choice(listed)]
        inner = chance.choice(folders.all).id if folders.all else ""
        deeds: list[Callable[[], object]] = [
            lambda: conversations.pin(ids, chance.random() < 0.5),
            lambda: conversations.archive(ids, chance.random() < 0.5),
            lambda: conversations.move(ids, inner),
            lambda: conversations.rename(ids[0], self._words()),
            lambda: conversations.delete(ids),
            lambda: folders.create(self._words(), chance.choice(["", inner])),
            lambda: folders.rename(inner, self._words()),
            lambda: folders.delete(inner),
            lambda: self._chat.show(ids[0]),
        ]
        chance.choice(deeds)()

    # What is told

    def _news(self) -> Facts:
        """What is different on screen from what was told last."""
        now = dict(self._facts())
        shown = self._chat.conversation.id
        gone = [key for key, fact in self._told.items() if key not in now and _is_about(key, fact, shown)]
        news = {key: fact for key, fact in now.items() if self._told.get(key, ()) != fact}
        news |= dict.fromkeys(gone)
        self._told |= news
        return news

    def _facts(self) -> Iterator[tuple[str, object]]:
        conversation = self._chat.conversation
        conversations = self._services.conversations
        if conversations.is_listed(conversation.id):
            yield f"tip {conversation.id}", conversation.tip_id
            for node in conversation.nodes:
                fact = [conversation.id, node.parent_id, node.role.value, node.message.text.strip()]
                yield f"message {node.id}", fact
        for summary in (*conversations.summaries, *conversations.deleted):
            places = [
                summary.is_pinned,
                summary.is_archived,
                summary.folder_id,
                summary.deleted_at is not None,
            ]
            yield f"chat {summary.id}", [summary.title, *places]
        for folder in self._services.folders.all:
            yield f"folder {folder.id}", folder.name

    def _tell(self, what: str, facts: Facts) -> None:
        sys.stdout.write(json.dumps([what, facts]) + "\n")
        sys.stdout.flush()

    def _words(self) -> str:
        self._number += 1
        return f"words{self._number}"

    def _waits(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            QCoreApplication.processEvents()
            time.sleep(0.0005)


def _chat_fact(summary: ConversationSummary) -> list[object]:
    places = [summary.is_pinned, summary.is_archived, summary.folder_id, summary.deleted_at is not None]
    return [summary.title, *places]


def _is_about(key: str, fact: object, conversation_id: str) -> bool:
    """Whether a fact that is not there any more has gone, and is not only off the screen."""
    if key.startswith("message "):
        return isinstance(fact, list) and fact[0] == conversation_id
    return key.startswith("folder ")


def main() -> None:
    application = QCoreApplication(sys.argv[:1])
    Changer(Path(sys.argv[1]), int(sys.argv[2])).run()
    application.quit()


if __name__ == "__main__":
    main()
