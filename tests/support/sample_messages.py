"""Messages of every kind, and hypothesis strategies that make arbitrary ones."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from app.core.attachment import Attachment
from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.generation import Generation, Statistics, StopReason
from app.core.message import (
    DocumentPart,
    DocumentShare,
    Message,
    PicturePart,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.picture_size import PictureDetail
from app.core.repetition import Repeat
from app.core.sampling import Sampling

START = datetime(2026, 5, 4, 9, 30, 15, 123456, tzinfo=UTC)


def said(role: Role, text: str, parent: MessageNode | None = None, minutes: int = 0) -> MessageNode:
    at = START + timedelta(minutes=minutes)
    return MessageNode(Message.of_text(role, text), parent.id if parent else None, created_at=at)


def a_conversation(*texts: str, title: str = "A talk") -> Conversation:
    """A conversation in which the user and the model take turns."""
    nodes: list[MessageNode] = []
    for index, text in enumerate(texts):
        role = Role.ASSISTANT if index % 2 else Role.USER
        nodes.append(said(role, text, nodes[-1] if nodes else None, minutes=index))
    tip_id = nodes[-1].id if nodes else None
    return Conversation(title=title, created_at=START, updated_at=START, nodes=tuple(nodes), tip_id=tip_id)


def an_answer_with_everything() -> Message:
    """Every kind of part, and all that is known about an answer."""
    return Message(
        Role.ASSISTANT,
        (
            ReasoningPart("Let me look.", "<think>Let me look.", False, 1234, 17),
            TextPart("Here:\n", "Here:\n"),
            ToolCallPart("depth.of", {"lake": "Ohrid", "deep": [1, 2.5, None, {"x": True}]}, "[depth.of()]"),
            ToolCallPart("f", {}, "[f(", "the call ends in the middle"),
            ToolResultPart("depth.of", '{"m": 288}'),
            ToolResultPart("f", "no such tool", is_error=True),
            ToolResultPart("f", "interrupted", is_error=True, elapsed_ms=40, is_stopped=True),
            TextPart("288 m", " 288 m<|x|>"),
        ),
        Generation(
            "LFM2.5 1.2B",
            "/models/LFM2.5.gguf",
            "Careful",
            Sampling(temperature=0.1, top_k=50, stop=("</s>", "\n\n"), seed=7),
            Statistics(100, 80, 12.5, 20.25, 40, 800.125, StopReason.TOKEN_LIMIT, 4242, 6),
            "The model file has gone.",
            Repeat(3, 90, 12),
        ),
    )


any_text = st.text(
    st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"]), max_size=40
)  # Surrogates too.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)
counts = st.integers(0, 2**40)
times = st.floats(0, 1e9)

files = st.builds(
    Attachment,
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.sampled_from(("image/png", "application/pdf")),
    any_text,
    counts,
)
parts = st.one_of(
    st.builds(TextPart, any_text, any_text),
    st.builds(ReasoningPart, any_text, any_text, st.booleans(), st.none() | counts, st.none() | counts),
    st.builds(
        ToolCallPart,
        any_text,
        st.dictionaries(any_text, json_values, max_size=3),
        any_text,
        st.none() | any_text,
    ),
    st.builds(ToolResultPart, any_text, any_text, st.booleans()),
    st.builds(
        PicturePart,
        files,
        st.integers(1, 30_000),
        st.integers(1, 30_000),
        st.sampled_from(PictureDetail),
    ),
    st.builds(
        DocumentPart,
        files,
        any_text.map(lambda text: f"[file 0a: x]\n{text}\n[end of file 0a]"),
        st.text("0123456789abcdef", min_size=8, max_size=8),
        st.integers(0, 5_000),
        st.sampled_from(DocumentShare),
        st.lists(st.integers(1, 5_000), max_size=4).map(tuple),
    ),
)
samplings = st.builds(
    Sampling,
    temperature=st.floats(0, 5),
    top_p=st.floats(0, 1),
    seed=st.integers(-1, 2**32 - 1),
    stop=st.lists(any_text, max_size=3).map(tuple),
)
seeds = st.integers(0, 2**32 - 1)
statistics = st.builds(
    Statistics,
    counts,
    counts,
    times,
    times,
    counts,
    times,
    st.sampled_from(StopReason),
    seeds,
)
generations = st.builds(
    Generation, any_text, any_text, any_text, st.none() | samplings, st.none() | statistics, any_text
)
messages = st.builds(
    Message, st.sampled_from(Role), st.lists(parts, max_size=5).map(tuple), st.none() | generations
)
moments = st.datetimes(datetime(1971, 1, 1), datetime(2500, 1, 1), timezones=st.just(UTC))
nodes = st.builds(MessageNode, messages, created_at=moments, state=st.sampled_from(MessageState))
