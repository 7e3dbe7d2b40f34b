"""One ``gptcc solve``: from the options to an exit code.

Joins the rooms for one or several problems: reads them, opens the judge and the writer once,
solves one after another, and hands each answer to where it was asked to be. What happens to a
single problem is ``solving``'s work; how it looks is ``console``'s.
"""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from gptcc_cli.cli.collaborators.endpoint import open_endpoint
from gptcc_cli.cli.collaborators.hearing import Hearing
from gptcc_cli.cli.collaborators.judge import JudgeWish, open_judge
from gptcc_cli.cli.collaborators.log import Entry, open_log
from gptcc_cli.cli.collaborators.writer import Writer, open_replay, open_writer
from gptcc_cli.cli.delivery import Delivery
from gptcc_cli.cli.filling import Filling, places_to_fill
from gptcc_cli.cli.intake import Task, named_or_piped, read_tasks
from gptcc_cli.cli.solve_options import StyleChoice, UntilChoice
from gptcc_cli.cli.units import temperatures
from gptcc_cli.console import Talk
from gptcc_cli.console.samples import list_samples
from gptcc_cli.console.solving import SolveView, headline, solution_table
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.extraction import extract
from gptcc_cli.generation import Sampling, Style, check_sampling, plan
from gptcc_cli.judging import Judge
from gptcc_cli.models import ModelSpec, Quantize
from gptcc_cli.solving import Ended, Repair, Solution, Until, solve
from gptcc_cli.statement import Reading

