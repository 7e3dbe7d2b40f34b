"""One ``gptcc solve``: from the options to an exit code.

Joins the rooms for one or several problems: reads them, opens the judge and the writer once,
solves one after another, and hands each answer to where it was asked to be. What happens to a
single problem is ``solving``'s work; how it looks is ``console``'s.
"""

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace

from gptcc_cli.cli.collaborators.claiming import Claiming, claiming_of
from gptcc_cli.cli.collaborators.endpoint import open_endpoint
from gptcc_cli.cli.collaborators.judge import JudgeWish, open_judge
from gptcc_cli.cli.collaborators.log import open_log
from gptcc_cli.cli.collaborators.problem_judge import ProblemJudge, probe_runner_for
from gptcc_cli.cli.collaborators.writer import Writer, open_replay, open_writer
from gptcc_cli.cli.filling import Filling, places_to_fill
from gptcc_cli.cli.intake import Task, named_or_piped, read_tasks
from gptcc_cli.cli.solve_wish import OPEN_N, SolveWish
from gptcc_cli.console import Reporter
from gptcc_cli.console.samples import list_samples
from gptcc_cli.console.solving import SolveView, headline, solution_table
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.extraction import GeneratedTest, extract
from gptcc_cli.generation import EndpointStyle, Sampling, plan
from gptcc_cli.history import RunLog
from gptcc_cli.judging import Judge
from gptcc_cli.problem import Problem
from gptcc_cli.solving import Ended, Repair, Solution, Until, solve
from gptcc_cli.statement import Reading


def run(wish: SolveWish) -> ExitCode:
    """Solve every problem of a command line; return the gravest exit code.

    Raises:
        GptccError: nothing can be solved as asked.
    """
    reporter = wish.reporter()
    sampling = wish.sampling()
    places = places_to_fill(wish.problems) if wish.fill else ()
    if wish.fill and not places:
        reporter.info("no problem lacks a solution")
        return ExitCode.DONE
    names = [str(place) for place in places] or named_or_piped(wish.problems, "solve")
    tasks = read_tasks(names, starter=wish.starter, tests=wish.tests, reporter=reporter)
    if wish.show_samples:
        for task in tasks:
            reporter.info(list_samples(Reading(problem=task.problem), title=True))
    delivery = Filling(places, reporter) if wish.fill else wish.delivery(several=len(tasks) > 1)
    delivery.refuse_early()
    with ExitStack() as stack:
        judge = (
            None if wish.no_check else stack.enter_context(open_judge(JudgeWish.of(wish), reporter))
        )
        writer = open_wished_writer(wish, reporter)
        repair, claiming = _repair(wish, writer), claiming_of(wish, writer)
        history = stack.enter_context(open_log(wish, writer, reporter))
        codes = []
        for task in tasks:
            desk = _Desk(
                wish=wish,
                sampling=sampling,
                judge=judge,
                writer=writer,
                repair=repair,
                claiming=claiming,
                reporter=reporter,
            )
            with history.keep(task, sampling) as log:
                solution = log.answered(desk.solve(task, log))
                code = delivery.hand_over(solution, writer=writer, sampling=sampling, run=log.id)
                codes.append(code)
                log.end(codes[-1])
            if solution.failure is not None and not solution.solved:
                raise solution.failure
            if codes[-1] is ExitCode.INTERRUPTED:
                break
    return _gravest(codes)


def open_wished_writer(wish: SolveWish, reporter: Reporter) -> Writer:
    """Open who writes, by the options.

    Raises:
        GptccError: it can't be opened.
    """
    if wish.replay is not None:
        return open_replay(wish.replay)
    if wish.endpoint is not None:
        return open_endpoint(
            wish.endpoint,
            model=wish.model,
            style=EndpointStyle(wish.endpoint_style.value),
            template=wish.template,
            max_new_tokens=wish.max_new_tokens,
            reporter=reporter,
        )
    return open_writer(
        wish.spec(), template=wish.template, max_new_tokens=wish.max_new_tokens, reporter=reporter
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
    claiming: Claiming | None
    reporter: Reporter

    def solve(self, task: Task, log: RunLog) -> Solution:
        """Solve one problem, keep its run, and show how it went."""
        at_most = self.writer.n_at_most
        n = self.sampling.n if at_most is None else min(self.sampling.n, at_most)
        sampling = replace(self.sampling, n=n)
        problem, until = task.problem, self.wish.stopping()
        generated_tests, budget_s = self._generated_tests(problem, log)
        with SolveView(self.reporter, None if n == OPEN_N else n) as view:
            solution = solve(
                problem,
                task.verifying if self.judge else (),
                plan(self.writer.prompts(problem), sampling, problem.id),
                sampling,
                generator=log.recording(self.writer.generator),
                extract=lambda completion: extract(completion, problem),
                judge=ProblemJudge(judge=self.judge, problem=problem, tests=task.judged_on),
                probe_runner=None
                if until is Until.FIRST and task.judged_on
                else probe_runner_for(
                    self.judge, problem, seed=sampling.seed, generated_tests=generated_tests
                ),
                repair=self.repair,
                until=until,
                budget_s=budget_s,
                listen=log.tee(view),
            )
        self._tell(solution)
        return solution

    def _generated_tests(
        self, problem: Problem, log: RunLog
    ) -> tuple[tuple[GeneratedTest, ...], float | None]:
        """Return tests that the model wrote, if it is asked, and what is left of the budget."""
        budget_s, began_s = self.wish.budget, time.monotonic()
        if self.claiming is None:
            return (), budget_s
        generated_tests = self.claiming.generated_tests(
            problem, self.sampling, log=log, reporter=self.reporter, budget_s=budget_s
        )
        spent_s = time.monotonic() - began_s
        return generated_tests, None if budget_s is None else max(0.0, budget_s - spent_s)

    def _tell(self, solution: Solution) -> None:
        if solution.failure is not None and solution.solved:
            self.reporter.warn(f"the model failed after that: {solution.failure.message}")
        if solution.best is None:
            self.reporter.warn(f"{solution.problem.id}: {_NOTHING[solution.ended]}")
        elif not self.reporter.quiet:
            self.reporter.console.print(
                headline(solution, sandboxed=not self.wish.unsafe), markup=False
            )
            self.reporter.console.print(solution_table(solution, width=self.reporter.console.width))


def solve_unlogged(
    wish: SolveWish, task: Task, *, judge: Judge | None, writer: Writer, reporter: Reporter
) -> Solution:
    """Solve one problem with a writer of the caller's choice; the run is not kept."""
    desk = _Desk(
        wish=wish,
        sampling=wish.sampling(),
        judge=judge,
        writer=writer,
        repair=_repair(wish, writer),
        claiming=claiming_of(wish, writer),
        reporter=reporter,
    )
    return desk.solve(task, RunLog())


def _gravest(codes: list[ExitCode]) -> ExitCode:
    order = (
        ExitCode.INTERRUPTED,
        ExitCode.REFUSED,
        ExitCode.BUDGET,
        ExitCode.FAILED,
        ExitCode.UNVERIFIED,
    )
    return next((code for code in order if code in codes), ExitCode.DONE)
