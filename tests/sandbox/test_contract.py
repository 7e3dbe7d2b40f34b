"""What every level promises, told in facts: one suite for all of them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import (
    Assertions,
    Call,
    Calls,
    Exceeded,
    Execution,
    Job,
    Level,
    Limits,
    Sandbox,
    Stage,
    answer_of,
    open_sandbox,
)
from tests.sandbox.leaks import census

LEVELS = (Level.NAMESPACE, Level.LANDLOCK, Level.UNSAFE)


def opened(level: Level, workers: int = 1) -> Sandbox:
    if level is Level.UNSAFE:
        return open_sandbox(workers=workers, unsafe=True)
    try:
        return open_sandbox(workers=workers, level=level)
    except ExecutionRefused as refused:
        pytest.skip(str(refused))


@pytest.fixture(scope="module", params=LEVELS, ids=lambda level: level.value)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with opened(request.param, workers=2) as sandbox:
        yield sandbox


def call(sandbox: Sandbox, source: str, *arguments: object, int_keys: bool = False) -> Execution:
    given = Call(entry_point="f", arguments_json=json.dumps(arguments), int_keys=int_keys)
    return sandbox.run(Job(source=source, call=given))


def check(sandbox: Sandbox, source: str, body: str, **limits: float) -> Execution:
    text = "def check(candidate):\n    " + body.replace("\n", "\n    ") + "\n"
    given = Assertions(entry_point="f", check_source=text)
    return sandbox.run(Job(source=source, assertions=given, limits=Limits(**limits)))  # type: ignore[arg-type]


# Limits


def test_wall_time_ends_a_program(sandbox: Sandbox) -> None:
    execution = sandbox.run(Job(source="while 1: pass", limits=Limits(wall_s=0.2, cpu_s=60)))
    assert (execution.exceeded, execution.signal) == (Exceeded.WALL, signal.SIGKILL)
    assert execution.wall_s >= 0.2


def test_processor_time_ends_a_program_that_has_time_left(sandbox: Sandbox) -> None:
    execution = sandbox.run(Job(source="while 1: pass", limits=Limits(wall_s=60.0, cpu_s=1.0)))
    assert execution.exceeded is Exceeded.CPU


@pytest.mark.parametrize(
    "source",
    [
        "x = bytearray(1 << 30)",
        "x = []\nwhile 1: x.append(bytes(1 << 20))",
        "x = [0] * (1 << 28)",
        "import re\ntry:\n    x = bytearray(1 << 30)\nfinally:\n    print('then')",
    ],
)
def test_memory_is_told_from_a_runtime_error(sandbox: Sandbox, source: str) -> None:
    execution = sandbox.run(Job(source=source, limits=Limits(memory_bytes=64 << 20)))
    assert execution.exceeded is Exceeded.MEMORY
    assert sandbox.run(Job(source="1 / 0")).exceeded is None


def test_memory_within_the_limit_is_there(sandbox: Sandbox) -> None:
    source = "x = bytearray(200 << 20)\nprint(len(x))"
    execution = sandbox.run(Job(source=source, limits=Limits(memory_bytes=256 << 20)))
    assert execution.stdout == b"209715200\n"
    assert execution.peak_memory_bytes is not None


def test_output_is_cut_at_its_limit_and_told(sandbox: Sandbox) -> None:
    limits = Limits(output_bytes=1000)
    over = sandbox.run(Job(source="print('x' * 1000)", limits=limits))
    assert (over.exceeded, over.stdout) == (Exceeded.OUTPUT, b"x" * 1000)
    within = sandbox.run(Job(source="print('x' * 999)", limits=limits))
    assert (within.exceeded, within.exit_code) == (None, 0)


def test_standard_error_is_cut_to_its_end_and_stops_nothing(sandbox: Sandbox) -> None:
    source = "import sys\nsys.stderr.write('e' * (40 << 20))\nsys.stderr.write('end')\nprint(1)"
    execution = sandbox.run(Job(source=source, limits=Limits(output_bytes=1000)))
    assert (execution.stdout, execution.exceeded) == (b"1\n", None)
    assert len(execution.stderr) == 64 << 10
    assert execution.stderr.endswith(b"end")


def test_limits_beyond_all_measure_are_none(sandbox: Sandbox) -> None:
    vast = Limits(wall_s=1e300, cpu_s=float("inf"), memory_bytes=1 << 70, output_bytes=1 << 40)
    assert sandbox.run(Job(source="print(1)", limits=vast)).stdout == b"1\n"
    tiny = Limits(wall_s=0.0, cpu_s=0.0, memory_bytes=0, output_bytes=0)
    assert sandbox.run(Job(source="print(1)", limits=tiny)).exceeded is not None


# Stages


@pytest.mark.parametrize("source", ["print((", "a b", "return 1", "\0", "x = '\ud800", "\tif"])
def test_what_is_no_program_fails_in_compiling(sandbox: Sandbox, source: str) -> None:
    execution = sandbox.run(Job(source=source))
    assert (execution.stage, execution.exit_code) == (Stage.COMPILE, 1)
    assert b"Error" in execution.stderr


def test_a_missing_function_is_told(sandbox: Sandbox) -> None:
    assert call(sandbox, "def g(): pass").stage is Stage.ENTRY
    assert call(sandbox, "f = 3").stage is Stage.ENTRY
    assert check(sandbox, "def g(): pass", "pass").stage is Stage.ENTRY
    assert call(sandbox, "def f(: pass").stage is Stage.COMPILE


def test_a_traceback_shows_the_program_and_nothing_else(sandbox: Sandbox) -> None:
    execution = sandbox.run(Job(source="def g():\n    return 1 / 0\ng()\n"))
    lines = execution.stderr.decode().splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert [line for line in lines if "File" in line] == [
        '  File "main.py", line 3, in <module>',
        '  File "main.py", line 2, in g',
    ]
    assert "    return 1 / 0" in lines
    assert lines[-1] == "ZeroDivisionError: division by zero"


# Calls


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("(1, (2, [3]))", [1, [2, [3]]]),
        ("range(3)", [0, 1, 2]),
        ("map(str, [1])", ["1"]),
        ("{True: 1, 2: None}", {"true": 1, "2": None}),
        ("{}.keys()", []),
        ("(x * x for x in range(3))", [0, 1, 4]),
        ("{2, 1}", {"__set__": [1, 2]}),
        ("float(1)", 1.0),
        ("'\\u00e9\\ud800'", "\u00e9\ud800"),
        ("__import__('collections').Counter('aab')", {"a": 2, "b": 1}),
        ("__import__('collections').deque([1])", [1]),
        ("__import__('collections').namedtuple('P', 'a b')(1, 2)", [1, 2]),
        ("True", True),
        ("None", None),
    ],
)
def test_an_answer_comes_back_as_json(sandbox: Sandbox, expression: str, answer: object) -> None:
    execution = call(sandbox, f"def f(): return {expression}")
    assert execution.answer_json is not None, execution.stderr
    assert json.loads(execution.answer_json) == answer


def test_infinities_come_back_as_python_writes_them(sandbox: Sandbox) -> None:
    assert call(sandbox, "def f(): return [float('inf'), -1e400]").answer_json == (
        "[Infinity,-Infinity]"
    )


@pytest.mark.parametrize(
    "expression",
    ["object()", "lambda: 0", "[b'x']", "{(1, 2): 3}", "1j", "__import__('itertools').count()"],
)
def test_an_answer_that_json_cannot_carry_is_named(sandbox: Sandbox, expression: str) -> None:
    execution = call(sandbox, f"def f(): return {expression}")
    assert execution.answer_json is None
    assert execution.answer_problem
    assert (execution.exit_code, execution.stage) == (0, Stage.RUN)


def test_a_method_is_called_where_solution_defines_it(sandbox: Sandbox) -> None:
    method = "class Solution:\n    def f(self, x): return x + 1\n"
    assert call(sandbox, method + "def f(x): return 0", 1).answer_json == "2"
    other = "class Solution:\n    def g(self, x): return x + 1\n"
    assert call(sandbox, other + "def f(x): return 0", 1).answer_json == "0"


def test_a_list_solved_in_place_comes_back(sandbox: Sandbox) -> None:
    execution = call(sandbox, "def f(a): a.sort()", [3, 1, 2])
    assert (execution.answer_json, execution.arguments_after_json) == ("null", "[1,2,3]")
    assert call(sandbox, "def f(a): return a", [3]).arguments_after_json is None


def test_integer_keys_are_given_where_asked_for(sandbox: Sandbox) -> None:
    source = "def f(d): return [d[1], type(next(iter(d['x']))).__name__] if 1 in d else list(d)"
    given = {"1": {"-2": 0}, "x": 1}
    assert (
        call(sandbox, "def f(d): return sum(d)", {"1": 0, "-2": 0}, int_keys=True).answer_json
        == "-1"
    )
    assert call(sandbox, source, given, int_keys=True).answer_json == '["1","x"]'
    assert call(sandbox, "def f(d): return list(d)", {"1": 0}).answer_json == '["1"]'


def test_a_call_prints_beside_its_answer_and_is_no_main_program(sandbox: Sandbox) -> None:
    source = "print(__name__)\ndef f(): print('in f'); return 1\nif __name__ == '__main__': input()"
    execution = call(sandbox, source)
    assert (execution.stdout, execution.answer_json) == (b"solution\nin f\n", "1")


def test_a_call_that_raises_has_no_answer(sandbox: Sandbox) -> None:
    execution = call(sandbox, "def f(): raise KeyError('x')")
    assert (execution.exit_code, execution.answer_json) == (1, None)
    assert execution.stderr.endswith(b"KeyError: 'x'\n")


# Several calls


def calls(*arguments: object) -> Calls:
    return Calls(entry_point="f", arguments=tuple(((one,), {}) for one in arguments))


def test_calls_are_answered_in_order_by_one_process(sandbox: Sandbox) -> None:
    source = "seen = []\ndef f(x):\n    seen.append(x)\n    return seen"
    execution = sandbox.run(Job(source=source, calls=calls(1, "C\nE\nA", (2,))))
    assert [answer_of(answer) for answer in execution.answers] == [
        [1],
        [1, "C\nE\nA"],
        [1, "C\nE\nA", (2,)],
    ]
    assert (execution.stage, execution.exit_code) == (Stage.RUN, 0)


def test_a_call_that_raises_is_the_last(sandbox: Sandbox) -> None:
    execution = sandbox.run(Job(source="def f(x): return 1 // x", calls=calls(1, 0, 1)))
    assert len(execution.answers) == 2
    with pytest.raises(ZeroDivisionError):
        answer_of(execution.answers[1])
    assert execution.exit_code == 0


def test_calls_tell_how_far_a_program_came(sandbox: Sandbox) -> None:
    for source, stage in (
        ("def f(: 0", Stage.COMPILE),
        ("def g(): 0", Stage.ENTRY),
        ("def f(x): return 'E'", Stage.RUN),
    ):
        assert sandbox.run(Job(source=source, calls=calls(1))).stage is stage


def test_no_answer_is_read_past_what_was_written(sandbox: Sandbox) -> None:
    forging = "import os\nos.write(3, b'A' + b'\\xff' * 8 + b'x\\n')\ndef f(x): return x"
    assert sandbox.run(Job(source=forging, calls=calls(1))).answers == ()


def test_a_program_is_stopped_when_its_answers_are_enough(sandbox: Sandbox) -> None:
    source = "import time\ndef f(x):\n    time.sleep(x)\n    return x"
    for _ in range(20):
        patient = Job(source=source, calls=calls(0, 600), limits=Limits(wall_s=900))
        execution = sandbox.run(patient, is_settled=lambda answers: len(answers) > 0)
        assert len(execution.answers) == 1
        assert (execution.exceeded, execution.signal) == (None, signal.SIGKILL)
        # One that ends while it is being stopped leaves a word that nobody waits for.
        short = Job(source=source, calls=calls(0.004))
        assert sandbox.run(short, is_settled=lambda answers: True).fault is None
        assert sandbox.run(Job(source="print(1)")).stdout == b"1\n"


# Checks


def test_a_check_passes_or_says_what_failed(sandbox: Sandbox) -> None:
    source = "def f(a, b=1): return a + b"
    passed = check(sandbox, source, "assert candidate(1) == 2\nassert candidate(1, b=5) == 6")
    assert (passed.assertion, passed.exit_code, passed.forgeable) == (None, 0, False)
    failed = check(sandbox, source, "assert candidate(1) == 3, 'one and one'")
    assert (
        failed.assertion == "AssertionError: one and one: assert candidate(1) == 3, 'one and one'"
    )


def test_a_check_compares_built_in_values_faithfully(sandbox: Sandbox) -> None:
    source = "def f(x): return x"
    body = "\n".join(
        f"assert candidate({value}) == {value} and type(candidate({value})) is type({value})"
        for value in (
            "(1, [2])",
            "{1, 2}",
            "{(1, 2): None}",
            "b'x'",
            "1j",
            "'\\ud800'",
            "1.5",
            "10**50",
        )
    )
    assert check(sandbox, source, body).assertion is None


def test_what_a_program_raises_reaches_the_check(sandbox: Sandbox) -> None:
    body = "try:\n    candidate(0)\nexcept ZeroDivisionError:\n    return\nassert False"
    assert check(sandbox, "def f(x): return 1 / x", body).assertion is None
    told = check(sandbox, "def f(x): return [][x]", "candidate(0)").assertion
    assert told is not None and told.startswith("IndexError: list index out of range")


def test_a_check_uses_other_functions_and_modules_of_the_program(sandbox: Sandbox) -> None:
    source = "import math\nTEN = 10\ndef g(x): return x * 2\ndef f(x): return g(x)"
    assert (
        check(sandbox, source, "assert candidate(2) == g(2) == TEN - math.floor(6.5)").assertion
        is None
    )
    missing = check(sandbox, source, "assert h(1)").assertion
    assert missing is not None and missing.startswith("NameError")


def test_a_check_with_arguments_that_cannot_travel_is_marked(sandbox: Sandbox) -> None:
    execution = check(sandbox, "def f(g): return g(1)", "assert candidate(lambda x: x + 1) == 2")
    assert (execution.assertion, execution.forgeable) == (None, True)


def test_a_check_that_runs_again_gives_the_same_facts(sandbox: Sandbox) -> None:
    body = "assert candidate(2) == 4, 'square'"
    for number in range(4):
        right = check(sandbox, f"def f(x): return x * x  # {number}", body)
        wrong = check(sandbox, f"def f(x): return x  # {number}", body)
        assert right.assertion is None
        assert wrong.assertion == f"AssertionError: square: {body}"


def test_a_check_that_is_no_program_says_so(sandbox: Sandbox) -> None:
    told = check(sandbox, "def f(): pass", "assert (").assertion
    assert told is not None and told.startswith("SyntaxError")


def test_a_program_that_dies_or_hangs_fails_its_check(sandbox: Sandbox) -> None:
    died = check(sandbox, "import os\ndef f(): os._exit(0)", "candidate()")
    assert died.assertion == "the program ended before the check was done"
    hangs = check(sandbox, "def f():\n    while 1: pass", "candidate()", wall_s=0.3)
    assert hangs.exceeded is Exceeded.WALL
    assert hangs.assertion is not None


# Workers


def test_jobs_of_many_threads_keep_their_own_results(sandbox: Sandbox) -> None:
    results: dict[int, bytes] = {}

    def run(number: int) -> None:
        job = Job(source=f"print(int(input()) * {number})", stdin=b"%d\n" % number)
        results[number] = sandbox.run(job).stdout

    threads = [threading.Thread(target=run, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: b"%d\n" % number**2 for number in range(40)}


def test_a_text_that_runs_again_gives_the_same_facts(sandbox: Sandbox) -> None:
    source = "def f(x): return x\nif __name__ == '__main__': print(f(input()))"
    runs = [sandbox.run(Job(source=source, stdin=b"%d\n" % i)) for i in range(5)]
    assert [run.stdout for run in runs] == [b"%d\n" % i for i in range(5)]
    assert {run.stage for run in runs} == {Stage.RUN}
    assert call(sandbox, source, 7).answer_json == "7"


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_a_worker_that_dies_is_replaced_and_the_job_runs_again(level: Level) -> None:
    before = set(family_of(os.getpid()))
    with opened(level) as sandbox:
        worker = max(set(family_of(os.getpid())) - before)
        timer = threading.Timer(0.2, lambda: os.kill(worker, signal.SIGKILL))
        timer.start()
        execution = sandbox.run(Job(source="import time\ntime.sleep(0.5)\nprint('done')"))
        timer.join()
        assert (execution.stdout, execution.fault) == (b"done\n", None)
        assert worker not in family_of(os.getpid())


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_a_job_whose_workers_die_twice_is_a_fault(level: Level) -> None:
    before = set(family_of(os.getpid()))
    with opened(level) as sandbox:
        stop = threading.Event()

        def kill_all() -> None:
            while not stop.wait(0.05):
                for pid in set(family_of(os.getpid())) - before:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_all)
        killer.start()
        execution = sandbox.run(Job(source="import time\ntime.sleep(3)", limits=Limits(wall_s=5)))
        stop.set()
        killer.join()
        assert execution.fault
        assert sandbox.run(Job(source="print(1)")).stdout == b"1\n"


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_a_wedged_worker_is_ended_and_replaced(level: Level) -> None:
    before = set(family_of(os.getpid()))
    with opened(level) as sandbox:
        family = set(family_of(os.getpid())) - before
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        execution = sandbox.run(Job(source="print(1)", limits=Limits(wall_s=0.2)))
        assert execution.exceeded is Exceeded.WALL
        assert family.isdisjoint(family_of(os.getpid()))
        assert sandbox.run(Job(source="print(1)")).stdout == b"1\n"


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_closing_ends_everything_and_leaves_nothing(level: Level) -> None:
    opened(level).close()
    before = census()
    with opened(level, workers=2) as sandbox:
        for number in range(30):
            sandbox.run(Job(source=f"print({number % 7})", stdin=b"x"))
        sandbox.run(Job(source="while 1: pass", limits=Limits(wall_s=0.1)))
        check(sandbox, "def f(): return 1", "assert candidate() == 1")
    sandbox.close()
    assert census() == before


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_killing_the_host_leaves_no_process(level: Level) -> None:
    opened(level).close()
    host = subprocess.Popen(
        [sys.executable, "-c", _HOST, level.value],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert host.stdout is not None
    assert host.stdout.readline() == b"running\n"
    family = []
    deadline = time.monotonic() + 10
    while len(family) < 2 + (level is Level.NAMESPACE) and time.monotonic() < deadline:
        family = family_of(host.pid)
    host.kill()
    host.wait()
    host.stdout.close()
    while any(Path(f"/proc/{pid}").exists() for pid in family) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []


_HOST = """\
import sys, threading
from gptcc_cli.sandbox import Job, Level, open_sandbox
level = Level(sys.argv[1])
unsafe = level is Level.UNSAFE
sandbox = open_sandbox(workers=1, level=None if unsafe else level, unsafe=unsafe)
threading.Thread(target=sandbox.run, args=(Job(source="import time; time.sleep(3)"),)).start()
print("running", flush=True)
"""


def children_of(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found


def family_of(pid: int) -> list[int]:
    found = children_of(pid)
    for child in list(found):
        found += family_of(child)
    return found


# Refusal


def test_execution_can_be_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPTCC_EXEC", "0")
    for unsafe in (False, True):
        with pytest.raises(ExecutionRefused, match="GPTCC_EXEC=0"):
            open_sandbox(unsafe=unsafe)


def test_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "plan9")
    with pytest.raises(ExecutionRefused, match="plan9"):
        open_sandbox()


def test_a_host_that_holds_no_level_is_refused_with_its_reasons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gptcc_cli.sandbox.box._BOOT", "raise OSError('this host says no')")
    with pytest.raises(ExecutionRefused) as refused:
        open_sandbox()
    assert "namespace: " in str(refused.value)
    assert "landlock: OSError: this host says no" in str(refused.value)


def test_a_level_that_does_not_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe that sees an escape must not be talked out of it."""
    monkeypatch.setattr(
        "gptcc_cli.sandbox.levels.ATTEMPTS", "print('a file could be written')", raising=True
    )
    with pytest.raises(ExecutionRefused, match="a file could be written"):
        open_sandbox()


def test_the_level_says_what_it_is_made_of(sandbox: Sandbox) -> None:
    assert sandbox.description.startswith(sandbox.level.value + ": ")
