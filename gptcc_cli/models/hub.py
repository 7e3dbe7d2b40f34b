"""Models of the Hugging Face hub: what is cached, what is fetched, and why it can't be had.

The hub library's own cache, tokens and settings are used as they are (``HF_HOME``, ``HF_TOKEN``,
``HF_ENDPOINT``, ``HF_HUB_OFFLINE``). A model that is cached whole is used without asking the
hub: nothing changes under a user until ``gptcc models pull``.

Only what is needed is fetched: configuration, tokenizer, and one form of the weights
(safetensors, else ``.bin``, else Flax). Never the state of an optimizer, never code unasked.
"""

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.models import checkpoint
from gptcc_cli.models.spec import Fetching, FetchWatcher

DECISION_S = 8.0
"""How long the hub may take to say what a model consists of, name lookup included."""

ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors", "adapter_model.bin")

_SMALL_FILES = re.compile(r"[^/]+\.(json|txt|model|jinja|vocab|tiktoken)|[^/]*LICENSE[^/]*")
_UNWANTED = re.compile(r"(opt_state|training_state|optimizer|trainer_state|\.msgpack\.index)")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REPO_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


class HubUnreachable(ModelError):
    """The hub gave no usable answer: offline, refused, silent, or broken."""

    def __init__(self, message: str, *, reason: str, hint: str, silent: bool = False) -> None:
        """Keep why, in a few words.

        Args:
            message: one sentence that names the model.
            reason: why, without the model's name.
            hint: what fixes it.
            silent: whether the hub did not answer in time.
        """
        super().__init__(message, hint=hint)
        self.reason = reason
        self.silent = silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Files of one commit on this disk."""

    path: Path
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """What the hub says a model consists of."""

    commit: str
    sizes: dict[str, int]
    """Bytes by file name; 0 where the hub does not say."""


def is_repo_id(name: str) -> bool:
    """Whether a name can be that of a model on the hub."""
    return _REPO_ID.fullmatch(name) is not None and ".." not in name and "--" not in name


def cached(repo_id: str, revision: str | None = None) -> Snapshot | None:
    """The newest commit of that revision that is cached whole; asks no network.

    Args:
        repo_id: such as ``flax-community/gpt-neo-125M-apps``.
        revision: a branch, tag or commit; ``None``: ``main``.
    """
    folder = _repo_folder(repo_id)
    commit = _cached_commit(folder, revision or "main")
    if commit is None:
        return None
    path = folder / "snapshots" / commit
    return Snapshot(path=path, commit=commit) if is_whole(path) else None


def fetch(
    repo_id: str,
    revision: str | None = None,
    *,
    progress: FetchWatcher | None = None,
    with_code: bool = False,
    force: bool = False,
) -> Snapshot:
    """Fetch what is needed of a model, and say which commit it is.

    Args:
        repo_id: the model on the hub.
        revision: a branch, tag or commit; ``None``: ``main``.
        progress: told about bytes as they arrive.
        with_code: also fetch Python files, because the user trusts them.
        force: fetch files again even if they are cached.

    Raises:
        HubUnreachable: no usable answer within ``DECISION_S`` seconds, or the download broke.
        ModelError: there is no such model or revision, it is gated, or it can't be kept.
    """
    listing = _ask(repo_id, revision)
    names = tuple(_wanted(listing.sizes, with_code=with_code))
    if not any(_is_weights(name) for name in names):
        raise ModelError(
            f"{repo_id} has no weights that gptcc can read (safetensors, .bin, or Flax)",
            hint="choose another model or --revision; a .gguf file is fetched by hand and named",
        )
    total = sum(listing.sizes[name] for name in names) or None
    path = _download(repo_id, revision, names, total, progress, force=force)
    return Snapshot(path=path, commit=path.name)


def endpoint() -> str:
    """The address of the hub in use."""
    from huggingface_hub import constants

    return str(constants.ENDPOINT)


def hub_cache() -> Path:
    """Where the hub library keeps what it fetched."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser()


def is_whole(path: Path) -> bool:
    """Whether a snapshot has configuration, tokenizer and all weights, or a whole adapter."""
    # An interrupted download leaves some files: all weights must be there, and a tokenizer.
    if (path / ADAPTER_FILES[0]).is_file():
        return any((path / name).is_file() for name in ADAPTER_FILES[1:])
    tokenizers = ("tokenizer.json", "vocab.json", "tokenizer.model", "spiece.model", "vocab.txt")
    has_tokenizer = any((path / name).is_file() for name in tokenizers)
    has_weights = bool(checkpoint.weight_files(path)) or (path / checkpoint.FLAX).is_file()
    return (path / "config.json").is_file() and has_tokenizer and has_weights


def _ask(repo_id: str, revision: str | None) -> _Listing:
    # In a thread of its own: looking up the hub's name can hang far longer than any timeout
    # that the HTTP client knows.
    outcome: list[_Listing | Exception] = []

    def ask() -> None:
        from huggingface_hub import HfApi

        try:
            info = HfApi().model_info(
                repo_id, revision=revision, files_metadata=True, timeout=DECISION_S
            )
            sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
            outcome.append(_Listing(commit=info.sha or "", sizes=sizes))
        except Exception as error:  # noqa: BLE001 - explained in the caller's thread
            outcome.append(error)

    asking = threading.Thread(target=ask, name="ask-hub", daemon=True)
    asking.start()
    asking.join(DECISION_S)
    if not outcome:
        raise _unreachable(
            repo_id, f"{endpoint()} did not answer within {DECISION_S:.0f} s", silent=True
        )
    if isinstance(outcome[0], Exception):
        raise _explain(outcome[0], repo_id, revision) from outcome[0]
    return outcome[0]


