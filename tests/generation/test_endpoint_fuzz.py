"""No answer of a server, valid or not, makes gptcc wait longer than its time limit.

    python -m tests.generation.test_endpoint_fuzz 10000 [SEED]

runs more cases than the test and prints the figures.
"""

import json
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.generation import EndpointGenerator, EndpointStyle, Sampling, plan
from tests.generation.odd_server import chunk
from tests.generation.tiny import prompt_of

TIMEOUT_S = 0.3
MAX_TRIES = 2
# Each try: to connect, headers, then text, each within the limit; then the net under them all.
BOUND_S = 2 * MAX_TRIES * TIMEOUT_S + 2 * TIMEOUT_S + TIMEOUT_S + 10.0
"""The last summand is for a busy machine: a hang is longer."""
SAMPLING = Sampling(n=2, temperatures=(0.7,), max_new_tokens=8)
_VALUES = (
    None,
    [],
    {},
    "",
    "null",
    0,
    -1,
    1e400,
    10**30,
    True,
    "\ud800",
    [[]],
    {"a": None},
    [None],
)
_NOISE = (
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"data:",
    b"[DONE]",
    b"{",
    b'"',
    b": ping\n\n",
    b"\n\n",
    b"[" * 5000,
)


def _events() -> list[dict]:
    events = [chunk(text, None, index) for text in ("a = 1\n", "b = 2\n") for index in (0, 1)]
    return [*events, chunk("", "stop", 0), chunk("", "length", 1)]


def _mutated_value(value: object, draw: random.Random) -> object:
    """Return JSON with one place changed."""
    if isinstance(value, dict) and value and draw.random() < 0.85:
        key = draw.choice(list(value))
        if draw.random() < 0.1:
            return {name: one for name, one in value.items() if name != key}
        return value | {key: _mutated_value(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.85:
        place = draw.randrange(len(value))
        return [_mutated_value(x, draw) if i == place else x for i, x in enumerate(value)]
    return draw.choice(_VALUES)


def _mutated_bytes(data: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(data) + 1)
    end = min(len(data), start + draw.choice((0, 1, 3, 40)))
    match draw.randrange(4):
        case 0:
            return data[:start] + draw.choice(_NOISE) + data[end:]
        case 1:
            return data[:start] + data[end:]
        case 2:
            return data[:end] + data[start:]
        case _:
            return data[:start]


def response(draw: random.Random) -> tuple[bytes, float]:
    """Return the bytes of a response, and seconds for which the connection stays open after."""
    events: list[object] = list(_events())
    for _ in range(draw.choice((0, 1, 1, 2))):
        place = draw.randrange(len(events))
        events[place] = _mutated_value(events[place], draw)
    if draw.random() < 0.2:
        draw.shuffle(events)
    if draw.random() < 0.3:
        body = json.dumps(draw.choice(events)).encode()
    else:
        body = b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in events)
        body += b"data: [DONE]\n\n"
    if draw.random() < 0.4:
        body = _mutated_bytes(body, draw)
    status = draw.choice(
        [b"200 OK"] * 12
        + [b"400 Bad", b"422 Bad", b"503 Busy", b"307 Moved", b"204 None", b"999 ?"]
    )
    headers = {
        b"Content-Type": draw.choice(
            [b"text/event-stream", b"application/json", b"x; charset=none"]
        ),
        b"Content-Length": str(len(body)).encode(),
    }
    if draw.random() < 0.2:
        headers[b"Content-Length"] = draw.choice([b"0", b"3", b"99999", b"-1", b"x"])
    if draw.random() < 0.15:
        name = draw.choice([b"Content-Encoding", b"Transfer-Encoding", b"Location", b"Retry-After"])
        headers[name] = draw.choice(
            [b"gzip", b"chunked", b"/v1/x", b"http://[", b"nan", b"0", b"\xff"]
        )
    head = b"HTTP/1.1 " + status + b"\r\n"
    head += b"".join(name + b": " + value + b"\r\n" for name, value in headers.items())
    data = head + b"\r\n" + body
    if draw.random() < 0.1:
        data = _mutated_bytes(data, draw)
    return data, draw.choice((0.0,) * 40 + (2.0,))


@contextmanager
def _server(draw: random.Random) -> Iterator[str]:
    """Answer each connection with the next response."""
    listener = socket.create_server(("127.0.0.1", 0))
    lock = threading.Lock()

    def answer(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                received = b""
                while b"\r\n\r\n" not in received:
                    if not (piece := connection.recv(1 << 16)):
                        return
                    received += piece
                with lock:
                    data, open_s = response(draw)
                connection.sendall(data)
                # Whoever is still read from must not be reset: wait for the other end, or not.
                connection.shutdown(socket.SHUT_WR) if not open_s else time.sleep(open_s)
                connection.settimeout(0.5)
                while connection.recv(1 << 16):
                    pass
            except OSError:
                pass

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        listener.close()


def run(n: int, seed: int) -> tuple[Counter[str], float]:
    """Run cases; return how they ended, and the longest time one took."""
    ends: Counter[str] = Counter()
    longest_s = 0.0
    draw = random.Random(seed)
    with _server(random.Random(seed)) as url:
        for number in range(n):
            generator = EndpointGenerator(
                url,
                model="m",
                style=draw.choice(list(EndpointStyle)),
                timeout_s=TIMEOUT_S,
                max_tries=MAX_TRIES,
                backoff_s=0.001,
            )
            completions = []
            start = time.monotonic()
            try:
                requests = plan([prompt_of("Add.")], SAMPLING, str(number))
                for completion in generator.generate(requests, SAMPLING):
                    completions.append(completion)
                ends["written"] += 1
            except ModelError as error:
                assert "\n" not in error.message
                ends["an error in a sentence"] += 1
            longest_s = max(longest_s, time.monotonic() - start)
            assert sorted({one.index for one in completions}) == [
                one.index for one in sorted(completions, key=lambda one: one.index)
            ]
            for completion in completions:
                completion.text.encode()
    return ends, longest_s


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_no_answer_hangs_or_ends_in_a_traceback():
    ends, longest_s = run(300, seed=1)

    assert longest_s < BOUND_S
    assert min(ends["written"], ends["an error in a sentence"]) > 30


if __name__ == "__main__":
    started_s = time.monotonic()
    n_cases = int(sys.argv[1])
    counts, slowest_s = run(n_cases, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    sys.stdout.write(
        f"{n_cases} cases in {time.monotonic() - started_s:.0f} s, the slowest {slowest_s:.2f} s: "
        f"{dict(counts)}\n"
    )
