"""The whole corridor for one problem: candidates are written, judged and ranked -> Solution."""

from gptcc_cli.solving.events import GenerationProgress, Judged, Listener, SolveEvent, Wrote
from gptcc_cli.solving.repairing import Repair
from gptcc_cli.solving.run import CandidateJudge, CandidateRunner, Extractor, solve
from gptcc_cli.solving.solution import Ended, Solution, Until

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
