"""A file or directory of tests -> tests, and back.

Covers APPS' ``input_output.json`` (standard input or ``fn_name``), and whatever ``packages`` reads.
Runs and compares nothing.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import IOTest, Json
from gptcc_cli.sources.packages import Package, read_package
from gptcc_cli.sources.pairing import is_archive
from gptcc_cli.sources.texts import read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSet:
    """The tests at a place, and what comes with them."""

    tests: tuple[IOTest, ...]
    """All of them; what a package calls samples comes first."""
    package: Package | None = None
    """The package they are from: its rules, limits and notes; ``None``: a JSON file."""

    __test__ = False  # no test of pytest's


def read_test_set(path: str | Path) -> TestSet:
    """Read the tests at a place, with the rules and limits that come with them.

    Args:
        path: an ``input_output.json``; a folder that holds one, or pairs of files at any depth; or
            a problem's package, as a folder or a zip archive.

    Raises:
        ProblemError: there is nothing to read, or a test lacks its other half.
    """
    path = Path(path)
    apps = path / "input_output.json" if path.is_dir() else path
    if apps.is_file() and not is_archive(apps):
        try:
            text = read_text(apps)
        except ProblemError as error:
            raise ProblemError(error.message, hint=_WHAT_TESTS_ARE) from error
        return TestSet(tests=tests_from_json(load_json(text, str(apps)), str(apps)))
    if not path.exists():
        raise ProblemError(f"{path} does not exist.", hint=_WHAT_TESTS_ARE)
    package = read_package(path)
    if package is None or not (package.samples or package.tests):
        raise ProblemError(f"{path} holds no tests.", hint=_WHAT_TESTS_ARE)
    return TestSet(tests=(*package.samples, *package.tests), package=package)


def read_tests(path: str | Path) -> tuple[IOTest, ...]:
    """Return the tests at a place, as ``read_test_set`` finds them.

    Raises:
        ProblemError: there is nothing to read, or a test lacks its other half.
    """
    return read_test_set(path).tests


def read_entry_point(path: str | Path) -> str | None:
    """Return the function that tests call, as an ``input_output.json`` names it.

    Args:
        path: what ``read_tests`` reads.

    Raises:
        ProblemError: the file can't be read.
    """
    path = Path(path)
    file = path / "input_output.json" if path.is_dir() else path
    if not file.is_file():
        return None
    data = load_json(read_text(file), str(file))
    name = data.get("fn_name") if isinstance(data, dict) else None
    return name if isinstance(name, str) else None


def tests_from_json(data: Any, origin: str) -> tuple[IOTest, ...]:
    """Turn the content of an APPS ``input_output.json`` into tests.

    Raises:
        ProblemError: it is not of that form.
    """
    if not isinstance(data, dict) or not isinstance(data.get("inputs"), list):
        raise ProblemError(
            f"{origin} has no list of inputs.",
            hint='the form is {"inputs": [...], "outputs": [...]}, with "fn_name" for functions',
        )
    inputs, outputs = data["inputs"], data.get("outputs")
    if not isinstance(outputs, list) or len(outputs) != len(inputs):
        raise ProblemError(
            f"{origin} has {len(inputs)} inputs and "
            f"{len(outputs) if isinstance(outputs, list) else 'no'} outputs.",
            hint="each input needs its output, in the same order",
        )
    call = isinstance(data.get("fn_name"), str)
    pairs = zip(inputs, outputs, strict=True)
    return tuple(
        IOTest(
            name=f"test {number}",
            input=_arguments(given) if call else _text(given),
            expected=expected if call else _text(expected),
        )
        for number, (given, expected) in enumerate(pairs, 1)
    )


def load_json(text: str, origin: str) -> Any:
    """Parse JSON.

    Raises:
        ProblemError: it is not JSON, or nested or long beyond reason.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ProblemError(
            f"{origin} is not JSON: {error.msg.lower()} at line {error.lineno}.",
            hint="check that the file was saved whole",
        ) from None
    except (RecursionError, ValueError):
        raise ProblemError(
            f"{origin} is nested too deeply, or holds a number too long, to be read.",
            hint="check that the file is what it should be",
        ) from None


def _text(value: Json) -> str:
    """Return standard input or output as text; APPS has it as a list of lines at times."""
    if isinstance(value, list):
        return "\n".join(_text(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value)


def _arguments(value: Json) -> tuple[Json, ...]:
    """Return positional arguments: a list of them, or one JSON value a line."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str):
        try:
            return tuple(json.loads(line) for line in value.splitlines() if line.strip())
        except ValueError:
            return (value,)
    return (value,)


_WHAT_TESTS_ARE = "give an input_output.json, or a directory of NAME.in and NAME.out files"
