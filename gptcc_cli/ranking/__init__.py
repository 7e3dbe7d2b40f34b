"""Judgements -> an order with a reason for each place, and what it is worth that programs pass.

Covers the strength of the samples' evidence, clusters of programs that do the same, and scores.
Pure: runs no program.
"""

from gptcc_cli.ranking.evidence import MIN_CONSENSUS, Evidence, evidence_bits
from gptcc_cli.ranking.ranking import RankedCandidate, evidence_for, rank

__all__ = [
    "MIN_CONSENSUS",
    "Evidence",
    "RankedCandidate",
    "evidence_bits",
    "evidence_for",
    "rank",
]
