"""Tasks put together: every condition with everything one can ask about what meets it.

Hundreds of small tasks from a few dozen phrases. A model that has seen them in all combinations
but some has to take a statement apart instead of remembering it.
"""

import textwrap
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from gptcc_cli.training.basics import number_phrases as numbers
from gptcc_cli.training.basics import text_phrases as texts
from gptcc_cli.training.basics.phrases import Condition, Question, up_to_n
from gptcc_cli.training.basics.task import BasicTask


def composed_tasks() -> tuple[BasicTask, ...]:
    """Every composed task, always in the same order."""
    return tuple(_all())


def _all() -> Iterator[BasicTask]:
    for conditions, questions, parameters in _ABOUT:
        for condition, question in product(conditions, questions):
            if parameters == ("n", "a") and "k" in condition.name:
                yield _task(question, condition, ("n", "k", "a"))
                continue
            yield _task(question, condition, parameters)
            if parameters == ("a", "b"):
                yield _task(up_to_n(question), up_to_n(condition), ("n",))
            if parameters == ("words",) and question in texts.ALSO_ABOUT_NAMES:
                yield _task(question, condition, ("names",))


_ABOUT: tuple[tuple[tuple[Condition, ...], tuple[Question, ...], tuple[str, ...]], ...] = (
    (numbers.OF_NUMBERS, numbers.ABOUT_LISTS, ("n", "a")),
    (numbers.OF_DIGITS, numbers.ABOUT_DIGITS, ("n",)),
    (numbers.OF_RANGES, numbers.ABOUT_RANGES, ("a", "b")),
    (numbers.OF_NEIGHBOURS, numbers.ABOUT_NEIGHBOURS, ("n", "a")),
    (texts.OF_CHARACTERS, texts.ABOUT_TEXTS, ("s",)),
    (texts.OF_WORDS, texts.ABOUT_WORDS, ("words",)),
    (texts.OF_CELLS, texts.ABOUT_GRIDS, ("rows",)),
    (texts.OF_ENTRIES, texts.ABOUT_TABLES, ("table",)),
)


def _task(question: Question, condition: Condition, parameters: tuple[str, ...]) -> BasicTask:
    name = f"{question.name}_{condition.name}"
    if parameters == ("n",) and "range" in name:
        name = f"up_to_n_{name}"
    named = parameters == ("names",)
    expression = question.expression.replace("CONDITION", condition.code)
    steps = question.steps.replace("CONDITION", condition.code)
    if named:
        name = f"names_{name}"
        expression, steps = (code.replace("words", "names") for code in (expression, steps))
    lines, _, result = steps.rpartition("\n")
    inside = textwrap.indent(f"{lines}\nreturn {result}", "    ")
    return BasicTask(
        name=name,
        wordings=tuple(
            wording.replace("WHICH", which).replace("NOUN", "name" if named else "word")
            for wording in question.wordings
            for which in condition.wordings
        ),
        parameters=parameters,
        function=_function(parameters, expression),
        source=f"def {name}({', '.join(parameters)}):\n{inside}",
        expression=expression,
        returns_list=question.returns_list,
        steps=(lines, result),
    )


def _function(parameters: tuple[str, ...], expression: str) -> Callable[..., Any]:
    # The text is this package's own.
    made: Callable[..., Any] = eval(f"lambda {', '.join(parameters)}: {expression}", {})  # noqa: S307
    return made
