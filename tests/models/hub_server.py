"""A hub on the loopback: speaks as much of the hub's API as its library needs to fetch a model.

Serves real files from a directory. It can also refuse (gated, missing), break off in the middle
of a file, or take connections and never answer.
"""

import contextlib
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class HubServer:
    """What the hub holds and how it behaves; ``asked`` is what it was asked for."""

    repo_id: str
    files: Path
    gated: bool = False
    break_off: str | None = None
    """A file whose content ends early."""
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """For ``HF_ENDPOINT``."""
        return f"http://127.0.0.1:{self.port}"

    def served(self) -> set[str]:
        """Names of the files whose content was asked for."""
        return {path.rpartition("/")[2] for path in self.asked if path.startswith("GET-FILE ")}


@contextmanager
def hub_server(repo_id: str, files: Path, **signature: object) -> Iterator[HubServer]:
    """Serve a directory as the model ``repo_id``."""
    hub = HubServer(repo_id=repo_id, files=files, **signature)  # type: ignore[arg-type]
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield hub
        server.shutdown()
        thread.join()


@dataclass
class BlackHole:
    """An address that takes connections and never says a word."""

    listener: socket.socket

    @property
    def url(self) -> str:
        """For ``HF_ENDPOINT``."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def asked(self) -> int:
        """How many connections came since the last call."""
        number = 0
        self.listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.listener.accept()[0].close()
                number += 1
        return number


@contextmanager
def black_hole() -> Iterator[BlackHole]:
    """Open a black hole on the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield BlackHole(listener)


class _Handler(BaseHTTPRequestHandler):
    hub: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        api = f"/api/models/{self.hub.repo_id}"
        resolve = f"/{self.hub.repo_id}/resolve/"
        if path.startswith(resolve):
            self._file(path.removeprefix(resolve), with_body=with_body)
            return
        self.hub.asked.append(f"{self.command} {path}")
        if path == api or path.startswith(api + "/revision/"):
            self._info(path.removeprefix(api).removeprefix("/revision/") or "main")
        elif path.startswith(api + "/tree/"):
            self._json([self._entry(file) for file in self._paths()])
        else:
            self._refuse(404, "RepoNotFound")

    def _info(self, revision: str) -> None:
        if revision not in ("main", COMMIT):
            self._refuse(404, "RevisionNotFound")
            return
        siblings = [{"rfilename": f.name, "size": f.stat().st_size} for f in self._paths()]
        gated = "manual" if self.hub.gated else False
        self._json({"id": self.hub.repo_id, "sha": COMMIT, "siblings": siblings, "gated": gated})

    def _file(self, rest: str, *, with_body: bool) -> None:
        revision, _, name = rest.partition("/")
        path = self.hub.files / name
        if self.hub.gated:
            self._refuse(403, "GatedRepo")
            return
        if revision not in ("main", COMMIT) or not path.is_file():
            self._refuse(404, "EntryNotFound")
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not with_body:
            return
        self.hub.asked.append(f"GET-FILE /{name}")
        if name == self.hub.break_off:
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            return
        self.wfile.write(content)

    def _paths(self) -> list[Path]:
        return sorted(path for path in self.hub.files.iterdir() if path.is_file())

    def _entry(self, path: Path) -> dict[str, object]:
        oid = hashlib.sha1(path.name.encode()).hexdigest()
        return {"type": "file", "path": path.name, "size": path.stat().st_size, "oid": oid}

    def _json(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", f"refused: {code}")
        self.send_header("Content-Length", "0")
        self.end_headers()
