"""What an answer shows of how quickly this computer reads weights."""

from __future__ import annotations

from app.core.model_file import ModelInfo
from app.core.speed_estimate import active_share
from app.engine.bandwidth import Bandwidth
from app.services.running_answer import AnswerChange, AnswerPart

MOST_GUESSED = 0.1
"""Of an answer, where it shall show how quickly weights are read."""


def note_speed(change: AnswerChange, info: ModelInfo | None, bandwidth: Bandwidth) -> None:
    """Has the bandwidth follow an answer that has ended, where the loaded model wrote it on this computer."""
    generation = change.answer.node.message.generation
    statistics = generation.statistics if generation else None
    if change.part is not AnswerPart.ENDED or info is None or statistics is None:
        return
    if info.server or (generation and generation.server):
        return  # That says nothing of this computer.
    if statistics.guessed_tokens > statistics.generated_tokens * MOST_GUESSED:
        return  # It was written faster than the weights can be read once for each token.
    # The first token belongs to the prompt.
    written = statistics.generated_tokens - 1
    active_bytes = round(info.size_bytes * active_share(f"{info.name} {info.path.name}"))
    bandwidth.note_answer(active_bytes, written, statistics.decode_ms)
