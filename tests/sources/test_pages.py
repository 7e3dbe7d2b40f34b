"""Saved pages of the common judges: what their markup shows becomes the problem."""

import json
from pathlib import Path

import pytest

from gptcc_cli.errors import ProblemError
from gptcc_cli.reading import understand
from gptcc_cli.sources import read_sources, sources_from_bytes

PAGES = sorted((Path(__file__).parents[1] / "golden" / "pages").glob("*/page.html"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_a_saved_page_is_read_exactly(path: Path) -> None:
    expected = json.loads((path.parent / "expected.json").read_text())
    (source,) = read_sources(path)
    problem = understand(source).problem
    found = [
        [list(s.input) if s.input.__class__ is tuple else s.input, s.expected]
        for s in problem.samples
    ]
    assert found == expected["samples"]
    assert problem.mode.value == expected["mode"]
    for name in ("entry_point", "time_limit_s", "memory_limit_bytes", "url"):
        if name in expected:
            assert getattr(problem, name) == expected[name], name
    assert problem.answer.ignore_case is expected.get("ignore_case", False)
    assert "<div" not in problem.statement
    assert "var x" not in problem.statement


def test_a_page_that_shows_nothing_is_refused() -> None:
    with pytest.raises(ProblemError, match="shows no text"):
        sources_from_bytes(b"<!doctype html><html><script>x()</script></html>", name="page")


def test_a_page_nested_without_end_is_read() -> None:
    text = "<html><body>" + "<div>" * 5_000 + "deep" + "</body></html>"
    (source,) = sources_from_bytes(text.encode(), name="page")
    assert "deep" in source.statement


def test_a_statement_with_a_tag_or_two_is_no_page() -> None:
    text = "<b>Sum</b>\n\nSample Input\n3 4\n\nSample Output\n7\n"
    (source,) = sources_from_bytes(text.encode(), name="text")
    assert source.statement == text
