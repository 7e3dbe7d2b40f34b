"""Which examples the embedded model solves: ``python -m tests.benchmarks.examples_solved``.

Runs ``gptcc solve -m embedded`` with its defaults on each statement of docs/examples, checks the
program that was printed, and writes the Markdown table of docs/examples/README.md. A run is
repeatable: the seed is fixed. Seconds include starting and loading the model.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

_EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def main() -> None:
    """Solve each example and write a row for it."""
    print = sys.stdout.write
    print("| file | solved | candidates | different programs | seconds |\n|---|---|---|---|---|\n")
    for path in sorted(_EXAMPLES.glob("*.txt")):
        started_s = time.monotonic()
        record = _solve(path)
        seconds = time.monotonic() - started_s
        solved = f"yes, {record['n_tests']} samples" if record["solved"] else "no"
        cells = (f"`{path.name}`", solved, record["n_completions"], record["n_programs"])
        print(f"| {' | '.join(map(str, cells))} | {seconds:.0f} |\n")
        sys.stdout.flush()


def _solve(path: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "gptcc_cli", "solve", str(path), "-m", "embedded", "--no-log"]
    done = subprocess.run([*command, "--json", "-q"], capture_output=True, text=True, check=False)
    record: dict[str, object] = json.loads(done.stdout.splitlines()[0])
    assert record["schema"] == "gptcc.solution/2", done.stdout
    return record


if __name__ == "__main__":
    main()
