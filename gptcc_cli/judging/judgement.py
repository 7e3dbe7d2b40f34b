"""Verdicts, and what a candidate's tests add up to.

Plain values. How a verdict follows from facts stands in ``verdicts``.
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
    """The facts, long outputs shortened; ``None`` if it never ran (``CE`` found without running,
    ``IE``)."""
    layout_differs: bool = False
    """The words are right, though blanks or line breaks differ from the expected ones."""
    advisory: bool = False
    """Whether this result is not held against the candidate: the sample is suspect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All tests of one candidate."""

    candidate: Candidate
    cases: tuple[CaseResult, ...]
    """In test order; shorter than the tests when judging stopped at the first failure."""
    n_tests: int
    """How many tests there were."""
    granted: tuple[str, ...] = ()
    """Names of ``typing`` that the starter code uses without importing them, which the program
    was given because its site gives them, too."""

    @property
    def verdict(self) -> Verdict | None:
        """The first verdict in test order that is not AC; AC when every test was accepted.

        A result that is only advisory counts neither way. ``None``: nothing was verified, because
        there are no tests, none that may be trusted, or judging was left unfinished.
        """
        counted = [case.verdict for case in self.cases if not case.advisory]
        for verdict in counted:
            if verdict is not Verdict.AC:
                return verdict
        return Verdict.AC if counted and len(self.cases) == self.n_tests else None

    @property
    def n_passed(self) -> int:
        """How many tests were accepted."""
        return sum(case.verdict is Verdict.AC for case in self.cases)
