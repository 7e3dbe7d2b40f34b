"""A statement's markup and layout -> the plain lines that headings and samples are looked for in.

Covers statements inside comments, LaTeX, HTML tags, the block marks of Org, reStructuredText,
pandoc and omegaUp, tables, and columns copied as text. Each is rewritten to headings and fenced
blocks, and every line remembers where it came from. Knows no language: headings are recognised
by ``headings``. A statement without any of these is returned as it is.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gptcc_cli.problem import Span
from gptcc_cli.statement.headings import Role, read_heading
from gptcc_cli.statement.languages import late
from gptcc_cli.statement.lines import Line, is_fence, split_lines
from gptcc_cli.statement.literals import NotALiteral, whole_literal
from gptcc_cli.statement.reading import StatementWarning


@dataclass(slots=True, kw_only=True)
class TextLayout:
    """A statement as plain lines."""

    text: str
    """What the readers of samples read."""
    names: list[str] = field(default_factory=list)
    """What was rewritten, such as ``table``; empty if nothing was."""
    warnings: list[StatementWarning] = field(default_factory=list)
    """What could not be rewritten; spans point into the statement."""
    length: int = 0
    """Characters of the statement."""
    lines: list[Line] | None = None
    starts: list[int] = field(default_factory=list)

    def place(self, span: Span) -> Span:
        """Return where a part of ``text`` stands in the statement."""
        if self.lines is None:
            return span
        start, end = self._offset(span[0]), self._offset(max(span[0], span[1] - 1)) + 1
        return (start, min(max(start, end), self.length)) if span[1] > span[0] else (start, start)

    def _offset(self, at: int) -> int:
        assert self.lines is not None
        index = max(0, bisect_right(self.starts, at) - 1)
        line = self.lines[index]
        column = min(at - self.starts[index], max(0, len(line.text) - 1))
        return min(line.start + column, self.length)

    def replace(self, lines: list[Line], name: str) -> None:
        """Take other lines for the text."""
        self.lines = lines
        self.names.append(name)
        self.starts = []
        at = 0
        for line in lines:
            self.starts.append(at)
            at += len(line.text) + 1
        self.text = "\n".join(line.text for line in lines)


def lay_out(statement: str) -> TextLayout:
    """Rewrite a statement's markup; takes time in proportion to its length."""
    layout = TextLayout(text=statement, length=len(statement))
    for name, shows, rewrite in _REWRITES:
        if shows(layout.text):
            lines = layout.lines
            new = rewrite(list(split_lines(statement)) if lines is None else lines, layout)
            if new is not None:
                layout.replace(new, name)
    return layout


# Statements inside code -------------------------------------------------------------------------


def _uncomment(lines: list[Line], _: TextLayout) -> list[Line] | None:
    """Return the text of the comment or docstring that a file of code begins with."""
    first = next((i for i, line in enumerate(lines) if _OPENS_CODE.match(line.text) is None), None)
    if first is None:
        return None
    head = lines[first].text.lstrip()
    for opener, closer in (('"""', '"""'), ("'''", "'''"), ("/*", "*/"), ("<!--", "-->")):
        if head.startswith(opener):
            return _delimited(lines[first:], opener, closer)
    for mark in ("//", "#", "--", "%", ">"):
        if head.startswith(mark):
            return _marked(lines[first:], mark)
    return None


def _delimited(lines: list[Line], opener: str, closer: str) -> list[Line] | None:
    opening = lines[0].text.index(opener) + len(opener)
    inside = [lines[0].cut(opening), *lines[1:]]
    for index, line in enumerate(inside):
        end = line.text.find(closer)
        if end >= 0:
            inside[index:] = [line.cut(0, end)]
            break
    else:
        return None
    if len(inside) < _FEWEST_COMMENTED:
        return None
    if opener == "/*":
        inside = [_unstarred(line) for line in inside]
    return _dedented(inside)


def _unstarred(line: Line) -> Line:
    match = _STAR.match(line.text)
    return line.cut(match.end()) if match else line


def _marked(lines: list[Line], mark: str) -> list[Line] | None:
    """Take a comment sign off the lines that begin with it, up to the first that does not."""
    inside: list[Line] = []
    n_marked = 0
    for line in lines:
        text = line.text.lstrip()
        if not text:
            inside.append(line)
        elif not text.startswith(mark) or "@lc code=start" in text:
            break
        else:
            at = line.text.index(mark) + len(mark)
            if text.startswith(("##", ">>>")):
                return None
            n_marked += 1
            inside.append(line.cut(at))
    if n_marked < _FEWEST_COMMENTED or n_marked < 0.6 * sum(not line.blank for line in inside):
        return None
    if mark == "#" and not any(line.text == "" for line in inside) and len(inside) == len(lines):
        return None
    return _dedented(inside)


