"""Ordinary programs run as they would at a terminal: half of safety is not to break them.

Every idiom reads two numbers, ``3`` and ``4`` on two lines, and prints ``7``.
"""

import os
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import Execution, Job, Level, Limits, Sandbox, open_sandbox

IDIOMS = {
    "input": "print(int(input()) + int(input()))",
    "input with a prompt": "a = int(input('')); b = int(input('')); print(a + b)",
    "stdin readline": "import sys\nprint(int(sys.stdin.readline()) + int(sys.stdin.readline()))",
    "input is readline": "import sys\ninput = sys.stdin.readline\nprint(int(input()) + int(input()))",
    "stdin read": "import sys\nprint(sum(map(int, sys.stdin.read().split())))",
    "stdin readlines": "import sys\nprint(sum(map(int, sys.stdin.readlines())))",
    "for line in stdin": "import sys\nprint(sum(int(line) for line in sys.stdin))",
    "iter until empty": "import sys\nprint(sum(map(int, iter(sys.stdin.readline, ''))))",
    "buffer read": "import sys\nprint(sum(map(int, sys.stdin.buffer.read().split())))",
    "buffer readline": "import sys\nr = sys.stdin.buffer.readline\nprint(int(r()) + int(r()))",
    "buffer readlines": "import sys\nprint(sum(map(int, sys.stdin.buffer.readlines())))",
    "readline, then read": "import sys\na = int(sys.stdin.readline())\nprint(a + int(sys.stdin.read()))",
    "input, then stdin": "import sys\na = int(input())\nprint(a + int(sys.stdin.read()))",
    "open 0": "print(sum(map(int, open(0))))",
    "open 0 read": "print(sum(map(int, open(0).read().split())))",
    "open 0 as bytes": "print(sum(map(int, open(0, 'rb').read().split())))",
    "open /dev/stdin": "print(sum(map(int, open('/dev/stdin').read().split())))",
    "os.read": "import os\nprint(sum(map(int, os.read(0, 1 << 20).split())))",
    "os.read by fstat": "import os\nprint(sum(map(int, os.read(0, os.fstat(0).st_size).split())))",
    "os.fdopen": "import os\nprint(sum(map(int, os.fdopen(0).read().split())))",
    "mapped input": (
        "import mmap\nprint(sum(map(int, mmap.mmap(0, 0, access=mmap.ACCESS_READ).read().split())))"
    ),
    "seek back": "import sys\nsys.stdin.read()\nsys.stdin.seek(0)\nprint(sum(map(int, sys.stdin)))",
    "fileinput": "import fileinput\nprint(sum(map(int, fileinput.input())))",
    "until EOFError": (
        "n = 0\ntry:\n    while True:\n        n += int(input())\nexcept EOFError:\n    print(n)"
    ),
    "replaced stdin": (
        "import io, os, sys\nsys.stdin = io.BytesIO(os.read(0, 1 << 20))\n"
        "print(sum(map(int, sys.stdin.read().split())))"
    ),
    "reopened text": (
        "import io, sys\nsys.stdin = io.TextIOWrapper(sys.stdin.buffer, encoding='ascii')\n"
        "print(sum(map(int, sys.stdin)))"
    ),
    "main guard": (
        "def main():\n    print(int(input()) + int(input()))\nif __name__ == '__main__':\n    main()"
    ),
    "main guard in the middle": (
        "if __name__ == '__main__':\n    a = int(input()) + int(input())\nprint(a)"
    ),
    "exit": "print(int(input()) + int(input()))\nexit()",
    "quit": "print(int(input()) + int(input()))\nquit()",
    "sys.exit 0": "import sys\nprint(int(input()) + int(input()))\nsys.exit(0)",
    "raise SystemExit": "print(int(input()) + int(input()))\nraise SystemExit",
    "global at module level": "global a\na = int(input()) + int(input())\nprint(a)",
    "late star import": "a = int(input())\nfrom math import *\nprint(a + int(sqrt(16)))",
    "stdout write": "import sys\nsys.stdout.write(str(int(input()) + int(input())) + '\\n')",
    "stdout buffer": (
        "import sys\nsys.stdout.buffer.write(b'%d\\n' % (int(input()) + int(input())))"
    ),
    "os.write": "import os\nos.write(1, b'%d\\n' % (int(input()) + int(input())))",
    "stdout writelines": "import sys\nsys.stdout.writelines([str(sum(map(int, sys.stdin))), '\\n'])",
    "open 1": "print(sum(map(int, open(0))), file=open(1, 'w'))",
    "no final newline": "print(int(input()) + int(input()), end='')",
    "unflushed, at exit": (
        "import atexit, sys\natexit.register(lambda: sys.stdout.write('7'))\ninput()"
    ),
    "printed in a finalizer": (
        "class Last:\n    def __del__(self):\n        print(7)\nlast = Last()"
    ),
    "thread with a big stack": (
        "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(1 << 27)\n"
        "def deep(n):\n    return 0 if n == 0 else deep(n - 1)\n"
        "def main():\n    deep(50_000)\n    print(int(input()) + int(input()))\n"
        "t = threading.Thread(target=main)\nt.start()\nt.join()"
    ),
    "thread that nobody joins": (
        "import threading\nthreading.Thread(target=lambda: print(int(input()) + int(input()))).start()"
    ),
    "deep recursion": (
        "import sys\nsys.setrecursionlimit(1 << 20)\n"
        "def deep(n):\n    return 0 if n == 0 else 1 + deep(n - 1)\n"
        "deep(20_000)\nprint(int(input()) + int(input()))"
    ),
    "stack limit by resource": (
        "import resource\nresource.setrlimit(resource.RLIMIT_STACK, resource.getrlimit(resource.RLIMIT_STACK))\n"
        "print(int(input()) + int(input()))"
    ),
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\nimport sys\n"
        "with ThreadPoolExecutor(8) as pool:\n    print(sum(pool.map(int, sys.stdin)))"
    ),
    "lru_cache and types": (
        "from functools import lru_cache\nfrom typing import List, Optional\nimport sys\n"
        "@lru_cache(None)\ndef f(n: int) -> int:\n    return n\n"
        "lines: List[str] = sys.stdin.read().split()\nprint(sum(f(int(x)) for x in lines))"
    ),
    "dataclass and enum": (
        "from dataclasses import dataclass\nfrom enum import Enum\n"
        "@dataclass\nclass Pair:\n    a: int\n    b: int\n"
        "p = Pair(int(input()), int(input()))\nprint(p.a + p.b)"
    ),
    "decimal and fractions": (
        "from decimal import Decimal, getcontext\nfrom fractions import Fraction\ngetcontext().prec = 50\n"
        "print(int(Decimal(input()) + Decimal(Fraction(input()).numerator)))"
    ),
    "datetime after star": (
        "from datetime import *\nimport datetime\nprint(int(input()) + int(input()))"
    ),
    "silenced stderr": (
        "import os, sys\nsys.stderr = open(os.devnull, 'w')\nprint('x', file=sys.stderr)\n"
        "print(int(input()) + int(input()))"
    ),
    "loud stderr": (
        "import sys\nsys.stderr.write('debug ' * 100_000)\nprint(int(input()) + int(input()))"
    ),
    "alarm with a handler": (
        "import signal, time\nsignal.signal(signal.SIGALRM, lambda *_: print(7))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.02)\ntime.sleep(0.1)"
    ),
    "random and time": (
        "import random, time\nrandom.seed(time.time())\nrandom.shuffle([1, 2])\n"
        "print(int(input()) + int(input()))"
    ),
    "type comments and walrus": "print(sum(int(x) for x in iter(input, None) if (y := x)) if 0 else 7)",
    "reading oneself": "import sys\nprint(7 if __file__ and sys.argv[0] == __file__ else 0)",
    "tree of heaps": (
        "import heapq, bisect, collections, itertools, operator, string\n"
        "q = [int(input()), int(input())]\nheapq.heapify(q)\nprint(heapq.heappop(q) + heapq.heappop(q))"
    ),
    "other modules": (
        "import subprocess, locale, hashlib, unicodedata, calendar, bz2, base64, zlib, uuid, logging\n"
        "print(int(input()) + int(input()))"
    ),
}

