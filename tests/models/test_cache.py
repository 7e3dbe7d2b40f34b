"""Directories of the cache appear whole or not at all, once, and damage is seen."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.models import cache

ROOT = Path(__file__).parents[2]


def fill_with(text: str) -> object:
    return lambda directory: (directory / "weights").write_text(text)


def entries(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir() if not path.name.endswith(".lock")}


def test_a_directory_is_made_once_and_then_found(tmp_path: Path) -> None:
    target = tmp_path / "models" / "a"
    cache.make_directory(target, fill_with("one"), source="here")  # type: ignore[arg-type]
    cache.make_directory(target, fill_with("two"), source="here")  # type: ignore[arg-type]
    assert (target / "weights").read_text() == "one"
    assert cache.is_whole(target) and cache.damaged_file(target) is None
    assert cache.read_source(target) == "here"
    cache.make_directory(target, fill_with("two"), source="h", replace=True)  # type: ignore[arg-type]
    assert (target / "weights").read_text() == "two"


def test_a_failed_conversion_leaves_nothing(tmp_path: Path) -> None:
    def fill(directory: Path) -> None:
        (directory / "half").write_text("half")
        raise ModelError("no")

    with pytest.raises(ModelError, match="no"):
        cache.make_directory(tmp_path / "a", fill, source="here")
    assert entries(tmp_path) == set()


def test_a_failed_conversion_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a"
    cache.make_directory(target, fill_with("one"), source="here")  # type: ignore[arg-type]

    def fill(directory: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ModelError, match="No space left on device"):
        cache.make_directory(target, fill, source="here", replace=True)
    assert (target / "weights").read_text() == "one" and cache.is_whole(target)


@pytest.mark.parametrize("damage", ["truncate", "remove", "no record", "broken record"])
def test_damage_that_changes_sizes_is_seen_at_once(tmp_path: Path, damage: str) -> None:
    target = tmp_path / "a"
    cache.make_directory(target, fill_with("content"), source="here")  # type: ignore[arg-type]
    if damage == "truncate":
        (target / "weights").write_text("con")
    elif damage == "remove":
        (target / "weights").unlink()
    elif damage == "no record":
        (target / cache.RECORD).unlink()
    else:
        (target / cache.RECORD).write_text("{")
    assert not cache.is_whole(target)
    cache.make_directory(target, fill_with("again"), source="here")  # type: ignore[arg-type]
    assert (target / "weights").read_text() == "again"


def test_damage_inside_a_file_is_seen_by_reading_it(tmp_path: Path) -> None:
    target = tmp_path / "a"
    cache.make_directory(target, fill_with("content"), source="here")  # type: ignore[arg-type]
    (target / "weights").write_text("c0ntent")
    assert cache.is_whole(target)
    assert cache.damaged_file(target) == "weights"


def test_a_directory_that_can_not_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "in-the-way").write_text("")
    with pytest.raises(ModelError, match="can't be kept") as caught:
        cache.make_directory(tmp_path / "in-the-way" / "a", fill_with(""), source="x")  # type: ignore[arg-type]
    assert caught.value.hint is not None and "GPTCC_CACHE" in caught.value.hint


def test_of_two_processes_one_makes_it_and_the_other_finds_it(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from gptcc_cli.models import cache

        def fill(directory):
            (directory / "weights").write_text(sys.argv[2])
            with open(sys.argv[3], "a") as made:
                made.write(sys.argv[2])

        cache.make_directory(Path(sys.argv[1]), fill, source="here")
        """
    )
    made = tmp_path / "made"
    arguments = [sys.executable, "-c", program, str(tmp_path / "models" / "a")]
    running = [subprocess.Popen([*arguments, str(i), str(made)], cwd=ROOT) for i in range(4)]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
    assert len(made.read_text()) == 1
    assert (tmp_path / "models" / "a" / "weights").read_text() == made.read_text()


def test_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from gptcc_cli.errors import ModelError
        from gptcc_cli.models import cache

        target = Path(sys.argv[1]) / "models" / "a"
        try:
            fill = lambda directory: (directory / "w").write_bytes(bytes(9 << 20))
            cache.make_directory(target, fill, source="x")
        except ModelError as error:
            print(error.message)
            left = [path.name for path in target.parent.iterdir()]
            print([name for name in left if not name.endswith(".lock")])
        """
    )
    mount = 'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, "sh", str(tmp_path), sys.executable, program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare:" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
    assert done.stderr == ""
    sentence, left = done.stdout.splitlines()
    assert "No space left on device" in sentence and "can't be kept" in sentence
    assert json.loads(left) == []
