"""Evaluate a model on a benchmark, or grade completions: from options to a report.

Both stages write files of a run directory and resume there. Covers which directory, header and
judge a run has; the stages themselves are ``evaluation``'s. Prints nothing: what happens is told to
``EvalEvents``.
"""

import hashlib
import os
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gptcc_cli import __version__, api
from gptcc_cli.atomic_writes import make_directory
from gptcc_cli.benchmarks import Benchmark, Selection, open_benchmark, select
from gptcc_cli.candidate_sources import CandidateSource
from gptcc_cli.errors import UsageError
from gptcc_cli.evaluation.cluster import (
    RemoteJudgeOptions,
    connect,
    describe_on_cluster,
    grade_on_cluster,
    write_on_cluster,
)
from gptcc_cli.evaluation.completions import (
    SCHEMA,
    VERSION,
    ProblemWriter,
    benchmark_header,
    generate,
    header_of,
    one_by_one,
)
from gptcc_cli.evaluation.contamination import contamination
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
from gptcc_cli.evaluation.stages import COMPLETIONS_FILE, Shard, merge
from gptcc_cli.generation import Sampling, check_sampling
from gptcc_cli.models import FoundModel, ModelSpec
from gptcc_cli.options.definition import build, read_given
from gptcc_cli.options.evaluate import EvalOptions, GradeOptions, GradingOptions, SelectionOptions
from gptcc_cli.options.shared import JudgeOptions
from gptcc_cli.problem import Mode


def evaluate(
    benchmark: str | Path, directory: str | Path, *, model: str | None = None, **options: Any
) -> EvalReport:
    """Write programs for a benchmark, grade them, and compute pass@k.

    Args:
        benchmark: ``apps``, ``humaneval``, ``mbpp``, a directory or a file.
        directory: of the run; an interrupted run resumes there.
        model: a hub ID, a directory, a ``.gguf`` file, or ``embedded``.
        **options: options of ``gptcc eval`` by name, such as ``number=5`` or ``limit=10``.

    Raises:
        UsageError: there is no such option, or it can't have this value.
        GptccError: it can't be done as asked.

    Example:
        >>> evaluate("humaneval", "run", model="embedded", number=0)
        Traceback (most recent call last):
        gptcc_cli.errors.UsageError: number=0: 0 is not at least 1
    """
    given = {"benchmark": str(benchmark), "output": directory, "model": model, **options}
    try:
        values = read_given(EvalOptions, given)
    except ValueError as error:
        raise UsageError(str(error), hint="see gptcc eval --help") from error
    report = run_evaluation(build(EvalOptions, values), EvalEvents()).report
    assert report is not None, "only --generate-only leaves out the report"
    return report


class SourceWriter(ProblemWriter):
    """Writes a problem's programs with a source of candidates."""

    def __init__(self, source: CandidateSource, sampling: Sampling) -> None:
        """Take the source."""
        super().__init__(source.generator, source.prompts, sampling)
        self.source = source


