"""``gptcc solve --endpoint``: a real server process with a real tiny model, good and bad."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command

SHORT = "Print the sum.\n\n-----Example-----\nInput\n1 2\n\nOutput\n3\n"
FEW = ("-n", "2", "--max-new-tokens", "8", "--top-p", "1")


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    """A statement that fits the tiny model's window."""
    path = tmp_path / "p.txt"
    path.write_text(SHORT)
    return path


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.generation.completion_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()
        process.wait(60)


@pytest.mark.parametrize("style", ["chat", "completions"])
def test_a_server_writes_and_its_programs_are_judged(
    gptcc: Command, problem: Path, server: str, style: str
) -> None:
    done = gptcc(
        "solve", problem, "--endpoint", f"{server}/well", "--endpoint-style", style, *FEW, "--json"
    )
    assert done.returncode == 1, done.stderr
    record = json.loads(done.stdout)
    assert record["n_completions"] == 2
    assert record["model"].startswith("tiny at http://127.0.0.1")


@pytest.mark.slow
def test_half_an_answer_loses_nothing_and_exits_5(
    gptcc: Command, problem: Path, server: str
) -> None:
    done = gptcc("solve", problem, "--endpoint", f"{server}/half", *FEW, "--json")
    assert done.returncode == 5, done.stderr
    solution, error = map(json.loads, done.stdout.splitlines())
    # The half is there as well: cut off, but nothing that was written is lost.
    assert (solution["ended"], solution["n_completions"]) == ("failed", 2)
    assert error["schema"] == "gptcc.error/1"


@pytest.mark.parametrize(
    "arguments",
    [("key",), ("well", "-m", "absent"), ("garbage",)],
)
def test_a_server_that_refuses_is_one_sentence_and_exits_5(
    gptcc: Command, problem: Path, server: str, arguments: tuple[str, ...]
) -> None:
    signature, *more = arguments
    # The client of a server that refused is left to the end of the process.
    arguments = (f"{server}/{signature}", *FEW, *more)
    done = gptcc("solve", problem, "--endpoint", *arguments, in_process=False)
    assert (done.returncode, done.stdout) == (5, "")
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_no_server_exits_5(gptcc: Command, problem: Path) -> None:
    done = gptcc("solve", problem, "--endpoint", "http://127.0.0.1:9", *FEW)
    assert (done.returncode, done.stdout) == (5, "")
