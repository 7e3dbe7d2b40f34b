"""The corpus: tasks and phrases read from data files, and the tasks composed of phrases.

A task says what to compute, with its solution as source text; ``tasks.toml`` holds the tasks
written by hand and ``phrases.toml`` the conditions and questions of composed ones. A model that
has seen most combinations of phrases has to take a statement apart instead of remembering it.
Does not write statements (``problems``) or draw inputs (``inputs``).
"""

import ast
import functools
import textwrap
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import product
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicTask:
    """One thing to compute."""

    name: str
    statements: tuple[str, ...]
    """Ways to ask for the answer, each at least one complete sentence."""
    parameters: tuple[str, ...]
    """Names of the solution's arguments; they determine the input."""
    body: str
    """The solution as the body of a function, without indentation."""
    expression: str | None
    """The solution as one expression, if there is one."""
    steps: tuple[str, str] | None
    """The solution as the lines of a program and an expression for the result, if possible."""
    returns_list: bool
    """Whether the answer is a list, which is printed on one line."""
    function: Callable[..., Any]
    """Computes the answer from the arguments."""

    @property
    def source(self) -> str:
        """The solution as a function."""
        head = f"def {self.name}({', '.join(self.parameters)}):\n"
        return head + textwrap.indent(self.body, "    ")


@functools.cache
def read_data(name: str) -> dict[str, Any]:
    """Read a data file of this package.

    Args:
        name: The file's name without ``.toml``.
    """
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def asked_elsewhere() -> frozenset[str]:
    """Return the tasks that HumanEval also asks, in other words; no model is trained on them."""
    return frozenset(read_data("tasks")["asked_elsewhere"])


@functools.cache
def tasks() -> tuple[BasicTask, ...]:
    """Return the tasks written by hand, in the order of the file."""
    return tuple(map(_written_task, read_data("tasks")["tasks"]))


@functools.cache
def composed_tasks() -> tuple[BasicTask, ...]:
    """Return the composed tasks, always in the same order."""
    return tuple(_combinations())


def _written_task(entry: dict[str, Any]) -> BasicTask:
    body, parameters = entry["solution"], tuple(entry["parameters"])
    (definition,) = ast.parse(f"def solution():\n{textwrap.indent(body, '    ')}").body
    assert isinstance(definition, ast.FunctionDef)
    only_returns = len(definition.body) == 1 and isinstance(definition.body[0], ast.Return)
    expression = body.removeprefix("return ") if only_returns else None
    return BasicTask(
        name=entry["name"],
        statements=tuple(entry["statements"]),
        parameters=parameters,
        body=body,
        expression=expression,
        steps=_steps(definition.body),
        returns_list=entry.get("returns_list", False),
        function=_compiled(parameters, body),
    )


def _steps(statements: list[ast.stmt]) -> tuple[str, str] | None:
    """Split a function's body before its result, if it returns only at its end."""
    *before, last = statements
    returns = sum(isinstance(node, ast.Return) for one in statements for node in ast.walk(one))
    if not before or returns != 1 or not isinstance(last, ast.Return) or last.value is None:
        return None
    return "\n".join(map(ast.unparse, before)), ast.unparse(last.value)


def _combinations() -> Iterator[BasicTask]:
    for group in read_data("phrases")["groups"]:
        for condition, question in product(group["conditions"], group["questions"]):
            parameters = tuple(condition.get("parameters", group["parameters"]))
            yield _composed_task(question, condition, parameters)
            if group.get("up_to_n"):
                yield _up_to_n(question, condition)
            if question.get("names"):
                yield _about_names(question, condition)


def _up_to_n(question: dict[str, Any], condition: dict[str, Any]) -> BasicTask:
    """Compose a task about the range from 1 to n from phrases about the range from a to b."""
    replaced = {
        "from a to b": "from 1 to n",
        "between a and b": "between 1 and n",
        "range(a, b + 1)": "range(1, n + 1)",
    }
    return _composed_task(question, condition, ("n",), prefix="up_to_n_", replaced=replaced)


def _about_names(question: dict[str, Any], condition: dict[str, Any]) -> BasicTask:
    """Compose a task about names, one on each line, from phrases about words."""
    question = question | {
        "statements": [one.replace("NOUN", "name") for one in question["statements"]]
    }
    return _composed_task(
        question, condition, ("names",), prefix="names_", replaced={"words": "names"}
    )


def _composed_task(
    question: dict[str, Any],
    condition: dict[str, Any],
    parameters: tuple[str, ...],
    *,
    prefix: str = "",
    replaced: dict[str, str] | None = None,
) -> BasicTask:
    def compose(text: str, which: str = "") -> str:
        text = text.replace("CONDITION", condition["code"])
        text = text.replace("WHICH", which).replace("NOUN", "word")
        for old, new in (replaced or {}).items():
            text = text.replace(old, new)
        return text

    lines, _, result = compose(question["steps"]).rpartition("\n")
    expression = compose(question["expression"])
    return BasicTask(
        name=f"{prefix}{question['name']}_{condition['name']}",
        statements=tuple(
            compose(statement, which)
            for statement in question["statements"]
            for which in condition["words"]
        ),
        parameters=parameters,
        body=f"{lines}\nreturn {result}",
        expression=expression,
        steps=(lines, result),
        returns_list=question.get("returns_list", False),
        function=_compiled(parameters, f"return {expression}"),
    )


def _compiled(parameters: tuple[str, ...], body: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {}
    source = f"def solution({', '.join(parameters)}):\n{textwrap.indent(body, '    ')}"
    exec(source, namespace)  # noqa: S102 - only source text of this package is compiled
    function: Callable[..., Any] = namespace["solution"]
    return function
