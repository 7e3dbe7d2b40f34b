"""What a model wrote when it was asked for tests -> claims.

Pure. A claim is an input with the answer that a model says is right. Nobody checked it, so it is
no test: no program is judged by it, it only helps to put programs in order.

Covers JSON objects in a list, in lines or alone, ``Input:`` and ``Output:`` pairs, and calls
compared with a value (``assert f(1) == 2``), with fences or without. Values are read by
``statement.literals``, so nothing is evaluated. Does not cover expressions. However hostile a
reply is, the work stays linear in its length: what is long is left out, tries are counted.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from gptcc_cli.problem import Json, Mode, Problem
from gptcc_cli.statement.literals import NotALiteral, read_literal, whole_literal
from gptcc_cli.statement.signatures import find_signature


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedTest:
    """An input, and what a model claims to be the right answer. Never a test."""

    input: str | tuple[Json, ...]
    """Standard input as text, or positional arguments."""
    answer: Json
    """Standard output as text, or the value to return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedTests:
    """What a reply came to."""

    kept: tuple[GeneratedTest, ...] = ()
    n_dropped: int = 0
    """What looked like a test and can't be used: unreadable, too long, with a wrong number of
    arguments, a sample or another one again, or more than were asked for."""


def read_generated_tests(text: str, problem: Problem, *, most: int) -> GeneratedTests:
    """Read the tests a model wrote for a problem.

    Args:
        text: the model's words.
        problem: its mode and its samples say what a test looks like.
        most: how many are kept.
    """
    text = text[:_LONGEST_REPLY]
    n_found = 0
    for read in (_from_objects, _from_calls, _from_pairs):
        found = list(islice(read(text, problem), _MOST_TRIES))
        n_found = n_found or len(found)
        if any(found):
            kept = tuple(islice(_new([one for one in found if one], problem), most))
            return GeneratedTests(kept=kept, n_dropped=len(found) - len(kept))
    return GeneratedTests(n_dropped=n_found)


_LONGEST_REPLY: Final = 1 << 16
_LONGEST: Final = 2000
"""Characters of an input, or of an answer; probes are small."""
_WINDOW: Final = 3 * _LONGEST
"""Characters that one test may take in a reply."""
_MOST_TRIES: Final = 500
_INPUTS: Final = ("input", "inputs", "stdin", "args", "arguments")
_ANSWERS: Final = ("output", "outputs", "stdout", "expected", "expected_output", "answer", "result")


def _new(generated_tests: Sequence[GeneratedTest], problem: Problem) -> Iterator[GeneratedTest]:
    """Leave out the samples, and what was said before."""
    known = {_key(sample.input) for sample in problem.samples}
    for generated_test in generated_tests:
        if (key := _key(generated_test.input)) not in known:
            known.add(key)
            yield generated_test


def _key(value: str | tuple[Json, ...]) -> str:
    return " ".join(value.split()) if isinstance(value, str) else repr(value)


def _from_objects(text: str, problem: Problem) -> Iterator[GeneratedTest | None]:
    """Read ``{"input": ..., "output": ...}``, wherever they stand."""
    end = 0
    for opening in islice(re.finditer(r"\{\s*[\"'“]", text), _MOST_TRIES):
        at = opening.start()
        if at < end:
            continue
        try:
            literal = read_literal(text[at : at + _WINDOW])
        except NotALiteral:
            continue
        fields = literal.value if isinstance(literal.value, dict) else {}
        named = {name.strip().lower().replace(" ", "_"): fields[name] for name in fields}
        given = [named[name] for name in _INPUTS if name in named]
        answers = [named[name] for name in _ANSWERS if name in named]
        if given and answers:
            end = at + literal.end
            yield _generated_test(given[0], answers[0], problem)


def _from_calls(text: str, problem: Problem) -> Iterator[GeneratedTest | None]:
    """Read ``assert f(1, 2) == 3``, or the comparison alone."""
    name = problem.entry_point
    if problem.mode is not Mode.CALL or name is None:
        return
    call = rf"(\bassert\b[\s(]*+(not\b\s*+)?)?(?<!\w)(?:\w{{1,60}}+(?:\(\))?\.)?{re.escape(name)}\("
    for match in islice(re.finditer(call, text), _MOST_TRIES):
        rest = text[match.end() : match.end() + _WINDOW]
        try:
            arguments, at = _values(rest, _COMMA, closer=")")
            equal = _EQUAL.match(rest, at)
            if equal is None or match.group(2):
                raise NotALiteral(rest[:40])
            answer = read_literal(rest, equal.end())
            if _END.match(rest, answer.end) is None:
                raise NotALiteral(rest[:40])
        except NotALiteral:
            if match.group(1):
                yield None
        else:
            yield _generated_test(tuple(arguments), answer.value, problem)


def _from_pairs(text: str, problem: Problem) -> Iterator[GeneratedTest | None]:
    """Read ``Input:`` and ``Output:``, each with its text beside or below it."""
    given: str | None = None
    for label, lines in _sections(text):
        if label == "input":
            given = _content(lines, to_blank=False)
        elif label == "output" and given is not None:
            yield _pair(given, _content(lines, to_blank=True), problem)
            given = None


