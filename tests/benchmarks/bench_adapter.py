"""Problems solved a minute by the embedded model, with an adapter and without.

    python -m tests.benchmarks.bench_adapter ADAPTER [--source held-out] [--limit 20] [--budget 10]

``held-out`` are the generated tasks that training never teaches, half of them written by hand, half
composed; ``functions`` the same tasks asked as functions; ``real`` HumanEval and the problems of
APPS at hand that read standard input. Either way searches until a program passes the samples, in
turn on each problem, with the same seconds; solved means that it passes the hidden tests too.
Without adapter the model is asked as ``solve`` asks it; with one, by the template it was taught.
"""

import argparse
import json
import random
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gptcc_cli.api import open_model
from gptcc_cli.benchmarks import BenchmarkItem
from gptcc_cli.candidate_sources import CandidateSource
from gptcc_cli.judging import Judge
from gptcc_cli.models import ModelSpec
from gptcc_cli.sandbox import open_sandbox
from gptcc_cli.solving import Until
from gptcc_cli.solving.candidate_store import first_passing
from gptcc_cli.statement import read_statement
from gptcc_cli.training import basics
from tests.benchmarks import bench_search
from tests.benchmarks.bench_search import Answer, is_right
from tests.benchmarks.search_record import search

WAYS = ("without", "with")


def main() -> None:
    """Search both ways on one problem after another, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("adapter")
    parser.add_argument("--source", choices=("held-out", "functions", "real"), default="held-out")
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--budget", type=float, default=10.0, help="seconds a problem and way")
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    items = problems(arguments.source)[: arguments.limit]
    writers = [_writer(arguments.dtype, one) for one in ("none", arguments.adapter)]
    rows: list[Mapping[str, Any]] = []
    with open_sandbox() as sandbox, Judge(sandbox) as judge:
        for writer in writers:
            search(writer, judge, items[0].problem, budget_s=1.0)
        for item in items:
            row: dict[str, Any] = {"problem": item.problem.id}
            for way, writer in zip(WAYS, writers, strict=True):
                row[way] = asdict(_first(writer, judge, item, arguments.budget))
            rows.append(row)
            print(json.dumps(row), file=sys.stderr, flush=True)
            if arguments.output is not None:
                with arguments.output.open("a") as file:
                    file.write(json.dumps(row) + "\n")
    print(table(rows))


def _first(writer: CandidateSource, judge: Judge, item: BenchmarkItem, budget_s: float) -> Answer:
    """Search until a program passes the samples."""
    record = search(writer, judge, item.problem, budget_s=budget_s, until=Until.FIRST)
    choice = record.chosen(first_passing)
    if choice is None:
        return Answer(right=None, n_candidates=record.desk.n_written, wall_s=record.wall_s)
    program = next(one for one in record.passing() if one.canonical_hash == choice.form)
    right, wall_s = is_right(judge, item, program), choice.wall_s
    return Answer(right=right, n_candidates=record.desk.n_written, wall_s=wall_s)


def problems(source: str) -> list[BenchmarkItem]:
    """The problems to solve, in an order that is shuffled once for all."""
    if source == "real":
        return bench_search.problems()
    by_hand = {task.name for task in basics.tasks()}
    kinds: tuple[list[BenchmarkItem], list[BenchmarkItem]] = ([], [])
    for one in basics.generate(variants=1, seed=7, held_out=True):
        if (one.entry_point is not None) is not (source == "functions"):
            continue
        read = read_statement(
            one.statement,
            id=one.id,
            starter_code=one.starter_code or None,
            entry_point=one.entry_point,
        )
        if read.problem.trusted_samples:
            item = BenchmarkItem(problem=read.problem, tests=one.tests)
            kinds[one.id.split("-")[1] in by_hand].append(item)
    for kind in kinds:
        random.Random(1).shuffle(kind)
    composed, hand = kinds
    pairs = zip(hand, composed, strict=False)
    return [item for pair in pairs for item in pair]


def table(rows: list[Mapping[str, Any]]) -> str:
    """The rows as Markdown."""
    lines = [
        f"| {len(rows)} problems | solved | passed samples alone | candidates | seconds "
        "| solved a minute |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for way in WAYS:
        answers = [row[way] for row in rows]
        solved = sum(one["right"] is True for one in answers)
        wrong = sum(one["right"] is False for one in answers)
        wall_s = sum(one["wall_s"] for one in answers)
        n = sum(one["n_candidates"] for one in answers)
        rate = 60 * solved / wall_s
        lines.append(f"| {way} adapter | {solved} | {wrong} | {n} | {wall_s:.0f} | {rate:.2f} |")
    return "\n".join(lines)


def _writer(dtype: str, adapter: str) -> CandidateSource:
    return open_model(
        ModelSpec(
            name="embedded",
            dtype=dtype,
            device="cpu",
            adapter=None if adapter == "none" else adapter,
        ),
        template=None,
        max_new_tokens=160,
    )


if __name__ == "__main__":
    main()
