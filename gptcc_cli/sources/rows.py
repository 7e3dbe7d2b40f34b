"""One JSON object -> a source: rows of data sets, and problems sent by a browser.

Covers the forms in ``_FORMS``. What a row calls public is a sample; its other tests are hidden.
Whatever a form holds that is not read is named in the source's warnings, and a form that can't be
read is refused by its name. Reads no files.
"""

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import IOTest, Json, SampleTest
from gptcc_cli.sources.companion import is_companion, read_companion
from gptcc_cli.sources.pages import looks_like_fragment, text_of_html
from gptcc_cli.sources.source import Source
from gptcc_cli.sources.tests import tests_from_json

Row = Mapping[str, Any]
_Reader = Callable[[Row, str, str], Source]


def read_row(row: Row, *, name: str, origin: str) -> Source:
    """Return the problem that a JSON object holds.

    Args:
        row: the object.
        name: what to call it if it does not say.
        origin: where it came from, for messages.

    Raises:
        ProblemError: it holds no problem of a known form, or one that can't be read.
    """
    for needed, read in _FORMS:
        if needed(row) if callable(needed) else all(key in row for key in needed.split()):
            source = read(row, name, origin)
            if looks_like_fragment(source.statement):
                source = replace(source, statement=text_of_html(source.statement))
            return source
    keys = ", ".join(sorted(map(str, row))[:8]) or "no keys at all"
    raise ProblemError(
        f"{origin} is JSON, but not of a problem: it has {keys}.",
        hint='give rows with "statement", or rows of APPS, TACO, CodeContests, LiveCodeBench, '
        "HumanEval, MBPP, LeetCode, Luogu, xCodeEval, open-r1 or Competitive Companion",
    )


# Rows with a statement in one piece -------------------------------------------------------------


def _plain(row: Row, name: str, origin: str) -> Source:
    """Read a row of our own: ``id``, ``statement``, ``starter_code``, ``entry_point``."""
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
    """Read a row of APPS or TACO; ``input_output`` is JSON in a string, possibly empty."""
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


def _kod_code(row: Row, name: str, origin: str) -> Source:
    """Read a row of KodCode, whose tests are functions of pytest."""
    told = row.get("test_info") or [{}]
    first = told[0] if isinstance(told, list) and isinstance(told[0], Mapping) else {}
    asserts = _asserts([_text(row, "test")], _text(first, "function_name"))
    return Source(
        id=_id(row, ("question_id", "id"), name),
        statement=_text(row, "question"),
        starter_code=_text(first, "function_declaration") or None,
        entry_point=_text(first, "function_name") or None,
        tests=asserts,
        difficulty=_text(row, "gpt_difficulty") or None,
        notes=() if asserts else ("The row's tests are functions of pytest; they aren't used.",),
        origin=origin,
    )


def _ace_code(row: Row, name: str, origin: str) -> Source:
    """Read a row of AceCode, whose tests are assert statements."""
    lines = [line for line in row["test_cases"] if isinstance(line, str)]
    tests = _asserts(lines)
    called = {match.group(1) for line in lines if (match := _ASSERTED.match(line))}
    left = len(lines) - len(tests)
    return Source(
        id=_id(row, ("id",), name),
        statement=_text(row, "question"),
        entry_point=called.pop() if len(called) == 1 else None,
        tests=tests,
        notes=(f"{left} of the row's asserts compare no plain values; they aren't used.",)
        * bool(left),
        origin=origin,
    )


def _code_contests(row: Row, name: str, origin: str) -> Source:
    """Read a row of CodeContests: tests as two lists, the limit as seconds and nanoseconds."""
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
    """Read a row of LiveCodeBench: ``public_test_cases`` as JSON in a string."""
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
    """Read a row of HumanEval, HumanEvalPack, BigCodeBench or MultiPL-E: the prompt is both."""
    prompt = _text(row, "complete_prompt") or _text(row, "prompt")
    language = _text(row, "language").lower() or _text(row, "task_id").partition("/")[0].lower()
    if language in _OTHER_LANGUAGES:
        raise ProblemError(
            f"{origin} asks for a program in {language}.", hint="give the row for Python"
        )
    entry = _text(row, "entry_point")
    if not entry and "language" in row:
        entry = re.sub(r"^(?:HumanEval|mbpp)_\d+_", "", _text(row, "name"))
    return Source(
        id=_id(row, ("task_id", "name", "id"), name),
        statement=prompt,
        starter_code=prompt,
        entry_point=entry or None,
        origin=origin,
    )


