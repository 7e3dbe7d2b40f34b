"""``gptcc train`` as its user meets it."""

import json

import pytest

from gptcc_cli.training import basics


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "problems.jsonl"
    problems = [one for one in basics.generate(variants=1) if len(one.statement) < 260][:12]
    rows = [
        {"id": one.id, "question": one.statement, "solutions": list(one.solutions)}
        for one in problems
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


TINY = ("--precision", "fp32", "--max-tokens", "256", "--global-batch", "4", "--per-device", "2")
TINY += ("--set", "validation_share=0.2", "--device", "cpu", "--epochs", "1")


def test_config_is_printed_with_reasons_and_reads_back(gptcc, tmp_path):
    done = gptcc("train", "--recipe", "card", "--print-config", "--epochs", "2")
    assert done.returncode == 0
    assert "epochs = 2.0" in done.stdout
    assert "--learning_rate=8e-5" in done.stdout
    path = tmp_path / "mine.toml"
    path.write_text(done.stdout, encoding="utf-8")
    again = gptcc("train", "--config", path, "--print-config")
    values = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    assert [line for line in again.stdout.splitlines() if not line.startswith("#")] == values


def test_lora_and_qlora_set_the_adapter(gptcc):
    done = gptcc("train", "--qlora", "8", "--print-config")
    assert 'base_weights = "4bit"' in done.stdout
    assert "adapter_rank = 8" in done.stdout
    assert "adapter_alpha = 16.0" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        ((), 2, "no output directory", "--output"),
        (("-o", "run"), 2, "no data to train on", "--data"),
        (("--set", "epoch=3", "-o", "run"), 2, "epoch", "epochs"),
        (("--recipe", "bert", "-o", "run"), 2, "bert", "--recipe card or better"),
        (("-d", "nothing.jsonl", "-o", "run"), 4, "nothing.jsonl", "APPS"),
        (("--lora", "4", "--qlora", "4", "-o", "run"), 2, "--lora and --qlora", "one"),
        (("--layout", "tight", "-o", "run"), 2, "tight", "padded, bucketed, packed"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence_with_a_hint(
    gptcc, arguments, code, message, hint
):
    done = gptcc("train", *arguments)
    assert done.returncode == code
    assert message in done.stderr
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
def test_dry_run_shows_examples_and_figures_and_writes_nothing(
    gptcc, tiny_model_dir, data, tmp_path
):
    arguments = ("train", "-m", tiny_model_dir, "-d", data, "--dry-run", *TINY)
    done = gptcc(*arguments, "--template", "apps")
    assert done.returncode == 0, done.stderr
    assert "tokens of weight 0]" in done.stdout
    assert "tokens of weight 1]" in done.stdout
    for word in ("updates", "tokens", "memory", "time", "batch       4 = 2 x 2 x 1 process"):
        assert word in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"problems.jsonl"}


@pytest.mark.slow
def test_adapter_is_trained_and_the_model_card_says_how(gptcc, tiny_model_dir, data, tmp_path):
    done = gptcc(
        "train", "-m", tiny_model_dir, "-d", data, "-o", "out/adapter", "--lora", "4", "--json",
        "--evaluate", "2", "--report", "none", *TINY,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["schema"] == "gptcc.training-outcome/1"
    out = tmp_path / "out" / "adapter"
    assert (out / "adapter_model.safetensors").is_file()
    assert not (out / "model.safetensors").exists()
    assert "0/2 validation problems solved" in done.stderr
    card = (out / "README.md").read_text(encoding="utf-8")
    for part in (
        "A LoRA adapter",
        "problems.jsonl",
        "No problem of a split marked as test",
        "| 0.",
    ):
        assert part in card
    again = gptcc(
        "train", "-m", tiny_model_dir, "-d", data, "-o", "out/adapter", "--lora", "4", *TINY
    )
    assert again.returncode == 2
    assert "is finished" in again.stderr


def test_libraries_add_no_lines_to_an_error(gptcc, tiny_model_dir, data):
    arguments = ("-m", tiny_model_dir, "-d", data, "-o", "run", "--device", "tpu")
    done = gptcc("train", *arguments, "--report", "tensorboard", in_process=False)
    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]
