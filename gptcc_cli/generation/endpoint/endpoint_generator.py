"""Candidates from a server: requests go out side by side, texts come in as they are written.

Covers ``n`` choices a request, stop strings, cancelling, and servers that fail halfway. What a
server can't promise is not promised: it counts tokens its own way, knows no top-k here, and
draws the choices of one request from one seed.
"""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, TypeAlias

from gptcc_cli.errors import GptccError
from gptcc_cli.generation.completion import (
    Completion,
    Finish,
    GeneratorStatus,
    Request,
    Sampling,
    Watcher,
)
from gptcc_cli.generation.endpoint.client import Broken, Client, Piece
from gptcc_cli.options.choices import EndpointStyle as EndpointStyle

_AT_ONCE = 4
"""Requests under way together."""
_CHOICES = 8
"""Choices asked for in one request."""
_STOPS = 4
"""Stop strings a server takes (OpenAI's limit); all of them are looked for here as well."""
_TICK_S = 0.1
_TAIL = 400


class EndpointGenerator:
    """Writes completions with a model that a server runs."""

    def __init__(
        self,
        url: str,
        *,
        model: str | None = None,
        style: EndpointStyle = EndpointStyle.COMPLETIONS,
        timeout_s: float = 120.0,
        max_tries: int = 5,
        backoff_s: float = 1.0,
    ) -> None:
        """Find the server's model.

        Args:
            url: the server, such as ``http://127.0.0.1:8000``.
            model: a model the server has; ``None``: the first it lists.
            style: which service to ask.
            timeout_s: how long the server may be silent.
            max_tries: how often a request is made before it counts as failed.
            backoff_s: the first wait between tries.

        Raises:
            UsageError: the URL can't be one.
            ModelError: no model is named and the server lists none.
        """
        self._settings: dict[str, Any] = {
            "timeout_s": timeout_s,
            "max_tries": max_tries,
            "backoff_s": backoff_s,
        }
        self._style = style
        client = Client(url, **self._settings)
        self._url = client.url
        self._withheld_key = client.withheld_key
        self._model = model or client.first_model()
        client.close()

    @property
    def name(self) -> str:
        """The model and its server."""
        return f"{self._model} at {self._url}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What is asked of whom, and what was left out."""
        asked = f"the server at {self._url} writes, asked for {self._style.value}"
        if self._withheld_key:
            return asked, "the API key was not sent: the connection is not encrypted"
        return (asked,)

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,
    ) -> Iterator[Completion]:
        """Yield each completion when it ends.

        When the server fails for good, what is finished comes out first, then what was begun
        as ``Finish.CANCELLED``, then the error.

        Raises:
            ModelError: the server can't be reached, refuses, or fails again and again.
        """
        client = Client(self._url, **self._settings)
        run = _Run(client, self._model, self._style, sampling, iter(requests))
        return run.completions(cancel or Event(), watch)


@dataclass(slots=True, kw_only=True)
class _Line:
    """One candidate on the wire."""

    request: Request
    text: str = ""
    n_pieces: int = 0
    finish: Finish | None = None

    def begin(self) -> None:
        self.text, self.n_pieces = "", 0

    def take(self, piece: Piece) -> None:
        if self.finish is not None:
            return
        stops = [stop for stop in self.request.prompt.template.stop_strings if stop]
        reach = max((len(stop) for stop in stops), default=1) - 1
        start = max(0, len(self.text) - reach)
        self.text += piece.text
        self.n_pieces += bool(piece.text)
        places = [place for stop in stops if (place := self.text.find(stop, start)) >= 0]
        if places:
            self.text, self.finish = self.text[: min(places)], Finish.STOP
        elif piece.finish_reason is not None:
            self.finish = Finish.LENGTH if piece.finish_reason == "length" else Finish.STOP

    def completion(self) -> Completion:
        return Completion(
            prompt=self.request.prompt,
            index=self.request.index,
            text=self.text,
            n_tokens=self.n_pieces,
            finish=self.finish or Finish.CANCELLED,
            mean_logprob=None,
            temperature=self.request.temperature,
            seed=self.request.seed,
        )


_News: TypeAlias = _Line | GptccError | None
"""A line that ended, a failure for good, or ``None``: a question is answered."""


