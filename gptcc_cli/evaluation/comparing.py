"""Two runs over the same problems, problem by problem."""

from dataclasses import dataclass

from gptcc_cli.errors import UsageError
from gptcc_cli.evaluation.report import EvalReport, Score
from gptcc_cli.metrics import PairedDifference, paired_bootstrap, pass_at_k


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemChange:
    """One problem on which two runs differ."""

    problem: str
    first: float
    second: float
    """Shares of right samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """The second run against the first, on the problems both have."""

    differences: tuple[tuple[str, PairedDifference], ...]
    """By figure: ``pass@1``, ..., ``test cases``."""
    changes: tuple[ProblemChange, ...]
    """Problems that differ, the largest change first."""
    left_out: int
    """Problems that only one of the runs has."""
    settings: tuple[tuple[str, object, object], ...]
    """What the runs were made with, where it differs."""
    contamination: tuple[str | None, str | None]
    """Why the model of each run may have seen the problems."""


def compare(first: EvalReport, second: EvalReport) -> RunComparison:
    """Compare two runs by paired differences.

    Raises:
        UsageError: they share no problem, or their problems or checkers are not the same.
    """
    one, other = _by_problem(first), _by_problem(second)
    common = [problem for problem in one if problem in other]
    if not common:
        raise UsageError("the two runs have no problem in common")
    same_problems = len(common) == len(one) == len(other)
    if same_problems and first.header["tests_sha256"] != second.header["tests_sha256"]:
        raise UsageError(
            "the two runs were graded by different tests of the same problems",
            hint="grade both by the same benchmark",
        )
    pairs = [(one[problem], other[problem]) for problem in common]
    least = min(min(a.n, b.n) for a, b in pairs)
    ks = [k for k in first.ks if k in second.ks and k <= least] or [1]
    differences = [(f"pass@{k}", _difference(pairs, k)) for k in ks]
    if "test cases" in first.rows[0].figures and "test cases" in second.rows[0].figures:
        shares = paired_bootstrap([a.share for a, _ in pairs], [b.share for _, b in pairs])
        differences.append(("test cases", shares))
    changes = [
        ProblemChange(problem=a.problem, first=a.right / a.n, second=b.right / b.n)
        for a, b in pairs
    ]
    changed = [change for change in changes if change.first != change.second]
    return RunComparison(
        differences=tuple(differences),
        changes=tuple(sorted(changed, key=lambda one: -abs(one.second - one.first))),
        left_out=len(one) + len(other) - 2 * len(common),
        settings=_settings(first, second),
        contamination=(first.contamination, second.contamination),
    )


def _by_problem(report: EvalReport) -> dict[str, Score]:
    return {score.problem: score for score in report.scores if score.n}


def _difference(pairs: list[tuple[Score, Score]], k: int) -> PairedDifference:
    return paired_bootstrap(
        [pass_at_k(a.n, a.right, k) for a, _ in pairs],
        [pass_at_k(b.n, b.right, k) for _, b in pairs],
    )


def _settings(first: EvalReport, second: EvalReport) -> tuple[tuple[str, object, object], ...]:
    one, other = _flat(first), _flat(second)
    names = dict.fromkeys((*one, *other))
    return tuple(
        (name, one.get(name), other.get(name))
        for name in names
        if one.get(name) != other.get(name) and not name.endswith("sha256")
    )


def _flat(report: EvalReport) -> dict[str, object]:
    made = report.header["completions"]
    judged = {name: value for name, value in report.header.items() if name != "completions"}
    return {**made, **judged, "checker": report.checker.value}
