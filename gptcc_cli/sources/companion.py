"""Problems as the Competitive Companion browser extension and ``oj-api`` send them -> sources.

Format: https://github.com/jmerle/competitive-companion, one JSON object a problem, with its
samples and limits but without its statement. ``oj-api get-problem`` differs in its keys. Receives
nothing: that is ``gptcc listen``.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import SampleTest
from gptcc_cli.sources.source import Source


def is_companion(row: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a problem of the extension, or of ``oj-api``."""
    data = _unwrapped(row)
    return isinstance(data.get("tests"), list) and (
        isinstance(data.get("url"), str) and isinstance(data.get("name"), str | None)
    )


def read_companion(row: Mapping[str, Any], *, name: str, origin: str) -> Source:
    """Return the problem that the extension sent.

    The statement is written from what came: the name, where it stands, the limits and the
    samples; the extension sends no more.

    Raises:
        ProblemError: a test is not a pair of texts.
    """
    data = _unwrapped(row)
    title = data.get("name") if isinstance(data.get("name"), str) else None
    limit = data.get("timeLimit")
    memory = data.get("memoryLimit")
    samples = tuple(_sample(test, number, origin) for number, test in enumerate(data["tests"], 1))
    source = Source(
        id=slug(title or name),
        statement="",
        samples=samples,
        time_limit_s=limit / 1000 if isinstance(limit, int | float) and limit > 0 else None,
        memory_limit_bytes=memory << 20 if isinstance(memory, int) and memory > 0 else None,
        url=data["url"],
        origin=origin,
    )
    return _with_statement(source, title or name, data.get("group"))


def slug(title: str) -> str:
    """Return a name for files: lower-case words joined by hyphens.

    Nothing of the title can leave the directory: separators and dots go.
    """
    words = re.findall(r"[^\W_]+", title.lower())
    return "-".join(words)[:80].strip("-") or "problem"


def _unwrapped(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the problem inside ``oj-api``'s envelope, or the row itself."""
    result = row.get("result")
    return result if isinstance(result, Mapping) and "tests" in result else row


def _sample(test: object, number: int, origin: str) -> SampleTest:
    given = test.get("input") if isinstance(test, Mapping) else None
    expected = test.get("output") if isinstance(test, Mapping) else None
    if not isinstance(given, str) or not isinstance(expected, str):
        raise ProblemError(
            f"{origin}: test {number} is not a pair of input and output.",
            hint="send the problem again from its page",
        )
    return SampleTest(name=f"sample {number}", input=_lines(given), expected=_lines(expected))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _with_statement(source: Source, title: str, group: object) -> Source:

    parts = [f"# {title}", ""]
    if isinstance(group, str) and group:
        parts += [group, ""]
    parts += [f"<{source.url}>", ""]
    if source.time_limit_s:
        parts += [f"Time limit: {source.time_limit_s:g} seconds", ""]
    if source.memory_limit_bytes:
        parts += [f"Memory limit: {source.memory_limit_bytes >> 20} MB", ""]
    for number, sample in enumerate(source.samples or (), 1):
        for word, text in (("Input", sample.input), ("Output", sample.expected)):
            parts += [f"## Sample {word} {number}", "", "```", str(text).rstrip("\n"), "```", ""]
    return replace(source, statement="\n".join(parts).rstrip() + "\n")
