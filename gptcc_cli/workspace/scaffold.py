"""The files of a new workspace and of a new problem, and how they come into a directory.

What exists is kept, or merged where that is possible; what would change can be shown first. An
existing ``.pre-commit-config.yaml`` is changed as text, so that its comments, order and line ends
stay; lines are only added. The hooks run the ``gptcc`` on PATH (``language: unsupported``, which
pre-commit called ``system`` before), so that no second environment with torch is built.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gptcc_cli.atomic_writes import write_atomically
from gptcc_cli.errors import OutputError, UsageError

CONFIG_NAME = ".pre-commit-config.yaml"

_HOOKS = """\
- repo: local
  hooks:
    - id: gptcc-check
      name: solutions pass their samples
      entry: gptcc check --hook
      language: unsupported
      files: ^problems/
      require_serial: true
    - id: gptcc-problems
      name: statements and tests can be read
      entry: gptcc check --problems --hook
      language: unsupported
      files: ^problems/
      require_serial: true
    - id: gptcc-check-all
      name: every solution passes every test
      entry: gptcc check --all --hook --mutated 8
      language: unsupported
      pass_filenames: false
      always_run: true
      verbose: true
      stages: [pre-push]
    - id: gptcc-solve
      name: fill in missing solutions
      entry: gptcc solve --fill problems
      language: unsupported
      pass_filenames: false
      always_run: true
      verbose: true
      stages: [manual]
"""
_TOP_LEVEL = re.compile(r"[^\s#-]")
_ITEM = re.compile(r"( *)- ")
_SETTINGS = """\
# Settings of gptcc for everyone who works here; `gptcc config show` shows where each comes from.
# Any option with a GPTCC_ variable is a setting, such as:
#
# model = "flax-community/gpt-neo-125M-apps"
# time-limit = "4s"
#
# [solve]
# number = 64
"""
_IGNORED = ("__pycache__/", "gptcc-runs/")
_README = """\
# Problems

One directory a problem:

    problems/NAME/problem.md             the statement, with its samples
    problems/NAME/tests/more.in, .out    further tests, in pairs
    problems/NAME/solution.py            a program that passes them all

`gptcc new NAME` makes a directory, `gptcc check problems/NAME` runs its solutions, and
`gptcc solve --fill problems` looks for those that are missing.
"""
_EXAMPLE = """\
# The sum of two numbers

Read two integers, a and b, and print their sum.

## Input

One line with the integers a and b (-1000 <= a, b <= 1000).

## Output

Print a + b.

## Example

Input:

    3 4

Output:

    7
"""
_SOLUTION = """\
a, b = map(int, input().split())
print(a + b)
"""
_BLANK = """\
# {title}

Say here what is asked.

## Input

## Output

## Example

Input:

    replace this

Output:

    and this
