"""Completions kept in a JSONL file, and read again without a model.

A file begins with a header line that says how it was made; each further line is a completion
and reads with ``jq``. Also read: lines that only hold ``text`` or HumanEval's ``completion``.
Does not run models and does not judge.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import IO, Any

from gptcc_cli.atomic_writes import atomic_path, output_errors
from gptcc_cli.errors import ModelError
from gptcc_cli.generation.completion import (
    Completion,
    Finish,
    GeneratorStatus,
    Request,
    Sampling,
    Watcher,
)
from gptcc_cli.prompting import Prompt

SCHEMA = "gptcc.completions"
VERSION = 1


def write_header(file: IO[str], *, generator: str, sampling: Sampling) -> None:
    """Write the line that says how the completions after it were made."""
    settings = {name: getattr(sampling, name) for name in Sampling.__dataclass_fields__}
    _write(file, {"schema": SCHEMA, "version": VERSION, "generator": generator, **settings})


def write_completion(file: IO[str], completion: Completion) -> None:
    """Append one completion as one line, and flush: what was generated is not lost."""
    _write(file, completion_record(completion))


def completion_record(completion: Completion) -> dict[str, Any]:
    """Return what a line keeps of a completion."""
    return {
        "index": completion.index,
        "prompt_sha256": _prompt_sha256(completion.prompt.text),
        "template": completion.prompt.template.name,
        "chat": completion.prompt.template.chat,
        "prefix": completion.prompt.prefix,
        "body": completion.prompt.ends_with_body,
        "text": completion.text,
        "n_tokens": completion.n_tokens,
        "finish": completion.finish.value,
        "mean_logprob": completion.mean_logprob,
        "temperature": completion.temperature,
        "seed": completion.seed,
    }


def write_completions(
    path: Path, completions: Iterable[Completion], *, generator: str, sampling: Sampling
) -> None:
    """Write a whole file: header and completions, aside first and then under its name.

    Raises:
        OutputError: it can't be written.
    """
    with (
        output_errors(path),
        atomic_path(path) as aside,
        aside.open("w", encoding="utf-8") as file,
    ):
        write_header(file, generator=generator, sampling=sampling)
        for completion in completions:
            write_completion(file, completion)


class ReplayGenerator:
    """Answers requests from a file, by prompt and index."""

    def __init__(self, path: Path, *, any_prompt: bool = False) -> None:
        """Read the file.

        Args:
            path: a JSONL file of completions.
            any_prompt: take completions in the order of their indexes, whatever prompt they
                answered and whether or not some are missing between them; they come out with
                the template and prefix they were recorded with.

        Raises:
            ModelError: it can't be read, or a line is not a completion.
        """
        self._path = path
        self._any_prompt = any_prompt
        self._records = list(_read(path))
        if any_prompt:
            placed = enumerate(self._records)
            ordered = sorted(placed, key=lambda entry: entry[1].get("index", entry[0]))
            self._records = [record for _, record in ordered]
        self._by_key = {self._key(record, i): record for i, record in enumerate(self._records)}

    @property
    def n_completions(self) -> int:
        """How many completions the file holds."""
        return len(self._records)

    @property
    def name(self) -> str:
        """The file."""
        return f"replay of {self._path}"

    @property
    def notes(self) -> tuple[str, ...]:
        """How many completions the file holds."""
        return (f"{len(self._records)} completions are read from {self._path}; no model runs",)

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,  # noqa: ARG002  (the file was sampled before)
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,
    ) -> Iterator[Completion]:
        """Yield the file's completion for each request, in the order of the requests.

        A completion recorded for another prompt is never given; one recorded without its
        prompt goes by its index alone.

        Raises:
            ModelError: a request has no completion in the file.
        """
        n_tokens = 0
        for finished, request in enumerate(requests, start=1):
            if cancel is not None and cancel.is_set():
                return
            completion = self._answer(request)
            n_tokens += completion.n_tokens
            if watch is not None:
                watch(GeneratorStatus(n_tokens=n_tokens, n_active=0, n_finished=finished))
            yield completion

    def _answer(self, request: Request) -> Completion:
        sha256 = None if self._any_prompt else _prompt_sha256(request.prompt.text)
        record = self._by_key.get((sha256, request.index))
        if record is None:
            record = self._by_key.get((None, request.index))
        if record is None:
            raise ModelError(
                f"{self._path} holds no completion {request.index} of this prompt",
                hint="replay with the model, template and number of candidates it was made with",
            )
        return Completion(
            prompt=_recorded_prompt(request.prompt, record) if self._any_prompt else request.prompt,
            index=request.index,
            text=record["text"],
            n_tokens=record.get("n_tokens", 0),
            finish=Finish(record.get("finish", Finish.STOP.value)),
            mean_logprob=record.get("mean_logprob"),
            temperature=record.get("temperature", request.temperature),
            seed=record.get("seed", request.seed),
        )

    def _key(self, record: dict[str, Any], place: int) -> tuple[str | None, int]:
        if self._any_prompt:
            return None, place
        return record.get("prompt_sha256"), record.get("index", place)


def _recorded_prompt(prompt: Prompt, record: dict[str, Any]) -> Prompt:
    template = replace(
        prompt.template,
        name=record.get("template", prompt.template.name),
        chat=record.get("chat", prompt.template.chat),
    )
    return replace(
        prompt,
        template=template,
        prefix=record.get("prefix", prompt.prefix),
        ends_with_body=record.get("body", prompt.ends_with_body),
    )


def _read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the file's records; a header is checked and left out."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ModelError(
            f"completions can't be read from {str(path)!r}: {reason}",
            hint="name a JSONL file of completions, as --save-all writes it",
        ) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            record = _parse(line, f"{path}:{number}")
            if record is not None:
                yield record


def _parse(line: str, where: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise ModelError(f"{where} is not a line of JSON: {error.msg}") from error
    if not isinstance(record, dict):
        raise ModelError(f"{where} is not a JSON object")
    if "schema" in record:
        if (record["schema"], record.get("version")) != (SCHEMA, VERSION):
            raise ModelError(f"{where} is {record['schema']} {record.get('version')}, not {SCHEMA}")
        return None
    text = record.get("text", record.get("completion"))
    if not isinstance(text, str):
        raise ModelError(f"{where} has neither a text nor a completion")
    return {**record, "text": text}


def _prompt_sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _write(file: IO[str], record: dict[str, Any]) -> None:
    file.write(json.dumps(record, ensure_ascii=False) + "\n")
    file.flush()
