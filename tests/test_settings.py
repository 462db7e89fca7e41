"""What the user set is there at the next start."""

import logging
from dataclasses import fields, replace
from pathlib import Path

import pytest

from app.core.errors import SettingsError
from app.core.spoken_answers import SpokenAnswers
from app.settings import (
    ColumnWidth,
    ConversationSort,
    DictationLanguage,
    ReadAhead,
    Settings,
    SettingsFile,
    ThemeChoice,
)

CHANGED = Settings(
    theme=ThemeChoice.DARK,
    model_folders=(Path("/models"), Path("/more models/日本")),
    last_model=Path("/models/LFM2.5.gguf"),
    is_sidebar_visible=False,
    conversation_sort=ConversationSort.TITLE,
    closed_folders=("folder",),
    window_geometry="AdnQywAD==",
    font_scale=1.25,
    sends_with_enter=False,
    is_settings_panel_visible=True,
    writes_titles=False,
    shows_speed=True,
    reads_aloud=True,
    wraps_code=True,
    shows_line_numbers=True,
    column_width=ColumnWidth.WIDE,
    is_compact=True,
    shows_outline=False,
    reduces_motion=True,
    spoken_answers=SpokenAnswers.BY_SENTENCE,
    notifies_when_done=False,
    new_chat_tools=("calculator",),
    tool_folders=(Path("/texts"),),
    most_tool_rounds=3,
    keeps_calls_well_formed=False,
    reads_ahead=ReadAhead.NEVER,
    reads_drafts=False,
    guesses_repeated_text=False,
    most_state_gb=5,
    keeps_original_pictures=False,
    keeps_original_documents=False,
    looks_closely=True,
    dictation_language=DictationLanguage.JAPANESE,
    is_offline=True,
    has_hub_token=True,
    language="ja",
    download_folder=Path("/disk/gguf"),
    has_accepted_lfm_licence=True,
    model_files=(Path("/elsewhere/model.gguf"),),
    answered_programs=("LM Studio", "Ollama"),
    used_programs=("Ollama",),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "config" / "settings.toml"


def test_at_first_everything_is_at_its_default(path):
    file = SettingsFile(path)
    assert file.load() == Settings()
    assert (Settings().theme, Settings().most_tool_rounds, file.notice) == (ThemeChoice.SYSTEM, 8, "")
    assert not path.exists()


def test_every_setting_comes_back(path):
    unchanged = [field.name for field in fields(Settings) if getattr(CHANGED, field.name) == field.default]
    assert unchanged == []
    SettingsFile(path).save(CHANGED)
    assert SettingsFile(path).load() == CHANGED
    SettingsFile(path).save(Settings())
    assert SettingsFile(path).load() == Settings()


@pytest.mark.parametrize(
    "line",
    [
        "theme = 'purple'",
        "theme = 3",
        "model_folders = '/models'",
        "model_folders = [1]",
        "last_model = false",
        "is_sidebar_visible = 1",
        "most_tool_rounds = 200",
        "most_tool_rounds = 3.5",
        "most_tool_rounds = true",
        "window_geometry = []",
        "font_scale = 'large'",
        "font_scale = 90",
        "font_scale = nan",
        "sends_with_enter = 'yes'",
    ],
)
def test_a_wrong_value_costs_only_itself_and_is_logged(path, line, caplog):
    path.parent.mkdir()
    name = line.split()[0]
    others = {"theme": "theme = 'dark'", "most_tool_rounds": "most_tool_rounds = 30"}
    others.pop(name, None)
    path.write_text("\n".join([line, *others.values()]))
    with caplog.at_level(logging.WARNING):
        settings = SettingsFile(path).load()
    assert getattr(settings, name) == getattr(Settings(), name)
    assert ("theme" not in others) or settings.theme == ThemeChoice.DARK
    assert ("most_tool_rounds" not in others) or settings.most_tool_rounds == 30
    assert f"The setting {name} is not used: it should be" in caplog.text


def test_a_broken_file_is_set_aside_and_said(path):
    path.parent.mkdir()
    path.write_text("theme = ")
    file = SettingsFile(path)
    assert file.load() == Settings()
    assert "settings.toml.broken-1" in file.notice
    file.save(CHANGED)
    assert path.with_name("settings.toml.broken-1").read_text() == "theme = "
    assert SettingsFile(path).load() == CHANGED


def test_settings_of_a_newer_version_are_left_alone(path):
    path.parent.mkdir()
    path.write_text("theme = 'dark'\nwarp = 9\n[engine]\nspeed = 'high'\n")
    file = SettingsFile(path)
    file.save(file.load())
    assert "warp = 9" in path.read_text()
    assert 'speed = "high"' in path.read_text()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('font_scale = "1.5"', "font_scale is not used: it should be a number."),
        ("font_scale = 90", "font_scale is not used: it should be between 0.7 and 2."),
        ('theme = "purple"', "theme is not used: "),
        ('model_folders = "/models"', "model_folders is not used: it should be a list."),
        ("last_model = 3", "last_model is not used: it should be a text."),
    ],
)
def test_a_wrong_value_is_said_and_stays_in_the_file_until_it_is_set(path, line, words):
    path.parent.mkdir()
    path.write_text(line)
    file = SettingsFile(path)
    settings = file.load()
    assert words in file.notice
    file.save(replace(settings, sends_with_enter=False))
    assert line in path.read_text()
    assert SettingsFile(path).load().sends_with_enter is False
    name = line.split()[0]
    file.save(replace(settings, **{name: getattr(CHANGED, name)}))
    assert line not in path.read_text()
    again = SettingsFile(path)
    assert (getattr(again.load(), name), again.notice) == (getattr(CHANGED, name), "")


