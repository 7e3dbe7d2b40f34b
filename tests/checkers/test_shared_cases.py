"""Every comparison case of the shared collection agrees with the specification."""

import json
from pathlib import Path
from typing import Any

from gptcc_cli.checkers import CheckerRules, Layout, compare_output, compare_value
from gptcc_cli.problem import Order

ORDERS = {"lines": Order.LINES, "tokens": Order.ANY, "any": Order.ANY}


def rules_of(options: dict[str, Any]) -> CheckerRules:
    return CheckerRules(
        layout=Layout(options.get("layout", "tokens")),
        tolerance=options.get("tol", 1e-6),
        order=ORDERS.get(options.get("order", ""), Order.EXACT),
        ignore_case=options.get("case") == "ignore",
        float_problem=options.get("float_problem", False),
        wrapped=options.get("wrapped", False),
    )


def test_every_shared_case_agrees(shared: Path) -> None:
    cases = json.loads((shared / "cases" / "checker_cases.json").read_text())["cases"]
    assert len(cases) == 85
    wrong = []
    for case in cases:
        rules = rules_of(case["options"])
        if case["kind"] == "stdio":
            found = compare_output(case["expected"], case["actual"].encode(), rules)
        else:
            actual = eval(case["actual_expr"])  # noqa: S307 (expressions of the case file)
            found = compare_value(case["expected"], actual, rules)
        if found.matches is not case["match"]:
            wrong.append((case["id"], case["rule"], found))
        assert found.matches or found.detail, case["id"]
    assert wrong == []
