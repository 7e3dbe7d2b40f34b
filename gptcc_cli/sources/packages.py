"""The packages in which judges and tools keep a problem -> its tests, its rules, its statement.

Covers Polygon, Kattis and ICPC (legacy and 2025-09), DMOJ, CMS, sinol, omegaUp, Hydro, HackerRank,
Themis, USACO, cpbooster, cf-tool, oj, atcoder-cli and CPH, in a folder or a zip archive. What a
package says of comparing answers becomes ``AnswerRules``; a checker of its own makes answers that
differ undecided, and is named. Which file is the right answer is the package's word. Formats are
those of ``docs/concepts/packages.md``. Runs nothing; knows nothing of a program.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import AnswerRules, IOTest
from gptcc_cli.sources.pairing import Folder, Pair, find_pairs, natural, open_folder
from gptcc_cli.sources.texts import MAX_BYTES, decode

if TYPE_CHECKING:
    from xml.etree import ElementTree

FOLDER = "folder of tests"
"""The format of a folder that is no known package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a folder or archive holds of one problem."""

    format: str
    """Such as ``Polygon package``, or ``FOLDER``."""
    samples: tuple[IOTest, ...] = ()
    """Tests that the statement shows."""
    tests: tuple[IOTest, ...] = ()
    """The tests that judge, samples not among them."""
    statement: str = ""
    """Empty: the package holds none that can be read."""
    answer: AnswerRules | None = None
    """How the package compares answers; ``None``: it does not say."""
    checker: str | None = None
    """The checker the package brings or names, where its rule is not one of ``answer``'s."""
    time_limit_s: float | None = None
    memory_limit_bytes: int | None = None
    notes: tuple[str, ...] = ()
    """What was passed over, in sentences."""

    @property
    def is_recognised(self) -> bool:
        """Whether it is of a known format, and not just a folder with pairs of files."""
        return self.format != FOLDER

    @property
    def all_notes(self) -> tuple[str, ...]:
        """What a user must know of it: what was passed over, and a checker that does not run."""
        if self.checker is None:
            return self.notes
        own = f"{self.format}: {self.checker} decides which answers are right, and was not run"
        return (*self.notes, f"{own}; answers that differ are undecided")


def read_package(path: Path) -> Package | None:
    """Read the package at a path; ``None``: there are no tests at all.

    Args:
        path: a folder, or a zip archive.

    Raises:
        ProblemError: it can't be read, is a package of interactive problems, or a test lacks its
            other half.
    """
    folder = open_folder(path)
    for name, is_there, read in _FORMATS:
        if is_there(folder):
            found = read(folder)
            if found.samples or found.tests or found.statement:
                shown = {(str(test.input), str(test.expected)) for test in found.samples}
                tests = [one for one in found.tests if (one.input, one.expected) not in shown]
                samples = tuple(
                    one
                    if one.name.startswith("sample")
                    else replace(one, name=f"sample {one.name}")
                    for one in found.samples
                )
                return replace(found, format=name, samples=samples, tests=tuple(tests))
            if read in _CERTAIN:
                return None
    return None


def _tests(pairs: Iterable[Pair]) -> tuple[IOTest, ...]:
    return tuple(
        IOTest(name=pair.name, input=_data(pair.input), expected=_data(pair.answer))
        for pair in pairs
    )


def _data(file: Folder) -> str:
    """Read one side of a test; unlike a statement it may be empty."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ProblemError(
            f"{file} can't be read: {(error.strerror or 'error').lower()}",
            hint="check its permissions",
        ) from None
    if len(data) > MAX_BYTES:
        raise ProblemError(
            f"{file} has more than {MAX_BYTES // 1_000_000} MB", hint="leave this test out"
        )
    if not data.strip():
        return data.decode("ascii", "replace").replace("\r\n", "\n")
    return decode(data, str(file))


def _yaml(file: Folder) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Raises:
        ProblemError: it holds none.
    """
    import yaml

    try:
        content = yaml.safe_load(_data(file))
    except yaml.YAMLError as error:
        line = " ".join(str(error).split())
        raise ProblemError(f"{file} is not YAML: {line}", hint="repair the package") from None
    if content is not None and not isinstance(content, dict):
        raise ProblemError(f"{file} does not hold a mapping", hint="repair the package")
    return content or {}


def _json(file: Folder) -> dict[str, Any]:
    try:
        content = json.loads(_data(file))
    except (ValueError, RecursionError):
        raise ProblemError(f"{file} is not JSON", hint="repair the package") from None
    return content if isinstance(content, dict) else {}


