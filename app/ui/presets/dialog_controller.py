"""The presets dialog, done with the store: presets are changed, made, renamed, deleted, carried over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.errors import UserError
from app.core.model_file import ModelFile
from app.core.preset import Preset
from app.core.translation import listed, tr
from app.services.presets import PresetService
from app.store.presets import DEFAULT
from app.tools.tool import Tool
from app.ui.presets.preset_files import ask_what_to_import, ask_where_to_export
from app.ui.presets.preset_form import Draft
from app.ui.presets.presets_dialog import PresetsDialog

NEW_NAME = tr("New preset")


class DialogController(QObject):
    """Lets the user work on presets. Changes that are not saved stay with their preset until they are.

    Attributes:
        dialog: the window; it is made when it is first opened.
    """

    def __init__(
        self,
        presets: PresetService,
        tools: Callable[[], Iterable[Tool]],
        models: Callable[[], Iterable[ModelFile]],
        window: QWidget,
        parent: QObject | None = None,
    ) -> None:
        """`tools` and `models` give those that can be had now; `window` is what the dialog lies over."""
        super().__init__(parent)
        self._presets = presets
        self._store = presets.store
        self._tools = tools
        self._models = models
        self._window = window
        self._drafts: dict[str, Draft] = {}
        """What was changed and not saved, by the preset's name."""
        self._shown = ""
        self.dialog: PresetsDialog | None = None

    def open(self, name: str) -> None:
        """Shows the dialog with a preset."""
        if self.dialog is None:
            self.dialog = PresetsDialog(self._window)
            self._connect(self.dialog)
        self.dialog.editor.form.set_tools(self._tools())
        self.dialog.list.start_over()
        self._show(name)
        self.dialog.open()
        self.dialog.list.scroll_to_current()
        self.dialog.list.list.setFocus()

    def save(self) -> None:
        """Saves the preset on screen."""
        if self._save(self._shown):
            self._show(self._shown)
            self._presets.publish()

    def discard(self) -> None:
        """Takes back what was changed in the preset on screen and not saved."""
        draft = self._drafts.pop(self._shown, None)
        self._show(self._shown)
        if draft is not None:
            name = self._shown
            self._offer_undo(
                tr("Discarded changes to “{name}”", name=name), lambda: self._take_up(name, draft)
            )

    def reset(self) -> None:
        """Puts the values of the preset on screen back to where they come from; saving is another step."""
        saved = self._store.get(self._shown)
        if saved is None:
            return
        self._drafts[self._shown] = Draft(self._base(saved))
        self._forget_unchanged(self._shown)
        self._show(self._shown)

    def create(self) -> None:
        """Makes a preset with neutral values, and lets the user name it."""
        number, name = 2, NEW_NAME
        while self._store.get(name):
            number, name = number + 1, f"{NEW_NAME} {number}"
        self._add(lambda: self._store.create(Preset(name)))

    def duplicate(self) -> None:
        """Makes a copy of the preset on screen as it is shown, unsaved changes included."""
        draft = self._drafts.get(self._shown)
        if created := self._add(lambda: self._store.duplicate(self._shown)):
            if draft is not None:
                copied = replace(draft.preset, name=created.name, source="", is_builtin=False)
                self._take_up(created.name, Draft(copied, draft.refused))
            self._view.editor.start_rename()

    def rename(self, new_name: str) -> None:
        """Gives the preset on screen another name; a name that cannot be used is refused beside it."""
        try:
            renamed = self._presets.rename(self._shown, new_name)
        except UserError as error:
            self._view.editor.show_name_problem(error.told)
            return
        if draft := self._drafts.pop(self._shown, None):
            self._drafts[renamed.name] = Draft(replace(draft.preset, name=renamed.name), draft.refused)
        self._show(renamed.name)

    def delete(self) -> None:
        """Deletes the preset on screen and offers to bring it back."""
        preset = self._store.get(self._shown)
        if preset is None or preset.is_builtin:
            return
        models, draft = self._store.models_of(preset.name), self._drafts.get(preset.name)
        neighbour = self._neighbour(preset)
        if not self._try(lambda: self._store.delete(preset.name)):
            return
        self._drafts.pop(preset.name, None)
        self._show(neighbour)
        self._presets.publish()
        self._offer_undo(
            tr("Deleted “{name}”", name=preset.name), lambda: self._restore(preset, models, draft)
        )

    def ask_to_import(self) -> None:
        ask_what_to_import(self._view, self.import_file)

    def import_file(self, path: Path) -> None:
        """Adds the preset that a file holds."""
        if created := self._add(lambda: self._store.import_file(path), is_named=True):
            self._view.messages.show_done(tr("Imported “{name}”", name=created.name))

    def ask_to_export(self) -> None:
        name = self._shown
        if name in self._drafts:
            self._view.messages.show_notice(
                tr("“{name}” has changes that are not saved.", name=name),
                tr("Only saved values are exported."),
                tr("Export"),
                lambda: self._ask_where_to_export(name),
            )
        else:
            self._ask_where_to_export(name)

    def export_file(self, name: str, path: Path) -> None:
        """Writes a preset to a file."""
        if self._try(lambda: self._store.export_file(name, path)):
            self._view.messages.show_done(tr("Exported to {name}", name=path.name))

    def close(self) -> None:
        """Closes the dialog, or asks first where something is not saved."""
        if not self._drafts:
            self._view.finish()
            return
        can_save = not any(draft.refused for draft in self._drafts.values())
        self._view.ask_about_unsaved(list(self._drafts), can_save, self._save_all, self._discard_all)

    # Inside

    @property
    def _view(self) -> PresetsDialog:
        assert self.dialog is not None, "open() makes the dialog"
        return self.dialog

    def _show(self, name: str) -> None:
        """Puts a preset on screen, with what was changed in it and not saved."""
        saved = self._store.get(name) or self._store.presets()[0]
        self._shown = saved.name
        base = self._base(saved)
        here = {DEFAULT.name, *self._presets.names_for(self._models())}
        self._view.list.set_presets(self._store.presets(), here, self._drafts.keys(), saved.name)
        draft = self._drafts.get(saved.name, Draft(saved))
        self._view.editor.show_preset(saved, draft, base, self._origin(saved), self._source(saved))

    def _base(self, preset: Preset) -> Preset:
        """The values that the preset's fields are reset to."""
        return self._store.original(preset.name) or Preset(preset.name)

    def _origin(self, preset: Preset) -> str:
        return tr("from the model’s card") if preset.is_builtin and preset.source else tr("the default")

    def _source(self, preset: Preset) -> str:
        without_source = (
            tr("For models without a preset of their own") if preset.is_builtin else tr("Custom preset")
        )
        models = self._store.models_of(preset.name)
        source = preset.source or without_source
        if not models:
            return source
        return tr("{source} · Used by {models}", source=source, models=listed(models))

    def _on_editor_edited(self) -> None:
        saved = self._store.get(self._shown)
        if saved is None:
            return
        self._drafts[self._shown] = self._view.editor.form.draft
        self._forget_unchanged(self._shown)
        self._view.list.set_unsaved(self._drafts.keys())
        self._view.editor.show_saving_state(saved)

    def _forget_unchanged(self, name: str) -> None:
        draft, saved = self._drafts[name], self._store.get(name)
        if not draft.refused and draft.preset == saved:
            del self._drafts[name]

    def _save(self, name: str) -> bool:
        draft = self._drafts.get(name)
        if draft is None or draft.refused:
            return False
        original = self._store.original(name)
        # As it came: then a newer version of Tarn may bring newer values of the card.
        is_original = draft.preset == original
        save = (lambda: self._store.reset(name)) if is_original else (lambda: self._store.save(draft.preset))
        if self._try(save):
            del self._drafts[name]
            return True
        return False

    def _save_all(self) -> None:
        saved = [self._save(name) for name in list(self._drafts)]
        if all(saved):
            self._view.finish()
        self._show(self._shown)
        self._presets.publish()

    def _discard_all(self) -> None:
        self._drafts.clear()
        self._view.finish()

    def _add(self, make: Callable[[], Preset], is_named: bool = False) -> Preset | None:
        created: list[Preset] = []
        if not self._try(lambda: created.append(make())):
            return None
        self._show(created[0].name)
        if not is_named:
            self._view.editor.start_rename()
        self._presets.publish()
        return created[0]

    def _restore(self, preset: Preset, models: list[str], draft: Draft | None) -> None:
        if self._try(lambda: self._store.restore(preset, models)):
            if draft is not None:
                self._drafts[preset.name] = draft
            self._show(preset.name)
            self._presets.publish()

    def _take_up(self, name: str, draft: Draft) -> None:
        """Goes on with changes that were not saved."""
        if self._store.get(name) is not None:
            self._drafts[name] = draft
            self._show(name)

    def _ask_where_to_export(self, name: str) -> None:
        ask_where_to_export(self._view, name, lambda path: self.export_file(name, path))

    def _neighbour(self, preset: Preset) -> str:
        """The user's preset below this one, else the one above it, else the default."""
        own = [it.name for it in self._store.presets() if not it.is_builtin]
        index = own.index(preset.name)
        return (own[index + 1 :] + own[:index][-1:] + [DEFAULT.name])[0]

    def _offer_undo(self, text: str, on_undo: Callable[[], None]) -> None:
        self._view.messages.show_undo(text, on_undo)

    def _try(self, action: Callable[[], object]) -> bool:
        """Does something with the store; a failure is shown and gives False."""
        try:
            action()
        except UserError as error:
            self._view.messages.show_error(error)
            return False
        return True

    def _connect(self, dialog: PresetsDialog) -> None:
        dialog.list.selected.connect(self._show)
        dialog.list.create_requested.connect(self.create)
        dialog.list.duplicate_requested.connect(self.duplicate)
        dialog.list.rename_requested.connect(dialog.editor.start_rename)
        dialog.list.delete_requested.connect(self.delete)
        dialog.list.import_requested.connect(self.ask_to_import)
        dialog.list.export_requested.connect(self.ask_to_export)
        dialog.editor.edited.connect(self._on_editor_edited)
        dialog.editor.renamed.connect(self.rename)
        dialog.editor.save_requested.connect(self.save)
        dialog.editor.discard_requested.connect(self.discard)
        dialog.editor.reset_requested.connect(self.reset)
        dialog.close_requested.connect(self.close)
