"""The inputs a task can have: how to draw them and write them as lines.

``wordings.toml`` holds how statements describe an input and how programs read it.
"""

import functools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gptcc_cli.training.basics.corpus import read_data


@dataclass(frozen=True, slots=True, kw_only=True)
class InputShape:
    """One kind of input."""

    wordings: tuple[str, ...]
    """Descriptions for a statement."""
    programs: tuple[str, ...]
    """Ways to read it, each a number of program lines."""
    draw: Callable[[random.Random], tuple[Any, ...]]
    """Draws the arguments of a task."""
    write: Callable[..., str]
    """Writes arguments as the lines of an input, without a final newline."""
    repeats: bool
    """Whether several can follow each other as test cases."""


@functools.cache
def input_shapes() -> Mapping[tuple[str, ...], InputShape]:
    """Return the kinds of input by the parameters of a task."""
    shapes = {}
    for entry in read_data("wordings")["inputs"]:
        parameters = tuple(entry["parameters"])
        draw, write = _ARGUMENTS[parameters]
        shapes[parameters] = InputShape(
            wordings=tuple(entry["wordings"]),
            programs=tuple(entry["programs"]),
            draw=draw,
            write=write,
            repeats=entry.get("repeats", True),
        )
    return MappingProxyType(shapes)


def _line(*values: object) -> str:
    return " ".join(map(str, values))


def _small(rng: random.Random) -> int:
    return rng.choice([rng.randint(1, 9), rng.randint(1, 40), rng.randint(10, 400)])


def _list(rng: random.Random) -> list[int]:
    low = rng.choice([0, 1, 1, -20])
    high = rng.choice([9, 9, 30, 100])
    return [rng.randint(low, high) for _ in range(rng.randint(2, 9))]


def _words(rng: random.Random, most: int) -> list[str]:
    words = read_data("wordings")["words"]
    return [rng.choice(words) for _ in range(rng.randint(1, most))]


def _text(rng: random.Random) -> str:
    letters = rng.choice(["abc", "abcdefghijklmnopqrstuvwxyz", "aAbBcCdDeE", "01", "ab12XY"])
    if rng.random() < 0.5:
        word: str = rng.choice(read_data("wordings")["words"])
        return word.capitalize() if rng.random() < 0.3 else word
    return "".join(rng.choice(letters) for _ in range(rng.randint(1, 12)))


def _two_texts(rng: random.Random) -> tuple[str, str]:
    s = _text(rng)
    # The second is often related to the first, so that a question about both has both answers.
    letters = list(s)
    rng.shuffle(letters)
    related = ["".join(letters), s[::-1], s, s[:2], _text(rng), _text(rng)]
    return s, rng.choice(related) or "a"


def _counted(values: Any) -> tuple[int, Any]:
    return len(values), values


def _list_and_k(rng: random.Random) -> tuple[int, int, list[int]]:
    a = _list(rng)
    return len(a), rng.randint(1, len(a)), a


def _moves(rng: random.Random) -> str:
    return "".join(rng.choice("RGUD") for _ in range(rng.randint(1, 9)))


def _pairs(rng: random.Random) -> list[list[int]]:
    return [[rng.randint(0, 12), rng.randint(0, 12)] for _ in range(rng.randint(2, 5))]


def _rows(rng: random.Random) -> list[str]:
    width = rng.randint(2, 6)
    return ["".join(rng.choice("..#*") for _ in range(width)) for _ in range(rng.randint(2, 5))]


def _table(rng: random.Random) -> list[list[int]]:
    width = rng.randint(2, 4)
    return [[rng.randint(0, 20) for _ in range(width)] for _ in range(rng.randint(2, 4))]


_ARGUMENTS: dict[
    tuple[str, ...], tuple[Callable[[random.Random], tuple[Any, ...]], Callable[..., str]]
] = {
    ("n",): (lambda rng: (_small(rng),), str),
    ("a", "b"): (lambda rng: (_small(rng), _small(rng)), _line),
    ("x", "y", "z"): (lambda rng: (_small(rng), _small(rng), _small(rng)), _line),
    ("n", "a"): (lambda rng: _counted(_list(rng)), lambda n, a: f"{n}\n{_line(*a)}"),
    ("n", "k", "a"): (_list_and_k, lambda n, k, a: f"{n} {k}\n{_line(*a)}"),
    ("a",): (lambda rng: (_list(rng),), lambda a: _line(*a)),
    ("s",): (lambda rng: (_text(rng),), str),
    ("s", "t"): (_two_texts, lambda s, t: f"{s}\n{t}"),
    ("words",): (lambda rng: (_words(rng, 6),), lambda words: _line(*words)),
    ("names",): (
        lambda rng: (_words(rng, 5),),
        lambda names: "\n".join([str(len(names)), *names]),
    ),
    ("n", "s"): (lambda rng: _counted(_moves(rng)), lambda n, s: f"{n}\n{s}"),
    ("pairs",): (
        lambda rng: (_pairs(rng),),
        lambda pairs: "\n".join([str(len(pairs)), *(_line(*one) for one in pairs)]),
    ),
    ("rows",): (
        lambda rng: (_rows(rng),),
        lambda rows: "\n".join([f"{len(rows)} {len(rows[0])}", *rows]),
    ),
    ("table",): (
        lambda rng: (_table(rng),),
        lambda table: "\n".join([f"{len(table)} {len(table[0])}", *(_line(*row) for row in table)]),
    ),
    ("numbers",): (
        lambda rng: (_list(rng),),
        lambda numbers: "\n".join(map(str, numbers)),
    ),
}
