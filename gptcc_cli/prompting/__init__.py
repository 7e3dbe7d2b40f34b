"""Problem -> Prompt: the one place that decides what a model reads.

Takes ``Problem``, which carries ``SampleTest`` only: a hidden test in a prompt is a type error.
Reads the templates that ship with the package; apart from that pure. Does not tokenize: whoever
knows the tokenizer passes ``count_tokens`` and, for chat forms, ``render_chat``.
"""

from gptcc_cli.prompting.asking_tests import TestPrompts, build_tests_prompt
from gptcc_cli.prompting.building import build_prompt, build_prompts, choose_template
from gptcc_cli.prompting.prompt import Form, Prompt, PromptTemplate, Turn
from gptcc_cli.prompting.repairing import Mistake, RepairPrompts, build_repair_prompt
from gptcc_cli.prompting.templates import load_template, template_names

__all__ = [
    "Form",
    "Mistake",
    "Prompt",
    "PromptTemplate",
    "RepairPrompts",
    "TestPrompts",
    "Turn",
    "build_prompt",
    "build_prompts",
    "build_repair_prompt",
    "build_tests_prompt",
    "choose_template",
    "load_template",
    "template_names",
]
