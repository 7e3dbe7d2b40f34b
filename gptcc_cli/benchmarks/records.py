"""Records -> items: what the fields of APPS, HumanEval and MBPP mean.

The benchmark is recognized by a record's fields, whatever the file's name. Reads no files.
"""

import ast
import json
import re
import warnings
from collections.abc import Mapping
from typing import Any

from gptcc_cli.benchmarks.item import BenchmarkItem
from gptcc_cli.errors import ProblemError
from gptcc_cli.reading import understand
from gptcc_cli.sources import Source
from gptcc_cli.sources.tests import tests_from_json

Record = Mapping[str, Any]
"""One row of a file, as JSON."""


def item_of(record: Record, id_: str) -> BenchmarkItem:
    """Read a record of any known benchmark.

    Raises:
        ProblemError: its fields are those of no known benchmark, or a field is invalid.
    """
    if "question" in record:
        return apps_item(record, id_)
    if "test_list" in record:
        return mbpp_item(record, id_)
    if "entry_point" in record and "test" in record:
        if "unittest" in str(record["test"]):
            raise ProblemError(
                f"record {id_!r} has the form of BigCodeBench, whose unittest classes patch the "
                "program's own modules",
                hint="gptcc can't grade this form; use BigCodeBench's own harness",
            )
        if str(record["entry_point"]).startswith("Solution()."):
            return leetcode_item(record, id_)
        return humaneval_item(record, id_)
    raise ProblemError(
        f"record {id_!r} has the fields of no known benchmark: {', '.join(sorted(record)[:8])}",
        hint="APPS has question and input_output, HumanEval prompt, entry_point and test, "
        "MBPP text and test_list",
    )


def id_of(record: Record, position: int) -> str:
    """Return a record's own id: ``task_id`` or ``problem_id`` (APPS pads to four digits)."""
    if "task_id" in record:
        task_id = record["task_id"]
        return f"MBPP/{task_id}" if isinstance(task_id, int) else str(task_id)
    number = record.get("problem_id", record.get("id", position))
    return f"{number:04d}" if isinstance(number, int) else str(number)


def apps_item(record: Record, id_: str) -> BenchmarkItem:
    """Read an APPS problem; ``solutions`` and ``input_output`` may be JSON in text.

    An extra newline before the starter code, in the hub's copy, is removed.
    """
    data = _parsed(record.get("input_output"), id_, "input_output")
    data = data if isinstance(data, dict) else {}
    name = data.get("fn_name")
    starter = record.get("starter_code") or ""
    source = Source(
        id=id_,
        statement=record["question"],
        starter_code=starter.removeprefix("\n") or None,
        entry_point=name if isinstance(name, str) else None,
        difficulty=_text_or_none(record.get("difficulty")),
        url=_text_or_none(record.get("url")),
    )
    solutions = _parsed(record.get("solutions"), id_, "solutions")
    return BenchmarkItem(
        problem=understand(source).problem,
        tests=tests_from_json(data, id_) if data.get("inputs") else (),
        references=tuple(one for one in solutions or () if isinstance(one, str)),
    )


def humaneval_item(record: Record, id_: str) -> BenchmarkItem:
    """Read a HumanEval problem.

    Its check may use other functions of the prompt (``poly``, ``encode_shift``). They precede
    the check, so a program can't redefine them.
    """
    prompt, name = record["prompt"], record["entry_point"]
    source = Source(id=id_, statement=prompt, starter_code=prompt, entry_point=name)
    canonical = record.get("canonical_solution")
    test = record["test"]
    has_check = re.search(r"^def check\(", test, re.MULTILINE) is not None
    check = test if has_check else _script(name, test)
    return BenchmarkItem(
        problem=understand(source).problem,
        check_source=f"{_prompt_context(prompt, name)}\n{check}\n",
        references=(prompt + canonical,) if canonical else (),
        completes=prompt,
    )


def leetcode_item(record: Record, id_: str) -> BenchmarkItem:
    """Read a problem of LeetCodeDataset (Xia and others 2025).

    Its harness runs the prompt, which only imports, then the completion, then the check.
    """
    prompt, name = record["prompt"], record["entry_point"].removeprefix("Solution().")
    statement = record.get("problem_description") or record.get("query") or ""
    source = Source(
        id=id_,
        statement=statement,
        starter_code=record.get("starter_code"),
        entry_point=name,
        difficulty=_text_or_none(record.get("difficulty")),
    )
    completion = record.get("completion")
    return BenchmarkItem(
        problem=understand(source).problem,
        check_source=f"{record['test']}\n",
        references=(f"{prompt}\n{completion}",) if completion else (),
        completes=f"{prompt}\n",
    )


def mbpp_item(record: Record, id_: str) -> BenchmarkItem:
    """Read an MBPP problem, sanitized, full or MBPP+, which judges by the script ``test``.

    The statement shows the assertions, as the paper's prompt does (Austin and others 2021).
    """
    text = record.get("prompt") or record.get("text") or ""
    tests = [test for test in record["test_list"] if isinstance(test, str)]
    name = _called_function(record.get("code") or "", tests, id_)
    shown = "\n".join(tests)
    statement = f"{text}\nYour code should pass these tests:\n\n{shown}\n"
    source = Source(id=id_, statement=statement, samples=(), entry_point=name)
    set_up = record.get("test_setup_code") or ""
    return BenchmarkItem(
        problem=understand(source).problem,
        check_source=_script(name, record["test"])
        if isinstance(record.get("test"), str)
        else _check_of(name, tests, (*(record.get("test_imports") or ()), set_up)),
        references=(record["code"],) if record.get("code") else (),
    )


def _prompt_context(prompt: str, name: str) -> str:
    """Return what a prompt defines and imports besides the function to write."""
    try:
        nodes = _parse(prompt).body
    except SyntaxError:
        return ""
    kept = [node for node in nodes if getattr(node, "name", None) != name]
    return "\n".join(map(ast.unparse, kept))


def _check_of(name: str, tests: list[str], set_up: tuple[str, ...]) -> str:
    """Wrap assertions that call a function by its name in ``check(candidate)``."""
    body = "\n".join("    " + line for test in tests for line in test.splitlines())
    above = "\n".join(line for line in set_up if line)
    return f"{above}\n\ndef check(candidate):\n    {name} = candidate\n{body}\n"


def _script(name: str, test: str) -> str:
    """Wrap a script that calls a function by its name in ``check(candidate)``."""
    return (
        "def check(candidate):\n"
        f"    globals()[{name!r}] = candidate\n"
        f"    exec({test!r}, globals())\n"
    )


def _called_function(code: str, tests: list[str], id_: str) -> str:
    """Return the last function of the reference that the assertions call."""
    try:
        defined = [node.name for node in _parse(code).body if isinstance(node, ast.FunctionDef)]
        called = {
            node.func.id
            for test in tests
            for node in ast.walk(_parse(test))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
    except SyntaxError as error:
        raise ProblemError(f"record {id_!r} holds code that does not parse: {error.msg}") from error
    wanted = [name for name in defined if name in called] or sorted(called)
    if not wanted:
        raise ProblemError(f"record {id_!r} has tests that call no function")
    return wanted[-1]


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in the benchmark's code
        return ast.parse(source)


def _parsed(value: Any, id_: str, field: str) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"record {id_!r} has a {field} that is not JSON: {error}") from error


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
