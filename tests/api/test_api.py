"""gptcc from Python: it imports nothing until it is used, and its examples are true."""

import doctest
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import gptcc_cli
from gptcc_cli import api, evaluating
from gptcc_cli.errors import GptccError, ProblemError, UsageError
from gptcc_cli.judging import Verdict
from gptcc_cli.options.definition import build, read_given
from gptcc_cli.options.evaluate import EvalOptions
from gptcc_cli.problem import GivenTest
from gptcc_cli.solving import SolveEvent

ROOT = Path(__file__).parents[2]
COINS = ROOT / "docs" / "examples" / "coins.txt"
RIGHT = "a, b = map(int, input().split())\nprint(a + b)\n"
SUM = "Print the sum.\n\nInput:\n3 4\nOutput:\n7\n"


def python(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_importing_gptcc_imports_nothing_else() -> None:
    assert python("import sys, gptcc_cli; print([m for m in sys.modules if 'gptcc' in m])") == (
        "['gptcc_cli']\n"
    )


@pytest.mark.parametrize("name", gptcc_cli.__all__)
def test_a_public_function_imports_no_console(name: str) -> None:
    slow = "{'typer', 'rich', 'torch', 'pydantic', 'transformers', 'numpy'}"
    program = f"import sys, gptcc_cli; gptcc_cli.{name}; print(sorted({slow} & set(sys.modules)))"
    assert python(program) == "[]\n"


def test_solving_and_checking_import_no_console() -> None:
    program = (
        "import sys, gptcc_cli\n"
        f"problem = gptcc_cli.read_problem({SUM!r})\n"
        "print(gptcc_cli.check('print(7)', problem).verdict.value)\n"
        "print(sorted({'typer', 'rich', 'torch', 'pydantic'} & set(sys.modules)))\n"
    )
    assert python(program) == "AC\n[]\n"


@pytest.mark.parametrize("module", [api, evaluating])
def test_the_examples_are_true(module: object) -> None:
    result = doctest.testmod(module, extraglobs=vars(gptcc_cli) | {"evaluate": gptcc_cli.evaluate})  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0


def test_the_guide_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(str(ROOT / "docs" / "guides" / "python.md"), module_relative=False)
    assert result.attempted > 6
    assert result.failed == 0


def completions(directory: Path, *programs: str) -> str:
    file = directory / "completions.jsonl"
    file.write_text("".join(json.dumps({"text": program}) + "\n" for program in programs))
    return str(file)


def test_solve_returns_the_program_that_passes(tmp_path: Path) -> None:
    problem = gptcc_cli.read_problem(COINS)
    events: list[SolveEvent] = []
    recorded = completions(tmp_path, "print(0)\n", RIGHT)
    solution = gptcc_cli.solve(problem, replay=recorded, listen=events.append)
    assert solution.solved
    assert solution.best is not None
    assert solution.best.judgement.candidate.source == RIGHT
    assert events


def test_tests_of_the_caller_reject_a_program(tmp_path: Path) -> None:
    problem = gptcc_cli.read_problem(SUM)
    test = GivenTest(name="more", input="1 1\n", expected="2\n")
    recorded = completions(tmp_path, "print(7)\n")
    assert gptcc_cli.solve(problem, replay=recorded).solved
    assert not gptcc_cli.solve(problem, replay=recorded, tests=[test]).solved


def test_nothing_is_run_without_check(tmp_path: Path) -> None:
    problem = gptcc_cli.read_problem(SUM)
    solution = gptcc_cli.solve(problem, replay=completions(tmp_path, RIGHT), check=False)
    assert solution.best is not None
    assert solution.best.judgement.verdict is None


def test_check_tells_what_fails() -> None:
    judgement = gptcc_cli.check("print(8)", gptcc_cli.read_problem(SUM))
    assert judgement.verdict is Verdict.WA


def test_a_problem_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProblemError):
        gptcc_cli.read_problem(tmp_path / "none.txt")


@pytest.mark.parametrize("source", ["", "\n", "a\0b", "x" * 5000, "a statement of one line"])
def test_what_is_neither_a_path_nor_a_statement_is_an_error(source: str) -> None:
    with pytest.raises(ProblemError) as told:
        gptcc_cli.read_problem(source)
    assert told.value.hint


def test_a_program_that_is_no_text_is_an_error() -> None:
    with pytest.raises(ProblemError) as told:
        gptcc_cli.check('print("\udc80")', gptcc_cli.read_problem(SUM))
    assert told.value.hint


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": 0.5},
        {"until": "sometimes"},
        {"quantize": "3bit"},
        {"n": 0},
        {"top_p": 2},
        {"temperatures": 9},
        {"time_limit_s": 0},
        {"memory_limit_bytes": -1},
        {"budget_s": -1},
        {"repair_rounds": -1},
        {"n_generated_tests": -1},
        {"max_new_tokens": 0},
        {"replay": "missing"},
    ],
)
def test_a_setting_that_cannot_be_is_an_error_with_a_hint(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    (tmp_path / "c.jsonl").write_text(json.dumps({"text": RIGHT}))
    given: dict[str, object] = {"replay": tmp_path / "c.jsonl", **changes}
    with pytest.raises(GptccError) as told:
        gptcc_cli.solve(gptcc_cli.read_problem(SUM), **given)  # type: ignore[arg-type]
    assert told.value.hint


def test_choices_and_a_temperature_can_be_given_plainly(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(json.dumps({"text": RIGHT}))
    solution = gptcc_cli.solve(
        gptcc_cli.read_problem(SUM),
        replay=tmp_path / "c.jsonl",
        until="all",
        quantize="8bit",
        temperatures=0.5,
    )
    assert solution.solved


@pytest.mark.parametrize(
    "options",
    [{"number": 0}, {"numbr": 3}, {"checker": "mine"}, {"time_limit": -1}, {"temperature": 9}],
)
def test_an_option_of_evaluate_that_cannot_be_is_an_error(
    tmp_path: Path, options: dict[str, object]
) -> None:
    with pytest.raises(UsageError) as told:
        gptcc_cli.evaluate(tmp_path, tmp_path / "run", **options)  # type: ignore[arg-type]
    assert next(iter(options)) in told.value.message
    assert told.value.hint


def test_options_of_evaluate_are_read_as_on_the_command_line() -> None:
    given = {"temperature": 0.5, "difficulty": "interview", "time_limit": "500ms", "ks": (1, 5)}
    options = build(EvalOptions, read_given(EvalOptions, {**given, "output": "run"}))
    assert (options.temperature, options.selection.difficulty) == ((0.5,), ("interview",))
    assert (options.judge.time_limit, options.grading.ks) == (0.5, (1, 5))
    assert options.output == Path("run")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        gptcc_cli.nothing  # noqa: B018


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_model_solves_an_example() -> None:
    solution = gptcc_cli.solve(gptcc_cli.read_problem(COINS), model="embedded", n=32, seed=0)
    assert solution.solved
