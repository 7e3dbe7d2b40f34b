"""An HTTP client for OpenAI-compatible servers: one request, its stream of chunks, its errors.

Covers ``/models``, ``/completions`` and ``/chat/completions``, time limits, retries with backoff,
and the API key. Does not know candidates, nor what answers look like (``endpoint_protocol``). The
key is sent to the server and never shown: not in errors, not in ``repr``, and not over plain HTTP
to another machine.
"""

import math
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import urljoin, urlsplit

from gptcc_cli.errors import GptccError, ModelError, UsageError
from gptcc_cli.generation.endpoint_protocol import (
    RetryableError,
    StreamChunk,
    message_of,
    parse_object,
    read_answer,
)

KEY_NAMES = ("GPTCC_API_KEY", "OPENAI_API_KEY")
"""Environment variables that may hold the key; the first that is set counts."""
_KEY_WORDS = re.compile(r"api[ _-]?key|authenticat|unauthori[sz]ed", re.IGNORECASE)
_RETRY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_CONNECT_S = 10.0
"""The longest time to connect."""
MAX_WAIT_S = 120.0
"""The longest wait between tries."""
_MAX_REDIRECTS = 4
_MAX_BODY_BYTES = 1 << 24


class RefusedRequestError(ModelError):
    """The server refuses the request as it is."""

    def __init__(self, message: str, *, hint: str, text: str) -> None:
        """Keep the body of the server's response."""
        super().__init__(message, hint=hint)
        self.text = text


