"""What holds for every reply and every way in which it may arrive."""

from itertools import cycle

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.stream import ReplyAssembler, parse_reply
from tests.support.effort import EFFORT
from tests.support.reply_atoms import ATOMS, WELL_WRITTEN
from tests.support.reply_cases import TOOLS, replayed, shown, stream

REPLIES = st.lists(st.sampled_from((*ATOMS, *WELL_WRITTEN)), max_size=20).map("".join)
ANY_TEXT = st.text(max_size=60)
LENGTHS = st.lists(st.integers(1, 14), min_size=1, max_size=12)
"""Lengths of the pieces, over and over."""
OFFERED = st.sampled_from(((), TOOLS))

thorough = settings(
    max_examples=1000 * EFFORT,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


def cut(written: str, lengths: list[int]) -> list[str]:
    pieces, at = [], 0
    for length in cycle(lengths):
        if at >= len(written):
            return pieces
        pieces.append(written[at : at + length])
        at += length
    return pieces


@thorough
@given(REPLIES | ANY_TEXT, LENGTHS, OFFERED, st.booleans())
def test_any_split_gives_the_same_message_and_the_same_view(
    written: str, lengths: list[int], tools: tuple[dict[str, object], ...], starts_in_reasoning: bool
) -> None:
    whole = parse_reply(written, starts_in_reasoning=starts_in_reasoning, tools=tools)
    streamed, events = stream(cut(written, lengths), starts_in_reasoning, tools)
    assert streamed == whole
    assert whole.raw == written
    assert replayed(events) == shown(whole)


@settings(thorough, max_examples=150 * EFFORT)
@given(REPLIES, LENGTHS, OFFERED, st.booleans())
def test_a_snapshot_is_the_message_as_if_the_reply_ended_there(
    written: str, lengths: list[int], tools: tuple[dict[str, object], ...], starts_in_reasoning: bool
) -> None:
    assembler = ReplyAssembler(starts_in_reasoning, tools)
    fed = ""
    for piece in cut(written, lengths):
        fed += piece
        assembler.feed(piece)
        assert assembler.snapshot() == parse_reply(fed, starts_in_reasoning=starts_in_reasoning, tools=tools)


@settings(thorough, max_examples=100 * EFFORT)
@given(REPLIES, LENGTHS, OFFERED)
def test_a_snapshot_changes_nothing(
    written: str, lengths: list[int], tools: tuple[dict[str, object], ...]
) -> None:
    assembler = ReplyAssembler(tools=tools)
    events = []
    for piece in cut(written, lengths):
        events += assembler.feed(piece)
        assembler.snapshot()
    message = assembler.finish()
    assert message == parse_reply(written, tools=tools)
    assert replayed([*events, *assembler.last_events]) == shown(message)


@settings(thorough, max_examples=400 * EFFORT)
@given(st.text(alphabet="abc <>|/\n \t,.é日🚀", max_size=80))
def test_words_without_markers_are_one_text(written: str) -> None:
    message = parse_reply(written)
    assert message.raw == written
    assert message.text == written.strip(" \t\r\n")
    assert not message.reasoning
    assert not message.tool_calls