def _dedented(lines: list[Line]) -> list[Line]:
    """Take off the blanks that all lines begin with."""
    shown = [line for line in lines if not line.blank]
    width = min((len(line.text) - len(line.text.lstrip()) for line in shown), default=0)
    return [line if line.blank else line.cut(width) for line in lines] if width else lines


# LaTeX ------------------------------------------------------------------------------------------


def _untex(lines: list[Line], layout: TextLayout) -> list[Line] | None:
    r"""Rewrite ``olymp.sty``'s ``\exmp``, sections and verbatim blocks."""
    text = "\n".join(line.text for line in lines)
    base = lines[0].start if lines else 0
    found: list[Line] = []
    at = 0
    for match in _EXAMPLE.finditer(text):
        if match.start() < at:
            continue
        given = _braced(text, match.end() - 1)
        blank = _BLANKS.match(text, given[1]) if given else None
        expected = _braced(text, blank.end()) if blank else None
        if given is None or expected is None:
            break
        found += _tex_lines(text, at, match.start(), base)
        sides = [text[given[0] : given[1] - 1], text[expected[0] : expected[1] - 1]]
        if match.group(1) or any("\\input" in side for side in sides):
            layout.warnings.append(_in_files(base + match.start(), base + expected[1]))
        else:
            given_lines, expected_lines = (
                [Line(part, base + side[0]) for part in body.strip("%\n").split("\n")]
                for side, body in zip((given, expected), sides, strict=True)
            )
            found += _sample(given_lines, expected_lines, base + match.start())
        at = expected[1]
    return found + _tex_lines(text, at, len(text), base)


def _braced(text: str, at: int) -> Span | None:
    """Return the span inside the braces that open at an offset, closing brace included."""
    if text[at : at + 1] != "{":
        return None
    depth = 0
    for match in _BRACE.finditer(text, at, at + _LONGEST_CELL):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return at + 1, match.end()
    return None


def _tex_lines(text: str, start: int, end: int, base: int) -> list[Line]:
    found = []
    for part in split_lines(text[start:end]):
        line = Line(part.text, base + start + part.start)
        problem = _TEX_PROBLEM.match(line.text)
        block = _TEX_BLOCK.match(line.text)
        section = _TEX_SECTION.match(line.text)
        command = _TEX_COMMAND.match(line.text)
        if problem:
            limits = f"Time limit: {problem.group(1)}. Memory limit: {problem.group(2)}"
            found.append(Line(limits, line.start))
        elif block:
            verbatim = _TEX_VERBATIM.search(block.group(2))
            found.append(Line("```" if verbatim else "", line.start))
        elif section:
            found.append(Line(f"## {section.group(1)}", line.start))
        elif command:
            found.append(Line(f"## {_TEX_HEADINGS[command.group(1)]}", line.start))
        else:
            found.append(line)
    return found


# HTML tags in a text ----------------------------------------------------------------------------


def _untag(lines: list[Line], _: TextLayout) -> list[Line] | None:
    """Rewrite tags to what a reader sees: fences, headings, table rows, line ends."""
    text = "\n".join(line.text for line in lines)
    kept = [match.span() for match in _VERBATIM.finditer(text)]
    shown = _VERBATIM.sub("", text)
    if len(_CLOSING_TAG.findall(shown)) < _FEWEST_TAGS and not _TELLING_TAG.search(shown):
        return None
    starts: list[int] = []
    at = 0
    for line in lines:
        starts.append(at)
        at += len(line.text) + 1
    pieces = _Pieces()
    end = 0
    for match in _TAG.finditer(text):
        while kept and kept[0][1] <= match.start():
            kept.pop(0)
        if kept and kept[0][0] <= match.start():
            continue
        pieces.add(text[end : match.start()], end)
        pieces.tag(match.group(2).lower(), match.group(1) == "/", match)
        end = match.end()
    pieces.add(text[end:], end)
    pieces.end_line()
    found = []
    for line in pieces.lines:
        index = max(0, bisect_right(starts, line.start) - 1)
        column = min(line.start - starts[index], len(lines[index].text))
        found.append(Line(line.text, lines[index].start + column))
    return found


