"""What lies behind a failure on the network: libraries wrap the error that says what happened."""

from __future__ import annotations

from collections.abc import Iterator


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """The error itself, then what it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
