"""Every option of every command, defined once, and the table of commands.

A command is a frozen dataclass whose fields carry name, type, default, help, bounds and
environment variable (``definition``). The command line, the settings files, ``gptcc config`` and
the reference pages are derived from them. Does not parse a command line (``cli``) and does no work
(``commands``). Standard library only; a command's module is imported when the command is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """One command: where its options and its work are, as ``module:name``."""

    options: str
    run: str
    summary: str
    """The first line of its help."""

    @property
    def options_type(self) -> Any:
        """The options class."""
        module, _, name = self.options.partition(":")
        return getattr(import_module(f"gptcc_cli.options.{module}"), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEntry:
    """A group of commands."""

    summary: str
    commands: "Mapping[str, CommandEntry]"


def _entry(options: str, run: str, summary: str) -> CommandEntry:
    return CommandEntry(options=options, run=run, summary=summary)


COMMANDS: dict[str, CommandEntry | GroupEntry] = {
    "solve": _entry(
        "solve:SolveOptions",
        "solve:run",
        "Find a program that passes the problem's samples, and print it.",
    ),
    "check": _entry(
        "check:CheckOptions",
        "check:run",
        "Run solutions on their problem's samples and on the tests next to them.",
    ),
    "samples": _entry(
        "problems:SamplesOptions",
        "problems:samples",
        "Show the samples found in a statement, and where.",
    ),
    "prompt": _entry(
        "tools:PromptOptions",
        "tools:prompt",
        "Show exactly what the model would read, byte for byte.",
    ),
    "listen": _entry(
        "problems:ListenOptions",
        "problems:listen",
        "Receive problems from the Competitive Companion browser extension and save them.",
    ),
    "init": _entry(
        "problems:InitOptions",
        "problems:init",
        "Set up a workspace: problems, settings, and pre-commit hooks.",
    ),
    "new": _entry(
        "problems:NewOptions",
        "problems:new",
        "Create a problem's directory: its statement, tests, and starter code.",
    ),
    "eval": _entry(
        "evaluate:EvalOptions",
        "evaluate:evaluate",
        "Write programs for a benchmark, grade them, and report pass@k.",
    ),
    "grade": _entry(
        "evaluate:GradeOptions",
        "evaluate:grade",
        "Grade completions from elsewhere, or a benchmark's own solutions with --references.",
    ),
    "train": _entry(
        "train:TrainOptions", "train:run", "Fine-tune a model on problems with solutions."
    ),
    "doctor": _entry(
        "tools:DoctorOptions",
        "tools:doctor",
        "Test what works on this machine: device, 8-bit weights, hub, sandbox and grader.",
    ),
    "history": GroupEntry(
        summary="List, show, search and replay past runs.",
        commands={
            "list": _entry(
                "history:HistoryListOptions", "history:list_runs", "List past runs, newest first."
            ),
            "show": _entry(
                "history:HistoryShowOptions",
                "history:show",
                "Show one run: its problem, config, programs with verdicts, and the answer.",
            ),
            "search": _entry(
                "history:HistorySearchOptions",
                "history:search",
                "Find past runs by words in their statements and programs, newest first.",
            ),
            "replay": _entry(
                "history:HistoryReplayOptions",
                "replay:run",
                "Re-run a past run from its recorded completions, and compare the results.",
            ),
            "export": _entry(
                "history:HistoryExportOptions",
                "history:export",
                "Write completions as JSON lines, for gptcc solve --replay and gptcc grade.",
            ),
            "prune": _entry(
                "history:HistoryPruneOptions",
                "history:prune",
                "Delete past runs permanently and shrink the file. Running ones are kept.",
            ),
        },
    ),
    "models": GroupEntry(
        summary="List, download and inspect models.",
        commands={
            "list": _entry(
                "tools:ModelsListOptions",
                "tools:list_models",
                "List the models on this disk. Uses no network.",
            ),
            "pull": _entry(
                "tools:ModelsPullOptions",
                "tools:pull_model",
                "Download the newest commit of a model; verify and repair the embedded one.",
            ),
            "info": _entry(
                "tools:ModelsInfoOptions",
                "tools:show_model",
                "Show what a model is and how it would run here, without reading its weights.",
            ),
        },
    ),
    "config": GroupEntry(
        summary="Show settings and where they come from.",
        commands={
            "show": _entry(
                "tools:ConfigShowOptions",
                "tools:show_config",
                "Show every setting, its value, and where it comes from.",
            ),
            "path": _entry(
                "tools:ConfigPathOptions",
                "tools:show_config_path",
                "Show the files that settings are read from.",
            ),
        },
    ),
}
"""Every command, in the order that ``gptcc --help`` shows them."""


def commands_below(
    table: Mapping[str, CommandEntry | GroupEntry] = COMMANDS, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], CommandEntry]]:
    """Yield every command with its words, such as ``("models", "pull")``."""
    for name, entry in table.items():
        if isinstance(entry, GroupEntry):
            yield from commands_below(entry.commands, (*above, name))
        else:
            yield (*above, name), entry
