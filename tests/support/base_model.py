"""Makes a model that was only made to continue text."""

from __future__ import annotations

from pathlib import Path

from tests.support.model_mutations import Array, parse


def write_base_model(path: Path, original: Path) -> None:
    """The tiny model, whose mark for the end of a turn has become an ordinary word with its letters."""
    parsed = parse(original)
    parsed.values = [value for value in parsed.values if value[0] != b"tokenizer.chat_template"]
    values = {key: value for key, _, value in parsed.values}
    tokens, kinds = values[b"tokenizer.ggml.tokens"], values[b"tokenizer.ggml.token_type"]
    assert isinstance(tokens, Array)
    assert isinstance(kinds, Array)
    end = tokens.items.index(b"<|im_end|>")
    tokens.items[end], kinds.items[end] = b"<|im_end|>!", 1
    other_end = tokens.items.index(b"<|endoftext|>")
    parsed.values = [
        (key, kind, other_end if key == b"tokenizer.ggml.eos_token_id" else value)
        for key, kind, value in parsed.values
    ]
    path.write_bytes(parsed.bytes())
