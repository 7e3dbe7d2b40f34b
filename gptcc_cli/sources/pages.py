"""A judge's saved page (HTML) -> a source.

Covers Codeforces, AtCoder, Kattis, CodeChef, HackerRank, LeetCode and whatever else shows its
samples in ``pre`` below headings: the page becomes the text that a reader would copy, with each
sample set apart, and ``statement`` reads that. Where a judge marks its samples in its markup,
they are taken from there. Fetches nothing.
"""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import SampleTest
from gptcc_cli.sources.source import Source

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag


def looks_like_html(text: str) -> bool:
    """Whether a text is a page rather than a statement that holds a tag or two."""
    head = text[:2000].lstrip().lower()
    if head.startswith(("<!doctype html", "<html")):
        return True
    return (
        head.startswith("<") and "\n```" not in text and len(_BLOCK_TAG.findall(text[:20_000])) >= 3
    )


def looks_like_fragment(text: str) -> bool:
    """Whether a text is written in HTML, though it is no page."""
    return "</" in text and len(_FRAGMENT_TAG.findall(text[:20_000])) >= 3


def text_of_html(text: str) -> str:
    """Return what a reader sees of a fragment of HTML."""
    from bs4 import BeautifulSoup

    return _as_text(BeautifulSoup(text, "html.parser"))


def read_page(text: str, *, name: str, origin: str) -> Source:
    """Return the problem that a page shows.

    Raises:
        ProblemError: nothing is left of the page once scripts and menus are gone.
    """
    from bs4 import BeautifulSoup

    page = BeautifulSoup(text, "html.parser")
    if "application/json" in text:
        embedded = _embedded(page, name, origin)
        if embedded is not None:
            return embedded
    for tag in page(["script", "style", "noscript", "svg", "nav", "footer", "button", "iframe"]):
        tag.decompose()
    samples = tuple(_marked_samples(page, text))
    title = page.title.get_text(" ", strip=True) if page.title else ""
    link = page.find("link", rel="canonical")
    url = link.get("href") if link else None
    statement = _as_text(_body(page, text))
    if not statement.strip():
        raise ProblemError(
            f"{origin} shows no text: the page builds itself by script.",
            hint="save the page as shown (complete), or copy its text",
        )
    return Source(
        id=name,
        statement=statement if not title or title in statement else f"{title}\n\n{statement}",
        samples=samples or None,
        url=url if isinstance(url, str) else None,
        origin=origin,
    )


def _embedded(page: "BeautifulSoup", name: str, origin: str) -> Source | None:
    """Return the problem that a page keeps as JSON for its own script."""
    from gptcc_cli.sources.rows import read_row

    for script in page.select("script[type='application/json']"):
        try:
            stack: list[tuple[object, int]] = [(json.loads(script.get_text()), 0)]
        except (ValueError, RecursionError):
            continue
        while stack:
            value, depth = stack.pop()
            if isinstance(value, dict):
                if ("contenu" in value and "samples" in value) or (
                    isinstance(value.get("content"), str) and "exampleTestcases" in value
                ):
                    return read_row(value, name=name, origin=origin)
                if depth < _DEEPEST_JSON:
                    stack += [(inner, depth + 1) for inner in value.values()]
            elif isinstance(value, list) and depth < _DEEPEST_JSON:
                stack += [(inner, depth + 1) for inner in value[:100]]
    return None


def _body(page: "BeautifulSoup", text: str) -> "Tag":
    """Return the part of a page that holds the statement."""
    for mark, selector in _STATEMENTS:
        found = page.select_one(selector) if mark in text else None
        if found is not None and found.get_text(strip=True):
            return found
    return page.body or page


def _marked_samples(page: "BeautifulSoup", text: str) -> Iterator[SampleTest]:
    """Yield the samples that the markup itself marks as such."""
    pairs: list[tuple[str, str]] = []
    for mark, read in _MARKUPS:
        if not pairs and mark in text:
            pairs = list(read(page))
    for number, (given, expected) in enumerate(pairs, 1):
        yield SampleTest(name=f"sample {number}", input=given, expected=expected)


def _codeforces(page: "BeautifulSoup") -> Iterator[tuple[str, str]]:
    """``div.sample-test`` holds ``div.input pre`` and ``div.output pre``, a div for each line."""
    for group in page.select("div.sample-test, div.sample-tests"):
        if group.select("div.sample-test"):
            continue
        inputs, outputs = group.select("div.input pre"), group.select("div.output pre")
        if len(inputs) == len(outputs):
            yield from ((_pre(a), _pre(b)) for a, b in zip(inputs, outputs, strict=True))


def _kattis(page: "BeautifulSoup") -> Iterator[tuple[str, str]]:
    """``table.sample`` holds two ``pre`` side by side."""
    for table in page.select("table.sample"):
        cells = table.select("pre")
        if len(cells) == 2:
            yield _pre(cells[0]), _pre(cells[1])


def _code_chef(page: "BeautifulSoup") -> Iterator[tuple[str, str]]:
    """A table with ``Input`` and ``Output`` above, and a ``pre`` below each."""
    for box in page.select("div[class*=input_output]"):
        cells = box.select("pre")
        if len(cells) == 2:
            yield _pre(cells[0]), _pre(cells[1])


