import pytest

from app.files.file_names import is_safe_name, safe_name


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


@pytest.mark.parametrize("title", ["CON", "nul", "Com1", "LPT9", "aux.notes", "com²", "CONIN$", "nul .txt"])
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


@pytest.mark.parametrize("name", ["", "..", " a", "a.", "a:b", "nul.gguf", "a\u202eb", "a\u200bb", "a\ud800"])
def test_a_name_that_some_system_refuses_is_not_safe(name: str) -> None:
    assert not is_safe_name(name)


@pytest.mark.parametrize("name", ["model.gguf", "日本語.gguf", "a b.gguf", ".hidden", "com10"])
def test_a_name_that_every_system_accepts_is_safe(name: str) -> None:
    assert is_safe_name(name)
