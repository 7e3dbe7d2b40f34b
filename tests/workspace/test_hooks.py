"""The hooks in a real repository: real ``git commit``, real pre-commit, real programs."""

import shutil
from pathlib import Path

import pytest

from tests.workspace.conftest import ROOT, Shell

WRONG = "a, b = map(int, input().split())\nprint(a - b)\n"
RIGHT = "a, b = map(int, input().split())\nprint(b + a)\n"


@pytest.fixture
def repository(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository after ``gptcc init`` and ``pre-commit install``."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    home = tmp_path / "repository"
    for command in (
        ["git", "init", "-q", home],
        ["gptcc", "init", home],
        ["git", "-C", home, "add", "."],
    ):
        done = shell(*command)
        assert done.returncode == 0, done.stdout
    done = shell("pre-commit", "install", cwd=home)
    assert done.returncode == 0, done.stdout
    return home


def commit(shell: Shell, home: Path, **more_env: str) -> tuple[int, str]:
    shell("git", "add", ".", cwd=home)
    done = shell("git", "commit", "-m", "change", cwd=home, more_env=more_env)
    return done.returncode, done.stdout


def test_right_is_committed_and_wrong_is_refused_with_the_sample(
    shell: Shell, repository: Path
) -> None:
    code, said = commit(shell, repository)
    assert code == 0, said
    assert "solutions pass their samples" in said
    solution = repository / "problems" / "example-sum" / "solution.py"
    solution.write_text(WRONG)
    code, said = commit(shell, repository)
    assert code == 1
    assert "problems/example-sum/solution.py:1: WA sample-1: line 1: expected '7'" in said
    solution.write_text(RIGHT)
    code, said = commit(shell, repository)
    assert code == 0, said


def test_a_statement_whose_test_lost_its_half_is_refused(shell: Shell, repository: Path) -> None:
    (repository / "problems" / "example-sum" / "tests" / "more.in").write_text("1 2\n")
    code, said = commit(shell, repository)
    assert code == 1
    assert "more.in has no output beside it" in said


def test_a_commit_imports_no_torch(shell: Shell, repository: Path) -> None:
    # Whatever Python a hook starts would now fail to import torch.
    trap = repository.parent / "trap"
    trap.mkdir()
    (trap / "torch.py").write_text("raise SystemExit('torch was imported')\n")
    code, said = commit(shell, repository, PYTHONPATH=f"{trap}:{ROOT}")
    assert code == 0, said


def test_everything_is_checked_before_a_push(shell: Shell, repository: Path) -> None:
    (repository / "problems" / "example-sum" / "solution.py").write_text(WRONG)
    shell("git", "add", ".", cwd=repository)
    done = shell("pre-commit", "run", "--hook-stage", "pre-push", "gptcc-check-all", cwd=repository)
    assert done.returncode == 1
    assert "WA sample-1" in done.stdout


def test_advice_is_seen_at_a_push_that_passes(shell: Shell, repository: Path) -> None:
    home = repository / "problems" / "example-sum"
    (home / "solution.py").write_text(
        "a, b = map(int, input().split())\nassert (a, b) in ((3, 4), (-1, 1))\nprint(a + b)\n"
    )
    (home / "tests" / "sample-2.in").write_text("-1 1\n")
    (home / "tests" / "sample-2.out").write_text("0\n")
    shell("git", "add", ".", cwd=repository)
    done = shell("pre-commit", "run", "--hook-stage", "pre-push", "gptcc-check-all", cwd=repository)
    assert done.returncode == 0, done.stdout
    assert "solution.py:2: advice: RE on an input like sample" in done.stdout


@pytest.mark.model
def test_the_manual_hook_fills_in_a_missing_solution(shell: Shell, repository: Path) -> None:
    examples = ROOT / "docs" / "examples"
    home = repository / "problems" / "coins"
    home.mkdir()
    (home / "problem.md").write_text((examples / "coins.txt").read_text())
    shell("git", "add", ".", cwd=repository)
    command = ["pre-commit", "run", "gptcc-solve", "--hook-stage", "manual"]
    env = {"GPTCC_MODEL": "embedded"}
    done = shell(*command, cwd=repository, more_env=env)
    assert done.returncode == 1, done.stdout
    written = (home / "solution.py").read_text()
    assert written.startswith("# Written by gptcc ")
    assert " seed 0: passes " in written.splitlines()[0]
    check = shell("gptcc", "check", home / "solution.py")
    assert check.returncode == 0, check.stdout
    again = shell(*command, cwd=repository, more_env=env)
    assert again.returncode == 0, again.stdout


def test_the_published_hooks_are_valid_and_run_from_the_repository(
    shell: Shell, repository: Path, tmp_path: Path
) -> None:
    manifest = ROOT / ".pre-commit-hooks.yaml"
    assert shell("pre-commit", "validate-manifest", manifest).returncode == 0
    shell("git", "init", "-q", tmp_path / "published")
    (tmp_path / "published" / manifest.name).write_text(manifest.read_text())
    code, said = commit(shell, tmp_path / "published")
    assert code == 0, said
    shell("git", "add", ".", cwd=repository)
    done = shell("pre-commit", "try-repo", "../published", "gptcc-check", "-a", cwd=repository)
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout
