"""Which problems are trained on, which validate, and which must not be seen at all.

Pure. The split is by problem: solutions of one problem are too alike to stand on both sides.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gptcc_cli.training.problems import TrainingProblem
from gptcc_cli.training.schedule import training_share

_GRAM = 13
"""Words in a row that two statements share by chance only (Brown et al. 2020, appendix C)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Problems by what they are for."""

    train: tuple[TrainingProblem, ...]
    validation: tuple[TrainingProblem, ...]


def split_by_problem(problems: Sequence[TrainingProblem], *, share: float, seed: int) -> Split:
    """Keep a share of the problems for validation.

    A problem's side follows from its statement and the seed, not from its place: more data move
    no problem. Problems with equal statements stand on the same side.

    Args:
        problems: those with solutions.
        share: of the problems; at least one validates where there are two and it is not 0.
        seed: draws another split.
    """
    statements = sorted({_normal(one.statement) for one in problems}, key=lambda s: _mark(s, seed))
    n_train = training_share(len(statements), share)
    if share > 0 and len(statements) > 1:
        n_train = min(n_train, len(statements) - 1)
    kept = set(statements[n_train:])
    return Split(
        train=tuple(one for one in problems if _normal(one.statement) not in kept),
        validation=tuple(one for one in problems if _normal(one.statement) in kept),
    )


def without_excluded(
    problems: Iterable[TrainingProblem], excluded: Iterable[str]
) -> tuple[tuple[TrainingProblem, ...], tuple[str, ...]]:
    """Leave out the problems that are among others, or share 13 words in a row with one.

    Args:
        problems: those to train on.
        excluded: statements that must not be seen.

    Returns:
        The problems left, and the ids of those left out.
    """
    whole: set[str] = set()
    grams: set[str] = set()
    for statement in excluded:
        whole.add(_normal(statement))
        grams |= _grams(statement)
    kept: list[TrainingProblem] = []
    dropped: list[TrainingProblem] = []
    for one in problems:
        seen = _normal(one.statement) in whole or not grams.isdisjoint(_grams(one.statement))
        (dropped if seen else kept).append(one)
    return tuple(kept), tuple(one.id for one in dropped)


def _normal(statement: str) -> str:
    return " ".join(_words(statement))


def _words(statement: str) -> list[str]:
    return re.findall(r"\w+", statement.lower())


def _grams(statement: str) -> set[str]:
    # Rows of numbers and headings are shared by strangers.
    words = [word for word in _words(statement) if word.isalpha()]
    return {" ".join(words[i : i + _GRAM]) for i in range(len(words) - _GRAM + 1)}


def _mark(text: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}/{text}".encode()).hexdigest()
