"""Names in the package are the field's: no word the glossary avoids, no class name twice."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "gptcc_cli"
AVOIDED = frozenset(
    re.findall(
        r"\w+",
        """
    wish wishes knob knobs talk crew desk hearing hear hears heard corridor course taught teach
    sheet overheard overhear claim claims luck lucky behaviour behaviours seat seats heat heats
    follower followers mend mended mender doubtful glimpse commonness convincing agreeing
    """,
    )
)
"""The right-hand column of the glossary in docs/contributing.md, as words of identifiers."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE), ast.parse(path.read_text(encoding="utf-8"))


def identifiers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name that a module defines, imports, reads or passes, with its line."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name, line
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, line
            case ast.ClassDef(name=name):
                yield name, line
            case ast.keyword(arg=str(name)) | ast.MatchAs(name=str(name)):
                yield name, line
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                for alias in aliases:
                    yield from ((name, line) for name in (alias.name, alias.asname) if name)


def words(name: str) -> list[str]:
    """Split ``snake_case`` and ``CamelCase``: ``_HeardLine_2`` is heard, line, 2."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("_CrewLost", ["crew", "lost"]),
        ("n_by_luck", ["n", "by", "luck"]),
        ("IOTest", ["io", "test"]),
    ],
)
def test_names_are_split_into_words(name: str, expected: list[str]) -> None:
    assert words(name) == expected


def test_no_identifier_has_a_word_the_glossary_avoids() -> None:
    found = {
        f"{path}:{line} {name}"
        for path, tree in trees()
        for name, line in identifiers(tree)
        if AVOIDED.intersection(words(name))
    }
    found |= {f"{path}" for path, _ in trees() if AVOIDED.intersection(words(str(path)))}
    assert sorted(found) == []


def test_the_glossary_of_the_contributing_page_is_checked() -> None:
    """Each word it lists to avoid is in the list above, or is an ordinary word elsewhere."""
    page = (PACKAGE.parent / "docs" / "contributing.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|[^|]*\|[^|]*\| ([^|]*) \|$", page.partition("## Style")[2], re.MULTILINE)
    listed = {word for row in rows for word in re.findall(r"[a-z]+", row)} - {"avoid"}
    assert len(listed) > 15
    assert listed - AVOIDED == {"say", "member", "room", "form", "greatest"}


def test_no_class_name_stands_twice() -> None:
    places = defaultdict(list)
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path}:{node.lineno}")
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