def _at_coder(page: "BeautifulSoup") -> Iterator[tuple[str, str]]:
    """A section for each block: ``h3`` Sample Input N, then ``pre``; English if there is any."""
    root = page.select_one("span.lang-en") or page.select_one("span.lang-ja")
    if root is None:
        return
    blocks: dict[str, dict[str, str]] = {}
    for section in root.select("section"):
        heading, body = section.find("h3"), section.find("pre")
        match = _AT_CODER.search(heading.get_text()) if heading else None
        if match and body is not None:
            side = "in" if match.group(1) in ("Input", "入力例") else "out"
            blocks.setdefault(match.group(2) or "", {})[side] = _pre(body)
    for sides in blocks.values():
        if len(sides) == 2:
            yield sides["in"], sides["out"]


def _pre(tag: "Tag") -> str:
    """Return preformatted text; ``br`` and one block for each line end lines."""
    for part in tag.find_all("br"):
        part.replace_with("\n")
    rows = tag.find_all("div", recursive=False)
    lines = [row.get_text().rstrip("\n") for row in rows] or tag.get_text().split("\n")
    text = "\n".join(lines).replace("\xa0", " ").replace("\r", "").strip("\n")
    return text.rstrip() + "\n" if text.strip() else ""


def _as_text(root: "Tag") -> str:
    """Return what a reader would copy: paragraphs, headings, fenced ``pre``."""
    parts: list[str] = []
    _collect(root, parts)
    text = "".join(parts).replace("\xa0", " ")
    return re.sub(r"\n[ \t]*(?:\n[ \t]*){2,}", "\n\n", text).strip() + "\n"


def _collect(root: "Tag", parts: list[str]) -> None:
    """Walk a page without recursion: a page may be nested deeper than a program may be."""
    from bs4.element import NavigableString, PreformattedString

    stack: list[object] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str) and not isinstance(node, NavigableString):
            parts.append(node)
        elif isinstance(node, PreformattedString):
            continue
        elif isinstance(node, NavigableString):
            parts.append(re.sub(r"\s+", " ", str(node)))
        elif node.name == "pre":  # type: ignore[attr-defined]
            parts.append(_fenced(node))  # type: ignore[arg-type]
        elif node.name == "br":  # type: ignore[attr-defined]
            parts.append("\n")
        elif node.name == "table" and (rows := _table(node)):  # type: ignore[attr-defined,arg-type]
            parts.append(rows)
        else:
            before, after = _AROUND.get(node.name, ("", ""))  # type: ignore[attr-defined]
            stack.append(after)
            stack.extend(reversed(node.contents))  # type: ignore[attr-defined]
            stack.append(before)


def _table(tag: "Tag") -> str:
    """Return a table of data in Markdown; empty if the table only arranges the page."""
    if tag.find(["table", "h1", "h2", "h3", "ul", "ol"]):
        return ""
    rows = [row.find_all(["td", "th"], recursive=False) for row in tag.find_all("tr")]
    rows = [row for row in rows if row]
    if not rows or not 2 <= len(rows[0]) <= _MOST_COLUMNS:
        return ""
    lines = []
    for row in rows:
        cells = []
        for cell in row:
            for block in cell.find_all(["p", "div", "pre"]):
                block.append("\n")
            cells.append("<br>".join(_pre(cell).rstrip("\n").split("\n")).replace("|", "\\|"))
        lines.append("| " + " | ".join(cells) + " |")
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n\n" + "\n".join(lines) + "\n\n"


def _fenced(tag: "Tag") -> str:
    text = _pre(tag)
    if not text.startswith("Input:") and "\nOutput:" not in text:
        return f"\n\n```\n{text}```\n\n"
    return f"\n\n{text}\n\n"


_DEEPEST_JSON = 8
_MOST_COLUMNS = 12
_FRAGMENT_TAG = re.compile(r"(?i)</(?:p|pre|strong|b|li|ul|h[1-6]|table|div|code|em|sup|td)>")
_BLOCK_TAG = re.compile(r"<(?:p|div|pre|h\d|section|table|ul|ol|span|strong)\b", re.IGNORECASE)
_AT_CODER = re.compile(r"(?:Sample )?(Input|Output|入力例|出力例)\s*(\d*)")
_MARKUPS = (
    ("sample-test", _codeforces),
    ("sample", _kattis),
    ("input_output", _code_chef),
    ("task-statement", _at_coder),
)
"""A word of each judge's markup, and what reads its samples. A search costs less than a parse."""
_STATEMENTS = (
    ("problem-statement", "div.problem-statement"),
    ("lang-en", "#task-statement span.lang-en"),
    ("task-statement", "#task-statement"),
    ("problembody", "div.problembody"),
    ("challenge-body", "div.challenge-body-html"),
    ("description_content", "[data-track-load=description_content]"),
    ("problem-statement", "#problem-statement"),
    ("problemBody", "div[class*=problemBody]"),
    ("<main", "main"),
    ("<article", "article"),
)
_AROUND = {
    **dict.fromkeys(("p", "div", "section", "ul", "ol", "table", "blockquote"), ("\n\n", "\n\n")),
    **{f"h{level}": ("\n\n## ", "\n\n") for level in range(1, 7)},
    "dt": ("\n\n## ", "\n\n"),
    "dd": ("\n\n", "\n\n"),
    "li": ("\n- ", "\n"),
    "tr": ("\n", "\n"),
    "td": (" ", " "),
    "th": (" ", " "),
    "sup": ("^", ""),
}
"""What a reader sees around each kind of element."""
