"""A task and random numbers -> a problem that asks for a function, with its solution and tests."""

import copy
import random
import re
import textwrap
from dataclasses import dataclass
from typing import Any

from gptcc_cli.problem import IOTest
from gptcc_cli.training.basics.corpus import BasicTask
from gptcc_cli.training.basics.inputs import input_shapes
from gptcc_cli.training.problems import TrainingProblem

_N_TESTS = 5
_TYPES = {"a": "List[int]", "s": "str", "t": "str", "words": "List[str]", "names": "List[str]"}
_TYPES |= {"rows": "List[str]", "table": "List[List[int]]", "pairs": "List[List[int]]"}
_ABOUT_PRINTING = re.compile(r"\bline|\bspace|separated")


def can_be_function(task: BasicTask) -> bool:
    """Return whether a task can ask for a function: not if it is about how to print."""
    return task.parameters != ("numbers",) and bool(_statements(task))


def write_function_problem(task: BasicTask, rng: random.Random, *, id: str) -> TrainingProblem:
    """Write one problem that asks for a function.

    Args:
        task: What to compute.
        rng: Draws the wording, form, examples and tests.
        id: The problem's ID.
    """
    body = _body(task, rng)
    parameters = tuple(
        name for name in task.parameters if name != "n" or re.search(r"\bn\b", body)
    ) or ("n",)
    cases = []
    for arguments in [input_shapes()[task.parameters].draw(rng) for _ in range(_N_TESTS)]:
        values = dict(zip(task.parameters, copy.deepcopy(arguments), strict=True))
        cases.append((tuple(values[p] for p in parameters), task.function(*arguments)))
    ask = re.sub(r"\b([Pp])rint\b", _returned, rng.choice(_statements(task)))
    write = rng.choice((_docstring, _docstring, _method, _bare))
    form = write(task, parameters, ask, cases, rng)
    return TrainingProblem(
        id=id,
        statement=form.statement,
        solutions=(
            f"{form.starter_code.rstrip()}\n{textwrap.indent(body, '    ' * form.depth)}\n",
        ),
        starter_code=form.starter_code,
        entry_point=form.entry_point,
        tests=tuple(
            IOTest(name=f"test {number}", input=given, expected=expected)
            for number, (given, expected) in enumerate(cases, 1)
        ),
        split="train",
        origin="basics",
    )


@dataclass(frozen=True, slots=True)
class _FunctionForm:
    statement: str
    starter_code: str
    entry_point: str
    depth: int
    """Levels by which the function's body is indented."""


def _statements(task: BasicTask) -> list[str]:
    return [one for one in task.statements if not _ABOUT_PRINTING.search(one)]


def _returned(found: re.Match[str]) -> str:
    return "Return" if found[1] == "P" else "return"


def _body(task: BasicTask, rng: random.Random) -> str:
    if task.expression is not None and (task.steps is None or rng.random() < 0.5):
        return f"return {task.expression}"
    if task.steps is not None:
        return f"{task.steps[0]}\nreturn {task.steps[1]}"
    return task.body


def _docstring(
    task: BasicTask, parameters: tuple[str, ...], ask: str, cases: list[Any], rng: random.Random
) -> _FunctionForm:
    typed = rng.random() < 0.5
    shown = "".join(
        f"    >>> {task.name}({', '.join(map(repr, given))})\n    {answer!r}\n"
        for given, answer in cases[: rng.choice([1, 2])]
    )
    ask = textwrap.fill(ask, 80).replace("\n", "\n    ")
    imports = "from typing import List\n\n\n" if typed and "a" in parameters else ""
    head = f"def {task.name}({_arguments(parameters, typed)}){_result(cases, typed)}:"
    text = f'{imports}{head}\n    """ {ask}\n{shown}    """\n'
    return _FunctionForm(text, text, task.name, 1)


def _method(
    task: BasicTask, parameters: tuple[str, ...], ask: str, cases: list[Any], rng: random.Random
) -> _FunctionForm:
    first, *others = task.name.split("_")
    name = first + "".join(map(str.capitalize, others))
    parts = [ask]
    for number, (given, answer) in enumerate(cases[: rng.choice([1, 2])], 1):
        values = ", ".join(f"{p} = {_json(v)}" for p, v in zip(parameters, given, strict=True))
        parts.append(f"Example {number}:\n\nInput: {values}\nOutput: {_json(answer)}")
    starter = (
        f"class Solution:\n    def {name}(self, {_arguments(parameters, True)})"
        f"{_result(cases, True)}:\n        "
    )
    return _FunctionForm("\n\n".join(parts), starter, name, 2)


def _bare(
    task: BasicTask, parameters: tuple[str, ...], ask: str, cases: list[Any], rng: random.Random
) -> _FunctionForm:
    arrow = rng.choice(["should return", "=>", "=="])
    shown = "\n".join(
        f"{task.name}({', '.join(map(repr, given))}) {arrow} {answer!r}"
        for given, answer in cases[:2]
    )
    starter = f"def {task.name}({', '.join(parameters)}):\n    "
    return _FunctionForm(f"{ask}\n\n{shown}", starter, task.name, 1)


def _arguments(parameters: tuple[str, ...], typed: bool) -> str:
    if not typed:
        return ", ".join(parameters)
    return ", ".join(
        f"{name}: {'int' if name == 'a' and 'b' in parameters else _TYPES.get(name, 'int')}"
        for name in parameters
    )


def _result(cases: list[Any], typed: bool) -> str:
    answer = cases[0][1]
    if not typed:
        return ""
    if isinstance(answer, list):
        return " -> List[str]" if answer and isinstance(answer[0], str) else " -> List[int]"
    return f" -> {type(answer).__name__}"


def _json(value: Any) -> str:
    return repr(value).replace("'", '"')
