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
from gptcc_cli.generation.endpoint_client import Client, RetryableError, StreamChunk
from gptcc_cli.options.choices import EndpointStyle as EndpointStyle

_AT_ONCE = 4
"""Requests under way together."""
_CHOICES = 8
"""Choices asked for in one request."""
_STOPS = 4
"""Stop strings a server takes (OpenAI's limit); all of them are looked for here as well."""
_TICK_S = 0.1


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
        run = _EndpointRun(client, self._model, self._style, sampling, iter(requests))
        return run.completions(cancel or Event(), watch)


@dataclass(slots=True, kw_only=True)
class _PendingCandidate:
    """One candidate on the wire."""

    request: Request
    text: str = ""
    n_chunks: int = 0
    finish: Finish | None = None

    def begin(self) -> None:
        self.text, self.n_chunks = "", 0

    def take(self, chunk: StreamChunk) -> None:
        if self.finish is not None:
            return
        stops = [stop for stop in self.request.prompt.template.stop_strings if stop]
        reach = max((len(stop) for stop in stops), default=1) - 1
        start = max(0, len(self.text) - reach)
        self.text += chunk.text
        self.n_chunks += bool(chunk.text)
        places = [place for stop in stops if (place := self.text.find(stop, start)) >= 0]
        if places:
            self.text, self.finish = self.text[: min(places)], Finish.STOP
        elif chunk.finish_reason is not None:
            self.finish = Finish.LENGTH if chunk.finish_reason == "length" else Finish.STOP

    def completion(self) -> Completion:
        return Completion(
            prompt=self.request.prompt,
            index=self.request.index,
            text=self.text,
            n_tokens=self.n_chunks,
            finish=self.finish or Finish.CANCELLED,
            mean_logprob=None,
            temperature=self.request.temperature,
            seed=self.request.seed,
        )


_Message: TypeAlias = _PendingCandidate | GptccError | None
"""A candidate that ended, a failure for good, or ``None``: a question is answered."""


class _EndpointRun:
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
        self._queue: deque[Request] = deque()
        self._messages: SimpleQueue[_Message] = SimpleQueue()
        self._pending: list[_PendingCandidate] = []
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
            # Threads that still read end at their next chunk, or when the server has been
            # silent for long enough; nobody waits for them.
            self._stopped.set()
            self._close_if_idle()

    def _written(self, cancel: Event, watch: Watcher | None) -> Iterator[Completion]:
        n_requests = sum(self._send() for _ in range(_AT_ONCE))
        while n_requests and not cancel.is_set():
            try:
                message = self._messages.get(timeout=_TICK_S)
            except Empty:
                self._show(watch)
                continue
            if isinstance(message, GptccError):
                raise message
            if message is None:
                n_requests += self._send() - 1
            else:
                yield self._end(message)
            self._show(watch)

    def _send(self) -> int:
        """Send out the requests that one question can ask; return how many questions: 0 or 1."""
        group = self._next_group()
        if not group:
            return 0
        candidates = [_PendingCandidate(request=request) for request in group]
        self._pending += candidates
        with self._lock:
            self._n_threads += 1
        Thread(target=self._request_all, args=(candidates,), name="endpoint", daemon=True).start()
        return 1

    def _next_group(self) -> list[Request]:
        size = self._sampling.batch_size or _CHOICES
        self._queue.extend(itertools.islice(self._source, max(0, size - len(self._queue))))
        if not self._queue:
            return []
        first = self._queue[0]
        group = [
            request
            for request in self._queue
            if request.prompt == first.prompt and request.temperature == first.temperature
        ][:size]
        for request in group:
            self._queue.remove(request)
        return group

    def _request_all(self, candidates: list[_PendingCandidate]) -> None:
        """Write some candidates to their ends, trying again where that may help."""
        number = 1
        try:
            while unfinished := [candidate for candidate in candidates if candidate.finish is None]:
                try:
                    if self._request_once(unfinished):
                        continue
                    raise RetryableError("the response was incomplete")
                except RetryableError as why:
                    if self._stopped.is_set():
                        break
                    number += 1
                    self._client.wait_before(number, why)
            self._messages.put(None)
        except GptccError as error:
            self._messages.put(error)
        finally:
            with self._lock:
                self._n_threads -= 1
            self._close_if_idle()

    def _close_if_idle(self) -> None:
        with self._lock:
            if self._stopped.is_set() and not self._n_threads:
                self._client.close()

    def _request_once(self, candidates: list[_PendingCandidate]) -> bool:
        """Ask for all candidates; tell whether any ended. Servers may ignore ``n``."""
        for candidate in candidates:
            candidate.begin()
        path, body = self._body_of(candidates)
        n_ended = 0
        for chunk in self._client.stream(path, body):
            if self._stopped.is_set():
                break
            if not 0 <= chunk.choice < len(candidates):
                continue
            candidate = candidates[chunk.choice]
            was_open = candidate.finish is None
            candidate.take(chunk)
            if was_open and candidate.finish is not None:
                n_ended += 1
                self._messages.put(candidate)
                if n_ended == len(candidates):
                    break
        return n_ended > 0

    def _body_of(self, candidates: list[_PendingCandidate]) -> tuple[str, dict[str, Any]]:
        request, sampling = candidates[0].request, self._sampling
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
        if len(candidates) > 1:
            body["n"] = len(candidates)
        if stops := request.prompt.template.stop_strings[:_STOPS]:
            body["stop"] = list(stops)
        if self._style is EndpointStyle.CHAT:
            messages = [{"role": "user", "content": request.prompt.text}]
            return "chat/completions", body | {"messages": messages}
        return "completions", body | {"prompt": request.prompt.text}

    def _end(self, candidate: _PendingCandidate) -> Completion:
        self._n_finished += 1
        self._n_tokens += candidate.n_chunks
        self._pending.remove(candidate)
        return candidate.completion()

    def _abandon(self) -> Iterator[Completion]:
        """Yield what ended unseen, then what did not end."""
        for candidate in sorted(self._pending, key=lambda candidate: candidate.finish is None):
            yield candidate.completion()

    def _show(self, watch: Watcher | None) -> None:
        if watch is None:
            return
        n_tokens = self._n_tokens + sum(candidate.n_chunks for candidate in self._pending)
        watch(GeneratorStatus.of(self._pending, n_tokens=n_tokens, n_finished=self._n_finished))
