"""What ``gptcc doctor`` shows: a line for each thing that was tried."""

from dataclasses import asdict
from typing import Any

from gptcc_cli.diagnosis import Finding


def finding_line(finding: Finding) -> str:
    """Return one line: whether it works, what it is, and the proof."""
    return f"{finding.state.value:<7}{finding.area:<9}{finding.name}: {finding.detail}"


def finding_record(finding: Finding) -> dict[str, Any]:
    """Return what ``gptcc doctor --json`` writes: schema ``gptcc.finding/1``."""
    return {**asdict(finding), "state": finding.state.name.lower()}
