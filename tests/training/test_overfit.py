"""A tiny model learns 20 real problems by heart, and ``solve`` gives their solutions back."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gptcc_cli.models import ModelSpec, find
from gptcc_cli.training.answers import prepare_answers
from gptcc_cli.training.base_model import load_base
from gptcc_cli.training.events import Updated
from gptcc_cli.training.gathering import gather
from gptcc_cli.training.plan import build_plan
from gptcc_cli.training.run import train
from tests.tiny_models import build_tiny_model
from tests.training.conftest import BETTER, gathered

RECIPE = BETTER.changed(
    {
        "precision": "fp32",
        "prompt": "apps",
        "epochs": 100,
        "global_batch": 20,
        "per_device_train_batch_size": 20,
        "learning_rate": 6e-3,
        "weight_decay": 0.0,
        "validation_share": 0.0,
        "max_tokens": 1200,
        "save_every": 1_000_000,
    }
)


def real_problems(shared):
    """The 20 shortest, each with its shortest solution."""
    found = []
    for one in gather([str(shared / "data" / "apps" / "train")]).problems:
        answers, _ = prepare_answers(one.solutions, RECIPE)
        answer = min(answers, key=len)
        found.append(replace(one, solutions=(answer,)))
    return sorted(found, key=lambda one: len(one.statement) + len(one.solutions[0]))[:20]


def learnt_by_heart(problems, tmp_path):
    model = build_tiny_model(
        tmp_path / "tiny",
        "llama",
        corpus=[text for one in problems for text in (one.statement, *one.solutions)],
        vocab_size=4000,
        hidden_size=96,
        intermediate_size=288,
        num_hidden_layers=1,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=2048,
        initializer_range=0.05,
    )
    loaded = load_base(find(ModelSpec(name=str(model))), RECIPE, device="cpu")
    plan = build_plan(gathered(problems), RECIPE, loaded.tokenizer)
    losses = []

    def hear(event):
        if isinstance(event, Updated):
            losses.append(event.loss)

    outcome = train(plan, loaded, tmp_path / "run", device="cpu", listen=hear)
    assert outcome.finished
    return losses


@pytest.mark.slow
def test_twenty_real_problems_are_overfitted_and_solved(shared, tmp_path):
    problems = real_problems(shared)
    assert len(problems) == 20
    losses = learnt_by_heart(problems, tmp_path)
    assert losses[0] > 5
    assert losses[-1] < 0.1
    done = subprocess.run(
        [
            *(sys.executable, "-m", "gptcc_cli", "solve", "-m", str(tmp_path / "run")),
            *("-n", "1", "--temperature", "0", "--template", "apps", "--max-new-tokens", "900"),
            *("--no-check", "--json", "--dtype", "float32", "--device", "cpu"),
            *(str(Path(one.origin)) for one in problems),
        ],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    written = {record["problem"]: record["candidates"][0]["source"] for record in records}
    # Cleaning may put a missing import in front.
    wrong = [
        one.id for one in problems if not written[one.id].strip().endswith(one.solutions[0].strip())
    ]
    assert wrong == []
