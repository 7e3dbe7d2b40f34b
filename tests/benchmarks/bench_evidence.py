"""Whether evidence tells right answers from wrong ones: how often what passes is right.

    python -m tests.benchmarks.bench_evidence --benchmark mbpp_sanitized.jsonl --rows FILE ...

Takes rows that ``bench_prompts --out`` kept, with the benchmarks they were written for (a path, or
``basics`` and ``basics-calls`` for gptcc's own tasks), and writes nothing new. Of each problem with
a passing program it compares the candidates that pass with the expected random passes, and gives
the share of right ones among them. Unlike ``solve``, it runs no generated inputs.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from gptcc_cli.ranking import MIN_CONSENSUS, Evidence, evidence_bits
from tests.benchmarks.bench_prompts import problems

RANGES = (0.0, 0.5, 1.0, 2.0, 4.0, 16.0, float("inf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The candidates of one problem."""

    evidence: Evidence
    share_right: float
    """Of those that pass."""
    n_samples: int
    n_programs: int
    """Different ones among those that pass."""
    mean_logprob: float
    """Of the tokens of those that pass."""

    @property
    def times_expected(self) -> float:
        """How many pass for each expected random pass."""
        share = self.evidence.n_alike / self.evidence.n_written
        return share * 2.0**self.evidence.bits


def main() -> None:
    """Read rows and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--benchmark", action="append", required=True)
    parser.add_argument("--rows", type=Path, nargs="+", required=True)
    wish = parser.parse_args()
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in wish.rows:
        for row in map(json.loads, path.open()):
            rows[row["problem"]].append(row)
    sys.stdout.write(table(list(seen(rows, wish.benchmark))))


def seen(rows: dict[str, list[dict[str, Any]]], benchmarks: Iterable[str]) -> Iterable[Seen]:
    """Yield what is known of every problem with a passing program."""
    for benchmark in benchmarks:
        for item in problems(benchmark, skip=0, limit=10_000):
            written = rows.get(item.problem.id, [])
            passing = [row for row in written if row["samples"]]
            if not passing:
                continue
            bits = evidence_bits(item.problem, item.problem.trusted_samples)
            yield Seen(
                evidence=Evidence(
                    bits=bits, n_written=len(written), n_passing=len(passing), n_alike=len(passing)
                ),
                share_right=sum(row["hidden"] for row in passing) / len(passing),
                n_samples=len(item.problem.trusted_samples),
                n_programs=len({row["program"] for row in passing}),
                mean_logprob=sum(row["logprob"] for row in passing) / len(passing),
            )


def table(all_seen: list[Seen]) -> str:
    """Tabulate how often what passes is right, by passes over expected random passes."""
    lines = ["| passes for each expected random pass | problems | right |", "|---|---:|---:|"]
    for low, high in pairwise(RANGES):
        lines.append(_row(f"{low:g} to {high:g}", all_seen, low, high))
    lines.append(_row("all", all_seen, 0.0, float("inf")))
    confident = [one for one in all_seen if one.evidence.confident]
    rest = [one for one in all_seen if not one.evidence.confident]
    alone = [
        one for one in rest if one.evidence.significant and one.evidence.n_alike < MIN_CONSENSUS
    ]
    groups = {"confident": confident, "not": rest, "of these one or two significant": alone}
    lines += [_row(name, group, 0.0, float("inf")) for name, group in groups.items()]
    pairs = (f"{name} {_auc(all_seen, key):.0%}" for name, key in _KEYS.items())
    return "\n".join([*lines, "", f"A right one has more than a wrong one: {', '.join(pairs)}", ""])


_KEYS: dict[str, Callable[[Seen], float]] = {
    "times expected": lambda one: one.times_expected,
    "commonness": lambda one: one.evidence.prevalence,
    "bits": lambda one: one.evidence.bits,
    "samples": lambda one: one.n_samples,
    "programs": lambda one: one.n_programs,
    "completions": lambda one: one.evidence.n_alike,
    "mean log-probability": lambda one: one.mean_logprob,
}


def _row(name: str, all_seen: list[Seen], low: float, high: float) -> str:
    shares = [one.share_right for one in all_seen if low <= one.times_expected < high]
    return f"| {name} | {len(shares)} | {sum(shares) / max(1, len(shares)):.0%} |"


def _auc(all_seen: list[Seen], key: Callable[[Seen], float]) -> float:
    won = total = 0.0
    for one in all_seen:
        for other in all_seen:
            weight = one.share_right * (1 - other.share_right) if one is not other else 0.0
            total += weight
            more, less = key(one), key(other)
            won += weight * ((more > less) + (more == less) / 2)
    return won / total if total else 0.5


if __name__ == "__main__":
    main()