class EvalEvents:
    """Told what happens; does nothing."""

    def info(self, sentence: str) -> None:
        """Receive a sentence for the user."""

    def debug(self, sentence: str) -> None:
        """Receive a detail."""

    def stage(self) -> AbstractContextManager[Any]:
        """Return a listener for the progress of one stage, or ``None``."""
        return nullcontext()

    def open_model(self, spec: ModelSpec, template: str | None, tokens: int) -> CandidateSource:
        """Open the model that writes."""
        return api.open_model(spec, template=template, max_new_tokens=tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalRun:
    """A graded run."""

    benchmark: Benchmark
    directory: Path
    report: EvalReport | None
    """``None``: it was not graded, as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """How a run is graded and reported."""

    options: GradingOptions
    judge: JudgeOptions
    clean: bool
    """Whether completions are cleaned."""
    events: EvalEvents = field(default_factory=EvalEvents)

    @property
    def settings(self) -> GradeSettings:
        """What grading depends on beside programs, tests and limits."""
        return GradeSettings(
            clean=self.clean,
            preamble=self.options.preamble,
            samples=self.options.n_at_k is not None,
            stop_at_first_failure=self.options.first_failure,
        )

    def grade(self, benchmark: Benchmark, directory: Path) -> None:
        """Grade what is not graded yet.

        Raises:
            ExecutionRefused: a control failed, or nothing can be run here.
        """
        judging = {
            "gptcc": __version__,
            "python": platform.python_version(),
            "time_limit_s": self.judge.time_limit,
            "memory_limit_bytes": self.judge.memory_limit,
            "output_limit_bytes": self.judge.output_limit,
            "strict_layout": self.judge.strict_layout,
            "sandboxed": not self.judge.unsafe,
        }
        header = results_header(directory, benchmark, self.settings, judging)
        with self.events.stage() as view, self._grade_all(benchmark) as grade_all:
            grade(benchmark, directory, header=header, grade_all=grade_all, listen=view)

    @contextmanager
    def _grade_all(self, benchmark: Benchmark) -> Iterator[GradeAll]:
        if self.options.ray is not None:
            limits, checker = api.asked_limits(self.judge), api.checker_options(self.judge)
            judge = RemoteJudgeOptions(limits=limits, options=checker, unsafe=self.judge.unsafe)
            with connect(self.options.ray):
                yield grade_on_cluster(benchmark, self.settings, judge)
            return
        with api.open_judge(self.judge) as judge_here:
            if self.judge.unsafe:
                self.events.info("warning: programs run WITHOUT a sandbox (--unsafe)")
            n_controls = refuse_failing_controls(judge_here)
            self.events.debug(f"self-test: {n_controls} known programs were judged correctly")
            grader = Grader(judge_here, self.settings)
            workers = self.judge.jobs or len(os.sched_getaffinity(0))
            yield lambda written: grade_here(grader, benchmark, workers, written)

    def report(self, directory: Path) -> EvalReport:
        """Compute the figures of a graded run."""
        options = self.options
        return make_report(
            directory, checker=options.checker, ks=options.ks or (), n_at_ks=options.n_at_k or ()
        )


def run_evaluation(options: EvalOptions, events: EvalEvents) -> EvalRun:
    """Write the programs of a benchmark that are missing, grade them, and report.

    Raises:
        GptccError: it can't be done as asked.
    """
    grading = Grading(
        options=options.grading,
        judge=options.judge,
        clean=not options.grading.no_clean,
        events=events,
    )
    if options.benchmark is None:
        raise UsageError(
            "no benchmark was named", hint="gptcc eval humaneval, or apps, mbpp, or a path"
        )
    sampling = sampling_of(options)
    _refuse_k_beyond(options.grading, sampling.n)
    shard = None if options.shard is None else Shard.parse(options.shard)
    benchmark = _selected(options.benchmark, options.selection, options.generation.seed)
    directory = options.output or _default_directory(benchmark, api.model_spec(options.model))
    make_directory(directory)
    part = benchmark
    if options.merge:
        for path in merge(directory):
            events.info(f"merged: {path}")
    else:
        if shard is not None:
            part, directory = shard.part(benchmark), directory / shard.directory
            make_directory(directory)
        _generate(options, benchmark, part, directory, sampling, shard, events)
        if options.generate_only:
            events.info(f"completions: {directory / COMPLETIONS_FILE}")
            return EvalRun(benchmark=part, directory=directory, report=None)
    grading.grade(benchmark, directory)
    return EvalRun(benchmark=part, directory=directory, report=grading.report(directory))


def run_grading(options: GradeOptions, events: EvalEvents) -> EvalRun:
    """Grade completions from elsewhere or a benchmark's own solutions, and report.

    Raises:
        GptccError: it can't be done as asked.
    """
    if (options.completions is None) is not options.references:
        what = "both completions and --references were" if options.references else "nothing was"
        raise UsageError(
            f"{what} given to grade",
            hint="gptcc grade completions.jsonl, or gptcc grade --references --benchmark humaneval",
        )
    # A benchmark's own solutions are programs: they are never cleaned.
    grading = Grading(
        options=options.grading,
        judge=options.judge,
        clean=not (options.grading.no_clean or options.references),
        events=events,
    )
    benchmark = _selected(_benchmark_name(options), options.selection, options.seed)
    directory = _with_completions(options, benchmark)
    grading.grade(benchmark, directory)
    return EvalRun(benchmark=benchmark, directory=directory, report=grading.report(directory))


def sampling_of(options: EvalOptions) -> Sampling:
    """Return how programs are drawn.

    Raises:
        UsageError: a value is out of range, or programs would be copies of each other.
    """
    drawn = options.generation
    sampling = Sampling(
        n=options.number,
        temperatures=options.temperature,
        top_p=drawn.top_p,
        max_new_tokens=drawn.max_new_tokens,
        batch_size=drawn.batch_size,
        seed=drawn.seed,
    )
    check_sampling(sampling)
    return sampling


def _selected(name: str, options: SelectionOptions, seed: int) -> Benchmark:
    selection = Selection(
        ids=options.problem,
        difficulties=options.difficulty,
        sample=options.sample,
        seed=seed,
        limit=options.limit,
    )
    return select(open_benchmark(name, split=options.split), selection)


def _generate(
    options: EvalOptions,
    benchmark: Benchmark,
    part: Benchmark,
    directory: Path,
    sampling: Sampling,
    shard: Shard | None,
    events: EvalEvents,
) -> None:
    spec, template = api.model_spec(options.model), options.generation.template
    with ExitStack() as stack:
        if options.grading.ray is not None:
            stack.enter_context(connect(options.grading.ray))
            open_there = partial(_open_writer, spec, template, sampling)
            told = describe_on_cluster(open_there, partial(describe, benchmark))
            write_all = write_on_cluster(open_there, options.ray_workers)
            events.info(f"model: {told['generator']}, on Ray")
            view = stack.enter_context(events.stage())
        else:
            source = events.open_model(spec, template, sampling.max_new_tokens)
            writer = SourceWriter(source, sampling)
            told = describe(benchmark, writer)
            view = stack.enter_context(events.stage())
            write_all = one_by_one(writer, None if view is None else view.watch)
        header = run_header(benchmark, sampling, shard, told)
        generate(part, directory, header=header, n=sampling.n, write_all=write_all, listen=view)


def _open_writer(spec: ModelSpec, template: str | None, sampling: Sampling) -> SourceWriter:
    """Open a model on a machine of a cluster."""
    source = api.open_model(spec, template=template, max_new_tokens=sampling.max_new_tokens)
    return SourceWriter(source, sampling)


def describe(benchmark: Benchmark, writer: ProblemWriter) -> dict[str, Any]:
    """Return what a header says of the model and of the templates it reads."""
    assert isinstance(writer, SourceWriter)
    source = writer.source
    loaded = source.loaded
    assert loaded is not None
    found = loaded.found
    templates = {}
    for entry in benchmark.entries:
        problem = entry.load().problem
        mode = problem.mode.value
        if mode not in templates:
            read = [prompt.template for prompt in source.prompts(problem)]
            templates[mode] = [{"name": one.name, "sha256": one.sha256} for one in read]
        if len(templates) == len(Mode):
            break
    return {
        "generator": source.generator.name,
        "model": found.name,
        "commit": found.commit,
        "dtype": loaded.dtype,
        "quantize": loaded.quantize.value,
        "adapter": adapter_name(found),
        "contamination": contamination(
            found.name,
            [path for path in (found.path, found.adapter) if path is not None],
            benchmark.name,
            benchmark.split,
        ),
        "templates": templates,
    }


def adapter_name(found: FoundModel) -> str | None:
    """Return the adapter that was asked for, or a digest of the one that the model comes with."""
    if found.adapter is None or found.spec.adapter is not None:
        return found.spec.adapter
    weights = (found.adapter / "adapter_model.safetensors").read_bytes()
    return f"its own, SHA-256 {hashlib.sha256(weights).hexdigest()[:12]}"


def adapter_mark(found: FoundModel) -> str | None:
    """The adapter in use: the name asked for, or a digest of the one the model comes with."""
    if found.adapter is None or found.spec.adapter is not None:
        return found.spec.adapter
    weights = (found.adapter / "adapter_model.safetensors").read_bytes()
    return f"its own, SHA-256 {hashlib.sha256(weights).hexdigest()[:12]}"


def run_header(
    benchmark: Benchmark, sampling: Sampling, shard: Shard | None, writer: Mapping[str, Any]
) -> dict[str, Any]:
    """Return everything that completions are made with."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "gptcc": __version__,
        **benchmark_header(benchmark),
        "shard": None if shard is None else f"{shard.number}/{shard.of}",
        **writer,
        "n": sampling.n,
        "temperatures": list(sampling.temperatures),
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "max_new_tokens": sampling.max_new_tokens,
        "batch_size": sampling.batch_size,
        "seed": sampling.seed,
    }


