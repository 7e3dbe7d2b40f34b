"""The form of an output that equal outputs share, where no expected output is known.

Two programs agree on an input if their outputs have one form. The rules are those of comparison as
far as a form allows: words and not layout, numbers with a point rounded, order and case as the
statement says. Two numbers on either side of a rounding step have two forms though they are close.
"""

import hashlib
import json
from decimal import Decimal

from gptcc_cli.checkers.numbers import is_float_like, is_number
from gptcc_cli.checkers.rules import CheckerRules
from gptcc_cli.checkers.values import Uncomparable, Unordered, decode_answer
from gptcc_cli.problem import Order

_DIGITS = 6
_MOST_BYTES = 1 << 20


def output_form(stdout: bytes, rules: CheckerRules) -> str:
    """A digest of what a program printed; at most the first mebibyte counts."""
    text = stdout[:_MOST_BYTES].removeprefix(b"\xef\xbb\xbf")
    text = text.lower() if rules.ignore_case else text
    lines = [b" ".join(_word(word, rules) for word in line.split()) for line in text.split(b"\n")]
    if rules.order is Order.LINES:
        lines.sort()
    words = b" ".join(line for line in lines if line)
    if rules.order is Order.ANY:
        words = b" ".join(sorted(words.split()))
    return _digest(words)


def answer_form(answer_json: str, rules: CheckerRules) -> str:
    """A digest of what a function returned.

    Args:
        answer_json: the value as the sandbox passed it on.
        rules: the problem's rules.
    """
    try:
        value = decode_answer(answer_json)
        if rules.order is not Order.EXACT and isinstance(value, list | Unordered):
            items = value.items if isinstance(value, Unordered) else value
            return _digest("\n".join(sorted(map(_value, items))).encode())
        return _digest(_value(value).encode(errors="replace"))
    except (Uncomparable, RecursionError) as error:
        return _digest(f"{type(error).__name__} {len(answer_json)}".encode())


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:32]


def _word(word: bytes, rules: CheckerRules) -> bytes:
    if not is_float_like(word) and not (rules.float_problem and is_number(word)):
        return word
    return f"{float(word):.{_DIGITS}g}".encode() if len(word) < 400 else word


def _value(value: object) -> str:
    """A value as text: a whole float is an integer, as Python's ``==`` has it."""
    if isinstance(value, list):
        return f"[{','.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(k)}:{_value(value[k])}' for k in sorted(value))}}}"
    if isinstance(value, Unordered):
        return f"<{','.join(sorted(map(_value, value.items)))}>"
    if isinstance(value, bool | int):
        return f"{int(value):x}"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return f"{int(value):x}" if whole else f"{value:.{_DIGITS}g}"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)
