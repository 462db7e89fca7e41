"""Where tests are: those of `app/store/search.py` in `tests/store/test_search.py` or `test_search_*.py`."""

from pathlib import Path

TESTS = Path(__file__).parent
APP = TESTS.parent / "app"
WHOLE_PROGRAM = {Path("test_import_directions.py"), Path("test_mirror.py"), Path("test_quick_start.py")}
APART = {"benchmarks", "data", "e2e", "fakes", "packaging", "screenshots", "support"}
"""Folders that mirror nothing: they look at the whole program, or hold what tests share."""

TESTED_THROUGH = {
    "": ("e2e", "packaging"),
    "core": ("core/test_turn.py", "core/test_tool_round.py", "core/test_stream_events.py"),
    "core/markdown": ("core/markdown/test_importing.py",),
    "core/reply_parser": ("core/reply_parser", "core/test_stream_events.py"),
    "documents": ("documents/test_document_reader.py", "documents/test_opening.py"),
    "engine": ("engine/test_engine_answers.py", "engine/test_probe.py", "engine/test_template_process.py"),
    "engine/llama": ("engine/test_engine_answers.py", "engine/test_engine_load.py"),
    "exchange": ("exchange/test_reading.py", "exchange/test_reading_hostile.py"),
    "files": ("files/test_converter.py", "hub/library/test_library.py"),
    "formulas": ("formulas/test_formula_process.py",),
    "hub": ("hub/test_repository.py", "hub/test_search.py", "ui/model_manager"),
    "hub/download": ("hub/download/test_file_download.py", "hub/download/test_queue.py"),
    "hub/library": ("hub/library/test_library.py", "hub/library/test_found_models.py"),
    "knowledge": ("knowledge/test_search.py", "knowledge/test_index.py"),
    "net": ("hub/download/test_file_download_gateways.py", "net", "tools/test_web_page_hostile.py"),
    "processes": ("engine/test_template_process.py", "formulas/test_formula_process.py"),
    "servers": ("servers/test_server_engine.py", "servers/test_connection_hostile.py"),
    "services": ("services/test_services.py", "ui/chat", "e2e"),
    "sound": ("sound/test_decoding_process.py",),
    "store": ("store/test_conversations.py", "store/test_recovery.py", "store/test_store_damaged_folders.py"),
    "tools": ("tools/test_tool_box_with_a_model.py", "tools/test_allowed_folders_odd_paths.py"),
    "ui": ("ui/test_main_window.py", "e2e", "screenshots"),
    "ui/chat": ("ui/chat/test_chat_page.py", "ui/chat/test_chat_controller_tools.py"),
    "ui/composer": ("ui/composer/test_composer.py", "ui/chat", "e2e/test_pictures.py"),
    "ui/exchange": ("ui/exchange/test_import_controller.py", "ui/exchange/test_export_controller.py"),
    "ui/model_manager": ("ui/model_manager",),
    "ui/knowledge": ("ui/knowledge", "e2e/test_knowledge.py"),
    "ui/attachments": ("e2e/test_pictures.py",),
    "ui/speech": ("ui/speech/test_system_voice.py", "e2e/test_sound.py"),
    "ui/palette": ("ui/palette/test_palette_controller.py",),
    "ui/presets": ("ui/presets/test_preset_form.py", "ui/presets/test_presets_dialog.py"),
    "ui/settings": ("ui/settings/test_settings_dialog.py",),
    "ui/sidebar": ("ui/sidebar/test_sidebar.py", "e2e"),
    "ui/transcript/content": ("ui/transcript/content/test_markdown.py", "ui/transcript/view"),
    "ui/transcript/content/markdown_rules": ("ui/transcript/content/test_markdown_of_models.py",),
    "ui/transcript/items": ("ui/transcript/view/test_painter.py", "ui/transcript/view/test_transcript.py"),
    "ui/transcript/view": ("ui/transcript/view",),
    "ui/widgets": ("ui/model_manager", "ui/chat"),
}
"""The rooms in which some modules are parts of others and have no test file of their own, with the tests that
reach them through those others. In a room that is not named here, every module has its own."""

MODULES = {
    path.relative_to(APP).with_suffix("") for path in APP.rglob("*.py") if not path.name.startswith("__")
}
FILES = sorted(
    path.relative_to(TESTS)
    for path in TESTS.rglob("*.py")
    if path.relative_to(TESTS).parts[0] not in APART and path.name not in ("__init__.py", "conftest.py")
)


def room_of(module: Path) -> str:
    return "" if module.parent == Path() else module.parent.as_posix()


def module_of(test: Path) -> Path | None:
    """The module in the same room whose name begins the test's, the longest one."""
    name = test.stem.removeprefix("test_")
    fitting = [
        module
        for module in MODULES
        if module.parent == test.parent and f"{name}_".startswith(f"{module.name}_")
    ]
    return max(fitting, key=lambda module: len(module.name), default=None)


def test_every_test_file_has_the_name_of_a_module() -> None:
    assert [str(file) for file in FILES if file not in WHOLE_PROGRAM and not module_of(file)] == []


def test_what_tests_share_is_kept_apart_from_them() -> None:
    assert [str(file) for file in FILES if not file.name.startswith("test_")] == []


def test_modules_without_a_test_file_are_in_the_rooms_that_say_so() -> None:
    tested = {module_of(file) for file in FILES}
    untested = {module for module in MODULES - tested if room_of(module) not in TESTED_THROUGH}
    assert sorted(map(str, untested)) == []


def test_the_tests_that_reach_a_room_are_there() -> None:
    named = {test for tests in TESTED_THROUGH.values() for test in tests}
    assert sorted(test for test in named if not (TESTS / test).exists()) == []