def _below(folder: Folder, *names: str) -> Folder:
    for name in names:
        folder = folder / name
    return folder


def _pairs_in(folder: Folder, notes: list[str]) -> tuple[IOTest, ...]:
    """Read every test below a folder that may be missing."""
    if not folder.is_dir():
        return ()
    pairs = find_pairs(folder)
    notes += [f"{odd}, so it was left out" for odd in pairs.odd]
    return _tests(pairs.tests)


def _only(folder: Folder, pattern: str) -> list[Folder]:
    """Return the files of a folder whose names match, in natural order; none if it is missing."""
    if not folder.is_dir():
        return []
    names = {child.name: child for child in folder.iterdir() if re.fullmatch(pattern, child.name)}
    return [names[name] for name in sorted(names, key=natural)]


def _first_text(files: Sequence[Folder]) -> str:
    """Return the text of the first file, English before other languages; none: empty."""
    ranked = sorted(
        files, key=lambda file: (not re.search(r"\ben(glish)?\b", str(file)), str(file))
    )
    return _data(ranked[0]) if ranked else ""


def _refuse_interactive(format: str) -> ProblemError:
    return ProblemError(
        f"this {format} is of an interactive problem, which needs its interactor",
        hint="interactive problems can't be judged yet; give tests of a problem that reads once",
    )


# Kattis and ICPC: https://www.kattis.com/problem-package-format/


def _read_kattis(folder: Folder) -> Package:
    settings = _yaml(folder / "problem.yaml")
    kinds = settings.get("type", "")
    validation = str(settings.get("validation", ""))
    if "interactive" in f"{kinds} {validation}" or "multi-pass" in str(kinds):
        raise _refuse_interactive("Kattis package")
    flags = str(settings.get("validator_flags") or "").split()
    own = "custom" in validation or any(
        _only(folder / name, r"[^.].*") for name in ("output_validators", "output_validator")
    )
    for group in ("data", "data/secret"):
        for name in ("test_group.yaml", "testdata.yaml"):
            file = _below(folder, *group.split("/"), name)
            if file.is_file():
                more = _yaml(file)
                args = more.get("output_validator_args", more.get("output_validator_flags"))
                flags += args if isinstance(args, list) else str(args or "").split()
    notes: list[str] = []
    limits = settings.get("limits") if isinstance(settings.get("limits"), dict) else {}
    assert isinstance(limits, dict)
    return Package(
        format="",
        samples=_pairs_in(_below(folder, "data", "sample"), notes),
        tests=_pairs_in(_below(folder, "data", "secret"), notes),
        statement=_first_text(
            [
                file
                for place in ("statement", "problem_statement")
                for file in _only(folder / place, r"problem(\..*)?\.(?:tex|md)")
            ]
        ),
        answer=AnswerRules(special_judge=True) if own else _kattis_rules(flags),
        checker="its own output validator" if own else None,
        time_limit_s=_number(limits.get("time_limit")),
        memory_limit_bytes=_bytes(limits.get("memory"), 2**20),
        notes=tuple(notes),
    )


def _kattis_rules(flags: list[str]) -> AnswerRules:
    """Return the rules of the default validator: tokens in any case, numbers by tolerance."""
    tolerances = [
        _number(value)
        for flag, value in pairwise(flags)
        if flag in ("float_tolerance", "float_relative_tolerance", "float_absolute_tolerance")
    ]
    return AnswerRules(
        tolerance=max((one for one in tolerances if one is not None), default=None),
        ignore_case="case_sensitive" not in flags,
    )


# Polygon: https://docs.testlib.org and packages exported by polygon.codeforces.com

_TESTLIB = {
    "wcmp": AnswerRules(),
    "lcmp": AnswerRules(),
    "fcmp": AnswerRules(),
    "ncmp": AnswerRules(),
    "icmp": AnswerRules(),
    "hcmp": AnswerRules(),
    "yesno": AnswerRules(ignore_case=True),
    "nyesno": AnswerRules(ignore_case=True),
    "rcmp": AnswerRules(tolerance=1.5e-6),
    "acmp": AnswerRules(tolerance=1.5e-6),
    "rncmp": AnswerRules(tolerance=1.5e-5),
    "dcmp": AnswerRules(tolerance=1e-6),
    "rcmp4": AnswerRules(tolerance=1e-4),
    "rcmp6": AnswerRules(tolerance=1e-6),
    "rcmp9": AnswerRules(tolerance=1e-9),
}
"""Polygon's stock checkers whose rule gptcc has."""


