"""Stage two: completions.jsonl -> results.jsonl.

Programs of several problems are judged at once, equal programs of a problem once, and lines are
written in the order of the completions. A line holds no measured times, so the same completions
give the same file. Only the problems being judged are held in memory.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from gptcc_cli.benchmarks import Benchmark, BenchmarkItem
from gptcc_cli.checkers import same_as_apps_output, same_as_apps_value
from gptcc_cli.errors import UsageError
from gptcc_cli.evaluation.completions import ProblemCompletions, header_of, read_completions
from gptcc_cli.evaluation.stages import (
    COMPLETIONS_FILE,
    RESULTS_FILE,
    ProgressListener,
    Record,
    run_stage,
    units_of,
)
from gptcc_cli.extraction import NO_CODE, Candidate, extract
from gptcc_cli.generation import Completion
from gptcc_cli.judging import CaseResult, Judge, Judgement, Verdict
from gptcc_cli.options.choices import Preamble
from gptcc_cli.problem import Mode, Problem

SCHEMA = "gptcc.run-results"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeSettings:
    """What grading depends on besides programs, tests and limits."""

    clean: bool = True
    """Whether completions are cleaned; otherwise programs are judged as the model wrote them."""
    preamble: Preamble = Preamble.NONE
    samples: bool = False
    """Whether programs are also run on the statement's samples, for n@k."""
    stop_at_first_failure: bool = False
    """Saves time and leaves the test-case average undefined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """The part of a result that equal programs share."""

    verdict: str
    detail: str
    n_passed: int
    n_tests: int
    cases: str
    """The verdict of each test that was run, in order, separated by spaces."""
    apps_verdict: str
    """The verdict by the comparison of the published APPS harness."""
    apps_passed: int
    passes_samples: bool | None
    """``None``: not requested, or the statement has no trusted samples."""
    expected: str = ""
    got: str = ""
    """The start of both outputs on the first failed test, for display."""


def program_of(item: BenchmarkItem, completion: Completion, *, clean: bool) -> Candidate:
    """Extract the program of a completion.

    Cleaning also drops a repetition of the prompt at the start, which many published completions
    have.
    """
    prefix, text = completion.prompt.prefix, completion.text
    repeated = clean and bool(prefix.strip()) and text.startswith(prefix)
    if repeated:
        completion = replace(completion, text=text[len(prefix) :])
    candidate = extract(completion, item.problem, clean=clean)
    steps = ("prompt", *candidate.cleaning) if repeated else candidate.cleaning
    return replace(candidate, cleaning=steps)


class Grader:
    """Grades programs with a judge."""

    def __init__(self, judge: Judge, settings: GradeSettings) -> None:
        """Keep the collaborators."""
        self._judge = judge
        self.settings = settings

    def grade(self, item: BenchmarkItem, candidate: Candidate) -> Graded:
        """Judge one program on all tests of its item."""
        if not item.gradable:
            return _UNGRADED
        source = with_preamble(candidate.source, self.settings.preamble)
        program = replace(candidate, source=source)
        if item.check_source is not None:
            judgement = self._judge.judge_assertions(program, item.problem, item.check_source)
        else:
            judgement = self._judge.judge(
                program,
                item.problem,
                item.tests,
                stop_at_first_failure=self.settings.stop_at_first_failure,
            )
        return self._graded(judgement, item, self._passes_samples(program, item))

    def _passes_samples(self, program: Candidate, item: BenchmarkItem) -> bool | None:
        samples = item.problem.trusted_samples
        if not self.settings.samples or not samples:
            return None
        judgement = self._judge.judge(program, item.problem, samples, stop_at_first_failure=True)
        return judgement.verdict is Verdict.AC

    def _graded(
        self, judgement: Judgement, item: BenchmarkItem, passes_samples: bool | None
    ) -> Graded:
        apps = [_apps_verdict(case, item.problem) for case in judgement.cases]
        verdict = judgement.verdict
        assert verdict is not None, item.problem.id
        failed = next((one for one in judgement.cases if one.verdict is not Verdict.AC), None)
        return Graded(
            verdict=verdict.value,
            detail="" if failed is None else self._detail(failed, judgement.n_tests),
            n_passed=judgement.n_passed,
            n_tests=judgement.n_tests,
            cases=" ".join(case.verdict.value for case in judgement.cases),
            apps_verdict=next((one for one in apps if one is not Verdict.AC), Verdict.AC).value,
            apps_passed=sum(one is Verdict.AC for one in apps),
            passes_samples=passes_samples,
            **_excerpts(failed),
        )

    def _detail(self, case: CaseResult, n_tests: int) -> str:
        detail = without_preamble(steady(case.verdict, case.detail), self.settings.preamble)
        named = n_tests > 1 and case.verdict is not Verdict.CE
        return f"{case.test.name}: {detail}" if named else detail


NO_TESTS = "NT"
"""In place of a verdict: the benchmark has no tests for the problem, which is not counted."""

_UNGRADED = Graded(
    verdict=NO_TESTS,
    detail="the benchmark has no tests for this problem",
    n_passed=0,
    n_tests=0,
    cases="",
    apps_verdict=NO_TESTS,
    apps_passed=0,
    passes_samples=None,
)

_EXCERPT = 240


def _excerpts(case: CaseResult | None) -> dict[str, str]:
    """Return the start of a wrong answer and of the expected one."""
    if case is None or case.execution is None or case.verdict is not Verdict.WA:
        return {}
    got = case.execution.answer_json
    if got is None and isinstance(case.test.input, str) and case.test.expected is not None:
        got = case.execution.stdout[: 4 * _EXCERPT].decode("utf-8", "replace")
    if got is None:
        return {}
    expected = case.test.expected
    text = expected if isinstance(expected, str) else json.dumps(expected)
    return {"expected": _cut(text), "got": _cut(_ADDRESS.sub("0x...", got))}


def _cut(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 3] + "..."


_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}")


def steady(verdict: Verdict, detail: str) -> str:
    """Remove from a message what differs between runs: addresses and measured memory."""
    if verdict is Verdict.MLE and detail.startswith("used "):
        return "over" + detail[detail.rindex(" of ") + 3 :]
    return _ADDRESS.sub("0x...", detail)


def _apps_verdict(case: CaseResult, problem: Problem) -> Verdict:
    """Return the verdict of the published APPS checker, where outputs were compared."""
    compared = case.verdict in (Verdict.AC, Verdict.WA, Verdict.PE)
    if not compared or case.execution is None or case.execution.assertion is not None:
        return case.verdict
    expected = case.test.expected
    if problem.mode is Mode.STDIN:
        same = same_as_apps_output(expected, case.execution.stdout)
    elif case.execution.answer_json is None:
        return case.verdict  # decided by a check program, or there is nothing to compare
    else:
        same = same_as_apps_value(expected, case.execution.answer_json)
    return Verdict.AC if same else Verdict.WA


def result_record(
    item: BenchmarkItem, problem: str, index: int, candidate: Candidate, graded: Graded
) -> Record:
    """Return the line of one program's result."""
    return {
        "problem": problem,
        "index": index,
        "kind": item.kind.value,
        "difficulty": item.problem.difficulty,
        "origin": item.origin,
        "candidate": candidate.id[:16],
        **asdict(graded),
        "has_code": candidate.syntax_error != NO_CODE,
        "compiles": candidate.syntax_error is None,
        "cleaning": list(candidate.cleaning),
    }


