"""How many probes a right program accepts: ``python -m tests.benchmarks.bench_probes``.

Makes probes from the samples of every HumanEval, APPS and MBPP problem of the shared data that has
a reference solution, and runs that solution on them in the sandbox. A probe is accepted if the
solution comes to an answer: it keeps what the statement promises, as far as a right program looks.
MBPP's statements show assertions; their literal arguments are the samples.

``--show N`` prints N probes that were refused; ``--only humaneval`` takes one benchmark.
"""

import argparse
import ast
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter

from gptcc_cli.benchmarks import BenchmarkItem, open_benchmark
from gptcc_cli.errors import GptccError
from gptcc_cli.extraction import Candidate, candidate_of
from gptcc_cli.input_generation import Probe, generate_inputs
from gptcc_cli.judging import Judge, OutputSignature, Verdict
from gptcc_cli.problem import Mode, Problem, SampleTest
from gptcc_cli.sandbox import open_sandbox

_FILES = {
    "humaneval": "data/HumanEval.jsonl.gz",
    "apps": "data/apps/train",
    "mbpp": "data/mbpp_sanitized.jsonl",
}


def main() -> None:
    """Measure each benchmark and print a line for it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=_FILES)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("-n", type=int, default=16)
    wish = parser.parse_args()
    shared = Path(os.environ.get("GPTCC_SHARED", Path(__file__).parents[2] / "shared"))
    with open_sandbox(workers=2) as sandbox, Judge(sandbox) as judge:
        for name in [wish.only] if wish.only else _FILES:
            _measure(name, list(_items(shared, name)), judge, wish.n, wish.show)


def _measure(name: str, items: Sequence[BenchmarkItem], judge: Judge, n: int, show: int) -> None:
    seconds = 0.0
    running = []
    for item in items:
        started = perf_counter()
        probes = generate_inputs(item.problem, item.problem.samples, n=n, seed=0)
        seconds += perf_counter() - started
        reference = _right_reference(item, judge)
        if probes and reference is not None:
            future = judge.run_probes(reference, item.problem, probes)
            running.append((item.problem, probes, future))
    answered = total = whole = 0
    refused: list[str] = []
    for problem, probes, future in running:
        signature = future.result()
        answered += signature.n_answered
        total += len(probes)
        whole += signature.n_answered == len(probes)
        refused += _refused(problem, probes, signature)
    sys.stdout.write(
        f"{name}: {len(items)} problems, {len(running)} with probes, {total} probes, "
        f"{answered / max(1, total):.1%} accepted, all accepted on {whole} problems, "
        f"{1000 * seconds / max(1, len(items)):.0f} ms to make them for a problem\n"
    )
    for line in refused[:show]:
        sys.stdout.write(f"  {line}\n")


def _right_reference(item: BenchmarkItem, judge: Judge) -> Candidate | None:
    """The first reference that passes the problem's own tests; some print as they are imported."""
    for candidate in map(candidate_of, item.references):
        if item.check_source is not None:
            return candidate
        judgement = judge.judge(candidate, item.problem, item.tests, stop_at_first_failure=True)
        if judgement.verdict is Verdict.AC:
            return candidate
    return None


def _refused(
    problem: Problem, probes: Sequence[Probe], signature: OutputSignature
) -> Iterator[str]:
    for probe, outcome in zip(probes, signature.outcomes, strict=True):
        if isinstance(outcome, Verdict):
            yield f"{problem.id} {outcome.value} {probe.input!r} {probe.steps}"
            break


def _items(shared: Path, name: str) -> Iterator[BenchmarkItem]:
    """Items with samples and a reference that the problem's own tests are no part of."""
    for entry in open_benchmark(str(shared / _FILES[name])).entries:
        try:
            item = entry.load()
        except GptccError:
            continue
        if name == "mbpp":
            item = replace(item, problem=_with_assertions(item.problem))
        if name == "apps" and not item.references:
            path = shared / _FILES[name] / item.problem.id / "machine_solutions.json"
            found = json.loads(path.read_text()) if path.is_file() else []
            item = replace(item, references=tuple(one["code"] for one in found))
        if item.references and item.problem.trusted_samples:
            yield item


def _with_assertions(problem: Problem) -> Problem:
    """The problem with the calls that its statement's assertions show as samples."""
    calls: list[SampleTest] = []
    for line in problem.statement.splitlines():
        try:
            tree = ast.parse(line.strip())
            called = next(
                node
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == problem.entry_point
            )
            arguments = tuple(map(ast.literal_eval, called.args))
        except (SyntaxError, StopIteration, ValueError):
            continue
        if line.startswith("assert") and _is_json(arguments):
            name = f"sample {len(calls) + 1}"
            calls.append(SampleTest(name=name, input=arguments, expected=None))
    return replace(problem, mode=Mode.CALL, samples=tuple(islice(calls, 3)))


def _is_json(value: object) -> bool:
    """Whether a value means the same in JSON; tuples inside do not."""
    if isinstance(value, tuple):
        return all(map(_is_json_inside, value))
    return _is_json_inside(value)


def _is_json_inside(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_json_inside, value))
    return value is None or isinstance(value, bool | int | float | str)


if __name__ == "__main__":
    main()
