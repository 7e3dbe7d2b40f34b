"""What ``gptcc check`` shows, in each format: text, JSON lines, SARIF, GitHub annotations.

Text has a line for each solution, ``path: VERDICT tests``, and for each failure
``path:line: VERDICT test: reason``, which editors and terminals can jump to.
"""

import json
from dataclasses import asdict
from typing import Any, Protocol, Self

import gptcc_cli
from gptcc_cli.console.reporter import Reporter, print_error, write_answer, write_json
from gptcc_cli.workspace import CaseOutcome, Outcome

VERDICT_NAMES = {
    "WA": "wrong answer",
    "PE": "presentation error",
    "TLE": "time limit exceeded",
    "MLE": "memory limit exceeded",
    "OLE": "output limit exceeded",
    "RE": "runtime error",
    "CE": "compile error",
    "IE": "internal error of the judge",
}


class Report(Protocol):
    """Shows outcomes one by one; what must come last is written when the block ends."""

    def add(self, outcome: Outcome) -> None:
        """Show one outcome."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """End."""


def open_report(name: str, *, quiet: bool, verbose: bool) -> Report:
    """Return the report of a format: ``text``, ``json``, ``sarif`` or ``github``."""
    match name:
        case "json":
            return _JsonReport()
        case "sarif":
            return _SarifReport()
        case "github":
            return _GithubReport()
        case _:
            return _TextReport(quiet=quiet, verbose=verbose)


class _Report:
    """A report without an end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Write nothing more."""


class _TextReport(_Report):
    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._reporter = Reporter(quiet=quiet, verbose=verbose)
        self._counts: dict[str, int] = {}

    def add(self, outcome: Outcome) -> None:
        word = outcome_word(outcome)
        self._counts[word] = self._counts.get(word, 0) + 1
        if outcome.error is not None:
            print_error(f"error: {outcome.error}")
            if outcome.hint:
                print_error(f"hint: {outcome.hint}")
            return
        for warning in outcome.warnings:
            self._reporter.warn(warning)
        if outcome.verdict not in ("AC", "OK") or not self._reporter.quiet:
            write_answer("\n".join(text_lines(outcome, verbose=self._reporter.verbose)))
        if outcome.verdict is None and not outcome.skipped:
            self._reporter.warn(not_verified(outcome), hint="name tests with --tests FILE|DIR")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        n = sum(self._counts.values())
        if n > 1 and error is None:
            parts = ", ".join(f"{count} {word}" for word, count in sorted(self._counts.items()))
            self._reporter.info(f"{n} files: {parts}")


class _JsonReport(_Report):
    def add(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            write_json("gptcc.error/1", error_record(outcome))
        else:
            write_json("gptcc.check/1", check_record(outcome))


class _GithubReport(_Report):
    def add(self, outcome: Outcome) -> None:
        for level, line, title, message in _findings(outcome):
            place = f"file={_property(outcome.path)},line={line},title={_property(title)}"
            write_answer(f"::{level} {place}::{_data(message)}")


class _SarifReport(_Report):
    def __init__(self) -> None:
        self._results: list[dict[str, Any]] = []

    def add(self, outcome: Outcome) -> None:
        for level, line, title, message in _findings(outcome):
            place = {
                "artifactLocation": {"uri": _uri(outcome.path)},
                "region": {"startLine": line},
            }
            self._results.append(
                {
                    "ruleId": title.split()[0],
                    "level": level,
                    "message": {"text": message},
                    "locations": [{"physicalLocation": place}],
                }
            )

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:
            return
        names = {**VERDICT_NAMES, "unverified": "nothing to verify with", "error": "unreadable"}
        rules = [{"id": key, "shortDescription": {"text": text}} for key, text in names.items()]
        driver = {"name": "gptcc", "version": gptcc_cli.__version__, "rules": rules}
        log = {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": self._results}],
        }
        write_answer(json.dumps(log, ensure_ascii=False, indent=2))


def outcome_word(outcome: Outcome) -> str:
    """Return a word for an outcome: its verdict, or why it has none."""
    if outcome.error is not None:
        return "error"
    if outcome.skipped:
        return "skipped"
    return outcome.verdict or "unverified"


def text_lines(outcome: Outcome, *, verbose: bool) -> list[str]:
    """Return a line for the solution, then the tests that failed; with ``verbose`` all tests."""
    if outcome.skipped:
        return [f"{outcome.path}: skipped, as it asks"]
    if outcome.verdict == "OK":
        return [f"{outcome.path}: OK {outcome.n_tests} tests"]
    tests = f"{outcome.n_passed} of {outcome.n_tests} tests" if outcome.n_tests else "no tests"
    known = ", as checked before" if outcome.cached else ""
    word = outcome_word(outcome)
    lines = [f"{outcome.path}: {word} {tests}, {outcome.slowest_s:.2f} s{known}"]
    for case in outcome.cases:
        if verbose or case.verdict != "AC":
            lines += [
                f"{outcome.path}:{case.line}: {reason(case)}",
                *(f"  {s}" for s in case.shown),
            ]
    return lines


def reason(case: CaseOutcome) -> str:
    """Return a case in one line: ``WA sample 1: line 1: expected '7', got '-1'``."""
    doubt = " (not held against it: the sample is suspect)" if case.advisory else ""
    return f"{case.verdict} {case.test}: {case.detail}".removesuffix(": ") + doubt


def not_verified(outcome: Outcome) -> str:
    """Say that a solution was not verified, and why."""
    if outcome.n_tests:
        return f"{outcome.path}: not verified, none of its samples can be trusted"
    return f"{outcome.path}: not verified, no samples or tests were found"


def check_record(outcome: Outcome) -> dict[str, Any]:
    """Return what ``gptcc check --json`` writes for a solution: schema ``gptcc.check/1``."""
    return {
        "solution": outcome.path,
        "verdict": outcome.verdict,
        "skipped": outcome.skipped,
        "cached": outcome.cached,
        "n_passed": outcome.n_passed,
        "n_tests": outcome.n_tests,
        "slowest_s": outcome.slowest_s,
        "warnings": list(outcome.warnings),
        "cases": [
            {key: value for key, value in asdict(case).items() if key != "shown"}
            for case in outcome.cases
        ],
    }


def error_record(outcome: Outcome) -> dict[str, Any]:
    """Return what is written for a file that can't be checked: schema ``gptcc.error/1``."""
    return {
        "error": "ProblemError",
        "message": outcome.error,
        "hint": outcome.hint,
        "exit_code": 4,
    }


def _findings(outcome: Outcome) -> list[tuple[str, int, str, str]]:
    """Return level, line, title and message of everything there is to complain about."""
    if outcome.error is not None:
        return [("error", 1, "error", outcome.error)]
    found = [
        ("error", case.line, f"{case.verdict} {case.test}", "\n".join([reason(case), *case.shown]))
        for case in outcome.failures
    ]
    found += [("warning", 1, "unverified", warning) for warning in outcome.warnings]
    if outcome.verdict is None and not outcome.skipped:
        found.append(("warning", 1, "unverified", not_verified(outcome)))
    return found


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.replace("\\", "/"))
