"""``gptcc solve``: solve problems one after another, show progress, and write the answers."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import gptcc_cli
from gptcc_cli import api
from gptcc_cli.atomic_writes import make_directory, write_atomically
from gptcc_cli.candidate_sources import CandidateSource
from gptcc_cli.commands import model_found, named_or_piped, report_sandbox, reporter_of
from gptcc_cli.console.records import solution_record
from gptcc_cli.console.reporter import FetchView, Reporter, write_answer, write_json
from gptcc_cli.console.solving import SolveView, headline, program_text, solution_table
from gptcc_cli.errors import ExitCode, OutputError, UsageError
from gptcc_cli.generation import write_completions
from gptcc_cli.history import Recorder, RunLog, RunStart, history_path, open_run_log
from gptcc_cli.judging import Judge
from gptcc_cli.options.solve import UNLIMITED_N, SolveOptions
from gptcc_cli.options.solve_config import SolveConfig
from gptcc_cli.solving import Ended, Solution
from gptcc_cli.tasks import SolveTask, read_tasks

OUTPUT_HINT = "choose another place with -o, or print to standard output"
SOLUTION_NAME = "solution.py"
"""What ``--fill`` writes."""

_WITHOUT_PROGRAM = {
    Ended.FOUND: "no completion contains a program",
    Ended.EXHAUSTED: "no completion contains a program",
    Ended.BUDGET: "the budget ended before a program was written and judged",
    Ended.INTERRUPTED: "interrupted before a program was written and judged",
    Ended.FAILED: "the model failed before it had written a program",
}
_GRAVEST = (
    ExitCode.INTERRUPTED,
    ExitCode.REFUSED,
    ExitCode.BUDGET,
    ExitCode.FAILED,
    ExitCode.UNVERIFIED,
)


def run(options: SolveOptions) -> ExitCode:
    """Solve every problem of a command line; return the gravest exit code.

    Raises:
        GptccError: nothing can be solved as asked.
    """
    reporter, config = reporter_of(options.report), options.config()
    api.sampling_of(config)
    places = _places_to_fill(options.problems) if options.fill else ()
    if options.fill and not places:
        reporter.info("every problem has a solution")
        return ExitCode.DONE
    names = [str(place) for place in places] or named_or_piped(options.problems, "solve")
    tasks = list(
        read_tasks(names, starter=options.starter, tests=options.tests, warn=reporter.warn)
    )
    if options.show_samples:
        _show_samples(tasks, reporter)
    target: _Target = OutputTarget(options=options, several=len(tasks) > 1)
    if options.fill:
        target = FillTarget(places, reporter, seed=config.seed)
    target.refuse_early()
    with ExitStack() as stack:
        judge = None
        if config.check:
            judge = stack.enter_context(
                api.open_judge(options.judge, opened=lambda box: report_sandbox(box, reporter))
            )
        source = open_source(config, reporter)
        api.refuse_impossible(config, source)
        recorder = Recorder(history_path(options.history)) if options.log else None
        if recorder is not None:
            stack.callback(_close, recorder, reporter)
        codes = []
        for task in tasks:
            with open_run_log(recorder, _run_start(task, config, source)) as log:
                if log.id is not None:
                    reporter.debug(f"run {log.id}")
                solution = log.answered(
                    solve_task(task, config, source=source, judge=judge, reporter=reporter, log=log)
                )
                codes.append(target.write(solution, generator=source.generator.name, run=log.id))
                log.end(codes[-1])
            if solution.failure is not None and not solution.solved:
                raise solution.failure
            if codes[-1] is ExitCode.INTERRUPTED:
                break
    return next((code for code in _GRAVEST if code in codes), ExitCode.DONE)


def solve_task(
    task: SolveTask,
    config: SolveConfig,
    *,
    source: CandidateSource,
    judge: Judge | None,
    reporter: Reporter,
    log: RunLog,
) -> Solution:
    """Solve one problem and show how it goes.

    Raises:
        ModelError: the model fails when it is asked for tests.
    """
    generated = _generated_tests(task, config, source, reporter, log)
    n = config.n if source.n_at_most is None else min(config.n, source.n_at_most)
    with SolveView(reporter, None if n == UNLIMITED_N else n) as view:
        solution = api.search(
            task,
            config,
            source=source,
            judge=judge,
            generated=generated,
            generator=log.recording(source.generator),
            listen=log.tee(view),
        )
    if solution.failure is not None and solution.solved:
        reporter.warn(f"the model failed after that: {solution.failure.message}")
    if solution.best is None:
        reporter.warn(f"{solution.problem.id}: {_WITHOUT_PROGRAM[solution.ended]}")
    elif not reporter.quiet:
        reporter.console.print(
            headline(solution, checked=config.check, sandboxed=config.sandboxed), markup=False
        )
        reporter.console.print(solution_table(solution, width=reporter.console.width))
    return solution


def open_source(config: SolveConfig, reporter: Reporter) -> CandidateSource:
    """Open what generates, and tell what it is.

    Raises:
        GptccError: it can't be opened.
    """
    if config.replay is not None:
        return api.open_source(config)
    with FetchView(reporter) as view, ExitStack() as stack:
        source = api.open_source(
            config, progress=view, notify=lambda found: model_found(found, reporter, stack)
        )
    reporter.info(f"model: {source.generator.name}")
    for note in source.notes:
        reporter.debug(note)
    return source


def exit_code(solution: Solution, *, checked: bool) -> ExitCode:
    """Return the exit code of a solution."""
    if solution.ended is Ended.INTERRUPTED:
        return ExitCode.INTERRUPTED
    if solution.best is None:
        return ExitCode.BUDGET if solution.ended is Ended.BUDGET else ExitCode.FAILED
    if not checked or solution.solved:
        return ExitCode.DONE
    if solution.undecided:
        return ExitCode.REFUSED
    return ExitCode.FAILED if solution.verified_by else ExitCode.UNVERIFIED


def _generated_tests(
    task: SolveTask,
    config: SolveConfig,
    source: CandidateSource,
    reporter: Reporter,
    log: RunLog,
) -> api.TestsReply | None:
    n = config.n_generated_tests
    with reporter.status(f"asking for {n} tests") if n else nullcontext():
        reply = api.generate_tests(task, config, source)
    if reply is None:
        if n:
            reporter.info("no tests were requested: an input may have several right answers")
        return None
    log.note_generated_tests(reply.text)
    dropped = f", {reply.n_dropped} more can't be used" if reply.n_dropped else ""
    reporter.info(f"tests the model wrote: {len(reply.kept)} of {n} requested{dropped}")
    return reply


def _show_samples(tasks: Sequence[SolveTask], reporter: Reporter) -> None:
    from gptcc_cli.console.samples import list_samples
    from gptcc_cli.statement import Reading

    for task in tasks:
        reporter.info(list_samples(Reading(problem=task.problem), title=True))


def _run_start(task: SolveTask, config: SolveConfig, source: CandidateSource) -> RunStart:
    loaded = source.loaded
    provenance: dict[str, object] = {"notes": list(source.generator.notes)}
    if loaded is not None:
        provenance = {
            "name": loaded.found.name,
            "commit": loaded.found.commit,
            "path": str(loaded.found.path),
            "embedded": loaded.found.embedded,
            "adapter": None if loaded.found.adapter is None else str(loaded.found.adapter),
            "device": loaded.device,
            "dtype": loaded.dtype,
            "quantize": loaded.quantize.value,
        }
    return RunStart(
        problem=task.problem,
        origin=task.origin,
        tests=task.tests,
        n_tests=len(task.verifying) if config.check else 0,
        config=config,
        model=source.generator.name,
        provenance=provenance,
        version=gptcc_cli.__version__,
    )


def _close(recorder: Recorder, reporter: Reporter) -> None:
    recorder.close()
    if recorder.error is not None:
        reporter.warn(recorder.error.message, hint=recorder.error.hint)


class _Target(Protocol):
    """Where answers go."""

    def refuse_early(self) -> None: ...

    def write(self, solution: Solution, *, generator: str, run: str | None) -> ExitCode: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputTarget:
    """Writes answers to standard output, a file or a directory, as the options say.

    Files are written atomically.
    """

    options: SolveOptions
    several: bool
    """Whether there is more than one problem: then ``--output`` is a directory."""

    def refuse_early(self) -> None:
        """Refuse before any work what could not be written after it.

        Raises:
            UsageError: several problems without a directory to write to.
            OutputError: a place can't be written to.
        """
        output, save_all = self.options.output, self.options.save_all
        if self.several and output is None and not self.options.report.as_json:
            raise UsageError(
                "several problems need a directory for their programs",
                hint="add -o DIR, or --json for one line per problem",
            )
        for directory in (output if self.several else None, save_all):
            if directory is not None:
                make_directory(directory)
                _require_writable(directory)
        if output is not None and not self.several:
            if output.is_dir():
                raise UsageError(
                    f"--output {str(output)!r} is a directory",
                    hint=f"name a file, such as -o {output / SOLUTION_NAME}",
                )
            if not output.exists() or output.is_file():
                _require_writable(output.parent)  # else a pipe or a device, written as it is

    def write(self, solution: Solution, *, generator: str, run: str | None) -> ExitCode:
        """Write an answer and return its exit code.

        Args:
            solution: the answer.
            generator: what wrote it, for people.
            run: its ID in the history; ``None``: it is not recorded.

        Raises:
            OutputError: a file can't be written; the program is printed then all the same.
        """
        checked = not self.options.no_check
        code = exit_code(solution, checked=checked)
        program = program_text(solution, checked=checked)
        if self.options.require_pass and not solution.solved:
            program = None
        if self.options.save_all is not None:
            self._save_all(self.options.save_all, solution, generator)
        if self.options.report.as_json:
            record = solution_record(
                solution,
                run=run,
                program=program,
                checked=checked,
                sandboxed=not self.options.judge.unsafe,
                generator=generator,
                exit_code=int(code),
            )
            write_json("gptcc.solution/2", record)
        if program is not None:
            self._write_program(solution, program)
        return code

    def _write_program(self, solution: Solution, program: str) -> None:
        output, prints = self.options.output, not self.options.report.as_json
        if output is None:
            if prints:
                write_answer(program)
            return
        place = output / f"{_file_stem(solution)}.py" if self.several else output
        try:
            write_atomically(place, program, hint=OUTPUT_HINT)
        except OutputError:
            if prints:
                write_answer(program)  # a full disk must not cost an hour of work
            raise

    def _save_all(self, directory: Path, solution: Solution, generator: str) -> None:
        place = directory / _file_stem(solution) if self.several else directory
        make_directory(place)
        for position, ranked in enumerate(solution.ranked):
            verdict = ranked.judgement.verdict
            name = f"{position:03d}-{verdict.value if verdict else 'unverified'}.py"
            write_atomically(place / name, ranked.judgement.candidate.source, hint=OUTPUT_HINT)
        completions = sorted(
            (one for ranked in solution.ranked for one in ranked.judgement.candidate.completions),
            key=lambda completion: completion.index,
        )
        sampling = api.sampling_of(self.options.config())
        write_completions(
            place / "completions.jsonl", completions, generator=generator, sampling=sampling
        )


class FillTarget:
    """Writes each program that passes every sample into its problem's directory.

    An existing file is never changed.
    """

    def __init__(self, places: Sequence[Path], reporter: Reporter, *, seed: int) -> None:
        """Take the directories, one for each solution to come, and the seed of the run."""
        self._places: Iterator[Path] = iter(places)
        self._reporter = reporter
        self._seed = seed

    def refuse_early(self) -> None:
        """Refuse nothing: the directories exist."""

    def write(self, solution: Solution, *, generator: str, run: str | None) -> ExitCode:  # noqa: ARG002
        """Write a program that passes every sample; return 1, because one was missing.

        Raises:
            OutputError: the file can't be written, or exists by now.
        """
        file = next(self._places) / SOLUTION_NAME
        if solution.ended is Ended.INTERRUPTED:
            return ExitCode.INTERRUPTED
        if not solution.solved or solution.best is None:
            self._reporter.warn(f"{file}: no program passes every sample, nothing was written")
            return ExitCode.FAILED
        judgement = solution.best.judgement
        source = judgement.candidate.source
        header = (
            f"# Written by gptcc {gptcc_cli.__version__} with {generator}, seed {self._seed}: "
            f"passes {judgement.n_passed} of {judgement.n_tests} samples.\n"
        )
        _write_new(file, header + (source if source.endswith("\n") else source + "\n"))
        write_answer(str(file))
        return ExitCode.FAILED


def _places_to_fill(names: Sequence[str]) -> tuple[Path, ...]:
    from gptcc_cli.workspace import unsolved_places

    roots = [Path(name) for name in names or (".",)]
    for root in roots:
        if not root.is_dir():
            raise UsageError(
                f"--fill needs directories, and {str(root)!r} is not one",
                hint="give directories that contain problems",
            )
    return tuple(place for root in roots for place in unsolved_places(root))


def _write_new(file: Path, text: str) -> None:
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        try:
            os.link(aside, file)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{str(file)!r} can't be written: {(error.strerror or 'error').lower()}",
            hint="existing files are never overwritten; see what is there",
        ) from error


def _require_writable(directory: Path) -> None:
    if not os.access(directory or Path(), os.W_OK):
        reason = "no write access" if directory.exists() else "no such directory"
        raise OutputError(
            f"{str(directory)!r} can't be written to: {reason}", hint="choose another place"
        )


def _file_stem(solution: Solution) -> str:
    kept = "".join(c if c.isalnum() or c in "-_." else "_" for c in solution.problem.id)
    return kept.strip(".") or "problem"
