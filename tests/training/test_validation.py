"""Only solutions that pass their tests are kept."""

from dataclasses import replace

from gptcc_cli.judging import Judge
from gptcc_cli.sandbox import open_sandbox
from gptcc_cli.training.validation import verified
from tests.training.conftest import some_problems


def test_solutions_that_fail_are_counted_by_verdict_and_left_out():
    good = some_problems(1)[0]
    mixed = replace(good, solutions=("print('?')\n", good.solutions[0], "1/0\n", "print 1\n"))
    untested = replace(good, id="untested", tests=())
    with open_sandbox(workers=2) as sandbox, Judge(sandbox) as judge:
        problems, left_out = verified([mixed, untested], judge)
    assert problems[0].solutions == good.solutions[:1]
    assert problems[1].solutions == ()
    assert left_out == {"WA": 1, "RE": 1, "CE": 1, "no tests": len(good.solutions)}
