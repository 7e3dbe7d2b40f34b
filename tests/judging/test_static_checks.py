"""A check that is read gives the verdict and the words of the same check when it is run."""

import time

import pytest

from gptcc_cli.extraction import candidate_of
from gptcc_cli.judging import Judge, Verdict
from gptcc_cli.judging import judge as judging
from gptcc_cli.judging.jobs import AskedLimits, calls_job
from gptcc_cli.judging.static_checks import MOST_ANSWER_BYTES, read_static_check
from gptcc_cli.sandbox import Limits, Sandbox
from tests.programs import CALL_PROBLEM

SAME = "def f(*args, **kwargs):\n    return args[0] if args else kwargs\n"
FIRST_ONLY = """
def f(x):
    f.n = getattr(f, 'n', 0) + 1
    if f.n > 1:
        {then}
    return x
"""
CASES = [
    (SAME, "assert candidate(1) == 1\nassert candidate([1, (2,)]) == [1, (2,)]"),
    (SAME, "assert candidate(1) == 1\nassert candidate(2) == 3, 'two'\nassert candidate(4) == 5"),
    (SAME, "assert candidate({1: {2, 3}}) == {1: {3, 2}}"),
    (SAME, "assert candidate((1, 2)) == [1, 2]"),
    (SAME, "assert list(candidate((1, 2))) == [1, 2]"),
    (SAME, "assert candidate(1) is True"),
    (SAME, "assert candidate(True) is True and True"),
    (SAME, "assert candidate(True) is True"),
    (SAME, "assert candidate(None) is None"),
    (SAME, "assert not candidate('')"),
    (SAME, "assert candidate(0)"),
    (SAME, "assert abs(candidate(0.1 + 0.2) - 0.3) < 1e-9"),
    (SAME, "assert abs(candidate('x') - 0.3) < 1e-9"),
    (SAME, "assert candidate(k=2) == {'k': 2}"),
    (SAME, "assert f(3) == 3"),
    (SAME, "g = candidate\nassert g(2 ** 10) == 1024"),
    (SAME, "assert candidate(2) in (1, 2)\nassert candidate(-5) not in [5]"),
    (SAME, "assert candidate(b'x') == b'x'\nassert candidate(2j) == 2j"),
    (SAME, "assert candidate('a\\nE\\nA') == 'a\\nE\\nA'\nassert candidate(1) == 2"),
    (SAME, "assert candidate(3) + candidate(4) == 7"),
    (SAME, "assert candidate([3, 1]) == sorted(candidate([1, 3]))"),
    (SAME, "assert sorted(candidate(['a', 1])) == []"),
    ("def f(x): return float('nan')", "assert candidate(1) == candidate(1)"),
    ("def f(x): return object()", "assert candidate(1)"),
    ("def f(x): return [][x]", "assert candidate(0) == 1"),
    ("class Odd(Exception): pass\ndef f(x): raise Odd('why')", "assert candidate(0) == 1"),
    ("def f(x): return {}['key']", "assert candidate(0) == 1"),
    ("def g(x): pass", "assert candidate(0) == 1"),
    ("def f(: pass", "assert candidate(0) == 1"),
    ("1 / 0", "assert candidate(0) == 1"),
    ("def f(x): exit(0)", "assert candidate(0) == 1"),
    ("def f(x): exit(3)", "assert candidate(0) == 1"),
    ("import os\ndef f(x): os.kill(os.getpid(), 9)", "assert candidate(0) == 1"),
    (FIRST_ONLY.format(then="while True: pass"), "assert candidate(1) == 2\nassert candidate(3)"),
    (FIRST_ONLY.format(then="while True: pass"), "assert candidate(1) == 1\nassert candidate(3)"),
    (FIRST_ONLY.format(then="exit()"), "assert candidate(1) == 2\nassert candidate(3)"),
    (FIRST_ONLY.format(then="1 / 0"), "assert candidate(1) == 1\nassert candidate(3)"),
    ("def f(n): return 'x' * n", f"assert candidate({2 * MOST_ANSWER_BYTES}) == 'x'"),
    ("class Solution:\n    def f(self, x): return x", "assert candidate(0) == 0"),
]


def check_of(body: str) -> str:
    return "def check(candidate):\n    " + body.replace("\n", "\n    ") + "\n"


@pytest.fixture(scope="module")
def quick(sandbox: Sandbox) -> Judge:
    return Judge(sandbox, limits=AskedLimits(wall_s=1.0))


