"""The themes of the program, for tests of what is painted with them."""

from app.paths import resources
from app.ui.theme import load_theme

DARK = load_theme(resources() / "themes" / "dark.toml")
LIGHT = load_theme(resources() / "themes" / "light.toml")
HIGH_CONTRAST = load_theme(resources() / "themes" / "high_contrast.toml")
