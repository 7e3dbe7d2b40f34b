"""Whatever a program prints or returns is compared within bounds of time and memory.

Each comparison runs in a process of its own: at most ``MOST_S`` seconds of processor time, and at
most ``MOST_BYTES`` of address space more than before, which the kernel enforces.
"""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

MOST_S = 20
MOST_BYTES = 3 << 30
_ROOT = Path(__file__).parents[2]
_SETUP = """
import json
from gptcc_cli.checkers import (
    CheckerRules, answer_form, compare_answer, compare_output, output_form, same_as_apps_output
)
from gptcc_cli.problem import Order
ANY, LINES = CheckerRules(order=Order.ANY), CheckerRules(order=Order.LINES)
READ = CheckerRules(order=Order.ANY, order_is_read=True)
MANY = 10 << 20
def nested(depth, tag=False):
    inner = '{"__set__":[%s]}' if tag else '[%s]'
    text = "1"
    for _ in range(depth):
        text = inner % text
    return text
def say(found):
    print("decided" if not found.undecided else "undecided", found.matches)
"""
ANSWERS = {
    "a deep list": "say(compare_answer([2, 4], '[%s,2]' % nested(190), ANY))",
    "a deep list as expected": (
        "say(compare_answer([json.loads(nested(190)), 2],"
        " '[2,%s]' % nested(190).replace('1', '3'), ANY))"
    ),
    "deep lists, many": (
        "say(compare_answer([[0]] * 500, '[%s]' % ','.join([nested(150)] * 500), ANY))"
    ),
    "deep sets": "say(compare_answer([2, [3]], '[%s,2]' % nested(90, tag=True), ANY))",
    "sets in sets": (
        "inner = [[i + j * 1e-7 for i in range(30)] for j in range(60)]\n"
        "text = ','.join('{\"__set__\":%s}' % [v + 5e-8 for v in i] for i in inner)\n"
        "say(compare_answer(inner, '{\"__set__\":[%s]}' % text, ANY))"
    ),
    "a million small lists": (
        "say(compare_answer([[1]], '[%s]' % ','.join(['[]'] * 2_500_000), ANY))"
    ),
    "numbers all close to each other": (
        "say(compare_answer([[1.0 + i * 1e-9, 0.5] for i in range(2000)],"
        " json.dumps([[1.0 + i * 1e-9, 0.5] for i in range(1, 1999)] + [[1.0, 0.5], [1.0, 0.7]]),"
        " ANY))"
    ),
    "rows that differ at their ends": (
        "rows = [[1.0 + j * 1e-9 for j in range(3000)] + [i % 7] for i in range(300)]\n"
        "other = [r[:-1] + [7 - r[-1]] for r in rows]\n"
        "say(compare_answer(rows, json.dumps(other), ANY))"
    ),
    "a long integer": "say(compare_answer([1], '[%s]' % ('7' * (8 << 20)), CheckerRules()))",
    "long integers": ("say(compare_answer([1, 2], '[%s]' % ','.join(['7' * 20_000] * 400), ANY))"),
    "integers with one hash": (
        "step = (1 << 61) - 1\n"
        "say(compare_answer(list(range(300_000)),"
        " json.dumps([i * step for i in range(300_000)]), ANY))"
    ),
    "the form of a deep list": "print(answer_form('[%s,2]' % nested(190), ANY))",
    "the form of deep sets": "print(answer_form(nested(150, tag=True), ANY))",
    "the form of a long integer": "print(answer_form('7' * (8 << 20), ANY))",
}
OUTPUTS = {
    "few long lines for many short": (
        "expected = '\\n'.join('%d %d' % (i, i + 1) for i in range(300))\n"
        "got = '\\n'.join(('%d ' % i) * (MANY // 1200) for i in range(300))\n"
        "say(compare_output(expected, got.encode(), LINES))"
    ),
    "many long lines that are nearly equal": (
        "line = '1.5 ' * 9000\n"
        "expected = '\\n'.join(line + str(i) + '.0' for i in range(280))\n"
        "got = '\\n'.join(line + str(i) + '.00001' for i in range(280))\n"
        "say(compare_output(expected, got.encode(), LINES))"
    ),
    "many numbers that are nearly equal": (
        "expected = ' '.join('1.%07d' % i for i in range(400_000))\n"
        "got = ' '.join('1.%07d5' % i for i in range(1, 400_001))\n"
        "say(compare_output(expected, got.encode(), ANY))"
    ),
    "words for one": "say(compare_output('1', b'2 ' * (MANY // 2), ANY))",
    "lines for one": "say(compare_output('1', b'2\\n' * (MANY // 2), READ))",
    "one long number": "say(compare_output('0.5', b'0.' + b'7' * MANY, ANY))",
    "blanks": "say(compare_output('1', b' ' * MANY + b'\\t' * MANY + b'2', ANY))",
    "the form of many words": "print(output_form(b'1.5 ' * (MANY // 4), ANY))",
    "APPS' own comparison": (
        "print(same_as_apps_output('1\\n2', ' '.join(map(str, range(MANY // 8))).encode()))"
    ),
    "APPS' own comparison of lines": (
        "print(same_as_apps_output('1\\n2', '\\n'.join(map(str, range(MANY // 8))).encode()))"
    ),
}


def bounded() -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MOST_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_S, MOST_S + 1))


SLOW = {
    "numbers all close to each other",
    "rows that differ at their ends",
    "many long lines that are nearly equal",
    "APPS' own comparison of lines",
}
CASES = [
    pytest.param(code, id=name, marks=[pytest.mark.slow] if name in SLOW else [])
    for name, code in {**ANSWERS, **OUTPUTS}.items()
]


@pytest.mark.parametrize("code", CASES)
def test_a_comparison_ends_within_its_bounds(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SETUP + code],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=bounded,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout != ""
