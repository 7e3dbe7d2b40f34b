"""A task and random numbers -> a problem about standard input, with solutions and tests."""

import random
import re
import textwrap
from collections.abc import Callable
from typing import Any

from gptcc_cli.problem import IOTest
from gptcc_cli.training.basics.corpus import BasicTask, read_data
from gptcc_cli.training.basics.inputs import InputShape, input_shapes
from gptcc_cli.training.problems import TrainingProblem

_N_TESTS = 6


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