class _Pieces:
    """Lines put together from the text between tags."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._start = 0
        self._cells: list[str] | None = None
        self._row: int = 0
        self._n_rows = 0
        self._in_pre = False

    def add(self, text: str, at: int) -> None:
        """Add text as it stands; in a cell of a table, on one line."""
        if not text:
            return
        if self._cells is not None:
            if self._cells:
                text = text if self._in_pre else text.replace("\n", " ")
                self._cells[-1] += html.unescape(text).replace("\n", "<br>")
            return
        for index, part in enumerate(text.split("\n")):
            if index:
                self.end_line()
            if not self._parts:
                self._start = at
            self._parts.append(html.unescape(part) if "&" in part else part)
            at += len(part) + 1

    def tag(self, name: str, closes: bool, match: re.Match[str]) -> None:
        """Add what a tag stands for."""
        at = match.start()
        if name == "pre":
            self._in_pre = not closes
        if self._table_tag(name, closes, at):
            return
        if name == "pre":
            self.break_line("```", at)
        elif name == "br":
            self.end_line()
        elif name == "sup":
            self.add("" if closes else "^", at)
        elif name in _BLOCK_TAGS:
            self.break_line("", at)
            if name[0] == "h" and name != "hr" and not closes:
                self.add("## ", at)
        elif name not in _INLINE_TAGS:
            self.add(match.group(), at)

    def _table_tag(self, name: str, closes: bool, at: int) -> bool:
        """Take a tag of a table, or one inside a cell; say whether it was one."""
        if name == "tr":
            self._end_row()
            self._cells, self._row = (None, 0) if closes else ([], at)
        elif name == "table":
            self._end_row()
            self._cells, self._n_rows = None, 0
            self.break_line("", at)
        elif name in ("td", "th"):
            self._cells = [] if self._cells is None else self._cells
            self._cells += [] if closes else [""]
        elif self._cells is None:
            return False
        elif self._cells and name in ("br", "p", "div") and (closes or name == "br"):
            self._cells[-1] += "<br>"
        return True

    def break_line(self, text: str, at: int) -> None:
        """End the line, and add one of its own."""
        if self._parts and "".join(self._parts).strip():
            self.end_line()
        self._parts = []
        self.lines.append(Line(text, at))

    def end_line(self) -> None:
        """End the line that is being put together."""
        self.lines.append(Line("".join(self._parts), self._start))
        self._parts = []

    def _end_row(self) -> None:
        if self._cells:
            cells = [_EDGE_BREAKS.sub("", cell.strip()).replace("|", "\\|") for cell in self._cells]
            self.break_line("| " + " | ".join(cells) + " |", self._row)
            self._n_rows += 1
            if self._n_rows == 1:
                self.lines.append(Line("|" + "---|" * len(cells), self._row))
        self._cells = None


# Blocks of other markups ------------------------------------------------------------------------


def _unblock(lines: list[Line], layout: TextLayout) -> list[Line] | None:
    """Rewrite the block marks of Org, reStructuredText, pandoc and omegaUp, and glued fences."""
    found: list[Line] = []
    fenced = indented = False
    colons = [False]
    for index, line in enumerate(lines):
        text = line.text.strip()
        if indented and (not text or line.text[0].isspace()):
            found.append(line)
            continue
        if indented:
            found.append(Line("```", line.start))
            indented = False
        colon = None if fenced else _COLON_BLOCK.match(text)
        if _ORG.match(text):
            found.append(Line("```", line.start))
        elif colon:
            found += _colon_block(colon.group(1), lines, index, colons)
        elif text.startswith("||") and text.split(" ")[0] in _OMEGAUP:
            found.append(Line(_OMEGAUP[text.split(" ")[0]], line.start))
            if text.startswith("||examplefile"):
                layout.warnings.append(_in_files(line.start, line.end))
        elif not fenced and _RST.match(text) and _next_is_indented(lines, index):
            if text[:2] not in ("::", ".."):
                found.append(line.cut(0, len(line.text.rstrip()) - 1))
            found.append(Line("```", line.start))
            indented = True
        elif fenced and text.endswith("```") and "```" not in text[:-3] and text != "```":
            found += [line.cut(0, len(line.text.rstrip()) - 3), Line("```", line.start)]
            fenced = False
        else:
            above = lines[index - 1].text.strip() if index else ""
            ruled = text[:4] == "~~~~" and abs(len(text) - len(above)) <= 2
            fenced ^= is_fence(line.text) and not ruled
            found.append(line)
    if indented:
        found.append(Line("```", found[-1].start))
    return found


def _colon_block(title: str, lines: Sequence[Line], index: int, colons: list[bool]) -> list[Line]:
    """Rewrite ``:::sample-input`` to a heading and a fence, and ``:::`` to the fence's end."""
    start = lines[index].start
    heading = title.strip(" {}.").replace("-", " ")
    read = read_heading(heading) if heading else None
    if read is not None and read.role in (Role.INPUT, Role.OUTPUT):
        colons[0] = not _next_is_fence(lines, index)
        return [Line(heading, start)] + [Line("```", start)] * colons[0]
    closes, colons[0] = colons[0] and not heading, False
    return [Line("```" if closes else "", start)]


