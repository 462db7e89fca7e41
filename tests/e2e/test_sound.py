"""Sound through the real window, with the tiny model that hears: given, heard, played, kept, and gone."""

from __future__ import annotations

from pathlib import Path

import miniaudio
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.application import Application
from app.core.export import ExportOptions
from app.core.message import RecordingPart
from app.core.model_file import Sense
from app.exchange.imported import Read, ReadOptions
from app.exchange.markdown_files import markdown_files
from app.exchange.reading import read_all
from app.services.recorder import RecorderState
from app.settings import DictationLanguage
from app.sound.playback import Speaker
from app.store.attachments import AttachmentStore
from app.store.conversation_json import files_from_json, from_json, to_json
from app.ui.transcript.content.message_action import MessageAction
from tests.fakes.microphone import PlayedMicrophone
from tests.fakes.voice import SpokenVoice
from tests.support.giving_files import (
    Give,
    asks_and_restarts,
    attached,
    choose,
    drop,
    paste,
    save_as,
    tokens_read_in_a_second_turn,
)
from tests.support.person import ANSWER_MS, TINY_MODEL, Person, StartProgram
from tests.support.pictures import QUESTION, put_picture, said_of
from tests.support.sounds import SOUND_FILES, put_hearing_model, put_sound, silence, tone


@pytest.fixture(scope="module")
def program_model(program_folder: Path) -> Path:
    return put_hearing_model(program_folder / "models")


@pytest.fixture(scope="module")
def program(program: Application) -> Application:
    """With a silent loudspeaker."""
    program.services.player._play = Speaker((miniaudio.Backend.NULL,)).play
    return program


@pytest.fixture
def person(person: Person) -> Person:
    # What is heard is asked for, not what chance makes of it.
    person.application.services.conversation_settings.change_overrides((("temperature", 0.0),))
    return person


@pytest.mark.parametrize("give", [choose, drop, paste])
def test_a_recording_is_given_and_heard(qtbot: QtBot, person: Person, tmp_path: Path, give: Give) -> None:
    give(qtbot, person, [put_sound(tmp_path, "blue", 1.0)])
    attached(qtbot, person, 1)
    chip = person.composer.chips.chips[0]
    assert chip.cost == "0:01 · 13 tokens"
    assert chip.waveform
    assert person.asks(QUESTION) == said_of("blue")
    assert "[blue.wav]" in person.reads
    assert not person.composer.chips.isVisible()


@pytest.mark.parametrize("path", SOUND_FILES, ids=lambda path: path.name)
def test_every_kind_of_file_is_heard(qtbot: QtBot, person: Person, path: Path) -> None:
    drop(qtbot, person, [path])
    attached(qtbot, person, 1)
    assert person.asks(QUESTION) == said_of(path.stem.removesuffix("-tagged"))


