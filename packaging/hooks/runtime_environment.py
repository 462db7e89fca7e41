"""Runs first in the packaged program: what it starts, such as a browser, gets libraries of its own.

PyInstaller's starter points the library path to the program's folder, which a browser must not inherit. This
process has read the path already and keeps it.
"""

import os

for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
    original = os.environ.pop(f"{name}_ORIG", None)
    if original is not None:
        os.environ[name] = original
    else:
        os.environ.pop(name, None)
