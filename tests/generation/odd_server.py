"""A loopback server in a thread whose answers are functions: servers differ in many ways."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

TEXT = "n = int(input())\nprint(n)\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP response."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause_s: float = 0.0
    """Wait so long after each line of the body."""


@dataclass(slots=True)
class OddServer:
    """Where it listens, and what it was asked."""

    url: str
    bodies: list[dict[str, Any]] = field(default_factory=list)
    """Every body posted, in order."""
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def serving(
    answer: Callable[[dict[str, Any]], Reply],
    *,
    get: Callable[[str], Reply] | None = None,
    port: int = 0,
) -> Iterator[OddServer]:
    """Serve until the block ends; ``answer`` gets each body, ``get`` each path."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.bodies.append(body | {"path": self.path})
            state.headers.append(dict(self.headers))
            self._send(answer(state.bodies[-1]))

        def do_GET(self) -> None:
            state.headers.append(dict(self.headers))
            self._send(get(self.path) if get else Reply(status=404, body=b"{}"))

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            for line in reply.body.splitlines(keepends=True) if reply.pause_s else [reply.body]:
                self.wfile.write(line)
                time.sleep(reply.pause_s)

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    state = OddServer(f"http://127.0.0.1:{server.server_address[1]}/v1")
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def chunk(text: str | None, reason: object = None, index: object = 0, **delta: object) -> dict:
    """Return one event of a chat stream."""
    return {
        "choices": [{"index": index, "delta": {"content": text, **delta}, "finish_reason": reason}]
    }


def sse(*events: object, content_type: str = "text/event-stream", done: bool = True) -> Reply:
    """Return a stream; strings are lines as they are."""
    lines = [one if isinstance(one, str) else f"data: {json.dumps(one)}" for one in events]
    lines += ["data: [DONE]"] * done
    body = "".join(f"{line}\n\n" for line in lines)
    return Reply(body=body.encode(), headers={"Content-Type": content_type})


def written(body: dict[str, Any], reason: object = "stop", between: object = None) -> list[dict]:
    """Return the events of a server that writes ``TEXT`` for every choice."""
    events = []
    for index in range(body.get("n", 1)):
        events += [chunk(line, between, index) for line in TEXT.splitlines(keepends=True)]
        events.append(chunk("", reason, index))
    return events


def as_json(value: object, status: int = 200, **headers: str) -> Reply:
    """Return a JSON response."""
    return Reply(
        body=json.dumps(value).encode(),
        status=status,
        headers={"Content-Type": "application/json"} | headers,
    )


def whole(content: object, body: dict[str, Any], **message: object) -> Reply:
    """Return an answer that is not streamed, with the same content for every choice."""
    return as_json(
        {
            "choices": [
                {"index": i, "message": {"content": content, **message}, "finish_reason": "stop"}
                for i in range(body.get("n", 1))
            ]
        }
    )
