"""Recorded runs: listed, found, searched, read in full, and removed.

Searching reads every text without an index: a full-text index (FTS5) is not in every SQLite, and it
finds words, not ``a + b``. Searching 10,000 runs takes half a second of processor time
(tests/benchmarks/bench_history.py).
"""

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
from gptcc_cli.history.records import (
    CaseRecord,
    ProgramRecord,
    decode_text,
    prompt_from_json,
)
from gptcc_cli.history.run_writer import is_running
from gptcc_cli.options.solve_config import SolveConfig
from gptcc_cli.problem import GivenTest, Problem
from gptcc_cli.prompting import Prompt
from gptcc_cli.records import from_json, from_record
from gptcc_cli.solving import Ended


class RecordedResult(Enum):
    """The result of a run."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    """No program passed every test."""
    UNVERIFIED = "unverified"
    """There were no tests, or programs were not run."""
    BUDGET = "budget"
    """The time budget ended before a program passed every test."""
    INTERRUPTED = "interrupted"
    """By the user, or because the process was killed."""
    FAILED = "failed"
    """The model, the sandbox or the output failed."""
    RUNNING = "running"
    """Its process is still alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One line of a list of runs."""

    id: str
    started_s: float
    """Seconds since 1970-01-01 UTC."""
    duration_s: float | None
    """Seconds the run took; until its last completion if it was killed; ``None``: unknown."""
    problem: str
    """The problem's id."""
    title: str
    """The first line of the statement that has words."""
    model: str
    result: RecordedResult
    exit_code: int | None
    """``None``: the command did not reach its end."""
    n_completions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedProgram:
    """One program of a run with its judgement."""

    id: str
    source: str
    verdict: str | None
    n_passed: int
    cases: tuple[CaseRecord, ...]
    """One for each test that was run."""
    rank: int | None
    """From 1; ``None``: the run ended before the program was ranked."""
    reason: str | None
    """Why it ranks there."""
    details: ProgramRecord
    indexes: tuple[int, ...]
    """The completions that became this program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """Everything recorded of a run except its completions."""

    number: int
    """The run's row."""
    summary: RunSummary
    problem: Problem
    origin: str
    """Where the problem was read."""
    tests: tuple[GivenTest, ...]
    """Tests in addition to the samples."""
    generated_tests_text: str | None
    """The model's reply to a request for tests; ``None``: it was not asked."""
    config: SolveConfig
    """What determined the result."""
    provenance: Mapping[str, Any]
    version: str
    """The gptcc that ran."""
    ended: str | None
    """Why it ended, a value of ``solving.Ended``; ``None``: it did not reach its end."""
    failure: str | None
    answer: str | None
    """The id of the program that was printed."""
    programs: tuple[RecordedProgram, ...]
    """Best first; those without a rank come last."""

    @property
    def best(self) -> RecordedProgram | None:
        """The answer; if there is none, the program that passed most tests."""
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
    """Yield runs, newest first.

    Args:
        connection: an open history.
        limit: how many at most; ``None``: all.
        solved: ``True``: only solved ones; ``False``: only others.
    """
    where = "" if solved is None else f"WHERE coalesce(solved, 0) = {int(solved)}"
    yield from _summaries(connection, where, limit=limit)


_CONTAINS: Final = """
    (contains(problems.name, ?1) OR contains(problems.statement, ?1) OR EXISTS (
        SELECT 1 FROM programs WHERE programs.run = runs.number AND contains(source, ?1)))
"""


def search_runs(
    connection: sqlite3.Connection, terms: Sequence[str], *, limit: int | None = None
) -> Iterator[RunSummary]:
    """Yield the runs that contain every term, newest first.

    Args:
        connection: an open history.
        terms: each is searched for literally, ignoring case, in the problem's id, its statement and
            every program.
        limit: how many at most; ``None``: all.
    """
    connection.create_function("contains", 2, _contains, deterministic=True)
    folded = [term.casefold() for term in terms if term]
    conditions = [_CONTAINS.replace("?1", f"?{n}") for n in range(1, len(folded) + 1)]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    yield from _summaries(connection, where, folded, limit=limit)