def test_a_tilde_is_the_home_folder(path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/anna")
    monkeypatch.setenv("USERPROFILE", "/home/anna")
    path.parent.mkdir()
    path.write_text(
        'model_folders = ["~/models", "/m", "~/models", "~nobody-at-all/x"]\nlast_model = "~/a.gguf"\n'
    )
    file = SettingsFile(path)
    settings = file.load()
    assert settings.model_folders == (Path("/home/anna/models"), Path("/m"), Path("~nobody-at-all/x"))
    assert settings.last_model == Path("/home/anna/a.gguf")
    file.save(replace(settings, font_scale=1.5))
    assert '"~/models"' in path.read_text()


def test_unchanged_settings_are_not_written_again(path):
    file = SettingsFile(path)
    file.save(CHANGED)
    path.unlink()
    file.save(CHANGED)
    assert not path.exists()
    file.save(Settings())
    assert SettingsFile(path).load() == Settings()


def test_a_failed_save_is_said_and_tried_again(tmp_path):
    (tmp_path / "config").write_text("in the way")
    file = SettingsFile(tmp_path / "config" / "settings.toml")
    with pytest.raises(SettingsError, match="could not be saved") as caught:
        file.save(CHANGED)
    assert caught.value.hint
    (tmp_path / "config").unlink()
    file.save(CHANGED)
    assert SettingsFile(file.path).load() == CHANGED


def test_a_folder_is_added_only_once():
    settings = Settings(model_folders=(Path("/a"),))
    assert settings.with_model_folder(Path("/a")) == (Path("/a"),)
    assert settings.with_model_folder(Path("/b")) == (Path("/a"), Path("/b"))


def test_new_models_go_only_where_models_are_looked_for():
    usual, other = Path("/usual"), Path("/disk/gguf")
    assert Settings().downloads_folder(usual) == usual
    assert Settings(download_folder=other).downloads_folder(usual) == usual
    chosen = Settings(model_folders=(other,), download_folder=other)
    assert chosen.downloads_folder(usual) == other
