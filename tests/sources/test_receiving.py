"""The receiver takes problems from the extension, at once, and nothing from anybody else."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gptcc_cli.reading import understand
from gptcc_cli.sources import read_sources, write_problem
from gptcc_cli.sources.receiving import MAX_BODY_BYTES, Receiver, open_receiver

PROBLEM = {
    "name": "Sum",
    "url": "https://judge.example/sum",
    "timeLimit": 1000,
    "memoryLimit": 64,
    "tests": [{"input": "1 2\n", "output": "3\n"}],
}


@pytest.fixture
def refusals() -> list[str]:
    return []


@pytest.fixture
def receiver(refusals: list[str]) -> Iterator[Receiver]:
    with open_receiver(0, refusals.append) as receiver:
        yield receiver


def _post(receiver: Receiver, body: bytes, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=10)
    connection.request(
        "POST", "/", body, {name.replace("_", "-"): v for name, v in headers.items()}
    )
    status = connection.getresponse().status
    connection.close()
    return status


def test_problems_of_a_contest_arrive_in_order(receiver: Receiver) -> None:
    for name in ("A", "B", "C"):
        assert _post(receiver, json.dumps({**PROBLEM, "name": name}).encode()) == 200
    arrived = [receiver.wait(10) for _ in range(3)]
    assert [source.id for source in arrived if source] == ["a", "b", "c"]


def test_what_arrived_is_saved_and_read_back(receiver: Receiver, tmp_path: Path) -> None:
    _post(receiver, json.dumps(PROBLEM).encode(), Origin="moz-extension://abc")
    source = receiver.wait(10)
    assert source is not None
    write_problem(tmp_path / source.id, source)
    (saved,) = read_sources(tmp_path / "sum")
    problem = understand(saved).problem
    assert [(s.input, s.expected) for s in problem.samples] == [("1 2\n", "3\n")]
    assert (problem.time_limit_s, problem.memory_limit_bytes) == (1.0, 64 << 20)


@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        (b"{", {}, 400, "not JSON"),
        (b"[]", {}, 400, "not of a problem"),
        (b'{"tests": 3, "url": "x"}', {}, 400, "not of a problem"),
        (b'{"tests": [{"input": 3}], "url": "x", "name": "n"}', {}, 400, "not a pair"),
        (b"\xff\xfe", {}, 400, "not JSON"),
        (json.dumps(PROBLEM).encode(), {"Origin": "https://evil.example"}, 403, "evil.example"),
        (json.dumps(PROBLEM).encode(), {"Origin": "null"}, 403, "null"),
        (json.dumps(PROBLEM).encode(), {"Host": "evil.example"}, 403, "evil.example"),
    ],
)
def test_anything_else_is_refused(
    receiver: Receiver,
    refusals: list[str],
    body: bytes,
    headers: dict[str, str],
    status: int,
    words: str,
) -> None:
    assert _post(receiver, body, **headers) == status
    assert receiver.wait(0.05) is None
    assert words in refusals[0]


def test_an_oversized_body_is_refused_unread(receiver: Receiver, refusals: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=10)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", str(MAX_BODY_BYTES + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    assert "more than" in refusals[0]


def test_only_posts_are_answered(receiver: Receiver) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().status == 501
    connection.close()


def test_it_listens_on_this_host_alone(receiver: Receiver) -> None:
    assert receiver._server.server_address[0] == "127.0.0.1"
