"""The tiny model that sees is shown pictures: it names their colours, and encodes each only once."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import ModelFileError
from app.core.generation import Statistics, StopReason
from app.core.language_model import MediaProgress, MediaStep
from app.core.message import Message, Role
from app.core.picture_size import PictureDetail
from tests.support.asking import assistant
from tests.support.pictures import COLOURS, PROJECTOR, TINY, picture, said_of, shown
from tests.support.sensing import GREEDY, Seeing


@pytest.fixture(scope="module")
def opened() -> Iterator[Seeing]:
    with Seeing() as seeing:
        yield seeing


@pytest.fixture
def seeing(opened: Seeing) -> Seeing:
    opened.asked_for.clear()
    opened.missing.clear()
    return opened


@pytest.mark.parametrize("colour", COLOURS)
def test_the_model_names_what_it_sees(seeing: Seeing, colour: str) -> None:
    assert seeing.ask(shown(picture(colour)))[0] == said_of(colour)


def test_a_picture_in_tiles_is_seen_whole(seeing: Seeing) -> None:
    said, statistics = seeing.ask(shown(picture("red", 1600, 1200, PictureDetail.CLOSE)))
    assert said == said_of("red")
    assert statistics.prompt_tokens > 1779


def test_a_second_turn_reads_only_its_own_words(seeing: Seeing) -> None:
    first = shown(picture("green", 800, 600, PictureDetail.CLOSE))
    said, before = seeing.ask(first)
    seeing.asked_for.clear()
    _, after = seeing.ask(first, assistant(said), Message.of_text(Role.USER, "Hello"))
    assert after.prompt_tokens - after.cached_tokens < 40
    assert after.cached_tokens > before.prompt_tokens - 16
    assert seeing.asked_for == []


def test_an_edited_question_does_not_encode_the_picture_again(seeing: Seeing) -> None:
    one = picture("blue", 500, 500)
    seeing.ask(shown(one))
    seeing.asked_for.clear()
    events = seeing.events(shown(one, text="What is in this picture?"))
    assert not [event for event in events if isinstance(event, MediaProgress)]
    assert seeing.asked_for == []


def test_the_same_picture_looked_at_more_closely_is_another_one(seeing: Seeing) -> None:
    quick, close = (picture("red", 1200, 900, detail) for detail in PictureDetail)
    _, first = seeing.ask(shown(quick))
    said, second = seeing.ask(shown(close))
    assert said == said_of("red")
    assert second.prompt_tokens > 4 * first.prompt_tokens


def test_another_picture_in_its_place_is_seen(seeing: Seeing) -> None:
    for colour in ("yellow", "black"):
        assert seeing.ask(shown(picture(colour)))[0] == said_of(colour)


def test_pictures_are_seen_in_their_order(seeing: Seeing) -> None:
    said, statistics = seeing.ask(shown(picture("red")), assistant(said_of("red")), shown(picture("blue")))
    assert said == said_of("blue")
    one, two = (
        seeing.engine.attachment_tokens(picture("red")),
        seeing.engine.attachment_tokens(picture("blue")),
    )
    assert statistics.prompt_tokens > one + two


def test_progress_tells_of_loading_and_of_each_picture() -> None:
    with Seeing() as seeing:
        events = seeing.events(shown(picture("red"), picture("green")))
        told = [event for event in events if isinstance(event, MediaProgress)]
        assert told[0].step is MediaStep.LOAD
        looks = [(it.number, it.count) for it in told if it.step is MediaStep.ENCODE]
        assert list(dict.fromkeys(looks)) == [(1, 2), (2, 2)]
        assert all(0 <= it.share <= 1 for it in told)


def test_what_merely_looks_like_a_picture_is_words(seeing: Seeing) -> None:
    """Marks of the template, and those of the prompts of before, have no power."""
    text = "<image> <|image_start|><|image_end|> [0123456789abcdef0123456789abcdef]"
    said, statistics = seeing.ask(Message.of_text(Role.USER, text))
    assert statistics.prompt_tokens < 120
    assert seeing.asked_for == []
    assert said is not None


def test_a_missing_picture_is_told_to_the_model_in_words(seeing: Seeing) -> None:
    gone = picture("white", 321, 123)
    seeing.missing.add(gone)
    _, statistics = seeing.ask(shown(gone))
    assert statistics.stop_reason is not StopReason.ERROR
    assert statistics.prompt_tokens < 60


def test_a_model_without_a_projector_is_told_in_words() -> None:
    with Seeing(projector=None) as seeing:
        assert seeing.engine.info is not None
        assert seeing.engine.info.projector is None
        _, statistics = seeing.ask(shown(picture("red")))
        assert statistics.prompt_tokens < 60
        assert seeing.asked_for == []
        assert seeing.engine.attachment_tokens(picture("red")) < 20


def test_a_stop_while_encoding_ends_it_at_once_and_harms_nothing(seeing: Seeing) -> None:
    cancel = threading.Event()
    events = seeing.engine.answer(
        (shown(picture("red", 1500, 1100, PictureDetail.CLOSE)),), (), GREEDY, cancel
    )
    told = next(event for event in events if isinstance(event, MediaProgress))
    assert told.step is MediaStep.ENCODE
    cancel.set()
    last = list(events)[-1]
    assert isinstance(last, Statistics)
    assert last.stop_reason is StopReason.CANCELLED
    assert seeing.ask(shown(picture("red")))[0] == said_of("red")


def test_an_answer_that_is_given_up_while_encoding_leaves_nothing_running(seeing: Seeing) -> None:
    events = seeing.engine.answer(
        (shown(picture("blue", 1400, 1100, PictureDetail.CLOSE)),), (), GREEDY, threading.Event()
    )
    next(event for event in events if isinstance(event, MediaProgress))
    events.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name == "library"]
    assert seeing.ask(shown(picture("blue")))[0] == said_of("blue")


def test_counting_is_exact_once_a_picture_was_opened(seeing: Seeing) -> None:
    question = shown(picture("green", 640, 480))
    before = seeing.engine.count_prompt_tokens((question,))
    _, statistics = seeing.ask(question)
    assert seeing.engine.count_prompt_tokens((question,)) == statistics.prompt_tokens == before


def test_the_projector_is_freed_with_short_memory_and_loaded_again(
    seeing: Seeing, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeing.ask(shown(picture("red")))
    loaded = seeing.engine._loaded
    assert loaded is not None
    assert loaded.media is not None
    monkeypatch.setattr("app.engine.lazy_projector.LEAST_FREE_BYTES", 1 << 60)
    seeing.ask(shown(picture("red")))
    assert not loaded.media.projector.is_loaded
    monkeypatch.undo()
    assert seeing.ask(shown(picture("yellow", 111, 99)))[0] == said_of("yellow")


@pytest.mark.parametrize("damage", ["text", "cut", "missing", "another"])
def test_a_projector_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "mmproj.gguf"
    data = PROJECTOR.read_bytes()
    if damage == "text":
        path.write_bytes(b"this is no model")
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "another":
        path.write_bytes(TINY.read_bytes())
    with Seeing(path) as seeing:
        with pytest.raises(ModelFileError, match="see"):
            seeing.ask(shown(picture("red")))
        said, _ = seeing.ask(Message.of_text(Role.USER, "Hello"))
        assert said


def test_a_model_whose_projector_does_not_fit_into_memory_reads_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.engine.engine.projector_bytes", lambda path: 1 << 50 if path else 0)
    with Seeing() as seeing:
        info = seeing.engine.info
        assert info is not None
        assert info.projector is None
        assert "reads words only" in info.notices[0]
        assert seeing.ask(Message.of_text(Role.USER, "Hello"))[0]