"""
_WORKFLOW = """\
name: gptcc
on: [push, pull_request]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: pip install gptcc
      - run: gptcc check --problems problems
      - run: gptcc check --all --format github
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file, before and after."""

    path: Path
    before: str | None
    """``None``: there is no such file."""
    after: str

    @property
    def kind(self) -> str:
        """``create``, ``change`` or ``keep``."""
        if self.before is None:
            return "create"
        return "keep" if self.before == self.after else "change"

    def diff(self) -> str:
        """Return what changes in an existing file, as a unified diff."""
        name = self.path.as_posix()
        lines = difflib.unified_diff(
            (self.before or "").splitlines(), self.after.splitlines(), name, name, lineterm=""
        )
        return "\n".join(lines)


def workspace_changes(root: Path, *, github: bool, force: bool) -> tuple[Change, ...]:
    """Return what makes a directory a workspace.

    Args:
        root: the directory; it need not exist.
        github: also a workflow for GitHub.
        force: write gptcc's own files anew where they were changed.

    Raises:
        UsageError: hooks can't be added to the configuration that is there.
        OutputError: a file that is there can't be read.
    """
    whole = {
        "gptcc.toml": _SETTINGS,
        "problems/README.md": _README,
        "problems/example-sum/problem.md": _EXAMPLE,
        "problems/example-sum/tests/sample-1.in": "3 4\n",
        "problems/example-sum/tests/sample-1.out": "7\n",
        "problems/example-sum/solution.py": _SOLUTION,
    }
    if github:
        whole[".github/workflows/gptcc.yml"] = _WORKFLOW
    changes = []
    for name, text in whole.items():
        before = _text(root / name)
        after = text if before is None or force else before
        changes.append(Change(path=root / name, before=before, after=after))
    for name, merge in ((CONFIG_NAME, with_hooks), (".gitignore", _with_ignored)):
        before = _text(root / name)
        changes.append(Change(path=root / name, before=before, after=merge(before)))
    return tuple(sorted(changes, key=lambda change: change.path))


def blank_problem(name: str) -> str:
    """Return a statement to fill in."""
    return _BLANK.format(title=name.replace("-", " ").replace("_", " ").capitalize())


def write_changes(changes: tuple[Change, ...]) -> None:
    """Write what is created or changed, each file whole or not at all.

    Raises:
        OutputError: a file can't be written.
    """
    for change in changes:
        if change.kind != "keep":
            _write(change.path, change.after)


def write_new(directory: Path, files: Mapping[str, str]) -> None:
    """Write the files of a directory that does not exist yet.

    Raises:
        OutputError: it can't be written.
    """
    for name, text in files.items():
        _write(directory / name, text)


def _with_ignored(existing: str | None) -> str:
    lines = (existing or "").splitlines()
    missing = [line for line in _IGNORED if line not in lines and line.rstrip("/") not in lines]
    if not missing:
        return existing or ""
    begin = existing if not existing or existing.endswith("\n") else existing + "\n"
    return (begin or "") + "".join(f"{line}\n" for line in missing)


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise OutputError(
            f"{str(path)!r} is there and can't be read: {reason}", hint="move it away, or mend it"
        ) from error


def _write(path: Path, text: str) -> None:
    write_atomically(path, text, make_parents=True, hint="choose a directory that can be written")


def with_hooks(existing: str | None) -> str:
    """Return a pre-commit configuration with gptcc's hooks; unchanged if it has any of them.

    Args:
        existing: the text of the configuration; ``None``: there is none.

    Raises:
        UsageError: its list of repositories is written in a way that no lines can be added to.
    """
    if existing is None:
        return f"repos:\n{_indented(_HOOKS, '  ')}"
    if re.search(r"\bid:\s*['\"]?gptcc-", existing):
        return existing
    lines = existing.splitlines()
    begin = next((n for n, line in enumerate(lines) if re.match(r"repos\s*:", line)), None)
    if begin is None:
        merged = [*lines, "repos:", *_indented(_HOOKS, "  ").splitlines()]
        return _joined(merged, existing)
    rest = lines[begin].partition(":")[2].partition("#")[0].strip()
    if rest == "[]":
        lines[begin] = "repos:"
    elif rest:
        raise UsageError(
            f"{CONFIG_NAME} lists its repositories on one line, and nothing can be added to it",
            hint="write each repository of `repos:` on lines of its own, then run this again",
        )
    end, indent = _end_of_list(lines, begin + 1)
    merged = [*lines[:end], *_indented(_HOOKS, indent).splitlines(), *lines[end:]]
    return _joined(merged, existing)


def _end_of_list(lines: list[str], begin: int) -> tuple[int, str]:
    """Return the line after the last of the list, and how far its items are indented."""
    end, indent = begin, None
    for number in range(begin, len(lines)):
        line = lines[number]
        if _TOP_LEVEL.match(line) and line != "---":
            break
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if indent is None and (item := _ITEM.match(line)):
            indent = item[1]
        end = number + 1
    return end, "  " if indent is None else indent


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}" for line in text.splitlines(keepends=True))


def _joined(lines: list[str], existing: str) -> str:
    return ("\r\n" if "\r\n" in existing else "\n").join([*lines, ""])
