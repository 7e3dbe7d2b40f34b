"""Every shell block of every guide runs as pasted, and every link of the docs leads somewhere."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks import chart
from tests.documentation.reference import all_commands
from tests.workspace.conftest import ROOT, Shell, shell  # noqa: F401

DOCS = ROOT / "docs"
# The guide to the Python API has doctests instead of commands; tests/api runs them.
GUIDES = sorted(page for page in (DOCS / "guides").glob("*.md") if page.stem != "python")
ENDS = {"exit code $?": 1, "files have changed": 1}
"""What guides say where a command may fail, and the one exit code it may fail with."""
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.M)


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server with a tiny model."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.generation.completion_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/well"
        process.stdin.close()
        process.wait(60)


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_command_of_a_guide_works_as_pasted(
    guide: Path,
    shell: Shell,  # noqa: F811
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    if guide.stem == "pre-commit" and shutil.which("git") is None:
        pytest.skip("git is not installed")
    shutil.copytree(DOCS, tmp_path / "docs")
    (tmp_path / "problem.txt").write_text("Print the sum.\n\nExample\nInput\n1 2\nOutput\n3\n")
    script = "\n".join(blocks(guide))
    if "127.0.0.1:8000" in script:
        # The guides name a port; the test's server has another.
        address = request.getfixturevalue("server")
        script = script.replace("http://127.0.0.1:8000", address)
    assert script, "a guide without a command"
    for words, code in ENDS.items():
        script = script.replace(f'|| echo "{words}"', f"|| test $? = {code}")
    assert "|| echo" not in script, "an end that nobody expects"
    env = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    done = shell("bash", "-eu", "-c", script, more_env=env)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_shown_has_the_options_it_is_shown_with(page: Path) -> None:
    known = {
        words: {
            name
            for parameter in command.params
            for name in (*parameter.opts, *getattr(parameter, "secondary_opts", ()))
        }
        for words, command in all_commands()
    }
    fences = re.findall(r"^```[a-z]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)
    for line in "\n".join(fences).splitlines():
        shown = re.match(r"\s*(?:\$ )?gptcc ([a-z]+)(?: ([a-z]+))?\b([^|#]*)", line)
        if shown is None:
            continue
        words = (shown[1], shown[2]) if (shown[1], shown[2]) in known else (shown[1],)
        assert words in known, line
        options = {option.partition("=")[0] for option in re.findall(r" (--[a-z=-]+)", shown[3])}
        assert options <= known[words] | {"--help"}, line


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.M)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_page_and_its_anchor_to_a_heading(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.M)
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        found = page.parent / target if target else page
        assert found.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(found), f"{page.name} links to {target}#{anchor}"


def test_every_page_can_be_reached_from_the_index() -> None:
    """By links from page to page; generated pages and designs are no exception."""
    reached, todo = set(), [DOCS / "index.md"]
    while todo:
        page = todo.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        todo += [(page.parent / target).resolve() for target in targets]
    assert set(DOCS.rglob("*.md")) - reached == set()


def test_every_guide_is_on_the_first_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for guide in GUIDES:
        assert f"guides/{guide.name}" in index


def test_the_map_of_the_tree_names_every_module_and_package() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    drawn = re.search(r"^gptcc_cli/\n((?:  .*\n)+)", readme, re.MULTILINE)
    assert drawn is not None
    package = ROOT / "gptcc_cli"
    files = {path.name for path in package.glob("*.py") if not path.name.startswith("__")}
    inner = {path.relative_to(package).parts for path in package.rglob("*.*")}
    folders = {f"{parts[0]}/" for parts in inner if len(parts) > 1 and "__pycache__" not in parts}
    assert {line.split()[0] for line in drawn[1].splitlines()} == files | folders


def test_the_chart_shows_the_recorded_figures() -> None:
    assert chart.CHART.read_text(encoding="utf-8") == chart.draw(*chart.recorded())


def test_every_published_hook_is_in_the_guide() -> None:
    manifest = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    guide = (DOCS / "guides" / "pre-commit.md").read_text(encoding="utf-8")
    ids = re.findall(r"^- id: (\S+)", manifest, re.MULTILINE)
    assert ids
    assert all(f"`{name}`" in guide for name in ids)
