"""Indentation read as a stack, and the lines it is read from."""

import ast
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.extraction.lexing import code_spans, lines_of
from gptcc_cli.extraction.repair import (
    dedent,
    expand_tabs,
    regular_blanks,
    reindent_by_stack,
    tabs_to_spaces,
)

STATEMENTS = st.sampled_from(
    [
        "x = 1",
        "x = 'a\\tb'  # c:",
        'x = """\n\tkept\n  : (\n"""',
        "x = [\n\t1,\n  {2:\n3}]",
        "x = 1 + \\\n\t2",
        "# a comment:",
        "x = '#' + \"'\"",
        "x = r'\\\\' + ':'",
        "",
    ]
)
HEADS = st.sampled_from(
    ["if x:", "for i in [\n 1]:", "while x:  # why:", "def g(a={1:\n2}):", "if x == '\\':':"]
)
TREES: Any = st.recursive(
    STATEMENTS,
    lambda inner: st.tuples(HEADS, st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)
UNITS = st.sampled_from(["\t", "    ", "  ", " ", "\t\t", "        ", " \t"])


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, str]:
    """A program with regular indentation, and the same with some other in each block.

    Blanks of a block go on from those of the block around it, as they must for anybody to
    understand them, unless it is indented by other blanks altogether.
    """
    regular: list[str] = []
    wild: list[str] = []

    def write(tree: Any, depth: int, indent: str) -> None:
        if isinstance(tree, str):
            regular.append("    " * depth + tree if tree else "")
            wild.append(indent + tree if tree else "")
            return
        head, children = tree
        write(head, depth, indent)
        deeper = indent + draw(UNITS)
        write("pass", depth + 1, deeper)
        for child in children:
            write(child, depth + 1, deeper)

    for tree in draw(st.lists(TREES, max_size=4)):
        write(tree, 0, "")
    return "\n".join(regular), "\n".join(wild)


@given(programs())
def test_any_indentation_that_goes_on_from_its_block_is_understood(pair: tuple[str, str]) -> None:
    regular, wild = pair
    assert ast.dump(ast.parse(reindent_by_stack(wild))) == ast.dump(ast.parse(regular))


@given(programs())
def test_reading_a_regular_program_changes_no_statement(pair: tuple[str, str]) -> None:
    def statements(source: str) -> list[str]:
        return [line.text for line in lines_of(source) if line.is_code or not line.fresh]

    regular, _ = pair
    assert statements(reindent_by_stack(regular)) == statements(regular)


@given(programs(), st.sampled_from(["  ", "\t", "    "]))
def test_what_all_statements_begin_with_can_be_taken_off(pair: tuple[str, str], shift: str) -> None:
    regular, _ = pair
    shifted = "\n".join(
        shift + line.text if line.fresh and line.text else line.text for line in lines_of(regular)
    )
    taken = dedent(shifted)
    if taken is not None:
        assert ast.dump(ast.parse(taken)) == ast.dump(ast.parse(regular))
    else:
        assert not any(line.is_code for line in lines_of(regular))


TEXTS = st.text("ab \t\n\\\"'#()[]{}:\xa0f", max_size=60)


@given(TEXTS)
def test_lines_are_the_lines_of_the_text_whatever_it_is(text: str) -> None:
    assert "\n".join(line.text for line in lines_of(text)) == text
    for change in (reindent_by_stack, tabs_to_spaces, regular_blanks, lambda t: expand_tabs(t, 8)):
        assert "".join(change(text).split()) == "".join(text.replace("\xa0", " ").split())


@given(TEXTS)
def test_spans_of_code_lie_in_order_outside_strings(text: str) -> None:
    spans = code_spans(text)
    flat = [offset for span in spans for offset in span]
    assert flat == sorted(flat)
    assert (flat[0], flat[-1]) == (0, len(text))


@given(TEXTS)
def test_a_statement_begins_where_python_says_it_does(text: str) -> None:
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    lines = lines_of(text)
    if any(line.text.strip(" \t") == "\\" for line in lines):
        return  # a statement may begin after a line that holds a backslash alone
    for node in module.body:
        assert lines[node.lineno - 1].fresh, (text, node.lineno)
