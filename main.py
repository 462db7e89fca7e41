"""Starts Tarn: `uv run main.py [--data-dir DIR] [--model FILE.gguf] [--version] [--self-test]`."""

import sys

from app.launch import main

if __name__ == "__main__":
    sys.exit(main())
