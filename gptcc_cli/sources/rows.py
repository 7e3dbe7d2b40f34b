"""One JSON object -> a source: rows of data sets, and problems sent by a browser.

Covers APPS and TACO (``question``), CodeContests (``description``, ``public_tests``),
LiveCodeBench (``question_content``), HumanEval (``prompt``), MBPP (``text``), plain rows
(``statement``) and Competitive Companion. What a row calls public is a sample; anything else is
hidden. Reads no files.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import IOTest, SampleTest
from gptcc_cli.sources.companion import is_companion, read_companion
from gptcc_cli.sources.source import Source
from gptcc_cli.sources.tests import tests_from_json

Row = Mapping[str, Any]


def read_row(row: Row, *, name: str, origin: str) -> Source:
    """Return the problem that a JSON object holds.

    Args:
        row: the object.
        name: what to call it if it does not say.
        origin: where it came from, for messages.

    Raises:
        ProblemError: it holds no problem of a known form.
    """
    for knows, read in _FORMS:
        if knows(row):
            return read(row, name, origin)
    keys = ", ".join(sorted(map(str, row))[:8]) or "no keys at all"
    raise ProblemError(
        f"{origin} is JSON, but not of a problem: it has {keys}.",
        hint='give rows with "statement", or rows of APPS, TACO, CodeContests, LiveCodeBench, '
        "HumanEval, MBPP or Competitive Companion",
    )


def _plain(row: Row, name: str, origin: str) -> Source:
    """A row of our own: ``id``, ``statement``, ``starter_code``, ``entry_point``."""
    return Source(
        id=_id(row, ("id", "task_id", "problem_id", "name"), name),
        statement=_text(row, "statement"),
        starter_code=_text(row, "starter_code") or None,
        entry_point=_text(row, "entry_point") or None,
        url=_text(row, "url") or None,
        difficulty=_text(row, "difficulty") or None,
        origin=origin,
    )


def _apps(row: Row, name: str, origin: str) -> Source:
    """A row of APPS or TACO; ``input_output`` is JSON in a string, possibly empty."""
    data = row.get("input_output")
    if isinstance(data, str):
        data = _nested(data, origin) if data.strip() else None
    entry = data.get("fn_name") if isinstance(data, dict) else None
    has_tests = isinstance(data, dict) and bool(data.get("inputs"))
    return Source(
        id=_id(row, ("problem_id", "id", "task_id"), name),
        statement=_text(row, "question"),
        starter_code=_text(row, "starter_code") or None,
        entry_point=entry if isinstance(entry, str) else None,
        tests=tests_from_json(data, origin) if has_tests else (),
        difficulty=_text(row, "difficulty") or None,
        url=_text(row, "url") or None,
        origin=origin,
    )


def _code_contests(row: Row, name: str, origin: str) -> Source:
    """A row of CodeContests: tests as two lists, the limit as seconds and nanoseconds."""
    samples = _columns(row.get("public_tests"))
    hidden = [*_columns(row.get("private_tests")), *_columns(row.get("generated_tests"))]
    limit = row.get("time_limit")
    seconds = None
    if isinstance(limit, Mapping):
        seconds = _number(limit.get("seconds"), 0) + _number(limit.get("nanos"), 0) / 1e9
    memory = row.get("memory_limit_bytes")
    return Source(
        id=_id(row, ("name", "id"), name),
        statement=_text(row, "description"),
        samples=_samples(samples) if samples else None,
        tests=_tests(hidden),
        time_limit_s=seconds or None,
        memory_limit_bytes=int(memory) if isinstance(memory, int) and memory > 0 else None,
        origin=origin,
    )


def _live_code_bench(row: Row, name: str, origin: str) -> Source:
    """A row of LiveCodeBench: ``public_test_cases`` as JSON in a string."""
    cases = row.get("public_test_cases") or []
    if isinstance(cases, str):
        cases = _nested(cases, origin)
    given = [case for case in cases if isinstance(case, Mapping)]
    call = any(case.get("testtype") == "functional" for case in given)
    pairs = [(str(case.get("input", "")), str(case.get("output", ""))) for case in given]
    metadata = row.get("metadata")
    if isinstance(metadata, str) and metadata.strip():
        metadata = _nested(metadata, origin)
    entry = metadata.get("func_name") if isinstance(metadata, Mapping) else None
    samples = _called(pairs, origin) if call else _samples(pairs)
    return Source(
        id=_id(row, ("question_id", "id"), name),
        statement=_text(row, "question_content"),
        starter_code=_text(row, "starter_code") or None,
        entry_point=entry if isinstance(entry, str) else None,
        samples=samples or None,
        difficulty=_text(row, "difficulty") or None,
        origin=origin,
    )


def _human_eval(row: Row, name: str, origin: str) -> Source:
    """A row of HumanEval: the prompt is statement and starter code in one."""
    return Source(
        id=_id(row, ("task_id", "id"), name),
        statement=_text(row, "prompt"),
        starter_code=_text(row, "prompt"),
        entry_point=_text(row, "entry_point") or None,
        origin=origin,
    )


def _mbpp(row: Row, name: str, origin: str) -> Source:
    """A row of MBPP: the sentence, and the asserts that its prompt shows."""
    text = _text(row, "text") or _text(row, "prompt")
    asserts = [line for line in row.get("test_list", ()) if isinstance(line, str)]
    return Source(
        id=_id(row, ("task_id", "id"), name),
        statement="\n".join([text, "", *asserts]).rstrip() + "\n",
        origin=origin,
    )


def _companion(row: Row, name: str, origin: str) -> Source:
    return read_companion(row, name=name, origin=origin)


_FORMS: Sequence[tuple[Callable[[Row], bool], Callable[[Row, str, str], Source]]] = (
    (is_companion, _companion),
    (lambda row: _has(row, "statement"), _plain),
    (lambda row: _has(row, "question_content"), _live_code_bench),
    (lambda row: _has(row, "question"), _apps),
    (lambda row: _has(row, "description"), _code_contests),
    (lambda row: _has(row, "prompt") and _has(row, "entry_point"), _human_eval),
    (lambda row: (_has(row, "text") or _has(row, "prompt")) and "test_list" in row, _mbpp),
)
"""How to know each form, and how to read it; the surest first."""


def _has(row: Row, key: str) -> bool:
    return isinstance(row.get(key), str)


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        return ""
    return value.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _id(row: Row, keys: Sequence[str], name: str) -> str:
    for key in keys:
        if isinstance(row.get(key), str | int) and str(row[key]).strip():
            return str(row[key])
    return name


def _number(value: object, default: float) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return default


def _nested(text: str, origin: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ProblemError(
            f"{origin} holds tests that are not JSON.", hint="check that the row is whole"
        ) from None


def _columns(value: object) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping):
        return []
    inputs, outputs = value.get("input") or [], value.get("output") or []
    return [(str(a), str(b)) for a, b in zip(inputs, outputs, strict=False)]


def _samples(pairs: Sequence[tuple[str, str]]) -> tuple[SampleTest, ...]:
    return tuple(
        SampleTest(name=f"sample {number}", input=given, expected=expected)
        for number, (given, expected) in enumerate(pairs, 1)
    )


def _tests(pairs: Sequence[tuple[str, str]]) -> tuple[IOTest, ...]:
    return tuple(
        IOTest(name=f"test {number}", input=given, expected=expected)
        for number, (given, expected) in enumerate(pairs, 1)
    )


def _called(pairs: Sequence[tuple[str, str]], origin: str) -> tuple[SampleTest, ...]:
    """Turn functional cases, one JSON value a line, into calls."""
    return tuple(
        SampleTest(
            name=f"sample {number}",
            input=tuple(_nested(line, origin) for line in given.splitlines() if line.strip()),
            expected=_nested(expected, origin),
        )
        for number, (given, expected) in enumerate(pairs, 1)
    )
