"""How far a reader of ``gptcc solve`` has to walk: functions, files and package switches.

    python -m tests.benchmarks.bench_walk [--packages]

Runs ``solve --replay FILE --no-log`` on one standard-input problem with two completions in this
process and counts the functions of gptcc in the order of their first call. A switch is a pair of
neighbours in that order from two packages. Threads are followed; the sandbox's own processes are
not.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
from collections import Counter
from itertools import pairwise
from pathlib import Path
from types import FrameType

STATEMENT = "Print the sum of two integers.\n\nInput:\n3 4\nOutput:\n7\n\nInput:\n1 2\nOutput:\n3\n"
PROGRAMS = ("print(0)\n", "a, b = map(int, input().split())\nprint(a + b)\n")


def walk() -> list[tuple[str, str]]:
    """Return (file below the package, function and its line) in the order of first calls."""
    import gptcc_cli

    root = str(Path(gptcc_cli.__file__).parent) + os.sep
    seen: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        # A module's body and a class's run when they are imported, and are no function.
        if event != "call" or code.co_name == "<module>" or not code.co_filename.startswith(root):
            return
        if not code.co_flags & 0x2:  # CO_NEWLOCALS: a function, not the body of a class
            return
        seen.setdefault(
            (code.co_filename[len(root) :], f"{code.co_qualname}:{code.co_firstlineno}")
        )

    with tempfile.TemporaryDirectory() as place:
        problem, recorded = Path(place, "sum.txt"), Path(place, "completions.jsonl")
        problem.write_text(STATEMENT)
        recorded.write_text("".join(json.dumps({"text": text}) + "\n" for text in PROGRAMS))
        threading.setprofile(note)
        sys.setprofile(note)
        try:
            from gptcc_cli.cli import run

            code = run(["solve", str(problem), "--replay", str(recorded), "--no-log"])
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]
        assert code == 0, code
    return list(seen)


def package_of(file: str) -> str:
    """Return the package of a file; a module at the top is its own."""
    return file.partition(os.sep)[0]


def main() -> None:
    """Print the three figures, and with ``--packages`` those of each package."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", action="store_true")
    calls = walk()
    files = [file for file, _ in calls]
    switches = sum(package_of(a) != package_of(b) for a, b in pairwise(files))
    print(f"functions {len(calls)}, files {len(set(files))}, package switches {switches}")
    if parser.parse_args().packages:
        functions = Counter(map(package_of, files))
        n_files = Counter(map(package_of, set(files)))
        for package, count in functions.most_common():
            print(f"{package:20} {count:4} functions in {n_files[package]} files")


if __name__ == "__main__":
    main()
