"""Words, and where and when they were said."""

from datetime import UTC, datetime

import pytest

from app.core.message import Role
from app.store.conversation_query import ConversationQuery


def words(query: str) -> list[str]:
    return [word.typed for word in ConversationQuery.parse(query).words]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("deep lake", ["deep", "lake"]),
        ('"deep lake" role:user', ["deep lake"]),
        ('say "role:user now"', ["say", "role:user now"]),
        ("role:nobody", ["role:nobody"]),
        ("before:soon", ["before:soon"]),
        ("before:2026-13-01", ["before:2026-13-01"]),
        ("role: user", ["role:", "user"]),
        ("xrole:user", ["xrole:user"]),
        ("in:", ["in:"]),
        ("plain: words", ["plain:", "words"]),
    ],
)
def test_what_narrows_is_taken_out_and_the_rest_is_text(query: str, expected: list[str]) -> None:
    assert words(query) == expected


def test_each_way_to_narrow() -> None:
    asked = ConversationQuery.parse('ROLE:Me model:LFM2.5 in:"Über uns" lake before:2026-03-31 after:2025')
    assert asked.role is Role.USER
    assert (asked.model, asked.folder) == ("lfm2.5", "uber uns")
    assert asked.before == datetime(2026, 3, 31).astimezone()
    assert asked.after == datetime(2025, 1, 1).astimezone()
    assert [word.typed for word in asked.words] == ["lake"]
    assert asked.is_narrowed
    assert asked.is_about_messages
    assert not ConversationQuery.parse("after:2025-06").is_about_messages


@pytest.mark.parametrize(
    "query", ["", "  ", '""', "in: before:", "after:0001", "before:9999-12-31 after:99999"]
)
def test_nothing_that_can_be_typed_breaks_it(query: str) -> None:
    asked = ConversationQuery.parse(query)
    assert asked.after is None or asked.after.astimezone(UTC)
