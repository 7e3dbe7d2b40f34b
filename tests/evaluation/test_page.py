"""The report in a real headless Chromium, opened from a file."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gptcc_cli.console.charts import charts, svg
from gptcc_cli.console.evaluation import model_card
from gptcc_cli.console.report_files import problems_csv, report_page, write_report_files
from gptcc_cli.evaluation.examples import GradedExample, read_graded_examples
from gptcc_cli.evaluation.report import make_report
from tests.evaluation.small import SmallRun
from tests.evaluation.test_report import ROWS, write_results

EVIL = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>&amp;"


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    return found


def look(chromium: str, page: Path, profile: Path, *flags: str) -> str:
    """Open a page without any network and return its DOM after its script has run."""
    done = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={profile}",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--proxy-server=127.0.0.1:9",
            *flags,
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode()


def _page(directory: Path, examples: list[tuple[str, list[GradedExample]]], n: int) -> Path:
    rows = [
        (f"p{i:04d}", verdict)
        for i in range(n)
        for verdict in ("AC", "WA", "CE", "TLE")[: 1 + i % 4]
    ]
    report = make_report(write_results(directory, rows, completions={"generator": EVIL}))
    path = directory / "report.html"
    path.write_text("".join(report_page(report, examples)))
    return path


def _specimen(source: str) -> GradedExample:
    return GradedExample(
        index=0, verdict="WA", times=3, detail=EVIL, source=source, cleaning=("body",),
        diff=("- 1", "+ 2"),
    )  # fmt: skip


def test_a_run_of_a_thousand_problems_shows_without_a_network(
    chromium: str, tmp_path: Path
) -> None:
    examples = [(f"p{i:04d}", [_specimen(f"print({i})\n" * 40)] * 3) for i in range(1000)]
    page = _page(tmp_path, examples, 1000)
    dom = look(chromium, page, tmp_path / "profile")
    assert "1000 of 1000 problems, 200 drawn" in dom
    assert dom.count('aria-expanded="false"') == 200
    assert re.search(r'data-ready-ms="\d+"', dom), "the script ran to its end"


def test_what_a_program_holds_never_becomes_markup(chromium: str, tmp_path: Path) -> None:
    page = _page(tmp_path, [("p0000", [_specimen(EVIL)])], 2)
    opened = page.read_text().replace(
        "update();\n  document", "update();\n  body.querySelector('button').click();\n  document"
    )
    page.write_text(opened)
    dom = look(chromium, page, tmp_path / "profile")
    assert "<title>gptcc:" in dom and "owned'</title>" not in dom
    assert "<img" not in dom.split("<main>")[1].split('id="problems"')[0]
    assert "expected (-) against actual (+)" in dom
    assert "<del>- 1</del><ins>+ 2</ins>" in dom


def test_filters_and_sorting_choose_problems(chromium: str, tmp_path: Path) -> None:
    page = _page(tmp_path, [], 8)
    scripted = """
      const set = (id, value) => { const f = document.getElementById(id); f.value = value;
        f.dispatchEvent(new Event("input")); };
      set("verdict", "TLE"); document.body.dataset.tle = status.textContent;
      set("verdict", ""); set("outcome", "all"); document.body.dataset.all = status.textContent;
      set("outcome", ""); set("search", "p0003"); document.body.dataset.search = status.textContent;
      set("search", ""); document.querySelector("[data-key=right]").click();
      document.body.dataset.first = body.querySelector("button").textContent;
      const sorted = document.querySelector("[data-key=right]").closest("th");
      document.body.dataset.sort = sorted.getAttribute("aria-sort");
    })();"""
    text = page.read_text()
    assert text.count("\n})();\n") == 1
    page.write_text(text.replace("\n})();\n", scripted))
    dom = look(chromium, page, tmp_path / "profile")
    for name, wanted in (
        ("tle", "2 of 8 problems"), ("all", "2 of 8 problems"), ("search", "1 of 8 problems"),
        ("first", "p0000"), ("sort", "descending"),
    ):  # fmt: skip
        assert f'data-{name}="{wanted}"' in dom


def test_the_page_follows_light_and_dark_and_names_its_parts(small_run: SmallRun) -> None:
    report = make_report(small_run.directory)
    text = "".join(
        report_page(report, read_graded_examples(small_run.directory, small_run.benchmark))
    )
    assert "prefers-color-scheme: dark" in text
    assert (
        "http://" not in text.replace("http://www.w3.org/2000/svg", "") and "https://" not in text
    )
    assert text.count('role="img"') == len(charts(report)) == text.count("<desc ")
    labels = re.findall(r"<(?:input|select) ", text)
    assert len(labels) == text.count("<label>")


def test_colours_can_be_read_on_both_grounds() -> None:
    css = (Path(__file__).parents[2] / "gptcc_cli/console/page/report.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark)")[:2]
    for ground in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", ground.split(".fill")[0]))
        for name in ("ink", "soft", "main", "AC", "WA", "PE", "TLE", "MLE", "OLE", "RE", "CE"):
            for under in ("page", "panel"):
                assert _contrast(colours[name], colours[under]) >= 4.5, (name, under)


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_specimens_are_the_first_right_program_and_one_of_each_other_verdict(
    small_run: SmallRun,
) -> None:
    shown = dict(read_graded_examples(small_run.directory, small_run.benchmark))
    assert [(one.verdict, one.times, one.index) for one in shown["0003"]] == [
        ("AC", 2, 0), ("WA", 1, 1), ("RE", 1, 2)
    ]  # fmt: skip
    assert shown["0003"][1].diff == ("- -2", "+ 3")
    assert shown["HumanEval/900"][0].source.rstrip().endswith("return x / 4"), "as judged"


def test_every_file_of_a_report_is_written(small_run: SmallRun, tmp_path: Path) -> None:
    for name in ("completions.jsonl", "results.jsonl"):
        shutil.copy(small_run.directory / name, tmp_path)
    report = make_report(tmp_path)
    files = {
        path.relative_to(tmp_path).as_posix()
        for path in write_report_files(report, small_run.benchmark, tmp_path)
    }
    assert {"report.json", "report.html", "problems.csv", "model-card.md"} <= files
    assert "plots/pass-at-k.svg" in files
    assert json.loads((tmp_path / "report.json").read_text())["n_programs"] == 16
    assert problems_csv(report).splitlines()[0].startswith("problem,kind,difficulty")


def test_plots_are_svg_with_escaped_text() -> None:
    from xml.etree import ElementTree

    from gptcc_cli.console.charts import Drawing, Label, box

    drawing = Drawing(
        title="a < b", description="d", width=60, height=40,
        shapes=(box(0, 0, 30, 40, "AC"),), labels=(Label(x=40, y=20, text="<x>"),),
    )  # fmt: skip
    root = ElementTree.fromstring(svg(drawing, name="n"))
    assert [child.text for child in root if child.text] == ["a < b", "d", "<x>"]
    assert [child.get("fill") for child in root if child.tag.endswith("polygon")] == ["#1a7f37"]


def test_the_card_section_is_metadata_the_hub_reads(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    from huggingface_hub.repocard_data import model_index_to_eval_results

    made = {"model": "owner/gpt-neo-125M-apps-all", "generator": "g"}
    card = model_card(make_report(write_results(tmp_path, ROWS, completions=made)))
    _, metadata, text = card.split("---\n", 2)
    name, results = model_index_to_eval_results(yaml.safe_load(metadata)["model-index"])
    assert name == "owner/gpt-neo-125M-apps-all"
    assert results[0].metric_type == "pass@1" and results[0].metric_value == pytest.approx(0.5)
    assert "contaminated" in results[0].dataset_name, "the label is everywhere"
    assert "**Contaminated:" in text and "| interview | 1 |" in text
