import pytest

from app.ui.file_names import safe_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A day at the lake", "A day at the lake"),
        ('a/b\\c: "d" <e> | f? *', "a b c d e f"),
        (
            "Write a short story about a lake and list three…",
            "Write a short story about a lake and list three",
        ),
        ("line\nbreak\x00and\x7ftab\t", "line break and tab"),
        ("..", "Conversation"),
        ("…", "Conversation"),
        ("", "Conversation"),
        ("日本語の題", "日本語の題"),
        ("عنوان", "عنوان"),
        ("harmless\u202edm.exe", "harmless dm.exe"),
        ("\ud800lone", "lone"),
    ],
)
def test_a_name_keeps_what_every_system_accepts(title: str, name: str) -> None:
    assert safe_name(title, "Conversation") == name


@pytest.mark.parametrize("title", ["CON", "nul", "Com1", "LPT9", "aux.notes"])
def test_a_device_of_windows_is_no_name_of_a_file(title: str) -> None:
    assert safe_name(title, "Conversation") == f"Conversation {title}"


@pytest.mark.parametrize("title", ["Contents", "console", "nullable", "com10"])
def test_what_only_begins_like_a_device_stays_as_it_is(title: str) -> None:
    assert safe_name(title, "Conversation") == title


@pytest.mark.parametrize("letter", ["x", "ü", "語", "🚀", "👩‍💻"])
def test_a_long_name_fits_into_a_folder_in_any_script(letter: str) -> None:
    name = safe_name(letter * 300, "Conversation")
    assert 40 <= len(name) <= 80
    assert len(f"{name}.md".encode()) <= 255
    assert (letter * 300).startswith(name)
