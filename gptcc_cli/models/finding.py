"""ModelSpec -> FoundModel: where a model's files are, before any weight is read.

Decides between a directory, a ``.gguf`` file, the embedded model and the hub, and when the
embedded model may replace the default one; lists the models of this disk. Does not fetch or
convert: ``hub``, ``embedded``, ``gguf_checkpoint`` and ``flax_checkpoint`` do.
"""

import difflib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gptcc_cli.errors import ModelError
from gptcc_cli.models import cache, checkpoint, embedded, flax_checkpoint, gguf_checkpoint, hub
from gptcc_cli.models.spec import (
    DEFAULT_MODEL,
    EMBEDDED_MODEL,
    NO_ADAPTER,
    CachedModel,
    FetchWatcher,
    FoundModel,
    ModelSpec,
)
from gptcc_cli.places import cache_directory

SILENCE_REMEMBERED_S = 15 * 60
"""How long a hub that timed out is not asked again, unless the user asks for it."""


def find(spec: ModelSpec, *, progress: FetchWatcher | None = None) -> FoundModel:
    """Find a model; see ``gptcc_cli.models.find``."""
    return _with_adapter(_find_base(spec, progress), progress)


def _find_base(spec: ModelSpec, progress: FetchWatcher | None) -> FoundModel:
    local = _local(spec, progress)
    if local is not None:
        return local
    snapshot = hub.cached(spec.name, spec.revision)
    if snapshot is not None:
        return _from_snapshot(spec, snapshot, progress)
    if spec.explicit or spec.name != DEFAULT_MODEL or spec.revision is not None:
        return pull(spec, progress=progress)
    return _default_or_embedded(spec, progress)


def pull(
    spec: ModelSpec, *, progress: FetchWatcher | None = None, force: bool = False
) -> FoundModel:
    """Download or repair a model; see ``gptcc_cli.models.pull``."""
    local = _local(spec, progress, pull_embedded=True, force=force)
    if local is not None:
        return local
    with _nearest_named(spec.name):
        snapshot = hub.fetch(
            spec.name,
            spec.revision,
            progress=progress,
            with_code=spec.trust_remote_code,
            force=force,
        )
    return _from_snapshot(spec, snapshot, progress)


@contextmanager
def _nearest_named(name: str) -> Iterator[None]:
    """Where a model can't be fetched, let the hint name the one that is here and called alike."""
    try:
        yield
    except ModelError as error:
        here = {EMBEDDED_MODEL, *(model.name for model in list_cached())} - {name}
        if near := difflib.get_close_matches(name, here, n=1, cutoff=0.8):
            error.hint = f"did you mean -m {near[0]}?"
        raise


def _with_adapter(found: FoundModel, progress: FetchWatcher | None) -> FoundModel:
    name = found.spec.adapter
    if name is None and found.embedded and embedded.has_adapter():
        return replace(found, adapter=embedded.ADAPTER)
    if name is None or name == NO_ADAPTER:
        return found
    path = Path(name).expanduser()
    if not path.is_dir():
        if not hub.is_repo_id(name):
            raise ModelError(
                f"there is no adapter {name}: no directory, and no name of the hub",
                hint="check the path; adapters of the hub are named owner/name",
            )
        path = (hub.cached(name) or hub.fetch(name, progress=progress)).path
    if not (path / hub.ADAPTER_FILES[0]).is_file():
        raise ModelError(
            f"{name} is no LoRA adapter: it has no {hub.ADAPTER_FILES[0]}",
            hint="name a directory that peft wrote, or a hub id of one",
        )
    return replace(found, adapter=path.resolve())


def _local(
    spec: ModelSpec,
    progress: FetchWatcher | None,
    *,
    pull_embedded: bool = False,
    force: bool = False,
) -> FoundModel | None:
    if spec.name == EMBEDDED_MODEL:
        return _embedded(spec, progress, verify=pull_embedded, force=force)
    path = Path(spec.name).expanduser()
    if path.is_dir():
        return _directory(spec, path, progress)
    if path.is_file() or not hub.is_repo_id(spec.name):
        return _file(spec, path, progress, force=force)
    return None


