"""``gptcc history replay``: re-run a recorded run and compare it with what it was.

The completions come from the history, or with ``--generate`` from the same model once more. They
are judged with the run's own config, so that programs, verdicts, their order and the answer must
all be the same.
"""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from gptcc_cli import api
from gptcc_cli.candidate_sources import recorded_source
from gptcc_cli.commands import report_sandbox, reporter_of
from gptcc_cli.commands.solve import open_source, solve_task
from gptcc_cli.console.history import difference_lines
from gptcc_cli.console.records import replay_record
from gptcc_cli.console.reporter import Reporter, write_answer, write_json
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.extraction import extract
from gptcc_cli.generation import Completion, Request
from gptcc_cli.history import (
    Difference,
    RecordedRun,
    RunLog,
    RunReplay,
    compare_run,
    compare_texts,
    completions_of,
    find_run,
    history_path,
    open_for_reading,
    requests_of,
)
from gptcc_cli.judging import Judge, Judgement
from gptcc_cli.judging.problem_judge import ProblemJudge
from gptcc_cli.options.history import HistoryReplayOptions
from gptcc_cli.options.solve_config import SolveConfig
from gptcc_cli.solving import Solution
from gptcc_cli.tasks import SolveTask


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayInput:
    """A run with everything that was written in it."""

    run: RecordedRun
    completions: tuple[Completion, ...]
    """In the order of arrival."""
    rounds: tuple[tuple[Request, ...], ...]
    """What the model was asked for; empty if it was not recorded."""


def run(options: HistoryReplayOptions) -> ExitCode:
    """Re-run a run and show what differs; return 1 if anything does.

    Raises:
        ExecutionRefused: programs can't be run here.
        HistoryError: the history can't be read.
        ModelError: the model can't be loaded.
        UsageError: there is no such run, or it can't be generated again.
    """
    reporter = reporter_of(options.report)
    with open_for_reading(history_path(options.history)) as connection:
        recorded = find_run(connection, options.run)
        assert connection is not None, "a run was found"
        replay = ReplayInput(
            run=recorded,
            completions=tuple(completions_of(connection, recorded)),
            rounds=requests_of(connection, recorded),
        )
    found = _generate_again(replay, reporter) if options.generate else []
    found += _judge_again(replay, options, reporter)
    if options.report.as_json:
        record = replay_record(recorded, found, generated=options.generate)
        write_json("gptcc.replay/1", record)
    else:
        lines = difference_lines(recorded, found, generated=options.generate)
        write_answer("\n".join(lines))
    return ExitCode.FAILED if found else ExitCode.DONE


def _judge_again(
    replay: ReplayInput, options: HistoryReplayOptions, reporter: Reporter
) -> list[Difference]:
    """Judge and rank a run's completions again, and return what is not as it was."""
    run = replay.run
    config = replace(replay.run.config, budget_s=None, sandboxed=not options.unsafe)
    task = SolveTask(problem=run.problem, tests=run.tests, origin=run.origin)
    silent = Reporter(quiet=not reporter.verbose, verbose=reporter.verbose)
    source = recorded_source(
        RunReplay(run.summary.id, replay.completions),
        n_at_most=max(1, sum(one.prompt.round == 0 for one in replay.completions)),
        tests_reply=run.generated_tests_text or "",
        repairs=True,
    )
    with ExitStack() as stack:
        judge = None
        if config.check:
            judging = replace(api.judge_options(config), jobs=options.jobs)
            judge = stack.enter_context(
                api.open_judge(judging, opened=lambda box: report_sandbox(box, silent))
            )
        solution = solve_task(
            task, config, source=source, judge=judge, reporter=silent, log=RunLog()
        )
        further = _further(replay, solution, task, judge)
    return list(compare_run(run, solution, further))


def _generate_again(replay: ReplayInput, reporter: Reporter) -> list[Difference]:
    """Let the same model generate a run's completions again, and return what is not as it was.

    It gets the same requests in the same order, so that its batches are what they were.

    Raises:
        ModelError: it can't be loaded, or fails.
        UsageError: no model wrote the run, or its requests were not recorded.
    """
    run, config = replay.run, _pinned(replay)
    if config.replay is not None:
        raise UsageError(
            f"no model wrote run {run.summary.id}: it was read from {str(Path(config.replay))!r}",
            hint="omit --generate",
        )
    if not replay.rounds and replay.completions:
        raise UsageError(
            f"the requests of run {run.summary.id} were not recorded: an earlier gptcc wrote it",
            hint="omit --generate",
        )
    generator, sampling = open_source(config, reporter).generator, api.sampling_of(config)
    missing = {completion.index for completion in replay.completions}
    written: dict[int, Completion] = {}
    with reporter.status(f"generating {len(missing)} candidates again"):
        for requests in replay.rounds:
            cancel = Event()
            for completion in generator.generate(iter(requests), sampling, cancel=cancel):
                written.setdefault(completion.index, completion)
                missing.discard(completion.index)
                if not missing & {request.index for request in requests}:
                    cancel.set()
                    break
    found = list(compare_texts(replay.completions, written))
    if generator.name != run.summary.model:
        found.insert(0, Difference(what="model", was=run.summary.model, now=generator.name))
    return found


def _pinned(replay: ReplayInput) -> SolveConfig:
    """Ask for the very model that wrote, even if the hub has a newer commit by its name."""
    provenance = replay.run.provenance
    if provenance.get("embedded"):
        return replace(replay.run.config, model="embedded", revision=None)
    commit = provenance.get("commit")
    return replay.run.config if commit is None else replace(replay.run.config, revision=commit)


def _further(
    replay: ReplayInput, solution: Solution, task: SolveTask, judge: Judge | None
) -> dict[str, Judgement]:
    """Judge what was judged then beyond the answer, while the run had not stopped yet."""
    ranked = {one.judgement.candidate.id for one in solution.ranked}
    wanted = {program.id for program in replay.run.programs} - ranked
    submission = ProblemJudge(judge=judge, problem=task.problem, tests=task.judged_on)
    futures = {}
    for completion in replay.completions:
        candidate = extract(completion, task.problem)
        if candidate.id in wanted and candidate.id not in futures:
            futures[candidate.id] = submission.submit(candidate)
    return {id_: future.result() for id_, future in futures.items()}