class _Run:
    """One call of ``generate``."""

    def __init__(
        self,
        client: Client,
        model: str,
        style: EndpointStyle,
        sampling: Sampling,
        source: Iterator[Request],
    ) -> None:
        self._client = client
        self._model = model
        self._style = style
        self._sampling = sampling
        self._source = source
        self._waiting: deque[Request] = deque()
        self._news: SimpleQueue[_News] = SimpleQueue()
        self._lines: list[_Line] = []
        self._stopped = Event()
        self._lock = Lock()
        self._n_threads = 0
        self._n_finished = 0
        self._n_tokens = 0

    def completions(self, cancel: Event, watch: Watcher | None) -> Iterator[Completion]:
        try:
            yield from self._written(cancel, watch)
            yield from self._abandon()
        except GptccError:
            yield from self._abandon()
            raise
        finally:
            # Threads that still read end at their next piece, or when the server has been
            # silent for long enough; nobody waits for them.
            self._stopped.set()
            self._close_if_idle()

    def _written(self, cancel: Event, watch: Watcher | None) -> Iterator[Completion]:
        n_out = sum(self._send() for _ in range(_AT_ONCE))
        while n_out and not cancel.is_set():
            try:
                news = self._news.get(timeout=_TICK_S)
            except Empty:
                self._show(watch)
                continue
            if isinstance(news, GptccError):
                raise news
            if news is None:
                n_out += self._send() - 1
            else:
                yield self._end(news)
            self._show(watch)

    def _send(self) -> int:
        """Send out the requests that one question can ask; return how many questions: 0 or 1."""
        group = self._next_group()
        if not group:
            return 0
        lines = [_Line(request=request) for request in group]
        self._lines += lines
        with self._lock:
            self._n_threads += 1
        Thread(target=self._ask, args=(lines,), name="endpoint", daemon=True).start()
        return 1

    def _next_group(self) -> list[Request]:
        size = self._sampling.batch_size or _CHOICES
        self._waiting.extend(itertools.islice(self._source, max(0, size - len(self._waiting))))
        if not self._waiting:
            return []
        first = self._waiting[0]
        group = [
            request
            for request in self._waiting
            if request.prompt == first.prompt and request.temperature == first.temperature
        ][:size]
        for request in group:
            self._waiting.remove(request)
        return group

    def _ask(self, lines: list[_Line]) -> None:
        """Write some lines to their ends, trying again where that may help."""
        number = 1
        try:
            while open_lines := [line for line in lines if line.finish is None]:
                try:
                    if self._ask_once(open_lines):
                        continue
                    raise Broken("its answer broke off in the middle")
                except Broken as why:
                    if self._stopped.is_set():
                        break
                    number += 1
                    self._client.wait_before(number, why)
            self._news.put(None)
        except GptccError as error:
            self._news.put(error)
        finally:
            with self._lock:
                self._n_threads -= 1
            self._close_if_idle()

    def _close_if_idle(self) -> None:
        with self._lock:
            if self._stopped.is_set() and not self._n_threads:
                self._client.close()

    def _ask_once(self, lines: list[_Line]) -> bool:
        """Ask for all lines; tell whether any ended. Servers may ignore ``n``."""
        for line in lines:
            line.begin()
        path, body = self._question(lines)
        n_ended = 0
        for piece in self._client.stream(path, body):
            if self._stopped.is_set():
                break
            if not 0 <= piece.choice < len(lines):
                continue
            line = lines[piece.choice]
            was_open = line.finish is None
            line.take(piece)
            if was_open and line.finish is not None:
                n_ended += 1
                self._news.put(line)
                if n_ended == len(lines):
                    break
        return n_ended > 0

    def _question(self, lines: list[_Line]) -> tuple[str, dict[str, Any]]:
        request, sampling = lines[0].request, self._sampling
        body: dict[str, Any] = {
            "model": self._model,
            "max_tokens": min(
                sampling.max_new_tokens, request.prompt.max_new_tokens or sampling.max_new_tokens
            ),
            "temperature": request.temperature,
            "top_p": sampling.top_p,
            # JSON numbers of other languages are doubles: keep the seed exact in them.
            "seed": request.seed % (1 << 31),
            "stream": True,
        }
        if len(lines) > 1:
            body["n"] = len(lines)
        if stops := request.prompt.template.stop_strings[:_STOPS]:
            body["stop"] = list(stops)
        if self._style is EndpointStyle.CHAT:
            messages = [{"role": "user", "content": request.prompt.text}]
            return "chat/completions", body | {"messages": messages}
        return "completions", body | {"prompt": request.prompt.text}

    def _end(self, line: _Line) -> Completion:
        self._n_finished += 1
        self._n_tokens += line.n_pieces
        self._lines.remove(line)
        return line.completion()

    def _abandon(self) -> Iterator[Completion]:
        """Yield what ended unseen, then what did not end."""
        for line in sorted(self._lines, key=lambda line: line.finish is None):
            yield line.completion()

    def _show(self, watch: Watcher | None) -> None:
        if watch is None:
            return
        shown = self._lines[0] if self._lines else None
        watch(
            GeneratorStatus(
                n_tokens=self._n_tokens + sum(line.n_pieces for line in self._lines),
                n_active=len(self._lines),
                n_finished=self._n_finished,
                preview=shown.text[-_TAIL:] if shown else "",
                preview_index=shown.request.index if shown else None,
            )
        )