def _embedded(
    spec: ModelSpec,
    progress: FetchWatcher | None,
    *,
    notice: str | None = None,
    verify: bool = False,
    force: bool = False,
) -> FoundModel:
    path, repaired = embedded.ensure(progress=progress, verify=verify, force=force)
    return FoundModel(
        name=embedded.NAME,
        path=path,
        commit=None,
        spec=spec,
        embedded=True,
        notice="; ".join(part for part in (notice, repaired) if part) or None,
    )


def _directory(spec: ModelSpec, path: Path, progress: FetchWatcher | None) -> FoundModel:
    checkpoint.read_config(path)
    name, path = path.resolve().name, path.resolve()
    if flax_checkpoint.is_flax_only(path):
        path = flax_checkpoint.ensure(path, progress=progress)
    return FoundModel(name=name, path=path, commit=None, spec=spec)


def _file(spec: ModelSpec, path: Path, progress: FetchWatcher | None, *, force: bool) -> FoundModel:
    if not path.is_file():
        raise ModelError(
            f"there is no model {spec.name}: no directory, no .gguf file, and no name of the hub",
            hint="check the path; models of the hub are named owner/name",
        )
    if path.suffix.lower() == ".gguf":
        converted = gguf_checkpoint.ensure(path, progress=progress, force=force)
        return FoundModel(name=path.stem, path=converted, commit=None, spec=spec)
    raise ModelError(
        f"{spec.name} is a file, and no .gguf file",
        hint="name a model directory, a .gguf file, or a hub id",
    )


def _from_snapshot(
    spec: ModelSpec, snapshot: hub.Snapshot, progress: FetchWatcher | None
) -> FoundModel:
    path = snapshot.path
    if flax_checkpoint.is_flax_only(path):
        path = flax_checkpoint.ensure(path, progress=progress)
    return FoundModel(name=spec.name, path=path, commit=snapshot.commit, spec=spec)


def _default_or_embedded(spec: ModelSpec, progress: FetchWatcher | None) -> FoundModel:
    reason = _remembered_silence()
    if reason is None:
        try:
            return pull(spec, progress=progress)
        except hub.HubUnreachable as error:
            reason = error.reason
            if error.silent:
                _remember_silence()
    notice = (
        f"{DEFAULT_MODEL} is neither cached nor reachable ({reason}); "
        f"using the small embedded model {embedded.NAME}"
    )
    return _embedded(replace(spec, name=EMBEDDED_MODEL), progress, notice=notice)


def _silence_file() -> Path:
    return cache_directory() / "hub-silent"


def _remember_silence() -> None:
    # Without this, every run on a network that swallows packets would wait for the hub anew.
    try:
        path = _silence_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(hub.endpoint(), encoding="utf-8")
    except OSError:
        return  # then the next run waits again; nothing else depends on it


def _remembered_silence() -> str | None:
    path = _silence_file()
    try:
        age_s = time.time() - path.stat().st_mtime
        same_hub = path.read_text(encoding="utf-8") == hub.endpoint()
    except (OSError, UnicodeDecodeError):
        return None
    if not (same_hub and 0 <= age_s < SILENCE_REMEMBERED_S):
        return None
    return (
        f"the hub did not answer {age_s / 60:.0f} min ago; "
        f"`gptcc models pull {DEFAULT_MODEL}` asks again"
    )


def list_cached() -> tuple[CachedModel, ...]:
    """List models by name; see ``gptcc_cli.models.list_cached``."""
    found = [*_cached_embedded(), *_cached_converted(), *_cached_hub_models()]
    return tuple(sorted(found, key=lambda model: (model.kind == "hub", model.name)))


def _cached_embedded() -> Iterator[CachedModel]:
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


def _cached_converted() -> Iterator[CachedModel]:
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


def _cached_hub_models() -> Iterator[CachedModel]:
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
