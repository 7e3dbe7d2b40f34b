"""What the history stores of problems, prompts, programs and tests, as JSON and back.

What is read back is enough to judge and to generate again: a prompt's template comes back with its
name, hash and stop strings, but without the texts that prompts are made of.
"""

import hashlib
import json
from dataclasses import dataclass, replace

from gptcc_cli.judging import CaseResult, Judgement
from gptcc_cli.problem import Problem
from gptcc_cli.prompting import Prompt
from gptcc_cli.ranking import RankedCandidate
from gptcc_cli.records import from_record, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRecord:
    """Where a program came from, what it was judged by, and how it compares with others."""

    cluster: int | None = None
    """Programs of one cluster give the same outputs for further inputs; ``None``: unknown."""
    cluster_size: int | None = None
    """Different programs in the cluster."""
    score: float | None = None
    """The cluster's weight in the ranking."""
    cleaning: tuple[str, ...] = ()
    """The steps that turned the completion into the program."""
    syntax_error: str | None = None
    round: int = 0
    """0: a first attempt; otherwise the round of repair."""
    parent: str | None = None
    """The id of the program that it repairs."""
    granted: tuple[str, ...] = ()
    """Allowances the judge made."""
    n_tests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """One test of one program: verdict and measurements, without outputs."""

    test: str
    """Its name, such as ``sample 1``."""
    verdict: str
    """Such as ``AC`` or ``WA``."""
    detail: str = ""
    """One line on why the test failed."""
    layout_differs: bool = False
    """The answer is right except for its line breaks."""
    advisory: bool = False
    """The test did not count against the program, because the sample is suspect."""
    wall_s: float | None = None
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None
    exit_code: int | None = None
    signal: int | None = None
    exceeded: str | None = None
    """The limit that the program exceeded."""


def encode_text(text: str) -> str | bytes:
    """Return a text as SQLite can store it: as bytes if it holds lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def decode_text(stored: str | bytes) -> str:
    """Return the text that ``encode_text`` was given."""
    return stored if isinstance(stored, str) else stored.decode("utf-8", "surrogatepass")


def digest(*parts: str) -> str:
    """Return the SHA-256 of texts as hexadecimal."""
    encoded = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(encoded).hexdigest()


def problem_to_json(problem: Problem) -> str:
    """Return everything of a problem except its statement."""
    return to_json(replace(problem, statement=""))


def prompt_to_json(prompt: Prompt) -> str:
    """Return everything of a prompt except its text and the texts of its template."""
    return to_json(replace(prompt, text="", template=replace(prompt.template, forms={})))


def prompt_from_json(prompt_text: str, text: str) -> Prompt:
    """Read a prompt."""
    record = json.loads(text)
    if isinstance(record["template"], str):  # up to gptcc 0.1
        record["template"] = {
            "name": record["template"],
            "sha256": record["template_sha256"],
            **{name: record[name] for name in ("stop_strings", "chat", "tabs")},
        }
    return from_record(Prompt, {**record, "text": prompt_text})


def program_record(judgement: Judgement, ranked: RankedCandidate | None) -> ProgramRecord:
    """Return what is stored of a program beside its source and verdict."""
    candidate = judgement.candidate
    return ProgramRecord(
        cluster=None if ranked is None else ranked.cluster,
        cluster_size=None if ranked is None else ranked.cluster_size,
        score=None if ranked is None else ranked.score,
        cleaning=candidate.cleaning,
        syntax_error=candidate.syntax_error,
        round=candidate.round,
        parent=candidate.parent,
        granted=judgement.granted,
        n_tests=judgement.n_tests,
    )


def case_record(case: CaseResult) -> CaseRecord:
    """Return what is stored of one test of a program."""
    record = CaseRecord(
        test=case.test.name,
        verdict=case.verdict.value,
        detail=case.detail,
        layout_differs=case.layout_differs,
        advisory=case.advisory,
    )
    facts = case.execution
    if facts is None:
        return record
    return replace(
        record,
        wall_s=round(facts.wall_s, 6),
        cpu_s=round(facts.cpu_s, 6),
        peak_memory_bytes=facts.peak_memory_bytes,
        exit_code=facts.exit_code,
        signal=facts.signal,
        exceeded=None if facts.exceeded is None else facts.exceeded.value,
    )
