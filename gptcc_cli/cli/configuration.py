"""Settings from files: the project's ``gptcc.toml`` or ``[tool.gptcc]``, and the user's own.

Options come first, then the environment, then the project, then the user, then the default. The
schema is the command line itself: every option with an environment variable is a setting of the
same name, for all commands that have it at the top of a file, for one command in its table.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from gptcc_cli.errors import UsageError

PROJECT_NAME = "gptcc.toml"

USERS_ALONE = frozenset({"endpoint", "ray", "history"})
"""What a project's file may not set: a repository that someone else wrote must not decide to
whom the user's key is sent, whose machines work for them, or which file their runs go into."""

Table = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """One option of one command that a file can set."""

    command: tuple[str, ...]
    """Such as ``("solve",)`` or ``("models", "pull")``."""
    key: str
    """As files spell it: ``time-limit``."""
    parameter: Any
    """typer's own object."""

    @property
    def variable(self) -> str:
        """Its environment variable."""
        found = self.parameter.envvar
        return found if isinstance(found, str) else str(found[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One file of settings, checked."""

    path: Path
    values: dict[tuple[tuple[str, ...], str], Any]
    """By command and key; the command ``()`` stands for all that have the option."""

    def value(self, knob: Knob) -> Any:
        """Return what the file says for an option, its command's table first."""
        every: tuple[str, ...] = ()
        for command in (knob.command, every):
            if (command, knob.key) in self.values:
                return self.values[command, knob.key]
        return None


def fill_defaults(context: typer.Context) -> None:
    """Let files say what options and environment leave open, for the command that is run.

    Raises:
        UsageError: a file can't be read, or sets what is no setting.
    """
    paths = setting_files()
    if not paths:
        return
    knobs = knobs_of(context.command)
    layers = read_layers(paths, knobs)
    defaults: Table = {}
    for knob in knobs:
        layer, value = lookup(knob, layers)
        if layer is None:
            continue
        if knob.command[0] == context.invoked_subcommand:
            check_value(knob, value, layer.path, context)
        place = defaults
        for name in knob.command:
            place = place.setdefault(name, {})
        place[knob.parameter.name] = value
    context.default_map = defaults


def set_in_files(context: typer.Context, key: str) -> Any:
    """Return what files say for an option of a context's command, or ``None``.

    For whoever can't wait until ``fill_defaults`` has run: a shell that completes runs nothing.

    Raises:
        UsageError: a file can't be read, or sets what is no setting.
    """
    names: list[str] = []
    here: Any = context
    while here.parent is not None:
        names.insert(0, here.info_name)
        here = here.parent
    knobs = knobs_of(here.command)
    layers = read_layers(setting_files(), knobs)
    found = (
        lookup(knob, layers)[1] for knob in knobs if (*knob.command, knob.key) == (*names, key)
    )
    return next(found, None)


def setting_files() -> tuple[Path, ...]:
    """Return the files that hold settings here: the project's, then the user's."""
    return tuple(path for path in (project_file(), user_file()) if path is not None)


def project_file() -> Path | None:
    """Return the nearest file of settings at or above this directory, within its repository."""
    here = Path.cwd()
    for directory in (here, *here.parents):
        if (own := directory / PROJECT_NAME).is_file():
            return own
        shared = directory / "pyproject.toml"
        if shared.is_file() and b"tool.gptcc" in shared.read_bytes():
            return shared
        if (directory / ".git").exists():
            return None
    return None


def user_file() -> Path | None:
    """Return the user's file of settings, if there is one."""
    file = user_place()
    return file if file.is_file() else None


def user_place() -> Path:
    """Return where the user's file of settings would be."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "gptcc" / "config.toml"


def knobs_of(group: Any, above: tuple[str, ...] = ()) -> tuple[Knob, ...]:
    """Return every option that can be set, of every command below a group."""
    found: list[Knob] = []
    for name, command in group.commands.items():
        path = (*above, name)
        if hasattr(command, "commands"):
            found += knobs_of(command, path)
            continue
        for parameter in command.params:
            if parameter.param_type_name == "option" and parameter.envvar:
                longest = max(parameter.opts, key=len).lstrip("-")
                found.append(Knob(command=path, key=longest, parameter=parameter))
    return tuple(found)


def read_layers(paths: tuple[Path, ...], knobs: tuple[Knob, ...]) -> tuple[Layer, ...]:
    """Read files of settings, and refuse what is none.

    Raises:
        UsageError: a file can't be read, or sets what is no setting.
    """
    known: dict[tuple[str, ...], set[str]] = {(): {knob.key for knob in knobs}}
    for knob in knobs:
        known.setdefault(knob.command, set()).add(knob.key)
        for depth in range(1, len(knob.command)):
            known.setdefault(knob.command[:depth], set())
    return tuple(
        Layer(path=path, values=dict(_flat(_content(path), (), known, path))) for path in paths
    )


def lookup(knob: Knob, layers: tuple[Layer, ...]) -> tuple[Layer | None, Any]:
    """Return the first layer that sets an option, and its value."""
    for layer in layers:
        value = layer.value(knob)
        if value is not None:
            return layer, value
    return None, None


def check_value(knob: Knob, value: Any, path: Path, context: typer.Context) -> None:
    """Refuse a value that the option could not have.

    Raises:
        UsageError: it could not.
    """
    try:
        knob.parameter.process_value(context, value)
    except typer.BadParameter as error:
        raise UsageError(
            f"{path}: {knob.key} = {value!r}: {error.message.rstrip('.')}",
            hint=f"mend it there; `gptcc {' '.join(knob.command)} --help` says what it may be",
        ) from error


def _content(path: Path) -> Table:
    import tomllib

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}", hint="mend it there") from error
    except OSError as error:
        raise UsageError(
            f"{path} can't be read: {(error.strerror or 'error').lower()}",
            hint="check its permissions",
        ) from error
    if path.name == "pyproject.toml":
        content = content.get("tool", {}).get("gptcc", {})
    return content


def _flat(
    table: Mapping[str, Any],
    command: tuple[str, ...],
    known: Mapping[tuple[str, ...], set[str]],
    path: Path,
) -> Iterator[tuple[tuple[tuple[str, ...], str], Any]]:
    for name, value in table.items():
        key = name.replace("_", "-")
        if isinstance(value, dict):
            if (*command, key) not in known:
                raise _unknown(path, "table", [*command, key], known)
            yield from _flat(value, (*command, key), known, path)
            continue
        if key not in known[command]:
            raise _unknown(path, "setting", [*command, key], known)
        if key in USERS_ALONE and path != user_place():
            raise UsageError(
                f"{path}: {key} is not for a project to say, for your key and your work go there",
                hint=f"set it in {user_place()}, or with --{key}",
            )
        if isinstance(value, list):
            raise UsageError(
                f"{path}: {key} is a list", hint=f'write one value, such as {key} = "..."'
            )
        yield (command, key), value if isinstance(value, bool) else str(value)


def _unknown(
    path: Path, what: str, names: list[str], known: Mapping[tuple[str, ...], set[str]]
) -> UsageError:
    here = tuple(names[:-1])
    choices = set(known.get(here, ()))
    choices |= {command[-1] for command in known if command and command[:-1] == here}
    near = difflib.get_close_matches(names[-1], sorted(choices), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "`gptcc config show` lists all there are"
    return UsageError(f"{path} has an unknown {what} {'.'.join(names)!r}", hint=hint)
