"""How a model is loaded: context length, threads, GPU layers, and what they cost in memory."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from app.core import formatting
from app.core.errors import OutOfMemoryError
from app.core.memory_estimate import (
    CONTEXT_STEP,
    LARGEST_BATCH,
    PROJECTOR_WORK_BYTES,
    SHORTEST_CONTEXT,
    USABLE_SHARE,
    ModelMemory,
    attention_bytes_per_token,
    work_space_bytes,
)
from app.core.model_file import LoadOptions
from app.core.translation import tr
from app.engine.gguf import GgufHeader

if TYPE_CHECKING:
    from app.engine.measured_choice import MeasuredChoice

DEFAULT_LONGEST_CONTEXT = 32_768
"""Tokens taken at most where nobody asked for more: small models lose the thread far earlier."""
LARGE_MODEL_BATCH = 256
"""The same for models so large that a batch takes seconds: reading is then reported more often."""
LARGE_MODEL_BYTES = 300 * 1000 * 1000
TAKE_BACK_LENGTH = 8
"""Of the tokens that were read last, so many can be taken back where the model has short convolutions."""


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How a model will be loaded, and the sum of memory it needs. Sizes in bytes."""

    context_length: int
    thread_count: int
    gpu_layers: int
    """-1: all of them."""
    kv_cache_type: str
    batch_size: int
    """Tokens read at a time."""
    flash_attention: bool
    """Whether the engine may use it; see `score_bytes_per_token`."""
    weight_bytes: int
    context_bytes: int
    overhead_bytes: int
    take_back_length: int = 0
    """So many of the tokens that were read last can be taken back where the memory has a fixed state."""
    notice: str = ""
    """A sentence for the user where they did not get what they asked for."""
    is_measured: bool = False
    """Whether flash attention is as measurements on this machine have it."""
    writing_threads: int = 0
    """Threads that write, where they are fewer than those that read; else 0."""

    @property
    def state_form(self) -> tuple[str, ...]:
        """What of it decides how the memory lies: a state that was saved with another one does not fit."""
        return self.kv_cache_type, str(self.flash_attention), str(self.gpu_layers)

    @property
    def total_bytes(self) -> int:
        return self.weight_bytes + self.context_bytes + self.overhead_bytes


@dataclass(frozen=True, slots=True)
class Machine:
    """What this computer offers a model."""

    free_bytes: int
    core_count: int
    has_gpu: bool = False

    @classmethod
    def look(cls, has_gpu: bool) -> Machine:
        return cls(psutil.virtual_memory().available, physical_cores(), has_gpu)


def physical_cores() -> int:
    """Cores this process may use; two threads on one core slow each other down."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return max(1, min(physical, len(os.sched_getaffinity(0))))
    return physical


def plan_load(
    header: GgufHeader,
    options: LoadOptions,
    catalog_context: int,
    machine: Machine,
    sight_bytes: int = 0,
    measured: MeasuredChoice | None = None,
) -> LoadPlan:
    """Chooses what was left open, within the file's limits and the free memory.

    `catalog_context` is the context length that the model's card recommends, in tokens; 0 if unknown.
    `sight_bytes` is what the model's projector will take, which is loaded later. `measured` says what is
    faster here, where that is known.

    Raises:
        OutOfMemoryError: not even the shortest useful context fits.
    """
    wanted = _wanted_context(header, options, catalog_context)
    # Weights on a graphics card take its memory, of which nothing is known here.
    weights = 0 if machine.has_gpu and options.gpu_layers != 0 else header.weight_bytes
    batch_size = LARGE_MODEL_BATCH if weights > LARGE_MODEL_BYTES else LARGEST_BATCH
    memory = model_memory(header, options.kv_cache_type, weights)
    memory = replace(memory, overhead_bytes=memory.overhead_bytes + sight_bytes)
    longest = memory.longest_context(machine.free_bytes)
    fitting = wanted if longest is None else min(wanted, longest)
    if fitting < min(SHORTEST_CONTEXT, wanted):
        raise _does_not_fit(header, memory, min(SHORTEST_CONTEXT, wanted), machine)
    scores = fitting * score_bytes_per_token(header, batch_size)
    usable = int(machine.free_bytes * USABLE_SHARE)
    has_room_for_scores = fitting == wanted and usable >= memory.total_bytes(wanted) + scores
    flash_attention, is_measured = _flash_attention(options, machine, has_room_for_scores, measured)
    takes_scores = not flash_attention and not machine.has_gpu
    takes_fewer = measured is not None and not machine.has_gpu and not options.thread_count
    notices = [
        _shortened(fitting, options.context_length or wanted, header),
        _why_on(options) if flash_attention and options.flash_attention == "off" else "",
    ]
    return LoadPlan(
        context_length=fitting,
        thread_count=options.thread_count or machine.core_count,
        gpu_layers=options.gpu_layers if machine.has_gpu else 0,
        kv_cache_type=options.kv_cache_type,
        batch_size=batch_size,
        flash_attention=flash_attention,
        weight_bytes=weights,
        context_bytes=fitting * memory.context_bytes_per_token,
        overhead_bytes=memory.overhead_bytes + (scores if takes_scores else 0),
        take_back_length=TAKE_BACK_LENGTH if _convolution_bytes(header) else 0,
        notice=" ".join(filter(None, notices)),
        is_measured=is_measured,
        writing_threads=measured.writing_threads if measured and takes_fewer else 0,
    )


def _flash_attention(
    options: LoadOptions, machine: Machine, has_room_for_scores: bool, measured: MeasuredChoice | None
) -> tuple[bool, bool]:
    """Whether it is used, and whether that is because of what was measured.

    Attention memory that is quantised needs it. On processors it is off where nothing was measured and there
    is memory for the scores; on graphics cards it is always faster.
    """
    if options.flash_attention == "on" or options.kv_cache_type != "f16":
        return True, False
    if machine.has_gpu:
        return options.flash_attention != "off", False
    if not has_room_for_scores:
        return True, False
    if options.flash_attention == "off" or measured is None:
        return False, False
    return measured.flash_attention, True


def projector_bytes(projector: Path | None) -> int:
    """What the file that lets a model see takes in memory, with its work space; 0 where there is none."""
    if projector is None:
        return 0
    try:
        return projector.stat().st_size + PROJECTOR_WORK_BYTES
    except OSError:
        return 0


def model_memory(header: GgufHeader, kv_cache_type: str, weight_bytes: int) -> ModelMemory:
    """What the model of this header takes, with so many bytes of weights in the computer's memory."""
    return ModelMemory(weight_bytes, context_bytes_per_token(header, kv_cache_type), overhead_bytes(header))