FAST_IO = """\
import io, os, sys

class Gathered:
    # What contests call fast output: text gathers here and leaves only when Python, at its end,
    # flushes sys.stdout while the module's names still stand.
    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.parts = io.StringIO()
        self.write = self.parts.write
    def flush(self):
        os.write(self.descriptor, self.parts.getvalue().encode())
        self.parts = io.StringIO()
        self.write = self.parts.write

class Lines:
    def __init__(self, descriptor):
        self.rest = iter(os.read(descriptor, os.fstat(descriptor).st_size).decode().split("\\n"))
    def readline(self):
        return next(self.rest)

sys.stdin, sys.stdout = Lines(0), Gathered(1)
input = sys.stdin.readline
print(int(input()) + int(input()))
"""


@pytest.fixture(scope="module", params=[Level.NAMESPACE, Level.LANDLOCK], ids=lambda one: one.value)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    try:
        opened = open_sandbox(workers=1, level=request.param)
    except ExecutionRefused as refused:
        pytest.skip(str(refused))
    with opened:
        yield opened


def run(sandbox: Sandbox, source: str) -> Execution:
    return sandbox.run(Job(source=source, stdin=b"3\n4\n"))


def test_there_are_enough_of_them() -> None:
    assert len(IDIOMS) >= 40


@pytest.mark.parametrize("source", IDIOMS.values(), ids=IDIOMS.keys())
def test_an_ordinary_idiom_works(sandbox: Sandbox, source: str) -> None:
    execution = run(sandbox, source)
    assert execution.stdout.strip() == b"7", execution.stderr.decode()
    assert execution.exit_code == 0


def test_a_fast_io_class_works(sandbox: Sandbox) -> None:
    execution = run(sandbox, FAST_IO)
    assert (execution.stdout, execution.exit_code) == (b"7\n", 0), execution.stderr


