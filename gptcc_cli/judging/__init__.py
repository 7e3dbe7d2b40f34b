"""Candidate + tests -> Judgement.

Facts come from the sandbox, the comparison from ``checkers``; a verdict is a pure function of
both. Expected outputs stay on this side of the wall: a ``Job`` is made from a test's input alone.
"""

from gptcc_cli.judging.jobs import AskedLimits, limits_for
from gptcc_cli.judging.judge import Judge
from gptcc_cli.judging.signatures import Outcome, OutputSignature, is_constant, is_degenerate
from gptcc_cli.judging.verdicts import (
    CaseResult,
    Judgement,
    JudgingRules,
    Verdict,
    judging_rules,
    verdict_of,
)

__all__ = [
    "AskedLimits",
    "CaseResult",
    "Judge",
    "Judgement",
    "JudgingRules",
    "Outcome",
    "OutputSignature",
    "Verdict",
    "is_constant",
    "is_degenerate",
    "judging_rules",
    "limits_for",
    "verdict_of",
]
