"""Every way to build a level holds by itself, wherever this host allows it."""

import importlib.util
import sys
from pathlib import Path

import pytest

from gptcc_cli.sandbox import Job, Level
from gptcc_cli.sandbox.box import Box, boxes, bubblewrap
from gptcc_cli.sandbox.levels import breach
from gptcc_cli.sandbox.pool import WorkerPool
from gptcc_cli.sandbox.worker import WorkerRefused

WAYS = [box for level in (Level.NAMESPACE, Level.LANDLOCK) for box in boxes(level)]


@pytest.mark.parametrize("box", WAYS, ids=lambda box: f"{box.level.value}-{box.detail}")
def test_a_way_that_starts_holds(box: Box) -> None:
    pool = WorkerPool(box, workers=1)
    try:
        try:
            pool.start()
        except WorkerRefused as refused:
            pytest.skip(str(refused))
        assert breach(pool) is None
        assert pool.run(Job(source="print(input())", stdin=b"x\n")).stdout == b"x\n"
    finally:
        pool.close()


def test_no_way_shows_more_than_the_interpreter_needs() -> None:
    for box in WAYS:
        shown = [*box.orders["readable"], *box.orders["writable"]]
        shown += [box.words[i + 1] for i, word in enumerate(box.words) if "bind" in word]
        for path in shown:
            if not path.startswith((sys.base_prefix, sys.prefix)):
                assert not path.startswith(("/home", "/tmp", "/var", "/run", "/sys")), path
            assert path not in ("/", "/etc", "/usr", "/root", "/dev", "/proc")


def test_the_bwrap_of_the_system_comes_first_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "bwrap"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    bubblewrap.cache_clear()
    try:
        assert bubblewrap() == str(command)
        assert all(str(command) in box.detail for box in boxes(Level.NAMESPACE))
        monkeypatch.setenv("PATH", "/nowhere")
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
        bubblewrap.cache_clear()
        assert bubblewrap() is None
        assert list(boxes(Level.NAMESPACE)) == []
        assert list(boxes(Level.LANDLOCK))
    finally:
        bubblewrap.cache_clear()