def _in_files(start: int, end: int) -> StatementWarning:
    return StatementWarning(
        message="A sample is kept in files of its own, which the statement only names.",
        span=(start, end),
    )


def _next_is_fence(lines: Sequence[Line], index: int) -> bool:
    after = next((line for line in lines[index + 1 : index + 4] if not line.blank), None)
    return after is not None and is_fence(after.text)


def _next_is_indented(lines: Sequence[Line], index: int) -> bool:
    after = next((line for line in lines[index + 1 : index + 6] if not line.blank), None)
    return after is not None and after.text[0].isspace()


# Tables and columns -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the header of a table says about its columns."""

    n: int
    taken: int
    given: int
    aside: bool = False
    names: tuple[str, ...] = ()
    """Names of the arguments, where the columns are those of a call."""


def _untabulate(lines: list[Line], layout: TextLayout) -> list[Line] | None:
    """Rewrite tables and columns that hold samples to headings with a block below each."""
    found: list[Line] = []
    index = 0
    changed = fenced = False
    while index < len(lines):
        line = lines[index]
        text = line.text
        if ("`" in text or "~" in text or "<" in text) and is_fence(text):
            fenced = not fenced
        read = None
        if not fenced and 3 < len(text) <= _LONGEST_HEADER and _may_head(text):
            read = _read_table(lines, index, layout)
        if read is None:
            found.append(line)
            index += 1
        else:
            found += read[0]
            index = read[1]
            changed = True
    return found if changed else None


def _read_table(lines: list[Line], index: int, layout: TextLayout) -> tuple[list[Line], int] | None:
    """Read the table that begins at a line: its rewritten lines, and the index after it."""
    line = lines[index]
    cells = _cells(line.text)
    if len(cells) < 2:
        return _stacked(lines, index)
    if len(cells[0]) > _LONGEST_CELL_NAME or _NAMED.search(line.text) is None:
        return None
    columns = _columns(cells)
    if columns is None:
        return _labelled(lines, index, cells)
    pipes = "|" in line.text
    after = index + 1
    if after < len(lines) and _RULE.fullmatch(lines[after].text.strip()):
        after += 1
    rows: list[Line] = []
    while after < len(lines) and not (pipes and lines[after].blank and rows):
        if not pipes and _ends_rows(lines, after, rows):
            break
        if pipes and not lines[after].blank and "|" not in lines[after].text:
            break
        rows.append(lines[after])
        after += 1
    if pipes and len(rows) > 0 and not rows[0].text.strip().strip("|").strip():
        return _fenced_cells(lines, index, after - len(rows))
    samples = _by_pipes(rows, columns) if pipes else _by_text(rows, columns)
    if not samples:
        if rows and any(not row.blank for row in rows):
            layout.warnings.append(_not_understood(line, rows[-1], cells))
        kept = [Line("## Notes", line.start), *rows] if not columns.names else [line, *rows]
        return kept, after
    return [part for sample in samples for part in sample], after


def _cells(text: str) -> list[str]:
    """Cut a line into cells: at pipes, else at tabs, else at wide gaps."""
    text = text.strip()
    if text.startswith("|") or " | " in text:
        return [cell.strip() for cell in _PIPE.split(text.strip("|"))]
    if "\t" in text:
        return [cell.strip() for cell in text.split("\t")]
    if "  " in text:
        return _GAP.split(text)
    both = _TWO_HEADINGS.fullmatch(text) if "utput" in text or "UTPUT" in text else None
    return [both.group(1), both.group(2)] if both else [text]


def _columns(cells: Sequence[str]) -> _Columns | None:
    """Say what columns hold, by their headings; ``None`` if they hold no samples."""
    if len(cells) > _MOST_COLUMNS:
        return None
    roles = [_role(cell) for cell in cells]
    if roles.count(Role.INPUT) == 1 and roles.count(Role.OUTPUT) == 1:
        taken, given = roles.index(Role.INPUT), roles.index(Role.OUTPUT)
        return _Columns(len(cells), taken, given, any(role is Role.ASIDE for role in roles))
    names = [_ARGUMENT.fullmatch(cell.strip("`* ")) for cell in cells[:-1]]
    if _RESULT.fullmatch(cells[-1].strip("`* ")) or roles[-1] is Role.OUTPUT:
        found = tuple(name.group(1) for name in names if name)
        if len(found) == len(names) and len(set(found)) == len(found):
            return _Columns(len(cells), 0, len(cells) - 1, names=found)
    return None


