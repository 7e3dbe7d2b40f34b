"""Rows of benchmarks beside the three that gave their forms: graded as their harness means to."""

import pytest

from gptcc_cli.benchmarks.records import item_of
from gptcc_cli.errors import ProblemError
from gptcc_cli.extraction import candidate_of
from gptcc_cli.judging import Judge, Verdict

RIGHT = "def f(n):\n    return 2 * n + 1\n"
WRONG = "def f(n):\n    return 7\n"
SCRIPT = "import math\nfor n, twice in ((3, 7), (0, 1)):\n    assert math.isclose(f(n), twice)\n"
MBPP_PLUS = {
    "task_id": 2,
    "prompt": "Give twice n plus one.",
    "code": RIGHT,
    "test_imports": [],
    "test_list": ["assert f(3) == 7"],
    "test": SCRIPT,
}
EVALPLUS = {
    "task_id": "Mbpp/2",
    "prompt": '"""\nGive twice n plus one.\nassert f(3) == 7\n"""\n',
    "entry_point": "f",
    "canonical_solution": "\n" + RIGHT,
    "test": SCRIPT,
}
LEETCODE = {
    "task_id": "twice",
    "prompt": "from typing import *\nfrom math import inf\n",
    "completion": "class Solution:\n    def f(self, n: int) -> int:\n        return 2 * n + 1\n",
    "entry_point": "Solution().f",
    "test": "def check(candidate):\n    assert candidate(n=3) == 7\n    assert candidate(n=0) == 1",
    "query": "Give twice n plus one.",
    "starter_code": "class Solution:\n    def f(self, n: int) -> int:\n        ",
}


def verdict(judge: Judge, row: dict[str, object], source: str) -> Verdict | None:
    item = item_of(row, "row")
    assert item.check_source is not None
    return judge.judge_assertions(candidate_of(source), item.problem, item.check_source).verdict


@pytest.fixture(scope="module")
def judge():
    from gptcc_cli.sandbox import open_sandbox

    with open_sandbox(workers=1) as sandbox, Judge(sandbox) as judge:
        yield judge


@pytest.mark.parametrize("row", [MBPP_PLUS, EVALPLUS])
def test_a_script_of_tests_judges_and_not_the_shown_assertion(
    judge: Judge, row: dict[str, object]
) -> None:
    assert verdict(judge, row, RIGHT) is Verdict.AC
    assert verdict(judge, row, WRONG) is Verdict.WA


def test_leetcode_dataset(judge: Judge) -> None:
    assert verdict(judge, LEETCODE, str(LEETCODE["completion"])) is Verdict.AC
    wrong = str(LEETCODE["completion"]).replace("2 * n + 1", "7")
    assert verdict(judge, LEETCODE, wrong) is Verdict.WA
    item = item_of(LEETCODE, "row")
    assert item.problem.entry_point == "f"
    assert verdict(judge, LEETCODE, item.references[0]) is Verdict.AC


def test_unittest_rows_are_refused_by_name() -> None:
    row = {
        "entry_point": "f",
        "prompt": "",
        "test": "import unittest\nclass T(unittest.TestCase): ...",
    }
    with pytest.raises(ProblemError, match="BigCodeBench"):
        item_of(row, "row")