def _contains(stored: str | bytes, folded: str) -> bool:
    return folded in decode_text(stored).casefold()


def find_run(connection: sqlite3.Connection | None, name: str) -> RecordedRun:
    """Return a run by its ID, the beginning of it, or ``last``.

    Raises:
        UsageError: there is no such run, or several IDs begin so.
    """
    if connection is None:
        raise UsageError(
            f"there is no run {name!r}: the history is empty", hint="run gptcc solve first"
        )
    prefix = name.strip().lower()
    if prefix == "last":
        rows = list(_rows(connection, f"{_SUMMARY} ORDER BY started_s DESC, number DESC LIMIT 1"))
    else:
        query = f"{_SUMMARY} WHERE substr(id, 1, ?) = ? ORDER BY started_s LIMIT 3"
        rows = list(_rows(connection, query, len(prefix), prefix)) if prefix else []
    if len(rows) > 1:
        more = ", ..." if len(rows) > 2 else ""
        raise UsageError(
            f"run ID {name!r} is ambiguous: matches {rows[0]['id']}, {rows[1]['id']}{more}",
            hint="use a longer prefix",
        )
    if not rows:
        raise _unknown(connection, name)
    return _run(connection, rows[0])


def completions_of(connection: sqlite3.Connection, run: RecordedRun) -> Iterator[Completion]:
    """Yield what the model wrote, in the order of arrival."""
    prompts = _prompts(connection, run, "completions")
    for row in _rows(
        connection, "SELECT * FROM completions WHERE run = ? ORDER BY place", run.number
    ):
        yield Completion(
            prompt=prompts[row["prompt"]],
            index=row["number"],
            text=decode_text(row["text"]),
            n_tokens=row["n_tokens"],
            finish=Finish(row["finish"]),
            mean_logprob=row["mean_logprob"],
            temperature=row["temperature"],
            seed=row["seed"],
        )


def requests_of(
    connection: sqlite3.Connection, run: RecordedRun
) -> tuple[tuple[Request, ...], ...]:
    """Return the requests to the model in their order, one tuple for each round."""
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


def prunable_runs(
    connection: sqlite3.Connection, *, before_s: float | None = None, keep: int = 0
) -> tuple[RunSummary, ...]:
    """Return the runs that may be removed, newest first; never one that is running.

    Args:
        connection: an open history.
        before_s: only runs that started before this time (seconds since 1970); ``None``: all.
        keep: how many of the newest runs to keep in any case.
    """
    return tuple(
        run
        for position, run in enumerate(list_runs(connection))
        if position >= keep
        and run.result is not RecordedResult.RUNNING
        and (before_s is None or run.started_s < before_s)
    )


_DELETE_ORPHANS: Final = (
    "DELETE FROM problems WHERE sha256 NOT IN (SELECT problem FROM runs)",
    "DELETE FROM test_sets WHERE sha256 NOT IN "
    "(SELECT test_set FROM runs WHERE test_set IS NOT NULL)",
    "DELETE FROM prompts WHERE sha256 NOT IN "
    "(SELECT prompt FROM completions UNION SELECT prompt FROM requests)",
)
"""Removes what no run refers to any more."""


def remove_runs(connection: sqlite3.Connection, ids: Sequence[str]) -> int:
    """Remove runs and everything that only they refer to; return how many there were.

    Raises:
        sqlite3.Error: removing failed; nothing is removed.
    """
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        count = connection.executemany(
            "DELETE FROM runs WHERE id = ?", [(id_,) for id_ in ids]
        ).rowcount
        for statement in _DELETE_ORPHANS:
            connection.execute(statement)
    return count


def vacuum(connection: sqlite3.Connection) -> bool:
    """Rewrite the file without removed data; return false if another process is using it."""
    try:
        connection.execute("VACUUM")
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return False
        raise
    return not busy


