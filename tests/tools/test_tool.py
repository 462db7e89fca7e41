"""A tool made from a function."""

import threading
from typing import Literal

import pytest

from app.tools.tool import Tool


def book_table(
    place: str,
    guests: int,
    hours: float,
    is_inside: bool,
    dishes: list[str],
    day: Literal["today", "tomorrow"],
    note: str | None = None,
    seats: int = 2,
) -> str:
    """Book a table
    in a restaurant.

    It is not paid for.

    Args:
        place: Which restaurant,
            with its town.
        guests: How many come: all of them.
        day: When.

    Returns:
        place: not a parameter's text.
    """
    return place


def test_the_schema_tells_every_parameter_with_its_type_and_text() -> None:
    assert Tool.of(book_table).parameters == {
        "type": "object",
        "properties": {
            "place": {"type": "string", "description": "Which restaurant, with its town."},
            "guests": {"type": "integer", "description": "How many come: all of them."},
            "hours": {"type": "number"},
            "is_inside": {"type": "boolean"},
            "dishes": {"type": "array", "items": {"type": "string"}},
            "day": {"type": "string", "enum": ["today", "tomorrow"], "description": "When."},
            "note": {"type": ["string", "null"]},
            "seats": {"type": "integer", "default": 2},
        },
        "required": ["place", "guests", "hours", "is_inside", "dishes", "day"],
    }


def test_the_definition_has_the_form_that_templates_expect() -> None:
    definition = Tool.of(book_table).definition

    assert definition["type"] == "function"
    assert definition["function"]["name"] == "book_table"
    assert definition["function"]["description"] == "Book a table in a restaurant.\nIt is not paid for."
    assert definition["function"]["parameters"]["required"][0] == "place"


def test_a_title_is_made_from_the_name_where_none_is_given() -> None:
    assert Tool.of(book_table).title == "Book table"
    assert Tool.of(book_table, title="Tables").title == "Tables"


def test_the_stop_event_is_not_shown_to_the_model() -> None:
    def wait(stop: threading.Event, seconds: int) -> None:
        """Wait."""

    tool = Tool.of(wait)

    assert list(tool.parameters["properties"]) == ["seconds"]
    assert tool.stop_parameter == "stop"


def test_a_method_is_a_tool_without_its_object() -> None:
    class Shop:
        def price(self, thing: str) -> int:
            """Tell a price."""
            return len(thing)

    assert list(Tool.of(Shop().price).parameters["properties"]) == ["thing"]


def without_text(place: str) -> None: ...


def with_any_number(*places: str) -> None:
    """Go there."""


def without_types(place) -> None:  # type: ignore[no-untyped-def]
    """Go there."""


def with_bytes(place: bytes) -> None:
    """Go there."""


def with_two_kinds(place: str | int) -> None:
    """Go there."""


@pytest.mark.parametrize(
    "function", [without_text, with_any_number, without_types, with_bytes, with_two_kinds]
)
def test_a_function_that_a_model_could_not_call_is_refused(function) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TypeError):
        Tool.of(function)
