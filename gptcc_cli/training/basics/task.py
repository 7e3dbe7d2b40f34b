"""A task: a plain function that is both the solution's source and the giver of answers."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

Answer = int | str | list[int] | list[str]
"""What a task returns. A list is printed on one line, separated by spaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicTask:
    """One thing to compute."""

    name: str
    wordings: tuple[str, ...]
    """Ways to ask for it; each a complete sentence or more."""
    parameters: tuple[str, ...]
    """Names of its arguments; ``shapes`` knows what input gives them."""
    function: Callable[..., Any]
    source: str
    """The function's own source, without decorator."""
    expression: str | None
    """What it returns, where that is all it does."""
    returns_list: bool
    steps: tuple[str, str] | None = None
    """The same without a function: lines, and the expression that is the result after them."""


def task(*wordings: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a function as a task.

    Args:
        wordings: ways to ask for what it returns.
    """

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.__dict__["wordings"] = wordings
        return function

    return mark


def tasks_of(module: ModuleType) -> Iterable[BasicTask]:
    """The tasks that a module defines, in its order."""
    text = inspect.getsource(module)
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            function = getattr(module, node.name)
            if "wordings" in function.__dict__:
                yield _task(node, text, function)


def _task(node: ast.FunctionDef, text: str, function: Callable[..., Any]) -> BasicTask:
    source = textwrap.dedent(ast.get_source_segment(text, node) or "")
    only = node.body[0] if len(node.body) == 1 else None
    value = only.value if isinstance(only, ast.Return) else None
    returns = ast.unparse(node.returns) if node.returns is not None else ""
    return BasicTask(
        name=node.name,
        wordings=function.__dict__["wordings"],
        parameters=tuple(argument.arg for argument in node.args.args),
        function=function,
        source=_without_annotations(source),
        expression=ast.get_source_segment(text, value) if value is not None else None,
        returns_list=returns.startswith("list"),
        steps=_steps(node),
    )


def _steps(node: ast.FunctionDef) -> tuple[str, str] | None:
    """The body as lines of a program, if it returns at its end alone."""
    last = node.body[-1]
    returns = sum(isinstance(one, ast.Return) for one in ast.walk(node))
    if returns != 1 or not isinstance(last, ast.Return) or last.value is None:
        return None
    if len(node.body) == 1:
        return None
    lines = "\n".join(ast.unparse(one) for one in node.body[:-1])
    return lines, ast.unparse(last.value)


def _without_annotations(source: str) -> str:
    # Programs for judges are written without them.
    head, newline, body = source.partition(":\n")
    name, _, _ = head.partition("(")
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    return f"{name}({', '.join(one.arg for one in node.args.args)}){newline and ':'}\n{body}"
