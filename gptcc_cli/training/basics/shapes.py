"""The inputs a task can have: how they are described, made, and read by a program."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_WORDS = (
    "river", "stone", "apple", "cloud", "green", "table", "seven", "light", "music", "paper",
    "horse", "night", "window", "garden", "silver", "market", "winter", "bread", "candle",
    "forest", "engine", "purple", "island", "ladder", "rocket",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class InputShape:
    """One kind of input."""

    wordings: tuple[str, ...]
    """How a statement describes it."""
    reading: tuple[str, ...]
    """Program lines that read it, each wording of them a whole."""
    make: Callable[[random.Random], tuple[Any, ...]]
    """Draws arguments."""
    write: Callable[..., str]
    """Arguments as the lines of an input, without a final newline."""
    repeats: bool = True
    """Whether several can follow each other as test cases."""


def _line(*values: object) -> str:
    return " ".join(map(str, values))


def _small(rng: random.Random) -> int:
    return rng.choice([rng.randint(1, 9), rng.randint(1, 40), rng.randint(10, 400)])


def _list(rng: random.Random) -> list[int]:
    low = rng.choice([0, 1, 1, -20])
    high = rng.choice([9, 9, 30, 100])
    return [rng.randint(low, high) for _ in range(rng.randint(2, 9))]


def _text(rng: random.Random) -> str:
    letters = rng.choice(["abc", "abcdefghijklmnopqrstuvwxyz", "aAbBcCdDeE", "01", "ab12XY"])
    if rng.random() < 0.5:
        word = rng.choice(_WORDS)
        return word.capitalize() if rng.random() < 0.3 else word
    return "".join(rng.choice(letters) for _ in range(rng.randint(1, 12)))


def _rows(rng: random.Random) -> list[str]:
    width = rng.randint(2, 6)
    return ["".join(rng.choice("..#*") for _ in range(width)) for _ in range(rng.randint(2, 5))]


def _table(rng: random.Random) -> list[list[int]]:
    width = rng.randint(2, 4)
    return [[rng.randint(0, 20) for _ in range(width)] for _ in range(rng.randint(2, 4))]


SHAPES: Mapping[tuple[str, ...], InputShape] = MappingProxyType(
    {
        ("n",): InputShape(
            wordings=(
                "A single integer n.",
                "The only line contains one integer n (1 <= n <= 400).",
                "The input is one integer n.",
                "The first and only line has a single integer n.",
            ),
            reading=("n = int(input())",),
            make=lambda rng: (_small(rng),),
            write=str,
        ),
        ("a", "b"): InputShape(
            wordings=(
                "Two integers a and b on one line.",
                "The only line contains two integers a and b, separated by a space.",
                "The first line contains two space-separated integers a, b (1 <= a, b <= 400).",
            ),
            reading=("a, b = map(int, input().split())",),
            make=lambda rng: (_small(rng), _small(rng)),
            write=_line,
        ),
        ("x", "y", "z"): InputShape(
            wordings=("Three integers x, y and z on one line.",),
            reading=("x, y, z = map(int, input().split())",),
            make=lambda rng: (_small(rng), _small(rng), _small(rng)),
            write=_line,
        ),
        ("n", "a"): InputShape(
            wordings=(
                "The first line contains an integer n, the number of elements. The second line "
                "contains n integers.",
                "The first line has n. The next line has n space-separated integers a_1, ..., a_n.",
                "Two lines: the number of elements n (2 <= n <= 100), and then the elements a_1, "
                "a_2, ..., a_n.",
            ),
            reading=(
                "n = int(input())\na = list(map(int, input().split()))",
                "n = int(input())\na = [int(x) for x in input().split()]",
            ),
            make=lambda rng: (lambda a: (len(a), a))(_list(rng)),
            write=lambda n, a: f"{n}\n{_line(*a)}",
        ),
        ("n", "k", "a"): InputShape(
            wordings=(
                "The first line contains two integers n and k. The second line contains n "
                "integers.",
                "The first line has n and k (1 <= k <= n). The second line has n space-separated "
                "integers a_1, ..., a_n.",
            ),
            reading=("n, k = map(int, input().split())\na = list(map(int, input().split()))",),
            make=lambda rng: (lambda a: (len(a), rng.randint(1, len(a)), a))(_list(rng)),
            write=lambda n, k, a: f"{n} {k}\n{_line(*a)}",
        ),
        ("a",): InputShape(
            wordings=(
                "One line with integers separated by spaces.",
                "A single line contains a list of integers.",
            ),
            reading=("a = list(map(int, input().split()))",),
            make=lambda rng: (_list(rng),),
            write=lambda a: _line(*a),
        ),
        ("s",): InputShape(
            wordings=(
                "A single line contains a string s.",
                "One line: the string s, without spaces.",
            ),
            reading=("s = input()", "s = input().strip()"),
            make=lambda rng: (_text(rng),),
            write=str,
        ),
        ("s", "t"): InputShape(
            wordings=(
                "The first line contains the string s, the second line the string t.",
                "Two lines: s, then t.",
            ),
            reading=("s = input()\nt = input()",),
            make=lambda rng: (lambda s: (s, _other(rng, s)))(_text(rng)),
            write=lambda s, t: f"{s}\n{t}",
        ),
        ("words",): InputShape(
            wordings=(
                "One line of words separated by spaces.",
                "A single line contains some words.",
            ),
            reading=("words = input().split()",),
            make=lambda rng: ([rng.choice(_WORDS) for _ in range(rng.randint(1, 6))],),
            write=lambda words: _line(*words),
        ),
        ("names",): InputShape(
            wordings=(
                "The first line contains an integer n. Each of the next n lines contains a name.",
            ),
            reading=(
                "n = int(input())\nnames = [input() for _ in range(n)]",
                "n = int(input())\nnames = []\nfor i in range(n):\n    names.append(input())",
            ),
            make=lambda rng: ([rng.choice(_WORDS) for _ in range(rng.randint(1, 5))],),
            write=lambda names: "\n".join([str(len(names)), *names]),
            repeats=False,
        ),
        ("n", "s"): InputShape(
            wordings=(
                "The first line contains an integer n, the length of the string. The second line "
                "contains the string s, made of the letters R, G, U and D.",
                "The first line has n. The second line has a string s of n capital letters.",
            ),
            reading=("n = int(input())\ns = input()",),
            make=lambda rng: (lambda s: (len(s), s))(
                "".join(rng.choice("RGUD") for _ in range(rng.randint(1, 9)))
            ),
            write=lambda n, s: f"{n}\n{s}",
        ),
        ("pairs",): InputShape(
            wordings=(
                "The first line contains an integer n. Each of the next n lines contains two "
                "integers x and y.",
                "The first line has n, the number of lines that follow. Each has two numbers.",
            ),
            reading=(
                "n = int(input())\npairs = [list(map(int, input().split())) for _ in range(n)]",
                "n = int(input())\npairs = []\nfor _ in range(n):\n"
                "    x, y = map(int, input().split())\n    pairs.append((x, y))",
            ),
            make=lambda rng: (
                [[rng.randint(0, 12), rng.randint(0, 12)] for _ in range(rng.randint(2, 5))],
            ),
            write=lambda pairs: "\n".join([str(len(pairs)), *(_line(*one) for one in pairs)]),
            repeats=False,
        ),
        ("rows",): InputShape(
            wordings=(
                "The first line contains the numbers of rows and columns of a grid. The rows "
                "follow, one on each line, made of the characters . # and *.",
            ),
            reading=("r, c = map(int, input().split())\nrows = [input() for _ in range(r)]",),
            make=lambda rng: (_rows(rng),),
            write=lambda rows: "\n".join([f"{len(rows)} {len(rows[0])}", *rows]),
            repeats=False,
        ),
        ("table",): InputShape(
            wordings=(
                "The first line contains two integers r and c. Each of the next r lines contains "
                "c integers.",
            ),
            reading=(
                "r, c = map(int, input().split())\n"
                "table = [list(map(int, input().split())) for _ in range(r)]",
            ),
            make=lambda rng: (_table(rng),),
            write=lambda table: "\n".join(
                [f"{len(table)} {len(table[0])}", *(_line(*row) for row in table)]
            ),
            repeats=False,
        ),
        ("numbers",): InputShape(
            wordings=(
                "Each line contains one integer, until the end of the input.",
                "Integers, one on each line. Read until the input ends.",
            ),
            reading=(
                "import sys\nnumbers = [int(line) for line in sys.stdin]",
                "import sys\nnumbers = list(map(int, sys.stdin.read().split()))",
            ),
            make=lambda rng: (_list(rng),),
            write=lambda numbers: "\n".join(map(str, numbers)),
            repeats=False,
        ),
    }
)
"""Shapes by the names of a task's parameters."""


def _other(rng: random.Random, s: str) -> str:
    # Related to the first often enough that a question about both has both answers.
    letters = list(s)
    rng.shuffle(letters)
    related = ["".join(letters), s[::-1], s, s[:2], _text(rng), _text(rng)]
    return rng.choice(related) or "a"
