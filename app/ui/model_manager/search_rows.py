"""What a search on the hub found, as a list."""

from __future__ import annotations

from datetime import datetime

from app.core import formatting
from app.core.translation import tr
from app.hub.search import SearchResult
from app.ui.model_manager.rows import Badge, Line, Row, Tone

_PREFIX = "hub:"
_GATED = Badge(
    tr("Terms"), Tone.WARNING, tr("Its terms must be accepted on Hugging Face before it can be downloaded.")
)


def result_key(repository: str) -> str:
    return _PREFIX + repository


def repository_of(key: str) -> str:
    """The repository that a row stands for; empty for another kind of row."""
    return key.removeprefix(_PREFIX) if key.startswith(_PREFIX) else ""


def result_row(result: SearchResult, now: datetime) -> Row:
    """A repository that was found."""
    words = [formatting.parameters(result.parameters), result.architecture]
    counts = tr("{count} downloads", count=formatting.short_count(result.downloads))
    likes = tr("{count} likes", count=formatting.short_count(result.likes)) if result.likes else ""
    updated = formatting.days_ago(result.updated, now) if result.updated else ""
    return Row(
        result_key(result.repository),
        result.title,
        badges=(_GATED,) if result.is_gated else (),
        lines=(
            Line(" · ".join(word for word in (result.owner, *words) if word)),
            Line(" · ".join(word for word in (counts, likes, updated) if word)),
        ),
        tip=result.repository,
    )
