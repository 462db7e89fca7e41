"""The process in which documents are read: gets files and answers with their words, or with a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.errors import UserError
from app.core.translation import tr
from app.documents.answers import failure_answer, read_request
from app.documents.document_reader import LIMITS
from app.processes.request_worker import serve


def main(arguments: Sequence[str] = ()) -> int:
    """Answers until the other side is gone."""
    return serve(_answer, LIMITS)


def _answer(request: bytes) -> bytes:
    from app.documents.tasks import done  # The process is there before its libraries are.

    asked = read_request(request)
    name = asked.name
    try:
        return done(asked)
    except UserError as error:
        return failure_answer(str(error), error.hint)
    except MemoryError:
        return failure_answer(
            tr("{name} takes too much memory to be read.", name=name), tr("Choose a smaller file.")
        )
    except Exception as error:  # Damaged files make the readers stumble wherever they can.
        return failure_answer(
            tr("{name} is damaged.", name=name),
            f"{tr('Choose another file.')} ({type(error).__name__})",
        )
