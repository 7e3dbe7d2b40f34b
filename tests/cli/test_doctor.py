"""``gptcc doctor``: what it says is tried, not assumed."""

import json

from tests.cli.conftest import Command


def test_doctor_proves_the_sandbox_and_the_grader(gptcc: Command) -> None:
    done = gptcc("doctor", "--json", env={"HF_HUB_OFFLINE": "1"})
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert {finding["schema"] for finding in findings} == {"gptcc.finding/1"}
    areas = {finding["area"] for finding in findings}
    assert areas == {"machine", "models", "sandbox", "grader"}
    assert [finding for finding in findings if finding["state"] == "broken"] == []
    assert done.returncode == 0
    assert done.stderr == ""


def test_doctor_says_what_is_broken_and_exits_6(gptcc: Command) -> None:
    done = gptcc("doctor", env={"HF_HUB_OFFLINE": "1", "GPTCC_EXEC": "0"})
    assert done.returncode == 6
    assert "BROKEN sandbox  level: execution is forbidden by GPTCC_EXEC=0" in done.stdout
