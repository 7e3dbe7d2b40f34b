"""results.jsonl -> EvalReport: the figures of a run with intervals, and two runs compared.

Reads the results once, keeps counts alone, and decides which figures are defined: pass@k is refused
where a problem has fewer than k samples, and programs on which the judge failed are not counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gptcc_cli.benchmarks import BenchmarkKind
from gptcc_cli.errors import UsageError
from gptcc_cli.evaluation.completions import n_unread
from gptcc_cli.evaluation.contamination import contamination
from gptcc_cli.evaluation.grading import NO_TESTS
from gptcc_cli.evaluation.stages import (
    COMPLETIONS_FILE,
    RESULTS_FILE,
    Record,
    by_problem,
    read_header,
    read_records,
)
from gptcc_cli.metrics import (
    Estimate,
    FilteredCounts,
    PairedDifference,
    estimate,
    n_at_k,
    paired_bootstrap,
    pass_at_k,
)
from gptcc_cli.options.choices import Checker

DEFAULT_KS = (1, 2, 5, 10, 20, 50, 100)
"""Figures shown by default up to the number of samples, which is always included."""

_MOST_ORIGINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One problem's counts by one checker; judge errors appear in ``n_errors`` only."""

    problem: str
    kind: str
    difficulty: str | None
    origin: str | None
    n: int
    """Samples that were judged."""
    right: int
    """Samples that pass every test."""
    share: float
    """Mean share of tests passed."""
    verdicts: tuple[tuple[str, int], ...]
    n_errors: int
    """Samples on which the judge failed."""
    filtered: FilteredCounts | None = None
    """Counts with the statement's samples as a filter; ``None``: not requested."""
    right_rejected: int = 0
    """Right programs that fail the statement's samples, which were misread then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """The figures of a group of problems."""

    group: str
    """``all``, ``difficulty``, ``kind`` or ``origin``."""
    name: str
    n_problems: int
    figures: Mapping[str, Estimate]
    """By name: ``pass@1``, ``5@100``, ``test cases``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDifference:
    """Programs on which the two checkers disagree."""

    only_gptcc: int
    """Programs that only gptcc's comparison accepts."""
    only_apps: int
    """Programs that only the published comparison accepts."""
    problems: tuple[str, ...]
    """The first few problems with such programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalReport:
    """The figures of one run, and everything needed to repeat it."""

    header: Mapping[str, Any]
    """The results' header, which contains the completions'."""
    checker: Checker
    rows: tuple[ReportRow, ...]
    """``all`` first, which is the mean over problems and not over rows."""
    scores: tuple[Score, ...]
    verdicts: tuple[tuple[str, int], ...]
    """Programs by verdict."""
    n_programs: int
    n_errors: int
    """Programs on which the judge failed; they are not counted."""
    n_without_code: int
    n_compiling: int
    n_truncated: int
    """Compiling programs of which an incomplete last line was dropped."""
    difference: ReportDifference
    contamination: str | None
    """Why the model may have been trained on the problems; ``None``: nothing is known."""
    notes: tuple[str, ...] = ()
    """Remarks needed to read the figures."""

    @property
    def ks(self) -> tuple[int, ...]:
        """The k of every pass@k reported."""
        names = [name for name in self.rows[0].figures if name.startswith("pass@")]
        return tuple(int(name.removeprefix("pass@")) for name in names)

    def figure(self, name: str) -> Estimate:
        """Return a figure over all problems."""
        return self.rows[0].figures[name]


@dataclass(slots=True)
class _Totals:
    verdicts: Counter[str] = field(default_factory=Counter)
    n_programs: int = 0
    n_errors: int = 0
    n_without_code: int = 0
    n_compiling: int = 0
    n_truncated: int = 0
    only_gptcc: int = 0
    only_apps: int = 0
    disagreeing: list[str] = field(default_factory=list)
    without_tests: dict[str, None] = field(default_factory=dict)

    def add(self, record: Record, checker: Checker) -> None:
        """Count one line."""
        verdict = _verdict(record, checker)
        if verdict == NO_TESTS:
            self.without_tests[str(record["problem"])] = None
            return
        self.verdicts[verdict] += 1
        self.n_programs += 1
        self.n_errors += verdict == "IE"
        self.n_without_code += not record["has_code"]
        self.n_compiling += bool(record["compiles"])
        self.n_truncated += bool(record["compiles"]) and "truncated" in record["cleaning"]
        ours, theirs = record["verdict"] == "AC", record["apps_verdict"] == "AC"
        if ours != theirs:
            self.only_gptcc += ours
            self.only_apps += theirs
            if record["problem"] not in self.disagreeing:
                self.disagreeing.append(record["problem"])


def make_report(
    directory: Path,
    *,
    checker: Checker = Checker.GPTCC,
    ks: Sequence[int] = (),
    n_at_ks: Sequence[tuple[int, int]] = (),
) -> EvalReport:
    """Compute the figures of a finished run.

    Args:
        directory: of the run.
        checker: whose comparison the figures follow.
        ks: of pass@k; empty: the default ones up to the number of samples.
        n_at_ks: pairs (n, k) of n@k.

    Raises:
        UsageError: there is nothing to score, or a k exceeds the number of samples.
    """
    header = read_header(directory / RESULTS_FILE)
    totals = _Totals()
    scores = tuple(_scores(read_records(directory / RESULTS_FILE), checker, totals))
    judged = [score for score in scores if score.n]
    if not judged:
        raise UsageError(f"{str(directory)!r} holds no judged program")
    least = min(score.n for score in judged)
    several_tests = any(score.kind != BenchmarkKind.CHECK.value for score in judged)
    figures = _figures(header, least, ks, n_at_ks, several_tests=several_tests)
    made = header["completions"]
    return EvalReport(
        header=header,
        checker=checker,
        rows=tuple(_rows(judged, figures)),
        scores=scores,
        verdicts=tuple(totals.verdicts.most_common()),
        n_programs=totals.n_programs,
        n_errors=totals.n_errors,
        n_without_code=totals.n_without_code,
        n_compiling=totals.n_compiling,
        n_truncated=totals.n_truncated,
        difference=ReportDifference(
            only_gptcc=totals.only_gptcc,
            only_apps=totals.only_apps,
            problems=tuple(totals.disagreeing[:20]),
        ),
        contamination=made.get("contamination")
        or contamination(str(made.get("model", "")), (), made["benchmark"], made["split"]),
        notes=tuple(_notes(header, scores, judged, totals, _unread(directory))),
    )


def _scores(
    records: Iterator[dict[str, Any]], checker: Checker, totals: _Totals
) -> Iterator[Score]:
    for problem, rows in by_problem(records):
        for record in rows:
            totals.add(record, checker)
        yield _score(problem, rows, checker)


def _score(problem: str, rows: list[dict[str, Any]], checker: Checker) -> Score:
    judged = [row for row in rows if row["verdict"] not in ("IE", NO_TESTS)]
    right = [row for row in judged if _verdict(row, checker) == "AC"]
    passed = "apps_passed" if checker is Checker.APPS else "n_passed"
    shares = [row[passed] / row["n_tests"] for row in judged if row["n_tests"]]
    filtered, rejected = _filtered(judged, right)
    return Score(
        problem=problem,
        kind=rows[0]["kind"],
        difficulty=rows[0]["difficulty"],
        origin=rows[0]["origin"],
        n=len(judged),
        right=len(right),
        share=sum(shares) / len(shares) if shares else 0.0,
        verdicts=tuple(Counter(_verdict(row, checker) for row in rows).most_common()),
        n_errors=sum(row["verdict"] == "IE" for row in rows),
        filtered=filtered,
        right_rejected=rejected,
    )


def _filtered(
    judged: list[dict[str, Any]], right: list[dict[str, Any]]
) -> tuple[FilteredCounts | None, int]:
    """Filter by the statement's samples; a problem without samples filters nothing."""
    if not any("passes_samples" in row for row in judged):
        return None, 0
    passing = [row for row in judged if row["passes_samples"] is not False]
    right_passing = sum(row["passes_samples"] is not False for row in right)
    counts = FilteredCounts(n=len(judged), passing=len(passing), right=right_passing)
    return counts, len(right) - right_passing


def _verdict(record: Record, checker: Checker) -> str:
    return str(record["apps_verdict"] if checker is Checker.APPS else record["verdict"])


Figure = Callable[[Score], float]


def _figures(
    header: Record,
    least: int,
    ks: Sequence[int],
    n_at_ks: Sequence[tuple[int, int]],
    *,
    several_tests: bool,
) -> dict[str, Figure]:
    """Return the figures that are defined, each with its function of a problem's counts."""
    for k in ks:
        if not 1 <= k <= least:
            raise UsageError(
                f"pass@{k} is not defined: a problem has {least} samples",
                hint=f"use k from 1 to {least}, or generate more with -n {k}",
            )
    figures: dict[str, Figure] = {}
    usual = sorted({*(k for k in DEFAULT_KS if k < least), least})
    for k in ks or usual:
        figures[f"pass@{k}"] = partial(_pass_at, k=k)
    for n, k in n_at_ks:
        if not header.get("samples"):
            raise UsageError(
                f"{n}@{k} needs the statements' samples, which were not run",
                hint="grade again with --n-at-k, into another --output",
            )
        if not 1 <= n <= k <= least:
            raise UsageError(
                f"{n}@{k} is not defined: a problem has {least} samples",
                hint=f"use 1 <= n <= k <= {least}",
            )
        figures[f"{n}@{k}"] = partial(_n_at, n=n, k=k)
    if several_tests and not header.get("stop_at_first_failure"):
        figures["test cases"] = lambda score: score.share
    return figures


