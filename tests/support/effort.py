"""How hard the tests try that draw their cases at random."""

import os

EFFORT = int(os.environ.get("TARN_TEST_EFFORT", "1"))
"""How many times as many cases are drawn as in the whole suite, which has a few minutes."""
