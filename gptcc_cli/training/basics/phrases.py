"""What ``composed`` puts together: conditions, and questions about what meets them.

The phrases themselves stand in ``number_phrases`` and ``text_phrases``. In a question's wordings
``WHICH`` stands for the condition's words, in its code ``CONDITION`` for the condition's code.
``steps`` says the same as ``expression`` in statements; its last line is the result.
"""

from dataclasses import dataclass, replace
from typing import TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something a number, letter, word or cell may be."""

    name: str
    wordings: tuple[str, ...]
    """After a noun: ``elements that are even``."""
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that can be asked about those which meet a condition."""

    name: str
    wordings: tuple[str, ...]
    expression: str
    steps: str
    returns_list: bool = False


def met_by(name: str, code: str, *wordings: str) -> Condition:
    """Write a condition."""
    return Condition(name=name, wordings=wordings, code=code)


def asking(name: str, expression: str, steps: str, *wordings: str, many: bool = False) -> Question:
    """Write a question; ``many``: its answer is a list."""
    return Question(
        name=name, wordings=wordings, expression=expression, steps=steps, returns_list=many
    )


_Phrase = TypeVar("_Phrase", Condition, Question)


def up_to_n(phrase: _Phrase) -> _Phrase:
    """A phrase about the range from a to b as one about the range from 1 to n."""
    wordings = tuple(
        one.replace("from a to b", "from 1 to n").replace("between a and b", "between 1 and n")
        for one in phrase.wordings
    )
    if isinstance(phrase, Condition):
        return replace(phrase, wordings=wordings)
    ranged = ("range(a, b + 1)", "range(1, n + 1)")
    return replace(
        phrase,
        wordings=wordings,
        expression=phrase.expression.replace(*ranged),
        steps=phrase.steps.replace(*ranged),
    )
