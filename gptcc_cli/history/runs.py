"""Runs read back: all of them in a few words, or one with everything that is known of it."""

import difflib
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from gptcc_cli.errors import UsageError
from gptcc_cli.generation import Completion, Finish, Request
from gptcc_cli.history.process import is_alive
from gptcc_cli.history.records import problem_of, prompt_of, tests_of, text_of
from gptcc_cli.problem import GivenTest, Problem
from gptcc_cli.prompting import Prompt
from gptcc_cli.solving import Ended

NEWEST = "last"
"""What the newest run may be called."""


class Result(Enum):
    """What came of a run."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    """No program passed everything."""
    UNVERIFIED = "unverified"
    """There was nothing to run programs on, or they were not to be run."""
    BUDGET = "budget"
    """The time was over before a program passed everything."""
    INTERRUPTED = "interrupted"
    """By the user, or because the process was killed."""
    FAILED = "failed"
    """The model, the sandbox or the place for the answer failed."""
    RUNNING = "running"
    """It is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run in a few words."""

    id: str
    started_s: float
    """Seconds since 1970-01-01 UTC."""
    duration_s: float | None
    """Seconds it took; until its last completion if it was killed; ``None``: none came."""
    problem: str
    """The problem's id."""
    title: str
    """The first line of the statement that says something."""
    model: str
    result: Result
    exit_code: int | None
    """``None``: the command did not come to its end."""
    n_completions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProgram:
    """One program of a run and what became of it."""

    id: str
    source: str
    verdict: str | None
    n_passed: int
    cases: tuple[Mapping[str, Any], ...]
    """One for each test that was run, with its verdict, words and facts."""
    rank: int | None
    """From 1; ``None``: the run did not come to rank it."""
    reason: str | None
    origin: Mapping[str, Any]
    """Cleaning steps, syntax error, round and parent of a repair, number of tests."""
    indexes: tuple[int, ...]
    """The completions that gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """One run with everything but its completions."""

    number: int
    """Its row."""
    summary: RunSummary
    problem: Problem
    origin: str
    """Where the problem was read."""
    tests: tuple[GivenTest, ...]
    """Tests beside the samples."""
    tests_written: str | None
    """What the model wrote when it was asked for tests; ``None``: it was not asked."""
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]
    version: str
    """Of the gptcc that ran."""
    ended: str | None
    """Why it ended, in ``solving``'s words; ``None``: it did not come to its end."""
    failure: str | None
    answer: str | None
    """The id of the program that was printed."""
    programs: tuple[KeptProgram, ...]
    """The best first; those without a rank after them."""

    @property
    def best(self) -> KeptProgram | None:
        """The answer, or of a run that was broken off the program that passed most."""
        answers = [one for one in self.programs if one.id == self.answer]
        usable = [one for one in self.programs if one.source.strip()]
        return next(iter(answers or sorted(usable, key=lambda one: -one.n_passed)), None)


_SUMMARY: Final = """
    SELECT runs.*, problems.name, substr(problems.statement, 1, 400) AS opening,
        (SELECT count(*) FROM completions WHERE run = runs.number) AS n_completions,
        (SELECT max(after_s) FROM completions WHERE run = runs.number) AS last_s
    FROM runs JOIN problems ON problems.sha256 = runs.problem
"""


def list_runs(
    connection: sqlite3.Connection, *, limit: int | None = None, solved: bool | None = None
) -> Iterator[RunSummary]:
    """Yield runs, the newest first.

    Args:
        connection: an open history.
        limit: how many at most; ``None``: all.
        solved: only those that were solved, or only those that were not.
    """
    chosen = "" if solved is None else f"WHERE coalesce(solved, 0) = {int(solved)}"
    yield from summaries(connection, chosen, limit=limit)


def summaries(
    connection: sqlite3.Connection,
    chosen: str,
    values: Sequence[object] = (),
    *,
    limit: int | None = None,
) -> Iterator[RunSummary]:
    """Yield the runs that a ``WHERE`` over ``runs`` and ``problems`` chooses, the newest first."""
    most = "" if limit is None else f"LIMIT {int(limit)}"
    query = f"{_SUMMARY} {chosen} ORDER BY started_s DESC, number DESC {most}"
    yield from map(_summary, _rows(connection, query, *values))


def find_run(connection: sqlite3.Connection | None, wanted: str) -> KeptRun:
    """Return the run that is called so: by its id, the beginning of one, or ``last``.

    Raises:
        UsageError: there is none, or several begin like this.
    """
    if connection is None:
        raise UsageError(f"there is no run {wanted!r}: the history is empty")
    name = wanted.strip().lower()
    if name == NEWEST:
        rows = list(_rows(connection, f"{_SUMMARY} ORDER BY started_s DESC, number DESC LIMIT 1"))
    else:
        begins = f"{_SUMMARY} WHERE substr(id, 1, ?) = ? ORDER BY started_s LIMIT 3"
        rows = list(_rows(connection, begins, len(name), name)) if name else []
    if len(rows) > 1:
        raise UsageError(
            f"{wanted!r} begins the names of several runs, such as {rows[0]['id']} and "
            f"{rows[1]['id']}",
            hint="write a letter more",
        )
    if not rows:
        raise _unknown(connection, wanted)
    return _run(connection, rows[0])


