"""The hooks that ``gptcc init`` writes into ``.pre-commit-config.yaml``, keeping what is there.

An existing configuration is changed as text, so that its comments, order and line ends stay;
only lines are added. The hooks run the ``gptcc`` on PATH (``language: unsupported``, which
pre-commit called ``system`` before), so that no second environment with torch is built.
"""

import re

from gptcc_cli.errors import UsageError

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
