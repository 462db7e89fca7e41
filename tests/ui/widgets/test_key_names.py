"""Keys are written as the menus of this system have them."""

import pytest

from app.ui.widgets.key_names import native


@pytest.mark.parametrize(
    ("keys", "written"),
    [
        ("Ctrl+Shift+F", "Ctrl+Shift+F"),
        ("Enter", "Enter"),
        ("Ctrl+,", "Ctrl+,"),
        ("Ctrl++, Ctrl+=", "Ctrl++, Ctrl+="),
    ],
)
@pytest.mark.skipif("sys.platform == 'darwin'", reason="A Mac has signs for them")
def test_keys_in_english(keys: str, written: str) -> None:
    assert native(keys) == written
