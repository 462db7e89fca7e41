"""Language, theme, the size of letters, the key that sends, titles, pictures, dictation, notifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.languages.language import Language
from app.settings import LARGEST_FONT_SCALE, SMALLEST_FONT_SCALE, DictationLanguage, Settings, ThemeChoice
from app.ui.settings.form_page import FormPage

SYSTEM_LANGUAGE = ""
_THEMES = (
    (ThemeChoice.SYSTEM.value, tr("System")),
    (ThemeChoice.LIGHT.value, tr("Light")),
    (ThemeChoice.DARK.value, tr("Dark")),
    (ThemeChoice.HIGH_CONTRAST.value, tr("High contrast")),
)
_LANGUAGES = (
    (DictationLanguage.AUTOMATIC.value, tr("Language of the chat")),
    (DictationLanguage.ENGLISH.value, tr("English")),
    (DictationLanguage.JAPANESE.value, tr("Japanese")),
)
_SEND_KEYS = (
    (True, tr("Enter (Shift+Enter for a new line)")),
    (False, tr("Ctrl+Enter (Enter for a new line)")),
)


class GeneralPage(FormPage):
    """How the window looks and listens."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(settings, parent)
        self.theme_field = self._drop_down("theme_field", tr("Theme"), _THEMES)
        self.zoom_field = QSpinBox(self)
        self.zoom_field.setObjectName("zoom_field")
        self.zoom_field.setAccessibleName(tr("Text size"))
        self.zoom_field.setRange(round(SMALLEST_FONT_SCALE * 100), round(LARGEST_FONT_SCALE * 100))
        self.zoom_field.setSingleStep(10)
        self.zoom_field.setSuffix(" %")
        self.zoom_field.lineEdit().setTextMargins(8, 0, 0, 0)  # The style sheet's padding does not reach it.
        self.zoom_field.setToolTip(tr("Also with Ctrl++, Ctrl+- and Ctrl+0"))
        self.zoom_field.valueChanged.connect(self._on_field_changed)
        self.send_key_field = self._drop_down("send_key_field", tr("Key that sends"), _SEND_KEYS)
        self.title_box = self._box("title_box", tr("Let the model write the titles of chats"))
        self.pictures_box = self._box("pictures_box", tr("Keep attached pictures in full size"))
        self.pictures_box.setToolTip(
            tr("Otherwise 2,048 pixels of the longer side are kept, which models see as well")
        )
        self.documents_box = self._box("documents_box", tr("Keep attached files, and not only their text"))
        self.documents_box.setToolTip(
            tr("Otherwise a file can be saved as text only; the model reads the same in both cases")
        )
        self.dictation_field = self._drop_down("dictation_field", tr("Language of dictation"), _LANGUAGES)
        self.dictation_field.setToolTip(
            tr("What you speak in recordings that are written down; Japanese needs the model made for it")
        )
        self.notify_box = self._box(
            "notify_box", tr("When a long answer or a download finishes in the background")
        )
        self.language_field = self._drop_down(
            "language_field", tr("Language"), ((SYSTEM_LANGUAGE, tr("System")),)
        )
        self.language_hint = QLabel(tr("From the next start on"), self)
        self.language_hint.setProperty("muted", True)
        self.restart_button = QPushButton(tr("Restart now"), self)
        self.restart_button.setObjectName("restart_button")
        self._can_restart = False
        self._started_with = settings.language
        self._lay_out(
            tr("General"),
            (
                (tr("Language"), self._language_row()),
                (tr("Theme"), self.theme_field),
                (tr("Text size"), self.zoom_field),
                (tr("Send with"), self.send_key_field),
                (tr("Titles"), self.title_box),
                (tr("Pictures"), self.pictures_box),
                (tr("Files"), self.documents_box),
                (tr("Dictation"), self.dictation_field),
                (tr("Notify me"), self.notify_box),
            ),
        )
        self._form.setRowVisible(self._languages, False)
        self.set_settings(settings)

    def set_languages(self, languages: Sequence[Language]) -> None:
        """Shows the languages that can be chosen; where there is only one, nothing."""
        with QSignalBlocker(self):
            for language in languages if len(languages) > 1 else ():
                self.language_field.addItem(language.name, language.code)
            self._fill(self._settings)
        self._form.setRowVisible(self._languages, len(languages) > 1)

    def offer_restart(self, *, is_possible: bool) -> None:
        """Whether the program can be started again now, so that another language shows at once."""
        self._can_restart = is_possible
        self._fill(self._settings)

    def _language_row(self) -> QWidget:
        self._languages = QWidget(self)
        row = QHBoxLayout(self._languages)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.language_field)
        row.addWidget(self.language_hint)
        row.addWidget(self.restart_button)
        row.addStretch(1)
        return self._languages

    @override
    def _fill(self, settings: Settings) -> None:
        self.language_field.setCurrentIndex(max(0, self.language_field.findData(settings.language)))
        is_other = settings.language != self._started_with
        self.language_hint.setVisible(is_other)
        self.restart_button.setVisible(is_other and self._can_restart)
        self.theme_field.setCurrentIndex(self.theme_field.findData(settings.theme.value))
        self.zoom_field.setValue(round(settings.font_scale * 100))
        self.send_key_field.setCurrentIndex(self.send_key_field.findData(settings.sends_with_enter))
        self.title_box.setChecked(settings.writes_titles)
        self.pictures_box.setChecked(settings.keeps_original_pictures)
        self.documents_box.setChecked(settings.keeps_original_documents)
        language = settings.dictation_language.value
        self.dictation_field.setCurrentIndex(self.dictation_field.findData(language))
        self.notify_box.setChecked(settings.notifies_when_done)

    @override
    def _chosen(self) -> Settings:
        return replace(
            self._settings,
            language=self._chosen_language(),
            theme=ThemeChoice(self.theme_field.currentData()),
            font_scale=self.zoom_field.value() / 100,
            sends_with_enter=self.send_key_field.currentData(),
            writes_titles=self.title_box.isChecked(),
            keeps_original_pictures=self.pictures_box.isChecked(),
            keeps_original_documents=self.documents_box.isChecked(),
            dictation_language=DictationLanguage(self.dictation_field.currentData()),
            notifies_when_done=self.notify_box.isChecked(),
        )

    def _chosen_language(self) -> str:
        """One that is not in the list, such as that of another version, stays until another is chosen."""
        if self.language_field.count() == 1:
            return self._settings.language
        return str(self.language_field.currentData())
