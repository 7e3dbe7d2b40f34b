"""A task -> a problem that asks for a function, in one of the usual forms."""

import copy
import random
import re
import textwrap
from typing import Any

from gptcc_cli.problem import IOTest
from gptcc_cli.training.basics.shapes import SHAPES
from gptcc_cli.training.basics.task import BasicTask
from gptcc_cli.training.problems import TrainingProblem

_N_TESTS = 5
_TYPES = {"a": "List[int]", "s": "str", "t": "str", "words": "List[str]", "names": "List[str]"}
_TYPES |= {"rows": "List[str]", "table": "List[List[int]]", "pairs": "List[List[int]]"}
_PRINTED = re.compile(r"\bline|\bspace|separated")


def can_be_function(task: BasicTask) -> bool:
    """Whether a task can be asked as a function: one that says how to print can't."""
    return task.parameters != ("numbers",) and bool(_wordings(task))


def write_function_problem(task: BasicTask, rng: random.Random, *, id: str) -> TrainingProblem:
    """Write one problem that asks for a function.

    Args:
        task: what to compute.
        rng: draws wording, form, examples and tests.
        id: the problem's.
    """
    body = _body(task, rng)
    parameters = tuple(
        name for name in task.parameters if name != "n" or re.search(r"\bn\b", body)
    ) or ("n",)
    drawn = [SHAPES[task.parameters].make(rng) for _ in range(_N_TESTS)]
    cases = []
    for arguments in drawn:
        values = dict(zip(task.parameters, copy.deepcopy(arguments), strict=True))
        cases.append((tuple(values[p] for p in parameters), task.function(*arguments)))
    ask = re.sub(r"\b[Pp]rint\b", _returned, rng.choice(_wordings(task)))
    form = rng.choice((_docstring, _docstring, _class, _plain))
    statement, starter, name, depth = form(task, parameters, ask, cases, rng)
    head = starter.rstrip()
    tests = tuple(
        IOTest(name=f"test {number}", input=given, expected=expected)
        for number, (given, expected) in enumerate(cases, 1)
    )
    return TrainingProblem(
        id=id,
        statement=statement,
        solutions=(f"{head}\n{textwrap.indent(body, '    ' * depth)}\n",),
        starter_code=starter,
        entry_point=name,
        tests=tests,
        split="train",
        origin="basics",
    )


def _wordings(task: BasicTask) -> list[str]:
    return [one for one in task.wordings if not _PRINTED.search(one)]


def _returned(found: re.Match[str]) -> str:
    return "Return" if found[0] == "Print" else "return"


def _body(task: BasicTask, rng: random.Random) -> str:
    if task.expression is not None and (task.steps is None or rng.random() < 0.5):
        return f"return {task.expression}"
    if task.steps is not None:
        return f"{task.steps[0]}\nreturn {task.steps[1]}"
    return textwrap.dedent(task.source.partition(":\n")[2])


def _docstring(
    task: BasicTask, parameters: tuple[str, ...], ask: str, cases: list[Any], rng: random.Random
) -> tuple[str, str, str, int]:
    typed = rng.random() < 0.5
    shown = "".join(
        f"    >>> {task.name}({', '.join(map(repr, given))})\n    {answer!r}\n"
        for given, answer in cases[: rng.choice([1, 2])]
    )
    ask = textwrap.fill(ask, 80).replace("\n", "\n    ")
    imports = "from typing import List\n\n\n" if typed and "a" in parameters else ""
    head = f"def {task.name}({_arguments(parameters, typed)}){_result(cases, typed)}:"
    text = f'{imports}{head}\n    """ {ask}\n{shown}    """\n'
    return text, text, task.name, 1


def _class(
    task: BasicTask, parameters: tuple[str, ...], ask: str, cases: list[Any], rng: random.Random
) -> tuple[str, str, str, int]:
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
    return "\n\n".join(parts), starter, name, 2


def _plain(
    task: BasicTask, parameters: tuple[str, ...], ask: str, cases: list[Any], rng: random.Random
) -> tuple[str, str, str, int]:
    arrow = rng.choice(["should return", "=>", "=="])
    shown = "\n".join(
        f"{task.name}({', '.join(map(repr, given))}) {arrow} {answer!r}"
        for given, answer in cases[:2]
    )
    return f"{ask}\n\n{shown}", f"def {task.name}({', '.join(parameters)}):\n    ", task.name, 1


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
