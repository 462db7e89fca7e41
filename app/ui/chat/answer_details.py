"""How one answer came about: who wrote it, how fast, from what, and with which values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core import formatting
from app.core.conversation import UNKNOWN_TIME, MessageNode
from app.core.generation import Generation, Instructions, PromptOrigin, Statistics
from app.core.message import ReasoningPart
from app.core.preset import shown_name
from app.core.sampling import LIMITS, RANDOM_SEED, Sampling, figure
from app.core.server_model import model_id_in, short_name
from app.core.stop_texts import STOP_TEXTS
from app.core.translation import listed, tr, tr_later
from app.ui.widgets.inset_label import InsetLabel
from app.ui.widgets.tooltip import as_written

SHOWN_PROMPT = 160
"""Characters of a system prompt that are shown; all of it is copied."""
NAME_WIDTH = 128
LONGEST_LINE = 30
"""Characters; a longer value, such as a sentence, is broken into lines."""
_AIR = 32
"""Pixels of the window that stay in sight around the dialog."""


_ORIGINS = {
    PromptOrigin.HERE: tr("Made here, with the model's own template and vocabulary."),
    PromptOrigin.SERVER: tr("Made by the server, with its own template."),
}


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One figure with its name. `full` is what is copied where the screen shows less, such as a path."""

    name: str
    value: str
    full: str = ""


@dataclass(frozen=True, slots=True)
class DetailSection:
    """Figures that belong together."""

    title: str
    rows: tuple[DetailRow, ...]


def sections_of(node: MessageNode) -> list[DetailSection]:
    """Everything that is known of how an answer came about."""
    generation = node.message.generation
    if generation is None:
        return []
    sections = [DetailSection(tr("Answer"), tuple(_origin(node, generation)))]
    if statistics := generation.statistics:
        sections.append(DetailSection(tr("Time"), tuple(_times(statistics))))
        sections.append(DetailSection(tr("Tokens"), tuple(_tokens(node, statistics))))
    if generation.instructions:
        sections.append(DetailSection(tr("Instructions"), tuple(_instructions(generation.instructions))))
    if generation.sampling:
        sections.append(
            DetailSection(tr("Sampling"), tuple(_values(generation.sampling, generation.statistics)))
        )
    return sections


def as_text(sections: Sequence[DetailSection]) -> str:
    """The sections as they are copied."""
    blocks = [
        "\n".join([section.title, *(f"  {row.name}: {row.full or row.value}" for row in section.rows)])
        for section in sections
    ]
    return "\n\n".join(blocks) + "\n"


def _origin(node: MessageNode, generation: Generation) -> list[DetailRow]:
    rows = [DetailRow(tr("Model"), generation.model_name or tr("Unknown"))]
    if generation.server:
        model_id = model_id_in(generation.model_path)
        rows.append(DetailRow(tr("Server"), generation.server))
        rows.append(DetailRow(tr("Name there"), short_name(model_id), model_id))
        if generation.statistics:
            rows.append(DetailRow(tr("Prompt"), _ORIGINS[generation.statistics.prompt_origin]))
    elif generation.model_path:
        rows.append(DetailRow(tr("Model file"), Path(generation.model_path).name, generation.model_path))
    if generation.preset_name:
        rows.append(DetailRow(tr("Preset"), shown_name(generation.preset_name)))
    is_known = node.created_at != UNKNOWN_TIME
    rows.append(
        DetailRow(
            tr("Written"), f"{node.created_at.astimezone():%Y-%m-%d %H:%M:%S}" if is_known else tr("Unknown")
        )
    )
    if generation.statistics:
        rows.append(DetailRow(tr("Stop reason"), STOP_TEXTS[generation.statistics.stop_reason].sentence))
    if generation.is_edited:
        rows.append(DetailRow(tr("Edited"), tr("The text was changed afterwards.")))
    if generation.error:
        rows.append(DetailRow(tr("Error"), generation.error))
    return rows


def _instructions(instructions: Instructions) -> list[DetailRow]:
    prompt = " ".join(instructions.system_prompt.split())
    shown = prompt if len(prompt) <= SHOWN_PROMPT else f"{prompt[:SHOWN_PROMPT].rsplit(' ', 1)[0]}…"
    return [
        DetailRow(tr("System prompt"), shown or tr("none"), instructions.system_prompt),
        DetailRow(tr("Tools"), listed(instructions.tool_names) or tr("none")),
    ]


def _times(statistics: Statistics) -> list[DetailRow]:
    rows = []
    if statistics.tokens_per_second:
        rows.append(DetailRow(tr("Speed"), formatting.generation_speed(statistics.tokens_per_second)))
    rows.append(DetailRow(tr("Time to first token"), formatting.duration(statistics.ttft_ms / 1000)))
    rows.append(DetailRow(tr("Prompt processing"), _reading(statistics)))
    rows.append(DetailRow(tr("Generation"), formatting.duration(statistics.decode_ms / 1000)))
    rows.append(
        DetailRow(tr("Total"), formatting.duration((statistics.ttft_ms + statistics.decode_ms) / 1000))
    )
    return rows


