"""Seconds, bytes and lists as people write them on a command line."""

import re

import typer

from gptcc_cli.errors import UsageError

_SECONDS = {"": 1.0, "s": 1.0, "ms": 1e-3, "m": 60.0, "min": 60.0, "h": 3600.0}
_DAYS = {"d": 1, "w": 7}
_BYTES = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_NUMBER = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-zA-Z]*)\s*")


def seconds(text: str | float) -> float:
    """Read ``2``, ``2s``, ``500ms``, ``1.5m`` or ``1h`` as seconds above 0.

    Raises:
        typer.BadParameter: it is not a time, or not above 0.
    """
    number, unit = _split(str(text), "a time such as 2, 500ms or 1m")
    if unit not in _SECONDS or number <= 0:
        raise typer.BadParameter(f"{text!r} is not a time above 0, such as 2, 500ms or 1m")
    return number * _SECONDS[unit]


def age(text: str | float) -> float:
    """Read ``30d``, ``2w``, ``12h`` or any time of ``seconds`` as seconds above 0.

    Raises:
        typer.BadParameter: it is not a time, or not above 0.
    """
    number, unit = _split(str(text), "a time such as 30d, 2w or 12h")
    if unit in _DAYS and number > 0:
        return number * _DAYS[unit] * 86400
    return seconds(text)


def size(text: str | int) -> int:
    """Read ``256MB``, ``1GiB``, ``64k`` or a plain number as bytes above 0 (powers of 1024).

    Raises:
        typer.BadParameter: it is not a size, or not above 0.
    """
    number, unit = _split(str(text), "a size such as 256MB or 1GB")
    short = unit.removesuffix("b").removesuffix("i") if unit != "b" else unit
    if short not in _BYTES or number <= 0:
        raise typer.BadParameter(f"{text!r} is not a size above 0, such as 256MB or 1GB")
    return int(number * _BYTES[short])


def temperatures(text: str) -> tuple[float, ...]:
    """Read ``0.8`` or ``0.2,0.6,0.8`` as temperatures from 0 to 5.

    Raises:
        UsageError: a part is not such a number.
    """
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = (-1.0,)
    if not all(0 <= value <= 5 for value in values):
        raise UsageError(
            f"--temperature {text!r} is not a list of numbers from 0 to 5",
            hint="write one, or several with commas: --temperature 0.2,0.8",
        )
    return values


def _split(text: str, wanted: str) -> tuple[float, str]:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise typer.BadParameter(f"{text!r} is not {wanted}")
    return float(match[1]), match[2].lower()
