"""Figures of a run and their uncertainty, as pure functions of counts.

Covers pass@k, n@k, means over problems, intervals and paired comparisons. Knows no programs,
files or verdicts.
"""

from gptcc_cli.metrics.estimates import (
    Estimate,
    PairedDifference,
    cluster_bootstrap,
    estimate,
    mcnemar,
    paired_bootstrap,
    wilson,
)
from gptcc_cli.metrics.passing import FilteredCounts, n_at_k, pass_at_k

__all__ = [
    "Estimate",
    "FilteredCounts",
    "PairedDifference",
    "cluster_bootstrap",
    "estimate",
    "mcnemar",
    "n_at_k",
    "paired_bootstrap",
    "pass_at_k",
    "wilson",
]
