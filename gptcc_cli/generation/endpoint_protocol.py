"""What OpenAI-compatible servers answer: events, parts of text, and the words of their errors.

Covers both services, streamed and whole, told apart by the body and not by its content type, and
the ways in which servers differ: missing fields, ``null``, lists of typed parts, thoughts beside
the text. Opens no connections.

Formats: https://platform.openai.com/docs/api-reference/chat-streaming and
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gptcc_cli.errors import ModelError

_MAX_BYTES = 1 << 26
"""The longest line of a stream, and the longest whole answer."""
_MAX_WORDS = 300
"""Characters of a server's error that are shown."""
_FIELD = re.compile(r"(data|event|id|retry)?:")
"""How a line of server-sent events begins."""
_CROWDED = re.compile(r"context|memory|kv[ _-]?cache|slot|overload|capacity", re.IGNORECASE)
_NO_REASON = frozenset({"", "null", "none"})
_WORD_FIELDS = ("error", "message", "detail", "details", "msg", "errors", "description", "reason")


class RetryableError(Exception):
    """The server failed in a way that another attempt may not; the message is for people."""

    def __init__(
        self,
        message: str,
        *,
        wait_s: float | None = None,
        is_gone: bool = False,
        is_silent: bool = False,
        is_crowded: bool = False,
    ) -> None:
        """Keep the message.

        Args:
            message: what happened.
            wait_s: how long the server asks to wait.
            is_gone: whether nobody listens any more: a restart takes more than a few attempts.
            is_silent: whether nothing came in time.
            is_crowded: whether the server had no room for all it was asked for.
        """
        super().__init__(message)
        self.wait_s = wait_s
        self.is_gone = is_gone
        self.is_silent = is_silent
        self.is_crowded = is_crowded


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamChunk:
    """A part of one choice."""

    choice: int | None
    """Its number; ``None``: the server does not tell."""
    text: str = ""
    reasoning: str = ""
    """What the model thought before its answer."""
    finish_reason: str | None = None


def read_answer(pieces: Iterable[bytes], url: str) -> Iterator[StreamChunk]:
    """Yield the parts of an answer as its bytes come.

    Args:
        pieces: the body, cut anywhere.
        url: the server, for error messages.

    Raises:
        RetryableError: the answer is an error, or ends in its middle.
        ModelError: the answer is not of the expected format.
    """
    lines = _lines(pieces, url)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise RetryableError("the response was empty")
    try:
        if _FIELD.match(first):
            yield from _events(first, lines, url)
        else:
            yield from _chunks(parse_object("\n".join([first, *lines]), url), url, whole=True)
    except RecursionError as error:
        raise _malformed(url, "too deeply nested") from error


def parse_object(text: str, url: str) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        ModelError: it is none.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ModelError(
            f"{url} answers with something that is not JSON",
            hint="--endpoint needs an OpenAI-compatible server",
        ) from error
    if not isinstance(value, dict):
        raise _malformed(url, f"{_kind(value)} instead of an object")
    return value


def message_of(text: str) -> str:
    """Return the beginning of a server's own words, to be put after ours."""
    words = error_words(text)
    return f": {words[:_MAX_WORDS]}" if words else ""


def error_words(text: str) -> str:
    """Return a server's own words about an error, on one line; pages of HTML have none."""
    try:
        words = _words(json.loads(text))
    except (ValueError, RecursionError):
        words = "" if "<" in text else text
    return " ".join(words.split()).rstrip(".")


