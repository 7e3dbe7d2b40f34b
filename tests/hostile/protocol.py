"""Run every hostile program at one level and say which ones were not held.

Stands alone, so that it can run as another user: ``python -m tests.hostile.protocol LEVEL``
prints one JSON object. Uses nothing but the sandbox.
"""

import json
import os
import re
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gptcc_cli.sandbox import Assertions, Call, Execution, Job, Level, Limits, Sandbox
from gptcc_cli.sandbox.levels import open_pool

WALL_S = 0.3
PATIENT_WALL_S = 20.0
"""For programs that end by themselves, however busy the machine is."""
LATE_S = 5.0
SECRET = "canary-of-gptcc-51c0"
ABSTRACT = "\0gptcc-hostile-suite"
PROCESS = "gptcc-hostiled"
_LIMITS = Limits(wall_s=WALL_S, memory_bytes=512 << 20, output_bytes=4 << 20)


_PRELUDE = """\
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
CANARY, SECRET_WORD, PORT, ABSTRACT = {canary!r}, {secret!r}, {port}, {abstract!r}
NUMBERS = {numbers!r}
START = os.getpid()
def escaped(what):
    os.write(1, f"ESCAPED {{what}}\\n".encode("ascii", "replace"))
    os.write(2, f"ESCAPED {{what}}\\n".encode("ascii", "replace"))
def call(name, *arguments):
    if name not in NUMBERS:
        return -1
    return libc.syscall(NUMBERS[name], *arguments)
def name_process():
    libc.prctl(15, b"{process}", 0, 0, 0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One program and what is said about it."""

    name: str
    text: str
    notes: dict[str, str]

    @property
    def expected_ends(self) -> set[str]:
        return set(self.notes["expect"].split("|"))


def programs(directory: Path = Path(__file__).parent) -> list[Hostile]:
    """Read the programs that this processor can run, those that come after another after it."""
    found = []
    for path in sorted(directory.glob("[a-z]*_*.py")):
        text = path.read_text()
        notes = dict(re.findall(r"^# (\w+): (.*)$", text, re.MULTILINE))
        if notes.get("machine", os.uname().machine) == os.uname().machine:
            found.append(Hostile(name=path.stem, text=text, notes=notes))
    return found


def chains(hostiles: list[Hostile]) -> list[list[Hostile]]:
    """Group the programs that must follow one another."""
    by_name = {hostile.name: hostile for hostile in hostiles}
    followers = {hostile.notes["after"]: hostile for hostile in hostiles if "after" in hostile.notes}
    grouped = []
    for hostile in hostiles:
        if "after" in hostile.notes:
            continue
        chain = [hostile]
        while chain[-1].name in followers:
            chain.append(followers[chain[-1].name])
        # The same text thrice, so that its kept code is in play.
        grouped.append(chain * 3 if hostile.name.startswith("leak_code") else chain)
    assert {one.name for chain in grouped for one in chain} == set(by_name)
    return grouped


class World:
    """What there is to steal, spoil and touch.

    Args:
        directory: where the files go.
        secret: what the private files hold.
        port: where two listeners wait; 0: any free one.
        abstract: the name of a third.
        marker: what the files that programs may make are called.
    """

    def __init__(
        self,
        directory: Path,
        *,
        secret: str = SECRET,
        port: int = 0,
        abstract: str = ABSTRACT + str(os.getpid()),
        marker: str = "*gptcc_hostile*",
    ) -> None:
        self.canary = directory / "canary"
        self.secret = secret
        self.port = port
        self._abstract = abstract
        self._marker = marker
        self._listeners: list[socket.socket] = []

    @contextmanager
    def made(self) -> Iterator["World"]:
        for name in ("home/.ssh", "repo", "tests"):
            (self.canary / name).mkdir(parents=True)
        (self.canary / "home/.ssh/id_rsa").write_text(self.secret)
        (self.canary / "home/.bashrc").write_text("x")
        (self.canary / "repo/src.py").write_text("x=1")
        (self.canary / "tests/1.out").write_text(f"EXPECTED-ANSWER {self.secret}")
        with ExitStack() as opened:
            tcp = opened.enter_context(socket.create_server(("127.0.0.1", self.port)))
            self.port = tcp.getsockname()[1]
            udp = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            udp.bind(("127.0.0.1", self.port))
            abstract = opened.enter_context(socket.socket(socket.AF_UNIX))
            abstract.bind(self._abstract)
            abstract.listen()
            self._listeners = [tcp, udp, abstract]
            for listener in self._listeners:
                listener.setblocking(False)
            self.before = self._state()
            yield self

    def harm(self) -> list[str]:
        """Say what was changed, made or touched."""
        found = [] if self._state() == self.before else ["the canary was changed"]
        for place in (".", "/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/root", str(self.canary)):
            if os.access(place, os.R_OK) and list(Path(place).glob(self._marker)):
                found.append(f"a file in {place}")
        for listener in self._listeners:
            try:
                listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()
            except BlockingIOError:
                continue
            found.append("a listener was touched")
        return found

    def _state(self) -> list[tuple[str, int, int, bytes]]:
        return [
            (str(path), path.stat().st_mode, path.stat().st_mtime_ns, _content(path))
            for path in sorted(self.canary.rglob("*"))
        ]


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def job_of(hostile: Hostile, world: World, expected: str) -> Job:
    """Build the job that judges a program against an answer that nobody can guess."""
    prelude = _PRELUDE.format(
        canary=str(world.canary),
        secret=SECRET,
        port=world.port,
        abstract=ABSTRACT + str(os.getpid()),
        numbers=_numbers(),
        process=PROCESS,
    )
    limits = replace(_LIMITS, wall_s=wall_s_of(hostile))
    job = Job(source=prelude + hostile.text, stdin=b"1\n", limits=limits)
    mode = hostile.notes.get("mode", "main")
    if mode == "call":
        return replace(job, call=Call(entry_point="f", arguments_json="[1]"))
    if mode == "assert":
        check = f"def check(candidate):\n    assert candidate(1) == {expected!r}\n"
        return replace(job, assertions=Assertions(entry_point="f", check_source=check))
    return job


