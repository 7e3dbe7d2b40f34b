"""``gptcc history replay``: a kept run is done again and compared with what it was.

The completions come from the history, or with ``--generate`` from the same model once more. They
go through the corridor of ``gptcc solve`` with the run's own settings, so that programs, verdicts,
their order and the answer must all come out the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from gptcc_cli.cli.collaborators.judge import JudgeWish, open_judge
from gptcc_cli.cli.collaborators.problem_judge import ProblemJudge
from gptcc_cli.cli.collaborators.writer import Writer
from gptcc_cli.cli.intake import Task
from gptcc_cli.cli.session import open_wished_writer, solve_unlogged
from gptcc_cli.cli.solve_options import StyleChoice, UntilChoice
from gptcc_cli.cli.solve_wish import SolveWish
from gptcc_cli.console import Reporter
from gptcc_cli.errors import UsageError
from gptcc_cli.extraction import extract
from gptcc_cli.generation import Completion, Request, Sampling
from gptcc_cli.history import (
    Difference,
    RecordedRun,
    RunReplay,
    compare_run,
    compare_texts,
)
from gptcc_cli.judging import Judge, Judgement
from gptcc_cli.models import Quantize
from gptcc_cli.options.solve_config import SolveConfig
from gptcc_cli.prompting import Prompt, load_template
from gptcc_cli.solving import Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A run with all that was written in it."""

    run: RecordedRun
    completions: tuple[Completion, ...]
    """In the order of arrival."""
    rounds: tuple[tuple[Request, ...], ...]
    """What the model was asked for; empty if nobody took note of it."""


def judge_again(
    kept: Kept, *, jobs: int | None, unsafe: bool, reporter: Reporter
) -> list[Difference]:
    """Put a run's completions through the corridor again, and return what is not as it was.

    Args:
        kept: the run.
        jobs: programs run at once; ``None``: one per core.
        unsafe: whether programs run without a sandbox, whatever the run did.
        reporter: where it is said what happens.

    Raises:
        ExecutionRefused: programs can't be run here.
    """
    wish = replace(wish_of(kept.run.config), budget=None, jobs=jobs, unsafe=unsafe)
    task = Task(problem=kept.run.problem, tests=kept.run.tests, origin=kept.run.origin)
    silent = Reporter(quiet=not reporter.verbose, verbose=reporter.verbose)
    with ExitStack() as stack:
        judge = None
        if not wish.no_check:
            judge = stack.enter_context(open_judge(JudgeWish.of(wish), silent))
        writer = _recorded(kept)
        solution = solve_unlogged(wish, task, judge=judge, writer=writer, reporter=silent)
        further = _further(kept, solution, task, judge)
    return list(compare_run(kept.run, solution, further))


def write_again(kept: Kept, *, reporter: Reporter) -> list[Difference]:
    """Let the same model write a run's completions anew, and return what is not as it was.

    It gets the same requests in the same order, so that it fills its batches as it did then.

    Raises:
        ModelError: it can't be loaded, or fails.
        UsageError: no model wrote the run, or nobody took note of what it was asked.
    """
    run = kept.run
    wish = _pinned(wish_of(run.config), run.provenance)
    if wish.replay is not None:
        raise UsageError(
            f"no model wrote run {run.summary.id}: it was read from {str(wish.replay)!r}",
            hint="leave --generate out",
        )
    if not kept.rounds and kept.completions:
        raise UsageError(
            f"the requests of run {run.summary.id} were not kept: an earlier gptcc wrote it",
            hint="leave --generate out",
        )
    writer = open_wished_writer(wish, reporter)
    sampling = _sampling_of(run.config)
    missing = {completion.index for completion in kept.completions}
    written: dict[int, Completion] = {}
    with reporter.status(f"writing {len(missing)} candidates anew"):
        for requests in kept.rounds:
            cancel = Event()
            for completion in writer.generator.generate(iter(requests), sampling, cancel=cancel):
                written.setdefault(completion.index, completion)
                missing.discard(completion.index)
                if not missing & {request.index for request in requests}:
                    cancel.set()
                    break
    return [*_model_differences(run, writer), *compare_texts(kept.completions, written)]


def wish_of(config: SolveConfig) -> SolveWish:
    """Return a recorded config as the options of ``gptcc solve``."""
    return SolveWish(
        problems=None,
        number=config.n,
        output=None,
        until=UntilChoice(config.until.value),
        budget=config.budget_s,
        repair=config.repair_rounds,
        write_tests=config.n_generated_tests,
        temperature=",".join(map(str, config.temperatures)),
        starter=None,
        tests=None,
        require_pass=False,
        no_check=not config.check,
        save_all=None,
        fill=False,
        show_samples=False,
        replay=None if config.replay is None else Path(config.replay),
        endpoint=config.endpoint,
        endpoint_style=StyleChoice(config.endpoint_style.value),
        log=False,
        history=None,
        time_limit=config.time_limit_s,
        memory_limit=config.memory_limit_bytes,
        output_limit=config.output_limit_bytes,
        strict_layout=config.strict_layout,
        jobs=None,
        unsafe=not config.sandboxed,
        as_json=False,
        quiet=False,
        verbose=False,
        model=config.model,
        top_p=config.top_p,
        seed=config.seed,
        max_new_tokens=config.max_new_tokens,
        batch_size=config.batch_size,
        template=config.template,
        revision=config.revision,
        quantize=Quantize(config.quantize.value),
        device=config.device,
        dtype=config.dtype,
        adapter=config.adapter,
        trust_remote_code=config.trust_remote_code,
    )


def _sampling_of(config: SolveConfig) -> Sampling:
    return Sampling(
        n=config.n,
        temperatures=config.temperatures,
        temperature_schedule=config.temperature_schedule,
        top_p=config.top_p,
        top_k=config.top_k,
        max_new_tokens=config.max_new_tokens,
        batch_size=config.batch_size,
        seed=config.seed,
    )


def _pinned(wish: SolveWish, provenance: Mapping[str, Any]) -> SolveWish:
    """Ask for the very model that wrote, even where the hub has a newer one by its name."""
    if provenance.get("embedded"):
        return replace(wish, model="embedded", revision=None)
    commit = provenance.get("commit")
    return wish if commit is None else replace(wish, revision=commit)


def _model_differences(run: RecordedRun, writer: Writer) -> Iterator[Difference]:
    if writer.generator.name != run.summary.model:
        yield Difference(what="model", was=run.summary.model, now=writer.generator.name)


def _recorded(kept: Kept) -> Writer:
    n_first = sum(completion.prompt.round == 0 for completion in kept.completions)
    unread = Prompt(text="", template=load_template("apps"), n_tokens=0)
    return Writer(
        generator=RunReplay(kept.run.summary.id, kept.completions),
        prompts=lambda _: (unread,),
        write_tests=lambda *_: kept.run.generated_tests_text or "",
        mend=lambda _, __, round_: replace(unread, round=round_),
        n_at_most=max(1, n_first),
    )


def _further(
    kept: Kept, solution: Solution, task: Task, judge: Judge | None
) -> dict[str, Judgement]:
    """Judge what was judged then beyond the answer, which a run does while it has not stopped."""
    ranked = {one.judgement.candidate.id for one in solution.ranked}
    wanted = {program.id for program in kept.run.programs} - ranked
    submission = ProblemJudge(judge=judge, problem=task.problem, tests=task.judged_on)
    futures = {}
    for completion in kept.completions:
        candidate = extract(completion, task.problem)
        if candidate.id in wanted and candidate.id not in futures:
            futures[candidate.id] = submission.submit(candidate)
    return {id_: future.result() for id_, future in futures.items()}
