"""The output of ``gptcc eval``: progress, figures, the comparison of two runs, a model card.

Figures are plain text on standard output, for pasting and comparing; progress goes to standard
error.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from gptcc_cli.console.reporter import Reporter, duration
from gptcc_cli.evaluation.report import EvalReport, ReportRow, RunComparison
from gptcc_cli.evaluation.stages import EvalProgress
from gptcc_cli.generation import GeneratorStatus
from gptcc_cli.metrics import Estimate

if TYPE_CHECKING:
    from rich.status import Status

_LINE_INTERVAL_S = 10.0
_MAX_CHANGES = 12


class StageView:
    """Shows the progress of generating or grading on standard error."""

    def __init__(self, reporter: Reporter) -> None:
        """Prepare to show progress."""
        self._reporter = reporter
        self._started_s = monotonic()
        self._printed_s = self._started_s
        self._status: Status | None = None
        self._last: EvalProgress | None = None
        self._generating: GeneratorStatus | None = None

    def __enter__(self) -> Self:
        """Start showing progress."""
        if not self._reporter.quiet and self._reporter.console.is_terminal:
            self._status = self._reporter.console.status("starting", spinner="line")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the display and print the final state."""
        if self._status is not None:
            self._status.stop()
        if self._last is not None:
            self._reporter.info(self._line(self._last))

    def __call__(self, progress: EvalProgress) -> None:
        """Show that a problem is finished."""
        self._last = progress
        self._show()

    def watch(self, status: GeneratorStatus) -> None:
        """Show the generation of a problem."""
        self._generating = status
        if status.note:
            self._reporter.debug(status.note)
        if status.warning:
            self._reporter.warn(status.warning[0], hint=status.warning[1])
        self._show()

    def _show(self) -> None:
        if self._last is None:
            return
        if self._status is not None:
            self._status.update(self._line(self._last))
        elif monotonic() - self._printed_s >= _LINE_INTERVAL_S:
            self._printed_s = monotonic()
            self._reporter.info(self._line(self._last))

    def _line(self, progress: EvalProgress) -> str:
        elapsed_s = max(monotonic() - self._started_s, 1e-9)
        mine = progress.n_done - progress.n_before
        words = [f"{progress.stage}: {progress.n_done} of {progress.n_problems} problems"]
        if progress.n_tokens:
            words.append(f"{progress.n_tokens / elapsed_s:.0f} tokens/s")
        if progress.verdicts:
            words.append(" ".join(f"{count} {name}" for name, count in progress.verdicts))
        left = progress.n_problems - progress.n_done
        if left and mine:
            words.append(f"{duration(elapsed_s / mine * left)} left")
        else:
            words.append(duration(elapsed_s))
        return ", ".join(words)


def percent(value: float) -> str:
    """Format a share as a percentage; below 10 % with two decimals."""
    return f"{100 * value:.2f} %" if value < 0.1 else f"{100 * value:.1f} %"


def interval(estimate: Estimate) -> str:
    """Format the ends of an interval in percent."""
    digits = 2 if estimate.high < 0.1 else 1
    return f"[{100 * estimate.low:.{digits}f}, {100 * estimate.high:.{digits}f}]"


def report_text(report: EvalReport) -> str:
    """Return the figures of a run as text."""
    return "\n".join(_report_lines(report)) + "\n"


def _report_lines(report: EvalReport) -> Iterator[str]:
    yield title(report)
    if report.contamination:
        yield f"CONTAMINATED: {report.contamination}"
    yield ""
    yield from _figure_table(report.rows)
    yield ""
    yield from facts(report)


def title(report: EvalReport) -> str:
    """Return a line that says what was measured."""
    made = report.header["completions"]
    split = f" {made['split']}" if made["split"] else ""
    return f"{made['benchmark']}{split}, {model_of(report)}"


def model_of(report: EvalReport) -> str:
    """Return the name of the model."""
    made = report.header["completions"]
    return str(made.get("generator", "unknown"))


def _figure_table(rows: tuple[ReportRow, ...]) -> Iterator[str]:
    names = list(rows[0].figures)
    table = [["", "problems", *names]]
    for row in rows:
        cells = [f"{percent(one.value)} {interval(one)}" for one in row.figures.values()]
        table.append([row.name, str(row.n_problems), *cells])
    yield from aligned(table)


