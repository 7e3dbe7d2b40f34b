"""What the history stores of problems, prompts, programs and tests, as JSON and back.

What is read back is enough to judge and to generate again: a prompt's template comes back with its
name, hash and stop strings, but without the texts that prompts are made of.
"""

import hashlib
from dataclasses import dataclass, fields, replace

from gptcc_cli.judging import CaseResult, Judgement
from gptcc_cli.problem import GivenTest, Problem
from gptcc_cli.prompting import Prompt, PromptTemplate
from gptcc_cli.ranking import RankedCandidate
from gptcc_cli.records import from_json, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRecord:
    """A prompt without its text, and what is needed of its template."""

    template: str
    """The template's name."""
    template_sha256: str
    stop_strings: tuple[str, ...]
    chat: bool
    tabs: bool = False
    n_tokens: int
    dropped: tuple[str, ...] = ()
    prefix: str = ""
    ends_with_body: bool = False
    max_new_tokens: int | None = None
    round: int = 0
    repairs: str | None = None


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
    return to_json({name: getattr(problem, name) for name in _PROBLEM_FIELDS})


_PROBLEM_FIELDS = tuple(field.name for field in fields(Problem) if field.name != "statement")


def problem_from_json(statement: str, text: str) -> Problem:
    """Read a problem."""
    return from_json(Problem, text, statement=statement)


def tests_from_json(text: str) -> tuple[GivenTest, ...]:
    """Read the tests that the user gave."""
    return from_json(tuple[GivenTest, ...], text)


def prompt_to_json(prompt: Prompt) -> str:
    """Return everything of a prompt except its text."""
    template = prompt.template
    return to_json(
        PromptRecord(
            template=template.name,
            template_sha256=template.sha256,
            stop_strings=template.stop_strings,
            chat=template.chat,
            tabs=template.tabs,
            n_tokens=prompt.n_tokens,
            dropped=prompt.dropped,
            prefix=prompt.prefix,
            ends_with_body=prompt.ends_with_body,
            max_new_tokens=prompt.max_new_tokens,
            round=prompt.round,
            repairs=prompt.repairs,
        )
    )


def prompt_from_json(prompt_text: str, text: str) -> Prompt:
    """Read a prompt."""
    record = from_json(PromptRecord, text)
    return Prompt(
        text=prompt_text,
        template=PromptTemplate(
            name=record.template,
            sha256=record.template_sha256,
            stop_strings=record.stop_strings,
            chat=record.chat,
            tabs=record.tabs,
        ),
        n_tokens=record.n_tokens,
        dropped=record.dropped,
        prefix=record.prefix,
        ends_with_body=record.ends_with_body,
        max_new_tokens=record.max_new_tokens,
        round=record.round,
        repairs=record.repairs,
    )


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
