"""Does one seed write one text? Many processes, and how many different things they came to.

    python -m tests.benchmarks.bench_seed [-n PROCESSES]

Three questions, their processes one after another and interleaved: whether the first cosines of
a process are the second ones, as torch is (a race in MKL, docs/log.md) and after
``torch_runtime.warm_up_mkl``; and what `gptcc solve` writes with one seed. Only counts, no times.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

_EASY = Path(__file__).parents[2] / "docs" / "examples" / "coins.txt"
_COSINES = """
import torch
from gptcc_cli.models.torch_runtime import warm_up_mkl
{settle}
frequencies = 1.0 / 10000 ** (torch.arange(0, 64, 2).float() / 64)
angles = torch.arange(175).float()[:, None] * frequencies
angles = torch.cat((angles, angles), -1)
first, second = angles.cos(), angles.cos()
print(f"{{int((first != second).sum())}} of {{first.numel()}} differ")
"""
_SOLVE = (
    "solve", str(_EASY), "-m", "embedded", "--seed", "1", "-n", "6", "--until", "all",
    "--temperature", "0.9", "--max-new-tokens", "40", "--json", "--no-log",
)  # fmt: skip


def main() -> None:
    """Ask the three questions as often as wanted and print the answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=40, help="processes of each kind")
    n_processes = parser.parse_args().n
    plain, settled, texts = Counter[str](), Counter[str](), Counter[str]()
    for _ in range(n_processes):
        plain[_python("-c", _COSINES.format(settle="")).strip()] += 1
        settled[_python("-c", _COSINES.format(settle="warm_up_mkl()")).strip()] += 1
        texts[_digest(_python("-m", "gptcc_cli", *_SOLVE))] += 1
    for question, answers in (
        ("first cosines of a process", plain),
        ("first cosines after warm_up_mkl()", settled),
        ("texts of `gptcc solve` with one seed", texts),
    ):
        print(f"{question}:")
        for answer, count in answers.most_common():
            print(f"  {count} of {n_processes}: {answer}")


def _python(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if not done.stdout:  # `solve` ends with 1 where nothing passes
        raise SystemExit(done.stderr)
    return done.stdout


def _digest(record: str) -> str:
    """Name what a run wrote: its programs and which completions they came from."""
    candidates = json.loads(record.splitlines()[0])["candidates"]
    found = sorted((one["indexes"], one["source"]) for one in candidates)
    return hashlib.sha256(repr(found).encode()).hexdigest()[:8]


if __name__ == "__main__":
    main()