def wall_s_of(hostile: Hostile) -> float:
    """Give a short time to those that must be stopped, and enough to the others."""
    return WALL_S if hostile.expected_ends & {"wall", "cpu"} else PATIENT_WALL_S


def failures(hostile: Hostile, execution: Execution, expected: str, took_s: float) -> list[str]:
    """Say in which ways a program was not held."""
    found = []
    output = execution.stdout + execution.stderr + (execution.answer_json or "").encode()
    for word in ("ESCAPED", SECRET):
        if word.encode() in output:
            lines = output.decode("utf-8", "replace").splitlines()
            found.append(next(line for line in lines if word in line)[:200])
    if execution.fault is not None:
        found.append(f"fault: {execution.fault}")
    if _accepted(execution, expected, hostile.notes.get("mode", "main")):
        found.append("it was accepted")
    # On a busy machine a run out of time is repeated, and waits for the processor besides.
    if took_s > 2 * (wall_s_of(hostile) + execution.delay_s) + LATE_S:
        found.append(f"it took {took_s:.2f} s")
    if hostile.notes.get("mode") != "assert" and _end(execution) not in hostile.expected_ends:
        found.append(f"it ended by {_end(execution)}: {execution.stderr[-200:]!r}")
    if len(execution.stdout) > _LIMITS.output_bytes or len(execution.stderr) > 64 << 10:
        found.append("more output than allowed")
    return found


def _accepted(execution: Execution, expected: str, mode: str) -> bool:
    if execution.exceeded is not None or execution.fault is not None:
        return False
    if mode == "call":
        return execution.answer_json == json.dumps(expected)
    if mode == "assert":
        return execution.assertion is None
    return execution.exit_code == 0 and execution.stdout.decode("latin-1").strip() == expected


def _end(execution: Execution) -> str:
    if execution.exceeded is not None:
        return execution.exceeded.value
    return "signal" if execution.signal is not None else "harmless"


def run_all(sandbox: Sandbox, directory: Path, only: Callable[[Hostile], bool]) -> dict[str, list[str]]:
    """Run the programs; return the failures of those that were not held."""
    os.environ["HF_TOKEN"] = SECRET
    with World(directory).made() as world:
        with ThreadPoolExecutor(sandbox.workers) as threads:
            results = threads.map(
                lambda chain: _run_chain(sandbox, world, chain),
                chains([hostile for hostile in programs() if only(hostile)]),
            )
            found = {name: failed for result in results for name, failed in result if failed}
        harm = world.harm() + left_processes(PROCESS)
    if harm:
        found["the world afterwards"] = harm
    return found


def _run_chain(sandbox: Sandbox, world: World, chain: list[Hostile]) -> list[tuple[str, list[str]]]:
    results = []
    for hostile in chain:
        expected = f"EXPECTED-ANSWER-{secrets.token_hex(8)}"
        job = job_of(hostile, world, expected)
        started = time.monotonic()
        execution = sandbox.run(job)
        failed = failures(hostile, execution, expected, time.monotonic() - started)
        honest = sandbox.run(Job(source="print(int(input()) + 1)", stdin=b"41\n"))
        if honest.stdout != b"42\n" or honest.exit_code != 0:
            failed.append(f"an honest program failed afterwards: {honest}")
        results.append((hostile.name, failed))
    return results


def left_processes(name: str) -> list[str]:
    """Name the processes of this name that are left."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "comm").read_text().strip() == name:
                found.append(f"process {entry.name} is left")
        except OSError:
            continue
    return found


def _numbers() -> dict[str, int]:
    """Number the system calls by the kernel's own list, as far as it is written down here."""
    from tests.hostile.numbers import NUMBERS

    column = ("x86_64", "aarch64").index(os.uname().machine)
    return {name: pair[column] for name, pair in NUMBERS.items() if pair[column] >= 0}


def main(level_name: str, seccomp: str = "on", *names: str) -> None:
    """Run the suite, or some of it, at a level and print the failures as JSON."""
    level = Level(level_name)
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        with open_pool([level], workers=6, seccomp=seccomp == "on") as sandbox:
            found = run_all(sandbox, Path(name), lambda one: not names or one.name in names)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