def context_bytes_per_token(header: GgufHeader, kv_cache_type: str) -> int:
    """Attention memory that each token takes. Layers without attention heads take none."""
    heads = header.of_architecture("attention.head_count") or max(
        header.per_layer("attention.head_count"), default=0
    )
    width = header.of_architecture("embedding_length") // heads if heads else 0
    key_width = header.of_architecture("attention.key_length", width)
    value_width = header.of_architecture("attention.value_length", width)
    kv_heads = header.per_layer("attention.head_count_kv") or header.per_layer("attention.head_count")
    return attention_bytes_per_token(sum(kv_heads), key_width + value_width, kv_cache_type)


def score_bytes_per_token(header: GgufHeader, batch_size: int) -> int:
    """What a token of context costs while a batch is read without flash attention.

    On some processors plain attention writes faster, the more so the longer the context (SmolLM2-135M with
    AVX2 on an AMD EPYC: 31 against 78 ms a token after 4,096 tokens), on others it does not; so it is
    measured, see `speed_trial`.
    """
    heads = max(header.per_layer("attention.head_count"), default=0)
    return 4 * batch_size * (heads + 1)


def overhead_bytes(header: GgufHeader) -> int:
    """Work space of the engine beside weights and context; what taking tokens back needs is in it."""
    inner = max(header.per_layer("feed_forward_length"), default=0)
    work_space = work_space_bytes(header.of_architecture("embedding_length"), inner)
    return work_space + (1 + TAKE_BACK_LENGTH) * _convolution_bytes(header)


def _convolution_bytes(header: GgufHeader) -> int:
    """The state of a model's short convolutions, 160 KiB for LFM2.5-1.2B; 0 where it has none.

    Other kinds of fixed state take up to 75 MB, which is too much to hold nine times.
    """
    kept = max(0, header.of_architecture("shortconv.l_cache") - 1)
    layers = header.per_layer("attention.head_count_kv").count(0)
    return 4 * kept * layers * header.of_architecture("embedding_length")


def _wanted_context(header: GgufHeader, options: LoadOptions, catalog_context: int) -> int:
    trained = header.trained_context
    if options.context_length:
        wanted = options.context_length
    else:
        wanted = catalog_context or min(trained or DEFAULT_LONGEST_CONTEXT, DEFAULT_LONGEST_CONTEXT)
    wanted = min(wanted, trained) if trained else wanted
    return -(-wanted // CONTEXT_STEP) * CONTEXT_STEP


def _why_on(options: LoadOptions) -> str:
    if options.kv_cache_type != "f16":
        return tr("Flash attention is on, as a quantised KV cache needs it.")
    return tr("Flash attention is on, as the model does not fit into the free memory without it.")


def _shortened(fitting: int, asked: int, header: GgufHeader) -> str:
    if fitting >= asked:
        return ""
    if header.trained_context and fitting >= header.trained_context:
        return tr("The context is {fitting:,} tokens. That is this model’s maximum.", fitting=fitting)
    return tr(
        "The context is {fitting:,} tokens instead of {asked:,}: more does not fit into the free memory.",
        fitting=fitting,
        asked=asked,
    )


def _does_not_fit(
    header: GgufHeader, memory: ModelMemory, context_length: int, machine: Machine
) -> OutOfMemoryError:
    context = context_length * memory.context_bytes_per_token
    return OutOfMemoryError(
        tr(
            "{name} needs about {needed} of memory ({model} for the model, {context} for the context, "
            "{engine} for the engine), and only {free} are free.",
            name=header.path.name,
            needed=formatting.size(memory.total_bytes(context_length)),
            model=formatting.size(memory.weight_bytes),
            context=formatting.size(context),
            engine=formatting.size(memory.overhead_bytes),
            free=formatting.size(machine.free_bytes),
        ),
        tr("Close other programs, or choose a smaller model or a smaller quantisation."),
    )
