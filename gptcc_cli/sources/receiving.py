"""Problems posted by the Competitive Companion browser extension -> sources, as they arrive.

Listens on 127.0.0.1 only and answers before anything is done with a problem. Refuses requests
that a web page could forge: another origin than an extension's, another host than this one, what
is not JSON of a problem, bodies beyond ``MAX_BODY_BYTES``. Saves nothing.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue

from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.sources.companion import is_companion, read_companion
from gptcc_cli.sources.source import Source

PORTS = (10043, 1327, 4244, 6174, 10042, 10045, 27121)
"""Ports the extension posts to without being configured; the first that is free is used."""
MAX_BODY_BYTES = 4 << 20
"""Samples of a problem fit many times over."""
_READ_TIMEOUT_S = 5.0
"""Seconds a request may take to arrive whole."""


class Receiver:
    """A listening server and the problems that have come in."""

    def __init__(self, server: ThreadingHTTPServer, arrived: SimpleQueue[Source]) -> None:
        """Keep both; ``open_receiver`` makes them."""
        self._server = server
        self._arrived = arrived

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def wait(self, timeout_s: float | None = None) -> Source | None:
        """Return the next problem; ``None`` if none comes in time."""
        try:
            return self._arrived.get(timeout=timeout_s)
        except Empty:
            return None


@contextmanager
def open_receiver(port: int | None, refused: Callable[[str], None]) -> Iterator[Receiver]:
    """Listen until the context ends.

    Args:
        port: the port; ``None``: the first of ``PORTS`` that is free; 0: any that is free.
        refused: called with a sentence for each request that is turned away.

    Raises:
        UsageError: the port can't be had.
    """
    from threading import Thread

    arrived: SimpleQueue[Source] = SimpleQueue()
    server = _bind(port, arrived, refused)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield Receiver(server, arrived)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _ReceivingServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Drop a connection that broke off; there is nobody to tell."""


def _bind(
    port: int | None, arrived: SimpleQueue[Source], refused: Callable[[str], None]
) -> ThreadingHTTPServer:
    handler = type("Handler", (_Handler,), {"arrived": arrived, "refused": staticmethod(refused)})
    ports = PORTS if port is None else (port,)
    for number in ports:
        try:
            return _ReceivingServer(("127.0.0.1", number), handler)
        except OSError:
            continue
    raise UsageError(
        f"port {', '.join(map(str, ports))} on 127.0.0.1 can't be listened on",
        hint="end the program that listens there, or choose another with --port",
    )


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    arrived: SimpleQueue[Source]
    refused: Callable[[str], None]
    timeout = _READ_TIMEOUT_S
    server_version = "gptcc"
    sys_version = ""

    def do_POST(self) -> None:
        """Take a problem."""
        try:
            source = self._read()
        except _Refusal as refusal:
            self.refused(str(refusal))
            self._answer(refusal.status)
            return
        # Before the answer: the extension sends a contest's next problem as soon as it has one.
        self.arrived.put(source)
        self._answer(HTTPStatus.OK)

    def _read(self) -> Source:
        self._check_sender()
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or self.headers.get("Transfer-Encoding"):
            raise _Refusal(HTTPStatus.LENGTH_REQUIRED, "a request that does not say its length")
        if int(length[:12]) > MAX_BODY_BYTES:
            raise _Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body of more than {MAX_BODY_BYTES} bytes"
            )
        try:
            body = self.rfile.read(int(length))
        except TimeoutError:
            raise _Refusal(HTTPStatus.REQUEST_TIMEOUT, "a body that did not arrive") from None
        return _parse(body, int(length))

    def _check_sender(self) -> None:
        """Refuse what a page in the browser may have sent: it would carry its own origin."""
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        if host not in ("127.0.0.1", "localhost"):
            raise _Refusal(HTTPStatus.FORBIDDEN, f"a request for another host, {host[:60]!r}")
        origin = self.headers.get("Origin")
        if origin is not None and not origin.startswith(_EXTENSIONS):
            raise _Refusal(HTTPStatus.FORBIDDEN, f"a request from the page {origin[:60]!r}")

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: whoever opened the receiver does."""


_EXTENSIONS = ("moz-extension://", "chrome-extension://", "safari-web-extension://")


class _Refusal(Exception):
    """A request turned away, with the status it is answered by."""

    def __init__(self, status: HTTPStatus, what: str) -> None:
        super().__init__(what)
        self.status = status


def _parse(body: bytes, length: int) -> Source:
    if len(body) != length:
        raise _Refusal(HTTPStatus.BAD_REQUEST, "a body that broke off")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refusal(HTTPStatus.BAD_REQUEST, "a body that is not JSON") from None
    if not isinstance(data, dict) or not is_companion(data):
        raise _Refusal(HTTPStatus.BAD_REQUEST, "JSON that is not of a problem")
    try:
        return read_companion(data, name="problem", origin="Competitive Companion")
    except ProblemError as error:
        raise _Refusal(HTTPStatus.BAD_REQUEST, error.message) from None
