"""Draw docs/images/solved.svg: ``python -m tests.benchmarks.chart``.

A bar for the model card's way and one for gptcc, as long as the problems each solved. Covers no
measurement: the figures are those of ``bench_search``, as the table records them.
"""

import re
from pathlib import Path

_ROOT = Path(__file__).parents[2]
CHART = _ROOT / "docs" / "images" / "solved.svg"
_ROWS = {"the model card's way": "model card's way", "gptcc, first program that passes": "gptcc"}
"""The table's first cell, and how the chart names it."""
_WIDTH, _BAR_X, _BAR_WIDTH = 640, 150, 430


def recorded() -> tuple[int, dict[str, int]]:
    """Return the number of problems and how many each way solved, from docs/results.md."""
    page = (_ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    (n_problems,) = re.findall(r"^\| (\d+) problems \| solved", page, re.MULTILINE)
    solved = {}
    for cell, name in _ROWS.items():
        (number,) = re.findall(rf"^\| {re.escape(cell)} \| (\d+) ", page, re.MULTILINE)
        solved[name] = int(number)
    return int(n_problems), solved


def draw(n_problems: int, solved: dict[str, int]) -> str:
    """Return the chart as SVG, readable on light and dark backgrounds."""
    longest = max(solved.values())
    title = f"Problems solved in 30 seconds each, of {n_problems}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} 130" width="{_WIDTH}" '
        f'role="img" aria-label="{title}">',
        "<style>text{font:15px system-ui,sans-serif;fill:#24292f}.t{font-weight:600}"
        ".a{fill:#8c959f}.b{fill:#2da44e}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>",
        f'<text class="t" x="0" y="18">{title}</text>',
    ]
    for place, (name, number) in enumerate(solved.items()):
        y = 38 + 44 * place
        width = round(_BAR_WIDTH * number / longest, 1)
        lines += [
            f'<text x="{_BAR_X - 12}" y="{y + 20}" text-anchor="end">{name}</text>',
            f'<rect class="{"ab"[place]}" x="{_BAR_X}" y="{y}" width="{width}" height="28" '
            'rx="3"/>',
            f'<text class="t" x="{_BAR_X + width + 10}" y="{y + 20}">{number}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    CHART.write_text(draw(*recorded()), encoding="utf-8")