def _pair(given: str, answer: str, problem: Problem) -> GeneratedTest | None:
    if problem.mode is Mode.STDIN:
        return _generated_test(given, answer, problem)
    if len(given) + len(answer) > _WINDOW:
        return None
    try:
        return _generated_test(given, whole_literal(answer), problem)
    except NotALiteral:
        return None


def _generated_test(
    given: Json | tuple[Json, ...], answer: Json, problem: Problem
) -> GeneratedTest | None:
    """Make a claim of two values, if they have the form of the problem's tests."""
    generated_test: GeneratedTest | None
    if problem.mode is Mode.STDIN:
        stdin, stdout = _as_text(given), _as_text(answer)
        if stdin is None or stdout is None or not stdin.strip():
            return None
        generated_test = GeneratedTest(input=stdin.rstrip("\n") + "\n", answer=stdout)
    else:
        arguments = _arguments(given, problem)
        if arguments is None:
            return None
        generated_test = GeneratedTest(input=arguments, answer=answer)
    return (
        generated_test
        if _is_short(generated_test.input) and _is_short(generated_test.answer)
        else None
    )


def _as_text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else None


def _is_short(value: str | tuple[Json, ...] | Json) -> bool:
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return len(text.encode()) <= _LONGEST
    except ValueError:  # a lone surrogate, or more digits than Python writes
        return False


def _arguments(given: Json | tuple[Json, ...], problem: Problem) -> tuple[Json, ...] | None:
    """Return the arguments, if the function takes so many; a single one may stand alone."""
    if isinstance(given, tuple):
        return given if _takes(problem, len(given)) else None
    if isinstance(given, str):
        text = given.strip()
        call = re.match(rf"{re.escape(problem.entry_point or '')}\(([\s\S]*)\)$", text)
        try:
            read, _ = _values(call.group(1) if call else text, _COMMA_OR_LINE)
        except NotALiteral:
            read = [given]
        return tuple(read) if _takes(problem, len(read)) else None
    if isinstance(given, list) and _takes(problem, len(given)):
        return tuple(given)
    return (given,) if _takes(problem, 1) else None


def _takes(problem: Problem, n_arguments: int) -> bool:
    """Whether the function takes so many: as its head says, and as the samples do."""
    signature = find_signature(problem.starter_code, problem.entry_point)
    lengths = {len(one.input) for one in problem.samples if isinstance(one.input, tuple)}
    fits = signature is None or signature.takes(n_arguments)
    return fits and (not lengths or n_arguments in lengths)


_BLANK: Final = re.compile(r"\s*+")
_COMMA: Final = re.compile(r"\s*+,\s*+")
_COMMA_OR_LINE: Final = re.compile(r"[ \t]*+[,\n]\s*+")
_NAME: Final = re.compile(r"\s*+[^\W\d]\w{0,60}+\s*+=(?!=)")
_EQUAL: Final = re.compile(r"[\s)]*+(?:==|is\b)")
_END: Final = re.compile(r"[ \t)]*+(?:$|[,;#`\n])")


def _values(text: str, separator: re.Pattern[str], *, closer: str = "") -> tuple[list[Json], int]:
    """Read values up to a closing character, or to the end; ``name =`` may stand before each.

    Raises:
        NotALiteral: there is anything else.
    """
    values: list[Json] = []
    at = 0
    while True:
        at = _end(_BLANK, text, at)
        if text[at : at + 1] == closer:
            return values, at + len(closer)
        literal = read_literal(text, _end(_NAME, text, at))
        values.append(literal.value)
        at = _end(separator, text, literal.end)
        if at == literal.end and text[(at := _end(_BLANK, text, at)) :][:1] != closer:
            raise NotALiteral(text[at : at + 40])


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a pattern ends that begins here; here if it does not."""
    match = pattern.match(text, at)
    return match.end() if match else at


_LABELS: Final = {
    **dict.fromkeys(("input", "inputs", "stdin"), "input"),
    **dict.fromkeys(("output", "outputs", "stdout", "expected", "answer", "result"), "output"),
}
_BESIDE: Final = frozenset({"test", "tests", "case", "example", "sample", "standard", "further"})
_HEAD: Final = re.compile(r"[\w\s*#>().`-]{1,60}")


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Cut a text at lines such as ``**Input:** 3`` and ``### Test 2``, which is of no kind."""
    label, lines = "", list[str]()
    for line in text.splitlines():
        head, colon, rest = line.partition(":")
        words = re.findall(r"[^\W\d_]+", head.lower()) if _HEAD.fullmatch(head) else []
        labels = [_LABELS[word] for word in words if word in _LABELS]
        if words and all(word in _LABELS or word in _BESIDE for word in words):
            yield label, lines
            label, lines = labels[0] if labels else "", []
            rest = rest.strip(" \t*")
            lines += [rest] if colon and rest else []
        else:
            lines.append(line)
    yield label, lines


def _content(lines: list[str], *, to_blank: bool) -> str:
    """Return the text of a section: what is fenced, or all of it, or what comes before a gap."""
    kept = "\n".join(lines).strip("\n").split("\n")
    fenced = kept[0].lstrip().startswith("```")
    ends = [
        place
        for place, line in enumerate(kept)
        if place >= fenced
        and (line.lstrip().startswith("```") or (to_blank and not fenced and not line.strip()))
    ]
    kept = kept[fenced : ends[0] if ends else None]
    text = "\n".join(kept)
    return text.strip().strip("`") if len(kept) == 1 and not fenced else text
