"""Rows of JSON lines, JSON or Parquet -> problems to train on.

Knows the column names of APPS on the hub, MBPP, CodeContests-like exports and our own; a row
whose columns say neither what is asked nor what answers it is refused by name.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import IOTest
from gptcc_cli.training.assertions import asserted_tests
from gptcc_cli.training.problems import TrainingProblem

_STATEMENTS = ("question", "statement", "problem", "description", "text", "prompt")
_SOLUTIONS = ("solutions", "solution", "answers", "code", "canonical_solution", "completion")
_IDS = ("id", "problem_id", "task_id", "name")


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read the rows of a file.

    Args:
        path: ``.jsonl``, ``.json`` (a list of objects) or ``.parquet``; the first two may be
            compressed with gzip.

    Raises:
        ProblemError: the file can't be read, or a row is no object.
    """
    try:
        yield from _parquet(path) if path.suffix == ".parquet" else _json_rows(path)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ProblemError(f"{path} can't be read: {error}") from error


def problem_of_row(
    row: Mapping[str, Any], *, origin: str, split: str | None, with_tests: bool
) -> TrainingProblem:
    """One row as a problem.

    Args:
        row: columns by name.
        origin: file and line, for messages and as an id where there is none.
        split: what the file's name says; a column ``split`` wins.
        with_tests: also read ``input_output``.

    Raises:
        ProblemError: it has none of the columns that are needed.
    """
    statement = _first(row, _STATEMENTS)
    solutions = _first(row, _SOLUTIONS)
    if not isinstance(statement, str) or solutions is None:
        missing = "statement" if not isinstance(statement, str) else "solutions"
        wanted = _STATEMENTS if missing == "statement" else _SOLUTIONS
        raise ProblemError(
            f"{origin} has the columns {', '.join(row) or 'none'}, and none of them is a {missing}",
            hint=f"name the column {' or '.join(wanted[:2])}",
        )
    starter = row.get("starter_code")
    tests, entry_point = _tests(row)
    asserted = asserted_tests(row.get("test_list"))
    if asserted is not None:
        tests, entry_point = asserted
        shown = "\n".join(row["test_list"])
        statement = f"{statement}\nYour code should pass these tests:\n\n{shown}\n"
    number = _first(row, _IDS)
    return TrainingProblem(
        id=str(number) if number is not None else origin,
        statement=statement.replace("\r\n", "\n"),
        solutions=_programs(solutions, origin),
        starter_code=starter.replace("\r\n", "\n") if isinstance(starter, str) else "",
        entry_point=entry_point,
        tests=tests if with_tests else (),
        split=str(row["split"]) if isinstance(row.get("split"), str) else split,
        origin=origin,
    )


def _json_rows(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        if ".jsonl" not in path.name:
            rows = _loads(file.read(), str(path))
            yield from (_object(row, str(path)) for row in _list(rows, path))
            return
        for number, line in enumerate(file, 1):
            if line.strip():
                where = f"{path}:{number}"
                yield _object(_loads(line, where), where)


def _list(value: Any, path: Path) -> list[Any]:
    if not isinstance(value, list):
        raise ProblemError(f"{path} is no list of problems", hint="write one object a line")
    return value


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise ProblemError(
            f"reading {path.name} needs pyarrow", hint="pip install 'gptcc[train]'"
        ) from error
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                yield from batch.to_pylist()
    except pyarrow.ArrowException as error:
        raise ProblemError(f"{path} can't be read as Parquet: {error}") from error


def _loads(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"{where} is not JSON: {error}") from error


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProblemError(f"{where} is no object", hint="write one object a line")
    return value


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _programs(value: Any, origin: str) -> tuple[str, ...]:
    # APPS on the hub keeps the list as JSON text, and an empty text where there is none.
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = [value]
    if isinstance(value, str):
        value = [value] if value.strip() else []
    if isinstance(value, Mapping) and "solution" in value:  # CodeContests
        value = value["solution"]
    if not isinstance(value, list):
        raise ProblemError(f"{origin}: its solutions are neither text nor a list of texts")
    texts = [one.get("code") if isinstance(one, Mapping) else one for one in value]
    return tuple(text.replace("\r\n", "\n") for text in texts if isinstance(text, str))


def _tests(row: Mapping[str, Any]) -> tuple[tuple[IOTest, ...], str | None]:
    value = row.get("input_output")
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except ValueError:
            return (), None
    if not isinstance(value, Mapping):
        return (), None
    name = value.get("fn_name")
    call = isinstance(name, str)
    inputs, outputs = value.get("inputs") or [], value.get("outputs") or []
    tests = tuple(
        IOTest(
            name=f"test {number}",
            input=tuple(given) if call and isinstance(given, list) else _lines(given),
            expected=expected if call else _lines(expected),
        )
        for number, (given, expected) in enumerate(zip(inputs, outputs, strict=False), 1)
    )
    return tests, name if isinstance(name, str) else None


def _lines(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
