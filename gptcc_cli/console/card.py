"""The results section of a model card, with ``model-index`` metadata ready to paste.

The form of ``model-index`` is the hub's: a list of results, each with task, dataset and metrics.
"""

import json
from collections.abc import Iterator

from gptcc_cli.console.evaluation import facts, interval, model_of, percent, title
from gptcc_cli.evaluation.report import EvalReport

_DATASETS = {
    "apps": ("codeparrot/apps", "APPS"),
    "humaneval": ("openai/openai_humaneval", "HumanEval"),
    "mbpp": ("google-research-datasets/mbpp", "MBPP"),
}
"""By benchmark: the data set's id on the hub, and its name."""


def model_card(report: EvalReport) -> str:
    """Return metadata for the card's head and a section for its text."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: EvalReport) -> Iterator[str]:
    yield "<!-- The block between the lines of dashes belongs into the card's own metadata. -->"
    yield "---"
    yield from _metadata(report)
    yield "---"
    yield ""
    yield "## Eval results"
    yield ""
    yield f"{title(report)}."
    if report.contamination:
        yield ""
        yield f"**Contaminated: {report.contamination}.** The score tells how well the model"
        yield "remembers these problems, not how well it solves new ones."
    yield ""
    names = list(report.rows[0].figures)
    yield f"| | problems | {' | '.join(names)} |"
    yield f"|---|---:|{'---:|' * len(names)}"
    for row in report.rows:
        cells = [f"{percent(one.value)} {interval(one)}" for one in row.figures.values()]
        yield f"| {row.name} | {row.n_problems} | {' | '.join(cells)} |"
    yield ""
    for fact in facts(report):
        yield f"- {fact}"


def _metadata(report: EvalReport) -> Iterator[str]:
    made = report.header["completions"]
    dataset, name = _DATASETS.get(made["benchmark"], (made["benchmark"], made["benchmark"]))
    label = f" (contaminated: {report.contamination})" if report.contamination else ""
    yield "model-index:"
    yield f"- name: {_quoted(str(made.get('model', model_of(report))))}"
    yield "  results:"
    yield "  - task:"
    yield "      type: text-generation"
    yield "      name: Code generation"
    yield "    dataset:"
    yield f"      type: {_quoted(dataset)}"
    yield f"      name: {_quoted(name + label)}"
    if made["split"]:
        yield f"      split: {_quoted(made['split'])}"
    yield "    metrics:"
    for figure, one in report.rows[0].figures.items():
        yield f"    - type: {_quoted(figure)}"
        yield f"      value: {one.value:.6g}"
        words = f"{figure}, 95 % interval {one.low:.6g} to {one.high:.6g}, checker "
        yield f"      name: {_quoted(words + report.checker.value + label)}"


def _quoted(text: str) -> str:
    """Quote text for YAML, of which JSON's strings are a part."""
    return json.dumps(text, ensure_ascii=False)
