"""Names that starter code takes for granted."""

from dataclasses import replace

import pytest

from gptcc_cli.extraction import extract, granted_imports, starter_names
from gptcc_cli.judging import Judge, Verdict
from gptcc_cli.sandbox import open_sandbox
from tests.programs import CALL_PROBLEM, STDIN_PROBLEM, call_test, completion, prompt

STARTER = "class Solution:\n    def f(self, a: List[int]) -> Optional[int]:\n        "
PROBLEM = replace(CALL_PROBLEM, starter_code=STARTER)
BODY = "return a[0] if a else None\n"
PROGRAM = STARTER + BODY


@pytest.mark.parametrize(
    ("starter", "names"),
    [
        (STARTER, {"List", "Optional"}),
        ("from typing import List\n" + STARTER, {"Optional"}),
        ("import typing\ndef f(a: typing.List[int]):\n", {"List"}),
        ("def f(a: list[int], any=1):\n", set()),
        ("", set()),
    ],
)
def test_names_of_typing_that_are_used_and_not_imported(starter: str, names: set[str]) -> None:
    assert starter_names(starter) == names


def test_a_program_gets_the_names_its_starter_code_takes_for_granted() -> None:
    for given, text in ((prompt(), PROGRAM), (prompt(prefix=STARTER), BODY)):
        found = extract(completion(text, prompt=given), PROBLEM)
        assert found.source == "from typing import List, Optional\n\n" + PROGRAM
        assert found.cleaning == ("imports",)
        with open_sandbox(workers=1) as sandbox, Judge(sandbox) as judge:
            judgement = judge.judge(found, PROBLEM, (call_test([7], expected=7),))
        assert judgement.verdict is Verdict.AC


def test_a_program_that_has_the_names_or_needs_none_is_left_alone() -> None:
    for text in (
        "from typing import *\n" + PROGRAM,
        "from typing import List, Optional\n" + PROGRAM,
        "List = list\nOptional = {int: 1}\n" + PROGRAM,
        "class Solution:\n    def f(self, a):\n        return a[0]\n",
        "from __future__ import annotations\n" + PROGRAM,
    ):
        found = extract(completion(text), PROBLEM)
        assert (found.source, found.cleaning) == (text, ())


def test_nothing_is_imported_that_the_starter_code_does_not_name() -> None:
    text = "def f(a: Dict[str, int]):\n    return sqrt(a)\n"
    problem = replace(CALL_PROBLEM, starter_code="def f(a: List[int]) -> int:\n    ")
    assert extract(completion(text), problem).source == text
    assert extract(completion(PROGRAM), STDIN_PROBLEM).source == PROGRAM
    assert extract(completion(PROGRAM), PROBLEM, clean=False).source == PROGRAM


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("return max(Counter(a).values())", ("from collections import Counter",)),
        ("heapify(a); return heappop(a)", ("from heapq import heapify, heappop",)),
        ("return heapq.nlargest(1, a)[0]", ("import heapq",)),
        ("return inf if a else gcd(4, 6)", ("from math import gcd, inf",)),
        ("return list(accumulate(a))[-1]", ("from itertools import accumulate",)),
        ("return unknown(a)", ()),
        ("import math\n        return math.inf", ()),
    ],
)
def test_a_site_with_a_solution_class_provides_the_standard_library(
    body: str, lines: tuple[str, ...]
) -> None:
    source = f"class Solution:\n    def f(self, a):\n        {body}\n"
    assert granted_imports(source, STARTER) == lines
    assert granted_imports(source, "def f(a):\n    pass\n") == ()
