"""Candidates from a server: requests go out side by side, texts come in as they are written.

Covers ``n`` choices a request, how many are written at once, stop strings, cancelling, and servers
that fail halfway. What a server can't promise is not promised: it counts tokens its own way, knows
no top-k here, and draws the choices of one request from one seed.

Threads read, one a request; whatever they meet ends as a message to the thread that called
``generate``, which waits for none of them longer than the server may be silent.
"""

import itertools
import math
import operator
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, TypeAlias

from gptcc_cli.errors import GptccError, ModelError
from gptcc_cli.generation.completion import (
    Completion,
    Finish,
    GeneratorStatus,
    Request,
    Sampling,
    Watcher,
)
from gptcc_cli.generation.endpoint_client import (
    MAX_WAIT_S,
    Client,
    RefusedRequestError,
)
from gptcc_cli.generation.endpoint_parameters import MAX_CHOICES, ServerParameters
from gptcc_cli.generation.endpoint_protocol import RetryableError, StreamChunk
from gptcc_cli.options.choices import EndpointStyle as EndpointStyle

_AT_ONCE = 32
"""Candidates in flight, if nothing is known of the server."""
_AT_ONCE_SINGLY = 8
"""Candidates in flight at a server that refuses several choices: they often have few slots."""
_CHARS_PER_TOKEN = 64
"""Far more than any text has: a server that goes on for ever is stopped here."""
_STOPS = 4
"""Stop strings a server takes (OpenAI's limit); all of them are looked for here as well."""
_TICK_S = 0.1
_LIMITS_S = 5.0
"""How long a server may be silent that is asked for its limits."""
_MOST_THOUGHT_CHARS = 1 << 20
"""Thoughts have a limit of their own at some servers."""
_FINISHES = dict.fromkeys(("length", "max_tokens", "model_length"), Finish.LENGTH)
"""What finish reasons mean; all others are an end."""


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
        self._server = _Server()
        self._withheld_key = client.withheld_key
        self._model = model or client.first_model()
        client.close()

    @property
    def name(self) -> str:
        """The model and its server."""
        return f"{self._model} at {self._url}"

    @cached_property
    def context_length(self) -> int | None:
        """Tokens of prompt and completion together; ``None``: the server does not tell."""
        quick = self._settings | {"timeout_s": min(_LIMITS_S, self._settings["timeout_s"])}
        client = Client(self._url, **quick)
        self._server.n_context, self._server.n_slots = client.limits(self._model)
        client.close()
        return self._server.n_context

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
        run = _EndpointRun(client, self._server, self._model, self._style, sampling, iter(requests))
        return run.completions(cancel or Event(), watch)


@dataclass(slots=True, kw_only=True)
class _Server:
    """What is known of the server; learned while it answers, kept for all runs."""

    parameters: ServerParameters = field(default_factory=ServerParameters)
    finishes_each: bool = False
    """Whether it is known to give each choice of a request its own finish reason."""
    n_context: int | None = None
    """Tokens of prompt and completion together, if that is known."""
    warned_of_thoughts: bool = False
    n_slots: int | None = None
    """Candidates it writes together, if that is known."""

    @property
    def at_once(self) -> int:
        """How many candidates to have in flight."""
        singly = self.parameters.max_choices < MAX_CHOICES
        return self.n_slots or (_AT_ONCE_SINGLY if singly else _AT_ONCE)