def _role(cell: str) -> Role | None:
    """Return what a cell of a header names: a heading, or a file such as ``SUM.INP``."""
    cell = cell.strip("`*_ 📋").strip()
    if _FILE_IN.fullmatch(cell):
        return Role.INPUT
    if _FILE_OUT.fullmatch(cell):
        return Role.OUTPUT
    heading = read_heading(cell) if cell else None
    return heading.role if heading and heading.value_at is None else None


def _ends_rows(lines: Sequence[Line], index: int, rows: Sequence[Line]) -> bool:
    """Whether a line no longer belongs to columns that were copied as text."""
    text = lines[index].text
    heading = read_heading(text) if text else None
    if heading is not None and (heading.role is not Role.SAMPLES or heading.sample):
        return True
    if len(rows) > 1 and all(row.blank for row in rows[-2:]) and lines[index].blank:
        return True
    return "\t" in text and _columns(_cells(text)) is not None


def _by_pipes(rows: Sequence[Line], columns: _Columns) -> list[list[Line]]:
    """Read a row of a Markdown table as a sample."""
    samples = []
    for row in rows:
        cells = [cell.strip() for cell in _PIPE.split(row.text.strip().strip("|"))]
        if len(cells) < columns.n or not "".join(cells):
            continue
        if columns.names:
            call = _call(cells, columns, row)
            samples += [call] if call else []
            continue
        taken, given = (
            _cell_lines(cells[columns.taken], row),
            _cell_lines(cells[columns.given], row),
        )
        if any(not line.blank for line in given):
            samples.append(_sample(taken, given, row.start))
    return samples


def _cell_lines(cell: str, row: Line) -> list[Line]:
    parts = [part.strip() for part in _BREAK.split(cell.replace("\\|", "|"))]
    found = [Line(html.unescape(_unquoted(part)), row.start) for part in parts]
    while found and found[-1].blank:
        found.pop()
    while found and found[0].blank:
        found.pop(0)
    return found


def _unquoted(text: str) -> str:
    match = _BACKTICKS.fullmatch(text)
    return match.group(2).strip() if match else text


def _by_text(rows: Sequence[Line], columns: _Columns) -> list[list[Line]]:
    """Read columns that were copied as text; empty if they can't be told apart."""
    rows = [row for row in rows if not _BUTTON_LINE.fullmatch(row.text)]
    while rows and rows[-1].blank:
        rows.pop()
    while rows and rows[0].blank:
        rows.pop(0)
    if not rows:
        return []
    fences = [i for i, row in enumerate(rows) if is_fence(row.text)]
    if len(fences) == 4:
        taken, given = rows[fences[0] + 1 : fences[1]], rows[fences[2] + 1 : fences[3]]
        return [_sample(taken, given, rows[0].start)]
    shown = [row for row in rows if not row.blank]
    tabbed = [row for row in shown if "\t" in row.text.strip()]
    if columns.names:
        calls = [_call(_cells(row.text), columns, row) for row in shown]
        return [call for call in calls if call]
    if tabbed and len(tabbed) == len(shown):
        cells = [[Line(cell.strip(), row.start) for cell in row.text.split("\t")] for row in shown]
        if any(len(row) < max(columns.taken, columns.given) + 1 for row in cells):
            return []
        return [_sample([row[columns.taken]], [row[columns.given]], row[0].start) for row in cells]
    if len(tabbed) == 1 and columns.n == 2 and not columns.aside:
        at, middle = rows.index(tabbed[0]), tabbed[0].text.index("\t")
        taken = [*rows[:at], tabbed[0].cut(0, middle)]
        return [_sample(taken, [tabbed[0].cut(middle + 1), *rows[at + 1 :]], rows[0].start)]
    return [] if tabbed else _by_paragraphs(rows, columns)