def _read_polygon(folder: Folder) -> Package:
    from xml.etree import ElementTree

    root = ElementTree.fromstring(_data(folder / "problem.xml"))
    if root.find(".//interactor") is not None:
        raise _refuse_interactive("Polygon package")
    notes: list[str] = []
    tests: list[IOTest] = []
    samples: list[IOTest] = []
    testset = root.find(".//judging/testset")
    if testset is not None:
        given = testset.findtext("input-path-pattern") or "tests/%02d"
        answer = testset.findtext("answer-path-pattern") or "tests/%02d.a"
        marks = testset.findall("tests/test")
        count = max(int(testset.findtext("test-count") or 0), len(marks))
        missing = 0
        for number in range(1, count + 1):
            files = [_below(folder, *(one % number).split("/")) for one in (given, answer)]
            if not all(file.is_file() for file in files):
                missing += 1
                continue
            is_sample = number <= len(marks) and marks[number - 1].get("sample") == "true"
            test = _tests([Pair(name=f"test {number}", input=files[0], answer=files[1])])
            (samples if is_sample else tests).extend(test)
        if missing:
            notes.append(
                f"{missing} of {count} tests have no files: the package's generators make them"
            )
    else:
        tests = list(_pairs_in(folder / "tests", notes))
    statement, shown = _polygon_statement(folder)
    checker = root.find(".//checker")
    named = (checker.get("name") or "") if checker is not None else ""
    stock = re.fullmatch(r"std::(\w+)\.cpp", named)
    rules = _TESTLIB.get(stock[1]) if stock else None
    own = checker is not None and rules is None
    return Package(
        format="",
        samples=shown or tuple(samples),
        tests=tuple([*samples, *tests] if shown else tests),
        statement=statement,
        answer=AnswerRules(special_judge=True) if own else rules,
        checker=(named or "its own checker") if own else None,
        time_limit_s=_scaled(testset, "time-limit", 1000),
        memory_limit_bytes=(
            None if testset is None else _bytes(testset.findtext("memory-limit"), 1)
        ),
        notes=tuple(notes),
    )


def _polygon_statement(folder: Folder) -> tuple[str, tuple[IOTest, ...]]:
    """Return the statement in words and its examples: English, or else the first language."""
    places = _only(folder / "statements", r"[a-z]+")
    places.sort(key=lambda place: place.name != "english")
    for place in places:
        file = place / "problem-properties.json"
        if not file.is_file():
            continue
        parts = _json(file)
        sections = (("", "legend"), ("Input", "input"), ("Output", "output"), ("Note", "notes"))
        text = str(parts.get("name", "")) + "\n"
        for title, key in sections:
            if isinstance(parts.get(key), str) and parts[key].strip():
                text += f"\n{title}\n\n{parts[key].strip()}\n" if title else f"\n{parts[key]}\n"
        rows = [row for row in parts.get("sampleTests") or () if isinstance(row, dict)]
        shown = tuple(
            IOTest(name=f"sample {number}", input=str(row["input"]), expected=str(row["output"]))
            for number, row in enumerate(rows, 1)
            if "input" in row and "output" in row
        )
        return text, shown
    return "", ()


def _scaled(element: "ElementTree.Element | None", name: str, unit: int) -> float | None:
    value = _number(element.findtext(name)) if element is not None else None
    return None if value is None else value / unit


# DMOJ: https://docs.dmoj.ca/#/problem_format/problem_format


def _read_dmoj(folder: Folder) -> Package:
    settings = _yaml(_init_file(folder))
    if "interactive" in settings:
        raise _refuse_interactive("DMOJ package")
    for own in ("signature_grader", "custom_judge"):
        if own in settings:
            raise ProblemError(
                f"this DMOJ package judges with its own {own}, which gptcc can't run",
                hint="give tests whose answers can be compared",
            )
    place = folder
    archive = settings.get("archive")
    if isinstance(archive, str) and isinstance(folder, Path) and (folder / archive).is_file():
        place = open_folder(folder / archive)
    notes: list[str] = []
    cases = settings.get("test_cases")
    if isinstance(cases, list):
        worth = _dmoj_cases(cases, folder, place)
    else:
        worth = [(None, test) for test in _pairs_in(place, notes)]
    named = settings.get("checker", "standard")
    name, args = (named, {}) if isinstance(named, str) else (named.get("name"), named.get("args"))
    rules = _dmoj_rules(str(name), args if isinstance(args, dict) else {})
    return Package(
        format="",
        samples=tuple(test for points, test in worth if points == 0),
        tests=tuple(test for points, test in worth if points != 0),
        statement=_first_text(_only(folder, r"(?:problem|statement)\.md")),
        answer=rules or AnswerRules(special_judge=True),
        checker=None if rules else str(name),
        notes=tuple(notes),
    )


