"""Files in folders -> pairs of an input and its right answer, by their names.

Covers the conventions of judges and of tools: ``1.in``/``1.out`` and their other endings,
``input1.txt``/``output1.txt``, ``I.1``/``O.1``, ``a.py.in1``/``a.py.ans1``, ``task.in.1a``,
``01``/``01.a``, ``in/``/``out/``, and a folder for each test. Where a test has several answers, the
ending that judges use for the right one wins over the ending that a program's output gets. Reads
no file's content; every file that is passed over although it looks like a test is reported.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gptcc_cli.errors import ProblemError
from gptcc_cli.places import STATEMENT_NAMES

if TYPE_CHECKING:
    from zipfile import Path as ZipPath

Folder: TypeAlias = "Path | ZipPath"
"""A folder or file on disk, or inside a zip archive."""

_INPUT_ENDINGS = "in inp input stdin"
_ANSWER_ENDINGS = "ans answer a sol diff expected exp cor ok res out output stdout"
"""The likeliest to be the judge's first; ``out`` is also what a program leaves behind."""

_RANKS = {ending: rank for rank, ending in enumerate(_ANSWER_ENDINGS.split())}
_INPUTS = frozenset(_INPUT_ENDINGS.split()) | {"i", "dat"}
_RARELY_TESTS = re.compile(r".*\.(?:a|sol|diff|exp|cor|ok|res|dat)", re.IGNORECASE)
"""Endings that other files have too: without their other half they are no tests."""
_ENDING = rf"(?P<side>{_INPUT_ENDINGS.replace(' ', '|')}|{_ANSWER_ENDINGS.replace(' ', '|')})"
_WORD = r"(?P<side>in|input|out|output|ans|answer|expected)"
_NAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<side>i|o)\.(?P<key>\d+)",
        rf"{_WORD}[._-]?(?P<key>\d\w*)?(?:\.txt)?",
        rf"(?P<key>.*?)[._-]?\.{_ENDING}",
        r"(?P<key>.+)\.(?P<side>dat)",
        rf"(?P<key>.+?)[._-]{_WORD}\.txt",
        rf"(?P<key>.+?)[._-]{_WORD}[._-]?(?P<number>\d\w*)(?:\.txt)?",
    )
)
"""How the two files of a test are named; the first that fits decides."""

