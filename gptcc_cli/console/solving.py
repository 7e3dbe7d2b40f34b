"""The output of ``gptcc solve``: progress, headline, table of candidates, and the program.

A terminal gets a live display of counts, the last verdicts and the text of one candidate;
otherwise a line is printed every few seconds. Everything except the program goes to standard error.
"""

from collections import Counter, deque
from time import monotonic
from typing import TYPE_CHECKING, Self

from gptcc_cli.console.cases import STYLES, slowest_s
from gptcc_cli.console.reporter import Reporter
from gptcc_cli.generation import GeneratorStatus
from gptcc_cli.judging import Judgement, Verdict
from gptcc_cli.ranking import RankedCandidate
from gptcc_cli.solving import Ended, GenerationProgress, Judged, Solution, SolveEvent, Wrote

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live
    from rich.table import Table

_LINE_INTERVAL_S = 5.0
_PREVIEW_LINES = 6
_RECENT = 5
_ROWS = 10
_WIDE = 60
"""Terminal columns from which the table also shows counts and times."""


class SolveView:
    """Shows the progress of a run."""

    def __init__(self, reporter: Reporter, n_wanted: int | None) -> None:
        """Prepare to show progress.

        Args:
            reporter: where to show it.
            n_wanted: candidates to generate; ``None``: until the budget ends.
        """
        self._reporter = reporter
        self._n_wanted = n_wanted
        self._n_written = 0
        self._verdicts: Counter[Verdict | None] = Counter()
        self._recent: deque[Judgement] = deque(maxlen=_RECENT)
        self._status = GeneratorStatus(n_tokens=0, n_active=0, n_finished=0)
        self._started_s = monotonic()
        self._printed_s = self._started_s
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Start showing progress."""
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
        """Clear the display."""
        if self._live is not None:
            self._live.stop()

    def __call__(self, event: SolveEvent) -> None:
        """Show an event."""
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
                if status.note:
                    self._reporter.debug(status.note)
                if status.warning:
                    self._reporter.warn(status.warning[0], hint=status.warning[1])
        if self._live is None and monotonic() - self._printed_s >= _LINE_INTERVAL_S:
            self._printed_s = monotonic()
            self._reporter.info(self._line())

    def _line(self) -> str:
        wanted = f" of {self._n_wanted}" if self._n_wanted else ""
        elapsed_s = max(monotonic() - self._started_s, 1e-9)
        verdicts = ", ".join(
            f"{count} {verdict.value if verdict else 'unjudged'}"
            for verdict, count in self._verdicts.most_common()
        )
        return (
            f"{self._n_written}{wanted} generated, {sum(self._verdicts.values())} judged"
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
        tail = self._status.preview.splitlines()[-_PREVIEW_LINES:]
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


def program_text(solution: Solution, *, checked: bool) -> str | None:
    """Return the best program, with a comment on top unless it passes every sample.

    The comment goes with the file, so that an unverified program says so wherever it is read. A
    verified program is returned exactly as it was run.

    Args:
        solution: the result of the search.
        checked: whether programs were run at all.
    """
    best = solution.best
    if best is None:
        return None
    source = best.judgement.candidate.source
    source = source if source.endswith("\n") else source + "\n"
    return source if solution.solved else f"# gptcc: {_label(solution, best, checked)}\n{source}"


def _label(solution: Solution, best: RankedCandidate, checked: bool) -> str:
    judgement = best.judgement
    if not checked:
        words = "NOT RUN (--no-check)"
    elif not solution.verified_by:
        words = "UNVERIFIED (no samples found in the statement)"
    elif solution.undecided:
        words = "UNDECIDED (the judge failed)"
    elif not judgement.cases:
        words = "UNVERIFIED (the run ended before this program was tested)"
    else:
        verdict = judgement.verdict.value if judgement.verdict else "--"
        words = (
            f"WRONG (passes {judgement.n_passed} of {judgement.n_tests} samples, then {verdict})"
        )
    cut = {
        Ended.BUDGET: "; best program when the budget ended",
        Ended.INTERRUPTED: "; best program when interrupted",
        Ended.FAILED: "; best program before the model failed",
    }
    return words + cut.get(solution.ended, "")


def headline(solution: Solution, *, checked: bool = True, sandboxed: bool = True) -> str:
    """Return a line that says what was verified and how much was generated.

    Args:
        solution: the result of the search.
        checked: whether programs were run at all.
        sandboxed: whether programs ran in the sandbox; if not, the line says so.
    """
    unsafe = "" if sandboxed else ", run WITHOUT a sandbox"
    n_programs = len(solution.ranked)
    counts = (
        f"{solution.n_written} candidate{'s' * (solution.n_written != 1)}, "
        f"{n_programs} different program{'s' * (n_programs != 1)}"
    )
    n_tests = len(solution.verified_by)
    if solution.solved:
        samples = {1: "the only sample", 2: "both samples"}.get(n_tests, f"all {n_tests} samples")
        result = f"passes {samples}{_consensus(solution)}{_doubts(solution)}"
    elif n_tests:
        result = f"no program passes {'the sample' if n_tests == 1 else f'all {n_tests} samples'}"
    elif checked:
        result = "not verified: no samples to run"
    else:
        result = "not verified: no program was run (--no-check)"
    return f"{solution.problem.id}: {result} [{counts}]{unsafe}"


def _consensus(solution: Solution) -> str:
    """Say how many programs give the same outputs as the best one, if there are others."""
    size = solution.best.cluster_size if solution.best is not None else None
    return f", {size} different programs agree on further inputs" if (size or 1) > 1 else ""


def _doubts(solution: Solution) -> str:
    """Say what speaks against the best program although it passes."""
    evidence, best = solution.evidence, solution.best
    if best is not None and best.degenerate:
        return ", but fails on most further inputs or always gives the same answer"
    if not evidence.most_agree:
        n_others = evidence.n_passing - evidence.n_alike
        others = "candidate gives" if n_others == 1 else "candidates give"
        return f", but {n_others} other passing {others} different outputs"
    if not evidence.significant:
        return f" (1 in {max(2, round(2**evidence.bits)):,} random programs would too)"
    if evidence.common:
        return ""
    verb = "gives" if evidence.n_alike == 1 else "give"
    return f", but only {evidence.n_alike} of {evidence.n_written:,} candidates {verb} this answer"


def solution_table(solution: Solution, *, width: int) -> "Table":
    """Return a table of the candidates, best first: verdict, samples passed, and reason.

    Args:
        solution: the result of the search.
        width: columns of the terminal; in a narrow one, only verdicts and reasons are shown.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table()
    table.add_column("#", justify="right")
    table.add_column("verdict")
    if width >= _WIDE:
        table.add_column("passed", justify="right")
        table.add_column("time", justify="right")
    table.add_column("reason", overflow="fold")
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
        table.caption = f"... and {left_out} more"
    return table