def test_numpy_works_where_it_is_installed(sandbox: Sandbox) -> None:
    pytest.importorskip("numpy")
    execution = sandbox.run(
        Job(
            source=(
                "import numpy as np\n"
                "a = np.array(open(0).read().split(), dtype=np.int64)\n"
                "print(int(np.linalg.det(np.eye(3)) * a.sum()))"
            ),
            stdin=b"3\n4\n",
            limits=Limits(wall_s=20.0),
        )
    )
    assert execution.stdout == b"7\n", execution.stderr.decode()


def test_a_large_input_and_output_pass_unchanged(sandbox: Sandbox) -> None:
    data = b"".join(b"%d\n" % i for i in range(200_000))
    execution = sandbox.run(Job(source="import sys\nprint(sys.stdin.read(), end='')", stdin=data))
    assert execution.stdout == data


def test_two_runs_of_a_program_see_other_random_numbers_and_the_same_hashes(
    sandbox: Sandbox,
) -> None:
    source = "import random\nprint(random.random(), random.randrange(10**9))"
    assert len({run(sandbox, source).stdout for _ in range(5)}) == 5
    source = "print(hash('x'), {'b', 'a', 'c'})"
    assert len({run(sandbox, source).stdout for _ in range(5)}) == 1
    seeded = "import random\nrandom.seed(5)\nprint(random.random())"
    assert len({run(sandbox, seeded).stdout for _ in range(3)}) == 1


@pytest.mark.parametrize(
    "source",
    [
        "@lru_cache(None)\ndef f(n): return 0 if n == 0 else 1 + f(n - 1)\nprint(f(60_000))",
        "class N:\n    def __init__(self, n): self.n = n\n"
        "    def __eq__(self, other): return self.n == 0 or N(self.n - 1) == N(self.n - 1)\n"
        "print(60_000 if N(60_000) == N(60_000) else 0)",
        "def f(n): return 0 if n == 0 else 1 + max(map(f, [n - 1]))\nprint(f(60_000))",
    ],
)
def test_recursion_through_c_may_be_as_deep_as_on_a_judge(sandbox: Sandbox, source: str) -> None:
    head = "import sys\nfrom functools import lru_cache\nsys.setrecursionlimit(10**6)\n"
    execution = run(sandbox, head + source)
    assert (execution.stdout, execution.signal) == (b"60000\n", None), execution.stderr[-300:]


def test_integers_of_any_length_are_read_and_printed(sandbox: Sandbox) -> None:
    digits = b"7" * 50_000
    job = Job(source="print(int(input()) + 1)", stdin=digits + b"\n")
    assert sandbox.run(job).stdout == digits[:-1] + b"8\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file that root alone reads")
def test_a_file_that_only_root_may_read_is_not_read(sandbox: Sandbox) -> None:
    library = Path(sysconfig.get_path("stdlib"))
    with tempfile.NamedTemporaryFile(dir=library, prefix="gptcc-test-") as secret:
        secret.write(b"secret")
        secret.flush()
        for place in ("", "sys.path[0] + '/' +", "sys.path[1] + '/' +", "sys.path[-1] + '/' +"):
            name = secret.name if not place else Path(secret.name).name
            execution = run(sandbox, f"import sys\nprint(open({place} {name!r}).read())")
            assert execution.stdout == b""
            assert b"Error" in execution.stderr


def test_modules_that_are_not_preloaded_can_be_imported(sandbox: Sandbox) -> None:
    names = "asyncio, bz2, concurrent.futures, json.tool, sqlite3, unicodedata, xml.dom.minidom"
    execution = run(sandbox, f"import {names}\nprint(7)")
    assert execution.stdout == b"7\n", execution.stderr


def test_the_exit_status_is_what_python_says(sandbox: Sandbox) -> None:
    cases = {
        "exit(3)": 3,
        "import sys; sys.exit('words')": 1,
        "import sys; sys.exit(True)": 1,
        "import sys; sys.exit(256 + 7)": 7,
        "raise ValueError('x')": 1,
        "import os; os._exit(9)": 9,
        "import sys; sys.exit(None)": 0,
        "import sys; sys.exit(-1)": 255,
    }
    assert {source: run(sandbox, source).exit_code for source in cases} == cases


def test_a_signal_is_told(sandbox: Sandbox) -> None:
    assert run(sandbox, "import os; os.abort()").signal == 6
    assert run(sandbox, "import os; os.kill(os.getpid(), 15)").signal == 15
    assert run(sandbox, "import signal, time; signal.alarm(1); time.sleep(3)").signal == 14


@pytest.mark.parametrize("level", [Level.NAMESPACE, Level.LANDLOCK], ids=lambda one: one.value)
def test_the_host_environment_is_not_seen(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set before the worker starts, so that it could be inherited."""
    monkeypatch.setenv("GPTCC_TEST_WORD", "x")
    try:
        sandbox = open_sandbox(workers=1, level=level)
    except ExecutionRefused as refused:
        pytest.skip(str(refused))
    with sandbox:
        execution = run(sandbox, "import os; print('GPTCC_TEST_WORD' in os.environ)")
    assert execution.stdout == b"False\n"
