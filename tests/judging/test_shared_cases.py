"""The shared comparison cases once more, each answered by a program in a real sandbox."""

import json
from pathlib import Path

from gptcc_cli.judging import JudgingRules, Verdict, verdict_of
from gptcc_cli.problem import IOTest, Mode
from gptcc_cli.sandbox import Call, Job, Sandbox
from tests.checkers.test_shared_cases import rules_of


def test_every_shared_case_agrees_through_the_sandbox(shared: Path, sandbox: Sandbox) -> None:
    cases = json.loads((shared / "cases" / "checker_cases.json").read_text())["cases"]
    wrong = []
    for case in cases:
        if case["kind"] == "stdio":
            source = f"import sys\nsys.stdout.buffer.write({case['actual'].encode()!r})"
            job = Job(source=source)
        else:
            source = f"def f():\n    return {case['actual_expr']}"
            job = Job(source=source, call=Call(entry_point="f", arguments_json="[]"))
        mode = Mode.CALL if job.call else Mode.STDIN
        rules = JudgingRules(mode=mode, answer=rules_of(case["options"]))
        test = IOTest(name=case["id"], input=(), expected=case["expected"])
        verdict, detail, *_ = verdict_of(sandbox.run(job), test, rules)
        if (verdict is Verdict.AC) is not case["match"]:
            wrong.append((case["id"], case["rule"], verdict, detail))
    assert wrong == []
