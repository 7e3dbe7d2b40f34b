"""Files -> entries: APPS directories, JSONL (also gzipped), JSON, parquet.

Every entry reads its own record on demand: opening a benchmark of gigabytes scans the records
once and holds none.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from gptcc_cli.benchmarks.item import BenchmarkEntry
from gptcc_cli.benchmarks.records import Record, id_of, item_of
from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.sources.pairing import natural

_PARTS = {
    "question": "question.txt",
    "input_output": "input_output.json",
    "solutions": "solutions.json",
    "starter_code": "starter_code.py",
}


def entries_of_directory(path: Path) -> tuple[BenchmarkEntry, ...]:
    """Read a directory with one directory in APPS layout for each problem.

    Raises:
        ProblemError: there is none.
    """
    problems = [child for child in path.iterdir() if (child / "question.txt").is_file()]
    if not problems:
        raise ProblemError(
            f"{path} holds no problem in APPS layout",
            hint="each problem is a directory with question.txt and input_output.json",
        )
    problems.sort(key=lambda child: natural(child.name))
    return tuple(_directory_entry(child) for child in problems)


def entries_of_file(path: Path) -> tuple[BenchmarkEntry, ...]:
    """Read a file of records by its extension: ``.jsonl``, ``.jsonl.gz``, ``.json``, ``.parquet``.

    Raises:
        ProblemError: it can't be read, or a line is not a record.
        UsageError: the extension is another one.
    """
    name = path.name.removesuffix(".gz")
    if name.endswith(".jsonl") or name.endswith(".json"):
        return tuple(_line_entries(path))
    if name.endswith(".parquet"):
        return tuple(_parquet_entries(path))
    raise UsageError(
        f"{str(path)!r} is not a benchmark: unknown extension {path.suffix!r}",
        hint="give a directory in APPS layout, or a .jsonl, .jsonl.gz, .json or .parquet file",
    )


def _directory_entry(path: Path) -> BenchmarkEntry:
    metadata = _metadata(path)
    digest = hashlib.sha256((path / "question.txt").read_bytes())
    tests = path / "input_output.json"
    # The tests of APPS are gigabytes: use their size.
    digest.update(str(tests.stat().st_size if tests.is_file() else -1).encode())
    difficulty = metadata.get("difficulty")
    return BenchmarkEntry(
        id=path.name,
        load=lambda: item_of(_directory_record(path, metadata), path.name),
        digest=digest.hexdigest(),
        difficulty=difficulty if isinstance(difficulty, str) else None,
    )


def _directory_record(path: Path, metadata: Record) -> Record:
    record: dict[str, Any] = dict(metadata)
    for field, name in _PARTS.items():
        file = path / name
        if file.is_file():
            record[field] = _text(file)
    return record


def _metadata(path: Path) -> Record:
    file = path / "metadata.json"
    if not file.is_file():
        return {}
    value = _record(_text(file), str(file))
    return {field: value[field] for field in ("difficulty", "url") if field in value}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ProblemError(f"cannot read {str(path)!r}: {reason}") from error


def _line_entries(path: Path) -> Iterator[BenchmarkEntry]:
    """Entries of a JSONL file, or of a JSON file that is one array."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as file:
                yield from _held_entries(file.read().splitlines(), path)
            return
        with path.open("rb") as file:
            if file.read(1) == b"[":
                rows = json.loads(path.read_bytes())
                yield from _held_entries([json.dumps(row).encode() for row in rows], path)
                return
        yield from _offset_entries(path)
    except (OSError, ValueError) as error:
        raise ProblemError(f"cannot read {str(path)!r}: {error}") from error


def _held_entries(lines: list[bytes], path: Path) -> Iterator[BenchmarkEntry]:
    for position, line in enumerate(line for line in lines if line.strip()):
        yield _row_entry(line, position, f"{path}:{position + 1}", partial(bytes, line))


def _offset_entries(path: Path) -> Iterator[BenchmarkEntry]:
    offset = position = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                read = _reader(path, offset, len(line))
                yield _row_entry(line, position, f"{path}:{number}", read)
                position += 1
            offset += len(line)


def _reader(path: Path, offset: int, size_bytes: int) -> Callable[[], bytes]:
    def read() -> bytes:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(size_bytes)

    return read


def _row_entry(line: bytes, position: int, where: str, read: Callable[[], bytes]) -> BenchmarkEntry:
    record = _record(line, where)
    id_ = id_of(record, position)
    difficulty, split = record.get("difficulty"), record.get("split")
    return BenchmarkEntry(
        id=id_,
        load=lambda: item_of(_record(read(), where), id_),
        digest=hashlib.sha256(line).hexdigest(),
        difficulty=difficulty if isinstance(difficulty, str) else None,
        split=split if isinstance(split, str) else None,
    )


def _record(line: bytes | str, where: str) -> Record:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"{where} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ProblemError(f"{where} is not a record: it is {type(value).__name__}")
    return value


def _parquet_entries(path: Path) -> Iterator[BenchmarkEntry]:
    parquet = _parquet(path)
    position = 0
    for group in range(parquet.num_row_groups):
        for place in range(parquet.metadata.row_group(group).num_rows):
            line = _parquet_line(path, group, place)
            yield _row_entry(
                line,
                position,
                f"{path} row {position + 1}",
                partial(_parquet_line, path, group, place),
            )
            position += 1


def _parquet(path: Path) -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError(
            f"{str(path)!r} is a parquet file, and pyarrow is not installed",
            hint="pip install 'gptcc[eval]'",
        ) from error
    try:
        return pyarrow.parquet.ParquetFile(path)
    except (OSError, ValueError) as error:
        raise ProblemError(f"cannot read {str(path)!r}: {error}") from error


def _parquet_line(path: Path, group: int, place: int) -> bytes:
    return json.dumps(_row_group(path, group)[place]).encode()


@lru_cache(maxsize=1)
def _row_group(path: Path, group: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _parquet(path).read_row_group(group).to_pylist()
    return rows
