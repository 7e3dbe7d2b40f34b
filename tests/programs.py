"""Candidates, problems and facts for tests, with every field that does not matter filled in."""

from dataclasses import replace

from gptcc_cli.extraction import Candidate
from gptcc_cli.generation import Completion, Finish
from gptcc_cli.problem import IOTest, Json, Mode, Problem
from gptcc_cli.prompting import Prompt, PromptTemplate
from gptcc_cli.sandbox import Execution, Stage

TEMPLATE = PromptTemplate(name="apps", sha256="0" * 64, stop_strings=(), chat=False)
STDIN_PROBLEM = Problem(id="sum", statement="Print the sum.")
CALL_PROBLEM = Problem(id="call", statement="Return it.", mode=Mode.CALL, entry_point="f")

RAN = Execution(
    stage=Stage.RUN,
    exit_code=0,
    signal=None,
    stdout=b"",
    stderr=b"",
    wall_s=0.1,
    cpu_s=0.1,
    peak_memory_bytes=10 << 20,
)
"""A program that ran and printed nothing."""


def prompt(text: str = "", *, prefix: str = "", chat: bool = False) -> Prompt:
    """Make a prompt; its text ends with the prefix."""
    template = replace(TEMPLATE, chat=chat)
    return Prompt(text=text + prefix, template=template, n_tokens=1, prefix=prefix)


def completion(
    text: str, *, prompt: Prompt | None = None, index: int = 0, finish: Finish = Finish.STOP
) -> Completion:
    """Make a completion."""
    return Completion(
        prompt=prompt or Prompt(text="", template=TEMPLATE, n_tokens=0),
        index=index,
        text=text,
        n_tokens=1,
        finish=finish,
        mean_logprob=None,
        temperature=0.2,
        seed=0,
    )


def candidate(source: str, *, syntax_error: str | None = None) -> Candidate:
    """Make a candidate of a program as it stands."""
    return Candidate(id=str(hash(source)), source=source, completions=(), syntax_error=syntax_error)


def stdin_test(given: str, expected: Json, name: str = "test 1") -> IOTest:
    """Make a test of standard input."""
    return IOTest(name=name, input=given, expected=expected)


def call_test(*arguments: Json, expected: Json, name: str = "test 1") -> IOTest:
    """Make a test of a call."""
    return IOTest(name=name, input=arguments, expected=expected)
