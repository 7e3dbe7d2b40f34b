"""Neither a hidden test nor one that a model wrote reaches a search: mypy refuses each way in."""

from pathlib import Path

LEAKS = """
from gptcc_cli.judging.problem_judge import ProblemJudge
from gptcc_cli.extraction import GeneratedTest
from gptcc_cli.problem import GivenTest, IOTest, Problem, SampleTest
from gptcc_cli.prompting import Mistake, build_tests_prompt
from gptcc_cli.solving import solve

hidden = IOTest(name="hidden", input="1", expected="2")
generated_test = GeneratedTest(input="1", answer="2")
given = GivenTest(name="given", input="1", expected="2")
problem = Problem(id="p", statement="s")

def search(tests: tuple[SampleTest | GivenTest, ...]) -> None:
    ProblemJudge(judge=None, problem=problem, tests=tests)

search((given,))
search((hidden,))
ProblemJudge(judge=None, problem=problem, tests=(hidden,))
Mistake(candidate_id="c", program="p", trouble="WA", sample=hidden)
Mistake(candidate_id="c", program="p", trouble="WA", sample=given)
solve(problem, (hidden,), (), ...)  # type: ignore[call-arg]
build_tests_prompt(problem, hidden)  # type: ignore[call-arg]
build_tests_prompt(problem, given)  # type: ignore[call-arg]
search((generated_test,))
Mistake(candidate_id="c", program="p", trouble="WA", sample=generated_test)
solve(problem, (generated_test,), (), ...)  # type: ignore[call-arg]
"""
"""Of the last eleven lines, the first is allowed."""


def test_mypy_refuses_every_way_in(tmp_path: Path) -> None:
    from mypy import api

    program = tmp_path / "leaks.py"
    program.write_text(LEAKS)
    root = Path(__file__).parents[2]
    out, _, status = api.run(
        ["--strict", "--config-file", str(root / "pyproject.toml"), str(program)]
    )
    assert status == 1
    last = LEAKS.count("\n") + 1
    refused = {int(line.split(":")[1]) for line in out.splitlines() if "[arg-type]" in line}
    assert refused == {last - n for n in range(1, 11)}, out