def grade_problem(
    grader: Grader, item: BenchmarkItem, written: ProblemCompletions
) -> tuple[Record, ...]:
    """Grade one problem's completions and return their lines."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return _ProblemGrading(grader, item, written, pool).records()


class _ProblemGrading:
    """One problem whose programs are being judged."""

    def __init__(
        self,
        grader: Grader,
        item: BenchmarkItem,
        written: ProblemCompletions,
        pool: ThreadPoolExecutor,
    ) -> None:
        self._item = item
        self._problem = written.problem
        self._rows: list[tuple[int, Candidate]] = []
        self._futures: dict[str, Future[Graded]] = {}
        for completion in written.completions:
            candidate = program_of(item, completion, clean=grader.settings.clean)
            self._rows.append((completion.index, replace(candidate, completions=())))
            if candidate.id not in self._futures:
                self._futures[candidate.id] = pool.submit(grader.grade, item, candidate)

    @property
    def n_programs(self) -> int:
        """The number of different programs."""
        return len(self._futures)

    def records(self) -> tuple[Record, ...]:
        """Wait for the problem's lines."""
        return tuple(
            result_record(
                self._item, self._problem, index, candidate, self._futures[candidate.id].result()
            )
            for index, candidate in self._rows
        )


def grade_here(
    grader: Grader, benchmark: Benchmark, workers: int, written: Iterable[ProblemCompletions]
) -> Iterator[tuple[Record, ...]]:
    """Grade on this machine, several problems at once, and yield their lines in order.

    Only a few more programs than workers are queued at any time, however long the run is.
    """
    entries = {entry.id: entry for entry in benchmark.entries}
    pending: deque[_ProblemGrading] = deque()
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="grade") as pool:
        try:
            for problem in written:
                item = entries[problem.problem].load()
                pending.append(_ProblemGrading(grader, item, problem, pool))
                # Wait for the first one while the others keep every worker busy.
                while sum(one.n_programs for one in islice(pending, 1, None)) >= 4 * workers:
                    yield pending.popleft().records()
            while pending:
                yield pending.popleft().records()
        finally:
            pool.shutdown(cancel_futures=True)


