"""A file or directory of tests -> tests, and back.

Covers APPS' ``input_output.json`` (standard input or ``fn_name``), directories of
online-judge-tools (``sample-1.in``/``sample-1.out``, any ``NAME.in``/``NAME.out``) and cf-tool
(``in1.txt``/``ans1.txt``). Runs and compares nothing.
"""

import json
import re
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import IOTest, Json
from gptcc_cli.sources.texts import MAX_BYTES, decode, read_text


def read_tests(path: str | Path) -> tuple[IOTest, ...]:
    """Read tests from a file or directory.

    Args:
        path: an ``input_output.json``; or a directory that holds one, or pairs of files, itself
            or in its ``tests``, ``test`` or ``samples``.

    Raises:
        ProblemError: there is nothing to read, or a test lacks its other half.
    """
    path = Path(path)
    if not path.is_dir():
        try:
            text = read_text(path)
        except ProblemError as error:
            raise ProblemError(error.message, hint=_WHAT_TESTS_ARE) from error
        return tests_from_json(load_json(text, str(path)), str(path))
    for directory in (path, *(path / name for name in _SUBDIRECTORIES)):
        tests = _directory_tests(directory) if directory.is_dir() else ()
        if tests:
            return tests
    raise ProblemError(
        f"{path} holds no tests.",
        hint=_WHAT_TESTS_ARE,
    )


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


def _directory_tests(directory: Path) -> tuple[IOTest, ...]:
    """Read a directory's own tests; empty if it has none."""
    apps = directory / "input_output.json"
    if apps.is_file():
        return tests_from_json(load_json(read_text(apps), str(apps)), str(apps))
    pairs: dict[str, dict[str, Path]] = {}
    for path in sorted(directory.iterdir(), key=lambda path: natural(path.name)):
        for pattern in _PAIRS:
            match = pattern.fullmatch(path.name)
            if match and path.is_file():
                side = "in" if match.group("side") in _INPUT_SIDES else "out"
                pairs.setdefault(f"{match.group('a')}{match.group('b')}", {})[side] = path
                break
    tests = []
    for name, sides in pairs.items():
        if len(sides) != 2:
            missing = "output" if "in" in sides else "input"
            raise ProblemError(
                f"{next(iter(sides.values()))} has no {missing} beside it.",
                hint="each NAME.in needs its NAME.out, and each inK.txt its ansK.txt",
            )
        tests.append(
            IOTest(
                name=name or "test",
                input=_read_data(sides["in"]),
                expected=_read_data(sides["out"]),
            )
        )
    return tuple(tests)


def _read_data(path: Path) -> str:
    """Read one side of a test; unlike a statement it may be empty."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ProblemError(
            f"{path} can't be read: {(error.strerror or 'error').lower()}.",
            hint="check the permissions",
        ) from None
    if len(data) > MAX_BYTES:
        raise ProblemError(f"{path} has more than {MAX_BYTES // 1_000_000} MB.", hint="shorten it")
    if not data.strip():
        return data.decode("ascii", "replace").replace("\r\n", "\n")
    return decode(data, str(path))


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


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts ``sample-2`` before ``sample-10``."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(p[:18]), p) if p.isdecimal() else (1, 0, p) for p in parts)


_WHAT_TESTS_ARE = "give an input_output.json, or a directory of NAME.in and NAME.out files"
_SUBDIRECTORIES = ("tests", "test", "samples", "testcases")
_INPUT_SIDES = frozenset({"in", "input"})
_PAIRS = (
    re.compile(r"(?P<a>.*?)[._-]?(?P<b>)\.(?P<side>in|out|ans)"),
    re.compile(r"(?P<a>)(?P<side>in|ans|out|input|output)[_-]?(?P<b>\d+)\.txt"),
    re.compile(r"(?P<a>)(?P<side>in|ans|out|input|output)(?P<b>)\.txt"),
    re.compile(r"(?P<a>.+?)[._-](?P<side>in|ans|out|input|output)(?P<b>)\.txt"),
)
