"""Starter code in the shape that models continue best: a function with the statement as docstring.

Pure. Starter code seldom parses, so it is read line by line. The docstring is only in the prompt:
the program starts with the starter code alone. If a statement names a function without code, its
samples give the number of arguments.
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
    """Return the code that a solution starts from, if necessary made from the samples.

    Empty if unknown. The hub's copy of APPS has an extra newline before it.
    """
    if problem.starter_code or problem.mode is not Mode.CALL or problem.entry_point is None:
        return problem.starter_code.removeprefix("\n")
    calls = [one.input for one in problem.trusted_samples if isinstance(one.input, tuple)]
    if not calls or len({len(arguments) for arguments in calls}) != 1:
        return ""
    return f"def {problem.entry_point}({', '.join(_parameters(calls[0]))}):\n    "


def head_of(starter: str) -> str:
    """Return starter code without a placeholder for the answer and trailing whitespace.

    Models continue better from the end of a line than from inside an indentation.
    """
    lines = starter.rstrip().split("\n")
    while len(lines) > 1 and _STUB.fullmatch(lines[-1]):
        lines.pop()
    return "\n".join(lines).rstrip()


def indent_of(starter: str) -> str:
    """Return the indentation of the line after starter code."""
    head = head_of(starter)
    last = head.rpartition("\n")[2]
    indent = last[: len(last) - len(last.lstrip())]
    if not last.endswith(":"):
        return indent or "    "
    return indent + ("\t" if "\t" in indent or starter.endswith("\t") else "    ")


def function_of(starter: str, statement: str) -> str:
    """Return starter code with a statement as its docstring, unless it has a docstring already.

    A copy of the starter code is removed from the statement: models take the closing quotes after
    a ``def`` line for opening ones.

    Args:
        starter: the code.
        statement: possibly shortened.
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
