"""``gptcc prompt``, ``doctor``, ``models`` and ``config``: what gptcc has and would do here."""

from typing import Any

from gptcc_cli import api
from gptcc_cli.commands import find_model, named_or_piped, reporter_of
from gptcc_cli.console.reporter import write_answer, write_exactly, write_json
from gptcc_cli.errors import ExitCode
from gptcc_cli.options.shared import ModelOptions
from gptcc_cli.options.tools import (
    ConfigPathOptions,
    ConfigShowOptions,
    DoctorOptions,
    ModelsInfoOptions,
    ModelsListOptions,
    ModelsPullOptions,
    PromptOptions,
)


def prompt(options: PromptOptions) -> None:
    """Print the prompt of each problem.

    Raises:
        ProblemError: the problem can't be read, or does not fit the model's window.
        ModelError: the model's tokenizer can't be loaded.
        UsageError: the template can't be read, or does not suit the model.
    """
    from gptcc_cli.candidate_sources import prompt_maker
    from gptcc_cli.models import context_length, load_tokenizer
    from gptcc_cli.prompting import load_template
    from gptcc_cli.tasks import read_tasks

    reporter = reporter_of(options.report)
    names = named_or_piped([options.problem], "prompt")
    tasks = list(read_tasks(names, starter=options.starter, warn=reporter.warn))
    template = None if options.template is None else load_template(options.template)
    model = ModelOptions(
        model=options.model,
        revision=options.revision,
        trust_remote_code=options.trust_remote_code,
    )
    found = find_model(api.model_spec(model), reporter)
    tokenizer = load_tokenizer(found)
    window, _ = context_length(found)
    make = prompt_maker(
        found, tokenizer, template=template, window=window, max_new_tokens=options.max_new_tokens
    )
    commit = f"@{found.commit[:7]}" if found.commit else ""
    for task in tasks:
        prompts = make(task.problem)
        for number, one in enumerate(prompts, start=1):
            form = f", form {number} of {len(prompts)}" if len(prompts) > 1 else ""
            _show_prompt(one, task.problem.id, tokenizer, options)
            reporter.info(
                f"{task.problem.id}: template {one.template.name}{form}, {one.n_tokens} of "
                f"{window} tokens of {found.name}{commit}"
            )
            for part in one.dropped:
                words = " ".join(part.split())
                words = words if len(words) <= 60 else words[:57] + "..."
                reporter.warn(f"left out to fit the window: {words}")


def doctor(options: DoctorOptions) -> ExitCode:
    """Print what works here; return 6 if something that must work does not."""
    from gptcc_cli.console.records import finding_record
    from gptcc_cli.diagnosis import State, examine

    broken = False
    for finding in examine():
        broken = broken or finding.state is State.BROKEN
        if options.as_json:
            write_json("gptcc.finding/1", finding_record(finding))
        elif not options.quiet or finding.state is State.BROKEN:
            write_answer(
                f"{finding.state.value:<7}{finding.area:<9}{finding.name}: {finding.detail}"
            )
    return ExitCode.REFUSED if broken else ExitCode.DONE