def _mbpp(row: Row, name: str, origin: str) -> Source:
    """Read a row of MBPP: the sentence, and the asserts that its prompt shows."""
    text = _text(row, "text") or _text(row, "prompt")
    asserts = [line for line in row.get("test_list", ()) if isinstance(line, str)]
    return Source(
        id=_id(row, ("task_id", "id"), name),
        statement="\n".join([text, "", *asserts]).rstrip() + "\n",
        origin=origin,
    )


def _leetcode_data_set(row: Row, name: str, origin: str) -> Source:
    """Read a row of LeetCodeDataset; its tests are written as ``nums = [3], target = 6``."""
    pairs = row.get("input_output") or []
    tests = []
    for number, pair in enumerate(pairs if isinstance(pairs, list) else [], 1):
        try:
            call = ast.parse(f"f({pair['input']})", mode="eval").body
            assert isinstance(call, ast.Call)
            values = tuple(_literal(part.value) for part in call.keywords)
            result = _literal(ast.parse(_spelled(pair["output"]), mode="eval").body)
            tests.append(IOTest(name=f"test {number}", input=values, expected=result))
        except (ValueError, SyntaxError, TypeError, KeyError, RecursionError):
            continue
    left = len(pairs) - len(tests)
    return Source(
        id=_id(row, ("task_id", "question_id"), name),
        statement=_text(row, "problem_description"),
        starter_code=_text(row, "starter_code") or None,
        entry_point=_text(row, "entry_point").rpartition(".")[2] or None,
        tests=tuple(tests),
        difficulty=_text(row, "difficulty") or None,
        notes=(f"{left} of the row's tests hold no plain values; they aren't used.",) * bool(left),
        origin=origin,
    )


# Rows with a statement in parts -----------------------------------------------------------------


def _parted(row: Row, name: str, origin: str) -> Source:
    """Read open-r1's rows, xCodeEval, Luogu and Polygon: sections, samples and limits in fields."""
    inner = row.get("contenu") if isinstance(row.get("contenu"), Mapping) else row
    assert isinstance(inner, Mapping)
    parts = [_first(inner, "background"), _first(inner, "description", "legend")]
    for title, keys in _SECTIONS:
        body = _first(inner, *keys)
        parts += [f"## {title}\n\n{body}"] if body else []
    title = _first(inner, "title", "name")
    samples = _samples(_pairs(row))
    for number, sample in enumerate(samples, 1):
        for side, text in (("Input", sample.input), ("Output", sample.expected)):
            parts.append(f"## Sample {side} {number}\n\n```\n{str(text).rstrip()}\n```")
    limits = row.get("limits") if isinstance(row.get("limits"), Mapping) else {}
    assert isinstance(limits, Mapping)
    return Source(
        id=_id(row, ("id", "src_uid", "pid", "name"), name),
        statement="\n\n".join(part for part in (f"# {title}" * bool(title), *parts) if part) + "\n",
        samples=samples or None,
        tests=_tests(_pair_list(row.get("official_tests"))),
        time_limit_s=_seconds(row) or _number(_at(limits.get("time")), 0) / 1000 or None,
        memory_limit_bytes=_bytes(row) or int(_number(_at(limits.get("memory")), 0)) << 10 or None,
        origin=origin,
    )


def _pairs(row: Row) -> list[tuple[str, str]]:
    """Return the samples of a row that keeps them in fields."""
    inputs, outputs = row.get("sample_inputs"), row.get("sample_outputs")
    if isinstance(inputs, str) and isinstance(outputs, str):
        try:
            inputs, outputs = ast.literal_eval(inputs), ast.literal_eval(outputs)
        except (ValueError, SyntaxError):
            inputs, outputs = [inputs], [outputs]
    if isinstance(inputs, list) and isinstance(outputs, list):
        return [(_ended(a), _ended(b)) for a, b in zip(inputs, outputs, strict=False)]
    return _pair_list(row.get("examples") or row.get("sampleTests") or row.get("samples"))


