"""A file is whole under its name, or what was there before stays."""

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gptcc_cli.atomic_writes import atomic_path, output_errors, write_atomically
from gptcc_cli.errors import OutputError

KILLED = """
import os, signal, sys
from pathlib import Path
from gptcc_cli.atomic_writes import atomic_path
with atomic_path(Path(sys.argv[1])) as aside:
    aside.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_name_is_given_when_all_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with atomic_path(path, durable=True) as aside:
        aside.write_text("new")
        assert path.read_text() == "old"
    assert (path.read_text(), names(tmp_path)) == ("new", ["a.txt"])


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_what_was_there_stays_when_writing_fails(tmp_path: Path, error: type[Exception]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(error), atomic_path(path) as aside:
        aside.write_text("half")
        raise error
    assert (path.read_text(), names(tmp_path)) == ("old", ["a.txt"])


def test_what_was_there_stays_when_the_writer_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"


@pytest.mark.parametrize("permissions", [0o600, 0o755])
def test_permissions_stay(tmp_path: Path, permissions: int) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(permissions)
    write_atomically(path, "new")
    assert (path.read_text(), mode(path)) == ("new", permissions)


def test_a_new_file_has_the_permissions_that_the_user_gives_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a.txt", "new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "a.txt") == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "b.txt"
    target.write_text("old")
    link = tmp_path / "a.txt"
    link.symlink_to(Path("there") / "b.txt")
    write_atomically(link, "new")
    assert link.is_symlink()
    assert (target.read_text(), names(target.parent)) == ("new", ["b.txt"])


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    """As ``/dev/null`` does, and what a shell makes of ``>(sort)``."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_atomically(pipe, "new")
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert pipe.is_fifo()
    assert names(tmp_path) == ["pipe"]


def test_writers_of_one_name_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    texts = [letter * 100_000 for letter in "abcdefgh"]
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda text: write_atomically(path, text), texts))
    assert path.read_text() in texts
    assert names(tmp_path) == ["a.txt"]


def test_bytes_that_were_no_text_come_out_as_they_were(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.txt", b"caf\xe9".decode("utf-8", "surrogateescape"))
    assert (tmp_path / "a.txt").read_bytes() == b"caf\xe9"


def test_directories_are_made_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "a.txt"
    with pytest.raises(OutputError, match=r"a\.txt' can't be written: no such file"):
        write_atomically(path, "new")
    write_atomically(path, "new", make_parents=True)
    assert path.read_text() == "new"


def test_a_place_that_is_a_directory_says_so_with_the_hint(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a directory") as caught:
        write_atomically(tmp_path, "new", hint="choose another")
    assert caught.value.hint == "choose another"


def test_an_error_without_words_is_named_by_its_kind() -> None:
    with pytest.raises(OutputError, match="timeouterror"), output_errors(Path("a.txt")):
        raise TimeoutError
