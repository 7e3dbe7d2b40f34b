"""A small OpenAI-compatible server over a real tiny model, run as a process of its own.

    python -m tests.generation.completion_server

Prints its port, serves on the loopback until its standard input closes. The first part of a
path is how it behaves: ``/well/v1/...`` as it should, the others each badly in one way.
"""

import json
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from gptcc_cli.generation import Sampling, open_generator
from tests.generation.tiny import prompt_of, request_of, tiny_loaded

MODEL = "tiny"
KEY = "secret-of-the-test"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    counts: ClassVar[Counter[str]] = Counter()

    def do_GET(self):
        if self._misbehaves():
            return
        self._answer(200, {"data": [{"id": MODEL}, {"id": "other"}]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._misbehaves():
            return
        if body["model"] != MODEL:
            self._answer(404, {"error": {"message": f"The model `{body['model']}` is not here."}})
            return
        chat = self.path.endswith("/chat/completions")
        text = body["messages"][0]["content"] if chat else body["prompt"]
        n = 1 if self._behaviour == "ignores-n" else body.get("n", 1)
        with self.lock:
            texts = [_write(text, body, choice) for choice in range(n)]
        if self._behaviour == "whole":
            self._answer(200, {"choices": [_choice(chat, c, t, "stop") for c, t in texts]})
        else:
            self._stream(chat, texts)

    def _stream(self, chat, texts):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        half = self._behaviour == "half" or (
            self._behaviour == "half-once" and self._times("half") == 1
        )
        for choice, text in texts:
            whole = text[:3] if half and choice == len(texts) - 1 else text
            for letter in whole:
                self._event({"choices": [_choice(chat, choice, letter, None)]}, chat)
            if whole is text:
                self._event({"choices": [_choice(chat, choice, "", "length")]}, chat)
        if half:
            self.wfile.flush()
            self.connection.shutdown(2)
        else:
            self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _event(self, value, chat):
        if chat:
            for choice in value["choices"]:
                choice["delta"] = choice.pop("message")
        self.wfile.write(b": a comment\ndata: " + json.dumps(value).encode() + b"\n\n")

    def _misbehaves(self):
        match self._behaviour:
            case "busy-once" if self._times("busy") == 1:
                self._answer(429, {"error": {"message": "Slow down."}}, {"Retry-After": "0"})
            case "busy":
                self._answer(429, {"error": {"message": "Slow down."}})
            case "broken":
                self._answer(503, {})
            case "key" if self.headers.get("Authorization") != f"Bearer {KEY}":
                self._answer(401, {"error": {"message": "Incorrect API key provided."}})
            case "garbage":
                self._answer(200, "<html>")
            case "silent":
                threading.Event().wait(20)
            case _:
                return False
        return True

    @property
    def _behaviour(self):
        return self.path.split("/")[1]

    def _times(self, what):
        self.counts[what] += 1
        return self.counts[what]

    def _answer(self, status, value, headers=None):
        content = (value if isinstance(value, str) else json.dumps(value)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, header in (headers or {}).items():
            self.send_header(name, header)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def _choice(chat, index, text, reason):
    said = {"message": {"content": text}} if chat else {"text": text}
    return {"index": index, "finish_reason": reason} | said


def _write(text: str, body: dict[str, Any], choice: int) -> tuple[int, str]:
    """The tiny model's own text for one choice; stop strings are left to the client."""
    request = request_of(prompt_of(text), choice, body["temperature"], body["seed"])
    (completion,) = GENERATOR.generate(
        [request], Sampling(max_new_tokens=body["max_tokens"], top_p=body["top_p"], top_k=0)
    )
    return choice, completion.text


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    GENERATOR = open_generator(tiny_loaded("llama", ends=False))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
