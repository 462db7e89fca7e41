"""A download in a process of its own, so that it can be killed."""

import sys
import threading
from pathlib import Path

import huggingface_hub.hf_api  # noqa: F401

import app.hub.failures
import app.net.client  # noqa: F401
from app.core.errors import UserError
from app.hub.download.file_download import download
from app.hub.download.retry_policy import RetryPolicy
from app.hub.hub import Hub


def fetch(address: str, repository: str, name: str, folder: str) -> None:
    """Fetches a file and says nothing."""
    retry_policy = RetryPolicy(silent_seconds=5.0, first_wait_seconds=0.05)
    download(
        Hub(endpoint=address),
        repository,
        name,
        Path(folder),
        threading.Event(),
        lambda _p: None,
        retry_policy=retry_policy,
    )


if __name__ == "__main__":
    try:
        fetch(*sys.argv[1:5])
        print("fetched")  # noqa: T201
    except UserError as problem:
        print(type(problem).__name__, problem, problem.hint, sep="|")  # noqa: T201
