"""One ``gptcc eval``: from the options to a report and an exit code."""

import hashlib
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gptcc_cli import __version__
from gptcc_cli.benchmarks import Benchmark, open_benchmark, select
from gptcc_cli.cli.collaborators.writer import Writer, open_writer
from gptcc_cli.cli.grading import Grading, make_directory, selection_of, show_report
from gptcc_cli.cli.units import temperatures
from gptcc_cli.cli.wishes import WritingWish
from gptcc_cli.console import Reporter, write_answer, write_json
from gptcc_cli.console.evaluation import StageView, comparison_text
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.evaluation import completions as lines
from gptcc_cli.evaluation.cluster import connect, describe_on_cluster, write_on_cluster
from gptcc_cli.evaluation.completions import ProblemWriter, benchmark_header, generate, one_by_one
from gptcc_cli.evaluation.contamination import contamination
from gptcc_cli.evaluation.report import compare
from gptcc_cli.evaluation.stages import COMPLETIONS_FILE, Shard, merge
from gptcc_cli.generation import Sampling, check_sampling
from gptcc_cli.models import FoundModel, ModelSpec
from gptcc_cli.options.choices import Checker, Preamble
from gptcc_cli.problem import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalWish(WritingWish):
    """The options of ``gptcc eval``, by the names of its parameters."""

    benchmark: str | None
    output: Path | None
    number: int
    ks: str | None
    n_at_k: str | None
    split: str | None
    difficulty: list[str] | None
    problem: list[str] | None
    limit: int | None
    sample: int | None
    temperature: str
    checker: Checker
    preamble: Preamble
    no_clean: bool
    first_failure: bool
    generate_only: bool
    compare: tuple[Path, Path] | None
    shard: str | None
    merge: bool
    ray: str | None
    ray_workers: int | None

    def sampling(self) -> Sampling:
        """Return how programs are drawn.

        Raises:
            UsageError: the settings can't be meant.
        """
        sampling = Sampling(
            n=self.number,
            temperatures=temperatures(self.temperature),
            top_p=self.top_p,
            max_new_tokens=self.max_new_tokens,
            batch_size=self.batch_size,
            seed=self.seed,
        )
        check_sampling(sampling)
        return sampling


def run(wish: EvalWish) -> ExitCode:
    """Evaluate, compare or merge; return the exit code.

    Raises:
        GptccError: it can't be done as asked.
    """
    reporter = wish.reporter()
    grading = Grading.of(wish, reporter, clean=not wish.no_clean)
    if wish.compare is not None:
        return _compare(wish.compare, grading)
    if wish.benchmark is None:
        raise UsageError(
            "no benchmark was named", hint="gptcc eval humaneval, or apps, mbpp, or a path"
        )
    sampling = wish.sampling()
    _refuse_k_beyond(grading, sampling.n)
    shard = None if wish.shard is None else Shard.parse(wish.shard)
    benchmark = select(open_benchmark(wish.benchmark, split=wish.split), selection_of(wish))
    directory = wish.output or _default_directory(benchmark, wish.spec())
    make_directory(directory)
    if wish.merge:
        for path in merge(directory):
            reporter.info(f"merged: {path}")
        return _grade(grading, benchmark, benchmark, directory)
    part = benchmark
    if shard is not None:
        part, directory = shard.part(benchmark), directory / shard.directory
        make_directory(directory)
    _generate(wish, benchmark, part, directory, sampling, shard, reporter)
    if wish.generate_only:
        reporter.info(f"completions: {directory / COMPLETIONS_FILE}")
        return ExitCode.DONE
    return _grade(grading, benchmark, part, directory)


def _grade(grading: Grading, benchmark: Benchmark, part: Benchmark, directory: Path) -> ExitCode:
    grading.grade(benchmark, directory)
    report = show_report(grading, part, directory)
    return ExitCode.REFUSED if report.n_errors else ExitCode.DONE


