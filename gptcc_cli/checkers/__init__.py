"""Expected against actual: what counts as the right output, and as the right value.

Pure and linear in the size of what is compared. Knows neither programs nor verdicts; a
``Comparison`` says whether two outputs mean the same, whether their layout differs, and where the
first difference is. ``docs/concepts/verdicts.md`` has the rules in words.
"""

from gptcc_cli.checkers.apps import same_as_apps_output, same_as_apps_value
from gptcc_cli.checkers.output import compare_output, output_form
from gptcc_cli.checkers.rules import (
    CheckerOptions,
    CheckerRules,
    Comparison,
    Layout,
    OutputChecker,
    rules_for,
)
from gptcc_cli.checkers.values import (
    Uncomparable,
    Unordered,
    answer_form,
    compare_answer,
    compare_value,
    decode_answer,
)

__all__ = [
    "CheckerOptions",
    "CheckerRules",
    "Comparison",
    "Layout",
    "OutputChecker",
    "Uncomparable",
    "Unordered",
    "answer_form",
    "compare_answer",
    "compare_output",
    "compare_value",
    "decode_answer",
    "output_form",
    "rules_for",
    "same_as_apps_output",
    "same_as_apps_value",
]
