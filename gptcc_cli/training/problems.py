"""Problems to train on, and reading one of them from a row of data or an APPS directory.

Covers the column names of APPS on the hub, MBPP, exports like CodeContests' and our own; a row
without a statement or solutions is refused by name. Does not know which files to read
(``gathering``).
"""

import ast
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.places import statement_file
from gptcc_cli.problem import IOTest, Mode, Problem
from gptcc_cli.sources import read_entry_point, read_tests

STATEMENT_COLUMNS = ("question", "statement", "problem", "description", "text", "prompt")
_SOLUTION_COLUMNS = ("solutions", "solution", "answers", "code", "canonical_solution", "completion")
_ID_COLUMNS = ("id", "problem_id", "task_id", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingProblem:
    """One problem with its solutions. Its tests only verify solutions; no prompt shows them."""

    id: str
    """Unique within its data set."""
    statement: str
    """The statement as in the data, with LF line ends."""
    solutions: tuple[str, ...]
    """Programs that solve it, according to the data."""
    starter_code: str = ""
    """The code a solution starts from."""
    entry_point: str | None = None
    """The function that tests call. A problem with it or with starter code is call-based."""
    tests: tuple[IOTest, ...] = ()
    """Hidden tests; only read when solutions are to be verified."""
    split: str | None = None
    """``train``, ``test`` or what the data say; ``None`` if they do not."""
    origin: str = ""
    """Where it was read from, for messages."""

    @property
    def problem(self) -> Problem:
        """The problem without its tests and samples, as a prompt needs it."""
        call = bool(self.starter_code.strip() or self.entry_point)
        return Problem(
            id=self.id,
            statement=self.statement,
            mode=Mode.CALL if call else Mode.STDIN,
            starter_code=self.starter_code,
            entry_point=self.entry_point,
        )


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read the rows of a file.

    Args:
        path: ``.jsonl``, ``.json`` (a list of objects) or ``.parquet``; the first two may be
            compressed with gzip.

    Raises:
        ProblemError: The file can't be read, or a row is not an object.
    """
    try:
        yield from _parquet(path) if path.suffix == ".parquet" else _json_rows(path)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ProblemError(f"{path} can't be read: {error}") from error


def problem_of_row(
    row: Mapping[str, Any], *, origin: str, split: str | None, with_tests: bool
) -> TrainingProblem:
    """Convert a row to a problem.

    Args:
        row: Columns by name.
        origin: File and line, for messages and as the ID of a problem without one.
        split: The split according to the file's name; a column ``split`` takes precedence.
        with_tests: Also read ``input_output``.

    Raises:
        ProblemError: A column that is needed is missing.
    """
    statement = _first(row, STATEMENT_COLUMNS)
    solutions = _first(row, _SOLUTION_COLUMNS)
    if not isinstance(statement, str) or solutions is None:
        missing = "statement" if not isinstance(statement, str) else "solutions"
        wanted = STATEMENT_COLUMNS if missing == "statement" else _SOLUTION_COLUMNS
        raise ProblemError(
            f"{origin} has no column for the {missing}: its columns are {', '.join(row) or 'none'}",
            hint=f"name the column {' or '.join(wanted[:2])}",
        )
    starter = row.get("starter_code")
    tests, entry_point = _row_tests(row)
    asserted = asserted_tests(row.get("test_list"))
    if asserted is not None:
        tests, entry_point = asserted
        shown = "\n".join(row["test_list"])
        statement = f"{statement}\nYour code should pass these tests:\n\n{shown}\n"
    number = _first(row, _ID_COLUMNS)
    return TrainingProblem(
        id=str(number) if number is not None else origin,
        statement=statement.replace("\r\n", "\n"),
        solutions=_row_solutions(solutions, origin),
        starter_code=starter.replace("\r\n", "\n") if isinstance(starter, str) else "",
        entry_point=entry_point,
        tests=tests if with_tests else (),
        split=str(row["split"]) if isinstance(row.get("split"), str) else split,
        origin=origin,
    )


def read_apps_problem(path: Path, *, with_tests: bool) -> TrainingProblem:
    """Read a problem in APPS' layout (hendrycks/apps).

    Solutions are in ``solutions.json``, or else in ``machine_solutions.json``, a list of objects
    with ``code``.

    Args:
        path: The problem's directory; the name of its parent tells the split.
        with_tests: Also read ``input_output.json``.

    Raises:
        ProblemError: A file can't be read.
    """
    statement = statement_file(path)
    assert statement is not None
    starter = path / "starter_code.py"
    tests = path / "input_output.json"
    found = _json_list(path / "solutions.json") or _json_list(path / "machine_solutions.json")
    parent = path.resolve().parent.name
    return TrainingProblem(
        id=path.resolve().name,
        statement=_text(statement),
        solutions=_programs(found),
        starter_code=_text(starter) if starter.is_file() else "",
        entry_point=read_entry_point(tests) if tests.is_file() else None,
        tests=read_tests(tests) if with_tests and tests.is_file() else (),
        split=parent if parent in ("train", "test") else None,
        origin=str(path),
    )


def asserted_tests(tests: object) -> tuple[tuple[IOTest, ...], str] | None:
    """Convert assertions of the form ``assert name(arguments) == expected``, as in MBPP.

    Args:
        tests: The column ``test_list``.

    Returns:
        The tests whose arguments and result are literals, and the function's name; ``None`` if
        these are not assertions about one function.
    """
    if not isinstance(tests, list) or not tests:
        return None
    calls = [_asserted_call(test) for test in tests if isinstance(test, str)]
    names = {name for name, _ in filter(None, calls)}
    if len(calls) != len(tests) or None in calls or len(names) != 1:
        return None
    found = [pair for _, pair in filter(None, calls) if pair is not None]
    return _numbered(found), names.pop()


def _json_rows(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        if ".jsonl" not in path.name:
            rows = _loads(file.read(), str(path))
            if not isinstance(rows, list):
                raise ProblemError(f"{path} is not a list of problems", hint="write a JSON array")
            yield from (_object(row, str(path)) for row in rows)
            return
        for number, line in enumerate(file, 1):
            if line.strip():
                where = f"{path}:{number}"
                yield _object(_loads(line, where), where)


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
        raise ProblemError(f"{where} is not a JSON object", hint="write one object per problem")
    return value


def _json_list(path: Path) -> list[Any]:
    value = _loads(_text(path), str(path)) if path.is_file() else []
    return value if isinstance(value, list) else []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProblemError(f"{path} can't be read: {error}") from error


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _row_solutions(value: Any, origin: str) -> tuple[str, ...]:
    # APPS on the hub stores the list as JSON text, and an empty text where there is none.
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
        raise ProblemError(f"the solutions of {origin} are neither text nor a list of texts")
    return _programs(value)


def _programs(values: list[Any]) -> tuple[str, ...]:
    texts = [one.get("code") if isinstance(one, Mapping) else one for one in values]
    return tuple(text.replace("\r\n", "\n") for text in texts if isinstance(text, str))


def _row_tests(row: Mapping[str, Any]) -> tuple[tuple[IOTest, ...], str | None]:
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
    pairs = [
        (
            tuple(given) if call and isinstance(given, list) else _lines(given),
            expected if call else _lines(expected),
        )
        for given, expected in zip(inputs, outputs, strict=False)
    ]
    return _numbered(pairs), name if isinstance(name, str) else None


def _numbered(pairs: list[tuple[Any, Any]]) -> tuple[IOTest, ...]:
    return tuple(
        IOTest(name=f"test {number}", input=given, expected=expected)
        for number, (given, expected) in enumerate(pairs, 1)
    )


def _lines(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _asserted_call(test: str) -> tuple[str, tuple[tuple[Any, ...], Any] | None] | None:
    try:
        statement = ast.parse(test.strip()).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None
    if not isinstance(statement, ast.Assert) or not isinstance(statement.test, ast.Compare):
        return None
    call = statement.test.left
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.keywords:
        return None
    equal = len(statement.test.ops) == 1 and isinstance(statement.test.ops[0], ast.Eq)
    try:
        given = tuple(map(ast.literal_eval, call.args))
        expected = ast.literal_eval(statement.test.comparators[0])
    except (ValueError, TypeError):
        return call.func.id, None
    return call.func.id, (given, expected) if equal else None