def _init_file(folder: Folder) -> Folder:
    return next(folder / name for name in ("init.yml", "init.yaml") if (folder / name).is_file())


def _dmoj_cases(
    cases: list[Any], folder: Folder, place: Folder, name: str = ""
) -> list[tuple[float | None, IOTest]]:
    """Read the cases of a list; a batch holds cases of its own."""
    found: list[tuple[float | None, IOTest]] = []
    for number, case in enumerate(cases, 1):
        label = f"{name}{number}"
        if not isinstance(case, dict):
            continue
        if isinstance(case.get("batched"), list):
            below = _dmoj_cases(case["batched"], folder, place, f"{label}.")
            found += [(_number(case.get("points")), test) for _, test in below]
            continue
        files = [
            next((one for one in (folder / str(word), place / str(word)) if one.is_file()), None)
            for word in (case.get("in"), case.get("out"))
        ]
        if files[0] is None or files[1] is None:
            raise ProblemError(
                f"case {label} of {folder} names files that are not there: {case}",
                hint="repair init.yml, or unpack the archive it names",
            )
        test = IOTest(name=f"case {label}", input=_data(files[0]), expected=_data(files[1]))
        found.append((_number(case.get("points")), test))
    return found


def _dmoj_rules(name: str, args: dict[str, Any]) -> AnswerRules | None:
    if name == "floats":
        return AnswerRules(tolerance=10.0 ** -float(args.get("precision", 6)))
    return AnswerRules() if name in ("standard", "identical", "rstripped") else None


# CMS, sinol, omegaUp, Hydro and others: a folder of tests and a few settings


def _read_cms(folder: Folder) -> Package:
    settings = _yaml(folder / "task.yaml")
    notes: list[str] = []
    if _only(folder / "check", r"manager.*"):
        raise _refuse_interactive("CMS task")
    own = _only(folder / "check", r"checker.*") or _only(folder / "cor", r"correttore.*")
    if _only(folder / "sol", r"(?:grader|stub)\..*"):
        notes.append("the task links solutions with a grader of its own, which is not done here")
    if settings.get("output_only"):
        notes.append("the task takes outputs instead of programs")
    if settings.get("infile", "input.txt") or settings.get("outfile", "output.txt"):
        notes.append("the task reads and writes files; here programs use standard input and output")
    return Package(
        format="",
        tests=_pairs_in(folder, notes),
        answer=AnswerRules(special_judge=True) if own else None,
        checker="its own checker" if own else None,
        time_limit_s=_number(settings.get("time_limit", settings.get("timeout"))),
        memory_limit_bytes=_bytes(settings.get("memory_limit", settings.get("memlimit")), 2**20),
        notes=tuple(notes),
    )


def _read_sinol(folder: Folder) -> Package:
    settings = _yaml(folder / "config.yml")
    notes: list[str] = []
    if _only(folder / "prog", r"\w+soc\..*"):
        raise _refuse_interactive("sinol package")
    own = _only(folder / "prog", r"\w+chk\..*")
    tests = _pairs_in(folder, notes)
    samples = tuple(test for test in tests if re.search(r"[a-z_]0[a-z]*\Z|ocen", test.name))
    time_ms = _number(settings.get("time_limit"))
    return Package(
        format="",
        samples=samples,
        tests=tuple(test for test in tests if test not in samples),
        answer=AnswerRules(special_judge=True) if own else None,
        checker=own[0].name if own else None,
        time_limit_s=None if time_ms is None else time_ms / 1000,
        memory_limit_bytes=_bytes(settings.get("memory_limit"), 1024),
        notes=tuple(notes),
    )


def _read_omegaup(folder: Folder) -> Package:
    notes: list[str] = []
    if _only(folder / "interactive", r".*\.idl"):
        raise _refuse_interactive("omegaUp package")
    own = bool(_only(folder, r"validator\..*"))
    rules = AnswerRules(special_judge=True) if own else None
    settings = _json(folder / "settings.json") if (folder / "settings.json").is_file() else {}
    validator = settings.get("Validator", settings.get("validator"))
    if isinstance(validator, dict) and not own:
        name = str(validator.get("Name", validator.get("name")))
        tolerance = validator.get("Tolerance", validator.get("tolerance"))
        if name == "token-numeric":
            rules = AnswerRules(tolerance=_number(tolerance) or 1e-6)
        elif name == "token-caseless":
            rules = AnswerRules(ignore_case=True)
    return Package(
        format="",
        samples=_pairs_in(folder / "examples", notes),
        tests=_pairs_in(folder / "cases", notes),
        statement=_first_text(_only(folder / "statements", r"\w+\.(?:markdown|md)")),
        answer=rules,
        checker="its own validator" if own else None,
        notes=tuple(notes),
    )


