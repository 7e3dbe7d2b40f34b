"""An HTTP client for OpenAI-compatible servers: one request, its stream of chunks, its errors.

Covers ``/models``, ``/completions`` and ``/chat/completions`` with server-sent events, retries
with backoff, and the API key. Does not know candidates. The key is sent to the server and
never shown: not in errors, not in ``repr``, and not over plain HTTP to another machine.

Format: https://platform.openai.com/docs/api-reference/completions
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from gptcc_cli.errors import ModelError, UsageError

KEY_NAMES = ("GPTCC_API_KEY", "OPENAI_API_KEY")
"""Environment variables that may hold the key; the first that is set counts."""
_RETRY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_CONNECT_S = 10.0
_LONGEST_WAIT_S = 30.0


class RetryableError(Exception):
    """The server failed in a way that another attempt may not; the message is for people."""

    def __init__(self, message: str, *, wait_s: float | None = None) -> None:
        """Keep the message, and how long the server asks to wait."""
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamChunk:
    """A part of the text of one choice."""

    choice: int
    text: str
    finish_reason: str | None


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
        self._http = httpx2
        self._max_tries = max_tries
        self._backoff_s = backoff_s
        self._timeout_s = timeout_s
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
        )

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def first_model(self) -> str:
        """Return the name of the first model the server lists.

        Raises:
            ModelError: it lists none, or does not answer.
        """
        listed = self._with_retries(self._list_models)
        if not listed:
            raise ModelError(f"{self.url} lists no models", hint="name one with --model")
        return listed[0]

    def stream(self, path: str, body: Mapping[str, Any]) -> Iterator[StreamChunk]:
        """Ask once, and yield chunks as they come.

        Raises:
            RetryableError: the server failed, or the answer ended in its middle.
            ModelError: the server can't be reached or refuses the request.
        """
        with (
            self._faults(),
            self._client.stream("POST", f"{self.url}/{path}", json=body) as response,
        ):
            if response.status_code != 200:
                response.read()
                self._refuse(response)
            if "text/event-stream" in response.headers.get("content-type", ""):
                yield from _events(response.iter_lines(), self.url)
            else:
                response.read()
                yield from _chunks(_parse(response.text, self.url), self.url)

    def wait_before(self, number: int, why: RetryableError) -> None:
        """Wait before try ``number`` (2 is the second).

        Raises:
            ModelError: there are no more tries.
        """
        if number > self._max_tries:
            attempts = f"{self._max_tries} attempt{'s' * (self._max_tries > 1)}"
            raise ModelError(
                f"{self.url} failed, gave up after {attempts}: {why}",
                hint="check the server's log, or try again later",
            ) from why
        wait_s = self._backoff_s * 2.0 ** (number - 2) if why.wait_s is None else why.wait_s
        self._sleep(min(wait_s, _LONGEST_WAIT_S))

    def _with_retries(self, ask: Callable[[], list[str]]) -> list[str]:
        number = 1
        while True:
            try:
                return ask()
            except RetryableError as why:
                number += 1
                self.wait_before(number, why)

    def _list_models(self) -> list[str]:
        with self._faults():
            response = self._client.get(f"{self.url}/models")
            if response.status_code != 200:
                self._refuse(response)
            listed = _parse(response.text, self.url).get("data")
        if not isinstance(listed, list):
            raise ModelError(f"{self.url} lists its models in a way gptcc does not understand")
        return [str(entry["id"]) for entry in listed if isinstance(entry, dict) and "id" in entry]

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn the HTTP library's exceptions into ours."""
        http = self._http
        try:
            yield
        except (http.ConnectError, http.ConnectTimeout) as error:
            raise ModelError(
                f"no server answers at {self.url}",
                hint="start it, or check the host and port of --endpoint",
            ) from error
        except http.TimeoutException as error:
            raise RetryableError(f"no data for {self._timeout_s:g} s") from error
        except (http.InvalidURL, http.UnsupportedProtocol) as error:
            raise UsageError(f"invalid endpoint {self.url}: not the URL of a server") from error
        except (http.HTTPError, http.StreamError) as error:
            raise RetryableError(f"the connection broke ({type(error).__name__})") from error

    def _refuse(self, response: Any) -> None:
        """Raise what a status other than 200 means."""
        status, said = response.status_code, _message_of(response.text)
        if status in (401, 403):
            key = self._key_name
            raise ModelError(
                f"{self.url} refuses the API key from {key}"
                if key and not self.withheld_key
                else f"{self.url} wants an API key",
                hint=f"set {KEY_NAMES[0]} to a key of that server",
            )
        if status in _RETRY:
            raise RetryableError(f"status {status}{said}", wait_s=_retry_after(response.headers))
        if status == 404:
            raise ModelError(
                f"{self.url} has no such model or no such service{said}",
                hint="name one of its models with --model, or check the URL",
            )
        raise ModelError(f"{self.url} refuses the request: status {status}{said}")


def _events(lines: Iterator[str], url: str) -> Iterator[StreamChunk]:
    """Yield the chunks of server-sent events, up to ``[DONE]``."""
    for line in lines:
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            return
        yield from _chunks(_parse(data, url), url)


def _chunks(answer: Mapping[str, Any], url: str) -> Iterator[StreamChunk]:
    """Yield the texts of one answer, of either service, streamed or whole."""
    if "error" in answer:
        raise RetryableError(f"error{_message_of(json.dumps(answer))}")
    choices = answer.get("choices")
    if not isinstance(choices, list):
        raise ModelError(f"{url} answers in a way gptcc does not understand: no choices")
    for choice in choices:
        spoken = choice.get("delta") or choice.get("message") or {}
        yield StreamChunk(
            choice=int(choice.get("index", 0)),
            text=str(choice.get("text") or spoken.get("content") or ""),
            finish_reason=choice.get("finish_reason"),
        )


def _parse(text: str, url: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ModelError(
            f"{url} answers with something that is not JSON",
            hint="--endpoint wants an OpenAI-compatible server",
        ) from error
    if not isinstance(value, dict):
        raise ModelError(f"{url} answers in a way gptcc does not understand: no object")
    return value


def _message_of(text: str) -> str:
    """Return the server's own words, on one line, to be put after ours."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return ""
    if not isinstance(value, dict):
        return ""
    # OpenAI's form, plain ones, and FastAPI's.
    error = value.get("error", value.get("message", value.get("detail")))
    said = error.get("message") if isinstance(error, dict) else error
    return f": {' '.join(said.split())[:200].rstrip('.')}" if isinstance(said, str) else ""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a server asks to wait (RFC 9110, 10.2.3); a date is not read."""
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


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
