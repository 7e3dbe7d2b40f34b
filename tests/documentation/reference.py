"""The reference pages that follow from the code, so that they can't drift from it.

    python -m tests.documentation.reference

writes ``docs/reference/{commands,configuration,exit-codes}.md``, ``schemas.json`` and the manual
page; a test compares them with the files.
"""

import ast
import contextlib
import inspect
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gptcc_cli
from gptcc_cli import errors
from gptcc_cli.cli import run
from gptcc_cli.cli.app import make_app
from gptcc_cli.errors import ExitCode
from gptcc_cli.options.settings import USER_ONLY, Setting, all_settings
from tests.documentation.schemas import schemas

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
NOTE = "<!-- Written by `python -m tests.documentation.reference`; change the code instead. -->\n"

Command = tuple[str, ...]


def pages() -> dict[Path, str]:
    """Return every generated page by its place."""
    return {
        REFERENCE / "commands.md": _commands_page(),
        REFERENCE / "configuration.md": _configuration_page(),
        REFERENCE / "exit-codes.md": _exit_codes_page(),
        REFERENCE / "gptcc.1": _manual_page(),
        REFERENCE / "schemas.json": schemas(),
    }


def all_commands() -> list[tuple[Command, Any]]:
    """Return every command with its words, groups before what is in them."""
    return [((), _root()), *_below(_root(), ())]


def exit_codes() -> dict[ExitCode, str]:
    """Return each exit code with the sentence that stands under it in the code."""
    (tree,) = ast.parse(inspect.getsource(ExitCode)).body
    assert isinstance(tree, ast.ClassDef)
    names: dict[ExitCode, str] = {}
    for statement, after in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(statement, ast.Assign) and isinstance(after, ast.Expr):
            assert isinstance(statement.targets[0], ast.Name)
            assert isinstance(after.value, ast.Constant)
            names[ExitCode[statement.targets[0].id]] = str(after.value.value)
    return names


def _commands_page() -> str:
    parts = ["# Commands\n", NOTE]
    for words, _ in all_commands():
        name = " ".join(["gptcc", *words])
        parts.append(f"## {name}\n\n```text\n{_help(words)}```\n")
    return "\n".join(parts)


def _configuration_page() -> str:
    by_key: dict[str, list[Setting]] = {}
    for setting in all_settings():
        by_key.setdefault(setting.key, []).append(setting)
    rows = []
    for key, settings in sorted(by_key.items()):
        commands = ", ".join(sorted({" ".join(setting.command) for setting in settings}))
        definition = settings[0].parameter.definition
        text = definition.help.replace("|", "\\|")
        star = " (not in a project's file)" if key in USER_ONLY else ""
        rows.append(f"| `{key}`{star} | `{definition.envvar}` | {commands} | {text} |")
    return "\n".join(
        [
            "# Settings",
            "",
            NOTE,
            "An option on the command line comes first, then its environment variable, then the",
            "project's file, then the user's, then the default. The project's file is the nearest",
            "`gptcc.toml`, or `pyproject.toml` with `[tool.gptcc]`, at or above the current",
            "directory and within its repository; the user's is `~/.config/gptcc/config.toml`.",
            "`gptcc config show` tells every value and where it comes from.",
            "",
            "```toml",
            'time-limit = "2s"     # for every command that has the option',
            "",
            "[solve]               # for this command alone",
            "number = 64",
            "```",
            "",
            "An unknown key is an error that names the nearest known one. Options without an",
            "environment variable, such as `--unsafe`, are no settings: they are asked for each",
            "time.",
            "",
            "| setting | environment | commands | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
            "Also respected: `GPTCC_EXEC=0` forbids running programs, `GPTCC_CACHE` is where",
            "converted models and results of checks are kept, `GPTCC_API_KEY` or `OPENAI_API_KEY`",
            "is the key of an endpoint, `GPTCC_KERNELS=0` leaves all arithmetic to torch and not",
            "to kernels that `CC` (or `cc`) compiles once, `OMP_WAIT_POLICY` and `GOMP_SPINCOUNT`",
            "say how threads wait for each other; `HF_HOME`, `HF_TOKEN`, `HF_HUB_OFFLINE`,",
            "`NO_COLOR` and the XDG directories mean what they mean elsewhere.",
            "",
        ]
    )


def _exit_codes_page() -> str:
    tree = inspect.getdoc(errors) or ""
    drawn = "\n".join(line for line in tree.splitlines() if re.match(r"\s*(GptccError|[├└])", line))
    rows = [f"| {int(code)} | `{code.name}` | {text} |" for code, text in exit_codes().items()]
    return "\n".join(
        [
            "# Exit codes",
            "",
            NOTE,
            "| code | name | meaning |",
            "|---|---|---|",
            *rows,
            "",
            "Where several files or problems differ, the most severe code is returned. With",
            "`--hook`, `gptcc check` warns and ends with 0 where nothing could be verified;",
            "`--strict` makes that 1.",
            "",
            "An error is one sentence and a hint on standard error; with `--json` it is a line",
            "`gptcc.error/1` on standard output, with the same exit code. Errors by their code:",
            "",
            "```text",
            inspect.cleandoc(drawn),
            "```",
            "",
        ]
    )


def _manual_page() -> str:
    lines = [
        f'.TH GPTCC 1 "" "gptcc {gptcc_cli.__version__}" "User Commands"',
        ".SH NAME",
        r"gptcc \- write programs for a problem, and print one that passes its samples",
        ".SH SYNOPSIS",
        ".B gptcc",
        r"\fICOMMAND\fR [\fIOPTIONS\fR] [\fIARGUMENTS\fR]",
        ".SH DESCRIPTION",
        *_roff(inspect.cleandoc(_root().help or "")),
        ".SH COMMANDS",
    ]
    for words, command in all_commands()[1:]:
        lines += [f".SS gptcc {' '.join(words)}", *_roff(inspect.cleandoc(command.help or ""))]
        for parameter in getattr(command, "params", ()):
            if parameter.param_type_name == "option" and parameter.help:
                names = ", ".join(sorted(parameter.opts, key=len))
                lines += [".TP", rf"\fB{_escaped(names)}\fR", *_roff(parameter.help)]
    lines.append(".SH EXIT STATUS")
    for code, text in exit_codes().items():
        lines += [".TP", f".B {int(code)}", *_roff(text.replace("``", ""))]
    lines += [
        ".SH ENVIRONMENT",
        "Most options have a variable GPTCC_*; \\fBgptcc config show\\fR lists them.",
        ".SH FILES",
        ".TP",
        ".I gptcc.toml",
        "Settings of a project.",
        ".TP",
        ".I ~/.config/gptcc/config.toml",
        "Settings of the user.",
        "",
    ]
    return "\n".join(lines)


def _roff(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield _escaped(line) if line.strip() else ".PP"


def _escaped(text: str) -> str:
    safe = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{safe}" if safe.startswith((".", "'")) else safe


def _help(words: Command) -> str:
    """Return what ``--help`` prints in a terminal of 80 columns."""
    was = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "82"
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            code = run([*words, "--help"])
    finally:
        os.environ.pop("COLUMNS") if was is None else os.environ.update(COLUMNS=was)
    assert code == 0, words
    return said.getvalue()


def _root() -> Any:
    return make_app()


def _below(group: Any, words: Command) -> Iterator[tuple[Command, Any]]:
    for name, command in group.commands.items():
        yield (*words, name), command
        if hasattr(command, "commands"):
            yield from _below(command, (*words, name))


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
