"""Asks the model that writes for tests of a problem, before it writes programs.

What comes back are claims: they help to put programs in order and judge none.
"""

from dataclasses import dataclass
from threading import Event, Timer
from typing import TYPE_CHECKING

from gptcc_cli.cli.collaborators.writer import Writer, WriteTests
from gptcc_cli.console import Reporter
from gptcc_cli.errors import UsageError
from gptcc_cli.extraction import GeneratedTest, read_generated_tests
from gptcc_cli.generation import Sampling
from gptcc_cli.history import RunLog
from gptcc_cli.problem import Problem
from gptcc_cli.solving import Until

if TYPE_CHECKING:
    from gptcc_cli.cli.solve_wish import SolveWish

_SHARE = 0.25
"""Of a budget, the part after which the model is taken at what it has written so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claiming:
    """Tests that a model is to write: who writes them, and how many."""

    write: WriteTests
    n: int

    def generated_tests(
        self,
        problem: Problem,
        sampling: Sampling,
        *,
        log: RunLog,
        reporter: Reporter,
        budget_s: float | None = None,
    ) -> tuple[GeneratedTest, ...]:
        """Ask for tests of a problem, note the reply, and say how much of it can be used.

        Args:
            problem: whose tests; where several answers are right, nobody is asked.
            sampling: the seed of the run, and how long a reply may be.
            log: records the reply.
            reporter: where it is said what came of it.
            budget_s: seconds for the problem, of which this may take a quarter.

        Raises:
            ModelError: the model fails.
        """
        if problem.answer.special_judge:
            reporter.info("no tests were asked for: several answers to one input may be right")
            return ()
        stop = Event()
        timer = None if budget_s is None else Timer(_SHARE * budget_s, stop.set)
        if timer is not None:
            timer.daemon = True
            timer.start()
        try:
            with reporter.status(f"asking for {self.n} tests"):
                text = self.write(problem, self.n, sampling, stop)
        finally:
            if timer is not None:
                timer.cancel()
        log.note_generated_tests(text)
        generated_tests = read_generated_tests(text, problem, most=self.n)
        dropped = (
            f", {generated_tests.n_dropped} more can't be used" if generated_tests.n_dropped else ""
        )
        reporter.info(
            f"tests the model wrote: {len(generated_tests.kept)} of {self.n} asked for{dropped}"
        )
        return generated_tests.kept


def claiming_of(wish: "SolveWish", writer: Writer) -> Claiming | None:
    """Return how tests are asked for; ``None``: they are not.

    Raises:
        UsageError: they were to be, and who writes can't be asked or nothing could follow.
    """
    if wish.write_tests == 0:
        return None
    if wish.no_check or wish.stopping() is Until.FIRST:
        option = "--no-check" if wish.no_check else "--until first"
        raise UsageError(
            f"tests a model writes put programs in order, and {option} puts none in order by them",
            hint=f"leave --write-tests or {option} out",
        )
    if writer.write_tests is None:
        raise UsageError(
            f"{writer.generator.name} can't be asked to write tests: it does not chat",
            hint="leave --write-tests out, or choose an instruct model or a server that chats",
        )
    return Claiming(write=writer.write_tests, n=wish.write_tests)
