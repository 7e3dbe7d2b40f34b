"""Count files and lines of code by package: ``python -m tests.documentation.count_lines [ROOT]``.

A line of code holds a token that is neither a comment nor part of a docstring. Blank lines don't
count, so that neither spacing nor documentation makes code look longer.
"""

import ast
import io
import sys
import tokenize
from collections import Counter
from pathlib import Path

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def count(source: str) -> int:
    """Return how many lines of a module's text hold code."""
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            code.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        match node:
            # A string on its own: a docstring, of a module, a class, a function or a field.
            case ast.Expr(value=ast.Constant(value=str()), end_lineno=int(last)):
                code -= set(range(node.lineno, last + 1))
    lines = source.splitlines()
    return sum(1 for number in code if lines[number - 1].strip())


def main() -> None:
    """Print a line for each package, and the sum."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "gptcc_cli")
    files: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).parts
        package = parts[0] if len(parts) > 1 else "modules"
        files[package] += 1
        lines[package] += count(path.read_text(encoding="utf-8"))
    for package in sorted(files):
        sys.stdout.write(f"{package:18} {files[package]:4} files {lines[package]:6} lines\n")
    sys.stdout.write(f"{'total':18} {files.total():4} files {lines.total():6} lines\n")


if __name__ == "__main__":
    main()
