"""How well real statements are read, against what their own repositories say.

Each argument is a repository, fetched or cloned, bare or with its files. Its kind is told by its
name, and each kind has a reader of the truth that shares nothing with gptcc:

| name holds | what is read | truth |
|---|---|---|
| leetcode | ``README.md`` (Chinese), ``README_EN.md``, whole and as text | the HTML's examples |
| competitive-companion | what the extension sends | its own tests |
| yandex | ``*_task.md`` | the indented blocks below its headings |
| geeksforgeeks, gfg | notes | the mode alone: a function is asked for |
| codewars, leethub | ``README.md`` | the mode alone |

    python -m tests.benchmarks.bench_reading REPOSITORY... [--most 500] [--show]

Prints how many are exact, partial, wrong (a trusted sample that is not the truth, or the wrong
mode), suspect (what was read says itself that it is not to be trusted) and none.
"""

import argparse
import ast
import html
import json
import random
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import Mode, Problem
from gptcc_cli.reading import understand
from gptcc_cli.sources.places import sources_from_text

Truth = list[tuple[Any, Any]]


def main() -> None:
    """Print one line for each repository and kind of file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=500, help="files of each kind, drawn at random")
    parser.add_argument("--show", action="store_true", help="print what is not exact")
    options = parser.parse_args()
    print(f"{'repository':42} {'read':>5} {'exact':>6} {'partial':>7} {'wrong':>5} "
          f"{'suspect':>7} {'none':>5}")  # fmt: skip
    for repository in options.repositories:
        counts: dict[str, Counter[str]] = {}
        for kind, name, text, truth in _cases(repository, options.most):
            verdict = judge(text, name, truth)
            counts.setdefault(kind, Counter())[verdict] += 1
            if options.show and verdict != "exact":
                print(f"  {verdict}: {kind}: {name}")
        for kind, count in counts.items():
            n = count.total()
            cells = [count[key] for key in ("exact", "partial", "wrong", "suspect", "none")]
            title = f"{repository.parent.name or repository.name}: {kind}"[:42]
            print(
                f"{title:42} {n:5} {cells[0]:6} {cells[1]:7} {cells[2]:5} {cells[3]:7} {cells[4]:5}"
            )


def judge(text: str, name: str, truth: Truth | None) -> str:
    """Say how a statement is read; without a truth, by the mode alone."""
    try:
        problem = understand(sources_from_text(text, name="x", origin=name)[0]).problem
    except ProblemError:
        return "none" if truth is None or truth else "exact"
    trusted = [(_plain(s.input), _plain(s.expected)) for s in problem.trusted_samples]
    if truth is None:
        return _by_mode(problem, trusted)
    if trusted == truth:
        return "exact"
    if any(pair not in truth for pair in trusted):
        return "wrong"
    if trusted:
        return "partial"
    return "suspect" if problem.samples else "none"


def _by_mode(problem: Problem, trusted: Truth) -> str:
    if problem.mode is Mode.CALL:
        return "exact"
    return "wrong" if trusted else "suspect" if problem.samples else "none"


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return "\n".join(line.rstrip() for line in value.strip().split("\n"))
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _cases(repository: Path, most: int) -> Iterator[tuple[str, str, str, Truth | None]]:
    """Yield kind, name, text and truth of the files to read."""
    where = str(repository).lower()
    files = list(_files(repository))
    random.Random(0).shuffle(files)
    if "companion" in where:
        yield from _companion(repository, files)
    elif "leethub" in where or "codewars" in where:
        for path in [path for path in files if path.endswith("README.md")][:most]:
            yield "README", path, _text(repository, path), None
    elif "leetcode" in where:
        for language, ending in (("Chinese", "/README.md"), ("English", "/README_EN.md")):
            yield from _leetcode(repository, files, language, ending, most)
    elif "yandex" in where:
        for path in [path for path in files if path.endswith("_task.md")][:most]:
            text = _text(repository, path)
            truth = _yandex(text)
            if truth is not None:
                yield "task", path, text, truth
    else:
        for path in [path for path in files if path.lower().endswith(".md")][:most]:
            text = _text(repository, path)
            if re.search(r"(?i)\bexample", text) and re.search(r"(?i)\binput\b", text):
                yield "note", path, text, None


def _companion(repository: Path, files: list[str]) -> Iterator[tuple[str, str, str, Truth | None]]:
    for path in files:
        if "/data/" in path and path.endswith(".json"):
            result = json.loads(_text(repository, path)).get("result")
            if isinstance(result, dict):
                tests = [(_plain(t["input"]), _plain(t["output"])) for t in result["tests"]]
                yield "payload", path, json.dumps(result), tests


def _leetcode(
    repository: Path, files: list[str], language: str, ending: str, most: int
) -> Iterator[tuple[str, str, str, Truth | None]]:
    """Yield the whole file, and its description as the text a reader would copy."""
    chosen = [path for path in files if "solution/" in path and path.endswith(ending)][:most]
    for path in chosen:
        text = _text(repository, path)
        body = text.partition("<!-- description:start -->")[2]
        body = body.partition("<!-- description:end -->")[0]
        if not body:
            continue
        copied = html.unescape(re.sub(r"<[^<>]*>", "", body))
        truth = _leetcode_truth(copied, text)
        if truth is not None:
            typed = not truth and "class" in text
            yield f"{language}, whole file", path, text, None if typed else truth
            yield f"{language}, copied text", path, copied, truth


def _leetcode_truth(copied: str, text: str) -> Truth | None:
    """Return the examples; none for trees, lists, classes and SQL; ``None`` where not certain."""
    if re.search(r"(?:# |// |\* )Definition for|Write your MySQL|```sql|import pandas", text):
        return []
    if re.search(r'(?m)^\s*(?:Input|输入)\W*\s*\[\s*"[A-Z]\w*"', copied) or "obj = " in text:
        return []
    truth = []
    pattern = (
        r"(?:Input|输入)\s*[:：]\s*(.*?)\s*(?:Output|输出)\s*[:：]\s*(.*?)"
        r"\s*(?=\n\s*\n|\Z|Expl|解释)"
    )
    for match in re.finditer(pattern, copied, re.S):
        try:
            values = [_value(part) for part in _arguments(match.group(1))]
            truth.append((values, _value(match.group(2))))
        except (ValueError, SyntaxError):
            return None
    return truth or None


def _arguments(text: str) -> list[str]:
    """Cut ``a = 1, b = [2]`` at the names."""
    parts = re.split(r"(?:^|[,，\s])\s*[A-Za-z_]\w*\s*=\s*", text.strip())
    if len(parts) < 2 or parts[0].strip():
        raise ValueError(text)
    return [part.strip().rstrip(",，") for part in parts[1:]]


def _value(text: str) -> Any:
    names = {"true": "True", "false": "False", "null": "None"}
    text = re.sub(r"\b(?:true|false|null)\b", lambda match: names[match.group()], text.strip())
    return _plain(ast.literal_eval(text.strip()))


def _yandex(text: str) -> Truth | None:
    """Read the blocks of four blanks below ``### Ввод`` and ``### Вывод``."""
    blocks = re.findall(r"(?m)^#+ (Ввод|Вывод)\s*\n((?:(?: {4}.*| *)\n?)+)", text + "\n")
    sides = {"Ввод": [], "Вывод": []}  # type: dict[str, list[str]]
    for side, body in blocks:
        sides[side].append(_plain("\n".join(line[4:] for line in body.split("\n"))))
    given, expected = sides["Ввод"], sides["Вывод"]
    if len(given) != len(expected) or not all(given + expected):
        return None
    return list(zip(given, expected, strict=True))


def _files(repository: Path) -> Iterator[str]:
    done = subprocess.run(
        ["git", "-C", str(repository), "ls-tree", "-r", "-z", "--name-only", "HEAD"],
        capture_output=True, check=True,
    )  # fmt: skip
    yield from done.stdout.decode("utf-8", "replace").split("\0")


def _text(repository: Path, path: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), "show", f"HEAD:{path}"], capture_output=True, check=True
    )
    return done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")


if __name__ == "__main__":
    main()
