"""One problem in APPS' layout: ``question.txt``, ``solutions.json``, ``starter_code.py``.

Layout: hendrycks/apps. Beside human ``solutions.json``, a ``machine_solutions.json`` (a list of
objects with ``code``) is read where it is all there is.
"""

import json
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.sources import read_entry_point, read_tests, statement_file
from gptcc_cli.training.problems import TrainingProblem


def read_apps_problem(path: Path, *, with_tests: bool) -> TrainingProblem:
    """Read one problem.

    Args:
        path: its directory; the name of the one above says the split.
        with_tests: also read ``input_output.json``.

    Raises:
        ProblemError: a file can't be read.
    """
    statement = statement_file(path)
    assert statement is not None
    starter = path / "starter_code.py"
    tests = path / "input_output.json"
    read = with_tests and tests.is_file()
    parent = path.resolve().parent.name
    return TrainingProblem(
        id=path.resolve().name,
        statement=_text(statement),
        solutions=_solutions(path),
        starter_code=_text(starter) if starter.is_file() else "",
        entry_point=read_entry_point(tests) if tests.is_file() else None,
        tests=read_tests(tests) if read else (),
        split=parent if parent in ("train", "test") else None,
        origin=str(path),
    )


def _solutions(path: Path) -> tuple[str, ...]:
    human = _json(path / "solutions.json")
    found = human or _json(path / "machine_solutions.json") or []
    texts = [one.get("code") if isinstance(one, dict) else one for one in found]
    return tuple(text.replace("\r\n", "\n") for text in texts if isinstance(text, str))


def _json(path: Path) -> list[Any] | None:
    if not path.is_file():
        return None
    try:
        value = json.loads(_text(path))
    except ValueError as error:
        raise ProblemError(f"{path} is not JSON: {error}") from error
    return value if isinstance(value, list) else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProblemError(f"{path} can't be read: {error}") from error
