"""What tests share. It comes before all that holds words, so the language is chosen here."""

from tests.support.window_language import use_language_of_environment

use_language_of_environment()
