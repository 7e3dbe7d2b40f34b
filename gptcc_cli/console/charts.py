"""The charts of a report: pass@k, groups of problems, verdicts, as shapes and as SVG.

A shape has a role instead of a colour: in a page the role is a CSS class, which follows light and
dark mode; in a file it is a colour for a white background.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from math import fsum

from gptcc_cli.console.evaluation import percent
from gptcc_cli.evaluation.report import EvalReport, ReportRow
from gptcc_cli.metrics import pass_at_k

COLOURS = {
    "ink": "#1b1f24",
    "faint": "#d0d4da",
    "soft": "#57606a",
    "main": "#0b62a8",
    "band": "#b9d7f0",
    "AC": "#1a7f37",
    "WA": "#b3261e",
    "PE": "#ab4710",
    "TLE": "#8a6100",
    "MLE": "#6d4aa8",
    "OLE": "#8c3f82",
    "RE": "#a03070",
    "CE": "#57606a",
    "IE": "#000000",
}
"""Each has a contrast of at least 4.5 to white, except lines and bands, which hold no text."""

_FONT_SIZE = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A polygon or line through points."""

    points: tuple[tuple[float, float], ...]
    role: str
    filled: bool = True
    """Filled with colour; otherwise drawn as a line."""
    width: float = 2.0
    """The width of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A piece of text; ``y`` is its vertical centre."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    """``start``, ``middle`` or ``end``."""
    role: str = "ink"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart, with a title and a description for screen readers."""

    title: str
    description: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]


def box(x: float, y: float, width: float, height: float, role: str) -> Shape:
    """Return a filled rectangle."""
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return Shape(points=corners, role=role)


def line(points: Iterable[tuple[float, float]], role: str, width: float = 2.0) -> Shape:
    """Return a line through points."""
    return Shape(points=tuple(points), role=role, filled=False, width=width)


def svg(drawing: Drawing, *, name: str, inline: bool = False) -> str:
    """Return a drawing as SVG.

    Args:
        drawing: the chart.
        name: a prefix that makes ids unique in a page.
        inline: whether a page styles the roles by class; otherwise colours are written out.
    """
    size = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    fixed = "" if inline else f' width="{drawing.width}" height="{drawing.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}{fixed} role="img" '
        f'aria-labelledby="{name}-title {name}-desc" font-family="system-ui, sans-serif" '
        f'font-size="{_FONT_SIZE}">',
        f'<title id="{name}-title">{escape(drawing.title)}</title>',
        f'<desc id="{name}-desc">{escape(drawing.description)}</desc>',
    ]
    if not inline:
        parts.append('<rect width="100%" height="100%" fill="#ffffff"/>')
    parts += [_svg_shape(shape, inline) for shape in drawing.shapes]
    parts += [_svg_label(label, inline) for label in drawing.labels]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _svg_shape(shape: Shape, inline: bool) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    kind = "polygon" if shape.filled else "polyline"
    if inline:
        style = f'class="{"fill" if shape.filled else "line"}-{shape.role}"'
    elif shape.filled:
        style = f'fill="{COLOURS[shape.role]}"'
    else:
        style = f'fill="none" stroke="{COLOURS[shape.role]}"'
    width = "" if shape.filled else f' stroke-width="{shape.width:g}"'
    return f'<{kind} points="{points}" {style}{width}/>'


def _svg_label(label: Label, inline: bool) -> str:
    style = f'class="fill-{label.role}"' if inline else f'fill="{COLOURS[label.role]}"'
    return (
        f'<text x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}" '
        f'dominant-baseline="central" {style}>{escape(label.text)}</text>'
    )


_WIDTH, _HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 20, 44, 44
_MAX_POINTS = 100


def charts(report: EvalReport) -> dict[str, Drawing]:
    """Return the charts that a report has data for, by file name."""
    found = {"verdicts": verdict_chart(report)}
    if len(report.ks) > 1:
        found = {"pass-at-k": pass_chart(report), **found}
    for group in ("difficulty", "kind"):
        rows = [row for row in report.rows if row.group == group]
        if rows:
            found[group] = group_chart(report, group, rows)
    return {name: _marked(drawing, report) for name, drawing in found.items()}


def _marked(drawing: Drawing, report: EvalReport) -> Drawing:
    """Mark the chart of a contaminated result, because charts are shown without their page."""
    if report.contamination is None:
        return drawing
    head, *rest = drawing.labels
    return replace(
        drawing,
        title=f"{drawing.title} (contaminated)",
        description=f"Contaminated: {report.contamination}. {drawing.description}",
        labels=(replace(head, text=f"{head.text} (contaminated)", role="WA"), *rest),
    )