_IGNORED = frozenset({"__pycache__", "node_modules", "submissions", "solutions", "attachments"})
_NOT_TESTS = re.compile(r"a\.out|.*\.(?:in|ans)\.(?:statement|download)|.*\.interaction", re.I)
_IN_FOLDERS = ("input", "inputs", "in")
_OUT_FOLDERS = ("output", "outputs", "out")
_MOST_DEPTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The two files of one test."""

    name: str
    input: Folder
    answer: Folder


@dataclass(slots=True, kw_only=True)
class Pairs:
    """What was found in a folder and the folders below it."""

    tests: list[Pair] = field(default_factory=list)
    """By folder, in natural order of their names."""
    odd: list[str] = field(default_factory=list)
    """Files that look like half of a test and have no other half, with what they lack."""


def find_pairs(folder: Folder, *, prefix: str = "", depth: int = _MOST_DEPTH) -> Pairs:
    """Pair the files of a folder, then those of each folder below it.

    Args:
        folder: where to look; folders below it that hold a problem of their own are left out.
        prefix: goes before the names of tests, such as ``group2/``.
        depth: how many levels of folders are looked into.
    """
    found = Pairs()
    files = {child.name: child for child in folder.iterdir() if not child.name.startswith(".")}
    folders = {name: child for name, child in files.items() if child.is_dir()}
    for name in folders:
        del files[name]
    _pair_files(files, prefix, str(folder), found)
    halves = _side_folders(folders)
    if halves is not None:
        _pair_folders(*halves, prefix, found)
        folders = {name: one for name, one in folders.items() if one not in halves}
    for name in sorted(folders, key=natural):
        if depth and name.lower() not in _IGNORED and not _is_problem(folders[name]):
            below = find_pairs(folders[name], prefix=f"{prefix}{name}/", depth=depth - 1)
            found.tests += below.tests
            found.odd += below.odd
    return found if prefix else _without_common_folder(found)


def _without_common_folder(found: Pairs) -> Pairs:
    """Name tests without the folder that holds them all, such as ``tests``."""
    folders = {pair.name.partition("/")[::2] for pair in found.tests}
    if len({folder for folder, _ in folders}) == 1 and all(name for _, name in folders):
        found.tests = [replace(pair, name=pair.name.partition("/")[2]) for pair in found.tests]
        return _without_common_folder(found)
    return found


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts ``sample-2`` before ``sample-10``."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(p[:18]), p) if p.isdecimal() else (1, 0, p) for p in parts)


def _is_problem(folder: Folder) -> bool:
    return any((folder / name).is_file() for name in STATEMENT_NAMES)


def _pair_files(files: dict[str, Folder], prefix: str, where: str, found: Pairs) -> None:
    inputs: dict[str, Folder] = {}
    answers: dict[str, tuple[int, Folder]] = {}
    for name in sorted(files, key=natural):
        role = _role(name, files)
        if role is None or _NOT_TESTS.fullmatch(name):
            continue
        key, rank = role
        if rank is None:
            inputs.setdefault(key, files[name])
        elif key not in answers or rank < answers[key][0]:
            answers[key] = rank, files[name]
    for key in sorted({*inputs, *answers}, key=natural):
        if key in inputs and key in answers:
            # A folder with one test names it; the files are called input and output everywhere.
            name = f"{prefix}{key}" if key or not prefix else prefix.removesuffix("/")
            found.tests.append(Pair(name=name or "test", input=inputs[key], answer=answers[key][1]))
        else:
            half = inputs.get(key) or answers[key][1]
            if _RARELY_TESTS.fullmatch(half.name):
                continue
            lacks = "output" if key in inputs else "input"
            found.odd.append(f"{where}/{half.name} has no {lacks} beside it")


def _role(name: str, files: dict[str, Folder]) -> tuple[str, int | None] | None:
    """Return the test a file belongs to, and its rank as an answer; ``None``: an input."""
    for pattern in _NAMES:
        match = pattern.fullmatch(name)
        if match is None:
            continue
        side = match["side"].lower()
        number = match.groupdict().get("number")
        key = (match["key"] or "") + (f"-{number}" if number else "")
        if side in _INPUTS:
            return key, None
        return key, _RANKS.get(side, len(_RANKS))
    if f"{name}.a" in files or f"{name}.A" in files:
        return name, None  # Polygon's inputs have no ending
    return None


def _side_folders(folders: dict[str, Folder]) -> tuple[Folder, Folder] | None:
    """Return the folders of inputs and of outputs, where a layout has one of each."""
    by_name = {name.lower(): folder for name, folder in folders.items()}
    ins = next((by_name[name] for name in _IN_FOLDERS if name in by_name), None)
    outs = next((by_name[name] for name in _OUT_FOLDERS if name in by_name), None)
    return None if ins is None or outs is None else (ins, outs)


def _pair_folders(ins: Folder, outs: Folder, prefix: str, found: Pairs) -> None:
    """Pair ``in/X`` with ``out/X``: the names are equal but for the word that tells the side."""
    answers = dict(_keyed(outs))
    for key, file in sorted(_keyed(ins), key=lambda pair: natural(pair[0])):
        if key in answers:
            found.tests.append(Pair(name=f"{prefix}{key}", input=file, answer=answers.pop(key)))
        else:
            found.odd.append(f"{ins}/{file.name} has no output in {outs.name}/")
    found.odd += [f"{outs}/{file.name} has no input in {ins.name}/" for file in answers.values()]


def _keyed(folder: Folder) -> Iterator[tuple[str, Folder]]:
    files = {file.name: file for file in folder.iterdir() if not file.name.startswith(".")}
    for name, file in files.items():
        if file.is_file() and not _NOT_TESTS.fullmatch(name):
            role = _role(name, files)
            yield (role[0] if role else name), file


def is_archive(path: Path) -> bool:
    """Whether a file begins as zip archives do."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def open_folder(path: Path) -> Folder:
    """Return a folder, or a zip archive as one; the only folder at an archive's top is entered.

    Raises:
        ProblemError: the archive is damaged, or unpacks to more than ``MOST_UNPACKED`` bytes.
    """
    import zipfile

    if path.is_dir():
        return path
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise ProblemError(f"{path} can't be read as a zip archive: {error}") from error
    total = sum(entry.file_size for entry in archive.infolist())
    if total > MOST_UNPACKED:
        raise ProblemError(
            f"{path} unpacks to {total:,} bytes, more than {MOST_UNPACKED:,}",
            hint="unpack it and name the folder",
        )
    root = zipfile.Path(archive)
    top = [child for child in root.iterdir() if not child.name.startswith((".", "__MACOSX"))]
    return top[0] if len(top) == 1 and top[0].is_dir() else root


MOST_UNPACKED = 1_000_000_000
