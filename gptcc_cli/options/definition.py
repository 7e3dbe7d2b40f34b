"""How one option is defined: its names, help, bounds and environment variable beside its type.

A field of an options class is declared as ``name: type = option("--name", help=...)``. Covers
reading those fields, and turning text from a command line, a settings file or the environment into
a field's value: times, sizes and lists of numbers as people write them. Knows no command-line
library.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin

OptionsT = TypeVar("OptionsT")

_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "off"})

_SECONDS = {"": 1.0, "s": 1.0, "ms": 1e-3, "m": 60.0, "min": 60.0, "h": 3600.0}
_DAYS = {"d": 1, "w": 7}
_BYTES = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_NUMBER = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-zA-Z]*)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a field's type does not say."""

    names: tuple[str, ...] = ()
    """As typed, such as ``("--time-limit", "-t")``; empty: a positional argument."""
    help: str
    metavar: str | None = None
    """``None``: by type."""
    envvar: str | None = None
    """Options with an environment variable are settings that a file can hold."""
    minimum: int | None = None
    maximum: int | None = None
    parse: Callable[[str], Any] | None = None
    """Reads text; raises ``ValueError``. ``None``: by type."""
    complete: str | None = None
    """What a shell offers: ``models``, ``problems``, ``grade_runs`` or ``history_runs``."""


def define(*names: str, help: str, **more: Any) -> Definition:
    """Define an option that several commands have; ``more`` are fields of ``Definition``."""
    return Definition(names=names, help=help, **more)


def use(definition: Definition, default: Any = None) -> Any:
    """Return a dataclass field with this definition."""
    return field(default=default, metadata={"definition": definition})


def option(*names: str, help: str, default: Any = None, **more: Any) -> Any:
    """Return a dataclass field that is an option; ``more`` are further fields of ``Definition``."""
    return use(Definition(names=names, help=help, **more), default)


def flag(*names: str, help: str, **more: Any) -> Any:
    """Return a dataclass field that is an option without a value, off by default."""
    return option(*names, help=help, default=False, **more)


