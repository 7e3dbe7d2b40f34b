"""Plain completions: whole programs and bodies of functions."""

import ast

import pytest

from gptcc_cli.extraction import NO_CODE, Style, extract, style_of
from gptcc_cli.generation import Finish
from gptcc_cli.problem import Problem
from tests.programs import CALL_PROBLEM, STDIN_PROBLEM, completion, prompt

HEAD = 'def f(a):\n    """Return a.\n\n    >>> f(1)\n    1\n    """\n'


def program(text: str, *, finish: Finish = Finish.STOP) -> tuple[str, tuple[str, ...]]:
    """Clean a completion of an APPS prompt."""
    found = extract(completion(text, prompt=prompt("ANSWER:\n"), finish=finish), STDIN_PROBLEM)
    return found.source, found.cleaning


def body(
    text: str, *, prefix: str = HEAD, finish: Finish = Finish.STOP, problem: Problem = CALL_PROBLEM
) -> tuple[str, tuple[str, ...]]:
    """Clean a completion of an unfinished function; the prefix is left out of the answer."""
    found = extract(completion(text, prompt=prompt(prefix=prefix), finish=finish), problem)
    return found.source.removeprefix(prefix), found.cleaning


def test_a_clean_program_is_left_as_it_is() -> None:
    text = "import sys\n\ndef g():\n\treturn 1\n\nif True:\n    print(g())\n"
    assert program(text) == (text, ())


def test_the_raw_text_is_kept() -> None:
    raw = completion("n = 1\r\nprint(n)\nQUESTION:\nmore")
    found = extract(raw, STDIN_PROBLEM)
    assert found.completions == (raw,)
    assert found.completions[0].text == "n = 1\r\nprint(n)\nQUESTION:\nmore"
    assert (found.source, found.cleaning) == ("n = 1\nprint(n)\n", ("crlf", "stop"))


def test_cleaning_can_be_turned_off() -> None:
    found = extract(completion("n = 1\r\nQUESTION:\n"), STDIN_PROBLEM, clean=False)
    assert (found.source, found.cleaning) == ("n = 1\r\nQUESTION:\n", ())
    assert found.syntax_error is not None


@pytest.mark.parametrize(
    "mark",
    [
        "QUESTION:\nGiven",
        "ANSWER:\nn = 2",
        "-----Input-----\nThe",
        "Use Standard Input format\n",
        "Use Call-Based format\n",
        "<|endoftext|>import re",
        "</s>",
    ],
)
def test_a_program_ends_at_the_next_header(mark: str) -> None:
    assert program(f"n = int(input())\nprint(n)\n{mark}") == (
        "n = int(input())\nprint(n)\n",
        ("stop",),
    )


def test_a_program_does_not_end_at_its_own_statements() -> None:
    text = (
        "def g(n):\n    return n\nprint(g(1))\nif g(2):\n    print(2)\nclass A:\n    pass\n# end\n"
    )
    assert program(text + "QUESTION:\n")[0] == text


def test_a_header_inside_a_string_does_not_end_a_program() -> None:
    text = 'text = """\nQUESTION:\n-----\n"""\nprint(text)\n'
    assert program(text) == (text, ())
    assert program(text + "ANSWER:\n1") == (text, ("stop",))


def test_a_loop_the_model_did_not_leave_is_cut() -> None:
    lines = "n = int(input())\n" + "print(n)\n" * 30 + "pri"
    assert program(lines, finish=Finish.LENGTH) == ("n = int(input())\nprint(n)\n", ("loop",))


def test_equal_lines_of_a_program_that_ended_by_itself_are_kept() -> None:
    text = "print()\n" * 6
    assert program(text) == (text, ())
    table = "a = [\n" + "    [0, 0],\n" * 6 + "]\nprint(a)\n"
    assert program(table, finish=Finish.LENGTH) == (table, ())


def test_a_body_ends_at_the_first_column_0_statement() -> None:
    kept = "    return [\n        a,\n]\n\n"
    for junk in ("print(f(1))\n", "def g():\n    pass\n", "class A", "QUESTION\n", "x", "@d\n"):
        assert body(kept + junk) == (kept, ("body",)), junk


