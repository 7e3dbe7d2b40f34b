"""The files of a report, written beside the run they describe.

Plots are SVG, and PNG too where Pillow is installed (the extra ``eval``).
"""

import csv
import importlib.util
import io
import json
from collections.abc import Iterable
from pathlib import Path

from gptcc_cli.atomic_writes import atomic_path, output_errors
from gptcc_cli.benchmarks import Benchmark
from gptcc_cli.console.card import model_card
from gptcc_cli.console.charts import charts
from gptcc_cli.console.drawing import png, svg
from gptcc_cli.console.evaluation import report_record
from gptcc_cli.console.report_page import report_page
from gptcc_cli.evaluation.examples import read_graded_examples
from gptcc_cli.evaluation.report import EvalReport


def write_report_files(
    report: EvalReport, benchmark: Benchmark, directory: Path
) -> tuple[Path, ...]:
    """Write every file of a report, each whole or not at all.

    Args:
        report: the figures.
        benchmark: its problems, for the programs shown.
        directory: of the run.

    Returns:
        The files.

    Raises:
        OutputError: one can't be written.
    """
    page = report_page(report, read_graded_examples(directory, benchmark))
    record = json.dumps({"schema": "gptcc.eval/1", **report_record(report)}, indent=2)
    contents: dict[str, bytes] = {
        "report.json": _bytes(record + "\n"),
        "problems.csv": _bytes(problems_csv(report)),
        "model-card.md": _bytes(model_card(report)),
    }
    for name, drawing in charts(report).items():
        contents[f"plots/{name}.svg"] = _bytes(svg(drawing, name=name))
        if importlib.util.find_spec("PIL") is not None:
            contents[f"plots/{name}.png"] = png(drawing)
    _write(directory / "report.html", map(_bytes, page))
    for name, content in contents.items():
        _write(directory / name, (content,))
    return tuple(directory / name for name in ("report.html", *contents))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def problems_csv(report: EvalReport) -> str:
    """Return one line for each problem; a contaminated result says why on every line."""
    label = [report.contamination] if report.contamination else []
    names = list(dict.fromkeys(name for score in report.scores for name, _ in score.verdicts))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(
        ["problem", "kind", "difficulty", "origin", "samples", "right", "test_cases", *names]
        + ["contaminated"] * len(label)
    )
    for score in report.scores:
        verdicts = dict(score.verdicts)
        writer.writerow(
            [
                score.problem,
                score.kind,
                score.difficulty or "",
                score.origin or "",
                score.n,
                score.right,
                f"{score.share:.6f}",
                *(verdicts.get(name, 0) for name in names),
                *label,
            ]
        )
    return file.getvalue()


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with output_errors(path):
        path.parent.mkdir(exist_ok=True)
        with atomic_path(path) as aside, aside.open("wb") as file:
            file.writelines(pieces)
