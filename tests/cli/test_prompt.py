"""``gptcc prompt`` through the real command: exact bytes, real tokens, no torch."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

STATEMENT = "Add two numbers.\n\n-----Example-----\nInput\n2 3\n\nOutput\n5"


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    path = tmp_path / "add.txt"
    path.write_text(STATEMENT, encoding="utf-8")
    return path


def test_standard_output_is_the_prompt_byte_for_byte(
    gptcc: Command, tiny_model_dir: Path, statement: Path
) -> None:
    done = gptcc("prompt", statement, "-m", tiny_model_dir)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (f"\nQUESTION:\n{STATEMENT}\n\n\nUse Standard Input format\n\nANSWER:\n")
    assert "template apps" in done.stderr and "of 512 tokens" in done.stderr


def test_the_tokens_are_the_models_own(
    gptcc: Command, tiny_chat_model_dir: Path, statement: Path
) -> None:
    from transformers import AutoTokenizer

    done = gptcc("prompt", statement, "-m", tiny_chat_model_dir, "--json", "--template", "chat")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    tokenizer = AutoTokenizer.from_pretrained(tiny_chat_model_dir)
    assert record["tokens"] == tokenizer(record["text"], add_special_tokens=False).input_ids
    assert record["text"].startswith("<|im_start|>user\n")
    assert record["text"].endswith("<|im_start|>assistant\n```python\n")
    assert record["stop"] == ["\n```"]


def test_what_was_left_out_is_said(gptcc: Command, tiny_model_dir: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    middle = "\n\n".join(
        f"Paragraph {i} says very little, and says it at length." for i in range(40)
    )
    long.write_text(f"Add two numbers.\n\n{middle}\n\nInput\n2 3\n\nOutput\n5\n", encoding="utf-8")
    done = gptcc("prompt", long, "-m", tiny_model_dir, "--max-new-tokens", "200")
    assert done.returncode == 0, done.stderr
    assert "[...]" in done.stdout and "left out to fit the window: Paragraph" in done.stderr
    assert "Add two numbers." in done.stdout and "Input\n2 3\n\nOutput\n5" in done.stdout


def test_torch_is_never_imported(gptcc: Command, tiny_model_dir: Path, statement: Path) -> None:
    done = gptcc(
        "prompt",
        statement,
        "-m",
        tiny_model_dir,
        env={"PYTHONPROFILEIMPORTTIME": "1"},
        in_process=False,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0 and "gptcc_cli.prompting.building" in imported
    assert not imported & {"torch", "transformers"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--template", "nope"], 2, "'nope'"),
        (["--template", "chat"], 2, "no chat template"),
        (["-m", "/no/such/model"], 5, "there is no model /no/such/model"),
    ],
)
def test_what_can_not_be_shown_is_one_sentence(
    gptcc: Command,
    tiny_model_dir: Path,
    statement: Path,
    arguments: list[str],
    code: int,
    sentence: str,
) -> None:
    model = [] if "-m" in arguments else ["-m", str(tiny_model_dir)]
    done = gptcc("prompt", statement, *model, *arguments)
    assert done.returncode == code
    assert sentence in done.stderr and "hint: " in done.stderr and "Traceback" not in done.stderr
