"""Every hostile program is held, at every level, as root and as an ordinary user."""

import json
import os
import re
import secrets
import time
from collections import Counter
from pathlib import Path

import pytest

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import Job, Level, Limits, Sandbox, open_sandbox
from gptcc_cli.sandbox.levels import open_pool
from tests.hostile.protocol import World, left_processes, programs, run_all
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


def test_every_kind_of_attack_has_its_programs() -> None:
    kinds = Counter(hostile.notes["kind"] for hostile in programs())
    readme = (Path(__file__).parents[1] / "hostile/README.md").read_text()
    named = re.search(r"# kind:` \| what it attacks: ([a-z, ]+) \|", readme)
    assert named is not None
    assert set(kinds) == set(named[1].split(", "))
    assert min(kinds.values()) >= 8


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
@pytest.mark.timing  # the programs know one port, so that two runs at once would collide
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_the_shared_programs_are_held(
    level: Level, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the protocol of their own page: nothing told, made, touched or left, and in time."""
    paths = sorted((shared / "hostile").glob("*.py"))
    assert len(paths) > 50
    # The answer that is expected lies where the host's answers may lie: in a file, in the
    # environment, and in the memory of the process that compares.
    answer = f"ANSWER-{secrets.token_hex()}"
    monkeypatch.setenv("HF_TOKEN", f"hf_CANARY {answer}")
    world = World(
        tmp_path,
        secret=f"CANARYKEY-7788 {answer}",
        port=39517,
        abstract="\0gptcc-canary",
        marker="hostile_*",
    )
    with opened(level) as sandbox, world.made():
        broken = {
            path.name: found
            for path in paths
            # A busy machine may be late once.
            if (found := attack(sandbox, world, path, answer))
            and (found != ["late"] or (found := attack(sandbox, world, path, answer)))
        }
    assert broken == {}


def attack(sandbox: Sandbox, world: World, path: Path, answer: str) -> list[str]:
    source = path.read_text().replace("@CANARY@", str(world.canary))
    started = time.monotonic()
    execution = sandbox.run(Job(source=source, stdin=b"1\n", limits=Limits(wall_s=1.0)))
    took_s = time.monotonic() - started
    output = execution.stdout + execution.stderr
    found = [str(word) for word in re.findall(rb"PWNED[^\n]*|CANARYKEY|hf_CANARY", output)]
    if answer.encode() in output:
        found.append("it told the answer")
    if execution.fault:
        found.append(execution.fault)
    # On a busy machine a run out of time is repeated, and waits for the processor besides.
    if took_s > 2.0 * (1.0 + execution.delay_s) + 1.0:
        found.append("late")
    found += world.harm() + left_processes("hostiled")
    honest = sandbox.run(Job(source="print(input())", stdin=b"fine\n"))
    return found + ([] if honest.stdout == b"fine\n" else [str(honest)])