_DEFAULT_N = 32
_OPEN_N = 1_000_000
"""Where the budget alone is the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveWish:
    """The options of ``gptcc solve``, by the names of its parameters."""

    problems: list[str] | None
    number: int | None
    model: str | None
    output: Path | None
    until: UntilChoice | None
    budget: float | None
    repair: int
    temperature: str | None
    top_p: float
    seed: int
    max_new_tokens: int
    batch_size: int | None
    template: str | None
    starter: Path | None
    tests: Path | None
    time_limit: float | None
    memory_limit: int | None
    output_limit: int | None
    strict_layout: bool
    require_pass: bool
    no_check: bool
    save_all: Path | None
    fill: bool
    show_samples: bool
    replay: Path | None
    endpoint: str | None
    endpoint_style: StyleChoice
    revision: str | None
    quantize: Quantize
    device: str
    dtype: str
    adapter: str | None
    trust_remote_code: bool
    jobs: int | None
    unsafe: bool
    as_json: bool
    log: bool
    history: Path | None
    quiet: bool
    verbose: bool

    def sampling(self) -> Sampling:
        """Return how candidates are drawn.

        Raises:
            UsageError: the settings can't be meant.
        """
        sampling = Sampling(
            n=_DEFAULT_N if self.number is None else self.number,
            top_p=self.top_p,
            max_new_tokens=self.max_new_tokens,
            batch_size=self.batch_size,
            seed=self.seed,
        )
        if self.temperature is not None:
            sampling = replace(sampling, temperatures=temperatures(self.temperature))
        if self.number is None and self.budget is not None and any(sampling.temperatures):
            sampling = replace(sampling, n=_OPEN_N)
        check_sampling(sampling)
        return sampling

    def stopping(self) -> Until:
        """Return when to stop: who gives time gives it for agreement, too."""
        if self.until is not None:
            return Until(self.until.value)
        return Until.FIRST if self.budget is None else Until.AGREED

    def spec(self) -> ModelSpec:
        """Return which model writes."""
        return ModelSpec(
            name=self.model or ModelSpec().name,
            revision=self.revision,
            explicit=any(word is not None for word in (self.model, self.revision, self.adapter)),
            dtype=self.dtype,
            device=self.device,
            quantize=self.quantize,
            adapter=self.adapter,
            trust_remote_code=self.trust_remote_code,
        )

    def delivery(self, *, several: bool) -> Delivery:
        """Return where answers go."""
        return Delivery(
            output=self.output,
            several=several,
            save_all=self.save_all,
            as_json=self.as_json,
            require_pass=self.require_pass,
            checked=not self.no_check,
            sandboxed=not self.unsafe,
        )


def run(wish: SolveWish) -> ExitCode:
    """Solve every problem of a command line; return the gravest exit code.

    Raises:
        GptccError: nothing can be solved as asked.
    """
    talk = Talk(quiet=wish.quiet, verbose=wish.verbose)
    sampling = wish.sampling()
    places = places_to_fill(wish.problems) if wish.fill else ()
    if wish.fill and not places:
        talk.say("no problem lacks a solution")
        return ExitCode.DONE
    names = [str(place) for place in places] or named_or_piped(wish.problems, "solve")
    tasks = read_tasks(names, starter=wish.starter, tests=wish.tests, talk=talk)
    if wish.show_samples:
        for task in tasks:
            talk.say(list_samples(Reading(problem=task.problem), title=True))
    delivery = Filling(places, talk) if wish.fill else wish.delivery(several=len(tasks) > 1)
    delivery.refuse_early()
    with ExitStack() as stack:
        judge = None if wish.no_check else stack.enter_context(open_judge(JudgeWish.of(wish), talk))
        writer = _writer(wish, talk)
        repair = _repair(wish, writer)
        log = stack.enter_context(open_log(wish, writer, talk))
        codes = []
        for task in tasks:
            desk = _Desk(
                wish=wish,
                sampling=sampling,
                judge=judge,
                writer=writer,
                repair=repair,
                talk=talk,
            )
            with log.keep(task, sampling) as entry:
                solution = desk.solve(task, entry)
                codes.append(delivery.hand_over(solution, writer=writer, sampling=sampling))
                entry.end(solution, codes[-1])
            if solution.failure is not None and not solution.solved:
                raise solution.failure
            if codes[-1] is ExitCode.INTERRUPTED:
                break
    return _gravest(codes)


def _writer(wish: SolveWish, talk: Talk) -> Writer:
    if wish.replay is not None:
        return open_replay(wish.replay)
    if wish.endpoint is not None:
        return open_endpoint(
            wish.endpoint,
            model=wish.model,
            style=Style(wish.endpoint_style.value),
            template=wish.template,
            max_new_tokens=wish.max_new_tokens,
            talk=talk,
        )
    return open_writer(
        wish.spec(), template=wish.template, max_new_tokens=wish.max_new_tokens, talk=talk
    )


def _repair(wish: SolveWish, writer: Writer) -> Repair | None:
    """Return how programs get a second try.

    Raises:
        UsageError: they were to get one, and who writes can't be shown a program.
    """
    if wish.repair == 0:
        return None
    if writer.mend is None:
        raise UsageError(
            f"{writer.generator.name} can't be asked to repair a program: it does not chat",
            hint="leave --repair out, or choose an instruct model or a server that chats",
        )
    return Repair(prompts=writer.mend, rounds=wish.repair)


_NOTHING = {
    Ended.FOUND: "no completion holds a program",
    Ended.EXHAUSTED: "no completion holds a program",
    Ended.BUDGET: "the budget ended before a program was written and judged",
    Ended.INTERRUPTED: "interrupted before a program was written and judged",
    Ended.FAILED: "the model failed before it had written a program",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What every problem of a run shares."""

    wish: SolveWish
    sampling: Sampling
    judge: Judge | None
    writer: Writer
    repair: Repair | None
    talk: Talk

    def solve(self, task: Task, entry: Entry) -> Solution:
        """Solve one problem, keep its run, and show how it went."""
        at_most = self.writer.n_at_most
        n = self.sampling.n if at_most is None else min(self.sampling.n, at_most)
        sampling = replace(self.sampling, n=n)
        until = self.wish.stopping()
        with SolveView(self.talk, None if n == _OPEN_N else n) as view:
            solution = solve(
                task.problem,
                task.verifying if self.judge else (),
                plan(self.writer.prompts(task.problem), sampling, task.problem.id),
                sampling,
                generator=self.writer.generator,
                extract=lambda completion: extract(completion, task.problem),
                judge=Hearing(judge=self.judge, problem=task.problem, tests=task.judged_on),
                repair=self.repair,
                until=until,
                budget_s=self.wish.budget,
                listen=entry.beside(view),
            )
        self._tell(solution)
        return solution

    def _tell(self, solution: Solution) -> None:
        if solution.failure is not None and solution.solved:
            self.talk.warn(f"the model failed after that: {solution.failure.message}")
        if solution.best is None:
            self.talk.warn(f"{solution.problem.id}: {_NOTHING[solution.ended]}")
        elif not self.talk.quiet:
            self.talk.picture.print(
                headline(solution, sandboxed=not self.wish.unsafe), markup=False
            )
            self.talk.picture.print(solution_table(solution))


def _gravest(codes: list[ExitCode]) -> ExitCode:
    order = (
        ExitCode.INTERRUPTED,
        ExitCode.REFUSED,
        ExitCode.BUDGET,
        ExitCode.FAILED,
        ExitCode.UNVERIFIED,
    )
    return next((code for code in order if code in codes), ExitCode.DONE)
