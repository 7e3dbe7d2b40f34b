"""What a run scores, and how sure that is: pure functions of counts.

Covers pass@k, n@k, means over problems, intervals and paired comparisons. The unit is always
the problem: the samples of one problem are not independent. Does not know programs, files or
verdicts, and needs the standard library alone.
"""

from gptcc_cli.metrics.estimates import (
    Estimate,
    cluster_bootstrap,
    estimate,
    wilson,
)
from gptcc_cli.metrics.paired import PairedDifference, mcnemar, paired_bootstrap
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
