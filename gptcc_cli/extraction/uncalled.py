"""A standard-input program that defines its main function and forgot to call it.

Covers the one thing that is missing without any doubt: the text ends after the definitions, one
function needs no argument and does the reading or the printing, and nothing at the top level would
ever run it. Its call is added and named among the cleaning steps. Nothing is guessed: where two
functions could be meant, the program stays as it is.
"""

import ast

from gptcc_cli.extraction.parsing import (
    Trouble,
    only_defines,
    parse,
    uses_input_or_output,
)
from gptcc_cli.extraction.repair import Reading
from gptcc_cli.problem import Mode, Problem

STEP = "main"
"""The name of this step in ``Candidate.cleaning``."""


def with_main_called(reading: Reading, problem: Problem) -> Reading:
    """Call the main function of a program that only defines it."""
    source, steps = reading
    if problem.mode is not Mode.STDIN:
        return reading
    module = parse(source)
    if isinstance(module, Trouble) or not only_defines(module):
        return reading
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    mains = [node.name for node in functions if _may_be_main(node, module)]
    if len(mains) != 1:
        return reading
    called = f'{source.rstrip()}\n\n\nif __name__ == "__main__":\n    {mains[0]}()\n'
    return called, (*steps, STEP)


def _may_be_main(node: ast.FunctionDef, module: ast.Module) -> bool:
    """Whether a function runs by itself and nobody else calls it."""
    return (
        not node.decorator_list
        and _needs_nothing(node.args)
        and uses_input_or_output(node)
        and not _is_used(node.name, module)
    )


def _needs_nothing(arguments: ast.arguments) -> bool:
    n_free = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return n_free == 0 and all(default is not None for default in arguments.kw_defaults)


def _is_used(name: str, module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in ast.walk(module)
    )
