"""What ``gptcc solve`` shows while it works, and the table after it.

On a terminal a few lines are drawn again and again: how much is written and judged, the last
verdicts, and the text of one candidate as it is written. Elsewhere a plain line comes every few
seconds. Everything goes to standard error.
"""

from collections import Counter, deque
from time import monotonic
from typing import TYPE_CHECKING, Self

from gptcc_cli.console.judged import STYLES, slowest_s
from gptcc_cli.console.reporter import Reporter
from gptcc_cli.generation import GeneratorStatus
from gptcc_cli.judging import Judgement, Verdict
from gptcc_cli.solving import GenerationProgress, Judged, Solution, SolveEvent, Wrote

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live
    from rich.table import Table

_PLAIN_EVERY_S = 5.0
_TAIL_LINES = 6
_RECENT = 5
_ROWS = 10
_WIDE = 60
"""Columns from which on a table has room for more than verdicts and reasons."""


class SolveView:
    """Listens to a run and draws it."""

    def __init__(self, reporter: Reporter, n_wanted: int | None) -> None:
        """Prepare to draw.

        Args:
            reporter: where to draw.
            n_wanted: candidates asked for; ``None`` if the run ends otherwise.
        """
        self._reporter = reporter
        self._n_wanted = n_wanted
        self._n_written = 0
        self._verdicts: Counter[Verdict | None] = Counter()
        self._recent: deque[Judgement] = deque(maxlen=_RECENT)
        self._status = GeneratorStatus(n_tokens=0, n_active=0, n_finished=0)
        self._started_s = monotonic()
        self._said_s = self._started_s
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Start drawing."""
        if not self._reporter.quiet and self._reporter.console.is_interactive:
            from rich.live import Live

            self._live = Live(
                console=self._reporter.console,
                get_renderable=self._picture,
                refresh_per_second=8,
                transient=True,
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop drawing and leave the terminal clean."""
        if self._live is not None:
            self._live.stop()

    def __call__(self, event: SolveEvent) -> None:
        """Take note of what happened."""
        match event:
            case Wrote():
                self._n_written += 1
            case Judged(judgement=judgement):
                self._verdicts[judgement.verdict] += 1
                self._recent.append(judgement)
                if self._live is None:
                    self._reporter.debug(_judged_line(judgement))
            case GenerationProgress(status=status):
                self._status = status
        if self._live is None and monotonic() - self._said_s >= _PLAIN_EVERY_S:
            self._said_s = monotonic()
            self._reporter.info(self._line())

    def _line(self) -> str:
        wanted = f" of {self._n_wanted}" if self._n_wanted else ""
        elapsed_s = max(monotonic() - self._started_s, 1e-9)
        verdicts = ", ".join(
            f"{count} {verdict.value if verdict else 'unjudged'}"
            for verdict, count in self._verdicts.most_common()
        )
        return (
            f"{self._n_written}{wanted} written, {sum(self._verdicts.values())} judged"
            f"{f' ({verdicts})' if verdicts else ''}, "
            f"{self._status.n_tokens / elapsed_s:.0f} tokens/s, {elapsed_s:.0f} s"
        )

    def _picture(self) -> "RenderableType":
        from rich.console import Group
        from rich.spinner import Spinner
        from rich.text import Text

        lines: list[RenderableType] = [Spinner("line", text=Text(self._line()))]
        for judgement in self._recent:
            style = STYLES[judgement.verdict] if judgement.verdict else ""
            lines.append(Text(f"  {_judged_line(judgement)}", style=style, no_wrap=True))
        tail = self._status.preview.splitlines()[-_TAIL_LINES:]
        lines += [Text(f"  | {line}", style="dim", no_wrap=True) for line in tail]
        return Group(*lines)


def _judged_line(judgement: Judgement) -> str:
    word = judgement.verdict.value if judgement.verdict else "--"
    return f"#{judgement.candidate.completions[0].index:<4}{word:<4}{_why(judgement)}"


def _why(judgement: Judgement) -> str:
    failed = next((case for case in judgement.cases if case.verdict is not Verdict.AC), None)
    if failed is None:
        return f"{judgement.n_passed} of {judgement.n_tests}" if judgement.n_tests else "unverified"
    return failed.detail


def headline(solution: Solution, *, sandboxed: bool = True) -> str:
    """Say in a line what was verified, and how much was written for it.

    Args:
        solution: the run.
        sandboxed: whether its programs were held; otherwise the line says so.
    """
    unheld = "" if sandboxed else ", run WITHOUT a sandbox"
    counted = f"{solution.n_written} written, {len(solution.ranked)} different"
    n_tests = len(solution.verified_by)
    if solution.solved:
        verified = f"passes {_all_of(n_tests)}{_agreement(solution)}{_doubts(solution)}"
    elif n_tests:
        verified = f"none passes {_all_of(n_tests)}"
    else:
        verified = "unverified: no samples to run"
    return f"{solution.problem.id}: {verified} ({counted}){unheld}"


def _all_of(n_samples: int) -> str:
    return "the one sample" if n_samples == 1 else f"all {n_samples} samples"


def _agreement(solution: Solution) -> str:
    """Say how many programs do what the best one does, if more than it do."""
    best = solution.best
    n_alike = best.cluster_size if best is not None else None
    return f", {n_alike} different programs agree on further inputs" if (n_alike or 1) > 1 else ""


def _doubts(solution: Solution) -> str:
    """Say what speaks against the best program, though it passes."""
    evidence, best = solution.evidence, solution.best
    if best is not None and best.degenerate:
        return ", but fails on most further inputs or answers all alike"
    if not evidence.most_agree:
        n_others = evidence.n_passing - evidence.n_alike
        verbs = "passes does" if n_others == 1 else "pass do"
        return f", but {n_others} that {verbs} otherwise"
    if not evidence.significant:
        return f", but luck does so once in {max(2, round(2**evidence.bits)):,}"
    if evidence.common:
        return ""
    verb = "does" if evidence.n_alike == 1 else "do"
    return f", but only {evidence.n_alike} of {evidence.n_written:,} {verb}"


def solution_table(solution: Solution, *, width: int) -> "Table":
    """Draw the candidates in their order: verdict, samples passed, and why.

    Args:
        solution: whose candidates they are.
        width: columns of the terminal; where they are few, the reason gets what there is.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table()
    table.add_column("#", justify="right")
    table.add_column("verdict")
    if width >= _WIDE:
        table.add_column("passed", justify="right")
        table.add_column("time", justify="right")
    table.add_column("why", overflow="fold")
    for ranked in solution.ranked[:_ROWS]:
        judgement = ranked.judgement
        verdict = judgement.verdict
        chosen = ranked is solution.best
        passed = f"{judgement.n_passed}/{judgement.n_tests}" if judgement.n_tests else "-"
        table.add_row(
            f"{'> ' if chosen else ''}{judgement.candidate.completions[0].index}",
            Text(verdict.value, style=STYLES[verdict]) if verdict else Text("--"),
            *((passed, f"{slowest_s(judgement):.2f} s") if width >= _WIDE else ()),
            Text(ranked.reason),
        )
    left_out = len(solution.ranked) - _ROWS
    if left_out > 0:
        table.caption = f"and {left_out} more"
    return table
