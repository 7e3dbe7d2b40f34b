"""Values of options that are plainly right, read without typer's own reader.

That reader is made of pydantic, and importing it takes longer than all else between the shell and
a command such as ``gptcc check`` on a file it knows. Covers text, whole numbers, paths and
choices; whatever is not plainly right goes to typer, whose errors and help are the only ones.
"""

import os
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, get_args, get_origin

from typer.core import TyperCommand, TyperGroup

_Reader: TypeAlias = Callable[[Any, Any], Any]
"""What reads the value of one option: a context and a raw value in, the value out."""


class PlainCommand(TyperCommand):
    """A command that asks typer only about values that are not plainly right."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options, typer's own among them, with the quick reader before typer's."""
        return _quickened(super().get_params(ctx))


class PlainGroup(TyperGroup):
    """The same for the options before a command's name."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options, typer's own among them, with the quick reader before typer's."""
        return _quickened(super().get_params(ctx))


def _quickened(options: list[Any]) -> list[Any]:
    for option in options:
        descriptor = getattr(option, "type_descriptor", None)
        slowly = option.process_value
        # Older versions of typer have no descriptor, and no pydantic either.
        if descriptor is not None and not option.required and not isinstance(slowly, partial):
            option.process_value = partial(_read, option, descriptor, slowly)
    return options


class _NotPlainError(Exception):
    """The value is typer's to read."""


def _read(option: Any, descriptor: Any, slowly: _Reader, context: Any, value: Any) -> Any:
    try:
        plain = _plain(option, descriptor, value)
    except _NotPlainError:
        return slowly(context, value)
    return plain if option.callback is None else option.callback(context, option, plain)


def _plain(option: Any, descriptor: Any, value: Any) -> Any:
    """Read a value, a list of them, or none at all, as typer would."""
    kind, info = descriptor.annotation, descriptor.parameter_info
    has_many = option.multiple or option.nargs == -1
    if value is None:
        return () if has_many else None
    if info.parser is not None:
        raise _NotPlainError
    if not has_many:
        return _one(kind, info, value)
    if get_origin(kind) is not list or not isinstance(value, (list, tuple)):
        raise _NotPlainError
    (inner,) = get_args(kind)
    return [_one(inner, info, item) for item in value]


def _one(kind: Any, info: Any, value: Any) -> Any:
    if kind is str and type(value) is str:
        return value
    if kind is int:
        return _whole(info, value)
    if kind is Path and type(value) is str and _asks_nothing(info):
        return _path(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _choice(kind, value)
    raise _NotPlainError


def _whole(info: Any, value: Any) -> int:
    if type(value) is str and value.isascii() and value.isdecimal() and len(value) < 10:
        value = int(value)
    least, most = info.min, info.max
    is_within = (
        type(value) is int and (least is None or value >= least) and (most is None or value <= most)
    )
    if not is_within:
        raise _NotPlainError
    return int(value)


def _asks_nothing(info: Any) -> bool:
    """Whether any path will do that can be read or is not there."""
    asked = info.exists or info.writable or info.resolve_path or info.allow_dash
    return info.path_type is None and info.file_okay and info.dir_okay and not asked


def _path(value: str) -> Path:
    if "\0" in value or not (os.access(value, os.R_OK) or not Path(value).exists()):
        raise _NotPlainError
    return Path(value)


def _choice(kind: type[Enum], value: Any) -> Enum:
    for choice in kind:
        if value is choice or (type(value) is str and choice.value == value):
            return choice
    raise _NotPlainError