@dataclass(slots=True, kw_only=True, eq=False)
class _PendingCandidate:
    """One candidate on the wire."""

    request: Request
    max_new_tokens: int
    temperature: float
    text: str = ""
    n_chunks: int = 0
    n_thought_chars: int = 0
    reported: Finish | None = None
    """The server's finish reason for this choice; see ``_Question.settle``."""
    finish: Finish | None = None
    is_sent: bool = False
    longest: str = ""
    """The most that an earlier attempt brought."""

    def begin(self) -> None:
        self.longest = max(self.longest, self.text, key=len)
        self.text, self.n_chunks, self.n_thought_chars, self.reported = "", 0, 0, None

    def take(self, chunk: StreamChunk) -> None:
        stops = [stop for stop in self.request.prompt.template.stop_strings if stop]
        reach = max((len(stop) for stop in stops), default=1) - 1
        start = max(0, len(self.text) - reach)
        self.text += chunk.text
        self.n_thought_chars += len(chunk.reasoning)
        self.n_chunks += bool(chunk.text or chunk.reasoning)
        places = [place for stop in stops if (place := self.text.find(stop, start)) >= 0]
        most = _CHARS_PER_TOKEN * self.max_new_tokens
        if places:
            self.text, self.finish = self.text[: min(places)], Finish.STOP
        elif len(self.text) > most or self.n_thought_chars > _MOST_THOUGHT_CHARS + most:
            self.text, self.finish = self.text[:most], Finish.LENGTH
        elif chunk.finish_reason is not None:
            self.reported = _FINISHES.get(chunk.finish_reason.lower(), Finish.STOP)

    def end(self) -> None:
        """Take what came for all, though no finish reason did."""
        if self.finish is None and (self.text or self.n_thought_chars or self.reported):
            cut = self.n_chunks >= self.max_new_tokens
            self.finish = self.reported or (Finish.LENGTH if cut else Finish.STOP)

    def completion(self) -> Completion:
        text = self.text if self.finish else max(self.longest, self.text, key=len)
        # Servers may cut a character into two halves of UTF-16.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return Completion(
            prompt=self.request.prompt,
            index=self.request.index,
            text=text,
            n_tokens=self.n_chunks,
            finish=self.finish or Finish.CANCELLED,
            mean_logprob=None,
            temperature=self.temperature,
            seed=self.request.seed,
        )


@dataclass(slots=True, kw_only=True, eq=False)
class _Question:
    """Candidates that one thread asks for."""

    candidates: list[_PendingCandidate]
    active_s: float = field(default_factory=monotonic)
    """When the server last brought something, or the latest attempt began."""
    failing_since_s: float | None = None
    """Since when no attempt has brought anything."""

    @property
    def unfinished(self) -> list[_PendingCandidate]:
        return [candidate for candidate in self.candidates if candidate.finish is None]


_Message: TypeAlias = _PendingCandidate | Exception | _Question
"""A candidate that ended, a failure for good, or a question whose thread ended."""


class _TooManyChoices(Exception):
    """The server writes fewer choices a request than there are candidates."""


