"""Completions of a run: their lines, and the values they are read back as.

A line keeps what grading and reporting need. The prompt's text is not repeated on every line:
its SHA-256 is, and the header names template and model.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from gptcc_cli.errors import UsageError
from gptcc_cli.evaluation.stages import Record, Unit, read_header, read_records
from gptcc_cli.generation import Completion, Finish
from gptcc_cli.prompting import Prompt, PromptTemplate

FILE = "completions.jsonl"
SCHEMA = "gptcc.run-completions"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The completions of one problem."""

    problem: str
    completions: tuple[Completion, ...]


def record_of(problem: str, index: int, completion: Completion) -> Record:
    """One completion as a line."""
    prompt = completion.prompt
    return {
        "problem": problem,
        "index": index,
        "text": completion.text,
        "prefix": prompt.prefix,
        "body": prompt.ends_with_body,
        "n_tokens": completion.n_tokens,
        "finish": completion.finish.value,
        "mean_logprob": completion.mean_logprob,
        "temperature": completion.temperature,
        "seed": completion.seed,
        "template": prompt.template.name,
        "chat": prompt.template.chat,
        "prompt_tokens": prompt.n_tokens,
        "prompt_sha256": hashlib.sha256(prompt.text.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def outside_record(problem: str, index: int, text: str, *, prefix: str = "") -> Record:
    """One completion that was made elsewhere as a line: all that is known is its text."""
    return {"problem": problem, "index": index, "text": text, "prefix": prefix}


def unread_record(problem: str, index: int, why: str) -> Record:
    """The line of a problem that could not be put to the model."""
    return {**outside_record(problem, index, ""), "unread": why}


def n_unread(path: Path) -> int:
    """How many problems of a file could not be put to the model."""
    return len({record["problem"] for record in read_records(path) if "unread" in record})


def completion_of(record: Record) -> Completion:
    """Read a line back.

    The prompt has no text but its prefix: nothing after generation needs more.

    Raises:
        UsageError: a field is missing or can't be meant.
    """
    try:
        prefix = str(record.get("prefix", ""))
        template = PromptTemplate(
            name=str(record.get("template", "")),
            sha256="",
            stop_strings=(),
            chat=bool(record.get("chat", False)),
        )
        logprob = record.get("mean_logprob")
        return Completion(
            prompt=Prompt(
                text=prefix,
                template=template,
                n_tokens=int(record.get("prompt_tokens", 0)),
                prefix=prefix,
                ends_with_body=bool(record.get("body", False)),
            ),
            index=int(record["index"]),
            text=str(record["text"]),
            n_tokens=int(record.get("n_tokens", 0)),
            finish=Finish(record.get("finish", Finish.LENGTH.value)),
            mean_logprob=None if logprob is None else float(logprob),
            temperature=float(record.get("temperature", 0.0)),
            seed=int(record.get("seed", 0)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"a line of {record.get('problem')!r} is not a completion: {error}",
            hint="each line needs problem, index and text",
        ) from error


def read_completions(path: Path) -> Iterator[Written]:
    """Yield the completions of one problem after another; only one problem is held.

    Raises:
        UsageError: a line is damaged or not a completion.
    """
    for problem, records in groupby(read_records(path), key=_problem):
        yield Written(problem=problem, completions=tuple(map(completion_of, records)))


def units_of(path: Path) -> tuple[Unit, ...]:
    """What a file of completions holds, without its texts.

    Raises:
        UsageError: a line is damaged, or a problem's lines do not stand together.
    """
    units: list[Unit] = []
    seen: set[str] = set()
    for problem, records in groupby(read_records(path), key=_problem):
        if problem in seen:
            raise UsageError(f"{str(path)!r} has the completions of {problem!r} in two places")
        seen.add(problem)
        units.append(Unit(problem=problem, indexes=tuple(int(one["index"]) for one in records)))
    return tuple(units)


def header_of(path: Path) -> dict[str, Any]:
    """The header of a file of completions.

    Raises:
        UsageError: it is missing or of another kind.
    """
    header = read_header(path)
    if header.get("schema") != SCHEMA:
        raise UsageError(
            f"{str(path)!r} is not a file of completions of a run: its schema is "
            f"{header.get('schema')!r}",
            hint="completions made elsewhere are graded with: gptcc grade FILE",
        )
    return header


def _problem(record: Record) -> str:
    return str(record.get("problem"))
