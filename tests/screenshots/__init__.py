"""Scripts that draw the screens, for people to look at: `python -m tests.screenshots.shell FOLDER`.

`TARN_LANGUAGE=ar` before `every_screen` draws them in a language: `en_XA` with words longer by two fifths,
`en_XB` from right to left. Some of the other scripts look for English words.
"""

from app.languages.choice import VARIABLE
from tests.support.window_language import use_language_of_environment

use_language_of_environment(VARIABLE)
