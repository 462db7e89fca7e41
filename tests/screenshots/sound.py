"""Pictures of recordings in the program, with the tiny test models, for people to look at.

`uv run python -m tests.screenshots.sound [FOLDER]` writes PNG files; nothing is compared.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.application import Application, create_qt_application
from app.services.recorder import RecorderState
from app.settings import ThemeChoice
from tests.fakes.microphone import PlayedMicrophone
from tests.fakes.voice import SpokenVoice
from tests.screenshots.options import options
from tests.screenshots.program import TINY_MODEL, Photographer
from tests.support.pictures import put_picture
from tests.support.sounds import joined, put_hearing_model, put_sound, silence, tone


def main() -> None:
    told = options()
    create_qt_application([])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = put_hearing_model(folder / "models")
        application = Application(folder / "data", [model.parent, TINY_MODEL.parent], first_model=model)
        application.window.show()
        try:
            photographer = Photographer(application, told)
            if not told.is_quick:
                photographer.themes += (ThemeChoice.HIGH_CONTRAST,)
            _take_all(photographer, application, folder)
        finally:
            application.shutdown()  # Its threads would keep the process.
    QApplication.sendPostedEvents()


def _take_all(photographer: Photographer, application: Application, folder: Path) -> None:
    services = application.services
    services.reading_aloud.set_voice(SpokenVoice())
    photographer.wait(lambda: services.models.info is not None)
    files = [put_sound(folder, "green", 7.0), put_sound(folder, "blue", 64.0, "A long talk about lakes.wav")]
    services.attachments.add_files([*files, put_picture(folder, "red")])
    photographer.wait(lambda: len(services.attachments.current) == 3)
    photographer.take("attached")
    services.attachments.remove(2)
    photographer.ask("What is said here?")
    photographer.wait_for_answer()
    photographer.take("sent")
    _record(photographer, application)
    gone = services.store.attachments.path_of(
        services.chat.conversation.path()[0].message.attachments[0].file.sha256
    )
    if gone is not None:
        gone.unlink()
    application.screens.chat.shown_attachments.forget(gone.name if gone else "")
    photographer.take("missing")
    services.models.choose(TINY_MODEL)
    services.attachments.add_files([put_sound(folder, "blue", 600.0)])
    photographer.wait(
        lambda: (
            services.dictation.share(services.attachments.current[0]) is not None
            if services.attachments.current
            else False
        )
    )
    photographer.pause(400)
    photographer.take("written-down")


def _record(photographer: Photographer, application: Application) -> None:
    microphone, recorder = PlayedMicrophone(), application.services.recorder
    recorder.open_microphone = microphone.open
    recorder.start()
    photographer.wait(lambda: recorder.state is RecorderState.RECORDING)
    for loudness in (0.02, 0.1, 0.4, 0.8, 0.3, 0.05) * 8:
        microphone.play(tone("green", 0.05, loudness))
        photographer.pause(60)
    photographer.take("recording")
    recorder.discard()
    recorder.start()
    photographer.wait(lambda: recorder.state is RecorderState.RECORDING)
    microphone.play(joined(silence(2.0)))
    photographer.pause(150)
    photographer.take("blocked")
    recorder.discard()


if __name__ == "__main__":
    main()
