"""The rows of one run, as they are written to an open history.

Covers a run's ID, the process that writes it, and keeping secrets out of the file. When and in
which thread rows are written is ``recorder``'s concern; the caller provides the transaction.
"""

import json
import os
import platform
import re
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gptcc_cli.generation import Completion, Request
from gptcc_cli.history.records import (
    case_record,
    digest,
    encode_text,
    problem_to_json,
    program_record,
    prompt_to_json,
)
from gptcc_cli.judging import Judgement
from gptcc_cli.options.solve_config import SolveConfig
from gptcc_cli.problem import GivenTest, Problem
from gptcc_cli.prompting import Prompt
from gptcc_cli.ranking import RankedCandidate
from gptcc_cli.records import to_json
from gptcc_cli.solving import Solution

_INSERT_PROGRAM = """
    INSERT INTO programs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        source = excluded.source, verdict = excluded.verdict,
        n_passed = excluded.n_passed, cases = excluded.cases,
        record = CASE WHEN excluded.rank IS NULL THEN record ELSE excluded.record END,
        rank = coalesce(excluded.rank, rank), reason = coalesce(excluded.reason, reason)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStart:
    """What is known of a run before it starts."""

    problem: Problem
    origin: str
    """Where the problem was read: a path, or ``standard input``."""
    tests: tuple[GivenTest, ...]
    """Tests given in addition to the samples."""
    n_tests: int
    """How many tests may reject a program; 0: nothing is verified."""
    config: SolveConfig
    """What determines the result."""
    model: str
    """The generator's name for people."""
    provenance: Mapping[str, Any]
    """The exact model: name, commit, device, dtype."""
    version: str
    """The version of gptcc."""


@dataclass(slots=True, kw_only=True)
class RunWriter:
    """Writes one run. To be used by one thread only."""

    id: str
    number: int = 0
    """The row of the run."""
    n_completions: int = 0
    n_requests: int = 0
    positions: dict[tuple[int, int], int] = field(default_factory=dict)
    """The position of a completion in the order of arrival, by its index and round."""
    prompts: dict[int, tuple[Prompt, str]] = field(default_factory=dict)
    """Hashes of prompts by identity; keeping the prompt keeps its identity from being reused."""

    def start(self, to: sqlite3.Connection, start: RunStart, started_s: float) -> None:
        """Write the run's row."""
        values = {
            "id": self.id,
            "started_s": started_s,
            "process": current_process(),
            "version": start.version,
            "problem": _insert_problem(to, start.problem),
            "origin": redact(start.origin),
            "test_set": _insert_tests(to, start.tests),
            "n_tests": start.n_tests,
            "config": to_json(redact(json.loads(start.config.to_json()))),
            "model": redact(start.model),
            "provenance": to_json(redact(dict(start.provenance))),
        }
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        done = to.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", [*values.values()])
        self.number = done.lastrowid or 0

    def add_completion(
        self, to: sqlite3.Connection, completion: Completion, after_s: float
    ) -> None:
        """Write a completion; calls follow the order of arrival."""
        to.execute(
            "INSERT INTO completions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                self.number,
                self.n_completions,
                self._insert_prompt(to, completion.prompt),
                completion.index,
                encode_text(completion.text),
                completion.n_tokens,
                completion.finish.value,
                completion.mean_logprob,
                completion.temperature,
                completion.seed,
                round(after_s, 4),
            ),
        )
        self.positions[completion.index, completion.prompt.round] = self.n_completions
        self.n_completions += 1

    def add_request(self, to: sqlite3.Connection, request: Request, round_: int) -> None:
        """Write a request to the model; calls follow the order of the requests."""
        to.execute(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                self.number,
                self.n_requests,
                round_,
                self._insert_prompt(to, request.prompt),
                request.index,
                request.temperature,
                request.seed,
            ),
        )
        self.n_requests += 1

    def add_generated_tests(self, to: sqlite3.Connection, text: str) -> None:
        """Write the model's reply to a request for tests."""
        self._update(to, tests_written=encode_text(text))

    def add_judgement(
        self,
        to: sqlite3.Connection,
        judgement: Judgement,
        rank: int | None = None,
        ranked: RankedCandidate | None = None,
    ) -> None:
        """Write a program and its judgement, replacing what is stored of the program."""
        candidate = judgement.candidate
        verdict = judgement.verdict
        to.execute(
            _INSERT_PROGRAM,
            (
                self.number,
                candidate.id,
                encode_text(candidate.source),
                to_json(program_record(judgement, ranked)),
                None if verdict is None else verdict.value,
                judgement.n_passed,
                to_json([case_record(case) for case in judgement.cases]),
                rank,
                None if ranked is None else ranked.reason,
            ),
        )
        to.executemany(
            "UPDATE completions SET program = ? WHERE run = ? AND place = ?",
            [
                (candidate.id, self.number, self.positions[key])
                for one in candidate.completions
                if (key := (one.index, one.prompt.round)) in self.positions
            ],
        )

    def end(
        self,
        to: sqlite3.Connection,
        solution: Solution,
        exit_code: int,
        failure: str | None,
        ended_s: float,
    ) -> None:
        """Write the ranking and how the run ended."""
        for rank, ranked in enumerate(solution.ranked, start=1):
            self.add_judgement(to, ranked.judgement, rank, ranked)
        if failure is None and solution.failure is not None:
            failure = solution.failure.message
        self._update(
            to,
            ended_s=ended_s,
            ended=solution.ended.value,
            solved=int(solution.solved),
            exit_code=exit_code,
            failure=redact(failure),
            answer=None if solution.best is None else solution.best.judgement.candidate.id,
        )

    def abort(
        self,
        to: sqlite3.Connection,
        ended: str,
        exit_code: int,
        failure: str | None,
        ended_s: float,
    ) -> None:
        """Write that the run ended without a solution."""
        self._update(
            to,
            ended_s=ended_s,
            ended=ended,
            solved=0,
            exit_code=exit_code,
            failure=redact(failure),
        )

    def _update(self, to: sqlite3.Connection, **values: Any) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        to.execute(f"UPDATE runs SET {names} WHERE number = ?", [*values.values(), self.number])

    def _insert_prompt(self, to: sqlite3.Connection, prompt: Prompt) -> str:
        known = self.prompts.get(id(prompt))
        if known is not None:
            return known[1]
        record = prompt_to_json(prompt)
        sha256 = digest(prompt.text, record)
        to.execute(
            "INSERT OR IGNORE INTO prompts VALUES (?, ?, ?)",
            (sha256, encode_text(prompt.text), record),
        )
        self.prompts[id(prompt)] = prompt, sha256
        return sha256


