"""The conversation as a screen reader on Linux finds it, over its own bus and in another process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tests.support.accessibility_bus import (
    ScreenReaderClient,
    accessibility_bus,
    program_on,
    what_is_missing,
)
from tests.support.transcript_program import LONG


class Reader:
    """A transcript in a process, and a screen reader in another."""

    def __init__(self, client: ScreenReaderClient, process: Popen[str]) -> None:
        self.client = client
        self.process = process

    def do(self, *commands: str) -> None:
        """Has something happen, and waits until it has."""
        for command in commands:
            assert self.process.stdin
            self.process.stdin.write(f"{command}\n")
            self.process.stdin.flush()
            assert self.printed() == "done"

    def printed(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def messages(self, depth: int = 1) -> Any:
        return self.client.tree("list", "Messages", depth)

    def wait_for_focus(self, role: str, name: str) -> None:
        self.client.wait_until(
            lambda: (
                self.client.focused
                and self.client.focused[-1][0] == role
                and self.client.focused[-1][1].startswith(name)
            )
        )


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    if missing := what_is_missing():
        pytest.skip(missing)
    folder: Path = tmp_path_factory.mktemp("run")
    with (
        accessibility_bus(folder) as client,
        program_on(client, "-m", "tests.support.transcript_program") as process,
    ):
        reader = Reader(client, process)
        reader.do("short")
        client.wait_until(reader.messages)
        yield reader


@pytest.fixture
def short(reader: Reader) -> Reader:
    reader.do("short")
    reader.client.listen()
    reader.client.said.clear()
    reader.client.focused.clear()
    return reader


def test_the_conversation_is_a_list_of_messages_named_by_speaker_and_words(short: Reader) -> None:
    found = short.messages()
    assert [message["role"] for message in found["children"]] == ["list item", "list item"]
    assert found["children"][0]["name"] == "You\n\nWhy?"
    assert found["children"][1]["name"].startswith("LFM2.5-1.2B\n\nWhy\n\nBecause of this")
    assert all("showing" in message["states"] for message in found["children"])


def test_a_message_is_made_of_headings_paragraphs_code_and_buttons(short: Reader) -> None:
    answer = short.messages(depth=3)["children"][1]
    found = [(child["role"], child["name"]) for child in answer["children"]]
    assert found == [
        ("label", "LFM2.5-1.2B"),
        ("heading", "Why"),
        ("paragraph", "Because of this:"),
        ("list item", "• one"),
        ("paragraph", "print(1)"),
        ("panel", "a, b\n1, 2"),
        ("push button", "Copy message"),
        ("push button", "Regenerate answer"),
    ]
    remarks = [child["description"] for child in answer["children"]]
    assert remarks[1] == "Heading of level 2"
    assert remarks[4:6] == ["Code in python", "Table of 2 rows and 2 columns"]
    inside = answer["children"][2]["children"]
    assert [(child["role"], child["name"]) for child in inside] == [("link", "https://a.example")]
    assert [child["role"] for child in answer["children"][4]["children"]] == ["push button"] * 3


def test_pictures_quotes_formulas_tools_and_alerts_are_told(short: Reader) -> None:
    short.do("rich")
    asked, answered = short.messages(depth=3)["children"]
    told = [(it["role"], it["name"], it["description"]) for it in (*asked["children"], *answered["children"])]
    assert told == [
        ("push button", "Open lake.png", ""),
        ("label", "a passage", "Quote"),
        ("label", "What is that?", ""),
        ("paragraph", "x = 1", "Code in python"),
        ("push button", "Copy message", ""),
        ("push button", "Edit message", ""),
        ("label", "LFM2.5-1.2B", ""),
        ("push button", "Open: Thought for 2 s", ""),
        ("push button", "Open: Calculator", "6*7 → 42"),
        ("paragraph", "So $x^2$ it is.", ""),
        ("paragraph", "$$\\frac{1}{2}$$", ""),
        ("paragraph", "Careful.", "Warning"),
        ("panel", "n, $n^2$\n2, 4", "Table of 2 rows and 2 columns"),
        ("push button", "Copy message", ""),
        ("push button", "Regenerate answer", ""),
    ]


def test_everything_is_found_where_it_says_that_it_is(short: Reader) -> None:
    for role, name in (("heading", "Why"), ("link", "https://a.example"), ("label", "Why?")):
        found = short.client.ask("at_point_of", role=role, name=name)
        assert (found["role"], found["name"]) == (role, name)


def test_the_keyboard_is_followed_through_messages_and_their_buttons(short: Reader) -> None:
    short.do("down")
    short.wait_for_focus("list item", "LFM2.5-1.2B")
    short.do("right")
    short.wait_for_focus("link", "https://a.example")


def test_a_screen_reader_brings_the_keyboard_to_a_message_and_presses_what_is_in_it(short: Reader) -> None:
    assert short.client.act("list item", "You", "SetFocus")
    short.wait_for_focus("list item", "You\n\nWhy?")
    assert "focused" in short.client.tree("list item", "You")["states"]
    assert short.client.act("link", "https://a.example", "Press")
    assert short.printed() == "open https://a.example"


def test_an_answer_comes_as_a_message_and_is_announced_sentence_by_sentence(short: Reader) -> None:
    short.do("sentences", "begin", "go on", "finish")
    short.client.wait_until(lambda: len(short.client.said) >= 3)
    assert short.client.said == ["It rained.", "Then it stopped.", "And so on"]
    assert short.messages()["count"] == 4
    assert short.messages()["children"][3]["name"].endswith("And so on")
    short.do("remove")
    assert short.messages()["count"] == 2


def test_a_long_conversation_is_listed_whole_and_only_looked_into_where_asked(short: Reader) -> None:
    short.do("long")
    assert short.messages(depth=0)["count"] == LONG
    first = short.client.tree("list item", "You\n\nQuestion 0")
    assert first["children"][0]["name"] == "Question 0"


def test_the_bar_to_find_words_with_is_reached(short: Reader) -> None:
    short.do("find")
    field = short.client.tree("text", "Find in chat")
    assert "showing" in field["states"]
