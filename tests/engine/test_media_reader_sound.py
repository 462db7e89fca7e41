"""The tiny model that hears is played tones: it names their colours, and encodes each only once."""

import threading
from collections.abc import Iterator

import pytest

from app.core.errors import EngineError, ModelFileError
from app.core.generation import Statistics, StopReason
from app.core.language_model import MediaProgress, MediaStep
from app.core.media import SOUND_RATE, Pixels, SoundSamples
from app.core.message import Message, Role
from app.core.model_file import Sense
from app.engine.llama.library import NativeFailure
from tests.support.asking import assistant
from tests.support.pictures import PROJECTOR, QUESTION, picture, said_of, shown
from tests.support.sensing import GREEDY, Hearing
from tests.support.sounds import HEARING, TONES, heard, joined, recording, silence, tone


@pytest.fixture(scope="module")
def opened() -> Iterator[Hearing]:
    with Hearing() as hearing:
        yield hearing


@pytest.fixture
def hearing(opened: Hearing) -> Hearing:
    opened.asked_for.clear()
    return opened


@pytest.mark.parametrize("colour", TONES)
@pytest.mark.parametrize("seconds", [0.3, 1.0, 9.0, 45.0])
def test_the_model_says_what_it_hears(hearing: Hearing, colour: str, seconds: float) -> None:
    part = hearing.record(tone(colour, seconds))
    before = hearing.engine.attachment_tokens(part)
    assert hearing.ask(heard(part))[0] == said_of(colour)
    assert abs(hearing.engine.attachment_tokens(part) - before) <= 1


def test_the_model_knows_its_senses(hearing: Hearing) -> None:
    assert hearing.engine.info is not None
    assert hearing.engine.info.senses == {Sense.HEARING}


def test_a_second_turn_reads_only_its_own_words(hearing: Hearing) -> None:
    first = heard(hearing.record(tone("green", 40.0)))
    said, before = hearing.ask(first)
    hearing.asked_for.clear()
    _, after = hearing.ask(first, assistant(said), Message.of_text(Role.USER, "Hello"))
    assert after.prompt_tokens - after.cached_tokens < 40
    assert after.cached_tokens > before.prompt_tokens - 16
    assert hearing.asked_for == []


def test_an_edited_question_does_not_encode_the_recording_again(hearing: Hearing) -> None:
    part = hearing.record(tone("blue", 3.3))
    hearing.ask(heard(part))
    events = hearing.events(heard(part, text="What do you hear?"))
    assert not [event for event in events if isinstance(event, MediaProgress)]


def test_recordings_are_heard_in_their_order(hearing: Hearing) -> None:
    one, two = hearing.record(tone("green", 2.0)), hearing.record(tone("blue", 2.1))
    said, _ = hearing.ask(heard(one), assistant(said_of("green")), heard(two))
    assert said == said_of("blue")


def test_ten_minutes_are_heard_in_pieces_of_thirty_seconds(hearing: Hearing) -> None:
    """The file's table ends the process after 32 seconds in one piece, as the real one after 327."""
    part = hearing.record(joined(*[tone("green", 20.0)] * 30))
    said, statistics = hearing.ask(heard(part))
    assert said
    assert statistics.stop_reason is not StopReason.ERROR
    assert statistics.prompt_tokens > 7_000


def test_a_piece_that_the_library_cannot_take_never_reaches_it(hearing: Hearing) -> None:
    hearing.ask(heard(hearing.record(tone("green"))))
    loaded = hearing.engine._loaded
    assert loaded is not None
    assert loaded.media is not None
    projector = loaded.media.projector.loaded
    for seconds in (0.0, 0.05, 30.1, 328.0):
        with pytest.raises(NativeFailure, match="cannot be heard"):
            projector.chunks(silence(seconds))


def test_silence_and_noise_are_heard_as_well(hearing: Hearing) -> None:
    loud = SoundSamples(bytes(range(256)) * (2 * SOUND_RATE // 256))
    for samples in (silence(1.0), loud):
        _, statistics = hearing.ask(heard(hearing.record(samples)))
        assert statistics.generated_tokens


def test_progress_tells_that_it_listens(hearing: Hearing) -> None:
    one, two = hearing.record(tone("green", 2.5)), hearing.record(tone("blue", 2.6))
    told = [event for event in hearing.events(heard(one, two)) if isinstance(event, MediaProgress)]
    assert all(event.is_sound for event in told)
    steps = [(it.number, it.count) for it in told if it.step is MediaStep.ENCODE]
    assert list(dict.fromkeys(steps)) == [(1, 2), (2, 2)]


def test_a_stop_while_listening_ends_it_and_harms_nothing(hearing: Hearing) -> None:
    cancel = threading.Event()
    events = hearing.engine.answer((heard(hearing.record(tone("green", 80.0))),), (), GREEDY, cancel)
    told = next(event for event in events if isinstance(event, MediaProgress))
    assert told.is_sound
    cancel.set()
    last = list(events)[-1]
    assert isinstance(last, Statistics)
    assert last.stop_reason is StopReason.CANCELLED
    assert hearing.ask(heard(hearing.record(tone("blue", 1.7))))[0] == said_of("blue")


def test_a_missing_recording_is_told_to_the_model_in_words(hearing: Hearing) -> None:
    _, statistics = hearing.ask(heard(recording(tone("green", 1.23))))
    assert statistics.stop_reason is not StopReason.ERROR
    assert statistics.prompt_tokens < 60


def test_a_recording_that_goes_while_it_is_needed_is_told_in_a_sentence(hearing: Hearing) -> None:
    part = hearing.record(tone("green", 1.9))
    hearing.ask(heard(part))
    loaded = hearing.engine._loaded
    assert loaded is not None
    assert loaded.media is not None
    loaded.media._embeddings.clear()
    del hearing.samples[part.file.sha256]
    with pytest.raises(EngineError, match="not there any more"):
        hearing.ask(Message.of_text(Role.USER, "Other words first."), assistant("Yes."), heard(part))


def test_a_model_that_hears_is_told_of_pictures_in_words(hearing: Hearing) -> None:
    hearing.samples[picture("red").file.sha256] = Pixels(1, 1, b"\xff\0\0")
    _, statistics = hearing.ask(shown(picture("red")))
    assert statistics.prompt_tokens < 60
    assert hearing.asked_for == []


def test_a_model_that_sees_is_told_of_recordings_in_words() -> None:
    with Hearing(PROJECTOR) as seeing:
        part = seeing.record(tone("green", 5.0))
        assert seeing.engine.attachment_tokens(part) < 20
        _, statistics = seeing.ask(heard(part))
        assert statistics.prompt_tokens < 60


def test_a_damaged_file_for_hearing_is_told_in_a_sentence(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "mmproj.gguf"
    path.write_bytes(HEARING.read_bytes()[:-50_000])
    with Hearing(path) as deaf, pytest.raises(ModelFileError, match="hear"):
        deaf.ask(heard(deaf.record(tone("green")), text=QUESTION))