def _pair_list(value: object) -> list[tuple[str, str]]:
    pairs = []
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Mapping) and "input" in item and "output" in item:
            pairs.append((_ended(item["input"]), _ended(item["output"])))
        elif isinstance(item, list) and len(item) == 2:
            pairs.append((_ended(item[0]), _ended(item[1])))
    return pairs


def _ended(value: object) -> str:
    text = str(value).replace("\r\n", "\n")
    return text if not text or text.endswith("\n") else text + "\n"


def _seconds(row: Row) -> float | None:
    """Return a time limit given as seconds, in words, or as Polygon's milliseconds."""
    limit = row.get("time_limit")
    if isinstance(limit, str):
        match = re.match(r"\s*(\d+(?:\.\d+)?)", limit)
        return float(match.group(1)) if match else None
    if "timeLimit" in row:
        return _number(row["timeLimit"], 0) / 1000 or None
    return _number(limit, 0) or None


def _bytes(row: Row) -> int | None:
    """Return a memory limit given in megabytes, in words, or as Polygon's bytes."""
    limit = row.get("memory_limit")
    if isinstance(limit, str):
        match = re.match(r"\s*(\d+)", limit)
        return int(match.group(1)) << 20 if match else None
    if "memoryLimit" in row:
        return int(_number(row["memoryLimit"], 0)) or None
    return int(_number(limit, 0) * 2**20) or None


def _leetcode(row: Row, name: str, origin: str) -> Source:
    """Read a question of LeetCode's own interface: HTML, and starter code for each language."""
    snippets = row.get("codeSnippets") or row.get("code_snippets") or []
    starter = next(
        (
            _text(snippet, "code")
            for snippet in snippets
            if isinstance(snippet, Mapping) and "python3" in _text(snippet, "langSlug").lower()
        ),
        "",
    )
    body = _text(row, "content") or _text(row, "translatedContent")
    slug = _text(row, "titleSlug")
    return Source(
        id=slug or _id(row, ("questionId", "frontendQuestionId"), name),
        statement=body,
        starter_code=starter or None,
        difficulty=_text(row, "difficulty") or None,
        url=f"https://leetcode.com/problems/{slug}/" if slug else None,
        origin=origin,
    )


def _notebook(row: Row, name: str, origin: str) -> Source:
    """Read a Jupyter notebook: its text, with cells of code in fences."""
    parts = []
    for cell in row["cells"]:
        text = cell.get("source", "") if isinstance(cell, Mapping) else ""
        text = "".join(text) if isinstance(text, list) else str(text)
        parts.append(text if cell.get("cell_type") == "markdown" else f"```python\n{text}\n```")
    return Source(id=name, statement="\n\n".join(parts) + "\n", origin=origin)


# Rows that wrap another data set's text ---------------------------------------------------------


def _verifiable(row: Row, name: str, origin: str) -> Source:
    """Read a row of SYNTHETIC-1 or verifiable-coding-problems: a prompt around a statement."""
    told = row["verification_info"]
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except ValueError:
            told = _python(told, origin)
    cases = told.get("test_cases") if isinstance(told, Mapping) else None
    prompt = _text(row, "prompt")
    if "test_cases" not in str(told)[:100_000]:
        raise ProblemError(
            f"{origin} is a row of {_text(row, 'task_type') or 'SYNTHETIC-1'} without test cases.",
            hint="give rows that ask for a program",
        )
    return _with_cases(row, name, origin, _WRAPPER.sub("", prompt), cases)


def _deep_coder(row: Row, name: str, origin: str) -> Source:
    """Read a row of DeepCoder: ``problem``, and ``tests`` as JSON in a string."""
    cases = row["tests"]
    cases = _nested(cases, origin) if isinstance(cases, str) else cases
    return _with_cases(row, name, origin, _text(row, "problem"), cases)


