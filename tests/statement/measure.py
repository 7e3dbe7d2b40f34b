"""Measures the reader against a file of statements with their true samples.

``python -m tests.statement.measure FILE`` prints the figures and every row that differs. A row
whose ``complete`` is null names only some of its samples: there, a pair is wrong only if the same
input is expected to give something else.
"""

# ruff: noqa: T201
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.problem import Mode, Problem
from gptcc_cli.statement import read_statement

Pair = tuple[str, str]


@dataclass(kw_only=True)
class Score:
    """Counts over the rows of one kind."""

    rows: int = 0
    exact: int = 0
    pairs: int = 0
    found: int = 0
    given: int = 0
    wrong: int = 0

    @property
    def exact_rows(self) -> float:
        return self.exact / self.rows

    @property
    def found_pairs(self) -> float:
        return self.found / self.pairs if self.pairs else 1.0

    @property
    def wrong_pairs(self) -> float:
        return self.wrong / self.given if self.given else 0.0


def measure(path: Path, *, show: bool = False) -> dict[str, Score]:
    """Read every row of a file and count."""
    scores: dict[str, Score] = {}
    for row in _rows(path):
        problem = read_statement(
            row["statement"], id=row["id"], starter_code=row["starter_code"] or None
        ).problem
        got, truth = pairs_of(problem), true_pairs(row)
        score = scores.setdefault(_kind(row), Score())
        wrong = set(got) - set(truth)
        if row["complete"] is None:
            known = {taken for taken, _ in truth}
            wrong = {pair for pair in wrong if pair[0] in known}
        score.rows += 1
        score.exact += got == truth
        score.pairs += len(truth)
        score.found += len(set(truth) & set(got))
        score.given += len(got)
        score.wrong += len(wrong)
        if show and (got != truth):
            missing = [pair for pair in truth if pair not in got]
            extra = [pair for pair in got if pair not in truth]
            print(row["id"], row["style"], "missing", missing[:3], "extra", extra[:5])
    return scores


def pairs_of(problem: Problem) -> list[Pair]:
    """Return a problem's samples as comparable text."""
    if problem.mode is Mode.STDIN:
        return [(str(s.input).strip(), str(s.expected).strip()) for s in problem.samples]
    return [(json.dumps(s.input), json.dumps(s.expected)) for s in problem.samples]


def true_pairs(row: dict[str, Any]) -> list[Pair]:
    """Return a row's samples as comparable text."""
    if row["kind"] == "stdin":
        return [(p["input"].strip(), p["output"].strip()) for p in row["expected"]]
    return [(json.dumps(p["input"]), json.dumps(p["output"])) for p in row["expected"]]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _kind(row: dict[str, Any]) -> str:
    return "stdin" if row["kind"] == "stdin" else row["style"].replace("/", " ").split()[0]


if __name__ == "__main__":
    for kind, score in measure(Path(sys.argv[1]), show=True).items():
        print(
            f"{kind}: {score.rows} rows, {score.exact_rows:.2%} exact; {score.pairs} pairs, "
            f"{score.found_pairs:.2%} found; {score.given} given, {score.wrong} wrong"
        )