class _EndpointRun:
    """One call of ``generate``."""

    def __init__(
        self,
        client: Client,
        server: _Server,
        model: str,
        style: EndpointStyle,
        sampling: Sampling,
        source: Iterator[Request],
    ) -> None:
        self._client = client
        self._server = server
        self._model = model
        self._style = style
        self._sampling = sampling
        self._source = source
        self._groups: deque[list[_PendingCandidate]] = deque()
        self._messages: SimpleQueue[_Message] = SimpleQueue()
        self._notes: SimpleQueue[str] = SimpleQueue()
        self._pending: list[_PendingCandidate] = []
        self._questions: list[_Question] = []
        self._active_s = -math.inf
        """When the server last brought text to any thread."""
        self._stopped = Event()
        self._lock = Lock()
        self._n_threads = 0
        self._only_thoughts: list[_PendingCandidate] = []
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
        self._fill()
        while self._questions and not cancel.is_set():
            try:
                message = self._messages.get(timeout=_TICK_S)
            except Empty:
                self._check_silence()
                self._show(watch)
                continue
            if isinstance(message, Exception):
                raise message
            if isinstance(message, _Question):
                self._take_back(message)
            else:
                yield self._end(message)
            self._fill()
            self._show(watch)
        self._warn_of_thoughts(watch)

    def _check_silence(self) -> None:
        """Give up if a thread is stuck where its own time limits don't reach.

        Raises:
            ModelError: that is so.
        """
        longest_s = self._client.longest_silence_s
        if any(monotonic() - question.active_s > longest_s for question in self._questions):
            raise ModelError(
                f"{self._client.url} brought nothing for {longest_s:g} s",
                hint="check the server's log, or try again later",
            )

    def _fill(self) -> None:
        """Send out requests while there is room for them."""
        while group := self._next_group():
            question = _Question(candidates=group)
            self._questions.append(question)
            self._pending += group
            with self._lock:
                self._n_threads += 1
            Thread(target=self._run, args=(question,), name="endpoint", daemon=True).start()

    def _next_group(self) -> list[_PendingCandidate]:
        """Return the next candidates to ask for in one request; empty: there is no room."""
        room = (self._sampling.batch_size or self._server.at_once) - len(self._pending)
        if room > 0 and not self._groups:
            self._draw()
        if not self._groups:
            return []
        group = self._groups[0]
        # At temperature 0 all choices of a request are the same, and vLLM refuses them.
        size = self._server.parameters.max_choices if group[0].request.temperature else 1
        taken, rest = group[:size], group[size:]
        if len(taken) > room and self._pending:
            return []
        self._groups.popleft()
        if rest:
            self._groups.appendleft(rest)
        return taken

    def _draw(self) -> None:
        """Draw what is written at once, grouped by prompt and temperature.

        Which requests share a seed must not depend on when the server answers, so a fixed number
        is drawn, and not what there is room for.
        """
        groups: list[list[_PendingCandidate]] = []
        size = self._sampling.batch_size or self._server.at_once
        for request in itertools.islice(self._source, size):
            room = (self._server.n_context or math.inf) - request.prompt.n_tokens
            most = min(self._sampling.max_new_tokens, room)
            candidate = _PendingCandidate(
                request=request,
                temperature=request.temperature,
                max_new_tokens=max(1, int(min(most, request.prompt.max_new_tokens or most))),
            )
            for group in groups:
                first = group[0].request
                if (request.prompt, request.temperature) == (first.prompt, first.temperature):
                    group.append(candidate)
                    break
            else:
                groups.append([candidate])
        self._groups.extend(groups)

    def _take_back(self, question: _Question) -> None:
        """Queue what a question's server left unwritten."""
        self._questions.remove(question)
        if rest := question.unfinished:
            self._pending = [one for one in self._pending if one not in rest]
            self._groups.appendleft(rest)

    def _run(self, question: _Question) -> None:
        """Be the thread of a question; whatever happens, a message says so."""
        message: _Message = question
        try:
            self._request_all(question)
        except Exception as error:  # noqa: BLE001 - raised where the run waits
            message = error
        finally:
            self._messages.put(message)
            with self._lock:
                self._n_threads -= 1
            self._close_if_idle()

    def _request_all(self, question: _Question) -> None:
        """Write some candidates, trying again where that may help."""
        number = 1
        while (unfinished := question.unfinished) and not self._stopped.is_set():
            if len(unfinished) > self._server.parameters.max_choices:
                return
            question.active_s = monotonic()
            try:
                self._request_once(question, unfinished)
            except _TooManyChoices:
                return
            except RetryableError as why:
                if self._stopped.is_set() or self._is_too_much(question, why):
                    return
                now_s = monotonic()
                question.failing_since_s = question.failing_since_s or now_s
                question.active_s = now_s + MAX_WAIT_S
                number += 1
                failing_s = now_s - question.failing_since_s
                self._client.wait_before(number, why, failing_s=failing_s)
                continue
            n_ended = len(unfinished) - len(question.unfinished)
            if n_ended < len(unfinished):
                # The rest is asked for by others, side by side.
                self._server.parameters.max_choices = min(
                    self._server.parameters.max_choices, n_ended
                )
                return

    def _is_too_much(self, question: _Question, why: RetryableError) -> bool:
        """Tell whether the server fails because it is asked for too much at once; ask for less.

        It is silent while it writes others, which it has no slot beside, or its memory is shared.
        """
        now_s = monotonic()
        pending = tuple(self._pending)
        alone = len(question.unfinished) == 1 and len(pending) <= 1
        writes_others = now_s - self._active_s < self._client.timeout_s
        if alone or not (why.is_crowded or (why.is_silent and writes_others)):
            return False
        writing = sum(one.finish is None and one.n_chunks > 0 for one in pending)
        self._server.n_slots = max(1, writing if why.is_silent else len(pending) // 2)
        self._server.parameters.max_choices = 1
        return True

    def _close_if_idle(self) -> None:
        with self._lock:
            if self._stopped.is_set() and not self._n_threads:
                self._client.close()

    def _request_once(self, question: _Question, candidates: list[_PendingCandidate]) -> None:
        """Ask for all candidates. A server may write fewer than it was asked for.

        Raises:
            RetryableError: it failed, or wrote none.
            ModelError: it failed for good.
        """
        for candidate in candidates:
            candidate.begin()
        try:
            if not self._take_all(question, candidates):
                return
        except RetryableError:
            # Servers such as `transformers serve` send no [DONE] after the last finish reason, and
            # may write fewer candidates than they were asked for.
            ended = [bool(one.finish or one.reported) for one in candidates]
            begun = [bool(one.n_chunks) for one in candidates]
            if not any(ended) or any(map(operator.gt, begun, ended)):
                raise
        for candidate in candidates:
            candidate.end()
        self._send_finished(candidates)
        if not any(candidate.finish for candidate in candidates):
            raise RetryableError("the response was incomplete")

    def _take_all(self, question: _Question, candidates: list[_PendingCandidate]) -> bool:
        """Take the chunks of one request; return whether some candidate may be left to end."""
        for chunk in self._chunks(candidates):
            if self._stopped.is_set():
                return False
            choice = chunk.choice
            if choice is None and len(candidates) > 1:
                # Which choice a part belongs to can't be told: one at a time, then.
                self._server.parameters.max_choices = 1
                raise _TooManyChoices
            if not 0 <= (choice or 0) < len(candidates):
                continue
            candidate = candidates[choice or 0]
            question.active_s = self._active_s = monotonic()
            question.failing_since_s = None
            if candidate.finish is None:
                candidate.take(chunk)
                if candidate.finish or candidate.reported:
                    self._settle(candidates)
            if all(candidate.finish for candidate in candidates):
                return False
        return True

    def _chunks(self, candidates: list[_PendingCandidate]) -> Iterator[StreamChunk]:
        """Ask in the way the server takes, which may need some attempts to find out."""
        parameters = self._server.parameters
        path, body = self._body_of(candidates)
        while True:
            sent = parameters.apply(body)
            if "temperature" not in sent:
                for candidate in candidates:
                    candidate.temperature = 1.0
            try:
                yield from self._client.stream(path, sent)
            except RefusedRequestError as error:
                learned = parameters.learn(body, sent, error.text)
                if learned is None:
                    raise
                if learned:
                    self._notes.put(f"{error.message}; from now on: {learned}")
                if len(candidates) > parameters.max_choices:
                    raise _TooManyChoices from error
            else:
                return

    def _settle(self, candidates: list[_PendingCandidate]) -> None:
        """End the candidates with a finish reason, if it can be believed.

        Some proxies (litellm) send one for all choices, when the first of them ends: it counts
        when a second choice has one too, or when the response ends.
        """
        reported = [candidate for candidate in candidates if candidate.reported]
        self._server.finishes_each |= len(reported) > 1
        if self._server.finishes_each or len(candidates) == 1:
            for candidate in reported:
                candidate.finish = candidate.finish or candidate.reported
        self._send_finished(candidates)

    def _send_finished(self, candidates: list[_PendingCandidate]) -> None:
        for candidate in candidates:
            if candidate.finish is not None and not candidate.is_sent:
                candidate.is_sent = True
                self._messages.put(candidate)

    def _body_of(self, candidates: list[_PendingCandidate]) -> tuple[str, dict[str, Any]]:
        request, sampling = candidates[0].request, self._sampling
        body: dict[str, Any] = {
            "model": self._model,
            "max_tokens": candidates[0].max_new_tokens,
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
        if candidate.n_thought_chars and not candidate.text.strip():
            self._only_thoughts.append(candidate)
        self._n_tokens += candidate.n_chunks
        self._pending.remove(candidate)
        return candidate.completion()

    def _abandon(self) -> Iterator[Completion]:
        """Yield what ended unseen, then what did not end."""
        for candidate in sorted(self._pending, key=lambda candidate: candidate.finish is None):
            yield candidate.completion()

    def _show(self, watch: Watcher | None, warning: tuple[str, str] | None = None) -> None:
        if watch is None:
            return
        n_tokens = self._n_tokens + sum(candidate.n_chunks for candidate in self._pending)
        note = None if self._notes.empty() else self._notes.get()
        status = GeneratorStatus.of(
            self._pending, n_tokens=n_tokens, n_finished=self._n_finished, note=note
        )
        watch(replace(status, warning=warning))

    def _warn_of_thoughts(self, watch: Watcher | None) -> None:
        """Say once that candidates hold no answer, because the model only thought."""
        if not self._only_thoughts or self._server.warned_of_thoughts:
            return
        self._server.warned_of_thoughts = True
        count = f"{len(self._only_thoughts)} of {self._n_finished} completions"
        if any(candidate.finish is Finish.LENGTH for candidate in self._only_thoughts):
            why = "all tokens went into reasoning"
            hint = "raise --max-new-tokens, or have the server reason less"
        else:
            why = "the server gave all their text as reasoning"
            hint = "start the server with another reasoning parser, or raise --max-new-tokens"
        self._show(watch, warning=(f"{count} have no answer: {why}", hint))
