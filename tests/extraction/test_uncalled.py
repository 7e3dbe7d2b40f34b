"""A main function that nobody calls is called; everything else stays as it was written."""

import pytest

from gptcc_cli.extraction.additions import with_main_called
from gptcc_cli.problem import Mode, Problem

PROBLEM = Problem(id="p", statement="Print it.")
MAIN = "import sys\n\n\ndef main():\n    print(input())\n"


def test_a_main_function_that_nobody_calls_is_called():
    source, steps = with_main_called((MAIN, ("stop",)), PROBLEM)
    assert source == MAIN + '\n\nif __name__ == "__main__":\n    main()\n'
    assert steps == ("stop", "main")


def test_its_helpers_are_left_alone():
    helped = "def double(x):\n    return 2 * x\n\n" + MAIN.replace(
        "input()", "double(int(input()))"
    )
    source, _ = with_main_called((helped, ()), PROBLEM)
    assert source.endswith("    main()\n")
    assert source.startswith(helped.rstrip())


@pytest.mark.parametrize(
    "source",
    [
        MAIN + "\n\nmain()\n",
        MAIN + '\n\nif __name__ == "__main__":\n    main()\n',
        "def main(n):\n    print(n)\n",
        "def main(*, n):\n    print(n)\n",
        "def a():\n    print(1)\n\n\ndef b():\n    print(2)\n",
        "def quiet():\n    return 1\n",
        "def main(:\n",
        "@twice\ndef main():\n    print(1)\n",
        "",
    ],
)
def test_a_program_that_runs_or_leaves_a_doubt_stays_as_it_is(source):
    assert with_main_called((source, ()), PROBLEM) == (source, ())


def test_a_function_that_is_called_by_its_tests_is_not_called_here():
    problem = Problem(id="p", statement="Print it.", mode=Mode.CALL, entry_point="main")
    assert with_main_called((MAIN, ()), problem) == (MAIN, ())
