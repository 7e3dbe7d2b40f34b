"""APPS, HumanEval and MBPP records -> BenchmarkItem.

Covers where a benchmark comes from (directories in APPS layout, JSONL, parquet, the hub without
dataset scripts, a PyPI package) and what its records mean. A hidden test never rides on a
``Problem``. Does not generate, run or score anything.
"""

from gptcc_cli.benchmarks.item import Benchmark, BenchmarkEntry, BenchmarkItem, BenchmarkKind
from gptcc_cli.benchmarks.opening import open_benchmark
from gptcc_cli.benchmarks.selecting import Selection, select

__all__ = [
    "Benchmark",
    "BenchmarkEntry",
    "BenchmarkItem",
    "BenchmarkKind",
    "Selection",
    "open_benchmark",
    "select",
]