@pytest.mark.parametrize(("source", "body"), CASES)
def test_read_and_run_agree(
    quick: Judge, monkeypatch: pytest.MonkeyPatch, source: str, body: str
) -> None:
    check = check_of(body)
    read = quick.judge_assertions(candidate_of(source), CALL_PROBLEM, check).cases[0]
    monkeypatch.setattr(judging, "read_static_check", lambda *_: None)
    run = quick.judge_assertions(candidate_of(source), CALL_PROBLEM, check).cases[0]
    assert (read.verdict, read.detail) == (run.verdict, run.detail)


def test_the_cases_above_are_read_but_one() -> None:
    unread = [body for _, body in CASES if read_static_check(check_of(body), "f") is None]
    assert unread == ["assert candidate(True) is True and True"]


@pytest.mark.parametrize(
    "body",
    [
        "for n in range(3):\n    assert candidate(n) == n",
        "x = [1]\nassert candidate(x) == x",
        "assert candidate(candidate(1)) == 1",
        "assert candidate(*[1]) == 1",
        "assert candidate(**{}) == 1",
        "assert candidate(1) == 1 if True else candidate(2)",
        "assert 0 < candidate(1) < 2",
        "assert [candidate(n) for n in (1, 2)] == [1, 2]",
        "try:\n    candidate(1)\nexcept ValueError:\n    pass",
        "assert candidate(1) == open('/etc/passwd').read()",
        "assert candidate(1) == 9 ** 9 ** 9",
        "assert candidate(1) == [0] * 10 ** 12",
        "assert candidate('x') * 10 ** 12 == 1",
        "assert candidate(1) == math.pi",
        "assert candidate(1).real == 1",
        "abs = candidate\nassert abs(1)",
        "import os",
    ],
)
def test_whatever_must_be_run_is_not_read(body: str) -> None:
    assert read_static_check(check_of(body), "f") is None


@pytest.mark.parametrize(
    ("above", "is_read"),
    [
        ("from typing import List\nimport math\n", True),
        ("METADATA = {'author': 'x'}\n", True),
        ("def poly(xs, x):\n    return 0\n", True),
        ("def abs(x):\n    return 0\n", False),
        ("from statistics import sum\n", False),
        ("import no_such_module\n", False),
        ("def other(*, x=print()):\n    pass\n", False),
        ("f = None\n", False),
        ("print('x')\n", False),
        ("def other(x=print()):\n    pass\n", False),
    ],
)
def test_what_stands_beside_the_check_must_not_matter(above: str, is_read: bool) -> None:
    check = above + check_of("assert abs(candidate(1)) == sum([1])")
    assert (read_static_check(check, "f") is not None) is is_read


def test_nothing_expected_enters_the_sandbox() -> None:
    check = read_static_check(check_of("assert candidate('given') == 'expected', 'message'"), "f")
    assert check is not None
    job = repr(calls_job(SAME, CALL_PROBLEM, check.calls, Limits()))
    assert "given" in job
    assert "expected" not in job
    assert "message" not in job


def test_answers_that_a_program_forges_are_only_answers(quick: Judge) -> None:
    forging = (
        "import os\n"
        "for _ in range(9):\n"
        "    os.write(3, b'A' + (2).to_bytes(8, 'little') + b'{}\\n')\n"
    )
    check = check_of("assert candidate(1) == 5\nassert candidate(2) == 6")
    for source in (
        forging.format("vi5") + SAME,
        forging.format("xx") + SAME,
        "import os\nos.write(3, b'K\\nA')\n" + SAME,
    ):
        judgement = quick.judge_assertions(candidate_of(source), CALL_PROBLEM, check)
        assert judgement.verdict is Verdict.WA


def test_a_program_that_failed_is_not_waited_for(sandbox: Sandbox) -> None:
    patient = Judge(sandbox, limits=AskedLimits(wall_s=60.0))
    source = FIRST_ONLY.format(then="while True: pass")
    check = check_of("assert candidate(1) == 2\nassert candidate(3)")
    begun = time.monotonic()
    for _ in range(3):
        verdict = patient.judge_assertions(candidate_of(source), CALL_PROBLEM, check).verdict
        assert verdict is Verdict.WA
    assert time.monotonic() - begun < 60
    after = patient.judge_assertions(
        candidate_of(SAME), CALL_PROBLEM, check_of("assert candidate(1)")
    )
    assert after.verdict is Verdict.AC
