"""Problem -> Prompt: the one place that decides what a model reads.

Takes ``Problem``, which holds ``SampleTest`` only: a hidden test in a prompt is a type error. Reads
gptcc's templates; otherwise pure. Does not tokenize: callers pass ``count_tokens`` and, for chats,
``render_chat``.
"""

from gptcc_cli.prompting.building import build_prompt, build_prompts, choose_template
from gptcc_cli.prompting.repair_and_tests import (
    Mistake,
    RepairPrompts,
    TestPrompts,
    build_repair_prompt,
    build_tests_prompt,
)
from gptcc_cli.prompting.templates import (
    Form,
    Prompt,
    PromptTemplate,
    Turn,
    load_template,
    template_names,
)

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