def _summaries(
    connection: sqlite3.Connection,
    where: str,
    values: Sequence[object] = (),
    *,
    limit: int | None = None,
) -> Iterator[RunSummary]:
    """Yield the runs that a ``WHERE`` over ``runs`` and ``problems`` selects, newest first."""
    at_most = "" if limit is None else f"LIMIT {int(limit)}"
    query = f"{_SUMMARY} {where} ORDER BY started_s DESC, number DESC {at_most}"
    yield from map(_summary, _rows(connection, query, *values))


def _prompts(connection: sqlite3.Connection, run: RecordedRun, table: str) -> dict[str, Prompt]:
    query = f"SELECT * FROM prompts WHERE sha256 IN (SELECT prompt FROM {table} WHERE run = ?)"
    return {
        row["sha256"]: prompt_from_json(decode_text(row["text"]), row["record"])
        for row in _rows(connection, query, run.number)
    }


def _run(connection: sqlite3.Connection, row: sqlite3.Row) -> RecordedRun:
    statement, record, tests = connection.execute(
        "SELECT statement, record, tests FROM runs "
        "JOIN problems ON problems.sha256 = runs.problem "
        "LEFT JOIN test_sets ON test_sets.sha256 = runs.test_set WHERE number = ?",
        (row["number"],),
    ).fetchone()
    reply = row["tests_written"]
    return RecordedRun(
        number=row["number"],
        summary=_summary(row),
        problem=from_record(Problem, {**json.loads(record), "statement": decode_text(statement)}),
        origin=row["origin"],
        tests=() if tests is None else from_json(tuple[GivenTest, ...], tests),
        generated_tests_text=None if reply is None else decode_text(reply),
        config=_config(row["config"]),
        provenance=json.loads(row["provenance"]),
        version=row["version"],
        ended=row["ended"],
        failure=row["failure"],
        answer=row["answer"],
        programs=tuple(_programs(connection, row["number"])),
    )


def _config(text: str) -> SolveConfig:
    """Read a run's config; rows of gptcc 0.1 hold the options of its command line."""
    record = json.loads(text)
    if "version" in record:
        return SolveConfig.from_json(text)
    return SolveConfig.from_settings_v0(record)


def _programs(connection: sqlite3.Connection, number: int) -> Iterator[RecordedProgram]:
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
        yield RecordedProgram(
            id=row["id"],
            source=decode_text(row["source"]),
            verdict=row["verdict"],
            n_passed=row["n_passed"],
            cases=from_json(tuple[CaseRecord, ...], row["cases"]),
            rank=row["rank"],
            reason=row["reason"],
            details=from_json(ProgramRecord, row["record"]),
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


_RESULT_BY_END: Final = {
    Ended.BUDGET.value: RecordedResult.BUDGET,
    Ended.INTERRUPTED.value: RecordedResult.INTERRUPTED,
    Ended.FAILED.value: RecordedResult.FAILED,
}


def _result(row: sqlite3.Row) -> RecordedResult:
    if row["ended"] is None:
        return RecordedResult.RUNNING if is_running(row["process"]) else RecordedResult.INTERRUPTED
    if row["solved"]:
        return RecordedResult.SOLVED
    otherwise = RecordedResult.UNSOLVED if row["n_tests"] else RecordedResult.UNVERIFIED
    return _RESULT_BY_END.get(row["ended"], otherwise)


def _title(opening: str | bytes) -> str:
    if isinstance(opening, bytes):  # cut anywhere
        opening = opening.decode("utf-8", "replace")
    lines = (re.sub(r"\s+", " ", line).strip(" #*-=_\"'") for line in opening.splitlines())
    return next((line for line in lines if line), "")


def _unknown(connection: sqlite3.Connection, name: str) -> UsageError:
    ids = [run.id for run in list_runs(connection, limit=200)]
    if not ids:
        return UsageError(
            f"there is no run {name!r}: the history is empty", hint="run gptcc solve first"
        )
    near = difflib.get_close_matches(name.lower(), ids, n=1, cutoff=0.3) or ids[:1]
    return UsageError(
        f"there is no run {name!r}",
        hint=f"did you mean {near[0]}? `gptcc history list` shows all runs",
    )


def _rows(connection: sqlite3.Connection, query: str, *values: object) -> Iterator[sqlite3.Row]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(query, values)
