"""What ``gptcc models`` does, behind its options."""

from typing import Any

from gptcc_cli.console import Reporter, write_answer, write_json
from gptcc_cli.console.reporter import FetchView
from gptcc_cli.models import (
    DEFAULT_MODEL,
    CachedModel,
    FoundModel,
    ModelSpec,
    count_parameters,
    find,
    list_cached,
    load,
    pull,
)


def run_list(*, as_json: bool) -> None:
    """Print the models on this disk, one a line."""
    found = list_cached()
    if as_json:
        for model in found:
            write_json("gptcc.model/1", _record_of_cached(model))
        return
    if not found:
        write_answer("no models yet: gptcc models pull embedded")
        return
    rows = [(m.name, _state(m), f"{m.size_bytes / 1e6:,.0f} MB", str(m.path)) for m in found]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        write_answer("  ".join([*cells, row[3]]))


def run_pull(
    name: str | None,
    *,
    revision: str | None,
    trust_remote_code: bool,
    force: bool,
    as_json: bool,
    reporter: Reporter,
) -> None:
    """Fetch a model and print where it is.

    Raises:
        ModelError: there is no such model, or it can't be had now.
    """
    spec = ModelSpec(
        name=name or DEFAULT_MODEL,
        revision=revision,
        explicit=True,
        trust_remote_code=trust_remote_code,
    )
    with FetchView(reporter) as view:
        found = pull(spec, progress=view, force=force)
    if found.notice:
        reporter.info(f"note: {found.notice}")
    if as_json:
        write_json("gptcc.model/1", _record_of_found(found))
        return
    commit = f" at commit {found.commit}" if found.commit else ""
    reporter.info(f"{found.name}{commit} is ready")
    write_answer(str(found.path))


def run_info(spec: ModelSpec, *, as_json: bool, reporter: Reporter) -> None:
    """Print what a model is and how it would run here.

    Raises:
        ModelError: there is no such model, or it can't run as asked.
        UsageError: the dtype or device asked for does not exist.
    """
    with FetchView(reporter) as view:
        found = find(spec, progress=view)
    if found.notice:
        reporter.info(f"note: {found.notice}")
    loaded = load(found)
    numbers = count_parameters(found)
    facts: dict[str, Any] = {
        **_record_of_found(found),
        "architecture": str((loaded.config.get("architectures") or ["unknown"])[0]),
        "parameters": numbers,
        "context_tokens": loaded.context_length,
        "vocabulary": loaded.tokenizer.vocab_size,
        "chat": loaded.tokenizer.chat_template is not None,
        "end_tokens": sorted(loaded.end_tokens),
        "device": loaded.device,
        "dtype": loaded.dtype,
        "quantize": loaded.quantize.value,
        "notes": list(loaded.notes),
    }
    if as_json:
        write_json("gptcc.model/1", facts)
        return
    for name, value in facts.items():
        if value is None or value == []:
            continue
        shown = "; ".join(map(str, value)) if isinstance(value, list) else value
        write_answer(f"{name.replace('_', ' ')}: {shown}")


def _record_of_found(found: FoundModel) -> dict[str, Any]:
    return {
        "name": found.name,
        "commit": found.commit,
        "path": str(found.path),
        "embedded": found.embedded,
    }


def _record_of_cached(model: CachedModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "kind": model.kind,
        "revisions": list(model.revisions),
        "commit": model.commit,
        "path": str(model.path),
        "size_bytes": model.size_bytes,
        "usable": model.usable,
    }


def _state(model: CachedModel) -> str:
    if not model.usable:
        return "incomplete"
    if model.commit is None:
        return model.kind
    named = ", ".join(model.revisions)
    return f"{named} = {model.commit[:7]}" if named else model.commit[:7]