def _eurus(row: Row, name: str, origin: str) -> Source:
    """Read a row of Eurus-RL: a chat whose last message is the problem."""
    users = [m for m in row["prompt"] if isinstance(m, Mapping) and m.get("role") == "user"]
    truth = row["reward_model"].get("ground_truth") if users else None
    if _text(row, "ability") not in ("code", "coding") or not isinstance(truth, str):
        raise ProblemError(
            f"{origin} is a row of Eurus that asks for no program.", hint="give rows about code"
        )
    text = re.sub(r"\n+Write Python code to solve.*\Z", "\n", str(users[-1]["content"]), flags=re.S)
    return _with_cases(row, name, origin, text, _nested(truth, origin))


def _with_cases(row: Row, name: str, origin: str, statement: str, cases: object) -> Source:
    """Return a source whose hidden tests are a list of cases, or APPS' two lists."""
    entry: object = None
    tests: tuple[IOTest, ...] = ()
    if isinstance(cases, Mapping) and isinstance(cases.get("inputs"), list):
        entry, tests = cases.get("fn_name"), tests_from_json(dict(cases), origin)
    elif isinstance(cases, list):
        given = [case for case in cases if isinstance(case, Mapping) and "output" in case]
        names = {case.get("fn_name") for case in given} - {None, ""}
        entry = names.pop() if len(names) == 1 else None
        data: dict[str, Any] = {
            "inputs": [case.get("input", "") for case in given],
            "outputs": [case["output"] for case in given],
        }
        tests = tests_from_json({**data, "fn_name": entry} if entry else data, origin)
    metadata = row.get("metadata")
    if entry is None and isinstance(metadata, Mapping):
        entry = metadata.get("func_name")
    return Source(
        id=_id(row, ("problem_id", "id", "question_id"), name),
        statement=statement.strip() + "\n",
        starter_code=_text(row, "starter_code") or None,
        entry_point=entry if isinstance(entry, str) else None,
        tests=tests,
        difficulty=_text(row, "difficulty") or None,
        notes=() if tests or not cases else ("The row's tests could not be read.",),
        origin=origin,
    )


def _open_code_reasoning(row: Row, name: str, origin: str) -> Source:
    """Read a row of OpenCodeReasoning, which may only name its question."""
    text = _text(row, "input") or _text(row, "question")
    if text.strip() in ("", "-"):
        raise ProblemError(
            f"{origin} is a row of OpenCodeReasoning that only names its question, in "
            f"{_text(row, 'dataset') or 'another data set'}.",
            hint="give the row of that data set",
        )
    return Source(
        id=_id(row, ("id", "question_id"), name),
        statement=text.strip() + "\n",
        difficulty=_text(row, "difficulty") or None,
        origin=origin,
    )


def _refuse(form: str, why: str, hint: str) -> _Reader:
    """Return what refuses rows of a form that can't be read."""

    def refuse(_row: Row, _name: str, origin: str) -> Source:
        raise ProblemError(f"{origin} is a row of {form}, which {why}.", hint=hint)

    return refuse


def _companion(row: Row, name: str, origin: str) -> Source:
    return read_companion(row, name=name, origin=origin)


def _is_leetcode(row: Row) -> bool:
    known = "titleSlug" in row or "exampleTestcases" in row or "translatedContent" in row
    return known and (_has(row, "content") or _has(row, "translatedContent"))


def _is_open_code_reasoning(row: Row) -> bool:
    return ("input" in row or "question_id" in row) and "solution" in row and "dataset" in row


def _inside(key: str) -> _Reader:
    """Return what reads the object under a key in place of the row."""

    def read(row: Row, name: str, origin: str) -> Source:
        return read_row(row[key], name=name, origin=origin)

    return read


