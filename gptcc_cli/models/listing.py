"""What is on this disk: models of the hub's cache and of gptcc's own."""

from collections.abc import Iterator
from pathlib import Path

from gptcc_cli.models import cache, embedded, hub
from gptcc_cli.models.spec import EMBEDDED_MODEL, CachedModel


def list_cached() -> tuple[CachedModel, ...]:
    """List models by name; see ``gptcc_cli.models.list_cached``."""
    found = [*_embedded(), *_converted(), *_hub_models()]
    return tuple(sorted(found, key=lambda model: (model.kind == "hub", model.name)))


def _embedded() -> Iterator[CachedModel]:
    path = embedded.directory()
    if path.is_dir():
        yield CachedModel(
            name=EMBEDDED_MODEL,
            kind="embedded",
            revisions=(),
            commit=None,
            path=path,
            size_bytes=_size(path),
            usable=embedded.is_cached(),
        )


def _converted() -> Iterator[CachedModel]:
    root = cache.model_directory("x").parent
    for path in sorted(root.glob("*/")) if root.is_dir() else ():
        if path == embedded.directory() or path.name.startswith("."):
            continue
        yield CachedModel(
            name=cache.read_source(path) or path.name,
            kind="converted",
            revisions=(),
            commit=None,
            path=path,
            size_bytes=_size(path),
            usable=cache.is_whole(path),
        )


def _hub_models() -> Iterator[CachedModel]:
    root = hub.hub_cache()
    for folder in sorted(root.glob("models--*")) if root.is_dir() else ():
        refs = {
            str(path.relative_to(folder / "refs")): path.read_text(encoding="ascii").strip()
            for path in sorted((folder / "refs").rglob("*"))
            if path.is_file()
        }
        snapshots = folder / "snapshots"
        for path in sorted(snapshots.iterdir()) if snapshots.is_dir() else ():
            if not (path / "config.json").exists():
                continue
            yield CachedModel(
                name=folder.name.removeprefix("models--").replace("--", "/"),
                kind="hub",
                revisions=tuple(name for name, commit in refs.items() if commit == path.name),
                commit=path.name,
                path=path,
                size_bytes=_size(path),
                usable=hub.is_whole(path),
            )


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
