"""Asks the model that writes for tests of a problem, before it writes programs.

What comes back are claims: they help to put programs in order and judge none.
"""

from dataclasses import dataclass
from threading import Event, Timer
from typing import TYPE_CHECKING

from gptcc_cli.cli.collaborators.log import Entry
from gptcc_cli.cli.collaborators.writer import Writer, WriteTests
from gptcc_cli.console import Talk
from gptcc_cli.errors import UsageError
from gptcc_cli.extraction import Claim, read_claims
from gptcc_cli.generation import Sampling
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

    def claims(
        self,
        problem: Problem,
        sampling: Sampling,
        *,
        entry: Entry,
        talk: Talk,
        budget_s: float | None = None,
    ) -> tuple[Claim, ...]:
        """Ask for tests of a problem, note the reply, and say how much of it can be used.

        Args:
            problem: whose tests; where several answers are right, nobody is asked.
            sampling: the seed of the run, and how long a reply may be.
            entry: where the reply is kept.
            talk: where it is said what came of it.
            budget_s: seconds for the problem, of which this may take a quarter.

        Raises:
            ModelError: the model fails.
        """
        if problem.answer.special_judge:
            talk.say("no tests were asked for: several answers to one input may be right")
            return ()
        stop = Event()
        timer = None if budget_s is None else Timer(_SHARE * budget_s, stop.set)
        if timer is not None:
            timer.daemon = True
            timer.start()
        try:
            with talk.waiting(f"asking for {self.n} tests"):
                text = self.write(problem, self.n, sampling, stop)
        finally:
            if timer is not None:
                timer.cancel()
        entry.note_tests(text)
        claims = read_claims(text, problem, most=self.n)
        dropped = f", {claims.n_dropped} more can't be used" if claims.n_dropped else ""
        talk.say(f"tests the model wrote: {len(claims.kept)} of {self.n} asked for{dropped}")
        return claims.kept


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