def test_a_second_turn_reads_its_own_words_only(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    assert tokens_read_in_a_second_turn(qtbot, person, put_sound(tmp_path, "green", 12.0)) < 40


def test_a_recording_is_played_and_stopped_in_the_composer(
    qtbot: QtBot, person: Person, tmp_path: Path
) -> None:
    drop(qtbot, person, [put_sound(tmp_path, "green", 60.0)])
    attached(qtbot, person, 1)
    player = person.application.services.player
    press(qtbot, person, "play_attachment_button")
    assert person.composer.chips.chips[0].is_playing
    press(qtbot, person, "play_attachment_button")
    assert player.sha256 == ""
    assert not person.composer.chips.chips[0].is_playing
    press(qtbot, person, "remove_attachment_button")
    attached(qtbot, person, 0)


def press(qtbot: QtBot, person: Person, name: str) -> None:
    button = person.composer.chips.findChild(QToolButton, name)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_recording_is_played_and_saved_in_the_transcript(
    qtbot: QtBot, person: Person, tmp_path: Path
) -> None:
    original = put_sound(tmp_path, "green", 0.5)
    drop(qtbot, person, [original])
    attached(qtbot, person, 1)
    person.asks(QUESTION)
    player = person.application.services.player
    person.clicks("Play green.wav")
    assert player.sha256
    qtbot.waitUntil(lambda: player.sha256 == "", timeout=ANSWER_MS)
    node = person.application.services.chat.conversation.path()[0]
    person.transcript.action_requested.emit(node.id, MessageAction.SAVE_RECORDING, "0")
    save_as(person, tmp_path / "saved.wav")
    assert (tmp_path / "saved.wav").read_bytes() == original.read_bytes()


def test_a_recording_whose_file_has_gone_is_said_to_be_missing(
    qtbot: QtBot, person: Person, tmp_path: Path
) -> None:
    drop(qtbot, person, [put_sound(tmp_path, "green", 0.77)])
    attached(qtbot, person, 1)
    services = person.application.services
    part = services.attachments.current[0]
    path = services.store.attachments.path_of(part.file.sha256)
    assert path is not None
    path.unlink()
    shown = person.application.screens.chat.shown_attachments
    shown.forget(part.file.sha256)
    assert person.asks("Hello")
    assert shown.is_gone(part.file.sha256)
    services.player.toggle(part)
    qtbot.waitUntil(lambda: services.notices.last_error is not None, timeout=ANSWER_MS)
    assert "not among the kept files" in str(services.notices.last_error)


def test_what_is_no_sound_is_refused_in_words(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    note = tmp_path / "note.mp3"
    note.write_text("These are words.")
    drop(qtbot, person, [note, put_sound(tmp_path, "green")])
    attached(qtbot, person, 1)
    error = person.application.services.notices.last_error
    assert "note.mp3 was not added" in str(error)


def test_pictures_and_recordings_keep_their_order(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    drop(qtbot, person, [put_sound(tmp_path, "green"), put_picture(tmp_path, "red")])
    attached(qtbot, person, 2)
    assert [chip.name for chip in person.composer.chips.chips] == ["green.wav", "red.png"]
    person.sends(QUESTION)
    assert "cannot see pictures" in person.window.chat_page.banner.sentence.text()
    person.composer.chips.remove_requested.emit(1)
    attached(qtbot, person, 1)
    assert person.asks(QUESTION) == said_of("green")


def test_recordings_are_there_after_a_restart(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    model = put_hearing_model(tmp_path / "models")
    asked, draft = put_sound(tmp_path, "green"), put_sound(tmp_path, "blue")
    again = asks_and_restarts(qtbot, start_program, model, asked, draft)
    assert "[green.wav]" in again.reads
    assert again.asks(QUESTION) == said_of("blue")


def test_a_chat_with_recordings_is_exported_and_read_back(
    qtbot: QtBot, person: Person, tmp_path: Path
) -> None:
    drop(qtbot, person, [SOUND_FILES[0], put_sound(tmp_path, "green")])
    attached(qtbot, person, 2)
    person.asks(QUESTION)
    services = person.application.services
    conversation, store = services.chat.conversation, services.store.attachments
    sent = conversation.path()[0].message
    assert all(isinstance(part, RecordingPart) for part in sent.attachments)
    exported = to_json(conversation, store.read)
    assert files_from_json(exported)
    assert from_json(exported).path()[0].message == sent
    assert len(markdown_files(conversation, store.read, "Chat", ExportOptions()).beside) == 2
    within = markdown_files(conversation, store.read, "Chat", ExportOptions(), are_files_inside=True)
    (tmp_path / "Chat.md").write_text(within.text, encoding="utf-8")
    elsewhere = AttachmentStore(tmp_path / "elsewhere")
    (read,) = read_all([tmp_path / "Chat.md"], ReadOptions(keep_file=elsewhere.add))
    assert isinstance(read, Read)
    assert read.imported.conversation.path()[0].message == sent
    for part in sent.attachments:
        assert elsewhere.read(part.file.sha256) == store.read(part.file.sha256)


def test_a_model_that_cannot_hear_is_told_of_recordings_in_words(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    hearing = put_hearing_model(tmp_path / "models")
    person = start_program(hearing, (TINY_MODEL.parent, hearing.parent))
    person.waits_for_model()
    drop(qtbot, person, [put_sound(tmp_path, "green")])
    attached(qtbot, person, 1)
    person.asks(QUESTION)
    person.application.services.models.choose(TINY_MODEL)
    person.waits_for_model()
    person.asks("Hello")
    assert "cannot hear the recordings" in person.window.chat_page.banner.sentence.text()


def test_a_recording_is_written_down_for_a_model_that_cannot_hear(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    hearing = put_hearing_model(tmp_path / "models")
    person = start_program(TINY_MODEL, (TINY_MODEL.parent, hearing.parent))
    person.waits_for_model()
    person.types("They said:")
    services = person.application.services
    drop(qtbot, person, [put_sound(tmp_path, "green", 2.0)])
    qtbot.waitUntil(lambda: len(person.composer.text) > len("They said: "), timeout=ANSWER_MS)
    attached(qtbot, person, 0)
    assert person.composer.text.startswith("They said: ")
    qtbot.waitUntil(lambda: services.store.attachments.size() == 0, timeout=ANSWER_MS)
    person.presses(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert person.composer.text == "They said:"


def test_a_microphone_records_what_the_model_hears(qtbot: QtBot, person: Person) -> None:
    microphone = PlayedMicrophone()
    recorder = person.application.services.recorder
    recorder.open_microphone = microphone.open
    composer = person.composer
    qtbot.mouseClick(composer.record_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: recorder.state is RecorderState.RECORDING, timeout=ANSWER_MS)
    assert composer.recording.isVisible()
    microphone.play(tone("blue", 2.0))
    qtbot.waitUntil(lambda: composer.recording.time.text() == "0:02", timeout=ANSWER_MS)
    qtbot.mouseClick(composer.recording.finish_button, Qt.MouseButton.LeftButton)
    attached(qtbot, person, 1)
    assert not composer.recording.isVisible()
    assert person.asks(QUESTION) == said_of("blue")


def test_a_recording_is_paused_and_discarded(qtbot: QtBot, person: Person) -> None:
    microphone = PlayedMicrophone()
    recorder = person.application.services.recorder
    recorder.open_microphone = microphone.open
    strip = person.composer.recording
    qtbot.mouseClick(person.composer.record_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: recorder.state is RecorderState.RECORDING, timeout=ANSWER_MS)
    qtbot.mouseClick(strip.pause_button, Qt.MouseButton.LeftButton)
    assert strip.words.text() == "Paused"
    qtbot.mouseClick(strip.pause_button, Qt.MouseButton.LeftButton)
    assert strip.words.text() == "Recording"
    microphone.play(silence(1.5))
    qtbot.waitUntil(lambda: "only silence" in strip.words.text(), timeout=ANSWER_MS)
    qtbot.mouseClick(strip.discard_button, Qt.MouseButton.LeftButton)
    assert not strip.isVisible()
    attached(qtbot, person, 0)


def test_without_a_model_that_hears_one_is_offered_and_used_once_it_is_there(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    person = start_program(TINY_MODEL, (folder,))
    person.waits_for_model()
    drop(qtbot, person, [put_sound(tmp_path, "green")])
    attached(qtbot, person, 1)
    senses = person.application.services.senses
    languages = [senses.downloadable(Sense.HEARING, code).languages for code in ("en", "ja")]
    assert languages == [("en",), ("ja",)]
    banner = person.window.chat_page.banner
    qtbot.waitUntil(lambda: "cannot hear recordings" in banner.sentence.text(), timeout=ANSWER_MS)
    (offer,) = [it for it in banner.findChildren(QPushButton) if it.text().startswith("Show LFM2.5 Audio")]
    offer.click()
    window = person.window
    qtbot.waitUntil(lambda: window.current_page is not window.chat_page, timeout=ANSWER_MS)
    window.focus_composer()
    put_hearing_model(folder)
    person.application.services.models.refresh()
    qtbot.waitUntil(lambda: bool(person.composer.text), timeout=ANSWER_MS)
    attached(qtbot, person, 0)


def test_answers_are_read_aloud_until_somebody_types(qtbot: QtBot, person: Person) -> None:
    services, composer = person.application.services, person.composer
    assert not composer.aloud_button.isVisible()
    voice = SpokenVoice()
    services.reading_aloud.set_voice(voice)
    assert composer.aloud_button.isVisible()
    qtbot.mouseClick(composer.aloud_button, Qt.MouseButton.LeftButton)
    assert services.settings.current.reads_aloud
    assert person.asks("Hello")
    assert voice.said[0] == ("Hello!", "en")
    person.presses(Qt.Key.Key_Escape)
    assert not voice.is_speaking
    person.asks("Hello")
    assert voice.is_speaking
    person.types("W")
    assert not voice.is_speaking
    person.presses(Qt.Key.Key_Backspace)
    person.asks("Hello")
    assert voice.is_speaking
    person.transcript.setFocus()
    qtbot.keyClick(person.transcript, Qt.Key.Key_Escape)
    assert not voice.is_speaking
    qtbot.mouseClick(composer.aloud_button, Qt.MouseButton.LeftButton)
    services.reading_aloud.set_voice(None)
    assert not composer.aloud_button.isVisible()
    composer.set_text("")


def test_japanese_is_written_down_by_the_model_for_it(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    put_hearing_model(tmp_path / "models")
    japanese = put_hearing_model(tmp_path / "models", "LFM2-Audio-JP")
    person = start_program(TINY_MODEL, (tmp_path / "models",))
    person.waits_for_model()
    services = person.application.services
    qtbot.waitUntil(lambda: services.dictation.model is not None, timeout=ANSWER_MS)
    person.types("Please write it down")
    assert services.dictation.model is not None
    assert services.dictation.model.path != japanese
    person.composer.set_text("")
    person.types("書いてください")
    assert services.dictation.model.path == japanese
    services.settings.change(dictation_language=DictationLanguage.ENGLISH)
    assert services.dictation.model.path != japanese
    person.composer.replace_text("")
    services.settings.change(dictation_language=DictationLanguage.JAPANESE)
    assert services.dictation.model.path == japanese
