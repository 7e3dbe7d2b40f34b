"""Grading and reporting, shared by ``gptcc eval`` and ``gptcc grade``; and one ``gptcc grade``."""

import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from gptcc_cli import __version__
from gptcc_cli.benchmarks import Benchmark, Selection, open_benchmark, select
from gptcc_cli.cli.collaborators.judge import JudgeWish, open_judge
from gptcc_cli.cli.wishes import JudgingWish
from gptcc_cli.console import Reporter, write_answer, write_json
from gptcc_cli.console.evaluation import StageView, report_record, report_text
from gptcc_cli.console.report_files import write_report_files
from gptcc_cli.errors import ExitCode, OutputError, UsageError
from gptcc_cli.evaluation import completions as lines
from gptcc_cli.evaluation.cluster import RemoteJudgeOptions, connect, grade_on_cluster
from gptcc_cli.evaluation.grading import (
    GradeAll,
    Grader,
    GradeSettings,
    grade,
    grade_here,
    results_header,
)
from gptcc_cli.evaluation.importing import import_completions, import_references
from gptcc_cli.evaluation.report import EvalReport, make_report
from gptcc_cli.evaluation.selftest import refuse_failing_controls
from gptcc_cli.evaluation.stages import COMPLETIONS_FILE
from gptcc_cli.options.choices import Checker, Preamble

if TYPE_CHECKING:
    from gptcc_cli.cli.evaluating import EvalWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """How a run is graded and reported."""

    settings: GradeSettings
    judge: JudgeWish
    checker: Checker
    ks: tuple[int, ...]
    n_at_ks: tuple[tuple[int, int], ...]
    ray: str | None
    as_json: bool
    reporter: Reporter

    @classmethod
    def of(cls, wish: "EvalWish | GradeWish", reporter: Reporter, *, clean: bool) -> Self:
        """Return what a command's options say.

        Args:
            wish: the options.
            reporter: hears of what happens.
            clean: whether completions are cleaned.
        """
        return cls(
            settings=GradeSettings(
                clean=clean,
                preamble=wish.preamble,
                samples=wish.n_at_k is not None,
                stop_at_first_failure=wish.first_failure,
            ),
            judge=JudgeWish.of(wish),
            checker=wish.checker,
            ks=parse_ks(wish.ks),
            n_at_ks=parse_n_at_ks(wish.n_at_k),
            ray=wish.ray,
            as_json=wish.as_json,
            reporter=reporter,
        )

    def grade(self, benchmark: Benchmark, directory: Path) -> None:
        """Grade what is not graded yet.

        Raises:
            ExecutionRefused: a control failed, or nothing can be run here.
        """
        header = results_header(directory, benchmark, self.settings, self._judging())
        with StageView(self.reporter) as view, self._grade_all(benchmark) as grade_all:
            grade(benchmark, directory, header=header, grade_all=grade_all, listen=view)

    @contextmanager
    def _grade_all(self, benchmark: Benchmark) -> Iterator[GradeAll]:
        if self.ray is not None:
            judge = RemoteJudgeOptions(
                limits=self.judge.limits(), options=self.judge.options(), unsafe=self.judge.unsafe
            )
            with connect(self.ray):
                yield grade_on_cluster(benchmark, self.settings, judge)
            return
        with open_judge(self.judge, self.reporter) as judge_here:
            n_controls = refuse_failing_controls(judge_here)
            self.reporter.debug(
                f"self-test: the grader judged {n_controls} known programs as it must"
            )
            grader = Grader(judge_here, self.settings)
            workers = self.judge.jobs or len(os.sched_getaffinity(0))
            yield lambda written: grade_here(grader, benchmark, workers, written)

    def report(self, directory: Path) -> EvalReport:
        """Compute the figures of a graded run."""
        return make_report(directory, checker=self.checker, ks=self.ks, n_at_ks=self.n_at_ks)

    def _judging(self) -> dict[str, Any]:
        return {
            "gptcc": __version__,
            "python": platform.python_version(),
            "time_limit_s": self.judge.time_limit_s,
            "memory_limit_bytes": self.judge.memory_limit_bytes,
            "output_limit_bytes": self.judge.output_limit_bytes,
            "strict_layout": self.judge.strict_layout,
            "sandboxed": not self.judge.unsafe,
        }


def selection_of(wish: "EvalWish | GradeWish") -> Selection:
    """Return which problems a command's options name."""
    return Selection(
        ids=tuple(wish.problem or ()),
        difficulties=tuple(wish.difficulty or ()),
        sample=wish.sample,
        seed=wish.seed,
        limit=wish.limit,
    )


