"""Every setting as it stands here: its value, and where that comes from."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

import typer

from gptcc_cli.cli.configuration import (
    Knob,
    Layer,
    check_value,
    knobs_of,
    lookup,
    read_layers,
    setting_files,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting; for one command where commands differ."""

    name: str
    """``model``, or ``solve.number`` where only this command has this value."""
    value: Any
    """``None``: nothing is set, and the command decides."""
    where: str
    """``default``, a file, or the variable of the environment."""

    def record(self) -> dict[str, Any]:
        """Return what ``--json`` writes: schema ``gptcc.setting/1``."""
        return {"name": self.name, "value": self.value, "where": self.where}

    def texts(self) -> tuple[str, str, str]:
        """Return name, value and place for people."""
        value = self.value
        text = "-" if value is None else str(value).lower() if isinstance(value, bool) else value
        return self.name, str(text), self.where


def settings_here(context: typer.Context) -> tuple[Setting, ...]:
    """Return all settings, in the order of their names.

    Raises:
        UsageError: a file sets what is no setting, or what could not be.
    """
    knobs = knobs_of(context.find_root().command)
    layers = read_layers(setting_files(), knobs)
    by_key: dict[str, list[Knob]] = {}
    for knob in knobs:
        by_key.setdefault(knob.key, []).append(knob)
    return tuple(
        setting for key in sorted(by_key) for setting in _settings(by_key[key], layers, context)
    )


def _settings(
    knobs: list[Knob], layers: tuple[Layer, ...], context: typer.Context
) -> Iterator[Setting]:
    """Yield one setting if all commands agree, else one for each command."""
    found = {knob.command: _here(knob, layers, context) for knob in knobs}
    if len(set(found.values())) == 1:
        value, where = next(iter(found.values()))
        yield Setting(name=knobs[0].key, value=value, where=where)
        return
    for command, (value, where) in found.items():
        yield Setting(name=".".join([*command, knobs[0].key]), value=value, where=where)


def _here(knob: Knob, layers: tuple[Layer, ...], context: typer.Context) -> tuple[Any, str]:
    if given := os.environ.get(knob.variable):
        return given, f"environment {knob.variable}"
    layer, value = lookup(knob, layers)
    if layer is not None:
        check_value(knob, value, layer.path, context)
        return value, str(layer.path)
    default = knob.parameter.default
    return default.value if isinstance(default, Enum) else default, "default"
