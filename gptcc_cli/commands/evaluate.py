"""``gptcc eval`` and ``gptcc grade``: run them with progress, write and print the report."""

from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict
from pathlib import Path

from gptcc_cli import api
from gptcc_cli.candidate_sources import CandidateSource
from gptcc_cli.commands import model_found, reporter_of
from gptcc_cli.console.evaluation import StageView, comparison_text, report_record, report_text
from gptcc_cli.console.report_files import write_report_files
from gptcc_cli.console.reporter import FetchView, Reporter, write_answer, write_json
from gptcc_cli.errors import ExitCode
from gptcc_cli.evaluating import EvalEvents, EvalRun, Grading, run_evaluation, run_grading
from gptcc_cli.evaluation.report import compare
from gptcc_cli.models import ModelSpec
from gptcc_cli.options.evaluate import EvalOptions, GradeOptions


class _ConsoleEvents(EvalEvents):
    """Shows on the console what happens."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self.info, self.debug = reporter.info, reporter.debug  # type: ignore[method-assign]

    def stage(self) -> AbstractContextManager[StageView]:
        return StageView(self.reporter)

    def open_model(self, spec: ModelSpec, template: str | None, tokens: int) -> CandidateSource:
        with FetchView(self.reporter) as view, ExitStack() as stack:
            source = api.open_model(
                spec,
                template=template,
                max_new_tokens=tokens,
                progress=view,
                notify=lambda found: model_found(found, self.reporter, stack),
            )
        self.reporter.info(f"model: {source.generator.name}")
        for note in source.notes:
            self.reporter.debug(note)
        return source


def evaluate(options: EvalOptions) -> ExitCode:
    """Evaluate or compare; return the exit code.

    Raises:
        GptccError: it can't be done as asked.
    """
    reporter = reporter_of(options.report)
    if options.compare is not None:
        return _compare(options, options.compare)
    run = run_evaluation(options, _ConsoleEvents(reporter))
    if run.report is None:
        return ExitCode.DONE
    _show(run, reporter, as_json=options.report.as_json)
    return ExitCode.REFUSED if run.report.n_errors else ExitCode.DONE


def grade(options: GradeOptions) -> ExitCode:
    """Grade and report; return the exit code.

    Raises:
        GptccError: it can't be done as asked.
    """
    reporter = reporter_of(options.report)
    run = run_grading(options, _ConsoleEvents(reporter))
    assert run.report is not None
    _show(run, reporter, as_json=options.report.as_json)
    if run.report.n_errors:
        return ExitCode.REFUSED
    failing = [score.problem for score in run.report.scores if score.right < score.n]
    if options.references and failing:
        shown = ", ".join(failing[:20]) + (", ..." if len(failing) > 20 else "")
        have = "problem has" if len(failing) == 1 else "problems have"
        reporter.info(f"{len(failing)} {have} a solution that does not pass: {shown}")
        return ExitCode.FAILED
    return ExitCode.DONE


def _show(run: EvalRun, reporter: Reporter, *, as_json: bool) -> None:
    """Write a run's report into its directory, and its figures to standard output."""
    assert run.report is not None
    files = write_report_files(run.report, run.benchmark, run.directory)
    if as_json:
        write_json("gptcc.eval/1", report_record(run.report))
    else:
        write_answer(report_text(run.report))
    for path in files:
        reporter.debug(f"wrote {path}")
    reporter.info(f"report: {run.directory / 'report.html'}")


def _compare(options: EvalOptions, runs: tuple[Path, Path]) -> ExitCode:
    grading = Grading(options=options.grading, judge=options.judge, clean=True)
    first, second = (grading.report(directory) for directory in runs)
    comparison = compare(first, second)
    if options.report.as_json:
        write_json("gptcc.eval-comparison/1", asdict(comparison))
    else:
        write_answer(comparison_text(comparison, str(runs[0]), str(runs[1])))
    return ExitCode.DONE
