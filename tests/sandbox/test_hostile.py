"""Every hostile program is held, at every level, as root and as an ordinary user."""

import json
import os
import re
import secrets
import socket
import time
from pathlib import Path

import pytest

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import Job, Level, Limits, Sandbox, open_sandbox
from gptcc_cli.sandbox.levels import open_pool
from tests.hostile.protocol import programs, run_all
from tests.sandbox.users import ordinary_user, run_as_ordinary_user

LEVELS = (Level.NAMESPACE, Level.LANDLOCK)
BITES = ("process_fork", "process_exec", "kernel_keys", "network_tcp", "process_trace_me")
"""Held by the filter alone, at one level or the other; none leaves anything behind."""


def opened(level: Level) -> Sandbox:
    try:
        # More workers than cores: most programs here wait for their limit.
        return open_sandbox(workers=6, level=level)
    except ExecutionRefused as refused:
        pytest.skip(str(refused))


def test_there_are_enough_of_them() -> None:
    assert len(programs()) >= 120


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_every_program_is_held(level: Level, tmp_path: Path) -> None:
    with opened(level) as sandbox:
        assert run_all(sandbox, tmp_path, lambda _: True) == {}


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
@pytest.mark.skipif(os.geteuid() != 0, reason="the suite runs as an ordinary user already")
def test_every_program_is_held_for_an_ordinary_user(level: Level) -> None:
    opened(level).close()
    with ordinary_user() as python:
        printed = run_as_ordinary_user(python, "-m", "tests.hostile.protocol", level.value)
    assert json.loads(printed) == {}


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_without_the_filter_some_escape(level: Level, tmp_path: Path) -> None:
    opened(level).close()
    with open_pool([level], workers=1, seccomp=False) as sandbox:
        failures = run_all(sandbox, tmp_path, lambda hostile: hostile.name in BITES)
    assert len(failures) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_the_shared_programs_are_held(level: Level, shared: Path, tmp_path: Path) -> None:
    """By the protocol of their own page: nothing told, made, touched or left, and in time."""
    paths = sorted((shared / "hostile").glob("*.py"))
    assert len(paths) > 50
    with opened(level) as sandbox, Outside(tmp_path) as outside:
        broken = {
            path.name: found
            for path in paths
            # A busy machine may be late once.
            if (found := outside.attack(sandbox, path))
            and (found != ["late"] or (found := outside.attack(sandbox, path)))
        }
    assert broken == {}


class Outside:
    """The world that the shared programs ask for."""

    def __init__(self, directory: Path) -> None:
        self.canary = directory / "canary"

    def __enter__(self) -> "Outside":
        for name in ("home/.ssh", "repo", "tests"):
            (self.canary / name).mkdir(parents=True)
        (self.canary / "home/.ssh/id_rsa").write_text("CANARYKEY-7788")
        (self.canary / "home/.bashrc").write_text("x")
        (self.canary / "repo/src.py").write_text("x=1")
        self.listeners = [
            socket.socket(),
            socket.socket(type=socket.SOCK_DGRAM),
            socket.socket(socket.AF_UNIX),
        ]
        self.listeners[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for listener, place in zip(
            self.listeners, (("127.0.0.1", 39517),) * 2 + ("\0gptcc-canary",), strict=True
        ):
            listener.bind(place)
            listener.setblocking(False)
        self.listeners[0].listen()
        self.listeners[2].listen()
        return self

    def __exit__(self, *_: object) -> None:
        for listener in self.listeners:
            listener.close()

    def attack(self, sandbox: Sandbox, path: Path) -> list[str]:
        source = path.read_text().replace("@CANARY@", str(self.canary))
        started = time.monotonic()
        execution = sandbox.run(Job(source=source, stdin=b"1\n", limits=Limits(wall_s=1.0)))
        took_s = time.monotonic() - started
        output = execution.stdout + execution.stderr
        found = [str(word) for word in re.findall(rb"PWNED[^\n]*|CANARYKEY|hf_CANARY", output)]
        if execution.fault or secrets.token_hex().encode() in output:
            found.append(str(execution.fault))
        if took_s > 2.0:
            found.append("late")
        if (self.canary / "repo/src.py").read_text() != "x=1" or (
            self.canary / "home/.bashrc"
        ).read_text() != "x":
            found.append("changed")
        for place in (".", "/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/root", str(self.canary)):
            if os.access(place, os.R_OK) and list(Path(place).glob("hostile_*")):
                found.append(f"a file in {place}")
        for listener in self.listeners:
            try:
                listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()
                found.append("touched")
            except BlockingIOError:
                pass
        for comm in Path("/proc").glob("[0-9]*/comm"):
            try:
                if comm.read_text().strip() == "hostiled":
                    found.append("a process is left")
            except OSError:
                continue
        honest = sandbox.run(Job(source="print(input())", stdin=b"fine\n"))
        return found + ([] if honest.stdout == b"fine\n" else [str(honest)])
