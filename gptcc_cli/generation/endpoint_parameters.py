"""Which parameters of a request a server takes, learned from its refusals.

Covers leaving parameters out, renaming ``max_tokens``, and fewer choices a request. A value that
a server finds too large is no refusal of the parameter: that stays an error. Sends nothing.
"""

import json
import re
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any

from gptcc_cli.generation.endpoint_protocol import error_words

MAX_CHOICES = 8
"""Choices asked for in one request, of a server that refuses none."""

_WORDS = {
    "max_tokens": r"\bmax_tokens\b",
    "max_completion_tokens": r"\bmax_completion_tokens\b",
    # Before temperature: where both can't be given, this one is left out.
    "top_p": r"\btop_p\b",
    "seed": r"\bseed\b",
    "stop": r"['\"`]stop['\"`]|\bstop (?:sequences?|strings?|parameter)",
    "temperature": r"\btemperature\b",
    "stream": r"\bstream(?:ing)?\b",
    "n": r"['\"`]n['\"`]|\bn\b(?= (?:must|should|is|>|=|parameter))"
    r"|\b(?:choices?|completions?)\b.*\b(?:allowed|supported)\b|multiple (?:choices|completions)",
}
"""How a server's words name each parameter; the first that is found counts."""
_VALUE = re.compile(
    r"too (?:large|high|small|low|long|many)|between|(?:less|greater|more|fewer) than|out of range"
    r"|at (?:most|least)|[<>]=",
    re.IGNORECASE,
)
"""Words about a value that can't be meant, not about the parameter."""
_CONTEXT = re.compile(r"context[ _](?:length|size|window)", re.IGNORECASE)
"""Words about a prompt that is too long."""
_LIMIT = re.compile(r"(?:<=|at most|up to|less than or equal to|must be|maximum of) *(\d+)")


class ServerParameters:
    """What one server takes; shared by the threads that ask it."""

    def __init__(self) -> None:
        """Begin with the belief that it takes everything."""
        self.max_choices = MAX_CHOICES
        self._names: dict[str, str | None] = {}
        self._lock = Lock()

    def takes(self, name: str) -> bool:
        """Tell whether a parameter is sent, under any name."""
        return self._names.get(name, name) is not None

    def apply(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body with what the server takes, under the names it takes."""
        return {new: value for name, value in body.items() if (new := self._names.get(name, name))}

    def learn(self, body: Mapping[str, Any], sent: Mapping[str, Any], text: str) -> str | None:
        """Adapt to a refusal.

        Args:
            body: the request as it was meant.
            sent: what ``apply`` made of it.
            text: the body of the server's response.

        Returns:
            What is done from now on; empty: another thread has adapted since; ``None``: nothing
            can be done.
        """
        with self._lock:
            if sent.get("n", 1) > self.max_choices or self.apply(body) != sent:
                return ""
            name = _refused(sent, text)
            if name is None:
                return None
            if name == "n":
                limits = [int(limit) for limit in _LIMIT.findall(text) if 0 < len(limit) < 5]
                smaller = [limit for limit in limits if 0 < limit < sent["n"]]
                self.max_choices = max(smaller, default=1)
                return f"n of at most {self.max_choices}"
            original = next(old for old in body if self._names.get(old, old) == name)
            if name == "max_tokens":
                self._names[original] = "max_completion_tokens"
                return "max_completion_tokens instead of max_tokens"
            if name == "max_completion_tokens" and "prompt" in body:
                return None  # /completions without a limit writes 16 tokens
            self._names[original] = None
            return f"no {name}"


def _refused(sent: Mapping[str, Any], text: str) -> str | None:
    """Return the parameter that a server refuses."""
    words = error_words(text)
    try:
        found = [name for name in _named(json.loads(text)) if name in sent]
    except (ValueError, RecursionError):
        found = []
    if _CONTEXT.search(words) or any(name not in _WORDS for name in found):
        return None
    found += [
        name for name in _WORDS if name in sent and re.search(_WORDS[name], words, re.IGNORECASE)
    ]
    # Some servers only say that they refuse: several choices are the likeliest reason.
    name = next(iter(found), "n" if sent.get("n", 1) > 1 else None)
    if name == "temperature" and "top_p" in found:
        return "top_p"
    return None if name != "n" and _VALUE.search(words) else name


def _named(value: Any) -> Iterator[str]:
    """Yield the names that the fields of an error give: OpenAI's ``param``, FastAPI's ``loc``."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one)
    elif isinstance(value, dict):
        where = value.get("loc")
        names = [value.get("param"), *(where if isinstance(where, list) else ())]
        yield from (name for name in names if isinstance(name, str))
        yield from _named(list(value.values()))
