"""The output of ``gptcc check`` in each format: text, JSON lines, SARIF, GitHub annotations.

Text has a line for each solution, ``path: VERDICT tests``, and for each failure
``path:line: VERDICT test: reason``, which editors and terminals turn into links.
"""

import json
from typing import Any, Protocol, Self

import gptcc_cli
from gptcc_cli.console.reporter import Reporter, print_error, write_answer, write_json
from gptcc_cli.workspace import CaseOutcome, CheckOutcome

VERDICT_NAMES = {
    "WA": "wrong answer",
    "PE": "presentation error",
    "TLE": "time limit exceeded",
    "MLE": "memory limit exceeded",
    "OLE": "output limit exceeded",
    "RE": "runtime error",
    "CE": "compile error",
    "IE": "internal error in the judge",
}


class CheckReport(Protocol):
    """Prints outcomes one by one; a summary, if any, when the block ends."""

    def add(self, outcome: CheckOutcome) -> None:
        """Print an outcome."""

    def __enter__(self) -> Self:
        """Begin the report."""

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """End the report."""


def open_report(name: str, *, quiet: bool, verbose: bool) -> CheckReport:
    """Return a report in a format: ``text``, ``json``, ``sarif`` or ``github``."""
    match name:
        case "json":
            return _JsonReport()
        case "sarif":
            return _SarifReport()
        case "github":
            return _GithubReport()
        case _:
            return _TextReport(quiet=quiet, verbose=verbose)


class _CheckReport:
    """A report without a summary."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Print nothing more."""


class _TextReport(_CheckReport):
    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._reporter = Reporter(quiet=quiet, verbose=verbose)
        self._counts: dict[str, int] = {}

    def add(self, outcome: CheckOutcome) -> None:
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
            self._reporter.warn(not_verified(outcome), hint="give tests with --tests FILE|DIR")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        n = sum(self._counts.values())
        if n > 1 and error is None:
            parts = ", ".join(f"{count} {word}" for word, count in sorted(self._counts.items()))
            self._reporter.info(f"{n} files: {parts}")


class _JsonReport(_CheckReport):
    def add(self, outcome: CheckOutcome) -> None:
        # Imported here because defining the records takes 10 ms, which other formats need not pay.
        from gptcc_cli.console.records import check_error_record, check_record

        if outcome.error is not None:
            write_json("gptcc.error/1", check_error_record(outcome))
        else:
            write_json("gptcc.check/1", check_record(outcome))


class _GithubReport(_CheckReport):
    def add(self, outcome: CheckOutcome) -> None:
        for level, line, title, message in _findings(outcome):
            place = f"file={_property(outcome.path)},line={line},title={_property(title)}"
            write_answer(f"::{level} {place}::{_data(message)}")


class _SarifReport(_CheckReport):
    def __init__(self) -> None:
        self._results: list[dict[str, Any]] = []

    def add(self, outcome: CheckOutcome) -> None:
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
        names = {**VERDICT_NAMES, "unverified": "no tests", "error": "unreadable file"}
        rules = [{"id": key, "shortDescription": {"text": text}} for key, text in names.items()]
        driver = {"name": "gptcc", "version": gptcc_cli.__version__, "rules": rules}
        log = {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": self._results}],
        }
        write_answer(json.dumps(log, ensure_ascii=False, indent=2))


def outcome_word(outcome: CheckOutcome) -> str:
    """Return the outcome's verdict, or a word for why it has none."""
    if outcome.error is not None:
        return "error"
    if outcome.skipped:
        return "skipped"
    return outcome.verdict or "unverified"


def text_lines(outcome: CheckOutcome, *, verbose: bool) -> list[str]:
    """Return a line for the solution and one for each failed test; with ``verbose``, each test."""
    if outcome.skipped:
        return [f"{outcome.path}: skipped (the file asks not to be checked)"]
    if outcome.verdict == "OK":
        return [f"{outcome.path}: OK {outcome.n_tests} tests"]
    tests = f"{outcome.n_passed} of {outcome.n_tests} tests" if outcome.n_tests else "no tests"
    known = " (cached)" if outcome.cached else ""
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
    doubt = " (ignored: the sample is suspect)" if case.advisory else ""
    return f"{case.verdict} {case.test}: {case.detail}".removesuffix(": ") + doubt


def not_verified(outcome: CheckOutcome) -> str:
    """Return a message that a solution was not verified, and why."""
    if outcome.n_tests:
        return f"{outcome.path}: not verified: all of its samples are suspect"
    return f"{outcome.path}: not verified: no samples or tests found"


def _findings(outcome: CheckOutcome) -> list[tuple[str, int, str, str]]:
    """Return level, line, title and message of each error and warning."""
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
