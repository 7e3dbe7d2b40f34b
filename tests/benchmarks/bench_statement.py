"""How long the reader takes for a large statement, and whether time grows faster than length.

Each row is a fragment repeated, read as a statement for standard input and as one for a
function, at a quarter of the size and at the whole size. The ratio of processor seconds is about
4 where time grows with length; nothing may go far beyond it.

    python -m tests.benchmarks.bench_statement
    python -m tests.benchmarks.bench_statement FILE.jsonl     rows, as of ``gptcc samples --jsonl``
"""

import json
import sys
import time
from pathlib import Path

from gptcc_cli.statement import read_statement
from tests.statement.test_properties import FRAGMENTS, STATEMENTS

SIZE = 1_000_000
STARTER = "def f(a, b=1):\n    "


def main() -> None:
    """Print one row for each text."""
    if len(sys.argv) > 1:
        _rows(Path(sys.argv[1]))
        return
    texts = {"golden statements": "\n\n".join(STATEMENTS)}
    texts |= {repr(fragment)[:24]: fragment for fragment in FRAGMENTS}
    print(f"{'text':26} {'stdin':>8} {'ratio':>6} {'call':>8} {'ratio':>6}")
    for name, text in texts.items():
        cells = []
        for starter in (None, STARTER):
            quarter, whole = (_seconds(_filled(text, n), starter) for n in (SIZE // 4, SIZE))
            cells.append(f"{whole:6.2f} s {whole / max(quarter, 1e-9):6.1f}")
        print(f"{name:26} {' '.join(cells)}", flush=True)


def _rows(path: Path) -> None:
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    start = time.process_time()
    for row in rows:
        read_statement(row["statement"], id="x", starter_code=row.get("starter_code") or None)
    print(f"{len(rows)} rows in {time.process_time() - start:.2f} s of processor time")


def _filled(text: str, size: int) -> str:
    return (text * (size // len(text) + 1))[:size]


def _seconds(text: str, starter: str | None) -> float:
    """Return the processor seconds that reading a text takes; the better of two."""
    seconds = []
    for _ in range(2):
        start = time.process_time()
        read_statement(text, id="x", starter_code=starter)
        seconds.append(time.process_time() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
