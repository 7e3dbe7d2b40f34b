"""What ``composed`` puts together: conditions, and questions about what meets them.

The phrases themselves stand in ``number_phrases`` and ``text_phrases``. In a question's wordings
``WHICH`` stands for the condition's words, in its code ``CONDITION`` for the condition's code.
``steps`` says the same as ``expression`` in statements; its last line is the result.
What is asked of many things alike (how many, their sum, those that are left) has a function here.
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


def counting(name: str, loops: str, *wordings: str) -> Question:
    """Ask how many meet it.

    Args:
        name: of the question.
        loops: over what, as a comprehension writes it: ``for row in rows for c in row``.
        wordings: of the question.
    """
    steps = f"count = 0\n{_looped(loops, 'if CONDITION:', '    count += 1')}count"
    return asking(name, f"sum(1 {loops} if CONDITION)", steps, *wordings)


def adding(name: str, part: str, loops: str, *wordings: str) -> Question:
    """Ask for the sum of a part of each that meets it; ``loops`` as in ``counting``."""
    steps = f"total = 0\n{_looped(loops, 'if CONDITION:', f'    total += {part}')}total"
    return asking(name, f"sum({part} {loops} if CONDITION)", steps, *wordings)


def keeping(name: str, loop: str, otherwise: str, *wordings: str) -> Question:
    """Ask for the list of those that meet it, or for a list in its place where none does."""
    return _listing(name, loop, "CONDITION", otherwise, *wordings)


def dropping(name: str, loop: str, otherwise: str, *wordings: str) -> Question:
    """Ask for the list of the others, or for a list in its place where there are none."""
    return _listing(name, loop, "not (CONDITION)", otherwise, *wordings)


def changing(name: str, changed: str, loop: str, *wordings: str) -> Question:
    """Ask for the list of all, with a changed value in place of each that meets it."""
    variable = _variable(loop)
    lines = ("if CONDITION:", f"    result.append({changed})", "else:")
    steps = f"result = []\n{_looped(loop, *lines, f'    result.append({variable})')}result"
    expression = f"[{changed} if CONDITION else {variable} {loop}]"
    return asking(name, expression, steps, *wordings, many=True)


def joining(name: str, loop: str, *wordings: str) -> Question:
    """Ask for a text of the characters that meet it, or for a dash where none does."""
    return _joined(name, loop, "CONDITION", *wordings)


def deleting(name: str, loop: str, *wordings: str) -> Question:
    """Ask for a text of the other characters, or for a dash where there are none."""
    return _joined(name, loop, "not (CONDITION)", *wordings)


def whether_any(name: str, loop: str, *wordings: str) -> Question:
    """Ask whether at least one meets it: YES or NO."""
    steps = _looped(loop, "if CONDITION:", '    answer = "YES"')
    expression = f'"YES" if any(CONDITION {loop}) else "NO"'
    return asking(name, expression, f'answer = "NO"\n{steps}answer', *wordings)


def whether_all(name: str, loop: str, *wordings: str) -> Question:
    """Ask whether each meets it: YES or NO."""
    steps = _looped(loop, "if not (CONDITION):", '    answer = "NO"')
    expression = f'"YES" if all(CONDITION {loop}) else "NO"'
    return asking(name, expression, f'answer = "YES"\n{steps}answer', *wordings)


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


def _listing(name: str, loop: str, condition: str, otherwise: str, *wordings: str) -> Question:
    variable = _variable(loop)
    steps = _looped(loop, f"if {condition}:", f"    result.append({variable})")
    return asking(
        name,
        f"[{variable} {loop} if {condition}] or {otherwise}",
        f"result = []\n{steps}result or {otherwise}",
        *wordings,
        many=True,
    )


def _joined(name: str, loop: str, condition: str, *wordings: str) -> Question:
    variable = _variable(loop)
    steps = _looped(loop, f"if {condition}:", f"    result += {variable}")
    return asking(
        name,
        f'"".join({variable} {loop} if {condition}) or "-"',
        f'result = ""\n{steps}result or "-"',
        *wordings,
    )


def _looped(loops: str, *lines: str) -> str:
    """The lines as the body of the loops, each loop on a line of its own."""
    heads = [f"{head.strip()}:" for head in loops.replace("for ", "\nfor ").split("\n") if head]
    indented = [f"{'    ' * depth}{head}\n" for depth, head in enumerate(heads)]
    return "".join(indented) + "".join(f"{'    ' * len(heads)}{line}\n" for line in lines)


def _variable(loop: str) -> str:
    return loop.removeprefix("for ").split(" in ")[0]
