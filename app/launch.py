"""The command line: `[--data-dir DIR] [--model FILE.gguf] [--version] [--self-test] [FILE.gguf]`."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__

if TYPE_CHECKING:
    from app.application import Application
    from app.languages.language import Language


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program until its window is closed; gives the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] in (
        ["--probe"],
        ["--try-engine"],
        ["--run-templates"],
        ["--draw-formulas"],
        ["--decode-sound"],
        ["--read-documents"],
    ):
        return _run_child(words)
    options = _parser().parse_args(words)
    given = options.model or options.file
    # Children, and the copy that runs already, work in other folders.
    options.model = given.absolute() if given else None
    if options.self_test:
        return _run_self_test(options)
    return _run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tarn", description="Chat with models that run on this computer.")
    parser.add_argument("--version", action="version", version=f"Tarn {__version__}")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep everything in this folder")
    parser.add_argument("--model", type=Path, metavar="FILE.gguf", help="start with this model")
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE.gguf", help="the same, as the desktop gives it"
    )
    parser.add_argument(
        "--self-test", action="store_true", help="ask the model once, print the figures as JSON and exit"
    )
    return parser


def _run(options: argparse.Namespace) -> int:
    gc.disable()  # A tenth of the start would go into looking through what is only just being built.
    language = _choose_language(options.data_dir)
    from app.application import Application, create_qt_application, show_start_failure
    from app.core.errors import UserError
    from app.garbage import GarbageCollector, freeze_collected_objects
    from app.paths import Paths
    from app.ui.qt_language import use_qt_language
    from app.ui.single_instance import FileOpenings, SingleInstance

    qt = create_qt_application(sys.argv[:1])
    use_qt_language(qt, language)
    try:
        paths = Paths.below(options.data_dir) if options.data_dir else Paths.of_user()
        paths.create_folders()
        instance = SingleInstance(paths.data)
        if not instance.claim():
            instance.hand_over(options.model)
            return 0
        application = Application(options.data_dir, first_model=options.model)
    except UserError as error:
        return show_start_failure(qt, error)
    instance.started_again.connect(application.bring_to_front)
    openings = FileOpenings(qt)
    openings.file_opened.connect(application.bring_to_front)
    application.window.show()
    freeze_collected_objects()
    GarbageCollector(application)
    _freeze_when_model_loaded(application)
    try:
        return qt.exec()
    finally:
        application.shutdown()
        instance.close()
        if application.is_to_restart:
            from app.restart import start_again

            start_again()


def _choose_language(data_dir: Path | None) -> Language:
    """Before all that holds words is imported. A user without a home folder has the system's language."""
    from PySide6.QtCore import QLocale

    from app.languages.choice import use_language
    from app.paths import Paths, resources

    try:
        settings_file = (Paths.below(data_dir) if data_dir else Paths.of_user()).settings
    except Exception:  # What is wrong with the folders is told once there is a window.
        settings_file = None
    return use_language(resources() / "translations", settings_file, QLocale.system().uiLanguages())


def _freeze_when_model_loaded(application: Application) -> None:
    """Does the same once more when the first model is loaded."""
    from app.garbage import freeze_collected_objects
    from app.services.model_status import ModelPart, ModelsChange

    models = application.services.models

    def on_changed(change: ModelsChange) -> None:
        if change.concerns(ModelPart.LOADED):
            models.changed.disconnect(on_changed)
            freeze_collected_objects()

    models.changed.connect(on_changed)


def _run_child(words: list[str]) -> int:
    """A child of the program, for work that may crash, hang or fill the memory; it speaks its language."""
    from app.languages.choice import use_language
    from app.paths import resources

    use_language(resources() / "translations", None, ())
    if words[0] == "--decode-sound":
        from app.sound import decoding_worker

        return decoding_worker.main(words[1:])
    if words[0] == "--read-documents":
        from app.documents import reading_worker

        return reading_worker.main(words[1:])
    if words[0] == "--draw-formulas":
        from app.formulas import formula_worker

        return formula_worker.main(words[1:])
    if words[0] == "--run-templates":
        from app.engine import template_worker

        return template_worker.main(words[1:])
    from app.engine import model_trial, variants

    return {"--probe": model_trial.main, "--try-engine": variants.main}[words[0]](words[1:])


def _run_self_test(options: argparse.Namespace) -> int:
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app.self_test import run_self_test

    # Ignoring errors: on Windows a log file may still be open when the folder goes.
    with tempfile.TemporaryDirectory(prefix="tarn-self-test-", ignore_cleanup_errors=True) as folder:
        return run_self_test(options.data_dir or Path(folder), options.model)


if __name__ == "__main__":
    sys.exit(main())