def list_models(options: ModelsListOptions) -> None:
    """Print the models on this disk, one per line."""
    from gptcc_cli.models import list_cached

    found = list_cached()
    if options.as_json:
        for model in found:
            record = {
                "name": model.name,
                "kind": model.kind,
                "revisions": list(model.revisions),
                "commit": model.commit,
                "path": str(model.path),
                "size_bytes": model.size_bytes,
                "usable": model.usable,
            }
            write_json("gptcc.model/1", record)
        return
    if not found:
        write_answer("no models yet: gptcc models pull embedded")
        return
    rows = [
        (model.name, _state(model), f"{model.size_bytes / 1e6:,.0f} MB", str(model.path))
        for model in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        write_answer("  ".join([*cells, row[3]]))


def pull_model(options: ModelsPullOptions) -> None:
    """Download a model and print where it is.

    Raises:
        ModelError: there is no such model, or it can't be downloaded now.
    """
    from gptcc_cli.console.reporter import FetchView
    from gptcc_cli.models import DEFAULT_MODEL, ModelSpec, pull

    reporter = reporter_of(options.report)
    spec = ModelSpec(
        name=options.model or DEFAULT_MODEL,
        revision=options.revision,
        explicit=True,
        trust_remote_code=options.trust_remote_code,
    )
    with FetchView(reporter) as view:
        found = pull(spec, progress=view, force=options.force)
    if found.notice:
        reporter.info(f"note: {found.notice}")
    if options.report.as_json:
        write_json("gptcc.model/1", _found_record(found))
        return
    commit = f" at commit {found.commit}" if found.commit else ""
    reporter.info(f"{found.name}{commit} is ready")
    write_answer(str(found.path))


def show_model(options: ModelsInfoOptions) -> None:
    """Print what a model is and how it would run here.

    Raises:
        ModelError: there is no such model, or it can't run as asked.
        UsageError: the dtype or device does not exist.
    """
    from gptcc_cli.models import count_parameters, load

    model = ModelOptions(
        model=options.model,
        revision=options.revision,
        quantize=options.quantize,
        device=options.device,
        dtype=options.dtype,
    )
    found = find_model(api.model_spec(model), reporter_of(options.report))
    loaded = load(found)
    facts: dict[str, Any] = {
        **_found_record(found),
        "architecture": str((loaded.config.get("architectures") or ["unknown"])[0]),
        "parameters": count_parameters(found),
        "context_tokens": loaded.context_length,
        "vocabulary": loaded.tokenizer.vocab_size,
        "chat": loaded.tokenizer.chat_template is not None,
        "end_tokens": sorted(loaded.end_tokens),
        "device": loaded.device,
        "dtype": loaded.dtype,
        "quantize": loaded.quantize.value,
        "notes": list(loaded.notes),
    }
    if options.report.as_json:
        write_json("gptcc.model/1", facts)
        return
    for name, value in facts.items():
        if value is not None and value != []:
            shown = "; ".join(map(str, value)) if isinstance(value, list) else value
            write_answer(f"{name.replace('_', ' ')}: {shown}")


def show_config(options: ConfigShowOptions) -> None:
    """Print every setting with its value and where that comes from.

    Raises:
        UsageError: a file sets what is no setting, or a value that can't be.
    """
    from gptcc_cli.options.settings import settings_here

    settings = settings_here()
    if options.as_json:
        for setting in settings:
            record = {"name": setting.name, "value": setting.value, "where": setting.where}
            write_json("gptcc.setting/1", record)
        return
    rows = [(setting.name, _shown_value(setting.value), setting.where) for setting in settings]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"{name:<{widths[0]}}  {value:<{widths[1]}}  {where}" for name, value, where in rows]
    write_answer("\n".join(lines))


def show_config_path(_: ConfigPathOptions) -> None:
    """Print the files that settings are read from, and where the user's would be."""
    from gptcc_cli.options.settings import project_file, user_place

    write_answer(f"project: {project_file() or 'none'}")
    place = user_place()
    write_answer(f"user: {place}{'' if place.is_file() else ' (not there)'}")


def _show_prompt(prompt: Any, problem_id: str, tokenizer: Any, options: PromptOptions) -> None:
    ids = tokenizer.encode(prompt.text, add_special_tokens=not prompt.template.chat)
    if options.report.as_json:
        write_json(
            "gptcc.prompt/1",
            {
                "problem": problem_id,
                "text": prompt.text,
                "tokens": ids,
                "template": prompt.template.name,
                "template_sha256": prompt.template.sha256,
                "stop": list(prompt.template.stop_strings),
                "program_begins": prompt.prefix,
                "dropped": list(prompt.dropped),
            },
        )
    elif options.tokens:
        for number in ids:
            text = tokenizer.decode([number], skip_special_tokens=False)
            write_answer(f"{number}\t{text!r}")
    else:
        # Nothing added, so that it can be compared byte for byte with what the model reads.
        write_exactly(prompt.text)


def _found_record(found: Any) -> dict[str, Any]:
    return {
        "name": found.name,
        "commit": found.commit,
        "path": str(found.path),
        "embedded": found.embedded,
    }


def _state(model: Any) -> str:
    if not model.usable:
        return "incomplete"
    if model.commit is None:
        return str(model.kind)
    named = ", ".join(model.revisions)
    return f"{named} = {model.commit[:7]}" if named else str(model.commit[:7])


def _shown_value(value: Any) -> str:
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)
