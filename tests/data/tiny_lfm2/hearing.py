"""Writes a random conformer with LFM2-Audio's projector (`tiny-audio-mmproj.gguf`), for which a sound is a
colour.

The conformer is not trained. Its last layer is chosen so that rising tones give what the tiny projector for
pictures gives of green, and falling ones what it gives of blue: so the tiny language model, which has learned
the names of colours, says what it heard.
"""

from __future__ import annotations

import ctypes
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import gguf
import numpy as np

RATE = 16_000
TONES = {"green": (300.0, 3_000.0), "blue": (3_000.0, 300.0)}
"""From where to where the tone of each colour goes, in hertz, again and again. What stays as it is, the
library takes for the noise of the room."""
SWEEP_SECONDS = 0.4
MEL_BINS, CHANNELS, WIDTH, HEADS, LAYERS = 128, 12, 64, 2, 1
HIDDEN = 64
SHARPNESS = 30.0
LINEAR = 20.0
"""Where the last layer's curve is a straight line, so that what comes out of it is what goes in."""
POSITION_WIDTH = 512
"""llama.cpp's conformer takes positions of this width, whatever its own is."""
LONGEST_FRAMES = 3_200
"""Of 10 ms: more than 32 seconds end the process with this file, as more than 327 do with the real one."""


