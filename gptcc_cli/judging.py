"""Candidate + tests -> Judgement.

Facts come from the sandbox, the comparison from ``checkers``; a verdict is a pure function of
both. Expected outputs stay on this side of the wall.
"""

from dataclasses import dataclass
from enum import Enum

from gptcc_cli.extraction import Candidate
from gptcc_cli.problem import IOTest
from gptcc_cli.sandbox import Execution


class Verdict(Enum):
    """The field's verdicts."""

    AC = "AC"
    """Accepted."""
    WA = "WA"
    """Wrong answer."""
    PE = "PE"
    """Right tokens in a wrong layout, where the layout was asked to be strict."""
    TLE = "TLE"
    """Time limit exceeded."""
    MLE = "MLE"
    """Memory limit exceeded."""
    OLE = "OLE"
    """Output limit exceeded."""
    RE = "RE"
    """Runtime error: non-zero exit or a signal."""
    CE = "CE"
    """Compile error: not a program, or the function is missing."""
    IE = "IE"
    """Internal error: the judge failed, and nothing was learnt about the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One test of one candidate."""

    test: IOTest
    verdict: Verdict
    detail: str
    """One line for people: the first difference, the exception, the limit."""
    execution: Execution | None
    """The facts; ``None`` if it never ran (``CE`` found without running, ``IE``)."""
    layout_differs: bool = False
    """Accepted, though line breaks differ from the expected ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All tests of one candidate."""

    candidate: Candidate
    cases: tuple[CaseResult, ...]
    """In test order; shorter than the tests when judging stopped at the first failure."""
    n_tests: int
    """How many tests there were."""

    @property
    def verdict(self) -> Verdict | None:
        """The first verdict in test order that is not AC; ``None`` when there are no tests."""
        for case in self.cases:
            if case.verdict is not Verdict.AC:
                return case.verdict
        return Verdict.AC if self.cases and len(self.cases) == self.n_tests else None

    @property
    def n_passed(self) -> int:
        """How many tests were accepted."""
        return sum(case.verdict is Verdict.AC for case in self.cases)