def completions_of(connection: sqlite3.Connection, run: KeptRun) -> Iterator[Completion]:
    """Yield what the model wrote, in the order of arrival."""
    prompts = _prompts(connection, run, "completions")
    for row in _rows(
        connection, "SELECT * FROM completions WHERE run = ? ORDER BY place", run.number
    ):
        yield Completion(
            prompt=prompts[row["prompt"]],
            index=row["number"],
            text=text_of(row["text"]),
            n_tokens=row["n_tokens"],
            finish=Finish(row["finish"]),
            mean_logprob=row["mean_logprob"],
            temperature=row["temperature"],
            seed=row["seed"],
        )


def requests_of(connection: sqlite3.Connection, run: KeptRun) -> tuple[tuple[Request, ...], ...]:
    """Return what the model was asked for: requests in their order, one tuple for each round."""
    prompts = _prompts(connection, run, "requests")
    rounds: dict[int, list[Request]] = {}
    for row in _rows(connection, "SELECT * FROM requests WHERE run = ? ORDER BY place", run.number):
        request = Request(
            prompt=prompts[row["prompt"]],
            index=row["number"],
            temperature=row["temperature"],
            seed=row["seed"],
        )
        rounds.setdefault(row["round"], []).append(request)
    return tuple(tuple(rounds[round_]) for round_ in sorted(rounds))


def known_ids(connection: sqlite3.Connection, limit: int = 200) -> Iterator[tuple[str, str]]:
    """Yield the names of runs and of their problems, the newest first."""
    for run in list_runs(connection, limit=limit):
        yield run.id, f"{run.problem}: {run.result.value}"


def _prompts(connection: sqlite3.Connection, run: KeptRun, table: str) -> dict[str, Prompt]:
    query = f"SELECT * FROM prompts WHERE sha256 IN (SELECT prompt FROM {table} WHERE run = ?)"
    return {
        row["sha256"]: prompt_of(text_of(row["text"]), row["record"])
        for row in _rows(connection, query, run.number)
    }


def _run(connection: sqlite3.Connection, row: sqlite3.Row) -> KeptRun:
    found = connection.execute(
        "SELECT statement, record, tests FROM runs "
        "JOIN problems ON problems.sha256 = runs.problem "
        "LEFT JOIN test_sets ON test_sets.sha256 = runs.test_set WHERE number = ?",
        (row["number"],),
    ).fetchone()
    statement, record, tests = found
    return KeptRun(
        number=row["number"],
        summary=_summary(row),
        problem=problem_of(text_of(statement), record),
        origin=row["origin"],
        tests=() if tests is None else tests_of(tests),
        tests_written=_text_or_none(row["tests_written"]),
        settings=json.loads(row["settings"]),
        provenance=json.loads(row["provenance"]),
        version=row["version"],
        ended=row["ended"],
        failure=row["failure"],
        answer=row["answer"],
        programs=tuple(_programs(connection, row["number"])),
    )


def _text_or_none(stored: str | bytes | None) -> str | None:
    return None if stored is None else text_of(stored)


def _programs(connection: sqlite3.Connection, number: int) -> Iterator[KeptProgram]:
    indexes: dict[str, list[int]] = {}
    for program, index in connection.execute(
        "SELECT program, number FROM completions WHERE run = ? AND program IS NOT NULL "
        "ORDER BY number",
        (number,),
    ):
        indexes.setdefault(program, []).append(index)
    for row in _rows(
        connection,
        "SELECT * FROM programs WHERE run = ? ORDER BY rank IS NULL, rank, n_passed DESC, id",
        number,
    ):
        yield KeptProgram(
            id=row["id"],
            source=text_of(row["source"]),
            verdict=row["verdict"],
            n_passed=row["n_passed"],
            cases=tuple(json.loads(row["cases"])),
            rank=row["rank"],
            reason=row["reason"],
            origin=json.loads(row["record"]),
            indexes=tuple(indexes.get(row["id"], ())),
        )


def _summary(row: sqlite3.Row) -> RunSummary:
    ended_s = row["ended_s"]
    return RunSummary(
        id=row["id"],
        started_s=row["started_s"],
        duration_s=row["last_s"] if ended_s is None else ended_s - row["started_s"],
        problem=row["name"],
        title=_title(row["opening"]),
        model=row["model"],
        result=_result(row),
        exit_code=row["exit_code"],
        n_completions=row["n_completions"],
    )


_BY_END: Final = {
    Ended.BUDGET.value: Result.BUDGET,
    Ended.INTERRUPTED.value: Result.INTERRUPTED,
    Ended.FAILED.value: Result.FAILED,
}


def _result(row: sqlite3.Row) -> Result:
    if row["ended"] is None:
        return Result.RUNNING if is_alive(row["process"]) else Result.INTERRUPTED
    if row["solved"]:
        return Result.SOLVED
    otherwise = Result.UNSOLVED if row["n_tests"] else Result.UNVERIFIED
    return _BY_END.get(row["ended"], otherwise)


def _title(opening: str | bytes) -> str:
    if isinstance(opening, bytes):  # cut anywhere
        opening = opening.decode("utf-8", "replace")
    lines = (re.sub(r"\s+", " ", line).strip(" #*-=_\"'") for line in opening.splitlines())
    return next((line for line in lines if line), "")


def _unknown(connection: sqlite3.Connection, wanted: str) -> UsageError:
    ids = [id_ for id_, _ in known_ids(connection)]
    if not ids:
        return UsageError(f"there is no run {wanted!r}: the history is empty")
    near = difflib.get_close_matches(wanted.lower(), ids, n=1, cutoff=0.3) or ids[:1]
    return UsageError(
        f"there is no run {wanted!r}",
        hint=f"did you mean {near[0]}? `gptcc history list` shows them all",
    )


def _rows(connection: sqlite3.Connection, query: str, *values: object) -> Iterator[sqlite3.Row]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(query, values)