def _refuse_k_beyond(options: GradingOptions, n: int) -> None:
    for k in (*(options.ks or ()), *(k for _, k in options.n_at_k or ())):
        if k > n:
            raise UsageError(
                f"k = {k} needs {k} programs per problem, and -n {n} writes fewer",
                hint=f"add -n {k}",
            )


def _default_directory(benchmark: Benchmark, spec: ModelSpec) -> Path:
    model = Path(spec.name).name if "/" in spec.name else spec.name
    split = f"-{benchmark.split}" if benchmark.split else ""
    name = f"{benchmark.name}{split}-{model}"
    return Path("gptcc-runs") / re.sub(r"[^A-Za-z0-9._-]+", "-", name)


def _with_completions(options: GradeOptions, benchmark: Benchmark) -> Path:
    """Return the directory of the run, with its completions in place."""
    source = options.completions
    if source is not None and source.is_dir():
        if options.output is not None and options.output != source:
            raise UsageError("a run is graded in its own directory", hint="omit --output")
        return source
    name = "references" if source is None else source.name.split(".")[0]
    directory = options.output or Path("gptcc-runs") / f"{benchmark.name}-{name}"
    make_directory(directory)
    if source is None:
        import_references(benchmark, directory)
    else:
        import_completions(source, benchmark, directory)
    return directory


def _benchmark_name(options: GradeOptions) -> str:
    source = options.completions
    if source is not None and not source.exists():
        raise UsageError(f"{str(source)!r} does not exist", hint="give a file of completions")
    if options.benchmark is not None:
        return options.benchmark
    if source is not None and source.is_dir():
        name = str(header_of(source / COMPLETIONS_FILE)["benchmark"])
        if name in ("apps", "humaneval", "mbpp"):
            return name
    elif source is not None and source.is_file():
        with source.open("rb") as file:
            head = file.read(4096)
        for mark, name in ((b'"HumanEval/', "humaneval"), (b'"MBPP/', "mbpp")):
            if mark in head:
                return name
    raise UsageError(
        "the completions don't name their benchmark",
        hint="name it with --benchmark: humaneval, apps, mbpp, or a path",
    )
