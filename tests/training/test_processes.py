"""Runs in processes of their own: several together, and some that are killed or run out of disk."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def start(model, directory, *, wrap=(), env=None, **changes):
    settings = {"model": str(model), "directory": str(directory), "changes": changes}
    return subprocess.Popen(
        [*wrap, sys.executable, "-m", "tests.training.worker", json.dumps(settings)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    out, err = process.communicate(timeout=300)
    return process.returncode, out.splitlines(), err


def updates(lines):
    found = [line.split() for line in lines if line.startswith("update ")]
    return {int(number): (float(loss), int(tokens)) for _, number, loss, tokens in found}


def read_until(process, wanted):
    """The lines up to one that begins so."""
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith(wanted):
            return lines
    raise AssertionError(f"{wanted!r} never came: {lines} {process.stderr.read()}")


@pytest.mark.slow
def test_two_processes_give_the_losses_of_one(tiny_model_dir, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # A batch that two processes share unevenly in tokens: their sums must be joined, not means.
    changes = {
        "epochs": 2,
        "per_device_train_batch_size": 2,
        "global_batch": 8,
        "learning_rate": 3e-3,
    }
    code, lines, err = finish(start(tiny_model_dir, tmp_path / "one", **changes))
    assert code == 0, err
    pair = [
        start(
            tiny_model_dir,
            tmp_path / "two",
            env={
                "MASTER_ADDR": "127.0.0.1",
                "MASTER_PORT": str(port),
                "WORLD_SIZE": "2",
                "RANK": str(rank),
                "LOCAL_RANK": str(rank),
            },
            **changes,
        )
        for rank in (0, 1)
    ]
    (code, both, err), (other_code, other, other_err) = map(finish, pair)
    assert (code, other_code) == (0, 0), err + other_err
    one, two = updates(lines), updates(both)
    assert len(one) > 8
    assert not updates(other)
    assert [two[n][1] for n in two] == [one[n][1] for n in one]
    assert [two[n][0] for n in two] == pytest.approx([one[n][0] for n in one], abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_leaves_a_checkpoint_and_goes_on(tiny_model_dir, tmp_path, how):
    changes = {"epochs": 20, "save_every": 1000}
    process = start(tiny_model_dir, tmp_path / "run", **changes)
    read_until(process, "update 3 ")
    process.send_signal(how)
    code, lines, err = finish(process)
    assert code == 130, err
    stopped = int(lines[-1].split()[-1])
    assert lines[-2] == f"saved checkpoint-{stopped}"
    if how is signal.SIGINT:
        return
    again = start(tiny_model_dir, tmp_path / "run", **changes)
    assert read_until(again, "began")[-1] == f"began {stopped}"
    again.kill()
    again.communicate()


@pytest.mark.slow
def test_killed_at_any_moment_the_run_goes_on_from_its_last_checkpoint(tiny_model_dir, tmp_path):
    changes = {"epochs": 3, "save_every": 1, "keep": 2}
    _, lines, _ = finish(start(tiny_model_dir, tmp_path / "whole", **changes))
    whole = updates(lines)
    seen, last_saved = {}, 0
    # In the middle of an update, and while a checkpoint is written.
    for wanted in ("update 2 ", "aside"):
        process = start(tiny_model_dir, tmp_path / "run", **changes)
        if wanted == "aside":
            read = read_until(process, "began")
            aside = tmp_path / "run" / "checkpoints" / ".writing"
            while process.poll() is None and not any(aside.glob("*/*")):
                pass
        else:
            read = read_until(process, wanted)
        process.kill()
        read += process.communicate()[0].splitlines()
        began = int(next(line for line in read if line.startswith("began")).split()[1])
        assert began >= last_saved
        seen |= updates(read)
        last_saved = max([last_saved, *(int(n.split("-")[1]) for n in read if "saved" in n)])
    code, lines, err = finish(start(tiny_model_dir, tmp_path / "run", **changes))
    assert code == 0, err
    assert not (tmp_path / "run" / "checkpoints" / ".writing").exists()
    seen |= updates(lines)
    assert {n: one[0] for n, one in seen.items()} == pytest.approx(
        {n: one[0] for n, one in whole.items()}, abs=1e-6
    )


def can_mount(tmp_path):
    if shutil.which("unshare") is None:
        return False
    command = f"mount -t tmpfs -o size=1m none {tmp_path}"
    done = subprocess.run(["unshare", "-rm", "sh", "-c", command], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.slow
def test_full_disk_is_explained_and_the_last_checkpoint_stays_whole(tiny_model_dir, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if not can_mount(disk):
        pytest.skip("no small disk can be mounted here: unshare -rm fails")
    # Room for the first checkpoint and a part of the second.
    script = (
        f"mount -t tmpfs -o size={SMALL_DISK_KB}k none {disk}; "
        '"$@"; echo code $?; ls -A "$0/run/checkpoints"; df -k "$0" | tail -1 >&2; '
        f"mount -o remount,size=64m {disk}; " + '"$@"; echo code $?'
    )
    process = start(
        tiny_model_dir,
        disk / "run",
        wrap=("unshare", "-rm", "sh", "-c", script, str(disk)),
        save_every=2,
        epochs=1,
        keep=5,
    )
    _, lines, err = finish(process)
    assert "code 1" in lines, err
    first, second = lines[: lines.index("code 1")], lines[lines.index("code 1") + 1 :]
    assert "can't be written" in first[-1]
    assert "no space left on the disk" in first[-1]
    assert "checkpoint-2" in first[-1]
    assert "free some space" in first[-1]
    assert second[0] == "checkpoint-2"
    assert "began 2" in second
    assert second[-1] == "code 0", err


SMALL_DISK_KB = 1500
