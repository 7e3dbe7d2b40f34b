"""A name or a path -> Benchmark.

``apps``, ``humaneval`` and ``mbpp`` are fetched unless they are cached or installed;
``hub:owner/name/file`` is a file of a data set.
"""

from pathlib import Path

from gptcc_cli.benchmarks import fetching, files
from gptcc_cli.benchmarks.item import Benchmark, BenchmarkEntry
from gptcc_cli.errors import ProblemError, UsageError

NAMES = ("apps", "humaneval", "mbpp")


def open_benchmark(where: str, *, split: str | None = None) -> Benchmark:
    """Open a benchmark and list its entries.

    Args:
        where: ``apps``, ``humaneval``, ``mbpp`` (a directory of that name is ``./apps``), a
            directory, a file, or ``hub:OWNER/NAME/FILE``.
        split: ``train``, ``test``, ...; ``None``: ``test``, where there is one.

    Raises:
        UsageError: the name is unknown, or the benchmark has no such split.
        ProblemError: it can't be fetched or read.
    """
    path = Path(where)
    if where in NAMES:
        return _named(where, split)
    if where.startswith("hub:"):
        return _of_file(
            fetching.fetch_from_hub(where.removeprefix("hub:")), where, split or "", where
        )
    if path.is_dir():
        return _of_directory(path, split)
    if path.is_file():
        return _of_file(path, _stem(path), split or "", str(path))
    raise UsageError(
        f"there is no benchmark {where!r}",
        hint=f"use {', '.join(NAMES)}, a directory in APPS layout, or a .jsonl file",
    )


def _named(name: str, split: str | None) -> Benchmark:
    if name == "humaneval":
        _refuse_split(name, split, ("test",))
        path, source = fetching.humaneval()
        return _of_file(path, name, "test", source)
    wanted = split or "test"
    if name == "apps":
        _refuse_split(name, split, ("train", "test"))
        path = fetching.fetch_from_hub(f"codeparrot/apps/{wanted}.jsonl")
        return _of_file(path, name, wanted, "codeparrot/apps on the hub")
    _refuse_split(name, split, ("train", "test", "validation", "prompt"))
    path = fetching.fetch_from_hub(
        f"google-research-datasets/mbpp/sanitized/{wanted}-00000-of-00001.parquet"
    )
    return _of_file(path, name, wanted, "google-research-datasets/mbpp on the hub")


def _of_directory(path: Path, split: str | None) -> Benchmark:
    splits = sorted(child.name for child in path.iterdir() if child.name in ("train", "test"))
    if splits and split is None and len(splits) > 1:
        split = "test"
    if splits and (split or splits[0]) in splits:
        split = split or splits[0]
        path, name = path / split, path.name
    elif split is not None and path.name != split:
        raise UsageError(
            f"{path} has no split {split!r}", hint=f"it has {', '.join(splits) or 'none'}"
        )
    else:
        name = path.name
        if path.name in ("train", "test"):
            split, name = path.name, path.resolve().parent.name
    return _checked(name, split or "", str(path), files.entries_of_directory(path))


def _of_file(path: Path, name: str, split: str, source: str) -> Benchmark:
    entries = files.entries_of_file(path)
    splits = {entry.split for entry in entries} - {None}
    if split and splits:
        entries = tuple(entry for entry in entries if entry.split == split)
        _refuse_split(source, split, tuple(sorted(map(str, splits))))
    return _checked(name, split, source, entries)


def _checked(name: str, split: str, source: str, entries: tuple[BenchmarkEntry, ...]) -> Benchmark:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise ProblemError(f"{source} has two problems called {entry.id!r}")
        seen.add(entry.id)
    if not entries:
        raise ProblemError(f"{source} holds no problem")
    return Benchmark(name=name, split=split, source=source, entries=entries)


def _refuse_split(name: str, split: str | None, known: tuple[str, ...]) -> None:
    if split is not None and split not in known:
        raise UsageError(f"{name} has no split {split!r}", hint=f"it has {', '.join(known)}")


def _stem(path: Path) -> str:
    return path.name.split(".")[0]
