from dataclasses import replace

import pytest

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.evaluation import selftest
from gptcc_cli.judging import AskedLimits, Judge
from gptcc_cli.sandbox import open_sandbox


def test_a_sound_grader_passes_every_control(judge: Judge) -> None:
    assert selftest.refuse_failing_controls(judge) == len(selftest.CONTROLS) >= 10


def test_controls_cover_right_and_wrong_programs_of_every_kind() -> None:
    kinds = {(control.item.kind, control.verdict == "AC") for control in selftest.CONTROLS}
    assert len(kinds) == 6


def test_a_grader_that_fails_a_control_scores_nothing(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = selftest.CONTROLS[0]
    monkeypatch.setattr(selftest, "CONTROLS", (right, replace(right, verdict="WA", name="twisted")))
    with pytest.raises(ExecutionRefused, match="scores nothing: twisted got AC, not WA"):
        selftest.refuse_failing_controls(judge)


def test_limits_too_short_for_any_program_are_found_out() -> None:
    limits = AskedLimits(wall_s=0.0001, cpu_s=0.0001)
    with (
        open_sandbox(workers=1) as sandbox,
        Judge(sandbox, limits=limits) as judge,
        pytest.raises(ExecutionRefused, match="a right program got"),
    ):
        selftest.refuse_failing_controls(judge)
