"""Data to train on: finding and reading the problems, splitting them, and leaving some out.

Covers APPS directories, JSON lines, JSON and Parquet files, data sets on the hub that hold such
files, and ``basics``, the problems that gptcc generates itself. Does not look at solutions
(``answers``) or tokenize anything (``encoding``).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.places import statement_file
from gptcc_cli.training import basics
from gptcc_cli.training.problems import (
    STATEMENT_COLUMNS,
    TrainingProblem,
    problem_of_row,
    read_apps_problem,
    read_rows,
)
from gptcc_cli.training.schedule import training_share

BASICS = "basics"
"""Stands for the problems that gptcc generates itself."""

_SUFFIXES = (".jsonl", ".json", ".parquet", ".jsonl.gz", ".json.gz")
_HINT = (
    "give an APPS directory, or JSON lines or Parquet with the columns question and solutions: "
    "docs/guides/train.md"
)
_N_SHARED_WORDS = 13
"""Consecutive words that two statements share only by chance (Brown et al. 2020, appendix C)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The problems that were read."""

    problems: tuple[TrainingProblem, ...]
    """The problems to train on, in reading order; their IDs are unique."""
    n_test: int
    """Problems of a test split; they are left out unless ``includes_test``."""
    includes_test: bool
    """Whether problems of a test split are included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Problems by their purpose."""

    train: tuple[TrainingProblem, ...]
    validation: tuple[TrainingProblem, ...]


def gather(
    places: Sequence[str], *, include_test: bool = False, with_tests: bool = False
) -> Gathered:
    """Read problems.

    Args:
        places: Directories, files, hub data sets (``owner/name``) or ``basics``.
        include_test: Also train on problems of a test split.
        with_tests: Also read hidden tests, for verifying.

    Raises:
        ProblemError: A place can't be read, or there are no problems.
        UsageError: No place is given, or all problems are of a test split.
    """
    if not places:
        raise UsageError("no data to train on", hint=f"--data DIRECTORY|FILE|OWNER/NAME|{BASICS}")
    found: dict[str, TrainingProblem] = {}
    n_test = 0
    for place in places:
        for problem in _read_place(place, with_tests):
            is_test = (problem.split or "").lower() in ("test", "testing", "validation", "eval")
            n_test += is_test
            if include_test or not is_test:
                found.setdefault(_unique_id(found, problem), problem)
    if not found and n_test:
        raise UsageError(
            f"all {n_test} problems of {', '.join(places)} are of a test split, which a model must "
            "not be trained on",
            hint="give a train split; --include-test trains on it and marks the checkpoint",
        )
    if not found:
        raise ProblemError(f"{', '.join(places)}: no problems found", hint=_HINT)
    return Gathered(
        problems=tuple(found.values()), n_test=n_test, includes_test=include_test and n_test > 0
    )


def exclusions(places: Sequence[str]) -> Iterator[str]:
    """Read the statements of problems that must not be trained on.

    Args:
        places: Files and directories as for ``gather``; rows need no solutions.

    Raises:
        ProblemError: A place can't be read.
    """
    for place in places:
        path = Path(place).expanduser()
        if path.is_file():
            for row in read_rows(path):
                columns = (row.get(name) for name in STATEMENT_COLUMNS)
                yield from (text for text in columns if isinstance(text, str))
        elif path.is_dir():
            yield from (file.read_text(encoding="utf-8") for file in path.rglob("question.txt"))
        else:
            raise ProblemError(f"there are no problems to exclude at {place}", hint=_HINT)


def split_by_problem(problems: Sequence[TrainingProblem], *, share: float, seed: int) -> Split:
    """Hold out a fraction of the problems for validation.

    Splits by problem, because solutions of one problem are too similar to be on both sides. The
    side follows from the statement and the seed, not from the position: adding data moves no
    problem. Problems with equal statements are on the same side.

    Args:
        problems: Problems with solutions.
        share: Fraction of the problems; unless it is 0, at least one of two problems is held out.
        seed: Determines the split.
    """
    statements = sorted(
        {_normalized(one.statement) for one in problems},
        key=lambda text: hashlib.sha256(f"{seed}/{text}".encode()).hexdigest(),
    )
    n_train = training_share(len(statements), share)
    if share > 0 and len(statements) > 1:
        n_train = min(n_train, len(statements) - 1)
    held_out = set(statements[n_train:])
    return Split(
        train=tuple(one for one in problems if _normalized(one.statement) not in held_out),
        validation=tuple(one for one in problems if _normalized(one.statement) in held_out),
    )


def without_excluded(
    problems: Iterable[TrainingProblem], excluded: Iterable[str]
) -> tuple[tuple[TrainingProblem, ...], tuple[str, ...]]:
    """Leave out problems that equal an excluded one or share 13 consecutive words with it.

    Args:
        problems: The problems to train on.
        excluded: Statements that must not be trained on.

    Returns:
        The remaining problems, and the IDs of those left out.
    """
    whole: set[str] = set()
    grams: set[str] = set()
    for statement in excluded:
        whole.add(_normalized(statement))
        grams |= _word_grams(statement)
    kept: list[TrainingProblem] = []
    dropped: list[str] = []
    for one in problems:
        if _normalized(one.statement) in whole or not grams.isdisjoint(_word_grams(one.statement)):
            dropped.append(one.id)
        else:
            kept.append(one)
    return tuple(kept), tuple(dropped)


def _unique_id(found: dict[str, TrainingProblem], problem: TrainingProblem) -> str:
    # Two data sets may both have a problem 7; equal statements with one ID are one problem.
    other = found.get(problem.id)
    if other is None or other.statement == problem.statement:
        return problem.id
    return f"{problem.id} in {problem.origin}"


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
    raise ProblemError(f"there is no data at {place}", hint=_HINT)


def _directory(path: Path, with_tests: bool) -> Iterator[TrainingProblem]:
    """Read a problem, a directory of problems, or a directory of such directories and files."""
    if statement_file(path):
        yield read_apps_problem(path, with_tests=with_tests)
        return
    for child in sorted(path.iterdir()):
        if child.name.startswith("."):
            continue
        if child.is_dir():
            yield from _directory(child, with_tests)
        elif child.name.endswith((".jsonl", ".parquet", ".jsonl.gz")) and not _is_apps(path):
            yield from _file(child, with_tests)


def _is_apps(directory: Path) -> bool:
    # APPS has lists next to its problems (MANIFEST.jsonl, train.json).
    return any((directory / name).is_dir() for name in ("train", "test"))


def _file(path: Path, with_tests: bool) -> Iterator[TrainingProblem]:
    if path.name.endswith("input_output.json") or not path.name.endswith(_SUFFIXES):
        raise ProblemError(f"{path} is not a file of problems", hint=_HINT)
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
            f"the data set {name} can't be downloaded: {reason}",
            hint="check its name and the network, or give a local directory or file",
        ) from error


def _normalized(statement: str) -> str:
    return " ".join(_words(statement))


def _words(statement: str) -> list[str]:
    return re.findall(r"\w+", statement.lower())


def _word_grams(statement: str) -> set[str]:
    # Unrelated statements share rows of numbers.
    words = [word for word in _words(statement) if word.isalpha()]
    n = _N_SHARED_WORDS
    return {" ".join(words[i : i + n]) for i in range(len(words) - n + 1)}