def _reading(statistics: Statistics) -> str:
    read = statistics.prompt_tokens - statistics.cached_tokens
    words = formatting.duration(statistics.prompt_ms / 1000)
    if read <= 1 or statistics.prompt_ms <= 0:
        return words
    return f"{words} ({formatting.generation_speed(read * 1000 / statistics.prompt_ms)})"


def _tokens(node: MessageNode, statistics: Statistics) -> list[DetailRow]:
    thoughts = sum(part.token_count for part in node.message.parts if isinstance(part, ReasoningPart))
    about = tr_later("about {count:,}") if statistics.is_estimated else "{count:,}"
    rows = [
        DetailRow(tr("Prompt"), tr(about, count=statistics.prompt_tokens)),
        DetailRow(tr("Processed"), formatting.whole(statistics.prompt_tokens - statistics.cached_tokens)),
        DetailRow(tr("Cached"), formatting.whole(statistics.cached_tokens)),
        DetailRow(tr("Generated"), tr(about, count=statistics.generated_tokens)),
    ]
    return [*rows, DetailRow(tr("Of these in thoughts"), formatting.whole(thoughts))] if thoughts else rows


def _values(sampling: Sampling, statistics: Statistics | None) -> list[DetailRow]:
    rows: list[DetailRow] = []
    for name, limit in LIMITS.items():
        value = getattr(sampling, name)
        if name == "seed":
            seed = statistics.seed if statistics else value
            rows.insert(0, DetailRow(tr("Seed"), tr("random") if seed == RANDOM_SEED else str(seed)))
        else:
            is_unlimited = name == "max_tokens" and not value
            rows.append(DetailRow(limit.label, tr("no limit") if is_unlimited else figure(value)))
    if statistics and statistics.ignored_values:
        rows.append(DetailRow(tr("Not used there"), listed(statistics.ignored_values)))
    stop = ", ".join(repr(text) for text in sampling.stop)
    return [*rows, DetailRow(tr("Stop strings"), stop or tr("none"))]


class AnswerDetails(QDialog):
    """Shows the figures of one answer, and copies them.

    Signals:
        copied(): the figures are on the clipboard.
    """

    copied = Signal()

    def __init__(self, node: MessageNode, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("answer_details")
        self.setWindowTitle(tr("Answer details"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._sections = sections_of(node)
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = self._columns()
        self._scroll.setWidget(self._content)
        self.copy_button = QPushButton(tr("Copy"), self)
        self.copy_button.setObjectName("copy_figures_button")
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.setProperty("primary", True)
        self._lay_out()
        self.copy_button.clicked.connect(self.copy)

    def copy(self) -> None:
        """Puts all figures on the clipboard, as text."""
        QGuiApplication.clipboard().setText(as_text(self._sections))
        self.copy_button.setText(tr("Copied"))
        self.copied.emit()

    def text(self) -> str:
        """What is shown, as it would be copied."""
        return as_text(self._sections)

    def _columns(self) -> QWidget:
        """The sampling values beside everything else."""
        content = QWidget(self)
        row = QHBoxLayout(content)
        row.setContentsMargins(24, 20, 24, 4)
        row.setSpacing(40)
        left = [section for section in self._sections if section.title != tr("Sampling")]
        right = [section for section in self._sections if section.title == tr("Sampling")]
        for sections in (left, right):
            if sections:
                column = QVBoxLayout()
                column.setSpacing(20)
                for section in sections:
                    column.addLayout(self._section(section, content))
                column.addStretch(1)
                row.addLayout(column, 1)
        return content

    def _section(self, section: DetailSection, parent: QWidget) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        title = QLabel(section.title, parent)
        title.setProperty("subheading", True)
        grid.addWidget(title, 0, 0, 1, 2)
        for number, row in enumerate(section.rows, start=1):
            # The name's letters are smaller: on one line with the value's.
            name, value = InsetLabel(row.name, (0, 2, 0, 0), parent), QLabel(row.value, parent)
            name.setProperty("muted", True)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setWordWrap(len(row.value) > LONGEST_LINE)
            value.setToolTip(as_written(row.full))
            value.setAccessibleName(f"{row.name}: {row.full or row.value}")
            grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, number, 1)
        grid.setColumnMinimumWidth(0, NAME_WIDTH)
        grid.setColumnStretch(1, 1)
        return grid

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(self)
        buttons.setContentsMargins(24, 8, 24, 16)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(buttons)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Is as large as its figures, or as its window allows."""
        wanted = self._content.sizeHint()
        width = max(560, wanted.width() + 16)
        height = max(wanted.height(), self._content.heightForWidth(width)) + 72
        parent = self.parentWidget()
        if parent is not None:
            width = min(width, parent.window().width() - _AIR)
            height = min(height, parent.window().height() - _AIR)
        self.resize(width, height)
        self.close_button.setFocus()
        super().showEvent(event)
