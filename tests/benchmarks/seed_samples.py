"""What cleaning does for the 1,640 published HumanEval samples of gpt-neo-125M-apps.

Prints, for each amount of cleaning, how many samples parse, how many hold a body, and how many
pass HumanEval in the sandbox. Every sample is run, none is chosen: pass@1 and pass@10 are over
all ten of a problem. The data is not part of the project.

    python -m tests.benchmarks.seed_samples [--shared DIR] [--jobs N]
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from gptcc_cli.extraction import Candidate, extract, merge
from gptcc_cli.extraction.repair import cut_after_body
from gptcc_cli.generation import Completion, Finish
from gptcc_cli.judging import AskedLimits, Judge, Judgement, Verdict
from gptcc_cli.problem import Problem
from gptcc_cli.sandbox import open_sandbox
from tests.seed_samples import humaneval, seed_samples

Cleaner = Callable[[Completion, Problem], Candidate]


def raw(completion: Completion, problem: Problem) -> Candidate:
    """The text as it was evaluated: prompt and completion, nothing cleaned."""
    return extract(completion, problem, clean=False)


def stopped(completion: Completion, problem: Problem) -> Candidate:
    """Cut after the body, and nothing else."""
    text = cut_after_body(completion.prompt.prefix, completion.text)
    return extract(replace(completion, text=text), problem, clean=False)


def untruncated(completion: Completion, problem: Problem) -> Candidate:
    """Every step but dropping a tail."""
    return extract(replace(completion, finish=Finish.STOP), problem)


CLEANERS: tuple[tuple[str, Cleaner], ...] = (
    ("as published, without the prompt twice", raw),
    ("cut after the body", stopped),
    ("... and indentation", untruncated),
    ("... and an unfinished tail (what gptcc does)", extract),
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--shared", type=Path, default=Path(os.environ.get("GPTCC_SHARED", "../shared"))
    )
    parser.add_argument("--jobs", type=int)
    options = parser.parse_args()
    if not (options.shared / "data" / "seed-model-samples").is_dir():
        print(f"skipped: no samples at {options.shared}; name the data with --shared DIR")
        return
    samples = [(problem, completion) for problem, completion, _ in seed_samples(options.shared)]
    checks = {name: row["test"] for name, row in humaneval(options.shared).items()}
    print(f"{'cleaning':46} {'parse':>14} {'not empty':>10} {'pass':>5} {'@1':>6} {'@10':>6}")
    with open_sandbox(workers=options.jobs) as sandbox:
        judge = Judge(sandbox, limits=AskedLimits(wall_s=3.0))
        with judge:
            for name, clean in CLEANERS:
                print(row_of(name, clean, samples, partial(judged, judge, checks)), flush=True)


def row_of(
    name: str,
    clean: Cleaner,
    samples: list[tuple[Problem, Completion]],
    judge: Callable[[Problem, Iterable[Candidate]], list[Judgement]],
) -> str:
    """Clean and judge every sample once, and write the row."""
    started = time.perf_counter()
    made = [(problem, clean(completion, problem)) for problem, completion in samples]
    took_s = time.perf_counter() - started
    parsed = [one for _, one in made if one.syntax_error is None]
    bodies = [one for one in parsed if len(one.source) > len(one.completions[0].prompt.text) + 1]
    by_problem: dict[str, list[Candidate]] = {}
    problems = {problem.id: problem for problem, _ in made}
    for problem, one in made:
        by_problem.setdefault(problem.id, []).append(one)
    passed: Counter[str] = Counter()
    for identity, candidates in by_problem.items():
        for judgement in judge(problems[identity], merge(candidates)):
            if judgement.verdict is Verdict.AC:
                passed[identity] += len(judgement.candidate.completions)
    n, n_passed = len(made), sum(passed.values())
    solved = sum(count > 0 for count in passed.values()) / len(by_problem)
    return (
        f"{name:46} {len(parsed):5} {len(parsed) / n:7.1%} {len(bodies):10} {n_passed:5} "
        f"{n_passed / n:6.2%} {solved:6.2%}   ({1e3 * took_s / n:.2f} ms each to clean)"
    )


def judged(
    judge: Judge, checks: dict[str, str], problem: Problem, candidates: Iterable[Candidate]
) -> list[Judgement]:
    """Judge the candidates of a problem by its check, two at once."""
    with ThreadPoolExecutor(2) as pool:
        return list(
            pool.map(
                lambda one: judge.judge_assertions(one, problem, checks[problem.id]), candidates
            )
        )


if __name__ == "__main__":
    main()