def make_directory(directory: Path) -> None:
    """Make the directory of a run.

    Raises:
        OutputError: it can't be made.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"directory {str(directory)!r} can't be made: {error.strerror}",
            hint="choose another --output",
        ) from error


def show_report(grading: Grading, benchmark: Benchmark, directory: Path) -> EvalReport:
    """Write a run's report into its directory, and its figures to standard output."""
    report = grading.report(directory)
    files = write_report_files(report, benchmark, directory)
    if grading.as_json:
        write_json("gptcc.eval/1", report_record(report))
    else:
        write_answer(report_text(report))
    for path in files:
        grading.reporter.debug(f"wrote {path}")
    grading.reporter.info(f"report: {directory / 'report.html'}")
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeWish(JudgingWish):
    """The options of ``gptcc grade``, by the names of its parameters."""

    completions: Path | None
    benchmark: str | None
    references: bool
    output: Path | None
    ks: str | None
    n_at_k: str | None
    split: str | None
    difficulty: list[str] | None
    problem: list[str] | None
    limit: int | None
    sample: int | None
    seed: int
    checker: Checker
    preamble: Preamble
    no_clean: bool
    first_failure: bool
    ray: str | None


def run(wish: GradeWish) -> ExitCode:
    """Grade and report; return the exit code.

    Raises:
        GptccError: it can't be done as asked.
    """
    reporter = wish.reporter()
    # References are programs as they are: never cleaned.
    grading = Grading.of(wish, reporter, clean=not (wish.no_clean or wish.references))
    if (wish.completions is None) is not wish.references:
        raise UsageError(
            "there is nothing to grade" if not wish.references else "there are two things to grade",
            hint="gptcc grade completions.jsonl, or gptcc grade --references --benchmark humaneval",
        )
    benchmark = select(open_benchmark(_benchmark_name(wish), split=wish.split), selection_of(wish))
    directory = _prepared(wish, benchmark)
    grading.grade(benchmark, directory)
    report = show_report(grading, benchmark, directory)
    if report.n_errors:
        return ExitCode.REFUSED
    failing = [score.problem for score in report.scores if score.right < score.n]
    if wish.references and failing:
        shown = ", ".join(failing[:20]) + (", ..." if len(failing) > 20 else "")
        have = "problem has" if len(failing) == 1 else "problems have"
        reporter.info(f"{len(failing)} {have} a solution that does not pass: {shown}")
        return ExitCode.FAILED
    return ExitCode.DONE


def _prepared(wish: GradeWish, benchmark: Benchmark) -> Path:
    """The directory of the run, with its completions in place."""
    source = wish.completions
    if source is not None and source.is_dir():
        if wish.output is not None and wish.output != source:
            raise UsageError("a run is graded where it is", hint="leave --output away")
        return source
    name = "references" if source is None else source.name.split(".")[0]
    directory = wish.output or Path("gptcc-runs") / f"{benchmark.name}-{name}"
    make_directory(directory)
    if source is None:
        import_references(benchmark, directory)
    else:
        import_completions(source, benchmark, directory)
    return directory


def _benchmark_name(wish: GradeWish) -> str:
    source = wish.completions
    if source is not None and not source.exists():
        raise UsageError(f"there is no {str(source)!r}", hint="name a file of completions")
    if wish.benchmark is not None:
        return wish.benchmark
    if source is not None and source.is_dir():
        name = str(lines.header_of(source / COMPLETIONS_FILE)["benchmark"])
        if name in ("apps", "humaneval", "mbpp"):
            return name
    elif source is not None and source.is_file():
        with source.open("rb") as file:
            head = file.read(4096)
        for mark, name in ((b'"HumanEval/', "humaneval"), (b'"MBPP/', "mbpp")):
            if mark in head:
                return name
    raise UsageError(
        "the completions don't say of which benchmark they are",
        hint="name it with --benchmark humaneval, apps, mbpp, or a path",
    )


def parse_ks(text: str | None) -> tuple[int, ...]:
    """Read ``1,5,10``.

    Raises:
        UsageError: a part is not a number from 1 on.
    """
    parts = [] if text is None else text.split(",")
    if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise UsageError(f"-k {text!r} is no list of numbers", hint="write -k 1,5,10")
    return tuple(sorted({int(part) for part in parts}))


def parse_n_at_ks(text: str | None) -> tuple[tuple[int, int], ...]:
    """Read ``1@10,5@100``.

    Raises:
        UsageError: a part is not of that form, or n is larger than k.
    """
    pairs = []
    for part in [] if text is None else text.split(","):
        match = re.fullmatch(r"\s*(\d+)@(\d+)\s*", part)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise UsageError(f"--n-at-k {part!r} can't be meant", hint="write --n-at-k 1@10,5@100")
        pairs.append((int(match[1]), int(match[2])))
    return tuple(pairs)
