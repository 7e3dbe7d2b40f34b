"""A task and random numbers -> a problem, with solutions and tests.

Covers problems about standard input and problems that ask for a function.
"""

import copy
import random
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gptcc_cli.problem import IOTest
from gptcc_cli.training.basics.corpus import BasicTask, read_data
from gptcc_cli.training.basics.inputs import InputShape, input_shapes
from gptcc_cli.training.problems import TrainingProblem

_N_TESTS = 6
_N_FUNCTION_TESTS = 5
_TYPES = {"a": "List[int]", "s": "str", "t": "str", "words": "List[str]", "names": "List[str]"}
_TYPES |= {"rows": "List[str]", "table": "List[List[int]]", "pairs": "List[List[int]]"}
_ABOUT_PRINTING = re.compile(r"\bline|\bspace|separated")


def write_problem(task: BasicTask, rng: random.Random, *, id: str) -> TrainingProblem:
    """Write one problem that is solved by a program.

    Args:
        task: What to compute.
        rng: Draws the wording, layout, samples, tests and style of the solutions.
        id: The problem's ID.
    """
    shape = input_shapes()[task.parameters]
    repeated = shape.repeats and not task.returns_list and rng.random() < 0.3
    reading = rng.choice(shape.programs)
    cases = [_case(task, shape, rng, repeated) for _ in range(_N_TESTS)]
    samples = cases[: rng.choice([1, 1, 2])]
    statement = _statement(task, shape, rng, samples, repeated)
    tests = tuple(
        IOTest(name=f"test {number}", input=given, expected=expected)
        for number, (given, expected) in enumerate(cases, 1)
    )
    return TrainingProblem(
        id=id,
        statement=statement,
        solutions=_solutions(task, reading, repeated, rng),
        tests=tests,
        split="train",
        origin="basics",
    )


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
    for arguments in [input_shapes()[task.parameters].draw(rng) for _ in range(_N_FUNCTION_TESTS)]:
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


def _case(
    task: BasicTask, shape: InputShape, rng: random.Random, repeated: bool
) -> tuple[str, str]:
    drawn = [shape.draw(rng) for _ in range(rng.randint(2, 4) if repeated else 1)]
    head = [str(len(drawn))] if repeated else []
    given = "\n".join([*head, *(shape.write(*arguments) for arguments in drawn)]) + "\n"
    answers = [_printed(task.function(*arguments)) for arguments in drawn]
    return given, "\n".join(answers) + "\n"


def _printed(answer: Any) -> str:
    return " ".join(map(str, answer)) if isinstance(answer, list) else str(answer)


def _statement(
    task: BasicTask,
    shape: InputShape,
    rng: random.Random,
    samples: list[tuple[str, str]],
    repeated: bool,
) -> str:
    wordings = read_data("wordings")
    ask = rng.choice(task.statements)
    given = rng.choice(shape.wordings)
    shown = rng.choice(wordings["output"])
    if repeated:
        given = f"{rng.choice(wordings['test_cases'])} {rng.choice(wordings['each_case'])} {given}"
        shown = rng.choice(wordings["output_each"])
    elif rng.random() < 0.2:
        ask, shown = rng.choice(wordings["vague"]), ask
    if rng.random() < 0.25:
        ask = f"{rng.choice(wordings['story'])} {ask}"
    text = rng.choice(_LAYOUTS)(ask, given, shown, samples)
    if rng.random() < 0.15:
        text += f"\n\n\n\n-----Note-----\n\n{rng.choice(wordings['notes'])}"
    return text


def _dashed(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    heading = "-----Examples-----" if len(samples) > 1 else "-----Example-----"
    examples = "\n\n".join(
        f"Input\n{before.rstrip()}\n\nOutput\n{after.rstrip()}" for before, after in samples
    )
    return (
        f"{ask}\n\n\n-----Input-----\n\n{given}\n\n\n-----Output-----\n\n{shown}\n\n\n"
        f"{heading}\n{examples}"
    )


def _headed(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    text = f"{ask}\n\nInput\n{given}\n\nOutput\n{shown}"
    for number, (before, after) in enumerate(samples, 1):
        mark = f" {number}" if len(samples) > 1 else ""
        text += f"\n\nSample Input{mark}\n{before.rstrip()}"
        text += f"\n\nSample Output{mark}\n{after.rstrip()}"
    return text


def _unheaded(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    text = f"{ask} {given} {shown}"
    for number, (before, after) in enumerate(samples, 1):
        text += f"\n\nExample {number}:\nInput:\n{before.rstrip()}\n\nOutput:\n{after.rstrip()}"
    return text


def _markdown(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    text = f"{ask}\n\n## Input\n\n{given}\n\n## Output\n\n{shown}"
    for number, (before, after) in enumerate(samples, 1):
        text += f"\n\n### Example {number}\n\nInput\n```\n{before.rstrip()}\n```"
        text += f"\n\nOutput\n```\n{after.rstrip()}\n```"
    return text


def _short(ask: str, given: str, shown: str, samples: list[tuple[str, str]]) -> str:
    text = f"{ask}\n{given}\n{shown}"
    for before, after in samples:
        text += f"\n\nSample Input\n{before.rstrip()}\n\nSample Output\n{after.rstrip()}"
    return text


_LAYOUTS = (_dashed, _dashed, _headed, _unheaded, _markdown, _short)


def _solutions(
    task: BasicTask, reading: str, repeated: bool, rng: random.Random
) -> tuple[str, ...]:
    """Write programs in several styles: one expression, statements, a function."""
    star = "*" if task.returns_list else ""
    programs = []
    if task.expression is not None:
        rename = _renaming(task, rng)
        line = rng.choice(["print({0}{1})", "print({0}{1})", "answer = {1}\nprint({0}answer)"])
        programs.append(rename(_program(reading, line.format(star, task.expression), repeated)))
    if task.steps is not None:
        lines, result = task.steps
        rename = _renaming(task, rng)
        programs.append(rename(_program(reading, f"{lines}\nprint({star}{result})", repeated)))
    if not programs or rng.random() < 0.2:
        call = f"{task.name}({', '.join(task.parameters)})"
        main = _program(reading, f"print({star}{call})", repeated)
        programs.append(f"{task.source}\n\n\n{main}")
    return tuple(program + "\n" for program in programs)


def _renaming(task: BasicTask, rng: random.Random) -> Callable[[str], str]:
    """Return a function that gives the list ``a`` one of the names that programs use."""
    if "a" not in task.parameters or task.parameters == ("a", "b"):
        return str
    name = rng.choice(["a", "a", "numbers", "numbers", "nums", "arr"])
    return lambda program: re.sub(r"\ba\b", name, program)


def _program(reading: str, printing: str, repeated: bool) -> str:
    if not repeated:
        return f"{reading}\n{printing}"
    body = textwrap.indent(f"{reading}\n{printing}", "    ")
    return f"t = int(input())\nfor _ in range(t):\n{body}"


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
