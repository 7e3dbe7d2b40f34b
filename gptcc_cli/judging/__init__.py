"""Candidate + tests -> Judgement.

Facts come from the sandbox, the comparison from ``checkers``; a verdict is a pure function of
both. Expected outputs stay on this side of the wall: a ``Job`` is made from a test's input alone.
"""

from gptcc_cli.judging.behaviour import Behaviour, Outcome, is_doubtful, is_uniform
from gptcc_cli.judging.judge import Judge
from gptcc_cli.judging.judgement import CaseResult, Judgement, Verdict
from gptcc_cli.judging.limits import AskedLimits, limits_for
from gptcc_cli.judging.verdicts import JudgingRules, judging_rules, verdict_of

__all__ = [
    "AskedLimits",
    "Behaviour",
    "CaseResult",
    "Judge",
    "Judgement",
    "JudgingRules",
    "Outcome",
    "Verdict",
    "is_doubtful",
    "is_uniform",
    "judging_rules",
    "limits_for",
    "verdict_of",
]
