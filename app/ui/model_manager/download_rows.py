"""Downloads as rows: how far, how fast, how long still, and what can be done."""

from __future__ import annotations

from app.core import formatting
from app.core.translation import tr
from app.hub.download.progress import DownloadStage
from app.hub.download.state import DownloadState, DownloadStatus
from app.ui.model_manager.rows import Action, Badge, Line, Row, Tone

PAUSE, RESUME, RETRY, CANCEL = "pause", "resume", "retry", "cancel"
CHAT, DISMISS, OPEN_PAGE = "chat", "dismiss", "open_page"

_PAUSE = Action(PAUSE, tr("Pause"), "pause")
_RESUME = Action(RESUME, tr("Resume"), "play")
_RETRY = Action(RETRY, tr("Try again"))
_CANCEL = Action(CANCEL, tr("Cancel download"), "x")
_CHAT = Action(CHAT, tr("Chat"), is_primary=True)
_DISMISS = Action(DISMISS, tr("Remove from list"), "x")
_OPEN_PAGE = Action(OPEN_PAGE, tr("Open model page"), "arrow-square-out")

_STATUS = DownloadStatus
_ICONS = {_STATUS.DONE: "check-circle", _STATUS.FAILED: "warning-circle", _STATUS.PAUSED: "pause-circle"}
_ACTIONS = {
    _STATUS.WAITING: (_PAUSE, _CANCEL),
    _STATUS.RUNNING: (_PAUSE, _CANCEL),
    _STATUS.PAUSED: (_RESUME, _CANCEL),
    _STATUS.FAILED: (_RETRY, _CANCEL),
    _STATUS.DONE: (_CHAT, _DISMISS),
}


def download_row(state: DownloadState, page: str = "") -> Row:
    """A download as the list shows it; `page` is an address where something must be done first."""
    actions = _ACTIONS.get(state.status, ())
    if page and state.status is DownloadStatus.FAILED:
        actions = (_OPEN_PAGE, *actions)
    is_moving = state.status is DownloadStatus.RUNNING
    return Row(
        state.id,
        state.order.title,
        badges=_badges(state),
        lines=_lines(state),
        icon_name=_ICONS.get(state.status, "download-simple"),
        icon_tone=Tone.BAD if state.status is DownloadStatus.FAILED else Tone.GOOD,
        progress=state.fraction if _has_bar(state) else None,
        is_progress_quiet=not is_moving,
        actions=actions,
        tip=f"{state.order.repository}: {state.order.files[0].name}",
    )


def _has_bar(state: DownloadState) -> bool:
    has_failed_at_once = state.status is DownloadStatus.FAILED and not state.done_bytes
    return state.status is not DownloadStatus.DONE and not has_failed_at_once


def progress_words(state: DownloadState) -> str:
    """One line on how a download goes, whatever its state."""
    amount = formatting.size_done(state.done_bytes, state.size_bytes)
    if state.status is DownloadStatus.WAITING:
        return (
            tr("Waiting for another download · {amount}", amount=amount)
            if state.done_bytes
            else tr("Waiting for another download")
        )
    if state.status is DownloadStatus.PAUSED:
        return tr("Paused · {amount}", amount=amount)
    if state.status is DownloadStatus.FAILED:
        return tr("Stopped · {amount} saved", amount=amount) if state.done_bytes else tr("Stopped")
    if state.status is DownloadStatus.DONE:
        return tr("{size} · Verified", size=formatting.size(state.size_bytes))
    return _running_words(state, amount)


def _running_words(state: DownloadState, amount: str) -> str:
    if state.stage is DownloadStage.CONNECTING:
        return tr("Contacting Hugging Face…")
    if state.stage is DownloadStage.CHECKING:
        return tr("Verifying · {amount}", amount=amount)
    if state.stage is DownloadStage.RETRYING:
        return tr("The connection broke; trying again… · {amount}", amount=amount)
    if state.stage is DownloadStage.ELSEWHERE:
        return tr("Another window of Tarn is downloading this file; waiting for it")
    words = (
        amount,
        formatting.transfer_speed(state.bytes_per_second),
        formatting.time_left(state.seconds_left),
    )
    return " · ".join(word for word in words if word)


def _badges(state: DownloadState) -> tuple[Badge, ...]:
    if state.status is DownloadStatus.DONE:
        return (Badge(tr("Ready"), Tone.GOOD),)
    if state.status is DownloadStatus.FAILED:
        return (Badge(tr("Failed"), Tone.BAD),)
    return ()


def _lines(state: DownloadState) -> tuple[Line, ...]:
    lines = [Line(progress_words(state))]
    if state.notice and state.status is not DownloadStatus.DONE:
        lines.append(Line(state.notice, Tone.WARNING, wraps=True))
    if state.error is not None and state.status is DownloadStatus.FAILED:
        lines.append(Line(str(state.error), Tone.BAD, wraps=True))
        lines.append(Line(state.error.hint, wraps=True))
    return tuple(lines)
