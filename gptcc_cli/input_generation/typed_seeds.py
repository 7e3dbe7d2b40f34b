"""Type hints -> arguments to begin with, for a function that has no samples.

Covers numbers, truth values, texts, and lists of such at any depth. A parameter without a hint,
or of another type, leaves the problem without seeds: nothing is guessed.
"""

import ast
import re
from typing import Final

from gptcc_cli.problem import Json, Mode, Problem

_SEEDS: Final[dict[str, tuple[Json, ...]]] = {
    "int": (3, 10, 2, 7),
    "float": (0.5, 3.0, 2.25, 10.0),
    "bool": (True, False, True, False),
    "str": ("abc", "Hello World", "level", "a1"),
}
_LISTS: Final = frozenset({"list", "List", "Sequence", "Iterable", "Collection"})
_LENGTHS: Final = (3, 5, 1, 4)
N_SEEDS: Final = 4


def typed_seeds(problem: Problem) -> tuple[tuple[Json, ...], ...]:
    """Return arguments that fit the hints of the function to write; none where hints lack."""
    hints = _hints(problem)
    if not hints:
        return ()
    seeds = []
    for number in range(N_SEEDS):
        arguments = [_value(hint, number) for hint in hints]
        if any(value is None for value in arguments):
            return ()
        seeds.append(tuple(arguments))
    return tuple(seeds)


def _hints(problem: Problem) -> list[ast.expr | None]:
    """The hints of the positional parameters, ``self`` left out."""
    if problem.mode is not Mode.CALL or problem.entry_point is None:
        return []
    head = re.search(
        rf"def\s+{re.escape(problem.entry_point)}\s*\([^)]{{0,400}}\)[^:\n]{{0,80}}:",
        problem.starter_code or problem.statement,
    )
    try:
        (function,) = ast.parse(f"{head[0]} pass" if head else "").body
    except (SyntaxError, ValueError):
        return []
    assert isinstance(function, ast.FunctionDef)
    parameters = [one for one in function.args.args if one.arg not in ("self", "cls")]
    return [one.annotation for one in parameters]


def _value(hint: ast.expr | None, number: int) -> Json:
    """The value of a seed for a hint; ``None``: there is none for such a type."""
    if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
        return _value(_parsed(hint.value), number)
    if isinstance(hint, ast.Name):
        return _SEEDS.get(hint.id, (None,) * N_SEEDS)[number % N_SEEDS]
    if not (isinstance(hint, ast.Subscript) and isinstance(hint.value, ast.Name)):
        return None
    if hint.value.id == "Optional":
        return _value(hint.slice, number)
    if hint.value.id not in _LISTS:
        return None
    items = [_value(hint.slice, number + place) for place in range(_LENGTHS[number % N_SEEDS])]
    return None if any(item is None for item in items) else items


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