def test_a_body_goes_on_past_comments_strings_and_brackets_in_column_0() -> None:
    text = '    x = """\ncolumn 0\n"""\n# a comment\n    return g(\na)\n'
    assert body(text) == (text, ())


def test_a_string_that_is_never_closed_hides_nothing() -> None:
    assert body('    return a\n\ndef g():\n    """ Never closed\n') == (
        "    return a\n\n",
        ("body",),
    )


def test_a_body_may_go_on_in_the_prompts_last_line() -> None:
    for head in (HEAD, "def f(a):\n"):
        assert body("a + 1\nprint(2)\n", prefix=head + "    return ") == ("a + 1\n", ("body",))


def test_a_completion_that_begins_the_function_anew_is_kept() -> None:
    text = "def g(a):\n    return a\n\ndef f(a):\n    return g(a)\n"
    assert body(text) == (text, ())


def test_an_empty_completion_is_no_program() -> None:
    for text in ("", "  \n\n", "\nQUESTION:\n"):
        found = extract(completion(text), STDIN_PROBLEM)
        assert (found.source, found.syntax_error) == ("", NO_CODE)
    for text in ("3\n", "1\n\nInput\n", "'yes'\n[1, 2]", "# a thought\n"):
        found = extract(completion(text), STDIN_PROBLEM)
        assert (found.source, found.syntax_error) == ("", NO_CODE), text
    found = extract(completion("print(1)\n", prompt=prompt(prefix=HEAD)), CALL_PROBLEM)
    assert (found.source, found.syntax_error) == ("", NO_CODE)


def test_tabs_in_a_prompt_of_spaces_are_one_level_each() -> None:
    assert body("    x = 1\n\tif x:\n\t\ty = 2\n\treturn x\n") == (
        "    x = 1\n    if x:\n        y = 2\n    return x\n",
        ("reindent",),
    )
    inner = "    def g(x):\n\treturn x\n    return g(a)\n"
    assert body(inner) == ("    def g(x):\n        return x\n    return g(a)\n", ("reindent",))


def test_reindenting_leaves_strings_and_brackets_alone() -> None:
    text = (
        "    x = 1\n"
        '\ty = """\n\ttab\n  two\n"""\n'
        "\tz = [\n\t\t1,\n  2]\n"
        "\tw = 'a\tb'  # \t\n"
        "\treturn x, y, z, w\n"
    )
    source, steps = body(text)
    assert steps == ("reindent",)
    found = ast.parse(HEAD + source).body[0]
    assert isinstance(found, ast.FunctionDef)
    values = [node.value for node in ast.walk(found) if isinstance(node, ast.Constant)]
    assert "\n\ttab\n  two\n" in values
    assert "a\tb" in values
    assert "\t\t1,\n  2]" in source


def test_spaces_that_were_tabs_of_eight_are_found() -> None:
    text = "n = 1\nif n:\n\tx = 1\n        y = 2\nprint(n)\n"
    source, steps = program(text)
    assert (source, steps) == ("n = 1\nif n:\n    x = 1\n    y = 2\nprint(n)\n", ("reindent",))


def test_a_program_indented_as_a_whole_is_dedented() -> None:
    text = '  n = 1\n  x = """\n  kept\n"""\n  if n:\n      print(n)\n'
    source, steps = program(text)
    assert (source, steps) == ('n = 1\nx = """\n  kept\n"""\nif n:\n    print(n)\n', ("dedent",))


def test_a_first_line_that_alone_is_indented_loses_its_blanks() -> None:
    source, steps = program("    n = int(input())\nprint(n)\n")
    assert source == "n = int(input())\nprint(n)\n"
    assert steps == ("reindent",)


def test_no_break_spaces_become_spaces_outside_strings() -> None:
    assert program("x\xa0=\xa0'a\xa0b'  # \xa0\nprint(x)\n") == (
        "x = 'a\xa0b'  # \xa0\nprint(x)\n",
        ("nbsp",),
    )


