"""Which files ``gptcc check`` takes, what it makes of odd ones, and how it writes results."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Command

STATEMENT = "Print the sum.\n\nExample\n\nInput:\n3 4\nOutput:\n7\n"
RIGHT = "a, b = map(int, input().split())\nprint(a + b)\n"
WRONG = "a, b = map(int, input().split())\nprint(a - b)\n"


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    """Two problems with a directory each, one right and one wrong."""
    for name, program in (("one", RIGHT), ("two", WRONG)):
        home = tmp_path / "problems" / name
        (home / "tests").mkdir(parents=True)
        (home / "problem.md").write_text(STATEMENT)
        (home / "tests" / "more.in").write_text("1 0\n")
        (home / "tests" / "more.out").write_text("1\n")
        (home / "solution.py").write_text(program)
    (tmp_path / "setup.py").write_text("print('not a solution')\n")
    return tmp_path


def verdicts(gptcc: Command, *arguments: str | Path) -> dict[str, str | None]:
    done = gptcc("check", "--json", *arguments)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {record["solution"]: record["verdict"] for record in records}


def git(where: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=where, check=True, capture_output=True)


@pytest.mark.parametrize("name", ["problem.md", "tests/more.in", "tests/more.out", "solution.py"])
def test_every_file_of_a_problem_stands_for_its_solutions(
    gptcc: Command, problems: Path, name: str
) -> None:
    assert verdicts(gptcc, f"problems/one/{name}") == {"problems/one/solution.py": "AC"}


def test_all_takes_solutions_and_nothing_else(gptcc: Command, problems: Path) -> None:
    assert verdicts(gptcc, "--all") == {
        "problems/one/solution.py": "AC",
        "problems/two/solution.py": "WA",
    }


def test_a_solution_named_by_several_files_is_run_once(gptcc: Command, problems: Path) -> None:
    found = verdicts(gptcc, "problems/one/problem.md", "problems/one/solution.py")
    assert found == {"problems/one/solution.py": "AC"}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_changed_only_asks_git(gptcc: Command, problems: Path) -> None:
    git(problems, "init", "-q")
    git(problems, "add", ".")
    git(problems, "commit", "-qm", "all")
    assert verdicts(gptcc, "--changed-only") == {}
    (problems / "problems" / "two" / "tests" / "more.in").write_text("2 0\n")
    assert verdicts(gptcc, "--changed-only") == {"problems/two/solution.py": "WA"}
    (problems / "problems" / "one" / "new one.py").write_text(RIGHT)
    assert "problems/one/new one.py" in verdicts(gptcc, "--changed-only")


def test_changed_only_outside_git_exits_2(gptcc: Command, problems: Path) -> None:
    done = gptcc("check", "--changed-only", env={"GIT_CEILING_DIRECTORIES": str(problems.parent)})
    assert done.returncode == 2
    assert "git repository" in done.stderr


def test_a_hook_passes_over_other_files(gptcc: Command, problems: Path) -> None:
    done = gptcc("check", "--hook", "setup.py", "problems/one/solution.py")
    assert done.returncode == 0, done.stderr


def test_without_tests_a_hook_warns_and_strict_fails(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("Print the sum of two numbers.\n")
    (tmp_path / "p.py").write_text(RIGHT)
    hook = gptcc("check", "--hook", "p.py")
    assert hook.returncode == 0
    assert "warning: p.py: not verified" in hook.stderr
    assert gptcc("check", "--hook", "--strict", "p.py").returncode == 1


def test_a_skipped_solution_is_not_run(gptcc: Command, problems: Path) -> None:
    (problems / "problems" / "two" / "solution.py").write_text("# gptcc: skip\n" + WRONG)
    done = gptcc("check", "problems/two/solution.py")
    assert done.returncode == 0
    assert done.stdout.startswith("problems/two/solution.py: skipped")


def test_one_file_that_is_gone_does_not_hide_the_others(gptcc: Command, problems: Path) -> None:
    done = gptcc("check", "gone.py", "problems/two/solution.py")
    assert done.returncode == 1
    assert "error: 'gone.py' does not exist" in done.stderr
    assert "WA" in done.stdout


def test_what_can_not_be_read_in_a_directory_does_not_hide_the_others(
    gptcc: Command, problems: Path
) -> None:
    one = problems / "problems" / "one"
    (one / "gone.py").symlink_to("nowhere.py")
    (one / "again").symlink_to("../one")
    (one / "closed").mkdir(mode=0)
    (problems / "secret.py").touch(mode=0)
    done = gptcc("check", problems / "secret.py", one, as_root=False)
    assert f"'{problems}/secret.py'" in done.stderr
    assert done.returncode == 4
    assert f"solution '{one}/gone.py' can't be read: no such file" in done.stderr
    assert f"directory '{one}/closed' can't be read: permission denied" in done.stderr
    assert f"{one}/solution.py: AC" in done.stdout


@pytest.mark.parametrize(
    ("options", "code"), [((), 3), (("--strict",), 1), (("--problems",), 3), (("--hook",), 0)]
)
def test_a_directory_with_nothing_to_check_is_no_silent_success(
    gptcc: Command, tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    (tmp_path / "bare").mkdir()
    done = gptcc("check", "bare", *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert ("was found" in done.stderr) is (code != 0)


def test_a_crash_names_the_line_of_the_solution(gptcc: Command, problems: Path) -> None:
    (problems / "problems" / "one" / "solution.py").write_text("x = 1\nprint(x / 0)\n")
    done = gptcc("check", "problems/one/solution.py")
    assert "problems/one/solution.py:2: RE" in done.stdout


def test_odd_names_line_ends_and_places_are_right(gptcc: Command, tmp_path: Path) -> None:
    home = tmp_path / "tür 1" / "a b"
    home.mkdir(parents=True)
    (home / "problem.md").write_bytes(STATEMENT.replace("\n", "\r\n").encode())
    (home / "lösung 1.py").write_bytes(RIGHT.replace("\n", "\r\n").encode())
    (tmp_path / "link").symlink_to(home)
    home.chmod(0o500)
    try:
        found = verdicts(gptcc, "tür 1/a b/lösung 1.py", "link/lösung 1.py")
    finally:
        home.chmod(0o700)
    assert set(found.values()) == {"AC"}


def test_github_annotations_name_file_and_line(gptcc: Command, problems: Path) -> None:
    done = gptcc("check", "--all", "--format", "github")
    (first, *_) = done.stdout.splitlines()
    assert first.startswith(
        "::error file=problems/two/solution.py,line=1,title=WA sample 1::WA sample 1: line 1: "
    )
    assert "%0A" in first


def test_sarif_is_one_log_with_a_result_for_each_failure(gptcc: Command, problems: Path) -> None:
    done = gptcc("check", "--all", "--format", "sarif")
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    (result,) = run["results"]
    assert result["ruleId"] in rules
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "problems/two/solution.py"


def test_problems_are_read_without_running_anything(gptcc: Command, problems: Path) -> None:
    no_execution = {"GPTCC_EXEC": "0"}
    done = gptcc("check", "--problems", "problems", env=no_execution)
    assert done.returncode == 0, done.stderr
    assert "problems/two/problem.md: OK 2 tests" in done.stdout
    (problems / "problems" / "one" / "tests" / "more.out").unlink()
    done = gptcc("check", "--problems", "problems/one/tests/more.in", env=no_execution)
    assert done.returncode == 4
    assert "more.in has no output" in done.stderr


def test_watch_checks_again_what_changes_and_ends_with_130(problems: Path) -> None:
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "gptcc_cli", "check", "--watch", "problems/one"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=problems,
        env={**os.environ, "PYTHONPATH": str(root)},
        text=True,
    )
    try:
        assert process.stdout is not None
        assert ": AC " in process.stdout.readline()
        until = time.monotonic() + 60
        (problems / "problems" / "one" / "solution.py").write_text(WRONG)
        line = process.stdout.readline()
        assert ": WA " in line
        assert time.monotonic() < until
        process.send_signal(2)
        process.stdout.read()
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.communicate()