GradeAll = Callable[[Iterable[ProblemCompletions]], Iterator[tuple[Record, ...]]]
"""Grades one problem after another and yields their lines in the same order."""


def grade(
    benchmark: Benchmark,
    directory: Path,
    *,
    header: Record,
    grade_all: GradeAll,
    listen: ProgressListener | None = None,
) -> Path:
    """Grade every completion that is not graded yet.

    Args:
        benchmark: at least the problems that have completions.
        directory: of the run; its completions are finished.
        header: everything the results are made with.
        grade_all: grades them.
        listen: called after each problem.

    Returns:
        The finished file.

    Raises:
        UsageError: the results there are damaged or were made with other settings, or a problem
            of the completions is not in the benchmark.
    """
    source = directory / COMPLETIONS_FILE
    units = units_of(source)
    missing = {unit.problem for unit in units} - {entry.id for entry in benchmark.entries}
    if missing:
        raise UsageError(
            f"there are completions for {min(missing)!r}, which is not in {benchmark.source}",
            hint="give the benchmark they were made for",
        )
    return run_stage(
        "grade",
        directory / RESULTS_FILE,
        header,
        units,
        lambda n_done: grade_all(islice(read_completions(source), n_done, None)),
        listen,
    )


def results_header(
    directory: Path, benchmark: Benchmark, settings: GradeSettings, judging: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the header of results: the completions' own header, and how they are judged.

    Args:
        directory: of the run.
        benchmark: the problems and their tests.
        settings: of grading.
        judging: limits, layout rules and the like, as JSON.
    """
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "tests_sha256": benchmark.digest,
        "clean": settings.clean,
        "preamble": settings.preamble.value,
        "samples": settings.samples,
        "stop_at_first_failure": settings.stop_at_first_failure,
        **judging,
        "completions": header_of(directory / COMPLETIONS_FILE),
    }


_APPS_PREAMBLE = (
    "import sys, time, itertools",
    "from itertools import accumulate, product, permutations, combinations",
    "import collections",
    "from collections import Counter, OrderedDict, deque, defaultdict, ChainMap",
    "from functools import lru_cache",
    "import math",
    "from math import sqrt, sin, cos, tan, ceil, fabs, floor, gcd, exp, log, log2",
    "import fractions",
    "from typing import List, Tuple",
    "import random",
    "import heapq",
    "from heapq import *",
)
"""As in ``testing_util.py`` of hendrycks/apps, without numpy, which the sandbox does not have."""

_LINE = re.compile(r"\bline (\d+)\b")


def with_preamble(source: str, preamble: Preamble) -> str:
    """Put the preamble before a program, on one line."""
    return source if preamble is Preamble.NONE else "; ".join(_APPS_PREAMBLE) + "\n" + source


def without_preamble(detail: str, preamble: Preamble) -> str:
    """Correct the line numbers in a message for the preamble."""
    if preamble is Preamble.NONE:
        return detail
    return _LINE.sub(lambda found: f"line {max(1, int(found[1]) - 1)}", detail)
