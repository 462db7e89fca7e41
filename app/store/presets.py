"""Presets: the ones the program brings, the ones the user made, and which model uses which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.core.errors import ImportFormatError, SettingsError
from app.core.parsing import parse_toml
from app.core.preset import DEFAULT_NAME, Preset
from app.core.translation import tr, tr_later
from app.files.atomic_write import replace_file
from app.files.toml_file import as_toml, as_written, read_toml, write_toml
from app.store.preset_toml import preset_from_values, values_of_preset

DEFAULT = Preset(DEFAULT_NAME, is_builtin=True)
LONGEST_NAME = 80
"""In characters."""
LARGEST_IMPORT = 4_000_000
"""In bytes; far above any preset with its system prompt."""


class PresetStore:
    """The presets in one file. Names are told apart without regard to upper and lower case.

    A built-in preset that the user changed keeps its name; `reset` gives it back the values it came with.

    Attributes:
        notices: sentences for the user about what in the file could not be used.
    """

    def __init__(self, path: Path, builtins: Sequence[Preset] = ()) -> None:
        """Reads the file.

        Args:
            path: the file; it is made with the first change.
            builtins: one for each model that has recommended values, named like the model in the catalog.
        """
        self._path = path
        self._builtins = {
            _key(preset.name): replace(preset, is_builtin=True) for preset in (DEFAULT, *builtins)
        }
        self._own: dict[str, Preset] = {}
        self._bindings: dict[str, str] = {}
        # What this version cannot use goes back into the file with the next save.
        self._written: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._unused: list[Any] = []
        self._unused_bindings: dict[str, Any] = {}
        self._others: dict[str, Any] = {}
        self._illegible: dict[str, Any] = {}
        self.notices: tuple[str, ...] = ()
        self._load()

    def presets(self) -> list[Preset]:
        """All of them: the default one, then the user's by name, then the other built-in ones."""
        default, *builtins = (self._own.get(key, preset) for key, preset in self._builtins.items())
        own = [preset for preset in self._own.values() if not preset.is_builtin]
        return [default, *sorted(own, key=lambda preset: _key(preset.name)), *builtins]

    def get(self, name: str) -> Preset | None:
        """The preset of that name; None where there is none (any more)."""
        return self._own.get(_key(name)) or self._builtins.get(_key(name))

    def is_changed(self, name: str) -> bool:
        """Whether a built-in preset differs from what it came as."""
        builtin = self._builtins.get(_key(name))
        return builtin is not None and self._own.get(_key(name), builtin) != builtin

    def original(self, name: str) -> Preset | None:
        """A built-in preset as it came; None for one of the user's own."""
        return self._builtins.get(_key(name))

    def create(self, preset: Preset) -> Preset:
        """Adds a preset of the user's own.

        Raises:
            SettingsError: the name cannot be used, or the file not be written.
        """
        name = self._usable_name(preset.name)
        return self._put(replace(preset, name=name, is_builtin=False))

    def save(self, preset: Preset) -> Preset:
        """Exchanges the values of the preset of that name.

        Raises:
            SettingsError: there is none of that name, or the file could not be written.
        """
        old = self._existing(preset.name)
        return self._put(replace(preset, name=old.name, is_builtin=old.is_builtin))

    def duplicate(self, name: str) -> Preset:
        """A copy as the user's own, under a name that says so."""
        original = self._existing(name)
        name = self._free_name(tr("{name} copy", name=original.name))
        return self._put(replace(original, name=name, source="", is_builtin=False))

    def rename(self, name: str, new_name: str) -> Preset:
        """Gives one of the user's presets another name; models that use it go on doing so.

        Raises:
            SettingsError: it is built in, or the new name cannot be used.
        """
        old = self._own_one(name, tr_later("{name} comes with Tarn and cannot be renamed."))
        renamed = replace(old, name=self._usable_name(new_name, instead_of=old.name))
        own = {key: preset for key, preset in self._own.items() if key != _key(name)}
        if _key(name) in self._written:
            self._written[_key(renamed.name)] = self._written[_key(name)]
        bound = dict.fromkeys(self.models_of(name), renamed.name)
        self._keep({**own, _key(renamed.name): renamed}, {**self._bindings, **bound})
        return renamed

    def delete(self, name: str) -> None:
        """Removes one of the user's presets; models that used it go back to their own.

        Raises:
            SettingsError: it is built in, or there is none of that name.
        """
        self._own_one(name, tr_later("{name} comes with Tarn and cannot be deleted."))
        own = {key: preset for key, preset in self._own.items() if key != _key(name)}
        bound = self.models_of(name)
        self._keep(own, {model: preset for model, preset in self._bindings.items() if model not in bound})

    def restore(self, preset: Preset, model_names: Sequence[str]) -> None:
        """Brings a preset back that was deleted, and lets these models use it again.

        Raises:
            SettingsError: its name was given to another one meanwhile.
        """
        name = self._usable_name(preset.name)
        bound = dict.fromkeys(model_names, name)
        self._keep({**self._own, _key(name): preset}, {**self._bindings, **bound})

    def reset(self, name: str) -> Preset:
        """Gives a built-in preset the values it came with, and one of the user's the neutral ones."""
        preset = self._existing(name)
        if not preset.is_builtin:
            return self._put(Preset(preset.name))
        self._keep({key: own for key, own in self._own.items() if key != _key(name)}, self._bindings)
        return self._builtins[_key(name)]

    def bind(self, model_name: str, preset_name: str) -> None:
        """Lets a model use this preset from now on.

        Args:
            model_name: the name in the catalog, else the name of the file.
        """
        preset = self._existing(preset_name)
        self._keep(self._own, {**self._bindings, model_name: preset.name})

    def unbind(self, model_name: str) -> None:
        """Lets a model use the preset that was made for it."""
        self._keep(self._own, {model: name for model, name in self._bindings.items() if model != model_name})

    def bound_to(self, model_name: str) -> str | None:
        """The preset that the user chose for a model; None where the choice is left to the program."""
        return self._bindings.get(model_name)

    def export_file(self, name: str, path: Path) -> None:
        """Writes a preset to a file, whole or not at all.

        Raises:
            SettingsError: the file cannot be written.
        """
        text = self.export_text(name)
        try:
            replace_file(path, text.encode())
        except OSError as error:
            raise SettingsError(
                tr(
                    "The preset could not be written to {name}: {value}.",
                    name=path.name,
                    value=error.strerror or error,
                ),
                tr("Choose another place, or check that you may write there."),
            ) from error

    def import_file(self, path: Path) -> Preset:
        """Adds the preset that a file holds.

        Raises:
            ImportFormatError: the file cannot be read or is no preset.
        """
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST_IMPORT + 1)
        except OSError as error:
            raise ImportFormatError(
                tr("{name} could not be read: {value}.", name=path.name, value=error.strerror or error),
                tr("Choose another file."),
            ) from error
        if len(data) > LARGEST_IMPORT:
            raise ImportFormatError(
                tr("{name} is too large for a preset.", name=path.name), tr("Choose another file.")
            )
        return self.import_text(data.decode("utf-8-sig", "replace"))

    def models_of(self, name: str) -> list[str]:
        """The models to which the user bound a preset."""
        return [model for model, bound in self._bindings.items() if _key(bound) == _key(name)]

    def recommended_for(self, model_name: str) -> Preset:
        """What a model's card recommends, else the default."""
        recommended = self.get(model_name) if _key(model_name) in self._builtins else None
        return recommended or self._existing(DEFAULT.name)

    def preset_for(self, model_name: str) -> Preset:
        """What a model uses: what the user bound to it, else what its card recommends, else the default."""
        return self.get(self._bindings.get(model_name, "")) or self.recommended_for(model_name)

    def export_text(self, name: str) -> str:
        """A preset as TOML, for another computer."""
        return as_toml({"preset": [values_of_preset(self._existing(name))]})

    def import_text(self, text: str) -> Preset:
        """Adds a preset from such TOML; where the name is taken, with a number behind it.

        Raises:
            ImportFormatError: the text is no preset, or a value is out of its range (which is named).
        """
        try:
            (values,) = parse_toml(text)["preset"]
        except (KeyError, ValueError, TypeError) as error:
            raise ImportFormatError(
                tr("This file does not hold a preset."), tr("Choose a file that was made with Export preset.")
            ) from error
        preset, problems = preset_from_values(values)
        if problems:
            raise ImportFormatError(problems[0], tr("Correct the value in the file, then import it again."))
        name = self._free_name(" ".join(preset.name.split())[:LONGEST_NAME] or tr("Imported preset"))
        return self._put(replace(preset, name=name))

    def _load(self) -> None:
        values, notice = read_toml(self._path)
        self._others = {name: it for name, it in values.items() if name not in ("preset", "models")}
        notices = [notice] if notice else []
        listed = values.get("preset", [])
        if not isinstance(listed, list):
            self._illegible["preset"] = listed
            notices.append(
                tr("{name}: The presets must be a list of tables. They are not used.", name=self._path.name)
            )
            listed = []
        for entry in listed:
            preset, problems = preset_from_values(entry)
            notices += [
                tr("{name}: {problem} The default is used instead.", name=self._path.name, problem=problem)
                for problem in problems
            ]
            if not preset.name or not isinstance(entry, dict):
                self._unused.append(entry)
                if not problems:
                    notices.append(tr("{name}: A preset without a name is not used.", name=self._path.name))
                continue
            if _key(preset.name) in self._own:
                preset = replace(preset, name=self._free_name(preset.name))
                notices.append(
                    tr(
                        "{name}: Two presets have the same name; one is now called {new_name}.",
                        name=self._path.name,
                        new_name=preset.name,
                    )
                )
            key = _key(preset.name)
            self._own[key] = replace(preset, is_builtin=key in self._builtins)
            self._written[key] = (values_of_preset(preset), {**entry, "name": preset.name})
        bindings = values.get("models", {})
        if not isinstance(bindings, dict):
            self._illegible["models"] = bindings
            notices.append(
                tr("{name}: The models' presets must be a table. They are not used.", name=self._path.name)
            )
            bindings = {}
        for model, name in bindings.items():
            if isinstance(name, str) and self.get(name):
                self._bindings[model] = name
            else:
                self._unused_bindings[model] = name
        self.notices = tuple(notices)

    def _put(self, preset: Preset) -> Preset:
        self._keep({**self._own, _key(preset.name): preset}, self._bindings)
        return preset

    def _keep(self, own: dict[str, Preset], bindings: dict[str, str]) -> None:
        # Written first: where that fails, the presets on screen are still those in the file.
        values = {
            **self._others,
            "preset": [*(self._values(key, preset) for key, preset in own.items()), *self._unused],
            "models": {**self._unused_bindings, **bindings},
        }
        for name, value in self._illegible.items():
            values[f"unused_{name}"] = value
        write_toml(self._path, values)
        self._own, self._bindings = own, bindings

    def _values(self, key: str, preset: Preset) -> dict[str, Any]:
        """What is written for a preset: what has not changed stays as somebody may have written it."""
        read, written = self._written.get(key, ({}, {}))
        values = as_written(values_of_preset(preset), read, written)
        return {**values, "sampling": values.pop("sampling")}

    def _existing(self, name: str) -> Preset:
        preset = self.get(name)
        if preset is None:
            raise SettingsError(
                tr("There is no preset called {name}.", name=name), tr("Choose another preset.")
            )
        return preset

    def _own_one(self, name: str, refusal: str) -> Preset:
        preset = self._existing(name)
        if preset.is_builtin:
            raise SettingsError(
                tr(refusal, name=preset.name),
                tr("Duplicate it, then change the copy."),
            )
        return preset

    def _usable_name(self, name: str, instead_of: str = "") -> str:
        clean = " ".join(name.split())
        if not clean:
            raise SettingsError(tr("A preset needs a name."), tr("Type a name."))
        if len(clean) > LONGEST_NAME:
            raise SettingsError(
                tr("A name has at most {longest_name} characters.", longest_name=LONGEST_NAME),
                tr("Choose a shorter name."),
            )
        if self.get(clean) and _key(clean) != _key(instead_of):
            raise SettingsError(
                tr("There is already a preset called {clean}.", clean=clean), tr("Choose another name.")
            )
        return clean

    def _free_name(self, wanted: str) -> str:
        name, number = wanted, 2
        while self.get(name):
            name, number = f"{wanted} {number}", number + 1
        return name


def _key(name: str) -> str:
    return name.casefold()