def argument(metavar: str, *, help: str, default: Any = None, complete: str | None = None) -> Any:
    """Return a dataclass field that is a positional argument."""
    return use(Definition(metavar=metavar, help=help, complete=complete), default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One field of an options class, or of a part of it."""

    name: str
    part: str | None
    """The field that holds the part it belongs to, such as ``judge``."""
    type: Any
    """Without ``None`` and for ``tuple[X, ...]`` without the tuple: ``X``."""
    optional: bool
    """Whether ``None`` is a value."""
    multiple: bool
    """Whether it can be given several times."""
    default: Any
    """``dataclasses.MISSING``: it is required."""
    definition: Definition

    @property
    def key(self) -> str:
        """Its name in a settings file: ``time-limit``."""
        on, _, _ = max(self.definition.names, key=len).partition("/")
        return on.lstrip("-")

    @property
    def choices(self) -> tuple[str, ...]:
        """Its values, if they are a closed set, as they are typed."""
        if isinstance(self.type, type) and issubclass(self.type, Enum):
            return tuple(choice.value for choice in self.type)
        return ()

    @property
    def metavar(self) -> str | None:
        """What stands for its value in help; ``None`` for flags."""
        if self.definition.metavar is not None or self.type is bool:
            return self.definition.metavar
        if self.choices:
            return f"[{'|'.join(self.choices)}]"
        return {int: "INTEGER", float: "FLOAT", Path: "PATH"}.get(self.type, "TEXT")

    @property
    def help(self) -> str:
        """Its help, with the bounds of a number."""
        bounds = self._bounds
        return f"{self.definition.help} [{bounds}]" if bounds else self.definition.help

    @property
    def _bounds(self) -> str:
        least, most = self.definition.minimum, self.definition.maximum
        if least is None:
            return ""
        return f"at least {least}" if most is None else f"from {least} to {most}"

    def read(self, text: str) -> Any:
        """Turn text into a value; for a pair, into one of the two.

        Raises:
            ValueError: it is no such value; the message says what would be.
        """
        if self.definition.parse is not None:
            return self.definition.parse(text)
        if self.type is bool:
            if text.lower() not in _TRUE | _FALSE:
                raise ValueError(f"{text!r} is not true or false")
            return text.lower() in _TRUE
        if isinstance(self.type, type) and issubclass(self.type, Enum):
            return _read_choice(self.type, text)
        if self.type in (int, float):
            return self._read_number(text)
        if "\0" in text:
            raise ValueError("it contains a null byte")
        if get_origin(self.type) is tuple:
            return get_args(self.type)[0](text)
        return self.type(text)

    def _read_number(self, text: str) -> int | float:
        least, most = self.definition.minimum, self.definition.maximum
        try:
            value: int | float = self.type(text)
        except ValueError:
            kind = "a whole number" if self.type is int else "a number"
            raise ValueError(f"{text!r} is not {kind}") from None
        if (least is not None and value < least) or (most is not None and value > most):
            raise ValueError(f"{value} is not {self._bounds}")
        return value


@cache
def parameters_of(options: Any) -> tuple[Parameter, ...]:
    """Return every option of a command, those of its parts in their place."""
    return tuple(_parameters(options, None))


def build(options: Callable[..., OptionsT], values: Mapping[str, Any]) -> OptionsT:
    """Make options from values by name; what is missing has its default."""
    given: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for parameter in parameters_of(options):
        if parameter.name in values:
            target = given if parameter.part is None else parts.setdefault(parameter.part, {})
            target[parameter.name] = values[parameter.name]
    for part in fields(cast(Any, options)):
        if part.name in parts:
            kind: Any = part.type
            given[part.name] = kind(**parts[part.name])
    return options(**given)


def read_given(options: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that were given from Python as ``build`` takes them.

    Numbers and texts are read as on the command line.

    Raises:
        ValueError: there is no such option, or it can't have this value.
    """
    parameters = {parameter.name: parameter for parameter in parameters_of(options)}
    read: dict[str, Any] = {}
    for name, value in values.items():
        if (parameter := parameters.get(name)) is None:
            raise ValueError(f"there is no option {name!r}")
        plain = isinstance(value, (str, int, float, Path)) and not isinstance(value, bool)
        try:
            one = parameter.read(str(value)) if plain else value
        except ValueError as error:
            raise ValueError(f"{name}={value!r}: {error}") from None
        read[name] = (one,) if plain and parameter.multiple else one
    return read


def seconds(text: str) -> float:
    """Read ``2``, ``2s``, ``500ms``, ``1.5m`` or ``1h`` as seconds above 0.

    Raises:
        ValueError: it is not a time, or not above 0.
    """
    number, unit = _split(text)
    if unit not in _SECONDS or number <= 0:
        raise ValueError(f"{text!r} is not a time above 0, such as 2, 500ms or 1m")
    return number * _SECONDS[unit]


def age(text: str) -> float:
    """Read ``30d``, ``2w``, ``12h`` or any time of ``seconds`` as seconds above 0.

    Raises:
        ValueError: it is not a time, or not above 0.
    """
    number, unit = _split(text)
    if unit in _DAYS and number > 0:
        return number * _DAYS[unit] * 86400
    if unit not in _SECONDS or number <= 0:
        raise ValueError(f"{text!r} is not a time above 0, such as 30d, 2w or 12h")
    return number * _SECONDS[unit]


def size(text: str) -> int:
    """Read ``256MB``, ``1GiB``, ``64k`` or a number of bytes above 0 (powers of 1024).

    Raises:
        ValueError: it is not a size, or not above 0.
    """
    number, unit = _split(text)
    short = unit.removesuffix("b").removesuffix("i") if unit != "b" else unit
    if short not in _BYTES or number <= 0:
        raise ValueError(f"{text!r} is not a size above 0, such as 256MB or 1GB")
    return int(number * _BYTES[short])


def temperatures(text: str) -> tuple[float, ...]:
    """Read ``0.8`` or ``0.2,0.6,0.8`` as temperatures from 0 to 5.

    Raises:
        ValueError: a part is not such a number.
    """
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = (-1.0,)
    if not all(0 <= value <= 5 for value in values):
        raise ValueError(f"{text!r} is not a list of numbers from 0 to 5, such as 0.2,0.8")
    return values


def _split(text: str) -> tuple[float, str]:
    match = _NUMBER.fullmatch(text)
    return (float(match[1]), match[2].lower()) if match else (0.0, "")


def _parameters(options: Any, part: str | None) -> list[Parameter]:
    found: list[Parameter] = []
    for one in fields(options):
        kind: Any = one.type
        if is_dataclass(kind):
            found += _parameters(kind, one.name)
            continue
        several = [member for member in get_args(kind) if member is not NoneType]
        optional = NoneType in get_args(kind)
        definition = one.metadata["definition"]
        is_list = get_origin(kind) is tuple and several[-1] is Ellipsis
        multiple = is_list and definition.parse is None
        found.append(
            Parameter(
                name=one.name,
                part=part,
                type=several[0] if optional or multiple else kind,
                optional=optional,
                multiple=multiple,
                default=one.default,
                definition=definition,
            )
        )
    return found


def _read_choice(choices: type[Enum], text: str) -> Enum:
    for choice in choices:
        if choice.value == text:
            return choice
    names = ", ".join(repr(choice.value) for choice in choices)
    raise ValueError(f"{text!r} is not one of {names}")
