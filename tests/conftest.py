"""What every test shares: Qt without a display."""

import os

# Before Qt is imported anywhere: tests open real windows, but never on somebody's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
