"""A chat server's manners, for tests that bring its words."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any


class ChatHandler(BaseHTTPRequestHandler):
    """Has one model, and answers each chat with ``replies`` in turn."""

    protocol_version = "HTTP/1.1"
    model = "chatty"

    def replies(self, text: str) -> list[str]:
        """Return what is answered to a message."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """List the model."""
        self._answer({"data": [{"id": self.model}]})

    def do_POST(self) -> None:
        """Answer a chat."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = self.replies(body["messages"][0]["content"])
        choices = [
            {"index": i, "finish_reason": "stop", "message": {"content": texts[i % len(texts)]}}
            for i in range(body.get("n", 1))
        ]
        self._answer({"choices": choices})

    def _answer(self, value: dict[str, Any]) -> None:
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