def _generate(
    wish: EvalWish,
    benchmark: Benchmark,
    part: Benchmark,
    directory: Path,
    sampling: Sampling,
    shard: Shard | None,
    reporter: Reporter,
) -> None:
    open_here = partial(_problem_writer, wish.spec(), wish.template, sampling)
    with ExitStack() as stack:
        if wish.ray is not None:
            stack.enter_context(connect(wish.ray))
            told = describe_on_cluster(partial(open_here, quiet=True), partial(describe, benchmark))
            write_all = write_on_cluster(partial(open_here, quiet=True), wish.ray_workers)
            reporter.info(f"model: {told['generator']}, on Ray")
            view = stack.enter_context(StageView(reporter))
        else:
            writer = open_here(quiet=wish.quiet, verbose=wish.verbose)
            told = describe(benchmark, writer)
            view = stack.enter_context(StageView(reporter))
            write_all = one_by_one(writer, view.watch)
        header = run_header(benchmark, sampling, shard, told)
        generate(part, directory, header=header, n=sampling.n, write_all=write_all, listen=view)


def _problem_writer(
    spec: ModelSpec,
    template: str | None,
    sampling: Sampling,
    *,
    quiet: bool,
    verbose: bool = False,
) -> "ModelWriter":
    """Open a model, here or in a worker far away."""
    reporter = Reporter(quiet=quiet, verbose=verbose)
    writer = open_writer(
        spec, template=template, max_new_tokens=sampling.max_new_tokens, reporter=reporter
    )
    return ModelWriter(writer, sampling)


class ModelWriter(ProblemWriter):
    """Writes a problem's programs with a model from this command's options."""

    def __init__(self, writer: Writer, sampling: Sampling) -> None:
        """Keep the model."""
        super().__init__(writer.generator, writer.prompts, sampling)
        self.writer = writer


def describe(benchmark: Benchmark, problem_writer: ProblemWriter) -> dict[str, Any]:
    """What a header says of the model and of what it reads."""
    assert isinstance(problem_writer, ModelWriter)
    writer = problem_writer.writer
    loaded = writer.loaded
    assert loaded is not None
    found = loaded.found
    templates = {}
    for entry in benchmark.entries:
        problem = entry.load().problem
        mode = problem.mode.value
        if mode not in templates:
            read = [prompt.template for prompt in writer.prompts(problem)]
            templates[mode] = [{"name": one.name, "sha256": one.sha256} for one in read]
        if len(templates) == len(Mode):
            break
    return {
        "generator": writer.generator.name,
        "model": found.name,
        "commit": found.commit,
        "dtype": loaded.dtype,
        "quantize": loaded.quantize.value,
        "adapter": adapter_mark(found),
        "contamination": contamination(
            found.name,
            [path for path in (found.path, found.adapter) if path is not None],
            benchmark.name,
            benchmark.split,
        ),
        "templates": templates,
    }


def adapter_mark(found: FoundModel) -> str | None:
    """The adapter in use: the name asked for, or a digest of the one the model comes with."""
    if found.adapter is None or found.spec.adapter is not None:
        return found.spec.adapter
    weights = (found.adapter / "adapter_model.safetensors").read_bytes()
    return f"its own, SHA-256 {hashlib.sha256(weights).hexdigest()[:12]}"


def run_header(
    benchmark: Benchmark, sampling: Sampling, shard: Shard | None, writer: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that completions are made with."""
    return {
        "schema": lines.SCHEMA,
        "version": lines.VERSION,
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


def _compare(runs: tuple[Path, Path], grading: Grading) -> ExitCode:
    first, second = (grading.report(directory) for directory in runs)
    comparison = compare(first, second)
    if grading.as_json:
        from dataclasses import asdict

        write_json("gptcc.eval-comparison/1", asdict(comparison))
    else:
        write_answer(comparison_text(comparison, str(runs[0]), str(runs[1])))
    return ExitCode.DONE


def _refuse_k_beyond(grading: Grading, n: int) -> None:
    for k in (*grading.ks, *(k for _, k in grading.n_at_ks)):
        if k > n:
            raise UsageError(
                f"k = {k} needs {k} programs of each problem, and -n {n} writes fewer",
                hint=f"add -n {k}",
            )


def _default_directory(benchmark: Benchmark, spec: ModelSpec) -> Path:
    model = Path(spec.name).name if "/" in spec.name else spec.name
    split = f"-{benchmark.split}" if benchmark.split else ""
    name = f"{benchmark.name}{split}-{model}"
    return Path("gptcc-runs") / re.sub(r"[^A-Za-z0-9._-]+", "-", name)