class Client:
    """One server."""

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float,
        max_tries: int,
        backoff_s: float,
        environment: Mapping[str, str] = os.environ,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open no connection yet.

        Args:
            url: the server, with or without ``/v1``.
            timeout_s: how long the server may be silent.
            max_tries: how often a request is made before it counts as failed.
            backoff_s: the first wait between tries; each further one is twice as long.
            environment: where the key is looked for.
            sleep: waits.

        Raises:
            UsageError: the URL can't be one.
        """
        import httpx2

        self.url = _base_url(url)
        self.answered = False
        """Whether the server ever answered: if it is gone then, it may be back."""
        self._http = httpx2
        self._environment = environment
        self._max_tries = max_tries
        self._backoff_s = backoff_s
        self.timeout_s = timeout_s
        # To connect, for the headers and for the text.
        self.longest_silence_s = 3 * timeout_s + 1
        self._sleep = sleep
        local = _is_loopback(self.url)
        self._key_name = next((name for name in KEY_NAMES if environment.get(name)), None)
        self.withheld_key = bool(
            self._key_name and not local and not self.url.startswith("https://")
        )
        headers = {}
        if self._key_name and not self.withheld_key:
            headers["Authorization"] = f"Bearer {environment[self._key_name]}"
        self._client = httpx2.Client(
            headers=headers,
            timeout=httpx2.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s)),
            # A proxy of the environment is for other machines.
            trust_env=not local,
            # Redirects stay at their origin, so without TLS no certificates are loaded.
            verify=self.url.startswith("https://"),
        )

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def first_model(self) -> str:
        """Return the name of the first model the server lists.

        Raises:
            ModelError: it lists none, or does not answer.
        """
        number = 1
        while True:
            try:
                listed = self._list_models()
                break
            except RetryableError as why:
                number += 1
                self.wait_before(number, why, hint="name a model with --model")
        if not listed:
            raise ModelError(f"{self.url} lists no models", hint="name one with --model")
        return str(listed[0]["id"])

    def limits(self, model: str) -> tuple[int | None, int | None]:
        """Return a model's context length and the server's slots, as far as it tells.

        vLLM, SGLang and others list ``max_model_len`` with their models, llama-server has
        ``/props``. A server that fails here may still write: nothing is raised.
        """
        try:
            listed = self._list_models()
            # llama-server answers to any name.
            only = listed[0] if len(listed) == 1 else {}
            fields = next((one for one in listed if one["id"] == model), only)
            meta = fields.get("meta")
            if not isinstance(meta, dict):
                return _count(fields, "max_model_len", "context_length", "n_ctx"), None
            # llama-server's window is shared by its slots; this is a slot's.
            props = self._get(f"{self.url.removesuffix('/v1')}/props")
            settings = props.get("default_generation_settings")
            n_context = _count(settings if isinstance(settings, dict) else {}, "n_ctx")
            return n_context or _count(meta, "n_ctx"), _count(props, "total_slots")
        except (GptccError, RetryableError):
            return None, None

    def stream(self, path: str, body: Mapping[str, Any]) -> Iterator[StreamChunk]:
        """Ask once, and yield chunks as they come.

        Bytes that bring no text, such as comments, don't count as a sign of life.

        Raises:
            RetryableError: the server failed, brought no text for too long, or the answer ended
                in its middle.
            ModelError: the server can't be reached or refuses the request.
        """
        deadline = _Deadline(self.timeout_s)
        with self._response("POST", f"{self.url}/{path}", json=body) as response:
            pieces = deadline.watch(response.iter_bytes())
            if response.status_code != 200:
                self._refuse(response, _text(pieces))
            for chunk in read_answer(pieces, self.url):
                if chunk.text or chunk.reasoning or chunk.finish_reason:
                    deadline.extend()
                yield chunk

    def wait_before(
        self,
        number: int,
        why: RetryableError,
        *,
        failing_s: float = 0.0,
        hint: str = "check the server's log, or try again later",
    ) -> None:
        """Wait before try ``number`` (2 is the second).

        Args:
            number: the try.
            why: what the last one ended with.
            failing_s: for how long the tries have failed; a server that restarts gets as long
                as it may be silent.
            hint: what to do if there are no more tries.

        Raises:
            ModelError: there are no more tries, or the server asks to wait for too long.
        """
        restarts = why.is_gone and failing_s < self.timeout_s
        if number > self._max_tries and not restarts:
            attempts = f"{number - 1} attempt{'s' * (number > 2)}"
            raise ModelError(
                f"{self.url} failed, gave up after {attempts}: {why}", hint=hint
            ) from why
        if why.wait_s is not None and why.wait_s > MAX_WAIT_S:
            raise ModelError(
                f"{self.url} asks to wait {why.wait_s:.0f} s: {why}", hint="try again after that"
            ) from why
        wait_s = self._backoff_s * 2.0 ** min(number - 2, 4) if why.wait_s is None else why.wait_s
        self._sleep(wait_s)

    def _list_models(self) -> list[dict[str, Any]]:
        listed = self._get(f"{self.url}/models").get("data")
        if not isinstance(listed, list):
            raise ModelError(
                f"{self.url} lists its models in a way gptcc does not understand",
                hint="name a model with --model",
            )
        return [one for one in listed if isinstance(one, dict) and "id" in one]

    def _get(self, url: str) -> dict[str, Any]:
        """Get a JSON object, in a thread: slow headers keep within no time limit of HTTP's."""
        answers: SimpleQueue[dict[str, Any] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                deadline = _Deadline(self.timeout_s)
                with self._response("GET", url) as response:
                    text = _text(deadline.watch(response.iter_bytes()))
                    if response.status_code != 200:
                        self._refuse(response, text)
                    answers.put(parse_object(text, self.url))
            except Exception as error:  # noqa: BLE001 - raised by who asked
                answers.put(error)

        Thread(target=ask, name="endpoint", daemon=True).start()
        try:
            answer = answers.get(timeout=self.longest_silence_s)
        except Empty:
            raise RetryableError(f"no answer for {self.longest_silence_s:g} s") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    @contextmanager
    def _response(self, method: str, url: str, **content: Any) -> Iterator[Any]:
        """Open a response; redirects are followed if they stay at the server."""
        with self._faults():
            for _ in range(_MAX_REDIRECTS):
                with self._client.stream(method, url, **content) as response:
                    self.answered = True
                    location = response.headers.get("location")
                    if not response.is_redirect or not location:
                        yield response
                        return
                target = urljoin(url, location)
                if response.status_code not in (307, 308) or _origin(target) != _origin(url):
                    scheme, host, port = _origin(target)
                    raise ModelError(
                        f"{self.url} redirects to {scheme}://{host}:{port}",
                        hint="if that server is meant, name it with --endpoint",
                    )
                url = target
            raise ModelError(f"{self.url} redirects again and again", hint="check its address")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn the HTTP library's exceptions into ours."""
        http = self._http
        try:
            yield
        except (http.ConnectError, http.ConnectTimeout) as error:
            if self.answered:
                raise RetryableError("the server is gone", is_gone=True) from error
            raise ModelError(
                f"no server answers at {self.url}",
                hint="start it, or check the host and port of --endpoint",
            ) from error
        except http.TimeoutException as error:
            raise RetryableError(f"no data for {self.timeout_s:g} s", is_silent=True) from error
        except (http.InvalidURL, http.UnsupportedProtocol) as error:
            raise UsageError(f"invalid endpoint {self.url}: not the URL of a server") from error
        except (http.HTTPError, http.StreamError) as error:
            raise RetryableError(f"the connection broke ({type(error).__name__})") from error
        except (ValueError, LookupError, OverflowError) as error:
            # Headers and encodings that the HTTP library can't read.
            raise RetryableError(f"the response can't be read ({type(error).__name__})") from error

    def _refuse(self, response: Any, text: str) -> None:
        """Raise what a status other than 200 means."""
        status, said = response.status_code, message_of(text)
        if self._key_name:
            said = said.replace(self._environment[self._key_name], "<key>")
        if status in (401, 403) or (status == 400 and _KEY_WORDS.search(said)):
            raise ModelError(
                f"{self.url} refuses the API key from {self._key_name}{said}"
                if self._key_name and not self.withheld_key
                else f"{self.url} wants an API key",
                hint=f"set {KEY_NAMES[0]} to a key of that server",
            )
        if status == 429 and "quota" in text:
            raise ModelError(f"{self.url} refuses the request: status {status}{said}")
        if status in _RETRY:
            raise RetryableError(
                f"status {status}{said}",
                wait_s=_retry_after(response.headers),
                is_crowded=status != 429 and "context" in said,
            )
        if status == 404:
            raise ModelError(
                f"{self.url} has no such model or no such service{said}",
                hint="name one of its models with --model, or check the URL",
            )
        raise RefusedRequestError(
            f"{self.url} refuses the request: status {status}{said}",
            hint="shorten the statement, lower --max-new-tokens, or use a longer context window"
            if "context" in said
            else "change the option the server names, or check --model and --endpoint-style",
            text=text,
        )


class _Deadline:
    """Ends the reading of a body when nothing of use has come for some time."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self.extend()

    def extend(self) -> None:
        self._end_s = time.monotonic() + self._timeout_s

    def watch(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if time.monotonic() > self._end_s:
                raise RetryableError(f"no text for {self._timeout_s:g} s", is_silent=True)
            yield piece


def _text(pieces: Iterator[bytes]) -> str:
    """Return the beginning of a body; error pages and lists of models are not longer."""
    body = b""
    for piece in pieces:
        body += piece
        if len(body) > _MAX_BODY_BYTES:
            break
    return body.decode(errors="replace")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a server asks to wait: a number or a date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "")
    try:
        wait_s = float(value)
    except ValueError:
        try:
            wait_s = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, wait_s) if math.isfinite(wait_s) else None


def _count(fields: Mapping[str, Any], *names: str) -> int | None:
    """Return the first field that is a number above 0."""
    values = (fields.get(name) for name in names)
    return next((value for value in values if isinstance(value, int) and value > 0), None)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return parts.scheme, parts.hostname or "", port


def _base_url(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url} is no URL of a server", hint="such as http://127.0.0.1:8000/v1")
    path = parts.path.rstrip("/")
    for service in ("/chat/completions", "/completions"):
        path = path.removesuffix(service)
    return f"{parts.scheme}://{parts.netloc}{path or '/v1'}"


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
