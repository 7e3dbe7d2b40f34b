"""APPS, HumanEval and MBPP records -> BenchmarkItem.

Covers the sources of benchmarks (directories in APPS layout, JSONL, parquet, the hub without data
set scripts, a PyPI package) and the meaning of their records. A ``Problem`` never holds a hidden
test. Does not generate, run or score anything.
"""

from gptcc_cli.benchmarks.item import (
    Benchmark,
    BenchmarkEntry,
    BenchmarkItem,
    BenchmarkKind,
    Selection,
    select,
)
from gptcc_cli.benchmarks.opening import open_benchmark

__all__ = [
    "Benchmark",
    "BenchmarkEntry",
    "BenchmarkItem",
    "BenchmarkKind",
    "Selection",
    "open_benchmark",
    "select",
]
