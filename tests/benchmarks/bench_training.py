"""Examples a second of the recipes ``card`` and ``better`` on the same data, in turn.

``python -m tests.benchmarks.bench_training [ROUNDS]``: forward and backward of one update's
examples through a small GPT-Neo, in interleaved rounds; the median ratio is printed. ``better``
here differs in its layout alone, so that both compute the same losses of the same examples.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from gptcc_cli.training.batches import Collator, answer_loss
from tests.tiny_models import build_tiny_model
from tests.training.conftest import CARD, make_plan

N_EXAMPLES = 8


def measure(model: Any, examples: Any, layout: Any) -> float:
    collate = Collator(layout=layout, loss_norm="token", max_tokens=1024, pad_token=0)
    began = time.perf_counter()
    answer_loss(model, collate(examples)).backward()
    model.zero_grad()
    return len(examples) / (time.perf_counter() - began)


def main(rounds: int) -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        directory = build_tiny_model(
            Path(scratch), hidden_size=64, num_heads=4, max_position_embeddings=1024
        )
        recipe = CARD.changed({"precision": "fp32", "global_batch": 8, "prompt": "apps"})
        plan, loaded = make_plan(directory, recipe, 60)
        examples = plan.train.examples[:N_EXAMPLES]
        ratios = []
        for number in range(rounds + 1):
            card = measure(loaded.model, examples, "padded")
            better = measure(loaded.model, examples, "packed")
            if number:  # the first round warms up
                ratios.append(better / card)
                sys.stdout.write(f"card {card:.2f}  better {better:.2f} examples/s\n")
    mean = sum(len(one.tokens) for one in examples) / len(examples)
    sys.stdout.write(f"{mean:.0f} tokens an example; ratio {statistics.median(ratios):.2f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