def _by_paragraphs(rows: Sequence[Line], columns: _Columns) -> list[list[Line]]:
    """Tell an input from an output by the one place where they can be parted."""
    paragraphs: list[list[Line]] = [[]]
    for row in rows:
        if row.blank:
            paragraphs.append([])
        else:
            paragraphs[-1].append(row)
    paragraphs = [lines for lines in paragraphs if lines]
    if columns.taken > columns.given:
        return []
    if len(paragraphs) == 2 or (len(paragraphs) == 3 and columns.aside):
        return [_sample(paragraphs[0], paragraphs[1], rows[0].start)]
    if len(paragraphs) != 1:
        return []
    lines = paragraphs[0]
    if len(lines) == 1:
        cells = _GAP.split(lines[0].text.strip())
        parts = [Line(cell, lines[0].start) for cell in cells]
        return [_sample(parts[:1], parts[1:], lines[0].start)] if len(parts) == 2 else []
    if len(lines) == 2 or (len(lines) == 3 and columns.aside):
        return [_sample(lines[:1], lines[1:2], rows[0].start)]
    cases = [_CASE.match(line.text) is not None for line in lines]
    first = cases.index(True) if True in cases else 0
    if first and all(cases[first:]):
        return [_sample(lines[:first], lines[first:], rows[0].start)]
    return []


def _fenced_cells(lines: list[Line], index: int, after: int) -> tuple[list[Line], int] | None:
    """Read a Markdown table whose cells hold fenced blocks, over several lines."""
    fences: list[int] = []
    for at in range(after, min(len(lines), after + _LONGEST_FENCES)):
        if is_fence(lines[at].text):
            fences.append(at)
            if len(fences) == 4:
                taken = lines[fences[0] + 1 : fences[1]]
                given = lines[fences[2] + 1 : fences[3]]
                return _sample(taken, given, lines[index].start), at + 1
    return None


def _labelled(lines: list[Line], index: int, cells: Sequence[str]) -> tuple[list[Line], int] | None:
    """Read ``Input<TAB>1 2`` above ``Output<TAB>3``."""
    if index + 1 >= len(lines) or len(cells) != 2 or _role(cells[0]) is not Role.INPUT:
        return None
    below = _cells(lines[index + 1].text)
    if len(below) != 2 or _role(below[0]) is not Role.OUTPUT or _role(cells[1]) is not None:
        return None
    taken, given = _cell_lines(cells[1], lines[index]), _cell_lines(below[1], lines[index + 1])
    return _sample(taken, given, lines[index].start), index + 2


def _stacked(lines: list[Line], index: int) -> tuple[list[Line], int] | None:
    """Read two headings that stand above each other, with both columns below them."""
    if index + 2 >= len(lines):
        return None
    title, below = lines[index], lines[index + 1]
    if (
        _ABOVE.match(title.text) is None
        or not below.text
        or below.text[0].isspace()
        or len(below.text) > _LONGEST_HEADER
    ):
        return None
    heading = read_heading(title.text)
    if heading is None or heading.role is not Role.INPUT or heading.value_at is not None:
        return None
    other = read_heading(below.text)
    if other is None or other.role is not Role.OUTPUT or other.value_at is not None:
        return None
    after = index + 2
    while after < len(lines) and not _ends_rows(lines, after, lines[index + 2 : after]):
        after += 1
    rows = list(lines[index + 2 : after])
    while rows and rows[-1].blank:
        rows.pop()
    samples = [] if any(row.blank for row in rows) else _by_text(rows, _Columns(2, 0, 1))
    return ([part for sample in samples for part in sample], after) if samples else None


def _call(cells: Sequence[str], columns: _Columns, row: Line) -> list[Line] | None:
    """Write a row of arguments and a result as named values; ``None`` if one is no value."""
    if len(cells) != columns.n:
        return None
    values = [_unquoted(cell.replace("\\|", "|").replace("<br>", " ")) for cell in cells]
    try:
        for value in values:
            whole_literal(value)
    except NotALiteral:
        return None
    pairs = zip(columns.names, values[:-1], strict=True)
    given = ", ".join(f"{name} = {value}" for name, value in pairs)
    return [Line(f"Input: {given}", row.start), Line(f"Output: {values[-1]}", row.start)]


def _sample(taken: Sequence[Line], given: Sequence[Line], at: int) -> list[Line]:
    """Write a sample as headings with fenced blocks."""
    fence, blank = Line("```", at), Line("", at)
    return [
        *(blank, Line("Sample Input", at), fence, *taken, fence),
        *(blank, Line("Sample Output", at), fence, *given, fence, blank),
    ]


def _not_understood(header: Line, last: Line, cells: Sequence[str]) -> StatementWarning:
    names = ", ".join(cell for cell in cells if cell)
    return StatementWarning(
        message=f"A table with the columns {names} was not understood: it can't be told where "
        "an input ends and its output begins.",
        span=(header.start, last.end),
    )


# What follows the statement ---------------------------------------------------------------------


