import json
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.errors import OutputError, UsageError
from gptcc_cli.evaluation.stages import StageWriter, Unit, read_records

HEADER = {"schema": "test", "seed": 0, "temperatures": (0.2, 0.6)}
UNITS = tuple(Unit(problem=f"p{i}", indexes=(0, 1, 2)) for i in range(4))


def _records(unit: Unit) -> list[dict[str, Any]]:
    return [{"problem": unit.problem, "index": i, "text": "äx\ud800\n" * i} for i in unit.indexes]


def _fill(path: Path, n: int = len(UNITS)) -> int:
    with StageWriter(path, HEADER, UNITS) as writer:
        before = writer.n_done
        for unit in UNITS[before:n]:
            writer.append(_records(unit))
    return before


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    _fill(tmp_path / "whole.jsonl")
    return (tmp_path / "whole.jsonl").read_bytes()


def test_a_file_cut_at_any_byte_is_mended_to_the_same_file(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "cut.jsonl"
    for size in range(0, len(whole), 3):
        path.write_bytes(whole[:size])
        _fill(path)
        assert path.read_bytes() == whole, size


def test_whole_problems_are_not_made_again(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "run.jsonl"
    assert _fill(path, n=2) == 0
    assert _fill(path) == 2
    assert _fill(path) == 4
    assert path.read_bytes() == whole


@pytest.mark.parametrize("garbage", [b"\0\0\0\n", b"{oops}\n", b'{"problem": "p3"', b"[]\n"])
def test_a_corrupt_last_line_is_repaired(tmp_path: Path, whole: bytes, garbage: bytes) -> None:
    path = tmp_path / "run.jsonl"
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + garbage)
    assert _fill(path) == 3
    assert path.read_bytes() == whole
    path.write_bytes(whole + garbage)
    assert _fill(path) == 4
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("line", "garbage"),
    [(0, b"{oops}\n"), (5, b"{oops}\n"), (7, b'{"problem": "p9", "index": 0}\n')],
)
def test_other_corruption_is_refused_with_its_place(
    tmp_path: Path, whole: bytes, line: int, garbage: bytes
) -> None:
    path = tmp_path / "run.jsonl"
    lines = whole.splitlines(keepends=True)
    lines[line] = garbage
    path.write_bytes(b"".join(lines))
    with pytest.raises(UsageError, match=rf"line {line + 1} is"):
        _fill(path)
    assert path.read_bytes() == b"".join(lines), "a refused file is left as it is"


def test_other_settings_are_refused_and_named(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "whole.jsonl"
    with pytest.raises(UsageError, match=r"other settings: n, seed \(n was null, now 5"):
        StageWriter(path, HEADER | {"seed": 1, "n": 5}, UNITS)
    assert path.read_bytes() == whole


def test_two_processes_do_not_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with (
        StageWriter(path, HEADER, UNITS),
        pytest.raises(OutputError, match="written by another process"),
    ):
        StageWriter(path, HEADER, UNITS)


def test_lines_read_back_as_they_were_written(tmp_path: Path, whole: bytes) -> None:
    records = list(read_records(tmp_path / "whole.jsonl"))
    assert records == [record for unit in UNITS for record in _records(unit)]
    assert json.loads(whole.splitlines()[0])["temperatures"] == [0.2, 0.6]