def _wanted(names: Iterable[str], *, with_code: bool) -> Iterator[str]:
    here = [name for name in names if "/" not in name and not _UNWANTED.search(name)]
    for forms in (
        (r"model(-\d+-of-\d+)?\.safetensors", *ADAPTER_FILES[1:2]),
        (r"pytorch_model(-\d+-of-\d+)?\.bin", *ADAPTER_FILES[2:]),
        (r"flax_model(-\d+-of-\d+)?\.msgpack",),
    ):
        pattern = re.compile("|".join(forms))
        weights = [name for name in here if pattern.fullmatch(name)]
        if weights:
            yield from weights
            break
    for name in here:
        if _SMALL_FILES.fullmatch(name) or (with_code and name.endswith(".py")):
            yield name


def _is_weights(name: str) -> bool:
    return name.endswith((".safetensors", ".bin", ".msgpack"))


def _download(
    repo_id: str,
    revision: str | None,
    names: tuple[str, ...],
    total_bytes: int | None,
    progress: FetchWatcher | None,
    *,
    force: bool,
) -> Path:
    import logging

    from huggingface_hub import snapshot_download

    # What it would log about retries becomes our own sentence when they are used up.
    logging.getLogger("huggingface_hub").setLevel(logging.CRITICAL)
    try:
        path = snapshot_download(
            repo_id,
            revision=revision,
            allow_patterns=list(names),
            force_download=force,
            tqdm_class=_fetch_bar(f"fetching {repo_id}", total_bytes, progress),
        )
    except Exception as error:
        # Of one of two HTTP clients, of a downloader in Rust, or of the disk: no type unites them.
        raise _explain(error, repo_id, revision) from error
    return Path(path)


def _fetch_bar(what: str, total_bytes: int | None, progress: FetchWatcher | None) -> Any:
    """A progress bar class that draws nothing and passes bytes on."""
    from tqdm import tqdm

    class FetchBar(tqdm):  # type: ignore[misc, type-arg, unused-ignore]
        def __init__(self, *arguments: Any, **settings: Any) -> None:
            settings.pop("name", None)
            self.counts_bytes = settings.get("unit") == "B"
            self.seen_bytes = 0
            super().__init__(*arguments, **{**settings, "disable": True})

        def update(self, n: float | None = 1) -> bool | None:
            self.seen_bytes += int(n or 0)
            if self.counts_bytes and progress is not None:
                done = self.seen_bytes if total_bytes is None else min(self.seen_bytes, total_bytes)
                progress(Fetching(what=what, done_bytes=done, total_bytes=total_bytes))
            return None

    return FetchBar


def _explain(error: Exception, repo_id: str, revision: str | None) -> ModelError:
    from huggingface_hub import errors

    # What the library says after trying its cache hides the reason in its cause.
    reason = error
    while isinstance(reason, errors.LocalEntryNotFoundError) and reason.__cause__ is not None:
        reason = reason.__cause__  # type: ignore[assignment]
    if isinstance(reason, errors.GatedRepoError):
        return ModelError(
            f"{repo_id} is gated: the hub gives it only to accounts that accepted its terms",
            hint="accept them on the model's page, then set HF_TOKEN or run `hf auth login`",
        )
    if isinstance(reason, errors.RevisionNotFoundError):
        return ModelError(f"{repo_id} has no revision {revision}", hint="check --revision")
    if isinstance(reason, errors.RepositoryNotFoundError) or _status(reason) in (401, 404):
        return ModelError(
            f"there is no model {repo_id} on the hub, or it is private",
            hint="check the name; for a private model set HF_TOKEN or run `hf auth login`",
        )
    if isinstance(reason, errors.HFValidationError):
        return ModelError(f"{repo_id} can't be the name of a model", hint="owner/name is one")
    if isinstance(reason, errors.OfflineModeIsEnabled):
        return HubUnreachable(
            f"{repo_id} is not cached, and HF_HUB_OFFLINE forbids asking the hub",
            reason="HF_HUB_OFFLINE forbids asking the hub",
            hint="unset HF_HUB_OFFLINE, or use -m embedded",
        )
    if _is_about_disk(reason):
        return ModelError(
            f"{repo_id} can't be kept in {hub_cache()}: {checkpoint.first_line(reason)}",
            hint="make room there, or set HF_HOME to another directory",
        )
    return _unreachable(repo_id, f"{endpoint()}: {checkpoint.first_line(reason)}")


def _unreachable(repo_id: str, reason: str, *, silent: bool = False) -> HubUnreachable:
    return HubUnreachable(
        f"{repo_id} can't be fetched: {reason}",
        reason=reason,
        hint="check the network, HF_ENDPOINT and the proxy; -m embedded needs no hub",
        silent=silent,
    )


def _is_about_disk(error: Exception) -> bool:
    if isinstance(error, ConnectionError | TimeoutError) or _status(error) is not None:
        return False
    return isinstance(error, OSError) and error.errno is not None


def _status(error: Exception) -> int | None:
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def _repo_folder(repo_id: str) -> Path:
    return hub_cache() / ("models--" + repo_id.replace("/", "--"))


def _cached_commit(folder: Path, revision: str) -> str | None:
    if _COMMIT.fullmatch(revision):
        return revision
    try:
        return (folder / "refs" / revision).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
