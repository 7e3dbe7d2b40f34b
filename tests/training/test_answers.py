"""Answers keep their meaning whatever is done to their indentation."""

import ast

import pytest

from gptcc_cli.training.answers import fingerprint, parse, prepare_answers, reindent, to_tabs
from tests.training.conftest import BETTER, CARD

TWO_SPACES = "for i in range(3):\n  if i:\n    print(i)\n  else:\n    pass\n"


def test_tabs_take_the_level_from_the_first_indented_line():
    assert to_tabs(TWO_SPACES) == "for i in range(3):\n\tif i:\n\t\tprint(i)\n\telse:\n\t\tpass\n"


def test_spaces_left_over_stay_behind_the_tabs():
    assert to_tabs("if x:\n    f(a,\n      b)\n") == "if x:\n\tf(a,\n\t  b)\n"


@pytest.mark.parametrize("style", ["tabs", "spaces"])
def test_text_inside_strings_is_not_indentation(style):
    source = 'def f():\n  text = """\n  two\n    four\n"""\n  return text\n'
    changed = reindent(source, style)
    assert ast.dump(ast.parse(changed)) == ast.dump(ast.parse(source))
    assert "\n  two\n    four\n" in changed


def test_mixed_indentation_becomes_four_spaces():
    source = "def f(x):\n\tif x:\n\t    return 1\n\treturn 2\n"
    assert reindent(source, "spaces") == ("def f(x):\n    if x:\n        return 1\n    return 2\n")


def test_continued_lines_and_comments_keep_the_program():
    source = "def f(a):\n   # why\n   x = (a +\n        1)\n   return x\n"
    changed = reindent(source, "spaces")
    assert changed == "def f(a):\n    # why\n    x = (a +\n        1)\n    return x\n"


def test_program_that_does_not_parse_is_left_as_it_is():
    source = "print 'python 2'\n  x\n"
    assert reindent(source, "spaces") == source
    assert parse(source) is None


def test_copies_with_other_names_are_near_duplicates():
    one = "a, b = map(int, input().split())\nprint(a + b)  # sum\n"
    two = "x,y=map(int,input().split())\nprint(x+y)\n"
    answers, left_out = prepare_answers([one, two], BETTER)
    assert len(answers) == 1
    assert left_out == {"near duplicate": 1}


def test_programs_that_call_other_functions_are_no_copies():
    one, two = "print(min(a))", "print(max(a))"
    assert fingerprint(parse(one), one) != fingerprint(parse(two), two)
    assert fingerprint(parse("a.append(1)"), "") != fingerprint(parse("a.remove(1)"), "")


def test_card_keeps_every_solution():
    solutions = ["print 1\n", "print(1)\n", "print(1)\n"]
    answers, left_out = prepare_answers(solutions, CARD)
    assert answers == tuple(solutions)
    assert not left_out


def test_better_leaves_out_what_does_not_parse():
    answers, left_out = prepare_answers(["print 1\n", "print(1)\n", " \n"], BETTER)
    assert answers == ("print(1)\n",)
    assert left_out == {"does not parse": 1, "empty": 1}


def test_real_solutions_keep_their_meaning(shared):
    import json

    n_checked = 0
    for path in sorted((shared / "data" / "apps" / "train").glob("*/solutions.json")):
        for source in json.loads(path.read_text(encoding="utf-8")):
            before = parse(source)
            if before is None:
                continue
            for style in ("tabs", "spaces"):
                after = parse(reindent(source, style))
                assert after is not None
                assert ast.dump(after) == ast.dump(before)
            n_checked += 1
    assert n_checked > 20
