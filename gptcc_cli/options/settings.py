"""Settings from files: the project's ``gptcc.toml`` or ``[tool.gptcc]``, and the user's own.

Options come first, then the environment, then the project, then the user, then the default. The
schema is the options themselves: every option with an environment variable is a setting of the
same name, at the top of a file for all commands that have it, in a command's table for that one.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from gptcc_cli.errors import UsageError
from gptcc_cli.options import commands_below
from gptcc_cli.options.definition import Parameter, parameters_of

PROJECT_NAME = "gptcc.toml"

USER_ONLY = {
    "endpoint": "it decides where your API key is sent",
    "ray": "it decides whose machines run your work",
    "history": "it decides which file records your runs",
}
"""What a project's file may not set, and why: someone else may have written the repository."""

Command = tuple[str, ...]
"""Such as ``("solve",)`` or ``("models", "pull")``; ``()`` stands for all commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One option of one command that a file can set."""

    command: Command
    parameter: Parameter

    @property
    def key(self) -> str:
        """As files spell it: ``time-limit``."""
        return self.parameter.key

    def check(self, value: str | bool, path: Path) -> None:
        """Refuse a value that the option could not have.

        Raises:
            UsageError: it could not.
        """
        try:
            self.parameter.read(str(value).lower() if isinstance(value, bool) else value)
        except ValueError as error:
            raise UsageError(
                f"{path}: {self.key} = {value!r}: {error}",
                hint=f"see `gptcc {' '.join(self.command)} --help` for what it can be",
            ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """One file of settings, its keys checked."""

    path: Path
    values: dict[tuple[Command, str], str | bool]
    """By command and key."""

    def value(self, setting: Setting) -> str | bool | None:
        """Return what the file says for an option, its command's table first."""
        for command in (setting.command, ()):
            if (command, setting.key) in self.values:
                return self.values[command, setting.key]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingValue:
    """The value of one setting here, and where it comes from."""

    name: str
    """``model``, or ``solve.number`` if only this command has this value."""
    value: Any
    """``None``: nothing is set, and the command decides."""
    where: str
    """``default``, a file, or the environment variable."""


def file_defaults(invoked: str) -> dict[str, Any]:
    """Return what files say for options, by command and option name, as nested tables.

    Args:
        invoked: the command that runs; its values are checked.

    Raises:
        UsageError: a file can't be read, or sets what is no setting.
    """
    defaults: dict[str, Any] = {}
    if not (paths := setting_files()):
        return defaults
    settings = all_settings()
    files = read_files(paths, settings)
    for setting in settings:
        file, value = lookup(setting, files)
        if file is None or value is None:
            continue
        if setting.command[0] == invoked:
            setting.check(value, file.path)
        place = defaults
        for name in setting.command:
            place = place.setdefault(name, {})
        place[setting.parameter.name] = value
    return defaults


def value_in_files(command: Command, key: str) -> str | bool | None:
    """Return what files say for an option, for completion, which runs no command.

    Raises:
        UsageError: a file can't be read, or sets what is no setting.
    """
    settings = all_settings()
    files = read_files(setting_files(), settings)
    found = (lookup(one, files)[1] for one in settings if (one.command, one.key) == (command, key))
    return next(found, None)


def all_settings() -> tuple[Setting, ...]:
    """Return every option that can be set, of every command."""
    return tuple(
        Setting(command=words, parameter=parameter)
        for words, entry in commands_below()
        for parameter in parameters_of(entry.options_type)
        if parameter.definition.envvar is not None
    )


def setting_files() -> tuple[Path, ...]:
    """Return the files that hold settings here: the project's, then the user's."""
    user = user_place()
    found = (project_file(), user if user.is_file() else None)
    return tuple(path for path in found if path is not None)


def project_file() -> Path | None:
    """Return the nearest file of settings at or above this directory, within its repository."""
    try:
        here = Path.cwd()
    except OSError:  # it was removed: nothing is above it
        return None
    for directory in (here, *here.parents):
        if (own := directory / PROJECT_NAME).is_file():
            return own
        shared = directory / "pyproject.toml"
        if shared.is_file() and b"tool.gptcc" in shared.read_bytes():
            return shared
        if (directory / ".git").exists():
            return None
    return None


def user_place() -> Path:
    """Return where the user's file of settings is, or would be."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "gptcc" / "config.toml"


def read_files(paths: tuple[Path, ...], settings: tuple[Setting, ...]) -> tuple[ConfigFile, ...]:
    """Read files of settings, and refuse unknown keys.

    Raises:
        UsageError: a file can't be read, or sets what is no setting.
    """
    known: dict[Command, set[str]] = {(): {setting.key for setting in settings}}
    for setting in settings:
        known.setdefault(setting.command, set()).add(setting.key)
        for depth in range(1, len(setting.command)):
            known.setdefault(setting.command[:depth], set())
    return tuple(
        ConfigFile(path=path, values=dict(_values(_content(path), (), known, path)))
        for path in paths
    )


def lookup(
    setting: Setting, files: tuple[ConfigFile, ...]
) -> tuple[ConfigFile | None, str | bool | None]:
    """Return the first file that sets an option, and its value."""
    for file in files:
        value = file.value(setting)
        if value is not None:
            return file, value
    return None, None


def settings_here() -> tuple[SettingValue, ...]:
    """Return all settings in the order of their names; one for each command where they differ.

    Raises:
        UsageError: a file sets what is no setting, or a value that can't be.
    """
    settings = all_settings()
    files = read_files(setting_files(), settings)
    by_key: dict[str, dict[Command, tuple[Any, str]]] = {}
    for setting in settings:
        by_key.setdefault(setting.key, {})[setting.command] = _here(setting, files)
    found: list[SettingValue] = []
    for key, values in sorted(by_key.items()):
        if len(set(values.values())) == 1:
            value, where = next(iter(values.values()))
            found.append(SettingValue(name=key, value=value, where=where))
            continue
        for command, (value, where) in values.items():
            found.append(SettingValue(name=".".join([*command, key]), value=value, where=where))
    return tuple(found)


def _here(setting: Setting, files: tuple[ConfigFile, ...]) -> tuple[Any, str]:
    variable = setting.parameter.definition.envvar or ""
    if given := os.environ.get(variable):
        return given, f"environment {variable}"
    file, value = lookup(setting, files)
    if file is not None and value is not None:
        setting.check(value, file.path)
        return value, str(file.path)
    default = setting.parameter.default
    if isinstance(default, Enum):
        default = default.value
    if isinstance(default, tuple):
        default = ",".join(map(str, default))
    return None if default is MISSING else default, "default"


def _content(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}", hint="fix the file") from error
    except OSError as error:
        raise UsageError(
            f"{path} can't be read: {(error.strerror or 'error').lower()}",
            hint="check its permissions",
        ) from error
    if path.name == "pyproject.toml":
        tool = content.get("tool")
        content = tool.get("gptcc", {}) if isinstance(tool, dict) else {}
        if not isinstance(content, dict):
            raise UsageError(f"{path}: tool.gptcc is not a table", hint="write [tool.gptcc]")
    return content


def _values(
    table: Mapping[str, Any], command: Command, known: Mapping[Command, set[str]], path: Path
) -> Iterator[tuple[tuple[Command, str], str | bool]]:
    for name, value in table.items():
        key = name.replace("_", "-")
        if isinstance(value, dict):
            if (*command, key) not in known:
                raise _unknown(path, "table", [*command, key], known)
            yield from _values(value, (*command, key), known, path)
            continue
        if key not in known[command]:
            raise _unknown(path, "setting", [*command, key], known)
        if key in USER_ONLY and path != user_place():
            raise UsageError(
                f"{path}: {key!r} can't be set in a project file: {USER_ONLY[key]}",
                hint=f"set it in {user_place()}, or use --{key}",
            )
        if isinstance(value, list):
            raise UsageError(
                f"{path}: {key} is a list, expected one value", hint=f'write {key} = "..."'
            )
        yield (command, key), value if isinstance(value, bool) else str(value)


def _unknown(
    path: Path, what: str, names: list[str], known: Mapping[Command, set[str]]
) -> UsageError:
    here = tuple(names[:-1])
    choices = set(known.get(here, ()))
    choices |= {command[-1] for command in known if command and command[:-1] == here}
    near = difflib.get_close_matches(names[-1], sorted(choices), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "see `gptcc config show` for all settings"
    return UsageError(f"{path}: unknown {what} {'.'.join(names)!r}", hint=hint)
