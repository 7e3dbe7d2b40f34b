"""One test of one program in a few lines: verdict, input, expected and actual output."""

import json

from gptcc_cli.judging import CaseResult, Judgement, Verdict

_MAX_LINES = 8
_MAX_LINE_LENGTH = 400

STYLES = {
    Verdict.AC: "green",
    Verdict.WA: "red",
    Verdict.PE: "red",
    Verdict.TLE: "yellow",
    Verdict.MLE: "yellow",
    Verdict.OLE: "yellow",
    Verdict.RE: "magenta",
    Verdict.CE: "dim",
    Verdict.IE: "bold red",
}
"""The colour of a verdict, in addition to its letters."""


def slowest_s(judgement: Judgement) -> float:
    """Return the wall seconds of the slowest test that ran."""
    return max((case.execution.wall_s for case in judgement.cases if case.execution), default=0.0)


def case_lines(case: CaseResult) -> list[str]:
    """Return a line for the case; if it failed, also its input and outputs, shortened."""
    detail = f" {case.detail}" if case.detail else ""
    doubt = "?" if case.undecided else ""
    lines = [f"{case.verdict.value}{doubt} {case.test.name}:{detail}".removesuffix(":")]
    if case.verdict in (Verdict.WA, Verdict.PE) and case.execution is not None:
        lines += _block("input", _shown(case.test.input))
        lines += _block("expected", _shown(case.test.expected))
        lines += _block("actual", _actual(case))
    elif case.verdict is Verdict.RE and case.execution is not None:
        lines += _block("input", _shown(case.test.input))
        lines += _block("stderr", case.execution.stderr.decode("utf-8", "replace"), last=True)
    return lines


def _actual(case: CaseResult) -> str:
    assert case.execution is not None
    if isinstance(case.test.input, str):
        return case.execution.stdout.decode("utf-8", "replace")
    if case.execution.answer_json is not None:
        return case.execution.answer_json
    return case.execution.answer_problem or "no answer"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    parts = value if isinstance(value, tuple) else (value,)
    return ", ".join(json.dumps(part, ensure_ascii=False) for part in parts)


def _block(name: str, text: str, *, last: bool = False) -> list[str]:
    """Return a name and a few lines of text below it, without control characters."""
    lines = text.splitlines() or ["(empty)"]
    left_out = len(lines) - _MAX_LINES
    kept = lines[-_MAX_LINES:] if last else lines[:_MAX_LINES]
    shown = [f"    {_printable(line)[:_MAX_LINE_LENGTH]}" for line in kept]
    if left_out > 0:
        shown.insert(0 if last else len(shown), f"    ... and {left_out} more lines")
    return [f"  {name}:", *shown]


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in line)
