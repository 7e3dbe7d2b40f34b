"""One run's rows, as they are written into an open history.

Plain insertions in the caller's transaction; when and in which thread is ``recorder``'s work.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gptcc_cli.generation import Completion, Request
from gptcc_cli.history.process import this_process
from gptcc_cli.history.records import (
    cases_json,
    digest,
    problem_json,
    program_json,
    prompt_json,
    stored_text,
    tests_json,
    to_json,
)
from gptcc_cli.history.secrets import without_secrets
from gptcc_cli.judging import Judgement
from gptcc_cli.problem import GivenTest, Problem
from gptcc_cli.prompting import Prompt
from gptcc_cli.ranking import RankedCandidate
from gptcc_cli.solving import Solution

_PROGRAM = """
    INSERT INTO programs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        source = excluded.source, verdict = excluded.verdict,
        n_passed = excluded.n_passed, cases = excluded.cases,
        record = CASE WHEN excluded.rank IS NULL THEN record ELSE excluded.record END,
        rank = coalesce(excluded.rank, rank), reason = coalesce(excluded.reason, reason)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is known of a run before it begins."""

    problem: Problem
    origin: str
    """Where the problem was read: a path, or ``standard input``."""
    tests: tuple[GivenTest, ...]
    """The tests given beside the samples."""
    n_tests: int
    """How many tests may reject a program; 0: nothing is verified."""
    settings: Mapping[str, Any]
    """What JSON can carry, enough to do it all again."""
    model: str
    """Who writes, for people."""
    provenance: Mapping[str, Any]
    """Which model exactly: name, commit, device, dtype."""
    version: str
    """Of gptcc."""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """Writes one run. Used by one thread."""

    id: str
    number: int = 0
    n_arrived: int = 0
    n_requested: int = 0
    places: dict[tuple[int, int], int] = field(default_factory=dict)
    """Where a completion arrived, by its number and round."""
    prompts: dict[int, tuple[Prompt, str]] = field(default_factory=dict)
    """Hashes of prompts seen, by identity; holding the prompt keeps its identity its own."""

    def begin(self, to: sqlite3.Connection, beginning: Beginning, started_s: float) -> None:
        """Write the run's first row."""
        values = {
            "id": self.id,
            "started_s": started_s,
            "process": this_process(),
            "version": beginning.version,
            "problem": _problem(to, beginning.problem),
            "origin": without_secrets(beginning.origin),
            "test_set": _test_set(to, beginning.tests),
            "n_tests": beginning.n_tests,
            "settings": to_json(without_secrets(dict(beginning.settings))),
            "model": without_secrets(beginning.model),
            "provenance": to_json(without_secrets(dict(beginning.provenance))),
        }
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        done = to.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", [*values.values()])
        self.number = done.lastrowid or 0

    def add_completion(
        self, to: sqlite3.Connection, completion: Completion, after_s: float
    ) -> None:
        """Write a completion, in the order of arrival."""
        to.execute(
            "INSERT INTO completions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                self.number,
                self.n_arrived,
                self._prompt(to, completion.prompt),
                completion.index,
                stored_text(completion.text),
                completion.n_tokens,
                completion.finish.value,
                completion.mean_logprob,
                completion.temperature,
                completion.seed,
                round(after_s, 4),
            ),
        )
        self.places[completion.index, completion.prompt.round] = self.n_arrived
        self.n_arrived += 1

    def add_request(self, to: sqlite3.Connection, request: Request, round_: int) -> None:
        """Write what a model was asked for, in the order of asking."""
        to.execute(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                self.number,
                self.n_requested,
                round_,
                self._prompt(to, request.prompt),
                request.index,
                request.temperature,
                request.seed,
            ),
        )
        self.n_requested += 1

    def add_tests(self, to: sqlite3.Connection, text: str) -> None:
        """Write what a model wrote when it was asked for tests."""
        self._set(to, tests_written=stored_text(text))

    def add_judgement(
        self,
        to: sqlite3.Connection,
        judgement: Judgement,
        rank: int | None = None,
        ranked: RankedCandidate | None = None,
    ) -> None:
        """Write a program with what became of it; what is known of it already is replaced."""
        candidate = judgement.candidate
        verdict = judgement.verdict
        to.execute(
            _PROGRAM,
            (
                self.number,
                candidate.id,
                stored_text(candidate.source),
                program_json(judgement, ranked),
                None if verdict is None else verdict.value,
                judgement.n_passed,
                cases_json(judgement),
                rank,
                None if ranked is None else ranked.reason,
            ),
        )
        to.executemany(
            "UPDATE completions SET program = ? WHERE run = ? AND place = ?",
            [
                (candidate.id, self.number, self.places[key])
                for one in candidate.completions
                if (key := (one.index, one.prompt.round)) in self.places
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
        """Write the order of the programs and how the run ended."""
        for rank, ranked in enumerate(solution.ranked, start=1):
            self.add_judgement(to, ranked.judgement, rank, ranked)
        if failure is None and solution.failure is not None:
            failure = solution.failure.message
        self._set(
            to,
            ended_s=ended_s,
            ended=solution.ended.value,
            solved=int(solution.solved),
            exit_code=exit_code,
            failure=without_secrets(failure),
            answer=None if solution.best is None else solution.best.judgement.candidate.id,
        )

    def break_off(
        self,
        to: sqlite3.Connection,
        ended: str,
        exit_code: int,
        failure: str | None,
        ended_s: float,
    ) -> None:
        """Write that the run ended without a solution."""
        self._set(
            to,
            ended_s=ended_s,
            ended=ended,
            solved=0,
            exit_code=exit_code,
            failure=without_secrets(failure),
        )

    def _set(self, to: sqlite3.Connection, **values: Any) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        to.execute(f"UPDATE runs SET {names} WHERE number = ?", [*values.values(), self.number])

    def _prompt(self, to: sqlite3.Connection, prompt: Prompt) -> str:
        known = self.prompts.get(id(prompt))
        if known is not None:
            return known[1]
        record = prompt_json(prompt)
        sha256 = digest(prompt.text, record)
        to.execute(
            "INSERT OR IGNORE INTO prompts VALUES (?, ?, ?)",
            (sha256, stored_text(prompt.text), record),
        )
        self.prompts[id(prompt)] = prompt, sha256
        return sha256


def _problem(to: sqlite3.Connection, problem: Problem) -> str:
    record = problem_json(problem)
    sha256 = digest(problem.statement, record)
    to.execute(
        "INSERT OR IGNORE INTO problems VALUES (?, ?, ?, ?)",
        (sha256, problem.id, stored_text(problem.statement), record),
    )
    return sha256


def _test_set(to: sqlite3.Connection, tests: tuple[GivenTest, ...]) -> str | None:
    if not tests:
        return None
    text = tests_json(tests)
    sha256 = digest(text)
    to.execute("INSERT OR IGNORE INTO test_sets VALUES (?, ?)", (sha256, text))
    return sha256
