"""Reads XML of strangers: no entities of their own, nothing fetched, nothing nested without end."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

DEEPEST = 500
_CHUNK = 1 << 16


class XmlRefusedError(ValueError):
    """A file is no XML, or does what no document needs."""


class EnoughError(Exception):
    """Raised by who listens, once there is enough; what follows is not read."""


class XmlListener:
    """Hears of elements by their names without namespaces, in the order of the file. This one is deaf."""

    def start(self, name: str, values: Mapping[str, str]) -> None:
        """An element begins, with the values of its attributes."""

    def end(self, name: str) -> None:
        """An element ends."""

    def words(self, text: str) -> None:
        """Words within the element that began last and has not ended."""


def read_xml(data: bytes, listener: XmlListener) -> None:
    """Tells a listener what stands in a file.

    Raises:
        XmlRefusedError: it is no XML, defines entities, or is nested too deep.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def start(name: str, values: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise XmlRefusedError("nested too deep")
        listener.start(_local(name), _attributes(values))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(_local(name))

    def refuse(*_arguments: object) -> int:
        raise XmlRefusedError("entities of its own")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.words
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        for at in range(0, len(data), _CHUNK):
            parser.Parse(data[at : at + _CHUNK], False)
        parser.Parse(b"", True)
    except EnoughError:
        return
    except expat.ExpatError as error:
        raise XmlRefusedError(str(error)) from error
    finally:
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None


def _attributes(values: Mapping[str, str]) -> dict[str, str]:
    """By their names without namespaces; of two that are called alike, the one that has a namespace."""
    plain = {name: value for name, value in values.items() if " " not in name}
    return plain | {_local(name): value for name, value in values.items() if " " in name}


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
