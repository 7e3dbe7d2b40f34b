"""MBPP's assertions -> the function they call, and tests with plain values where they have them."""

import ast
from typing import Any

from gptcc_cli.problem import IOTest


def asserted_tests(tests: object) -> tuple[tuple[IOTest, ...], str] | None:
    """Read assertions of the form ``assert name(arguments) == expected``.

    Args:
        tests: the column ``test_list``.

    Returns:
        The tests that have plain values alone, and the function's name; ``None`` if these are no
        assertions about one function.
    """
    if not isinstance(tests, list) or not tests:
        return None
    calls = [_call(test) for test in tests if isinstance(test, str)]
    names = {name for name, _ in filter(None, calls)}
    if len(calls) != len(tests) or None in calls or len(names) != 1:
        return None
    found = [pair for _, pair in filter(None, calls) if pair is not None]
    return (
        tuple(
            IOTest(name=f"test {number}", input=given, expected=expected)
            for number, (given, expected) in enumerate(found, 1)
        ),
        names.pop(),
    )


def _call(test: str) -> tuple[str, tuple[tuple[Any, ...], Any] | None] | None:
    try:
        statement = ast.parse(test.strip()).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None
    if not isinstance(statement, ast.Assert) or not isinstance(statement.test, ast.Compare):
        return None
    call = statement.test.left
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.keywords:
        return None
    equal = len(statement.test.ops) == 1 and isinstance(statement.test.ops[0], ast.Eq)
    try:
        given = tuple(map(ast.literal_eval, call.args))
        expected = ast.literal_eval(statement.test.comparators[0])
    except (ValueError, TypeError):
        return call.func.id, None
    return call.func.id, (given, expected) if equal else None
