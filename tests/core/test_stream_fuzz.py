"""Random replies by the thousand: never an exception, never a lost character."""

import json
from random import Random

import pytest

from app.core.message import TextPart
from app.core.stream import parse_reply
from tests.support.effort import EFFORT
from tests.support.reply_atoms import random_reply
from tests.support.reply_cases import TOOLS, replayed, shown, stream


@pytest.mark.parametrize("seed", range(4 * EFFORT))
def test_nothing_is_lost_of_two_thousand_random_replies(seed: int) -> None:
    random = Random(seed)
    for _ in range(2000):
        written = random_reply(random)
        tools = random.choice(((), TOOLS))
        message = parse_reply(written, starts_in_reasoning=random.random() < 0.3, tools=tools)
        assert message.raw == written
        # Whatever a call holds can be kept in a file and sent to a tool.
        for call in message.tool_calls:
            json.dumps(dict(call.arguments), allow_nan=False).encode()
            assert call.name or call.error
        # Only a reply that shows nothing at all has a part that shows nothing.
        assert len(message.parts) == 1 or all(words for _, words in shown(message))


@pytest.mark.parametrize("seed", range(3))
def test_small_windows_change_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held back is let go at a limit; with small limits random replies run into all of them."""
    monkeypatch.setattr("app.core.reply_parser.unmarked_calls.LONGEST", 30)
    monkeypatch.setattr("app.core.reply_parser.reasoning.LONGEST_DRAFT", 60)
    monkeypatch.setattr("app.core.reply_parser.call_scanner.LOOK_AHEAD", 12)
    random = Random(seed)
    for _ in range(500):
        written = random_reply(random)
        pieces = [written[at : at + 3] for at in range(0, len(written), 3)]
        streamed, events = stream(pieces, tools=TOOLS)
        assert streamed == parse_reply(written, tools=TOOLS)
        assert replayed(events) == shown(streamed)


def test_random_replies_hold_parts_of_every_kind() -> None:
    """Guards the fuzz itself: random text that never reaches a branch would prove nothing."""
    random = Random(1)
    seen: set[str] = set()
    for _ in range(300):
        for part in parse_reply(random_reply(random), tools=TOOLS).parts:
            error = getattr(part, "error", None)
            seen.add(f"{type(part).__name__} {'broken' if error else ''}".strip())
    assert seen == {TextPart.__name__, "ReasoningPart", "ToolCallPart", "ToolCallPart broken"}
