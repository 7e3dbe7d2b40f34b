"""torch's cosines, exponentials and the like, made the same in every process.

torch computes them on a CPU by MKL's vector mathematics, which chooses its code at the first
call. Where two threads make that call at once, one of them may get code that is off by 1e-4
instead of 1e-7: positions are turned a little otherwise, and the same seed writes another text
(tests/benchmarks/bench_seed.py counts it; docs/log.md). Covers that choice; builds of torch
without MKL lose nothing by it.
"""


def settle() -> None:
    """Make the first call with a single number, and so on a single thread."""
    import torch

    torch.zeros(1).cos()
