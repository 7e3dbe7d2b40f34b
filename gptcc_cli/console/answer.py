"""The program as the user gets it, and the run as a program may read it.

A program that was not verified says so in its first line, so that the words travel with the
file; a verified one is printed exactly as it was run.
"""

from typing import Any

from gptcc_cli.console.judged import slowest_s
from gptcc_cli.ranking import RankedCandidate
from gptcc_cli.solving import Ended, Solution


def program_text(solution: Solution, *, checked: bool) -> str | None:
    """Return the best program, with a comment on top unless it passes every sample.

    Args:
        solution: the run.
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
        words = "NOT RUN, at your wish"
    elif not solution.verified_by:
        words = "UNVERIFIED, the statement has no samples to run it on"
    elif solution.undecided:
        words = "UNDECIDED, the judge failed"
    elif not judgement.cases:
        words = "UNVERIFIED, it was not run before the end"
    else:
        verdict = judgement.verdict.value if judgement.verdict else "--"
        words = f"WRONG, passes {judgement.n_passed} of {judgement.n_tests} samples, then {verdict}"
    cut = {
        Ended.BUDGET: "; best when the time was over",
        Ended.INTERRUPTED: "; best so far",
        Ended.FAILED: "; best before the model failed",
    }
    return words + cut.get(solution.ended, "")


def solution_record(
    solution: Solution,
    *,
    program: str | None,
    checked: bool,
    sandboxed: bool,
    generator: str,
    exit_code: int,
) -> dict[str, Any]:
    """Return what ``gptcc solve --json`` writes: schema ``gptcc.solution/1``.

    Expected outputs are not part of it; samples are named.
    """
    best = solution.best
    return {
        "problem": solution.problem.id,
        "solved": solution.solved,
        "checked": checked,
        "sandboxed": sandboxed,
        "ended": solution.ended.value,
        "exit_code": exit_code,
        "program": program,
        "reason": best.reason if best else None,
        "verdict": _verdict(best) if best else None,
        "n_passed": best.judgement.n_passed if best else 0,
        "n_tests": len(solution.verified_by),
        "evidence_bits": round(solution.evidence.bits, 1),
        "n_passing": solution.evidence.n_passing,
        "n_alike": solution.evidence.n_alike,
        "n_by_luck": round(solution.evidence.expected_random_passes, 3),
        "convincing": solution.confident,
        "n_written": solution.n_written,
        "n_programs": len(solution.ranked),
        "model": generator,
        "candidates": [candidate_record(ranked) for ranked in solution.ranked],
    }


def candidate_record(ranked: RankedCandidate) -> dict[str, Any]:
    """Return one candidate with its verdicts, for JSON."""
    judgement = ranked.judgement
    candidate = judgement.candidate
    return {
        "id": candidate.id,
        "indexes": [completion.index for completion in candidate.completions],
        "verdict": _verdict(ranked),
        "n_passed": judgement.n_passed,
        "reason": ranked.reason,
        "cluster": ranked.cluster,
        "cluster_size": ranked.cluster_size,
        "score": ranked.score,
        "n_claims": ranked.n_generated_tests,
        "n_claims_met": ranked.n_generated_tests_passed,
        "round": candidate.round,
        "parent": candidate.parent,
        "slowest_s": round(slowest_s(judgement), 4),
        "cleaning": list(candidate.cleaning),
        "syntax_error": candidate.syntax_error,
        "seeds": [completion.seed for completion in candidate.completions],
        "temperatures": [completion.temperature for completion in candidate.completions],
        "cases": [
            {"test": case.test.name, "verdict": case.verdict.value, "detail": case.detail}
            for case in judgement.cases
        ],
        "source": candidate.source,
    }


def _verdict(ranked: RankedCandidate) -> str | None:
    verdict = ranked.judgement.verdict
    return verdict.value if verdict else None