def pass_chart(report: EvalReport) -> Drawing:
    """Draw pass@k over k, with intervals."""
    scores = [score for score in report.scores if score.n]
    most = min(*(score.n for score in scores), _MAX_POINTS)
    curve = [
        (k, fsum(pass_at_k(one.n, one.right, k) for one in scores) / len(scores))
        for k in range(1, most + 1)
    ]
    ks = [k for k in report.ks if k <= most]
    ends = {k: report.figure(f"pass@{k}") for k in ks}
    top = _ceiling(max(one.high for one in ends.values()))

    def place(k: float, value: float) -> tuple[float, float]:
        across = (k - 1) / max(most - 1, 1)
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return _LEFT + across * width, _HEIGHT - _BOTTOM - value / top * height

    shapes = list(_grid(top))
    band = [place(k, ends[k].high) for k in ks] + [place(k, ends[k].low) for k in reversed(ks)]
    shapes += [Shape(points=tuple(band), role="band")] if len(ks) > 1 else []
    shapes.append(line((place(k, value) for k, value in curve), "main", 2.5))
    shapes += [_dot(*place(k, ends[k].value)) for k in ks]
    labels = [Label(x=_LEFT, y=20, text="pass@k, with 95 % intervals over problems")]
    labels += _scale(top)
    labels += [
        Label(x=place(k, 0)[0], y=_HEIGHT - _BOTTOM + 16, text=str(k), anchor="middle") for k in ks
    ]
    labels.append(Label(x=_WIDTH / 2, y=_HEIGHT - 10, text="k", anchor="middle", role="soft"))
    words = ", ".join(f"pass@{k} {percent(ends[k].value)}" for k in ks)
    return _drawing("pass@k", f"{words}.", shapes, labels, _HEIGHT)


def group_chart(report: EvalReport, group: str, rows: Sequence[ReportRow]) -> Drawing:
    """Draw the first figure of each group of problems as bars, with intervals as whiskers."""
    name = next(iter(report.rows[0].figures))
    figures = [row.figures[name] for row in rows]
    top = _ceiling(max(figure.high for figure in figures))
    room = (_WIDTH - _LEFT - _RIGHT) / len(rows)
    height = _HEIGHT - _TOP - _BOTTOM
    shapes, labels = list(_grid(top)), [Label(x=_LEFT, y=20, text=f"{name} by {group}")]
    labels += _scale(top)
    for number, (row, figure) in enumerate(zip(rows, figures, strict=True)):
        middle = _LEFT + room * (number + 0.5)
        floor = _HEIGHT - _BOTTOM
        rise, low, high = (one / top * height for one in (figure.value, figure.low, figure.high))
        shapes.append(box(middle - room * 0.3, floor - rise, room * 0.6, rise, "main"))
        shapes.append(line(((middle, floor - low), (middle, floor - high)), "ink", 1.5))
        for end in (low, high):
            shapes.append(line(((middle - 6, floor - end), (middle + 6, floor - end)), "ink", 1.5))
        labels.append(Label(x=middle, y=floor + 14, text=row.name, anchor="middle"))
        under = f"{percent(figure.value)}, {row.n_problems} problems"
        labels.append(Label(x=middle, y=floor + 31, text=under, anchor="middle", role="soft"))
    words = ", ".join(
        f"{row.name} {percent(figure.value)} of {row.n_problems} problems"
        for row, figure in zip(rows, figures, strict=True)
    )
    return _drawing(f"{name} by {group}", f"{words}.", shapes, labels, _HEIGHT)


def verdict_chart(report: EvalReport) -> Drawing:
    """Draw the number of programs by verdict as horizontal bars."""
    total = report.n_programs
    shapes: list[Shape] = []
    labels = [Label(x=_LEFT, y=20, text=f"verdicts of {total} programs")]
    room = _WIDTH - _LEFT - _RIGHT - 130
    for number, (name, count) in enumerate(report.verdicts):
        y = 40.0 + 30 * number
        shapes.append(box(_LEFT, y, max(1.0, count / total * room), 20, name))
        labels.append(Label(x=_LEFT - 10, y=y + 10, text=name, anchor="end"))
        end = _LEFT + count / total * room + 8
        labels.append(Label(x=end, y=y + 10, text=f"{count} ({percent(count / total)})"))
    words = ", ".join(f"{count} {name}" for name, count in report.verdicts)
    height = 50 + 30 * len(report.verdicts)
    return _drawing("verdicts", f"{words}.", shapes, labels, height)


def _drawing(
    title: str, description: str, shapes: list[Shape], labels: list[Label], height: int
) -> Drawing:
    return Drawing(
        title=title,
        description=description,
        width=_WIDTH,
        height=height,
        shapes=tuple(shapes),
        labels=tuple(labels),
    )


def _ceiling(value: float) -> float:
    """Return the smallest of 1, 2, 5, 10, ... percent that is not below a value."""
    for top in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5):
        if value <= top:
            return top
    return 1.0


def _heights(top: float) -> Iterator[tuple[float, float]]:
    for step in range(5):
        share = step / 4
        yield _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), share * top


def _grid(top: float) -> Iterator[Shape]:
    for y, _ in _heights(top):
        yield line(((_LEFT, y), (_WIDTH - _RIGHT, y)), "faint", 1.0)


def _scale(top: float) -> list[Label]:
    return [
        Label(x=_LEFT - 8, y=y, text=f"{100 * value:.4g} %", anchor="end", role="soft")
        for y, value in _heights(top)
    ]


def _dot(x: float, y: float) -> Shape:
    corners = ((x - 3.5, y), (x, y - 3.5), (x + 3.5, y), (x, y + 3.5))
    return Shape(points=corners, role="main")
