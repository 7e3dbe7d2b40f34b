"""The files of a report, written to the directory of the run: HTML, JSON, CSV, SVG, a model card.

The HTML page is self-contained: no network, no fonts, no scripts from elsewhere. Figures and charts
are HTML and SVG; a small script draws the table of problems from data in the page. Programs and
statements are escaped or set as text; they never become markup.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from html import escape
from pathlib import Path

from gptcc_cli.atomic_writes import atomic_path, output_errors
from gptcc_cli.benchmarks import Benchmark
from gptcc_cli.console.charts import charts, svg
from gptcc_cli.console.evaluation import (
    facts,
    interval,
    model_card,
    percent,
    report_record,
    title,
)
from gptcc_cli.evaluation.examples import GradedExample, read_graded_examples
from gptcc_cli.evaluation.report import EvalReport

_PAGE = Path(__file__).with_name("page")


def write_report_files(
    report: EvalReport, benchmark: Benchmark, directory: Path
) -> tuple[Path, ...]:
    """Write every file of a report atomically.

    Args:
        report: the figures.
        benchmark: the problems, for the programs shown.
        directory: the run's.

    Returns:
        The files written.

    Raises:
        OutputError: a file can't be written.
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
    _write(directory / "report.html", map(_bytes, page))
    for name, content in contents.items():
        _write(directory / name, (content,))
    return tuple(directory / name for name in ("report.html", *contents))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def problems_csv(report: EvalReport) -> str:
    """Return a line of CSV for each problem; with contamination, its reason on every line."""
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


def report_page(
    report: EvalReport, examples: Iterable[tuple[str, list[GradedExample]]]
) -> Iterator[str]:
    """Yield the page in pieces.

    Args:
        report: the figures.
        examples: by problem, in the order of the report's scores; read one at a time.
    """
    heading = escape(title(report))
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>gptcc: {heading}</title>\n<style>\n{_part('report.css')}</style>\n</head>\n"
        "<body>\n"
        '<a class="skip" href="#table">Skip to the problems</a>\n<main>\n'
        f"<h1>{heading}</h1>\n"
    )
    if report.contamination:
        words = escape(report.contamination)
        yield f'<p class="warning" role="note">Contaminated: {words}.</p>\n'
    yield from _figures(report)
    yield '<h2>Charts</h2>\n<div class="charts">\n'
    for name, drawing in charts(report).items():
        yield svg(drawing, name=name, inline=True)
    yield "</div>\n"
    yield '<h2>How it was measured</h2>\n<ul class="facts">\n'
    for fact in facts(report):
        yield f"<li>{escape(fact)}</li>\n"
    yield "</ul>\n"
    yield from _problems(report, examples)
    yield f"</main>\n<script>\n{_part('report.js')}</script>\n</body>\n</html>\n"


def _part(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _figures(report: EvalReport) -> Iterator[str]:
    names = list(report.rows[0].figures)
    yield '<h2>Figures</h2>\n<div class="scroll" tabindex="0" role="region" aria-label="Figures">\n'
    yield "<table>\n<thead><tr><th scope='col'>group</th>"
    yield "<th scope='col' class='number'>problems</th>"
    yield "".join(f"<th scope='col' class='number'>{escape(name)}</th>" for name in names)
    yield "</tr></thead>\n<tbody>\n"
    for row in report.rows:
        yield f"<tr><th scope='row'>{escape(row.name)}</th><td class='number'>{row.n_problems}</td>"
        for one in row.figures.values():
            yield f"<td class='number'>{percent(one.value)} "
            yield f"<span class='interval'>{interval(one)}</span></td>"
        yield "</tr>\n"
    yield "</tbody>\n</table>\n</div>\n"


def _problems(
    report: EvalReport, examples: Iterable[tuple[str, list[GradedExample]]]
) -> Iterator[str]:
    difficulties = list(dict.fromkeys(one.difficulty for one in report.scores if one.difficulty))
    yield '<h2 id="table">Problems</h2>\n<form id="filters" aria-label="Filter problems">\n'
    yield '<label>search names, programs and messages<input id="search" type="search"></label>\n'
    outcomes = [("all", "all right"), ("some", "some right"), ("none", "none right")]
    yield _choice("outcome", "outcome", outcomes)
    yield _choice("verdict", "with verdict", [(name, name) for name, _ in report.verdicts])
    if difficulties:
        yield _choice("difficulty", "difficulty", [(one, one) for one in difficulties])
    yield (
        '</form>\n<p id="shown" role="status"></p>\n'
        "<noscript><p>The table of problems needs the script in this page; "
        "problems.csv beside it has the same figures.</p></noscript>\n"
        '<div class="scroll"><table>\n<thead><tr>'
        + _sortable("id", "problem", "")
        + '<th scope="col">difficulty</th><th scope="col">kind</th><th scope="col">origin</th>'
        + _sortable("right", "right", "number")
        + _sortable("share", "tests passed", "number")
        + '<th scope="col">verdicts</th></tr></thead>\n<tbody id="rows"></tbody>\n</table></div>\n'
        '<p><button type="button" id="more" hidden>Show more problems</button></p>\n'
        '<script type="application/json" id="problems">[\n'
    )
    stream = iter(examples)
    upcoming = next(stream, None)
    for number, score in enumerate(report.scores):
        programs: list[GradedExample] = []
        if upcoming is not None and upcoming[0] == score.problem:
            programs, upcoming = upcoming[1], next(stream, None)
        record = {
            "id": score.problem,
            "difficulty": score.difficulty,
            "kind": score.kind,
            "origin": score.origin,
            "n": score.n,
            "right": score.right,
            "share": round(score.share, 4),
            "verdicts": score.verdicts,
            "programs": [asdict(one) for one in programs],
        }
        yield (",\n" if number else "") + _embedded(record)
    yield "\n]</script>\n"


def _choice(name: str, label: str, options: list[tuple[str, str]]) -> str:
    inner = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options
    )
    return (
        f'<label>{label}<select id="{name}"><option value="">any</option>{inner}</select></label>\n'
    )


def _sortable(key: str, text: str, kind: str) -> str:
    return (
        f'<th scope="col" class="{kind}" aria-sort="none">'
        f'<button type="button" data-key="{key}">{text}</button></th>'
    )


def _embedded(record: object) -> str:
    """Return JSON that can be embedded in a script element without ending it."""
    text = json.dumps(record, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
