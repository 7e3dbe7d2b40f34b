"""Which solutions a file concerns, which problem a solution belongs to, and what git says changed.

A solution belongs to the statement of its own name
(``a/b.py`` to ``a/b.txt``), else to the statement of its directory, else, in a directory called
``solutions`` or the like, to the statement one level up. A statement or a test concerns every
solution of its problem. Layouts: APPS, workspaces, online-judge-tools, cf-tool.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.places import statement_file

SKIP_MARK = re.compile(rb"^[ \t]*#[ \t]*gptcc:[ \t]*skip\b", re.MULTILINE)
"""A comment on a line of its own that asks for a solution not to be checked."""

_NAMED = (".txt", ".md", ".html", ".json")
_SOLUTION_DIRECTORIES = frozenset({"solutions", "solution", "submissions", "accepted"})
_TEST_DIRECTORIES = ("tests", "test", "samples", "testcases")
_NOT_SOLUTIONS = frozenset({"starter_code.py", "conftest.py", "__init__.py", "setup.py"})
_BESIDE = frozenset({"starter_code.py", "metadata.json", "input_output.json"})
_TEST_ENDINGS = frozenset({".in", ".out", ".ans", ".txt"})
_HIDDEN = frozenset({"__pycache__", "node_modules", "venv"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A solution and the problem it belongs to."""

    solution: Path
    problem: Path | None
    """A statement's file, or the directory that holds one; ``None``: none was found."""


def assignments_of(path: Path) -> tuple[Assignment, ...]:
    """Return the solutions that a file or directory concerns; none if it is of no problem.

    A Python file that is no problem's is returned without a problem.

    Raises:
        ProblemError: there is no such file.
    """
    if path.is_dir():
        return tuple(all_assignments(path))
    if not path.exists():
        raise ProblemError(f"{str(path)!r} does not exist", hint="check the path")
    if _is_solution(path.name):
        return (Assignment(solution=path, problem=problem_of(path)),)
    named = path.with_suffix(".py")
    if path.suffix in _NAMED and named.is_file():
        return (Assignment(solution=named, problem=path),)
    home = _home(path)
    return () if home is None else tuple(_solutions_of(home))


def problem_places(path: Path) -> tuple[Path, ...]:
    """Return the problems that a file or directory concerns: statements or their directories.

    A Python file concerns its own; a directory all that lie below it.

    Raises:
        ProblemError: there is no such file.
    """
    if path.is_dir():
        found = [Path(top) for top, _ in _walk(path) if statement_file(Path(top))]
        named = [a.problem for a in all_assignments(path) if a.problem]
        return tuple(dict.fromkeys([*found, *named]))
    if (home := _home(path)) is not None:
        return (home,)
    return tuple(dict.fromkeys(a.problem for a in assignments_of(path) if a.problem))


def unsolved_places(root: Path) -> tuple[Path, ...]:
    """Return the problems' directories below a directory in which no solution lies."""
    places = (Path(top) for top, _ in _walk(root))
    return tuple(p for p in places if statement_file(p) and not any(_solutions_of(p)))


def all_assignments(
    root: Path, *, unreadable: Callable[[OSError], None] | None = None
) -> Iterator[Assignment]:
    """Yield every solution below a directory that belongs to a problem, in order of path.

    Args:
        root: the directory.
        unreadable: hears of each directory that can't be read.
    """
    for directory, files in _walk(root, unreadable):
        solutions = (Path(directory, name) for name in files if _is_solution(name))
        for path in solutions:
            if problem := problem_of(path):
                yield Assignment(solution=path, problem=problem)


def problem_of(solution: Path) -> Path | None:
    """Return the statement that a solution belongs to, or the directory that holds it."""
    for ending in _NAMED:
        if (named := solution.with_suffix(ending)).is_file():
            return named
    home = solution.parent
    if statement_file(home):
        return home
    above = home.parent
    within = home.name in _SOLUTION_DIRECTORIES or home.resolve().name in _SOLUTION_DIRECTORIES
    return above if within and statement_file(above) else None


def contents_of(assignment: Assignment, tests: Path | None) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of everything that a solution's result depends on.

    Args:
        assignment: the solution and its problem.
        tests: further tests, a file or a directory.

    Raises:
        OSError: a file can't be read.
    """
    yield "solution", assignment.solution.read_bytes()
    for part, place in (("problem", assignment.problem), ("tests", tests)):
        if place is None:
            continue
        # Tests that were asked for and are not there differ from tests that nobody asked for.
        yield part, b""
        files = [place] if place.is_file() else _problem_files(place)
        for file in files:
            yield f"{part}/{file.relative_to(place.parent)}", file.read_bytes()


def changed_files(root: Path) -> tuple[Path, ...]:
    """Return the files that differ from the last commit, or that git does not know yet.

    Args:
        root: a directory of the repository; files below it are returned.

    Raises:
        UsageError: it is not in a git repository, or git is not there.
    """
    tracked = _git(root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--", ".")
    top = Path(_git(root, "rev-parse", "--show-toplevel").rstrip("\n"))
    entries = iter(tracked.split("\0"))
    names = []
    for entry in entries:
        if not entry:
            continue
        if entry[0] in "RC":
            next(entries, None)
        names.append(entry[3:])
    return tuple(path for name in names if (path := top / name).is_file())


def is_skipped(source: bytes) -> bool:
    """Whether a solution asks not to be checked, by a line ``# gptcc: skip``."""
    return SKIP_MARK.search(source) is not None


def _is_solution(name: str) -> bool:
    return name.endswith(".py") and name not in _NOT_SOLUTIONS


def _walk(
    root: Path, unreadable: Callable[[OSError], None] | None = None
) -> Iterator[tuple[str, list[str]]]:
    for directory, names, files in os.walk(root, onerror=unreadable):
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in _HIDDEN)
        yield directory, sorted(files)


def _home(path: Path) -> Path | None:
    """Return the problem's directory that a statement or a test lies in."""
    home = path.parent
    if statement_file(home):
        if path == statement_file(home) or path.name in _BESIDE or path.suffix in _TEST_ENDINGS:
            return home
        return None
    within = home.name in _TEST_DIRECTORIES or home.resolve().name in _TEST_DIRECTORIES
    return home.parent if within and statement_file(home.parent) else None


def _solutions_of(home: Path) -> Iterable[Assignment]:
    places = [home, *(home / name for name in sorted(_SOLUTION_DIRECTORIES))]
    files = [file for place in places if place.is_dir() for file in sorted(place.glob("*.py"))]
    for file in files:
        if _is_solution(file.name) and problem_of(file) == home:
            yield Assignment(solution=file, problem=home)


def _problem_files(directory: Path) -> list[Path]:
    """Return the files of a problem: statement, data and tests, not its solutions."""
    places = [directory, *(directory / name for name in _TEST_DIRECTORIES)]
    return [
        file
        for place in places
        if place.is_dir()
        for file in sorted(place.iterdir())
        if file.is_file() and (file.suffix != ".py" or file.name == "starter_code.py")
    ]


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        raise UsageError(
            "--changed-only asks git, and git is not installed", hint="leave --changed-only out"
        ) from None
    if done.returncode:
        raise UsageError(
            f"--changed-only asks git, and {str(root)!r} is in no git repository",
            hint="leave --changed-only out, or begin one with: git init",
        )
    return done.stdout.decode("utf-8", "surrogateescape")
