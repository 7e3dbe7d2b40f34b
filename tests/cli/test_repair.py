"""``gptcc solve --repair``: a server that mends its program once it is shown the difference."""

import json
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.chat_handler import ChatHandler
from tests.cli.conftest import Command

STATEMENT = "Print the sum.\n\n-----Example-----\nInput\n1 2\n\nOutput\n3\n"
WRONG = "```python\na, b = map(int, input().split())\nprint(a * b)\n```"
RIGHT = WRONG.replace("*", "+")


class Mender(ChatHandler):
    """Multiplies until it is shown that 2 is not the 3 that was expected; then it adds."""

    model = "mender"
    asked: list[str]

    def replies(self, text: str) -> list[str]:
        self.asked.append(text)
        shown = "print(a * b)" in text and "Expected:\n3" in text and "Got:\n2" in text
        return [RIGHT if shown else WRONG]


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """The address of a mender, and what it is asked."""
    asked: list[str] = []
    handler = type("Handler", (Mender,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}", asked
        httpd.shutdown()
        thread.join()


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    path = tmp_path / "p.txt"
    path.write_text(STATEMENT)
    return path


def test_a_program_is_mended_from_the_first_sample_it_fails(
    gptcc: Command, problem: Path, server: tuple[str, list[str]]
) -> None:
    url, asked = server
    done = gptcc("solve", problem, "--endpoint", url, "-n", "2", "--repair", "2")
    assert done.returncode == 0, done.stderr
    assert "print(a + b)" in done.stdout
    assert len([text for text in asked if "not right" in text]) >= 1


def test_without_repair_it_is_not_asked_again(
    gptcc: Command, problem: Path, server: tuple[str, list[str]]
) -> None:
    url, asked = server
    done = gptcc("solve", problem, "--endpoint", url, "-n", "2")
    assert done.returncode == 1, done.stderr
    assert not any("not right" in text for text in asked)


def test_a_test_of_the_user_is_judged_by_and_never_shown(
    gptcc: Command, problem: Path, tmp_path: Path, server: tuple[str, list[str]]
) -> None:
    url, asked = server
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "big.in").write_text("77771 11112\n")
    (tests / "big.out").write_text("88883\n")
    done = gptcc("solve", problem, "--endpoint", url, "-n", "2", "--repair", "1", "--tests", tests)
    assert done.returncode == 0, done.stderr
    assert not any("77771" in text or "88883" in text for text in asked)


def test_who_does_not_chat_can_not_be_asked_to_repair(
    gptcc: Command, problem: Path, server: tuple[str, list[str]]
) -> None:
    url, _ = server
    arguments = ("--endpoint", url, "--endpoint-style", "completions", "--repair", "1")
    done = gptcc("solve", problem, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "not a chat model" in done.stderr
    assert "--repair" in done.stderr


def test_hidden_tests_beside_a_statement_leave_no_trace(
    gptcc: Command, tmp_path: Path, server: tuple[str, list[str]]
) -> None:
    url, asked = server
    problem = tmp_path / "0001"
    problem.mkdir()
    (problem / "question.txt").write_text(STATEMENT)
    tests = {"inputs": ["40003 50005\n"], "outputs": ["90008\n"]}
    (problem / "input_output.json").write_text(json.dumps(tests))
    kept = tmp_path / "history.sqlite"
    done = gptcc(
        *("solve", problem, "--endpoint", url, "-n", "2", "--until", "all", "--repair", "1"),
        "--json",
        env={"GPTCC_HISTORY": str(kept)},
    )
    assert done.returncode == 0, done.stderr
    traces = [*asked, done.stdout, done.stderr, kept.read_bytes().decode("latin-1")]
    assert kept.stat().st_size > 0
    assert not any(secret in trace for secret in ("40003", "90008") for trace in traces)
