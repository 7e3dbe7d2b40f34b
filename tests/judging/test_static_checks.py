"""A check that is read gives the verdict and the words of the same check when it is run."""

import builtins
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.extraction import candidate_of
from gptcc_cli.judging import Judge, Verdict
from gptcc_cli.judging import judge as judging
from gptcc_cli.judging.jobs import AskedLimits, calls_job
from gptcc_cli.judging.static_checks import MOST_ANSWER_BYTES, read_static_check
from gptcc_cli.sandbox import Limits, Sandbox, answer_of
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


BODIES = [
    "assert candidate(1) == 5",
    "assert candidate(1) == 5\nassert candidate(2) == 6",
    "assert candidate(1) + candidate(2) == 11",
    "assert not candidate(1) == 4\nassert sum([candidate(2)]) == 6",
    "assert candidate(1) in [candidate(2), 5]\nassert candidate(3) == 7",
]
"""What ``def f(x): return x + 4`` passes."""
EXCEPTIONS = sorted(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
)


@pytest.mark.parametrize("body", BODIES)
def test_no_exception_that_a_program_raises_passes_a_check(quick: Judge, body: str) -> None:
    check = check_of(body)
    right = quick.judge_assertions(candidate_of("def f(x): return x + 4"), CALL_PROBLEM, check)
    assert right.verdict is Verdict.AC
    assert read_static_check(check, "f") is not None
    for last in (1, 2, 3):
        source = (
            f"def f(x):\n    if x < {last}: return x + 4\n"
            "    return next(y for y in () if y == x)\n"
        )
        judged = quick.judge_assertions(candidate_of(source), CALL_PROBLEM, check)
        calls = read_static_check(check, "f").calls  # type: ignore[union-attr]
        assert (judged.verdict is Verdict.AC) is (last > len(calls))


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_no_kind_of_exception_passes_a_check(quick: Judge, name: str) -> None:
    raising = f"def f(x):\n    raise {name}('one', 'two', 3, 4, 5)\n"
    for source in (raising, raising.replace("('one', 'two', 3, 4, 5)", "")):
        judged = quick.judge_assertions(candidate_of(source), CALL_PROBLEM, check_of(BODIES[0]))
        assert judged.verdict is not Verdict.AC


@given(
    replies=st.lists(
        st.sampled_from(
            [b"vi5", b"vi6", b"vi", b"vb1", b"vn", b"vs", b"", b"{}", b'{"t":[]}']
            + [b'{"t":["raise","%s",""]}' % name.encode() for name in EXCEPTIONS]
            + [b'{"t":["odd","x"]}', b'{"t":["value"]}', b'{"t":["callback",0]}', b"[1]"]
        )
        | st.binary(max_size=30),
        max_size=5,
    )
)
@pytest.mark.parametrize("body", BODIES)
def test_replies_pass_a_check_only_as_the_right_answers(body: str, replies: list[bytes]) -> None:
    """Whatever a program's process writes, only answers that are right pass."""
    check = read_static_check(check_of(body), "f")
    assert check is not None
    passes = check.failure(tuple(replies)) is None and check.is_complete(tuple(replies))
    answers = []
    for reply in replies:
        try:
            answers.append(answer_of(reply))
        except Exception:  # noqa: BLE001 (whatever the reply raises)
            answers = []
            break
    names: dict[str, Any] = {}
    exec(check_of(body), names)  # noqa: S102 (a check of ours, run as Python runs it)
    given_answers = iter(answers)
    try:
        names["check"](lambda _: next(given_answers, None))
        is_right = len(answers) == len(check.calls)
    except Exception:  # noqa: BLE001 (comparing may raise anything)
        is_right = False
    assert passes is is_right


@pytest.mark.parametrize("reply", [b"vi5", b'{"t":["raise","StopIteration",""]}', b"xx"])
def test_bytes_without_the_jobs_own_number_are_no_answers(quick: Judge, reply: bytes) -> None:
    forging = (
        "import os\n"
        f"reply = {reply!r}\n"
        "for n in range(9):\n"
        "    os.write(3, b'A' + len(reply).to_bytes(8, 'little') + reply + b'\\n')\n"
        "    os.write(3, b'A' + bytes(16) + n.to_bytes(4, 'little')"
        " + len(reply).to_bytes(8, 'little') + reply + b'\\n')\n"
    )
    check = check_of("assert candidate(1) == 5\nassert candidate(2) == 5")
    for then in ("", "import os\nos._exit(0)\n"):
        judged = quick.judge_assertions(candidate_of(forging + then + SAME), CALL_PROBLEM, check)
        assert judged.verdict is Verdict.WA
    letters = candidate_of("import os\nos.write(3, b'K\\nA')\n" + SAME)
    assert quick.judge_assertions(letters, CALL_PROBLEM, check).verdict is Verdict.WA


@pytest.mark.parametrize("task", ["stopiter/bench.jsonl", "stopiter/bench2.jsonl"])
def test_the_shared_forgeries_are_not_accepted(quick: Judge, shared: Path, task: str) -> None:
    directory = shared / "cases/judge/stopiter"
    if not directory.exists():
        pytest.skip("the shared cases are not here")
    problems = {
        row["task_id"]: row
        for row in map(json.loads, (shared / "cases/judge" / task).read_text().splitlines())
    }
    n_judged = 0
    for name in ("forged.jsonl", "forged2.jsonl", "made.jsonl"):
        for line in (directory / name).read_text().splitlines():
            row = json.loads(line)
            if (problem := problems.get(row["task_id"])) is None:
                continue
            n_judged += 1
            asked = replace(CALL_PROBLEM, entry_point=problem["entry_point"])
            source = problem["prompt"] + row["completion"]
            judged = quick.judge_assertions(candidate_of(source), asked, problem["test"])
            is_right = row["completion"] == problem["canonical_solution"]
            assert (judged.verdict is Verdict.AC) is is_right, row
    assert n_judged > 3


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
