"""The headline and the program's first line say what was verified, and no more."""

from dataclasses import replace

import pytest

from gptcc_cli.console import Reporter
from gptcc_cli.console.solving import SolveView, headline, program_text
from gptcc_cli.generation import GeneratorStatus
from gptcc_cli.problem import Problem
from gptcc_cli.ranking import Evidence
from gptcc_cli.solving import Ended, GenerationProgress, Solution
from tests.history.runs import RIGHT, SAMPLES, WRONG, solved_by


def test_a_verified_program_is_printed_unchanged() -> None:
    assert program_text(solved_by(RIGHT), checked=True) == RIGHT


@pytest.mark.parametrize(
    ("ended", "checked", "words"),
    [
        (Ended.EXHAUSTED, True, ("WRONG", "0 of 2", "WA")),
        (Ended.BUDGET, True, ("WRONG", "budget")),
        (Ended.INTERRUPTED, True, ("WRONG", "interrupted")),
        (Ended.EXHAUSTED, False, ("NOT RUN", "--no-check")),
    ],
)
def test_an_unverified_program_says_so_in_its_first_line(
    ended: Ended, checked: bool, words: tuple[str, ...]
) -> None:
    text = program_text(replace(solved_by(WRONG), ended=ended), checked=checked)
    assert text is not None
    first, rest = text.split("\n", 1)
    assert first.startswith("# gptcc: ")
    assert all(word in first for word in words), first
    assert rest == WRONG


def with_evidence(solution: Solution, **values: float) -> Solution:
    known = {"bits": 40.0, "n_written": 8, "n_passing": 4, "n_alike": 4, **values}
    return replace(solution, evidence=Evidence(**known))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ({}, ()),
        ({"bits": 2.0}, ("1 in 4 random programs",)),
        ({"n_passing": 9}, ("5 other passing candidates",)),
        ({"n_passing": 2, "n_alike": 1}, ("1 other passing candidate gives",)),
        ({"n_written": 1_000, "bits": 10.0, "n_alike": 8}, ("only 8 of 1,000",)),
    ],
)
def test_the_headline_says_what_speaks_against_an_answer(
    evidence: dict[str, float], words: tuple[str, ...]
) -> None:
    line = headline(with_evidence(solved_by(RIGHT), **evidence))
    assert "passes the only sample" in line
    assert all(word in line for word in words), line
    assert ("but" in line or "random" in line) == bool(words), line


def test_the_headline_counts_samples() -> None:
    solution = with_evidence(solved_by(RIGHT))
    for n, words in (2, "both samples"), (3, "all 3 samples"):
        assert words in headline(replace(solution, verified_by=(SAMPLES[0],) * n))
    assert "not verified" in headline(replace(solution, verified_by=()))
    assert "no samples" not in headline(replace(solution, verified_by=()), checked=False)
    assert "no program passes" in headline(solved_by(WRONG))
    assert "WITHOUT a sandbox" in headline(solution, sandboxed=False)


def test_an_answer_without_code_has_no_text() -> None:
    assert program_text(solved_by("", problem=Problem(id="p", statement="s")), checked=True) is None


@pytest.mark.parametrize("verbose", [False, True])
def test_a_generators_warning_is_shown_and_its_notes_if_verbose(
    capsys: pytest.CaptureFixture[str], verbose: bool
) -> None:
    status = GeneratorStatus(
        n_tokens=0, n_active=0, n_finished=0, note="no seed", warning=("all reasoning", "raise it")
    )

    with SolveView(Reporter(verbose=verbose), n_wanted=1) as view:
        view(GenerationProgress(status=status))

    shown = capsys.readouterr().err
    assert "warning: all reasoning\nhint: raise it" in shown
    assert ("no seed" in shown) is verbose
