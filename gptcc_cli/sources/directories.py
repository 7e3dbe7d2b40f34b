"""A directory -> the problem or problems in it.

Covers APPS (``question.txt``) and workspaces, online-judge-tools and cf-tool (a statement file
beside tests). Follows a directory of problems one level down.
"""

from dataclasses import replace
from pathlib import Path

from gptcc_cli.errors import ProblemError
from gptcc_cli.places import statement_file
from gptcc_cli.problem import IOTest, SampleTest
from gptcc_cli.sources.packages import Package, read_package
from gptcc_cli.sources.pairing import natural
from gptcc_cli.sources.source import Source
from gptcc_cli.sources.tests import load_json, read_tests, tests_from_json
from gptcc_cli.sources.texts import read_text


def read_directory(path: Path) -> tuple[Source, ...]:
    """Read the problem in a directory, or each problem in its directories.

    Raises:
        ProblemError: there is none.
    """
    if statement_file(path):
        return (_read_one(path),)
    if (package := read_package(path)) is not None and package.is_recognised:
        return (_of_package(package, path),)
    below = sorted(
        (child for child in path.iterdir() if child.is_dir() and statement_file(child)),
        key=lambda child: natural(child.name),
    )
    if below:
        return tuple(_read_one(child) for child in below)
    raise ProblemError(
        f"{path} holds no problem.",
        hint="a problem's folder holds question.txt, problem.md or statement.txt, or is a package",
    )


def read_archive(path: Path) -> Source:
    """Read the problem package in a zip archive.

    Raises:
        ProblemError: it holds none.
    """
    package = read_package(path)
    if package is None:
        raise ProblemError(
            f"{path} is an archive that holds no problem.",
            hint="name a problem's package, or unpack the archive and name a file",
        )
    return _of_package(package, path)


def _of_package(package: Package, path: Path) -> Source:
    """Make a source of a package: what it calls samples, and its hidden tests."""
    return Source(
        id=path.resolve().stem if path.is_file() else path.resolve().name,
        statement=package.statement,
        samples=tuple(map(_sample, package.samples)) or None,
        tests=package.tests,
        answer=package.answer,
        time_limit_s=package.time_limit_s,
        memory_limit_bytes=package.memory_limit_bytes,
        origin=str(path),
        notes=package.all_notes,
    )


def _read_one(path: Path) -> Source:
    statement = statement_file(path)
    assert statement is not None
    source = Source(id=path.resolve().name, statement=read_text(statement), origin=str(statement))
    source = _with_starter(source, path)
    source = _with_metadata(source, path)
    return _with_tests(source, path)


def _with_starter(source: Source, path: Path) -> Source:
    starter = path / "starter_code.py"
    if not starter.is_file() or not starter.read_bytes().strip():
        return source
    return replace(source, starter_code=read_text(starter))


def _with_metadata(source: Source, path: Path) -> Source:
    metadata = path / "metadata.json"
    if not metadata.is_file():
        return source
    data = load_json(read_text(metadata), str(metadata))
    if not isinstance(data, dict):
        return source
    difficulty, url = data.get("difficulty"), data.get("url")
    return replace(
        source,
        difficulty=difficulty if isinstance(difficulty, str) else None,
        url=url if isinstance(url, str) else None,
    )


def _with_tests(source: Source, path: Path) -> Source:
    """Add the tests beside a statement: ``sample*`` are printed in it, the others hidden."""
    apps = path / "input_output.json"
    if apps.is_file():
        data = load_json(read_text(apps), str(apps))
        name = data.get("fn_name") if isinstance(data, dict) else None
        return replace(
            source,
            tests=tests_from_json(data, str(apps)),
            entry_point=name if isinstance(name, str) else None,
        )
    try:
        tests = read_tests(path)
    except ProblemError as error:
        if "holds no tests" in error.message:
            return source
        raise
    samples = tuple(_sample(test) for test in tests if test.name.startswith("sample"))
    hidden = tuple(test for test in tests if not test.name.startswith("sample"))
    return replace(source, samples=samples or None, tests=hidden)


def _sample(test: IOTest) -> SampleTest:
    return SampleTest(name=test.name, input=test.input, expected=test.expected)
