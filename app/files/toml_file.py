"""A TOML file that is never half written, and never overwritten where it could not be read."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from app.core.errors import SettingsError
from app.core.parsing import MOST_BYTES, ParseError, parse_toml
from app.core.translation import tr
from app.files.atomic_write import replace_file

log = logging.getLogger(__name__)


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """The file's values, and a sentence for the user where it was broken.

    A missing file has no values. A broken one is renamed to `NAME.broken-1` (or the next free number).
    """
    try:
        return parse_toml(_bytes_of(path)), ""
    except FileNotFoundError:
        return {}, ""
    except (OSError, ParseError) as error:
        log.warning("%s could not be read (%s)", path.name, type(error).__name__)
        return {}, _set_aside(path)


def write_toml(path: Path, values: Mapping[str, Any]) -> None:
    """Replaces the file in one step: after a crash or a power cut it is the old one or the new one.

    Raises:
        SettingsError: it could not be written; the old file is untouched.
    """
    data = as_toml(values).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
    except OSError as error:
        raise SettingsError(
            tr("{name} could not be saved: {reason}.", name=path.name, reason=error.strerror or error),
            tr(
                "Check that there is room on the disk and that you may write in {parent}.", parent=path.parent
            ),
        ) from error


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def as_written(
    values: Mapping[str, Any], read: Mapping[str, Any], written: Mapping[str, Any]
) -> dict[str, Any]:
    """New values for a file in which people write too: what has not changed stays as they wrote it.

    So values that a newer version added, and values that could not be used, survive.

    Args:
        values: what is to be saved.
        read: the values that the file was taken for when it was read, defaults included.
        written: what it really held.
    """
    result = {name: value for name, value in written.items() if name not in read and name not in values}
    for name, value in values.items():
        known, there = read.get(name), written.get(name)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            result[name] = as_written(value, known if isinstance(known, Mapping) else {}, there)
        elif name in written and name in read and value == known:
            result[name] = there
        else:
            result[name] = value
    return result


def as_toml(values: Mapping[str, Any]) -> str:
    """The values as TOML text. Lone surrogates, which TOML cannot hold, become question marks."""
    return tomli_w.dumps(values).encode("utf-8", "replace").decode()


def _set_aside(path: Path) -> str:
    number = 1
    while (aside := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    try:
        path.rename(aside)
    except OSError:
        return tr("{name} could not be read, so the values it holds are not used.", name=path.name)
    return tr(
        "{name} could not be read. It was kept as {kept_name}, and a new one was started.",
        name=path.name,
        kept_name=aside.name,
    )
