"""Makes the small models in `tests/data` again.

They are of the real LFM2 architectures and memorise some dialogues, so that tests see real LFM2.5 output:
Markdown, code, Japanese, emoji, thinking, tool calls, an empty answer, a broken call, endless loops.

    uv run --group tiny-model python -m tests.data.tiny_lfm2.build FOLDER

takes about five minutes of one core and writes `tiny-lfm2.gguf`, `tiny-lfm2moe-q8.gguf` and the vision part,
`tiny-mmproj.gguf`. The weights are not the same to the bit on every machine; `check.py` says whether a model
says what it should.
"""
