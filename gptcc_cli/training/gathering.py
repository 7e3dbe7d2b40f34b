"""Places of data -> problems to train on.

Covers APPS directories, JSON lines, JSON and Parquet files, data sets of the hub that hold such
files, and ``basics``, the problems that gptcc generates itself. Does not look at the solutions
(``answers``) nor make tokens of anything (``encoding``).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.sources import statement_file
from gptcc_cli.training import basics
from gptcc_cli.training.apps_directory import read_apps_problem
from gptcc_cli.training.problems import TrainingProblem
from gptcc_cli.training.rows import problem_of_row, read_rows

BASICS = "basics"
"""The place that means the problems gptcc generates itself."""

_FILES = (".jsonl", ".json", ".parquet", ".jsonl.gz", ".json.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was read."""

    problems: tuple[TrainingProblem, ...]
    """Those to train on, in the order they were read; ids are unique."""
    n_test: int
    """Problems of a test split that were left out, or, if asked for, are among them."""
    includes_test: bool
    """Whether problems of a test split are among them."""


def gather(
    places: Sequence[str], *, include_test: bool = False, with_tests: bool = False
) -> Gathered:
    """Read the problems of every place.

    Args:
        places: directories, files, hub data sets (``owner/name``) or ``basics``.
        include_test: train on problems of a test split too.
        with_tests: also read hidden tests, for verifying.

    Raises:
        ProblemError: a place can't be read, or has no problems.
        UsageError: all that was given is a test split.
    """
    if not places:
        raise UsageError("no data to train on", hint=f"--data DIRECTORY|FILE|OWNER/NAME|{BASICS}")
    found: dict[str, TrainingProblem] = {}
    n_test = 0
    for place in places:
        for problem in _read_place(place, with_tests):
            is_test = _is_test(problem)
            n_test += is_test
            if include_test or not is_test:
                found.setdefault(_key(found, problem), problem)
    if not found and n_test:
        raise UsageError(
            f"{', '.join(places)} holds a test split ({n_test} problems), which a model must not "
            "be trained on",
            hint="give a train split; --include-test trains on it and marks the checkpoint",
        )
    if not found:
        raise ProblemError(f"{', '.join(places)} holds no problems", hint=_HINT)
    return Gathered(
        problems=tuple(found.values()), n_test=n_test, includes_test=include_test and n_test > 0
    )


_HINT = (
    "an APPS directory, or JSON lines or Parquet with the columns question and solutions: "
    "docs/guides/train.md"
)


def _key(found: dict[str, TrainingProblem], problem: TrainingProblem) -> str:
    # Two data sets may both have a problem 7; equal statements under one id are one problem.
    other = found.get(problem.id)
    if other is None or other.statement == problem.statement:
        return problem.id
    return f"{problem.id} in {problem.origin}"


def _is_test(problem: TrainingProblem) -> bool:
    return (problem.split or "").lower() in ("test", "testing", "validation", "eval")


def _read_place(place: str, with_tests: bool) -> Iterator[TrainingProblem]:
    if place == BASICS:
        return iter(basics.generate())
    path = Path(place).expanduser()
    if path.is_dir():
        return _directory(path, with_tests)
    if path.is_file():
        return _file(path, with_tests)
    if place.count("/") == 1 and not place.startswith((".", "/", "~")):
        return _directory(_fetch(place), with_tests)
    raise ProblemError(f"there are no data at {place}", hint=_HINT)


def _directory(path: Path, with_tests: bool) -> Iterator[TrainingProblem]:
    """A problem, a folder of problems, or a folder of such folders and files."""
    if statement_file(path):
        yield read_apps_problem(path, with_tests=with_tests)
        return
    for child in sorted(path.iterdir()):
        if child.name.startswith("."):
            continue
        if child.is_dir() and statement_file(child):
            yield read_apps_problem(child, with_tests=with_tests)
        elif child.is_dir():
            yield from _directory(child, with_tests)
        elif child.name.endswith(_FILES) and _is_data(path, child):
            yield from _file(child, with_tests)


def _is_data(directory: Path, file: Path) -> bool:
    # A folder of APPS carries lists beside its problems (MANIFEST.jsonl, train.json).
    return not any((directory / name).is_dir() for name in ("train", "test")) and (
        file.name.endswith((".jsonl", ".parquet", ".jsonl.gz"))
    )


def _file(path: Path, with_tests: bool) -> Iterator[TrainingProblem]:
    if path.name.endswith("input_output.json") or not path.name.endswith(_FILES):
        raise ProblemError(f"{path} is no file of problems", hint=_HINT)
    stem = path.name.split(".")[0].lower()
    split = next((name for name in ("test", "train") if name in stem.split("-")[0]), None)
    for number, row in enumerate(read_rows(path), 1):
        yield problem_of_row(
            row, origin=f"{path.name}:{number}", split=split, with_tests=with_tests
        )


def _fetch(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    repository, _, revision = name.partition("@")
    try:
        return Path(
            snapshot_download(
                repository,
                repo_type="dataset",
                revision=revision or None,
                allow_patterns=["*.jsonl", "*.parquet", "*.jsonl.gz"],
            )
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ProblemError(
            f"the data set {name} can't be fetched from the hub: {reason}",
            hint="check its name and the network, or name a local directory or file",
        ) from error


def exclusions(places: Sequence[str]) -> Iterator[str]:
    """The statements of problems that must not be trained on.

    Args:
        places: as ``gather``; JSON lines need no solutions here.

    Raises:
        ProblemError: a place can't be read.
    """
    for place in places:
        path = Path(place).expanduser()
        if path.is_file():
            for row in read_rows(path):
                yield from (
                    str(row[name])
                    for name in ("statement", "question", "prompt", "text", "problem")
                    if isinstance(row.get(name), str)
                )
        elif path.is_dir():
            yield from (file.read_text(encoding="utf-8") for file in path.rglob("question.txt"))
        else:
            raise ProblemError(f"there are no problems to exclude at {place}", hint=_HINT)


def describe(gathered: Gathered) -> str:
    """One line about what was read, as JSON a model card can carry."""
    return json.dumps(
        {
            "problems": len(gathered.problems),
            "solutions": sum(len(problem.solutions) for problem in gathered.problems),
            "test_problems": gathered.n_test,
            "includes_test": gathered.includes_test,
        }
    )