def _words(value: Any) -> str:
    """Return the sentences of an error of any shape: OpenAI's, FastAPI's, plain ones."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(filter(None, map(_words, value)))
    if not isinstance(value, dict):
        return ""
    words = next(filter(None, (_words(value.get(field)) for field in _WORD_FIELDS)), "")
    where = value.get("loc")
    return f"{'.'.join(map(str, where))}: {words}" if isinstance(where, list) else words


def _lines(pieces: Iterable[bytes], url: str) -> Iterator[str]:
    """Yield lines, ended by CR, LF or both."""
    rest = b""
    for piece in pieces:
        rest += piece
        if len(rest) > _MAX_BYTES:
            raise _malformed(url, f"over {_MAX_BYTES} bytes")
        # A CR at the end may be half of a CRLF.
        *lines, rest = re.split(rb"\r\n|\n|\r(?!\Z)", rest)
        yield from (line.decode("utf-8-sig", "replace") for line in lines)
    yield rest.decode("utf-8-sig", "replace")


def _events(first: str, lines: Iterator[str], url: str) -> Iterator[StreamChunk]:
    """Yield the chunks of server-sent events, up to ``[DONE]``."""
    data, kind = "", ""
    for line in itertools.chain([first], lines):
        field, _, value = line.partition(":")
        if field == "event":
            kind = value.strip()
        elif field == "data":
            # Some servers forget the blank line between events, so none is waited for.
            data = f"{data}\n{value}".strip()
            if data == "[DONE]":
                return
            if _is_json(data):
                answer = parse_object(data, url)
                if kind == "error" and not answer.get("error"):
                    raise RetryableError(f"error{message_of(data)}")
                yield from _chunks(answer, url, whole=False)
                data = ""
        elif not line.strip():
            if data:
                parse_object(data, url)
            kind = ""
    raise RetryableError("the response ended in its middle")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _chunks(answer: Mapping[str, Any], url: str, *, whole: bool) -> Iterator[StreamChunk]:
    """Yield the parts in one object: all of an answer, or one event's."""
    if answer.get("error"):
        words = message_of(json.dumps(answer))
        raise RetryableError(f"error{words}", is_crowded=_CROWDED.search(words) is not None)
    choices = answer.get("choices")
    if choices is None and not whole:
        return  # usage, or what a filter found in the prompt
    if not isinstance(choices, list):
        raise _malformed(url, f"choices is {_kind(choices)} instead of a list")
    for position, choice in enumerate(choices):
        fields = _object(choice, "a choice", url)
        spoken = _object(fields.get("delta") or fields.get("message"), "delta or message", url)
        text, thoughts = _content(spoken.get("content"), url)
        said = (spoken.get("reasoning_content"), spoken.get("reasoning"))
        yield StreamChunk(
            choice=_index(fields.get("index"), position if whole else None, url),
            text=_content(fields.get("text"), url)[0] + text,
            reasoning=thoughts + next((some for some in said if isinstance(some, str)), ""),
            finish_reason=_finish_reason(fields.get("finish_reason")),
        )


def _content(value: Any, url: str) -> tuple[str, str]:
    """Return the text and the thoughts of a string or of a list of typed parts."""
    if value is None:
        return "", ""
    if isinstance(value, str):
        return value, ""
    if isinstance(value, list):
        parts = [_content(part, url) for part in value]
        return "".join(text for text, _ in parts), "".join(thoughts for _, thoughts in parts)
    if not isinstance(value, dict):
        raise _malformed(url, f"content is {_kind(value)} instead of text")
    if value.get("type") in ("thinking", "reasoning"):
        text, thoughts = _content(value.get("thinking", value.get("text")), url)
        return "", text + thoughts
    return _content(value.get("text", value.get("value")), url)


def _index(value: Any, position: int | None, url: str) -> int | None:
    if value is None:
        return position
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _malformed(url, f"index is {_kind(value)} instead of a number") from error


def _finish_reason(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("type")
    return value if isinstance(value, str) and value.lower() not in _NO_REASON else None


def _object(value: Any, what: str, url: str) -> Mapping[str, Any]:
    if value is None and what != "a choice":
        return {}
    if not isinstance(value, dict):
        raise _malformed(url, f"{what} is {_kind(value)} instead of an object")
    return value


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a string", type(None): "null"}.get(
        type(value), f"{value!r:.20}"
    )


def _malformed(url: str, what: str) -> ModelError:
    return ModelError(
        f"{url} answers in a way gptcc does not understand: {what}",
        hint="--endpoint needs an OpenAI-compatible server",
    )