def _insert_problem(to: sqlite3.Connection, problem: Problem) -> str:
    record = problem_to_json(problem)
    sha256 = digest(problem.statement, record)
    to.execute(
        "INSERT OR IGNORE INTO problems VALUES (?, ?, ?, ?)",
        (sha256, problem.id, encode_text(problem.statement), record),
    )
    return sha256


def _insert_tests(to: sqlite3.Connection, tests: tuple[GivenTest, ...]) -> str | None:
    if not tests:
        return None
    text = to_json(tests)
    sha256 = digest(text)
    to.execute("INSERT OR IGNORE INTO test_sets VALUES (?, ?)", (sha256, text))
    return sha256


_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o, u."""
_N_TIME_LETTERS = 9
_N_RANDOM_LETTERS = 3


def new_run_id(at_s: float) -> str:
    """Return an ID for a run that starts at a time (seconds since 1970).

    Nine letters encode the milliseconds and three are random: sorted by ID, runs are sorted by
    time until the year 3084.
    """
    milliseconds, drawn = int(at_s * 1000), secrets.randbelow(32**_N_RANDOM_LETTERS)
    return _base32(milliseconds, _N_TIME_LETTERS) + _base32(drawn, _N_RANDOM_LETTERS)


def _base32(number: int, length: int) -> str:
    letters = ""
    for _ in range(length):
        number, remainder = divmod(number, 32)
        letters = _ID_ALPHABET[remainder] + letters
    return letters


def current_process() -> str:
    """Identify this process by host, number and start time, because numbers are reused."""
    return _process_identity(os.getpid())


def is_running(process: str) -> bool:
    """Tell whether a process that ``current_process`` identified still runs on this host."""
    host, _, number = process.rpartition(" ")[0].rpartition(" ")
    return (
        host == platform.node() and number.isdigit() and _process_identity(int(number)) == process
    )


def _process_identity(number: int) -> str:
    return f"{platform.node()} {number} {_start_time(number)}"


def _start_time(number: int) -> str:
    """Return ticks between boot and start, field 22 of proc(5)'s stat; ``gone`` if it has ended."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return (
            "gone"
            if Path("/proc/self/stat").exists() or not _accepts_signals(number)
            else "unknown"
        )
    # The command, in parentheses, may contain anything; the start time is 20 fields after it.
    state, *fields = stat.rpartition(")")[2].split()
    return "gone" if state in "ZX" else fields[18]


def _accepts_signals(number: int) -> bool:
    """Tell whether a process exists on a system without /proc."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


_SECRET_VARIABLES = ("GPTCC_API_KEY", "OPENAI_API_KEY", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_MIN_SECRET_LENGTH = 6
"""Shorter values are not keys, and replacing them would damage ordinary words."""
_URL = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)(?P<rest>[^\s'\"<>]*)")


def redact(value: Any) -> Any:
    """Return a JSON value without API keys, and with URLs reduced to host and path.

    Configs, names and messages pass through here. Statements, prompts and programs are stored
    unchanged: a key in a statement was shown to the model as well.
    """
    if isinstance(value, str):
        for key in filter(None, (os.environ.get(name) for name in _SECRET_VARIABLES)):
            if len(key) >= _MIN_SECRET_LENGTH:
                value = value.replace(key, "***")
        return _URL.sub(_without_credentials, value)
    if isinstance(value, dict):
        return {name: redact(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [redact(part) for part in value]
    return value


def _without_credentials(url: re.Match[str]) -> str:
    host, slash, path = re.split(r"[?#]", url["rest"], maxsplit=1)[0].partition("/")
    return f"{url['scheme']}{host.rpartition('@')[2]}{slash}{path}"
