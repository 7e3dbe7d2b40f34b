"""Processes that share out work: every answer arrives, and no process stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CREW = f"""
import os, sys, time
sys.path.insert(0, {str(ROOT)!r})
from gptcc_cli.crew import Crew, CrewLost
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own: pytest's has threads, and can't be copied."""
    return subprocess.run(
        [sys.executable, "-c", CREW + program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_each_item_gets_its_own_answer_whoever_is_first() -> None:
    done = run("""
def work_of(number):
    def work(item):
        time.sleep(0.002 * (item % 3))
        return item * item, os.getpid()
    return work
with Crew(3, work_of) as crew:
    tickets = [crew.submit(item) for item in range(40)]
    answers = [ticket.answer() for ticket in tickets]
assert [square for square, _ in answers] == [item * item for item in range(40)], answers
print(len({pid for _, pid in answers}), os.getpid() in {pid for _, pid in answers})
""")
    assert done.stdout == "3 False\n", done.stderr


def test_items_and_answers_may_be_long() -> None:
    done = run("""
with Crew(1, lambda number: lambda item: item[::-1]) as crew:
    answers = [crew.submit(bytes([n]) * 3_000_000 + b"end") for n in range(3)]
    print([len(ticket.answer()) for ticket in answers], answers[0].answer()[:3])
""")
    assert done.stdout == "[3000003, 3000003, 3000003] b'dne'\n", done.stderr


def test_a_slow_item_keeps_only_its_own_process() -> None:
    done = run("""
def work(item):
    time.sleep(2.0 if item == 0 else 0)
    return item
with Crew(2, lambda number: work) as crew:
    slow = crew.submit(0)
    others = [crew.submit(item) for item in range(1, 20)]
    print(sum(other.answer() > 0 for other in others[2:]), slow.is_done)
""")
    assert done.stdout == "17 False\n", done.stderr


def test_work_that_raises_is_told_with_its_traceback() -> None:
    done = run("""
with Crew(2, lambda number: lambda item: 1 // item) as crew:
    try:
        crew.submit(0).answer()
    except CrewLost as error:
        print(str(error).splitlines()[-1])
""")
    assert done.stdout == "ZeroDivisionError: integer division or modulo by zero\n", done.stderr


def test_a_process_that_was_killed_is_missed() -> None:
    done = run("""
import signal
with Crew(2, lambda number: lambda item: os.kill(os.getpid(), signal.SIGKILL)) as crew:
    try:
        crew.submit(0).answer()
    except CrewLost as error:
        print(error)
""")
    assert done.stdout == "a process of the crew has ended\n", done.stderr


def test_leaving_the_block_ends_what_is_at_work() -> None:
    done = run("""
begun = time.monotonic()
with Crew(2, lambda number: lambda item: time.sleep(600)) as crew:
    pids = [member.pid for member in crew._members]
    for item in range(4):
        crew.submit(item)
print(time.monotonic() - begun < 60, [os.path.exists(f"/proc/{pid}") for pid in pids])
""")
    assert done.stdout == "True [False, False]\n", done.stderr


def test_a_process_with_threads_is_not_copied() -> None:
    done = run("""
import threading
threading.Thread(target=time.sleep, args=(0.2,)).start()
try:
    Crew(1, lambda number: lambda item: item)
except AssertionError as error:
    print(error)
""")
    assert done.stdout == "a process with threads can't be copied\n", done.stderr


def test_the_crew_ends_with_a_host_that_is_killed() -> None:
    host = subprocess.Popen(
        [
            sys.executable,
            "-c",
            CREW
            + """
crew = Crew(2, lambda number: lambda item: time.sleep(600))
for item in range(2):
    crew.submit(item)
print(*(member.pid for member in crew._members), flush=True)
time.sleep(600)
""",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert host.stdout is not None
    pids = [int(word) for word in host.stdout.readline().split()]
    assert len(pids) == 2 and all(is_alive(pid) for pid in pids)
    os.kill(host.pid, signal.SIGKILL)
    host.wait()
    host.stdout.close()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail("it never came true")
        time.sleep(0.01)