def _read_hydro(folder: Folder) -> Package:
    notes: list[str] = []
    data = folder / "testdata"
    file = next(iter(_only(data, r"config\.ya?ml")), None)
    settings = _yaml(file) if file is not None else {}
    if settings.get("type") == "interactive":
        raise _refuse_interactive("Hydro package")
    own = settings.get("checker")
    time_limit, memory = str(settings.get("time", "")), str(settings.get("memory", ""))
    return Package(
        format="",
        tests=_pairs_in(data, notes),
        statement=_first_text(_only(folder, r"problem(?:_\w+)?\.md")),
        answer=AnswerRules(special_judge=True) if own else None,
        checker=str(own) if own else None,
        time_limit_s=_suffixed(time_limit, {"ms": 0.001, "s": 1.0}),
        memory_limit_bytes=_bytes(_suffixed(memory, {"k": 2.0**10, "m": 2.0**20, "g": 2.0**30}), 1),
        notes=tuple(notes),
    )


def _read_cph(folder: Folder) -> Package:
    """Read the samples that the editor extension CPH keeps, if they are of one problem."""
    files = _only(folder / ".cph", r"\..*\.prob")
    if len(files) != 1:
        return Package(format="")
    problem = _json(files[0])
    rows = [row for row in problem.get("tests") or () if isinstance(row, dict)]
    time_ms = _number(problem.get("timeLimit"))
    return Package(
        format="",
        tests=tuple(
            IOTest(
                name=f"test {number}",
                input=str(row.get("input", "")),
                expected=str(row.get("output", "")),
            )
            for number, row in enumerate(rows, 1)
        ),
        time_limit_s=None if time_ms is None else time_ms / 1000,
        memory_limit_bytes=_bytes(problem.get("memoryLimit"), 2**20),
    )


def _read_folder(folder: Folder) -> Package:
    """Read a folder that is no known package: whatever pairs of files it holds.

    Raises:
        ProblemError: a test lacks its other half.
    """
    pairs = find_pairs(folder)
    if pairs.odd:
        raise ProblemError(
            pairs.odd[0], hint="each NAME.in needs its NAME.out, and each inK.txt its ansK.txt"
        )
    return Package(format="", tests=_tests(pairs.tests))


def _has(*names: str) -> Callable[[Folder], bool]:
    """Return whether a folder holds any of these files or folders, as a function of it."""
    return lambda folder: any(
        (place := _below(folder, *name.split("/"))).is_file() or place.is_dir() for name in names
    )


_FORMATS: tuple[tuple[str, Callable[[Folder], bool], Callable[[Folder], Package]], ...] = (
    ("Polygon package", _has("problem.xml"), _read_polygon),
    ("DMOJ package", _has("init.yml", "init.yaml"), _read_dmoj),
    (
        "Kattis package",
        lambda one: (one / "problem.yaml").is_file() and (one / "data").is_dir(),
        _read_kattis,
    ),
    ("CMS task", _has("task.yaml"), _read_cms),
    (
        "sinol package",
        lambda one: (one / "config.yml").is_file() and _has("prog", "in")(one),
        _read_sinol,
    ),
    ("Hydro package", _has("testdata"), _read_hydro),
    ("omegaUp package", _has("cases"), _read_omegaup),
    ("CPH folder", _has(".cph"), _read_cph),
    (FOLDER, lambda _: True, _read_folder),
)
"""Each format: its name, how to tell it, how to read it. The first that fits and has tests wins."""


_CERTAIN = (_read_polygon, _read_dmoj, _read_kattis, _read_cms, _read_sinol)
"""Formats that their settings file proves: without tests they hold none, whatever lies around."""


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _bytes(value: object, unit: int) -> int | None:
    number = _number(value)
    return None if number is None else int(number * unit)


def _suffixed(text: str, units: dict[str, float]) -> float | None:
    match = re.fullmatch(r"\s*([\d.]+)\s*([a-z]+?)b?\s*", text.lower())
    return float(match[1]) * units[match[2]] if match and match[2] in units else None