def _pass_at(score: Score, k: int) -> float:
    return pass_at_k(score.n, score.right, k)


def _n_at(score: Score, n: int, k: int) -> float:
    assert score.filtered is not None
    return n_at_k(score.filtered, n, k)


def _rows(scores: Sequence[Score], figures: Mapping[str, Figure]) -> Iterator[ReportRow]:
    yield _row("all", "all", scores, figures)
    for group, order in (("difficulty", _DIFFICULTIES), ("kind", _KINDS), ("origin", ())):
        counted = Counter(getattr(score, group) for score in scores)
        counted.pop(None, None)
        named: Iterable[str] = [name for name in order if name in counted]
        named = [*named, *(name for name, _ in counted.most_common() if name not in order)]
        if len(counted) < 2:
            continue
        for name in list(named)[:_MOST_ORIGINS]:
            members = [score for score in scores if getattr(score, group) == name]
            yield _row(group, name, members, figures)


_DIFFICULTIES = ("introductory", "interview", "competition")
_KINDS = tuple(kind.value for kind in BenchmarkKind)


def _row(
    group: str, name: str, scores: Sequence[Score], figures: Mapping[str, Figure]
) -> ReportRow:
    return ReportRow(
        group=group,
        name=name,
        n_problems=len(scores),
        figures={label: estimate([make(one) for one in scores]) for label, make in figures.items()},
    )


def _unread(directory: Path) -> int:
    path = directory / COMPLETIONS_FILE
    return n_unread(path) if path.is_file() else 0


def _notes(
    header: Record, scores: Sequence[Score], judged: Sequence[Score], totals: _Totals, unread: int
) -> Iterator[str]:
    wanted = header["completions"]["n_problems"]
    if len(scores) < wanted:
        yield f"{len(scores)} of {wanted} problems have completions; the others are not counted"
    if totals.n_errors:
        yield (
            f"the judge failed on {totals.n_errors} of {totals.n_programs} programs, "
            "which are not counted"
        )
    if totals.without_tests:
        yield f"{len(totals.without_tests)} problems have no tests and are not counted"
    lost = len(scores) - len(judged) - len(totals.without_tests)
    if lost:
        yield f"{lost} problems were never judged and are not counted"
    if unread:
        yield f"{unread} problems did not fit the model's window and count as not solved"
    sizes = {score.n for score in judged}
    if len(sizes) > 1:
        yield f"problems have between {min(sizes)} and {max(sizes)} samples"
    filtered = [score for score in judged if score.filtered is not None]
    if filtered and header.get("samples"):
        without = sum(one.filtered is not None and one.filtered.passing == 0 for one in filtered)
        rejected = sum(score.right_rejected for score in filtered)
        passing = sum(one.filtered.passing for one in filtered if one.filtered is not None)
        total = sum(score.n for score in filtered)
        yield (
            f"{passing} of {total} programs pass the statements' samples; {without} problems have "
            f"none that does; {rejected} right programs fail the samples"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemChange:
    """One problem with different results in two runs."""

    problem: str
    first: float
    second: float
    """Shares of right samples in each run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """The second run against the first, on the problems that both have."""

    differences: tuple[tuple[str, PairedDifference], ...]
    """By figure: ``pass@1``, ..., ``test cases``."""
    changes: tuple[ProblemChange, ...]
    """Problems with different results, the largest change first."""
    left_out: int
    """The number of problems that only one run has."""
    settings: tuple[tuple[str, object, object], ...]
    """Settings that differ: name, first run's value, second run's value."""
    contamination: tuple[str | None, str | None]
    """Why the model of each run may have been trained on the problems."""


def compare(first: EvalReport, second: EvalReport) -> RunComparison:
    """Compare two runs by paired differences.

    Raises:
        UsageError: they have no problem in common, or were graded by different tests.
    """
    one, other = _by_problem(first), _by_problem(second)
    common = [problem for problem in one if problem in other]
    if not common:
        raise UsageError("the two runs have no problem in common")
    same_problems = len(common) == len(one) == len(other)
    if same_problems and first.header["tests_sha256"] != second.header["tests_sha256"]:
        raise UsageError(
            "the two runs were graded with different tests of the same problems",
            hint="grade both with the same version of the benchmark",
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