def aligned(table: list[list[str]]) -> Iterator[str]:
    """Align columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()


def facts(report: EvalReport) -> Iterator[str]:
    """Yield what a reader must know to interpret the figures."""
    made, header = report.header["completions"], report.header
    total = report.n_programs
    histogram = ", ".join(f"{count} {name}" for name, count in report.verdicts if name != "IE")
    yield f"programs: {total} ({histogram})"
    cut = (
        f", {report.n_truncated} of them after an incomplete end was removed"
        if report.n_truncated
        else ""
    )
    yield (
        f"compiling: {percent(report.n_compiling / total)}{cut}; "
        f"without code: {percent(report.n_without_code / total)}; "
        f"judge errors: {report.n_errors}"
    )
    if made.get("n"):
        temperatures = ", ".join(f"{one:g}" for one in made["temperatures"])
        yield (
            f"sampling: n {made['n']}, temperature {temperatures}, top-p {made['top_p']:g}, "
            f"top-k {made['top_k']}, {made['max_new_tokens']} tokens, seed {made['seed']}"
        )
    limit = header["time_limit_s"]
    yield (
        f"graded: checker {report.checker.value}, "
        f"{'cleaned' if header['clean'] else 'as written'}, preamble {header['preamble']}, "
        f"time limit {'the problem' + chr(39) + 's' if limit is None else f'{limit:g} s'}, "
        f"Python {header['python']}, gptcc {header['gptcc']}"
    )
    difference = report.difference
    if difference.only_gptcc or difference.only_apps:
        shown = ", ".join(difference.problems[:5])
        yield (
            f"checkers: {difference.only_apps} programs pass only the published APPS comparison, "
            f"{difference.only_gptcc} only gptcc's ({shown}); the published one ignores order and "
            "repetition, and rejects some correct layouts"
        )
    for note in report.notes:
        yield f"note: {note}"
    yield ("intervals: 95 %, over problems (Wilson where a problem scores 0 or 1, else bootstrap)")


def report_record(report: EvalReport) -> dict[str, Any]:
    """Return what ``gptcc eval --json`` writes: schema ``gptcc.eval/1``."""
    return {
        "header": report.header,
        "checker": report.checker.value,
        "contamination": report.contamination,
        "rows": [asdict(row) for row in report.rows],
        "verdicts": dict(report.verdicts),
        "n_programs": report.n_programs,
        "n_errors": report.n_errors,
        "n_without_code": report.n_without_code,
        "n_compiling": report.n_compiling,
        "n_truncated": report.n_truncated,
        "difference": asdict(report.difference),
        "notes": list(report.notes),
    }


def comparison_text(comparison: RunComparison, first: str, second: str) -> str:
    """Return the comparison of two runs as text."""
    return "\n".join(_comparison_lines(comparison, first, second)) + "\n"


def _comparison_lines(comparison: RunComparison, first: str, second: str) -> Iterator[str]:
    yield f"{second} compared with {first}"
    for name, why in zip((first, second), comparison.contamination, strict=True):
        if why:
            yield f"CONTAMINATED: {name}: {why}"
    yield ""
    table = [["", "problems", "difference", "95 % interval", "better", "worse", "p"]]
    for name, one in comparison.differences:
        ends = f"[{100 * one.low:+.2f}, {100 * one.high:+.2f}]"
        p_value = "" if one.p_value is None else f"{one.p_value:.3g}"
        row = [f"{100 * one.value:+.2f} pp", ends, str(one.better), str(one.worse), p_value]
        table.append([name, str(one.n_problems), *row])
    yield from aligned(table)
    yield ""
    for name, one_value, other_value in comparison.settings:
        yield f"differs: {name}: {one_value} -> {other_value}"
    for change in comparison.changes[:_MAX_CHANGES]:
        yield f"{change.problem}: {percent(change.first)} -> {percent(change.second)}"
    left = len(comparison.changes) - _MAX_CHANGES
    if left > 0:
        yield f"... and {left} more problems with different scores"
    if comparison.left_out:
        yield f"note: {comparison.left_out} problems are only in one run and were not compared"
    yield (
        "intervals: paired bootstrap over problems; p: McNemar's exact test, where every problem "
        "scores 0 or 1"
    )


_DATASETS = {
    "apps": ("codeparrot/apps", "APPS"),
    "humaneval": ("openai/openai_humaneval", "HumanEval"),
    "mbpp": ("google-research-datasets/mbpp", "MBPP"),
}
"""The data set's id on the hub and its name, by benchmark."""


def model_card(report: EvalReport) -> str:
    """Return ``model-index`` metadata and a results section for a model card on the hub."""
    return "\n".join(_card_lines(report)) + "\n"


def _card_lines(report: EvalReport) -> Iterator[str]:
    yield "<!-- Move the block between the dashes into the metadata of the model card. -->"
    yield "---"
    yield from _metadata(report)
    yield "---"
    yield ""
    yield "## Eval results"
    yield ""
    yield f"{title(report)}."
    if report.contamination:
        yield ""
        yield f"**Contaminated: {report.contamination}.** The score measures how well the"
        yield "model remembers these problems, not how well it solves new ones."
    yield ""
    names = list(report.rows[0].figures)
    yield f"| | problems | {' | '.join(names)} |"
    yield f"|---|---:|{'---:|' * len(names)}"
    for row in report.rows:
        cells = [f"{percent(one.value)} {interval(one)}" for one in row.figures.values()]
        yield f"| {row.name} | {row.n_problems} | {' | '.join(cells)} |"
    yield ""
    for fact in facts(report):
        yield f"- {fact}"


def _metadata(report: EvalReport) -> Iterator[str]:
    made = report.header["completions"]
    dataset, name = _DATASETS.get(made["benchmark"], (made["benchmark"], made["benchmark"]))
    label = f" (contaminated: {report.contamination})" if report.contamination else ""
    yield "model-index:"
    yield f"- name: {_quoted(str(made.get('model', model_of(report))))}"
    yield "  results:"
    yield "  - task:"
    yield "      type: text-generation"
    yield "      name: Code generation"
    yield "    dataset:"
    yield f"      type: {_quoted(dataset)}"
    yield f"      name: {_quoted(name + label)}"
    if made["split"]:
        yield f"      split: {_quoted(made['split'])}"
    yield "    metrics:"
    for figure, one in report.rows[0].figures.items():
        yield f"    - type: {_quoted(figure)}"
        yield f"      value: {one.value:.6g}"
        words = f"{figure}, 95 % interval {one.low:.6g} to {one.high:.6g}, checker "
        yield f"      name: {_quoted(words + report.checker.value + label)}"


def _quoted(text: str) -> str:
    """Quote text for YAML, of which JSON's strings are a part."""
    return json.dumps(text, ensure_ascii=False)
