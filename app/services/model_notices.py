"""What the user reads of the model that was loaded, and the buttons below it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.core.errors import UserError
from app.core.model_file import ModelFile, ModelInfo
from app.core.translation import tr
from app.services.notices import NoticeService, Offer

BASE_MODEL = "base model"
"""The topic of the notice on models that only continue text."""
FAILED = "model that could not be loaded"
"""The topic of the error, which is over when the user chooses one."""
PAIR = "files that are no pair"
"""The topic of the notice on a file that was dropped together with a model and does not fit it."""
RELOAD = "reload"
"""The topic of the notice that offers to load the model again."""


def tell_of_base_model(notices: NoticeService, info: ModelInfo, on_chosen: Callable[[bool], None]) -> None:
    """Says what to expect of a model that was made to continue a text; of any other, takes that away.

    Args:
        on_chosen: called where the user wants it otherwise: True to have text continued, False to chat.
    """
    if info.completes_text:
        notices.post(
            tr("{name} continues your text.", name=info.name),
            tr("It is given your words alone, and goes on where they end."),
            Offer(tr("Chat instead"), lambda: on_chosen(False)),
            topic=BASE_MODEL,
        )
    elif info.is_base_model:
        notices.post(
            tr("{name} is a base model: it was made to continue a text, not to answer.", name=info.name),
            tr("In a chat its answers may be odd, and it may go on without an end."),
            Offer(tr("Continue text instead"), lambda: on_chosen(True)),
            topic=BASE_MODEL,
        )
    else:
        notices.withdraw(BASE_MODEL)


def offer_to_reload(notices: NoticeService, on_chosen: Callable[[], None]) -> None:
    """Says that the preset asks for another context, threads or the like than the model was loaded with."""
    notices.post(
        tr("Reload the model to apply your changes."),
        tr("Context length, threads, GPU layers and cache type take effect when it is loaded again."),
        Offer(tr("Reload"), on_chosen),
        topic=RELOAD,
    )


def tell_of_server(
    notices: NoticeService, error: UserError, local: ModelFile | None, on_chosen: Callable[[Path], None]
) -> None:
    """Says why a model on a server does not answer, and offers one on this computer in its place."""
    if local is None:
        notices.fail(error, FAILED)
        return
    notices.post(
        str(error),
        error.hint,
        Offer(tr("Go on with {name}", name=local.name), lambda: on_chosen(local.path)),
        topic=FAILED,
    )
