"""The model card of a run: what was taught, how, and what it may have seen."""

from pathlib import Path
from typing import Any


def write_card(path: Path, record: dict[str, Any]) -> None:
    """Write the card as Markdown with the hub's front matter.

    Args:
        path: of the card.
        record: as ``output.result_record`` gives it.
    """
    recipe, data = record["recipe"], record["data"]
    adapter = bool(recipe["adapter_rank"])
    parts = [
        _front_matter(record),
        f"# {path.parent.parent.resolve().name}",
        "",
        f"{'A LoRA adapter for' if adapter else 'Fine-tuned from'} `{_base(record)}` by gptcc, to "
        "solve programming problems: it reads a statement and writes a Python program.",
        "",
        *_usage(path, record),
        *_training_data(data),
        *_procedure(record),
        *_evaluation(record),
        "## Limits",
        "",
        "Programs it writes can be wrong or harmful: run them in a sandbox, and judge them by "
        "tests.",
        "It was taught one form of prompt, and does worse with another: "
        f"`{record['template']}` (SHA-256 of the template `{record['template_sha256'][:12]}`).",
        "",
    ]
    path.write_text("\n".join(parts), encoding="utf-8")


def _front_matter(record: dict[str, Any]) -> str:
    lines = ["---", f"base_model: {record['base_model']}", "library_name: transformers"]
    lines += ["pipeline_tag: text-generation", "tags:", "- code", "- gptcc"]
    if record["recipe"]["adapter_rank"]:
        lines[2] = "library_name: peft"
    if record["data"]["includes_test_split"]:
        lines.append("- trained-on-test-split")
    return "\n".join([*lines, "---", ""])


def _base(record: dict[str, Any]) -> str:
    commit = record["base_commit"]
    return str(record["base_model"]) + (f"@{commit[:12]}" if commit else "")


def _usage(path: Path, record: dict[str, Any]) -> list[str]:
    name = path.parent.parent.name
    model = f"-m {record['base_model']} --adapter {name}"
    if not record["recipe"]["adapter_rank"]:
        model = f"-m {name}"
    return ["```", f"gptcc solve {model} --template {record['template']} problem.txt", "```", ""]


def _training_data(data: dict[str, Any]) -> list[str]:
    left_out = ", ".join(f"{count:,} {why}" for why, count in data["left_out"].items())
    marked = (
        "**Problems of a test split are among the training data: results of this model on that "
        "benchmark mean nothing.**"
        if data["includes_test_split"]
        else "No problem of a split marked as test was trained on."
    )
    compared = ", ".join(data["compared_with"])
    return [
        "## Training data",
        "",
        f"- from {', '.join(data['places']) or 'problems given by the caller'}",
        f"- {data['train_problems']:,} problems, {data['examples']:,} answers, "
        f"{data['tokens']:,} tokens, of which {data['answer_tokens']:,} are learnt",
        f"- {data['validation_problems']:,} further problems validate",
        f"- solutions left out: {left_out or 'none'}",
        f"- examples shortened to fit: {data['shortened']:,}",
        "",
        "### Contamination",
        "",
        marked,
        f"Compared with {compared}: {data['excluded_problems']:,} problems that equal one there, "
        "or share 13 words in a row with one, were left out."
        if compared
        else "The training data were not compared with any benchmark.",
        "",
    ]


def _procedure(record: dict[str, Any]) -> list[str]:
    rows = [f"| {name} | {value} |" for name, value in record["recipe"].items()]
    versions = ", ".join(f"{name} {one}" for name, one in record["versions"].items() if one)
    return [
        "## Training procedure",
        "",
        f"{record['updates']:,} updates of {record['global_batch']} examples on "
        f"{record['processes']} process{'es' if record['processes'] > 1 else ''}; the loss is on "
        f"the answers alone. {versions}.",
        "",
        "| field | value |",
        "|---|---|",
        *rows,
        "",
        "`recipe.toml` repeats it: `gptcc train --config recipe.toml`. The curve is `loss.png`, "
        "its figures `history.jsonl`.",
        "",
    ]


def _evaluation(record: dict[str, Any]) -> list[str]:
    entries = record["evaluations"]
    if not entries:
        return ["## Evaluation", "", "Nothing was kept for validation.", ""]
    rows = []
    for entry in entries:
        rate = entry.get("eval_pass_rate")
        shown = "" if rate is None else f"{rate:.1%}"
        loss = entry.get("eval_loss")
        rows.append(f"| {entry['step']:,} | {'' if loss is None else f'{loss:.4f}'} | {shown} |")
    return [
        "## Evaluation",
        "",
        "On the problems kept for validation: the loss of an answer token, and the share of "
        "problems that the first program written without chance solves.",
        "",
        "| update | loss | solved |",
        "|---|---|---|",
        *rows,
        "",
    ]
