"""Make docs/images/solve.svg from a real run: ``python -m tests.benchmarks.picture``.

Runs ``gptcc solve`` on an example with the embedded model and draws what it wrote, colours
included; nothing is made up and nothing is left out.
"""

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

_ROOT = Path(__file__).parents[2]
_WIDTH = 88
_ARGUMENTS = ("solve", "docs/examples/vowels.txt", "-m", "embedded", "--no-log")


def main() -> None:
    """Run and draw."""
    done = subprocess.run(
        [sys.executable, "-m", "gptcc_cli", *_ARGUMENTS],
        cwd=_ROOT,
        env={**os.environ, "FORCE_COLOR": "1", "TTY_INTERACTIVE": "0", "COLUMNS": str(_WIDTH)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    console = Console(record=True, width=_WIDTH, file=sys.stderr, force_terminal=True)
    console.print(f"$ gptcc {' '.join(_ARGUMENTS)}", style="bold", highlight=False)
    console.print(Text.from_ansi(done.stdout.rstrip()))
    place = _ROOT / "docs" / "images" / "solve.svg"
    place.parent.mkdir(exist_ok=True)
    console.save_svg(str(place), title="gptcc")


if __name__ == "__main__":
    main()
