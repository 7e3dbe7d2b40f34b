"""``gptcc init`` and ``gptcc new``: what they write, and what they leave as it is."""

import json
from pathlib import Path

import pytest
import yaml

from gptcc_cli.errors import UsageError
from gptcc_cli.reading import understand
from gptcc_cli.sources import read_sources
from gptcc_cli.workspace.scaffold import with_hooks
from tests.workspace.conftest import ROOT, Shell

EXISTING = """\
# Our hooks.
default_stages: [pre-commit]
repos:
  # First the formatter.
  - repo: https://example.org/format
    rev: v1  # pinned
    hooks:
      - id: format

# What runs elsewhere.
ci:
  autofix_prs: false
"""


def snapshot(home: Path) -> dict[str, tuple[bytes, int]]:
    files = (p for p in home.rglob("*") if p.is_file() and ".git" not in p.parts)
    return {str(p.relative_to(home)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def test_init_twice_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "w"
    assert shell("gptcc", "init", home, "--ci", "github").returncode == 0
    before = snapshot(home)
    assert ".github/workflows/gptcc.yml" in before
    done = shell("gptcc", "init", home, "--ci", "github")
    assert done.returncode == 0
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"keep"}
    assert snapshot(home) == before


def test_dry_run_writes_nothing_and_shows_the_difference(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "w"
    home.mkdir()
    (home / ".pre-commit-config.yaml").write_text(EXISTING)
    done = shell("gptcc", "init", home, "--dry-run")
    assert done.returncode == 0
    assert "+    - id: gptcc-check" in done.stdout.replace("      - id", "    - id")
    assert list(snapshot(home)) == [".pre-commit-config.yaml"]
    assert (home / ".pre-commit-config.yaml").read_text() == EXISTING


def test_init_keeps_what_is_there_unless_forced(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "w"
    home.mkdir()
    (home / "gptcc.toml").write_text('model = "mine"\n')
    (home / ".gitignore").write_text("mine")
    shell("gptcc", "init", home)
    assert (home / "gptcc.toml").read_text() == 'model = "mine"\n'
    assert (home / ".gitignore").read_text() == "mine\n__pycache__/\ngptcc-runs/\n"
    shell("gptcc", "init", home, "--force")
    assert "mine" not in (home / "gptcc.toml").read_text()
    assert (home / ".gitignore").read_text().startswith("mine\n")


def test_the_example_is_right(shell: Shell, tmp_path: Path) -> None:
    shell("gptcc", "init", tmp_path / "w")
    done = shell("gptcc", "check", "--all", "--strict", cwd=tmp_path / "w")
    assert done.returncode == 0, done.stdout
    assert "AC 1 of 1 tests" in done.stdout


@pytest.mark.parametrize(
    "existing",
    [
        EXISTING,
        EXISTING.replace("\n", "\r\n"),
        "repos:\n# First.\n- repo: https://example.org/format\n  rev: v1\n  hooks: []\n",
        "repos: []\n",
        "repos:\n",
        "# nothing yet\n",
        "---\nrepos:\n- repo: local\n  hooks: []",
    ],
)
def test_hooks_are_added_and_everything_else_stays(existing: str) -> None:
    merged = with_hooks(existing)
    kept = [line for line in existing.splitlines() if line != "repos: []"]
    remaining = iter(merged.splitlines())
    assert all(line in remaining for line in kept), "lines are lost or out of order"
    before, after = yaml.safe_load(existing) or {}, yaml.safe_load(merged)
    assert after["repos"][:-1] == (before.get("repos") or [])
    assert {key: after[key] for key in before if key != "repos"} == {
        key: before[key] for key in before if key != "repos"
    }
    assert after["repos"][-1]["hooks"][0]["id"] == "gptcc-check"
    assert ("\r\n" in merged) == ("\r\n" in existing)
    assert with_hooks(merged) == merged


def test_a_list_on_one_line_is_refused_with_a_hint() -> None:
    with pytest.raises(UsageError) as refused:
        with_hooks("repos: [{repo: local, hooks: []}]\n")
    assert refused.value.hint


def test_new_in_a_workspace_makes_a_directory_under_problems(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "w"
    shell("gptcc", "init", home)
    done = shell("gptcc", "new", "two sum", cwd=home)
    assert done.stdout == "problems/two sum/problem.md\n"
    again = shell("gptcc", "new", "two sum", cwd=home)
    assert again.returncode == 2
    assert "exists already" in again.stdout


def test_new_from_a_statement_can_be_checked_at_once(shell: Shell, tmp_path: Path) -> None:
    statement = ROOT / "docs" / "examples" / "coins.txt"
    assert shell("gptcc", "new", "coins", "--from", statement).returncode == 0
    (tmp_path / "coins" / "a.py").write_text("a, b = map(int, input().split())\nprint(a + b)\n")
    done = shell("gptcc", "check", "coins")
    assert done.returncode == 0, done.stdout


def test_new_from_a_benchmark_keeps_its_tests(shell: Shell, tmp_path: Path) -> None:
    row = {
        "id": 7,
        "question": "Double a number.",
        "input_output": json.dumps({"inputs": ["2\n", "5\n"], "outputs": ["4\n", "10\n"]}),
        "solutions": "[]",
        "starter_code": "",
        "difficulty": "introductory",
        "url": "https://example.org/7",
    }
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n")
    done = shell("gptcc", "new", "double", "--from", "rows.jsonl:7")
    assert done.returncode == 0, done.stdout
    (tmp_path / "double" / "solution.py").write_text("print(2 * int(input()))\n")
    check = shell("gptcc", "check", "double")
    assert "AC 2 of 2 tests" in check.stdout


COMPANION = {
    "name": "Sum of Two",
    "group": "Round 1",
    "url": "https://judge.example/sum",
    "interactive": False,
    "timeLimit": 1000,
    "memoryLimit": 256,
    "testType": "single",
    "input": {"type": "stdin"},
    "output": {"type": "stdout"},
    "tests": [{"input": "1 2\n", "output": "3\n"}, {"input": "5 5\n", "output": "10\n"}],
}


@pytest.mark.parametrize("piped", [False, True])
def test_new_from_what_competitive_companion_sends(
    shell: Shell, tmp_path: Path, piped: bool
) -> None:
    (tmp_path / "companion.json").write_text(json.dumps(COMPANION))
    origin = "- < companion.json" if piped else "companion.json"
    done = shell("sh", "-c", f"gptcc new sum --from {origin}")
    assert done.returncode == 0, done.stdout
    made = {p.relative_to(tmp_path / "sum").as_posix() for p in (tmp_path / "sum").rglob("*.*")}
    pairs = {f"tests/sample-{n}.{side}" for n in (1, 2) for side in ("in", "out")}
    assert made == {"problem.md", "metadata.json", *pairs}
    assert json.loads((tmp_path / "sum" / "metadata.json").read_text())["url"] == COMPANION["url"]
    assert (tmp_path / "sum" / "tests" / "sample-2.in").read_text() == "5 5\n"
    (tmp_path / "sum" / "solution.py").write_text("print(sum(map(int, input().split())))\n")
    checked = shell("gptcc", "check", "sum")
    assert "AC 2 of 2 tests" in checked.stdout
    problem = understand(read_sources(tmp_path / "sum")[0]).problem
    assert (problem.time_limit_s, problem.memory_limit_bytes) == (1.0, 256 << 20)


def test_new_from_json_that_is_no_problem_says_so(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"version": 3}')
    done = shell("gptcc", "new", "sum", "--from", "other.json")
    assert done.returncode == 4
    assert "other.json" in done.stdout
    assert not (tmp_path / "sum").exists()
