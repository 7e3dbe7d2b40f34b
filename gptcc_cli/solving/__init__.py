"""Solve one problem: generate candidates, judge and rank them -> Solution."""

from gptcc_cli.solving.repairing import Repair
from gptcc_cli.solving.run import CandidateJudge, CandidateRunner, Extractor, solve
from gptcc_cli.solving.solution import (
    Ended,
    GenerationProgress,
    Judged,
    Listener,
    Solution,
    SolveEvent,
    Until,
    Wrote,
)

__all__ = [
    "CandidateJudge",
    "CandidateRunner",
    "Ended",
    "Extractor",
    "GenerationProgress",
    "Judged",
    "Listener",
    "Repair",
    "Solution",
    "SolveEvent",
    "Until",
    "Wrote",
    "solve",
]
