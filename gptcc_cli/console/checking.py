"""What ``gptcc check`` shows: a line for each solution, and for each test that it fails."""

from pathlib import Path
from typing import Any

from gptcc_cli.console.judged import case_lines, slowest_s
from gptcc_cli.judging import Judgement, Verdict


def check_lines(path: Path, judgement: Judgement, *, verbose: bool) -> list[str]:
    """Return a line for the solution, then the tests that failed; with ``verbose`` all tests."""
    verdict = judgement.verdict
    word = verdict.value if verdict else "unverified"
    tests = (
        f"{judgement.n_passed} of {judgement.n_tests} tests" if judgement.n_tests else "no tests"
    )
    lines = [f"{path}: {word} {tests}, {slowest_s(judgement):.2f} s"]
    for case in judgement.cases:
        if verbose or case.verdict is not Verdict.AC:
            lines += [f"  {line}" for line in case_lines(case)]
    return lines


def check_record(path: Path, judgement: Judgement) -> dict[str, Any]:
    """Return what ``gptcc check --json`` writes for a solution: schema ``gptcc.check/1``."""
    verdict = judgement.verdict
    return {
        "solution": str(path),
        "verdict": verdict.value if verdict else None,
        "n_passed": judgement.n_passed,
        "n_tests": judgement.n_tests,
        "slowest_s": round(slowest_s(judgement), 4),
        "cases": [
            {
                "test": case.test.name,
                "verdict": case.verdict.value,
                "detail": case.detail,
                "wall_s": round(case.execution.wall_s, 4) if case.execution else None,
                "peak_memory_bytes": case.execution.peak_memory_bytes if case.execution else None,
            }
            for case in judgement.cases
        ],
    }
