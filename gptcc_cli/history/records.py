"""The corridor's values as JSON, and back.

What is read back is enough to judge and to write again: a template comes back with its name,
hash and stop strings, without the texts that prompts are made of. Fields that a later gptcc
added are left out; those an earlier one did not know have their defaults.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from enum import Enum
from typing import Any, TypeVar

from gptcc_cli.judging import CaseResult, Judgement
from gptcc_cli.problem import AnswerRules, GivenTest, IOTest, Mode, Order, Problem, SampleTest
from gptcc_cli.prompting import Prompt, PromptTemplate
from gptcc_cli.ranking import RankedCandidate

Record = dict[str, Any]
_Value = TypeVar("_Value")


def to_json(value: Any) -> str:
    """Return JSON in ASCII: also for texts that UTF-8 can't hold."""
    return json.dumps(value, default=_plain, separators=(",", ":"))


def stored_text(text: str) -> str | bytes:
    """Return a text as SQLite can keep it: as bytes where it holds lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def text_of(stored: str | bytes) -> str:
    """Return a text that ``stored_text`` gave."""
    return stored if isinstance(stored, str) else stored.decode("utf-8", "surrogatepass")


def digest(*parts: str) -> str:
    """SHA-256 over texts, as hexadecimal."""
    encoded = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(encoded).hexdigest()


def problem_json(problem: Problem) -> str:
    """Return everything of a problem but its statement."""
    record = asdict(problem)
    del record["statement"]
    return to_json(record)


def problem_of(statement: str, text: str) -> Problem:
    """Read a problem back."""
    record = json.loads(text)
    answer = record.get("answer") or {}
    answer["order"] = Order(answer.get("order", Order.EXACT.value))
    record["answer"] = _known(AnswerRules, answer)
    record["mode"] = Mode(record["mode"])
    record["samples"] = tuple(map(_sample_of, record["samples"]))
    return _known(Problem, {**record, "statement": statement})


def tests_json(tests: Iterable[IOTest]) -> str:
    """Return tests as a JSON list."""
    return to_json([asdict(test) for test in tests])


def tests_of(text: str) -> tuple[GivenTest, ...]:
    """Read tests back that the user gave."""
    return tuple(_known(GivenTest, _with_input(record)) for record in json.loads(text))


def prompt_json(prompt: Prompt) -> str:
    """Return everything of a prompt but its text, and of its template but its texts."""
    template = prompt.template
    return to_json(
        {
            "template": template.name,
            "template_sha256": template.sha256,
            "stop_strings": template.stop_strings,
            "chat": template.chat,
            "tabs": template.tabs,
            "n_tokens": prompt.n_tokens,
            "dropped": prompt.dropped,
            "prefix": prompt.prefix,
            "ends_with_body": prompt.ends_with_body,
            "max_new_tokens": prompt.max_new_tokens,
            "round": prompt.round,
        }
    )


def prompt_of(text: str, record_text: str) -> Prompt:
    """Read a prompt back."""
    record = json.loads(record_text)
    template = PromptTemplate(
        name=record["template"],
        sha256=record["template_sha256"],
        stop_strings=tuple(record["stop_strings"]),
        chat=record["chat"],
        tabs=record["tabs"],
    )
    return Prompt(
        text=text,
        template=template,
        n_tokens=record["n_tokens"],
        dropped=tuple(record["dropped"]),
        prefix=record["prefix"],
        ends_with_body=record.get("ends_with_body", False),
        max_new_tokens=record.get("max_new_tokens"),
        round=record["round"],
    )


def program_json(judgement: Judgement, ranked: RankedCandidate | None) -> str:
    """Return where a program came from, what it was given, and how it stands to others."""
    candidate = judgement.candidate
    return to_json(
        {
            "cluster": None if ranked is None else ranked.cluster,
            "cluster_size": None if ranked is None else ranked.cluster_size,
            "score": None if ranked is None else ranked.score,
            "cleaning": candidate.cleaning,
            "syntax_error": candidate.syntax_error,
            "round": candidate.round,
            "parent": candidate.parent,
            "granted": judgement.granted,
            "n_tests": judgement.n_tests,
        }
    )


def cases_json(judgement: Judgement) -> str:
    """Return the tests of a judgement: verdicts, words and facts, without outputs."""
    return to_json([_case_record(case) for case in judgement.cases])


def _case_record(case: CaseResult) -> Record:
    record: Record = {
        "test": case.test.name,
        "verdict": case.verdict,
        "detail": case.detail,
        "layout_differs": case.layout_differs,
        "advisory": case.advisory,
    }
    if case.execution is not None:
        record |= {
            "wall_s": round(case.execution.wall_s, 6),
            "cpu_s": round(case.execution.cpu_s, 6),
            "peak_memory_bytes": case.execution.peak_memory_bytes,
            "exit_code": case.execution.exit_code,
            "signal": case.execution.signal,
            "exceeded": case.execution.exceeded,
        }
    return record


def _sample_of(record: Record) -> SampleTest:
    span = record.get("span")
    values = {**_with_input(record), "span": None if span is None else (span[0], span[1])}
    return _known(SampleTest, values)


def _with_input(record: Record) -> Record:
    """Return a test whose arguments, if it calls a function, are a tuple."""
    given = record["input"]
    return {**record, "input": tuple(given) if isinstance(given, list) else given}


def _known(kind: type[_Value], record: Mapping[str, Any]) -> _Value:
    """Make a value of the fields its type knows."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    return kind(**{name: value for name, value in record.items() if name in names})


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{value!r} is not for JSON")