def _without_solutions(lines: list[Line], _: TextLayout) -> list[Line] | None:
    """Leave out a section of solutions below the statement."""
    first = next((i for i, line in enumerate(lines) if _SOLUTIONS.match(line.text)), 0)
    if not first:
        return None
    rest = lines[first + 1 :]
    has_code = any(is_fence(line.text) or _CODE_LINE.match(line.text) for line in rest)
    return lines[:first] if has_code else None


_FEWEST_COMMENTED = 4
_FEWEST_TAGS = 3
_LONGEST_CELL = 64 << 10
_LONGEST_HEADER = 160
_LONGEST_CELL_NAME = 48
_NAMED = re.compile(r"[^\W\d_]{2}|[A-Za-z]\s*[|\t]")
_LONGEST_FENCES = 400
_MOST_COLUMNS = 12
_OPENS_CODE = re.compile(r"\s*$|#!|\s*#.{0,20}coding[:=]|\s*(?:from|import)\s+\w|\s*#include\b")
_STAR = re.compile(r"\s*\*(?!\*)[ \t]?")
_BLANKS = re.compile(r"\s*")
_BRACE = re.compile(r"(?<!\\)[{}]")
_EXAMPLE = late(r"\\exmp(file)?\s*\{")
_TEX_PROBLEM = late(
    r"\s*\\begin\{problem\}\{[^{}]*\}\s*\{[^{}]*\}\s*\{[^{}]*\}\s*\{([^{}]*)\}\s*\{([^{}]*)\}"
)
_TEX_BLOCK = late(r"\s*\\(begin|end)\{(\w{1,30}\*?)\}")
_TEX_VERBATIM = late(r"(?i)verbatim|lstlisting|minted|alltt")
_TEX_SECTION = late(
    r"\s*\\(?:(?:sub)*section|paragraph|textbf|textsf|underline|bf|heading|header)\*?\s?"
    r"\{(?:\\\w+\s?)?([^{}]{1,60})\}[:.]?\s*(?:\\\\)?$"
)
_TEX_COMMAND = late(
    r"\s*\\(InputFile|OutputFile|Input|Output|Examples?|Samples?|Note|Notes|Scoring|Interaction|"
    r"Constraints|Limitations|Explanation)\s*(?:\{\})?\s*$"
)
_TEX_HEADINGS = {
    "InputFile": "Input", "OutputFile": "Output", "Input": "Input", "Output": "Output",
    "Example": "Examples", "Examples": "Examples", "Sample": "Examples", "Samples": "Examples",
    "Note": "Note", "Notes": "Notes", "Scoring": "Scoring", "Interaction": "Constraints",
    "Constraints": "Constraints", "Limitations": "Constraints", "Explanation": "Explanation",
}  # fmt: skip
_TAG = late(r"<(/?)([A-Za-z][A-Za-z0-9]{0,11})(?:\s[^<>]{0,400})?\s?/?>")
_VERBATIM = late(
    r"(?m)^[ \t]{0,3}(`{3,}|~{3,})[^\n]*\n(?:[^\n]*\n)*?[ \t]{0,3}\1[ \t]*$"
    r"|^(?: {4}|\t)(?![^\n]*</?(?:p|pre|li|ul|ol|div|t[drh]|table|strong|code|h\d|br)\b)[^\n]*$"
)
"""Fenced blocks, and indented lines without a tag that lays out: what they hold is no markup."""
_CLOSING_TAG = late(r"(?i)</(?:p|pre|strong|b|li|ul|h[1-6]|table|div|code|span|em|sup|td)>")
_TELLING_TAG = late(r"(?i)<(?:details|summary|table|h[1-6])\b[^<>]{0,200}>")
_EDGE_BREAKS = late(r"^(?:\s*<br>)+|(?:<br>\s*)+$")
_BLOCK_TAGS = frozenset(
    {"p", "div", "ul", "ol", "li", "section", "article", "details", "summary", "blockquote"}
    | {"center", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd"}
)
_INLINE_TAGS = frozenset(
    {"b", "strong", "i", "em", "u", "code", "span", "font", "a", "tt", "kbd", "small", "sub", "var"}
    | {"samp", "img", "wbr", "nobr", "mark", "s", "del", "ins", "abbr", "label", "button", "figure"}
    | {"thead", "tbody", "tfoot", "caption", "colgroup", "col"}
)
_ORG = re.compile(r"(?i)#\+(?:begin|end)_(?:example|src|quote|verbatim)\b")
_COLON_BLOCK = re.compile(r":{3,}\s?([^`]{0,40})$")
_OMEGAUP = {
    "||input": "Sample Input", "||output": "Sample Output", "||description": "Explanation",
    "||end": "## Notes", "||examplefile": "## Notes",
}  # fmt: skip
_RST = re.compile(
    r"::$|\.\. (?:code|code-block|sourcecode|parsed-literal|highlight)::|[^:`]{3,60}::$"
)
_RULE = re.compile(r"[|:\s+-]*-{2,}[|:\s+-]*|[|=\s+]*={3,}[|=\s+]*")
_PIPE = re.compile(r"(?<!\\)\|")
_GAP = re.compile(r"\t+|[ \t]{2,}")
_TWO_HEADINGS = re.compile(
    r"(?i)((?:sample |example )?input(?: sample| example)?:?(?: ?[#\d]{1,3})?:?) "
    r"((?:sample |example |expected )?output(?: sample| example)?:?(?: ?[#\d]{1,3})?:?)"
)
_ARGUMENT = re.compile(r"([A-Za-z_]\w{0,40})(?:\[\s?\]){0,3}")
_RESULT = re.compile(r"(?i)results?|returns?|return value|answer|output|expected|ans|정답|결과")
_FILE_IN = re.compile(r"(?i)[\w.*-]{1,30}\.(?:inp?|dat)|(?:input|in|stdin)(?:\.txt)?")
_FILE_OUT = re.compile(r"(?i)[\w.*-]{1,30}\.(?:out|ans|sol)|(?:output|out|stdout)(?:\.txt)?")
_BREAK = re.compile(r"(?i)<br\s?/?>")
_BACKTICKS = re.compile(r"(`{1,3})([^`]*)\1")
_BUTTON_LINE = re.compile(r"(?i)\s*(?:copy|📋)\s*")
_CASE = re.compile(r"(?i)\s{0,3}case\b")
_SOLUTIONS = re.compile(
    r"(?im)^[ \t]*<!--\s*solution:start|^[ \t]*#{1,4}[ \t]*(?:\W{0,4})(?:(?:my )?solutions?|"
    r"approach(?:es)?|code|editorial|解法|题解|題解|解答|代码|풀이|решение|solución|solução)\b"
    r"[\w \t:()/]*$"
)
_CODE_LINE = re.compile(r"\s*(?:class|def|public|#include|import|function|var|const|let)\b")
_WIDE_GAP = re.compile(r"[\w:#)*] {2,}[^\W\d_]")
_ABOVE_OTHER = re.compile(r"(?i)[^\n.]{0,10}?(?:\n|[ \t])[^\n.]{0,14}output")
_CAPITALS = re.compile(r"INPUT[^\n.]{0,10}?\s[^\n.]{0,10}OUTPUT")
_ABOVE = re.compile(r"(?i)[\W_]{0,6}(?:sample |example )?(?:input|stdin)\b")
_GLUED_FENCE = re.compile(r"[^\s`]```[ \t]*(?:\n|$)")
_COMMENTED = re.compile(r"""\s*(?:#!|#|//|/\*|--|%|>|\"{3}|'{3}|<!--|(?:from|import)\s)""")


def _may_hold_blocks(text: str) -> bool:
    if "::" in text or "||" in text or "#+" in text or ".. " in text:
        return True
    return "```" in text and _GLUED_FENCE.search(text) is not None


def _may_hold_columns(text: str) -> bool:
    if "\t" in text or "\n|" in text or "| " in text or "|-" in text:
        return True
    if "  " in text and _WIDE_GAP.search(text):
        return True
    at = text.find("nput")
    while at >= 0:
        near = text[at + 4 : at + 32]
        if "utput" in near and _ABOVE_OTHER.match(near):
            return True
        at = text.find("nput", at + 4)
    return "NPUT" in text and _CAPITALS.search(text) is not None


def _may_head(text: str) -> bool:
    """Whether a line may head a table: it has a gap, or begins as a heading of input."""
    if "\t" in text or "|" in text or "  " in text.strip():
        return True
    return ("nput" in text or "NPUT" in text) and _ABOVE.match(text) is not None


_Rewrite = Callable[[list[Line], TextLayout], list[Line] | None]
_REWRITES: Sequence[tuple[str, Callable[[str], object], _Rewrite]] = (
    ("comment", _COMMENTED.match, _uncomment),
    ("LaTeX", lambda text: "\\begin{" in text or "\\exmp" in text or "\\section" in text, _untex),
    ("solutions left out", lambda text: "#" in text or "<!--" in text, _without_solutions),
    ("HTML", lambda text: "</" in text or "<br" in text, _untag),
    ("blocks", _may_hold_blocks, _unblock),
    ("table", _may_hold_columns, _untabulate),
)
"""What is rewritten, in this order: its name, whether a text may hold it, and how."""
