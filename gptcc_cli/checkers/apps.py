"""The comparison that published APPS figures were made with, for comparing with them alone.

Follows the chain of ``testing_util.py`` of hendrycks/apps: equality in several guises, numbers
by ``numpy.allclose``'s formula, and at last *sets of sets of tokens*, which forget order and
multiplicity. It accepts wrong answers and rejects right ones; nothing but ``--checker apps``
uses it. Covers the comparison, not how that harness runs programs.
"""

import json
import math
from typing import Any

from gptcc_cli.problem import Json


def same_as_apps_output(expected: Json, actual: bytes) -> bool:
    """Whether that harness would accept a program's standard output.

    Args:
        expected: the expected text, or a list of its lines.
        actual: the bytes on standard output.
    """
    wanted = "\n".join(map(str, expected)) if isinstance(expected, list) else str(expected)
    printed = actual.decode("utf-8", "replace").splitlines()
    if "\n".join(printed).strip() == wanted.strip():
        return True
    if "\n".join(line.strip() for line in printed).strip() == wanted.strip():
        return True
    lines = [line.strip() for line in wanted.split("\n") if line]
    if printed in ([wanted], lines):
        return True
    printed = [line for line in printed if line]
    return printed == lines or _close(printed, lines) or _same_sets(printed, lines)


def same_as_apps_value(expected: Json, answer_json: str) -> bool:
    """Whether that harness would accept a returned value.

    A value comes here as JSON, so that tuples are lists at every depth; the harness itself
    forgives a tuple at the top alone.
    """
    try:
        answer = _int_keyed(json.loads(answer_json))
    except (ValueError, RecursionError):
        return False
    expected = _int_keyed(expected)
    if answer == expected:
        return True
    return isinstance(expected, list) and bool(expected) and bool(answer == expected[0])


def _close(printed: list[str], wanted: list[str]) -> bool:
    """``numpy.allclose`` of the lines as numbers: relative 1e-5, absolute 1e-8."""
    try:
        pairs = [(float(a), float(b)) for a, b in zip(printed, wanted, strict=True)]
    except ValueError:
        return False
    return all(a == b or _near(a, b) for a, b in pairs)


def _near(actual: float, expected: float) -> bool:
    if not (math.isfinite(actual) and math.isfinite(expected)):
        return False
    return abs(actual - expected) <= 1e-8 + 1e-5 * abs(expected)


def _same_sets(printed: list[str], wanted: list[str]) -> bool:
    left = [line.split() for line in printed if line.split()]
    right = [line.split() for line in wanted]
    if set(map(frozenset, left)) == set(map(frozenset, right)):
        return True
    try:
        return _rounded(left) == _rounded(right)
    except (ValueError, OverflowError):
        return False


def _rounded(lines: list[list[str]]) -> set[frozenset[float]]:
    return {frozenset(round(float(token), 3) for token in line) for line in lines}


def _int_keyed(value: Any) -> Any:
    """That harness reads the keys of one dictionary as integers if they all are."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_int_keyed(value[0]), *value[1:]]
    if not isinstance(value, dict):
        return value
    try:
        return {int(key): one for key, one in value.items()}
    except ValueError:
        return value
