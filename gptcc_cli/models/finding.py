"""ModelSpec -> FoundModel: where the files are, before any weight is read.

Covers local directories and the embedded model so far; the hub stands in ``hub``.
"""

from pathlib import Path

from gptcc_cli.errors import ModelError
from gptcc_cli.models import checkpoint, embedded
from gptcc_cli.models.spec import (
    EMBEDDED_MODEL,
    FetchWatcher,
    FoundModel,
    ModelSpec,
)


def find(spec: ModelSpec, *, progress: FetchWatcher | None = None) -> FoundModel:
    """Find a model's files, fetching and converting them where they are not here yet.

    Args:
        spec: what was asked for.
        progress: told about downloads and conversions under way.

    Raises:
        ModelError: there is no such model, or it can't be had now.
    """
    if spec.name == EMBEDDED_MODEL:
        return _embedded(spec, progress, notice=None)
    path = Path(spec.name).expanduser()
    if path.is_dir():
        return _directory(spec, path)
    raise ModelError(f"there is no model {spec.name}")


def _embedded(spec: ModelSpec, progress: FetchWatcher | None, *, notice: str | None) -> FoundModel:
    path, mended = embedded.ensure(progress=progress)
    return FoundModel(
        name=embedded.NAME,
        path=path,
        commit=None,
        spec=spec,
        embedded=True,
        notice=notice or mended,
    )


def _directory(spec: ModelSpec, path: Path) -> FoundModel:
    checkpoint.read_config(path)
    return FoundModel(name=path.resolve().name, path=path.resolve(), commit=None, spec=spec)
