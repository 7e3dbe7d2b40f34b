"""How often the program ranked first passes the samples and is wrong all the same.

    python -m tests.benchmarks.bench_agreement [--limit 20] [--n 64] [--rows FILE ...] [-o FILE]

Writes a fixed number of candidates for HumanEval's problems whose docstring has samples, runs those
that pass on further inputs, and asks of each way of choosing whether the program it puts first
passes the hidden tests: the first that arrived, the one written most often, the one by agreement.
All ways choose among the same programs. Hidden tests are run after everything is written. With
``-o`` a line is kept of every passing program; ``--rows`` chooses again among those of such files,
without a model.
"""

import argparse
import json
import os
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from gptcc_cli.api import open_model
from gptcc_cli.benchmarks import BenchmarkItem, open_benchmark
from gptcc_cli.candidate_sources import CandidateSource
from gptcc_cli.extraction import candidate_of, extract
from gptcc_cli.generation import Sampling, plan
from gptcc_cli.input_generation import generate_inputs
from gptcc_cli.judging import Judge, Judgement, Outcome, Verdict
from gptcc_cli.judging.problem_judge import ProblemJudge
from gptcc_cli.models import ModelSpec
from gptcc_cli.ranking import rank
from gptcc_cli.sandbox import open_sandbox
from gptcc_cli.solving import Until, solve
from tests.programs import completion

Row = dict[str, Any]
"""One passing program: problem, source, times written, place of arrival, outcomes, right."""

_SHARED = Path(os.environ.get("GPTCC_SHARED", Path(__file__).parents[3] / "shared"))


@dataclass(frozen=True, slots=True)
class _Seen:
    outcomes: tuple[Outcome, ...]


def main() -> None:
    """Write and choose, or choose again."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--n", type=int, default=64)
    parser.add_argument("--probes", type=int, default=24)
    parser.add_argument("--rows", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path)
    wish = parser.parse_args()
    if wish.rows:
        rows = [json.loads(line) for path in wish.rows for line in path.open()]
    else:
        rows = list(_kept(_measure(wish), wish.output))
    sys.stdout.write(_table(rows))


def _measure(wish: argparse.Namespace) -> Iterator[Row]:
    items = [
        entry.load() for entry in open_benchmark(str(_SHARED / "data/HumanEval.jsonl.gz")).entries
    ]
    items = [item for item in items if item.problem.trusted_samples]
    random.Random(0).shuffle(items)
    writer = open_model(
        ModelSpec(name="embedded", dtype="bfloat16", device="cpu"),
        template=None,
        max_new_tokens=256,
    )
    with open_sandbox() as sandbox, Judge(sandbox) as judge:
        for item in items[wish.skip : wish.skip + wish.limit]:
            rows = list(_passing(item, writer, judge, wish.n, wish.probes))
            right = sum(row["right"] for row in rows)
            print(
                f"{item.problem.id}: {len(rows)} pass, {right} right", file=sys.stderr, flush=True
            )
            yield from rows


def _passing(
    item: BenchmarkItem, writer: CandidateSource, judge: Judge, n: int, n_probes: int
) -> Iterator[Row]:
    problem, sampling = item.problem, Sampling(n=n)
    solution = solve(
        problem,
        problem.trusted_samples,
        plan(writer.prompts(problem), sampling, problem.id),
        sampling,
        generator=writer.generator,
        extract=lambda completion: extract(completion, problem),
        judge=ProblemJudge(judge=judge, problem=problem, tests=problem.samples),
        until=Until.ALL,
    )
    probes = generate_inputs(problem, problem.trusted_samples, n=n_probes, seed=0)
    for one in solution.ranked:
        if not one.passed or item.check_source is None:
            continue
        candidate = one.judgement.candidate
        seen = judge.run_probes(candidate, problem, probes).result()
        hidden = judge.judge_assertions(candidate, problem, item.check_source)
        yield {
            "problem": problem.id,
            "source": candidate.source,
            "indices": [completion.index for completion in candidate.completions],
            "outcomes": [one if isinstance(one, str) else one.name for one in seen.outcomes],
            "right": hidden.verdict is Verdict.AC,
        }


def _choices(rows: Sequence[Row]) -> dict[str, Row]:
    """By each way of choosing: the program it puts first."""
    by_arrival = sorted(rows, key=lambda row: min(row["indices"]))
    return {
        "first that passes": by_arrival[0],
        "written most often": max(by_arrival, key=lambda row: len(row["indices"])),
        "by agreement": _by_agreement(by_arrival),
    }


def _by_agreement(rows: Sequence[Row]) -> Row:
    """The program that ``rank`` puts first; each was written as often as it was."""
    judgements: list[Judgement] = []
    seen: dict[str, _Seen] = {}
    for row in rows:
        written = tuple(completion(row["source"], index=index) for index in row["indices"])
        candidate = replace(candidate_of(row["source"]), completions=written)
        judgements.append(Judgement(candidate=candidate, cases=(), n_tests=0))
        seen[candidate.canonical_hash] = _Seen(tuple(map(_outcome, row["outcomes"])))
    best = rank(judgements, seen)[0].judgement.candidate.source
    return next(row for row in rows if row["source"] == best)


def _outcome(word: str) -> Outcome:
    return Verdict[word] if word in Verdict.__members__ else word


def _table(rows: Iterable[Row]) -> str:
    by_problem: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_problem[row["problem"]].append(row)
    mixed = [group for group in by_problem.values() if len({row["right"] for row in group}) == 2]
    lines = [
        f"{len(by_problem)} problems with a passing program, {len(mixed)} with both kinds",
        "| chosen | right | wrong | right where there is a choice |",
        "|---|---|---|---|",
    ]
    ways: dict[str, Callable[[Sequence[Row]], Row]] = {
        name: (lambda group, name=name: _choices(group)[name])  # type: ignore[misc]
        for name in ("first that passes", "written most often", "by agreement")
    }
    for name, choose in ways.items():
        chosen = [choose(group)["right"] for group in by_problem.values()]
        of_mixed = sum(choose(group)["right"] for group in mixed)
        lines.append(
            f"| {name} | {sum(chosen)} | {len(chosen) - sum(chosen)} | {of_mixed} of {len(mixed)} |"
        )
    return "\n".join(lines) + "\n"


def _kept(rows: Iterable[Row], path: Path | None) -> Iterator[Row]:
    """Pass rows on; with a file, keep each as soon as it is known."""
    for row in rows:
        if path is not None:
            with path.open("a") as file:
                file.write(json.dumps(row) + "\n")
        yield row


if __name__ == "__main__":
    main()
