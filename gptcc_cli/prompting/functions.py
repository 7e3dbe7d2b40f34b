"""Starter code as a model likes to go on from it: a function whose docstring is the statement.

Pure. Reads starter code by eye, because it seldom parses. The docstring is only shown: the
program begins with the starter code alone. Where a statement names a function and brings no code,
its samples say how many arguments it takes.
"""

import re
from collections.abc import Iterable

from gptcc_cli.problem import Json, Mode, Problem

_STUB = re.compile(r"\s*(pass|\.\.\.|#.*|return)?\s*")
_QUOTES = re.compile(r"\"\"\"|'''")
_EMPTY_FENCE = re.compile(r"^```\w*\s*```\n?", re.MULTILINE)
_NAMES = {
    "text": ("s", "t", "u", "v"),
    "number": ("n", "m", "k", "x"),
    "numbers": ("numbers", "others", "values", "weights"),
    "words": ("words", "names", "keys", "texts"),
    "anything": ("a", "b", "c", "d"),
}


def starter_of(problem: Problem) -> str:
    """Return the code a solution starts from; the samples give it where the statement does not.

    Empty: nobody knows. The copy of APPS on the hub has one newline too many before it.
    """
    if problem.starter_code or problem.mode is not Mode.CALL or problem.entry_point is None:
        return problem.starter_code.removeprefix("\n")
    calls = [one.input for one in problem.trusted_samples if isinstance(one.input, tuple)]
    if not calls or len({len(arguments) for arguments in calls}) != 1:
        return ""
    return f"def {problem.entry_point}({', '.join(_parameters(calls[0]))}):\n    "


def head_of(starter: str) -> str:
    """Return starter code up to where a solver goes on, without blanks at its end.

    A model goes on better from the end of a line than from inside its indentation, and a
    ``pass`` or a comment that stands for the answer is not to be gone on from.
    """
    lines = starter.rstrip().split("\n")
    while len(lines) > 1 and _STUB.fullmatch(lines[-1]):
        lines.pop()
    return "\n".join(lines).rstrip()


def indent_of(starter: str) -> str:
    """Return the indentation of the line that goes on from starter code."""
    head = head_of(starter)
    last = head.rpartition("\n")[2]
    indent = last[: len(last) - len(last.lstrip())]
    if not last.endswith(":"):
        return indent or "    "
    return indent + ("\t" if "\t" in indent or starter.endswith("\t") else "    ")


def function_of(starter: str, statement: str) -> str:
    """Return starter code with a statement as its docstring, unless it has a docstring already.

    Where the statement ends with the starter code, the docstring goes without it: a model takes
    the closing quotes after a ``def`` line for opening ones.

    Args:
        starter: the code.
        statement: shortened where it did not fit.
    """
    head = head_of(starter)
    if not head.endswith(":"):
        return head
    indent = indent_of(starter)
    task = _without(starter.strip(), head.strip(), statement).strip()
    shown = f'"""{_QUOTES.sub("`", task)}\n"""'
    lines = (indent + line if line.strip() else "" for line in shown.split("\n"))
    return "\n".join((head, *lines))


def _without(starter: str, head: str, statement: str) -> str:
    for code in (starter, head):
        if code in statement:
            return _EMPTY_FENCE.sub("", statement.replace(code, ""))
    return statement


def _parameters(arguments: Iterable[Json]) -> list[str]:
    names: list[str] = []
    for argument in arguments:
        free = [name for name in _NAMES[_kind(argument)] if name not in names]
        names.append(free[0] if free else f"a{len(names)}")
    return names


def _kind(argument: Json) -> str:
    if isinstance(argument, str):
        return "text"
    if isinstance(argument, int | float) and not isinstance(argument, bool):
        return "number"
    if isinstance(argument, list) and argument:
        kinds = {_kind(item) for item in argument}
        return {"text": "words", "number": "numbers"}.get(kinds.pop(), "anything")
    return "anything"
