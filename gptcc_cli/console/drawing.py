"""Charts as shapes, and shapes as SVG or PNG.

A shape has a role instead of a colour: in a page the role is a CSS class, which follows light
and dark; in a file it is a colour that prints. PNG needs Pillow (the extra ``eval``).
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

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
"""Each has a contrast of at least 4.5 to white, but for the lines and bands that hold no text."""

FONT_SIZE = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A polygon or line through points."""

    points: tuple[tuple[float, float], ...]
    role: str
    filled: bool = True
    """Filled, or drawn as a line."""
    width: float = 2.0
    """Of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A piece of text; ``y`` is its middle."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    """``start``, ``middle`` or ``end``."""
    role: str = "ink"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart, with the words that stand for it where it can't be seen."""

    title: str
    description: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]


def box(x: float, y: float, width: float, height: float, role: str) -> Shape:
    """A filled rectangle."""
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return Shape(points=corners, role=role)


def line(points: Iterable[tuple[float, float]], role: str, width: float = 2.0) -> Shape:
    """A line through points."""
    return Shape(points=tuple(points), role=role, filled=False, width=width)


def svg(drawing: Drawing, *, name: str, inline: bool = False) -> str:
    """Return a drawing as SVG.

    Args:
        drawing: the chart.
        name: makes the ids of its parts unique in a page.
        inline: for a page that styles roles by class; else colours are part of it.
    """
    size = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    fixed = "" if inline else f' width="{drawing.width}" height="{drawing.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}{fixed} role="img" '
        f'aria-labelledby="{name}-title {name}-desc" font-family="system-ui, sans-serif" '
        f'font-size="{FONT_SIZE}">',
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


def png(drawing: Drawing, *, scale: int = 2) -> bytes:
    """Return a drawing as PNG.

    Raises:
        ImportError: Pillow is not installed.
    """
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (drawing.width * scale, drawing.height * scale), "#ffffff")
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(FONT_SIZE * scale)
    for shape in drawing.shapes:
        points = [(x * scale, y * scale) for x, y in shape.points]
        if shape.filled:
            pen.polygon(points, fill=COLOURS[shape.role])
        else:
            pen.line(points, fill=COLOURS[shape.role], width=max(1, round(shape.width * scale)))
    anchors = {"start": "lm", "middle": "mm", "end": "rm"}
    for label in drawing.labels:
        place = (label.x * scale, label.y * scale)
        colour = COLOURS[label.role]
        pen.text(place, label.text, fill=colour, font=font, anchor=anchors[label.anchor])
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()
