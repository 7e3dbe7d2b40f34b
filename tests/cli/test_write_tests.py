"""``gptcc solve --write-tests``: a server that writes tests, and two programs that both pass."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from gptcc_cli.api import default_config, generate_tests
from gptcc_cli.candidate_sources import recorded_source
from gptcc_cli.generation import Sampling
from gptcc_cli.history import RunReplay
from gptcc_cli.problem import Problem
from gptcc_cli.tasks import SolveTask
from tests.cli.chat_handler import ChatHandler
from tests.cli.conftest import Command
from tests.tiny_models import build_tiny_model

STATEMENT = "Print the sum of two numbers.\n\n-----Example-----\nInput\n2 2\n\nOutput\n4\n"
TIMES = "```python\na, b = map(int, input().split())\nprint(a * b)\n```"
PLUS = TIMES.replace("*", "+")
TESTS = "Input:\n3 4\nOutput:\n7\n\nInput:\n1 9\nOutput:\n10\n\nInput:\n2 2\nOutput:\n4\n"
ASKED = "write 3 further tests"


@dataclass
class Chat:
    """A server that chats: tests when it is asked for them, two programs in turn otherwise."""

    tests: str = TESTS
    url: str = ""
    asked: list[str] = field(default_factory=list)


class Handler(ChatHandler):
    chat: Chat

    def replies(self, text: str) -> list[str]:
        self.chat.asked.append(text)
        return [self.chat.tests] if ASKED in text else [TIMES, PLUS]


@pytest.fixture
def chat() -> Iterator[Chat]:
    known = Chat()
    handler = type("Chatting", (Handler,), {"chat": known})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        known.url = f"http://127.0.0.1:{httpd.server_port}"
        yield known
        httpd.shutdown()
        thread.join()


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    path = tmp_path / "p.txt"
    path.write_text(STATEMENT)
    return path


def arguments(problem: Path, chat: Chat, *more: str) -> tuple[object, ...]:
    one_temperature = ("-n", "2", "--temperature", "0.5", "--until", "all")
    return ("solve", problem, "--endpoint", chat.url, *one_temperature, *more)


def test_of_two_that_pass_the_one_goes_first_that_meets_the_tests_a_model_wrote(
    gptcc: Command, problem: Path, chat: Chat
) -> None:
    tied = gptcc(*arguments(problem, chat))
    assert "a * b" in tied.stdout, tied.stderr
    assert not any(ASKED in text for text in chat.asked)
    done = gptcc(*arguments(problem, chat, "--write-tests", "3", "--json"))
    assert done.returncode == 0, done.stderr
    first, second = json.loads(done.stdout)["candidates"]
    assert "a + b" in first["source"]
    assert "passes 2 of 2 generated tests" in first["reason"]
    assert (
        first["n_generated_tests_passed"],
        second["n_generated_tests_passed"],
        second["n_generated_tests"],
    ) == (2, 0, 2)
    assert "2 of 3 requested, 1 more" in done.stderr


def test_claims_judge_no_program(gptcc: Command, problem: Path, chat: Chat) -> None:
    chat.tests = TESTS.replace("7", "8").replace("10", "11")
    done = gptcc(*arguments(problem, chat, "--write-tests", "3", "--json"))
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert [one["verdict"] for one in record["candidates"]] == ["AC", "AC"]
    assert (record["solved"], record["n_passed"], record["n_tests"]) == (True, 1, 1)
    assert [one["n_generated_tests_passed"] for one in record["candidates"]] == [0, 0]


def test_without_a_sample_nothing_is_called_solved(
    gptcc: Command, tmp_path: Path, chat: Chat
) -> None:
    problem = tmp_path / "p.txt"
    problem.write_text("Read two numbers from standard input and print their sum.\n")
    done = gptcc(*arguments(problem, chat, "--write-tests", "3"))
    assert done.returncode == 3, done.stderr
    assert "a + b" in done.stdout
    assert "UNVERIFIED" in done.stdout


def test_a_run_is_replayed_with_the_tests_it_had(gptcc: Command, problem: Path, chat: Chat) -> None:
    done = gptcc(*arguments(problem, chat, "--write-tests", "3"))
    assert "a + b" in done.stdout, done.stderr
    chat.tests = "nothing"
    again = gptcc("history", "replay", "last")
    assert (again.returncode, again.stdout[:9]) == (0, "identical"), again.stdout
    shown = gptcc("history", "show", "last").stdout
    assert "2 of 3 tests" in shown
    assert r'"3 4\n" -> "7"' in shown
    record = json.loads(gptcc("history", "show", "last", "--json").stdout)
    assert record["generated_tests_text"] == TESTS


def test_a_special_judge_and_an_unusable_reply_leave_the_order_alone(
    gptcc: Command, problem: Path, chat: Chat
) -> None:
    chat.tests = "I can't do that."
    done = gptcc(*arguments(problem, chat, "--write-tests", "3"))
    assert (done.returncode, "a * b" in done.stdout) == (0, True), done.stderr
    assert "tests the model wrote: 0 of 3" in done.stderr
    several = "numbers. If there are several answers, print any of them."
    problem.write_text(STATEMENT.replace("numbers.", several))
    chat.asked.clear()
    done = gptcc(*arguments(problem, chat, "--write-tests", "3"))
    assert "no tests were requested" in done.stderr
    assert not any(ASKED in text for text in chat.asked)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--endpoint-style", "completions"), "not a chat model"),
        (("--until", "first"), "--until first"),
        (("--no-check",), "--no-check"),
    ],
)
def test_where_it_could_do_nothing_it_is_refused(
    gptcc: Command, problem: Path, chat: Chat, more: tuple[str, ...], words: str
) -> None:
    done = gptcc(*arguments(problem, chat, "--write-tests", "3", *more))
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "--write-tests" in done.stderr


def test_asking_for_tests_asks_for_agreement(gptcc: Command, problem: Path, chat: Chat) -> None:
    plain = [word for word in arguments(problem, chat, "--write-tests", "3") if word != "all"]
    done = gptcc(*(word for word in plain if word != "--until"))
    assert "a + b" in done.stdout, done.stderr


def test_a_file_of_completions_has_no_tests(gptcc: Command, problem: Path, tmp_path: Path) -> None:
    kept = tmp_path / "c.jsonl"
    kept.write_text(json.dumps({"text": PLUS}) + "\n")
    done = gptcc("solve", problem, "--replay", kept, "-n", "1", "--write-tests", "3")
    assert "a + b" in done.stdout, done.stderr
    assert "tests the model wrote: 0 of 3" in done.stderr


def test_the_model_is_asked_once_and_shown_the_statement_alone(
    gptcc: Command, tmp_path: Path, chat: Chat
) -> None:
    problem = tmp_path / "0001"
    problem.mkdir()
    (problem / "question.txt").write_text(STATEMENT)
    hidden = {"inputs": ["40003 50005\n"], "outputs": ["90008\n"]}
    (problem / "input_output.json").write_text(json.dumps(hidden))
    given = tmp_path / "given"
    given.mkdir()
    (given / "big.in").write_text("77771 11112\n")
    (given / "big.out").write_text("88883\n")
    done = gptcc(*arguments(problem, chat, "--write-tests", "3", "--tests", str(given)))
    assert done.returncode == 0, done.stderr
    (asked,) = (text for text in chat.asked if ASKED in text)
    assert "Print the sum of two numbers." in asked
    assert "Input:\n2 2\nOutput:\n4" in asked
    assert not re.search("40003|90008|77771|88883", asked)


def test_a_budget_takes_what_is_written_in_a_quarter_of_it() -> None:
    def write(_: Problem, __: int, ___: Sampling, stop: threading.Event) -> str:
        assert stop.wait(60), "nobody stopped it"
        return "Input:\n3 4\nOutput:\n7\n\nInput:\n5"

    config = replace(default_config(), n_generated_tests=2, budget_s=0.04)
    source = replace(recorded_source(RunReplay("r", ()), n_at_most=1), write_tests=write)
    reply = generate_tests(SolveTask(problem=Problem(id="p", statement="s")), config, source)
    assert reply is not None
    assert [generated_test.input for generated_test in reply.kept] == ["3 4\n"]


def test_a_local_model_that_chats_can_be_asked_and_one_that_does_not_is_refused(
    gptcc: Command, problem: Path, tmp_path: Path
) -> None:
    few = ("-n", "1", "--max-new-tokens", "8", "--write-tests", "3")
    problem.write_text("Add.\n\n-----Example-----\nInput\n2 2\n\nOutput\n4\n")
    for chat, code in ((True, 1), (False, 2)):
        model = tmp_path / f"chat-{chat}"
        build_tiny_model(model, "llama", chat=chat, max_position_embeddings=1024)
        done = gptcc("solve", problem, "-m", model, *few)
        assert done.returncode == code, done.stderr
        words = "tests the model wrote: 0 of 3" if chat else "not a chat model"
        assert words in done.stderr
