"""The processes that check solutions, a core for each, and the sandbox they share out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from gptcc_cli.cli.checking import CheckWish, Item
from gptcc_cli.console import Reporter
from gptcc_cli.crew import Crew, Ticket
from gptcc_cli.sandbox import open_sandbox, usable_cores
from gptcc_cli.workspace import Outcome

CheckCrew: TypeAlias = Crew[Item, Outcome]
CheckTicket: TypeAlias = Ticket[Item, Outcome]


@contextmanager
def open_crew(wish: CheckWish, reporter: Reporter, n_items: int) -> Iterator[CheckCrew]:
    """Open a sandbox and a process beside each of its workers; all end with the block.

    Reading a problem and comparing outputs is Python, and takes a quarter of the time that small
    programs take to run: threads would wait for one another.

    Args:
        wish: the command's options.
        reporter: where it is said how strongly programs are held.
        n_items: how many solutions there can be: no more processes are started.

    Raises:
        ExecutionRefused: programs can't be run here.
    """
    with open_sandbox(
        workers=min(wish.jobs or usable_cores(), n_items),
        unsafe=wish.unsafe,
        starts_all=True,
        meanwhile=_import_rooms,
    ) as sandbox:
        from gptcc_cli.cli.check_running import check_item
        from gptcc_cli.cli.collaborators.judge import JudgeWish, say_how_held

        say_how_held(sandbox, reporter)
        judging = JudgeWish.of(wish)

        def work_of(number: int) -> Callable[[Item], Outcome]:
            judge = judging.judge_on(sandbox.part(number))
            return lambda item: check_item(wish, judge, item)

        with Crew(sandbox.workers, work_of) as crew:
            yield crew


def _import_rooms() -> None:
    """Import what reads and judges once, before there are copies of this process."""
    import gptcc_cli.cli.check_running  # noqa: F401
