"""Quantisations: how they are named in files, how good they are, which one to take."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.core.translation import tr

RECOMMENDED = ("Q4_K_M", "Q4_K_S", "Q5_K_M", "Q4_0", "IQ4_XS", "IQ4_NL", "Q5_K_S", "Q6_K", "Q8_0")
"""The first of these that is there is offered. Q4_K_M is what Liquid AI recommends for LFM2.5."""

# The last one in a name counts: `Model-F16-Q4_0.gguf` was made from F16.
_NAME = re.compile(
    r"(?<![a-z0-9])(?P<prefix>(?:QAD|UD|i1)[-_])?"
    r"(?P<name>(?:iq|tq|q)\d(?:_[a-z0-9]+)*|(?:mx|nv)fp\d(?:_moe)?|bf16|fp?16|fp?32)(?![a-z0-9])",
    re.IGNORECASE,
)
_QUALITY = (
    (r"^(BF16|F16|F32)$", tr("Original weights. No visible gain over Q8_0.")),
    (r"^Q8", tr("Practically as good as the original.")),
    (r"^Q6", tr("Very close to the original.")),
    (r"^Q5", tr("Slightly better than Q4_K_M, slower and larger.")),
    (r"^QAD-", tr("Small, and trained for this format: better than a plain Q4_0.")),
    (r"^(Q4_K|UD-Q4_K|IQ4)", tr("The usual choice: small, with little loss.")),
    (r"^(MXFP4|NVFP4)", tr("Four bits in a format of its own: small, with little loss.")),
    (r"^Q4", tr("Small and quick on processors, with a little more loss than Q4_K_M.")),
    (r"^I?Q3", tr("Noticeable quality loss. Only if memory is short.")),
    (r"^(I?Q[12]|TQ)", tr("Large quality loss. Only for very large models.")),
)


def quantisation_of(file_name: str) -> str:
    """The quantisation that a file's name tells, in the usual spelling; empty where it tells none."""
    all_found = list(_NAME.finditer(file_name))
    if not all_found:
        return ""
    found = all_found[-1]
    name = found["name"].upper().replace("FP16", "F16").replace("FP32", "F32")
    prefix = (found["prefix"] or "").upper()[:-1]
    return f"{prefix}-{name}" if prefix in ("QAD", "UD") else name


def quality_note(quantisation: str) -> str:
    """What a quantisation costs in quality, in a sentence; empty for one that is not known."""
    known = re.sub("^UD-", "", quantisation)
    return next((note for pattern, note in _QUALITY if re.match(pattern, known)), "")


def recommended_of(quantisations: Iterable[str]) -> str:
    """The one to take where nobody knows better; empty where there is none."""
    there = list(quantisations)
    return next((name for name in RECOMMENDED if name in there), there[0] if there else "")