_PARTS = {"input_format", "output_format", "input_spec", "sample_inputs", "inputFormat"}
_FORMS: Sequence[tuple[str | Callable[[Row], bool], _Reader]] = (
    (is_companion, _companion),
    ("cells nbformat", _notebook),
    ("code input output", _refuse("CRUXEval", "asks what code prints", "give rows of problems")),
    ("skeleton class_name", _refuse("ClassEval", "asks for a class", "give rows of problems")),
    (_is_leetcode, _leetcode),
    (lambda row: isinstance(row.get("question"), Mapping), _inside("question")),
    (lambda row: isinstance(row.get("problem"), Mapping), _inside("problem")),
    ("problem_description entry_point", _leetcode_data_set),
    (lambda row: _has(row, "statement"), _plain),
    (lambda row: _has(row, "question_content"), _live_code_bench),
    (lambda row: isinstance(row.get("prompt"), list) and "reward_model" in row, _eurus),
    ("prompt verification_info", _verifiable),
    ("problem tests", _deep_coder),
    ("question test_cases", _ace_code),
    (lambda row: _has(row, "question") and _has(row, "test"), _kod_code),
    (lambda row: _has(row, "question") and "input_output" in row, _apps),
    (_is_open_code_reasoning, _open_code_reasoning),
    (lambda row: _has(row, "question"), _apps),
    ("contenu", _parted),
    ("legend sampleTests", _parted),
    (lambda row: _has(row, "description") and bool(_PARTS & set(row)), _parted),
    (lambda row: _has(row, "description"), _code_contests),
    ("complete_prompt entry_point", _human_eval),
    ("prompt entry_point", _human_eval),
    ("prompt stop_tokens", _human_eval),
    (lambda row: (_has(row, "text") or _has(row, "prompt")) and "test_list" in row, _mbpp),
)
"""How to know each form, by its keys, and how to read it; the surest first."""
_SECTIONS = (
    ("Input", ("input_format", "input_spec", "inputFormat", "formatI", "input")),
    ("Output", ("output_format", "output_spec", "outputFormat", "formatO", "output")),
    ("Interaction", ("interaction_format", "interaction")),
    ("Note", ("note", "notes", "hint")),
)
_OTHER_LANGUAGES = frozenset(
    {
        "cpp",
        "java",
        "javascript",
        "js",
        "go",
        "rust",
        "rs",
        "cs",
        "d",
        "jl",
        "lua",
        "php",
        "pl",
        "r",
    }
    | {
        "rb",
        "rkt",
        "scala",
        "sh",
        "swift",
        "ts",
        "typescript",
        "kt",
        "hs",
        "ml",
        "clj",
        "ex",
        "dart",
    }
)
_WRAPPER = re.compile(
    r"\ASolve the following coding problem using the programming language \w+:\s*"
    r"|\s*The input will be (?:stdin|given via stdin)[^\n]*(?=\n|\Z)"
    r"|\s*Now solve the problem and return the code\.\s*\Z"
)
_ASSERTED = re.compile(r"\s*assert\s+\(?([A-Za-z_]\w*)\(")


def _asserts(sources: Sequence[str], entry_point: str = "") -> tuple[IOTest, ...]:
    """Return the tests of ``assert f(1) == 2``; what compares no plain values is left out."""
    tests: list[IOTest] = []
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert):
                tests += _asserted(node.test, entry_point, len(tests) + 1)
    return tuple(tests)


def _asserted(test: ast.expr, entry_point: str, number: int) -> Iterator[IOTest]:
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq):
        return
    call, result = test.left, test.comparators[0]
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.keywords:
        return
    if entry_point and call.func.id != entry_point:
        return
    try:
        values = tuple(_literal(part) for part in call.args)
        yield IOTest(name=f"test {number}", input=values, expected=_literal(result))
    except ValueError:
        return


def _literal(node: ast.expr) -> Json:
    """Return a value as JSON carries it; tuples become lists."""
    value: Json = json.loads(json.dumps(ast.literal_eval(node)))
    return value


def _spelled(text: object) -> str:
    """Return a value with JSON's names spelled as Python's."""
    names = {"true": "True", "false": "False", "null": "None"}
    return re.sub(r"\b(?:true|false|null)\b", lambda match: names[match.group()], str(text))


def _first(row: Row, *keys: str) -> str:
    return next((text for key in keys if (text := _text(row, key).strip())), "")


def _at(value: object) -> object:
    """Return the largest of a list of limits, or the value itself."""
    numbers = (
        [item for item in value if isinstance(item, int | float)] if isinstance(value, list) else []
    )
    return max(numbers) if numbers else value


def _python(text: str, origin: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return _nested(text, origin)


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