def test_a_tail_the_budget_cut_off_is_dropped() -> None:
    text = "n = int(input())\nprint(n)\nfor i in range(\n"
    assert program(text, finish=Finish.LENGTH) == ("n = int(input())\nprint(n)\n", ("truncated",))
    two = "n = int(input())\nprint(n)\nif n:\n    print('a"
    assert program(two, finish=Finish.LENGTH) == ("n = int(input())\nprint(n)\n", ("truncated",))


def test_a_last_line_that_is_the_beginning_of_a_word_is_dropped() -> None:
    for fragment in ("pri", "sys.std", "    retur"):
        text = f"n = int(input())\nif n:\n    print(n)\n{fragment}"
        kept = text.removesuffix(fragment)
        assert program(text, finish=Finish.LENGTH) == (kept, ("truncated",))
        assert program(text) == (text, ())
    needed = "n = int(input())\nif n:\n    n"
    assert program(needed, finish=Finish.LENGTH) == (needed, ())
    ended = "n = 1\nprint(n)\nn\n"
    assert program(ended, finish=Finish.LENGTH) == (ended, ())


def test_no_more_than_two_lines_are_dropped_and_only_from_an_unfinished_text() -> None:
    three = "n = 1\nif n:\n    if n:\n        if (n\n"
    assert program(three, finish=Finish.LENGTH)[1] == ()
    for finish in (Finish.STOP,):
        assert program("n = 1\nprint(n)\nfor i in range(\n", finish=finish)[1] == ()
    stopped = "n = 1\nprint(n\nQUESTION:\n"
    assert program(stopped, finish=Finish.LENGTH) == ("n = 1\nprint(n\n", ("stop",))


def test_a_program_that_parses_nowhere_keeps_its_text_and_says_why() -> None:
    found = extract(completion("n = 1\nprint((n)\nx = 2\n"), STDIN_PROBLEM)
    assert found.source == "n = 1\nprint((n)\nx = 2\n"
    assert found.syntax_error == "SyntaxError: line 2: '(' was never closed"


def test_a_fence_left_over_ends_a_program() -> None:
    assert program("n = 1\nprint(n)\n```\nThis prints it.\n") == ("n = 1\nprint(n)\n", ("fence",))
    assert program("```python\nprint(1)\n```\nDone.\n") == ("print(1)\n", ("fence",))


@pytest.mark.parametrize(
    ("prefix", "style"),
    [
        ("", Style.PROGRAM),
        ("import sys\n", Style.PROGRAM),
        ("n = int(input())\n", Style.PROGRAM),
        (HEAD, Style.BODY),
        ("def f(a):\n", Style.BODY),
        ("class Solution:\n    def f(self, a):\n        ", Style.BODY),
        ("def f(a):\n\t", Style.BODY),
    ],
)
def test_the_style_follows_from_the_prompt(prefix: str, style: Style) -> None:
    assert style_of(prompt("text\n", prefix=prefix)) is style
    assert style_of(prompt("text\n", prefix=prefix, chat=True)) is Style.ANSWER
    assert style_of(prompt("text\n```python\n", prefix=prefix)) is Style.ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "\0",
        "x = '\ud800'",
        "(" * 5000,
        "-" * 100_000 + "1",
        "if 1:\n" * 3000,
        "\\\n" * 5000,
        '"""' * 3001,
        "\t" * 5000 + "x",
        "```\n" * 2000,
        "a = 1\n" * 30_000 + "b(",
    ],
)
@pytest.mark.parametrize("finish", [Finish.STOP, Finish.LENGTH])
@pytest.mark.parametrize("prefix", ["", HEAD])
@pytest.mark.parametrize("chat", [False, True])
def test_no_text_breaks_extraction(text: str, finish: Finish, prefix: str, chat: bool) -> None:
    made = completion(text, prompt=prompt(prefix=prefix, chat=chat), finish=finish)
    found = extract(made, CALL_PROBLEM)
    assert (found.syntax_error is None) <= bool(found.source.strip())