def export_hearing(path: Path, text_width: int, last: Mapping[str, np.ndarray] | None = None) -> None:
    """Writes the file; `last` is the last layer's weight and bias, random where it is not given."""
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_type("mmproj")
    writer.add_name("Tiny LFM2.5-Audio mmproj")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_clip_has_audio_encoder(True)
    writer.add_clip_projector_type("lfm2a")
    writer.add_audio_projection_dim(text_width)
    writer.add_audio_embedding_length(WIDTH)
    writer.add_audio_feed_forward_length(WIDTH)
    writer.add_audio_block_count(LAYERS)
    writer.add_audio_head_count(HEADS)
    writer.add_audio_attention_layernorm_eps(1e-5)
    writer.add_audio_num_mel_bins(MEL_BINS)
    for name, values in {**dict(_tensors(text_width)), **(last or {})}.items():
        is_half = name.endswith("weight") and values.ndim == 2 and "conv_dw" not in name
        values = values.astype(np.float16 if is_half else np.float32)
        if "position_embd" in name:  # Only its size is looked at.
            kind = gguf.GGMLQuantizationType.Q4_0
            writer.add_tensor(name, gguf.quantize(values.astype(np.float32), kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors(text_width: int) -> Iterator[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(1)

    def noise(*shape: int, scale: float) -> np.ndarray:
        return rng.normal(0, scale, shape).astype(np.float32)

    yield "a.position_embd.weight", np.zeros((LONGEST_FRAMES // 2, text_width))
    yield "a.conv1d.0.weight", noise(CHANNELS, 1, 3, 3, scale=0.4)
    yield "a.conv1d.0.bias", np.zeros((1, CHANNELS, 1, 1))
    for depthwise, pointwise in ((2, 3), (5, 6)):
        yield f"a.conv1d.{depthwise}.weight", noise(CHANNELS, 1, 3, 3, scale=0.4)
        yield f"a.conv1d.{depthwise}.bias", np.zeros((1, CHANNELS, 1, 1))
        yield f"a.conv1d.{pointwise}.weight", noise(CHANNELS, CHANNELS, 1, 1, scale=0.4)
        yield f"a.conv1d.{pointwise}.bias", np.zeros((1, CHANNELS, 1, 1))
    yield "a.pre_encode.out.weight", noise(WIDTH, CHANNELS * MEL_BINS // 8, scale=0.1)
    yield "a.pre_encode.out.bias", np.zeros(WIDTH)
    for layer in range(LAYERS):
        block = f"a.blk.{layer}"
        for norm in ("ffn_norm", "ffn_norm_1", "ln1", "ln2", "norm_conv", "conv_norm"):
            yield f"{block}.{norm}.weight", np.ones(WIDTH)
            yield f"{block}.{norm}.bias", np.zeros(WIDTH)
        for part in (
            "attn_q",
            "attn_k",
            "attn_v",
            "attn_out",
            "ffn_up",
            "ffn_down",
            "ffn_up_1",
            "ffn_down_1",
        ):
            yield f"{block}.{part}.weight", noise(WIDTH, WIDTH, scale=0.1)
            yield f"{block}.{part}.bias", np.zeros(WIDTH)
        yield f"{block}.pos_bias_u", np.zeros((HEADS, WIDTH // HEADS))
        yield f"{block}.pos_bias_v", np.zeros((HEADS, WIDTH // HEADS))
        yield f"{block}.linear_pos.weight", noise(WIDTH, POSITION_WIDTH, scale=0.02)
        yield f"{block}.conv_pw1.weight", noise(2 * WIDTH, WIDTH, scale=0.1)
        yield f"{block}.conv_pw1.bias", np.zeros(2 * WIDTH)
        yield f"{block}.conv_dw.weight", noise(WIDTH, 9, scale=0.1)
        yield f"{block}.conv_dw.bias", np.zeros(WIDTH)
        yield f"{block}.conv_pw2.weight", noise(WIDTH, WIDTH, scale=0.1)
        yield f"{block}.conv_pw2.bias", np.zeros(WIDTH)
    yield "mm.a.mlp.0.weight", np.ones(WIDTH)
    yield "mm.a.mlp.0.bias", np.zeros(WIDTH)
    yield "mm.a.mlp.1.weight", np.eye(HIDDEN, WIDTH)
    yield "mm.a.mlp.1.bias", np.full(HIDDEN, LINEAR)
    yield "mm.a.mlp.3.weight", np.eye(text_width, HIDDEN)
    yield "mm.a.mlp.3.bias", np.full(text_width, -LINEAR)


def tone(colour: str, seconds: float, loudness: float = 0.3, seed: int = 2) -> np.ndarray:
    """The tone of a colour, with a little noise below it, as every recording has."""
    at = np.arange(int(seconds * RATE)) / RATE
    start, end = TONES[colour]
    frequency = start * (end / start) ** ((at % SWEEP_SECONDS) / SWEEP_SECONDS)
    noise = np.random.default_rng(seed).normal(0, 0.003, at.size)
    return (loudness * np.sin(2 * np.pi * np.cumsum(frequency) / RATE) + noise).astype(np.float32)


def learn_tones(path: Path, text_model: Path, colours: Mapping[str, np.ndarray]) -> None:
    """Writes the file with last layers that make of each tone what `colours` says of its colour."""
    import llama_cpp

    first, second = (colours[colour].mean(0) for colour in TONES)
    width = len(first)
    heard, wanted = [], []
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.gguf"
        export_hearing(plain, width)
        llama = llama_cpp.Llama(str(text_model), n_ctx=512, n_threads=1, verbose=False)
        for colour, side in zip(TONES, (1, -1), strict=True):
            for number, seconds in enumerate((0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 9.0, 29.0)):
                for loudness in (0.05, 0.3, 0.8):
                    hidden = _heard(plain, llama, width, tone(colour, seconds, loudness, number))[:, :HIDDEN]
                    heard.append(hidden)
                    wanted.append(np.full(len(hidden), side))
        llama.close()
    features = np.concatenate(heard)
    features = np.concatenate([features, np.ones((len(features), 1))], 1)
    ridge = 1e-2 * np.eye(features.shape[1])
    side = np.linalg.solve(features.T @ features + ridge, features.T @ np.concatenate(wanted))
    # Two units whose difference is 0 on one side, 1 on the other, and little in between.
    hidden, bias = np.zeros((HIDDEN, WIDTH)), np.zeros(HIDDEN)
    hidden[:2], bias[:2] = SHARPNESS * side[:-1], SHARPNESS * side[-1] + np.array([0.5, -0.5])
    out = np.zeros((width, HIDDEN))
    out[:, 0], out[:, 1] = first - second, second - first
    export_hearing(
        path,
        width,
        {
            "mm.a.mlp.1.weight": hidden,
            "mm.a.mlp.1.bias": bias,
            "mm.a.mlp.3.weight": out,
            "mm.a.mlp.3.bias": second,
        },
    )


def _heard(projector: Path, llama: object, width: int, samples: np.ndarray) -> np.ndarray:
    """What the projector makes of a sound, through llama.cpp itself: [positions, width]."""
    import llama_cpp.mtmd_cpp as mtmd

    parameters = mtmd.mtmd_context_params_default()
    parameters.use_gpu = parameters.print_timings = parameters.warmup = False
    parameters.n_threads = 1
    context = mtmd.mtmd_init_from_file(str(projector).encode(), llama.model, parameters)  # type: ignore[attr-defined]
    assert context, "the projector could not be loaded"
    pointer = np.ascontiguousarray(samples).ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    bitmap = mtmd.mtmd_bitmap_init_from_audio(len(samples), pointer)
    part = mtmd.mtmd_input_part(None, bitmap)
    parts = (ctypes.POINTER(mtmd.mtmd_input_part) * 1)(ctypes.pointer(part))
    chunks = mtmd.mtmd_input_chunks_init()
    assert mtmd.mtmd_tokenize_from_parts(context, chunks, parts, 1, False) == 0
    chunk = mtmd.mtmd_input_chunks_get(chunks, 0)
    assert mtmd.mtmd_encode_chunk(context, chunk) == 0
    count = mtmd.mtmd_input_chunk_get_n_tokens(chunk)
    output = mtmd.mtmd_get_output_embd(context)
    heard = np.ctypeslib.as_array(output, (count * width,)).reshape(count, width).copy()
    mtmd.mtmd_input_chunks_free(chunks)
    mtmd.mtmd_bitmap_free(bitmap)
    mtmd.mtmd_free(context)
    return heard
