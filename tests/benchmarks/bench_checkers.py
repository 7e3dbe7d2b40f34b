"""How long the checkers take for sixteen megabytes, in the ways that could be slow.

Each row is a comparison that a hostile or an unlucky program can cause; none may grow faster
than its input, so each is measured at a quarter of the size, too.

    python -m tests.benchmarks.bench_checkers
"""

import json
import time
from collections.abc import Callable

from gptcc_cli.checkers import CheckerRules, compare_answer, compare_output
from gptcc_cli.problem import Order

SIZE = 16 << 20
FLOATS = CheckerRules(float_problem=True)
NO_CASE = CheckerRules(ignore_case=True)
ANY = CheckerRules(order=Order.ANY)
LINES = CheckerRules(order=Order.LINES)

Case = Callable[[int], tuple[str, str, CheckerRules]]

OUTPUTS: dict[str, Case] = {
    "the same text": lambda n: ("12\n" * (n // 3), "12\n" * (n // 3), CheckerRules()),
    "another layout": lambda n: ("12\n" * (n // 3), "12 " * (n // 3), CheckerRules()),
    "the last word differs": lambda n: ("12\n" * (n // 3), "12\n" * (n // 3) + "3", CheckerRules()),
    "close numbers": lambda n: ("0.333333 " * (n // 9), "0.33333301 " * (n // 9), CheckerRules()),
    "numbers at the edge": lambda n: (
        "0.333333 " * (n // 9),
        "0.333334 " * (n // 9),
        CheckerRules(),
    ),
    "integers as floats": lambda n: ("5 " * (n // 4), "5.0 " * (n // 4), FLOATS),
    "one long integer": lambda n: ("7" * n, "7" * (n - 1) + "8", FLOATS),
    "one long fraction": lambda n: ("0." + "7" * n, "0." + "7" * (n - 1) + "8", CheckerRules()),
    "blanks alone": lambda n: (" " * n + "1", " " * n + "\n2", CheckerRules()),
    "other case": lambda n: ("aB\n" * (n // 3), "Ab\n" * (n // 3), NO_CASE),
    "words in any order": lambda n: ("12\n3\n" * (n // 5), "3 12 " * (n // 5), ANY),
    "lines in any order": lambda n: (
        "\n".join(map(str, range(n // 8))),
        "\n".join(map(str, range(n // 8, 0, -1))),
        LINES,
    ),
}
VALUES: dict[str, Case] = {
    "the same numbers": lambda n: (text := json.dumps(list(range(n // 8))), text, CheckerRules()),
    "close floats": lambda n: (
        json.dumps([0.5] * (n // 8)),
        json.dumps([0.5000001] * (n // 8)),
        CheckerRules(),
    ),
    "numbers in any order": lambda n: (
        json.dumps(list(range(n // 8))),
        json.dumps(list(range(n // 8 - 1, -1, -1))),
        ANY,
    ),
    "one long integer": lambda n: ("[1]", f"[{'7' * n}]", CheckerRules()),
}


def main() -> None:
    """Print a row for each case."""
    print(f"{'case':34} {'MB':>5} {'s':>7} {'s, a quarter':>13}  verdict")
    for name, case in OUTPUTS.items():
        row(f"output: {name}", case, lambda e, a, r: compare_output(e, a.encode(), r).matches)
    for name, case in VALUES.items():
        row(f"value: {name}", case, lambda e, a, r: compare_answer(json.loads(e), a, r).matches)


def row(name: str, case: Case, compare: Callable[[str, str, CheckerRules], bool]) -> None:
    """Measure one case at both sizes."""
    taken_s = []
    for size in (SIZE, SIZE // 4):
        expected, actual, rules = case(size)
        started = time.perf_counter()
        matches = compare(expected, actual, rules)
        taken_s.append(time.perf_counter() - started)
    print(
        f"{name:34} {SIZE >> 20:5} {taken_s[0]:7.2f} {taken_s[1]:13.2f}  "
        f"{'match' if matches else 'differ'}",
        flush=True,
    )


if __name__ == "__main__":
    main()
