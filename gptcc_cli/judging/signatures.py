"""What a program does on inputs of which nobody knows the right answer.

Plain values and how they follow from facts. Programs with equal outcomes have one signature. No
expected output is known here; whether a program passes a generated test is kept apart.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import eq

from gptcc_cli.checkers import answer_form, output_form
from gptcc_cli.extraction import GeneratedTest
from gptcc_cli.judging.verdicts import JudgingRules, Verdict, failure_of
from gptcc_cli.problem import Mode
from gptcc_cli.sandbox import Execution

CPU_S = 1.0
"""Seconds of processor time that a program has for a probe, if the problem allows so many."""

WALL_S = 4.0
"""Seconds by the clock: more, because what else the machine does must not tell programs apart."""

OUTPUT_BYTES = 1 << 20

Outcome = str | Verdict
"""A digest of the answer, or how the program failed to give one."""


_MANY = 8
"""So many inputs seldom have one and the same answer."""


def is_constant(outcomes: tuple[Outcome, ...]) -> bool:
    """Whether all of many outcomes are one and the same."""
    return len(outcomes) >= _MANY and len(set(outcomes)) == 1


def is_degenerate(outcomes: tuple[Outcome, ...]) -> bool:
    """Whether a program fails on most inputs, or has one answer to all of many.

    A right program does that now and then; one that lives off equal samples always does.
    """
    return 2 * _n_answered(outcomes) < len(outcomes) or is_constant(outcomes)


def _n_answered(outcomes: tuple[Outcome, ...]) -> int:
    return sum(isinstance(outcome, str) for outcome in outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSignature:
    """What a program did on each probe."""

    outcomes: tuple[Outcome, ...]
    """In the order of the probes. Outcomes that are equal were equal answers (by the problem's
    rules of comparison), or failures of one kind."""
    passes_generated: tuple[bool, ...] = ()
    """Of the last inputs, which are those of generated tests: whether the answer is theirs. That
    says something of right or wrong, as far as the model that wrote them may be believed."""

    @property
    def key(self) -> tuple[Outcome, ...]:
        """Equal for programs that do the same on every probe."""
        return self.outcomes

    @property
    def n_answered(self) -> int:
        """How many probes the program gave an answer to."""
        return _n_answered(self.outcomes)


def signature_of(
    outcomes: Sequence[Outcome], generated_tests: Sequence[GeneratedTest], rules: JudgingRules
) -> OutputSignature:
    """Return the signature of outcomes, of which the last are those of generated tests."""
    generated = [_generated_outcome(generated_test, rules) for generated_test in generated_tests]
    passes_generated = map(eq, outcomes[len(outcomes) - len(generated_tests) :], generated)
    return OutputSignature(outcomes=tuple(outcomes), passes_generated=tuple(passes_generated))


def probe_rules(rules: JudgingRules) -> JudgingRules:
    """The rules with limits as tight as probes need: their inputs are small."""
    limits = rules.limits
    tight = replace(
        limits,
        wall_s=min(WALL_S, limits.wall_s),
        cpu_s=min(CPU_S, limits.wall_s if limits.cpu_s is None else limits.cpu_s),
        output_bytes=min(OUTPUT_BYTES, limits.output_bytes),
    )
    return replace(rules, limits=tight)


def outcome_of(execution: Execution, rules: JudgingRules) -> Outcome:
    """Say what one run came to, from its facts alone."""
    failure = failure_of(execution, rules)
    if failure is not None:
        return failure[0]
    if rules.mode is Mode.STDIN:
        return output_form(execution.stdout, rules.answer)
    if execution.answer_json is None:
        return Verdict.RE
    after = execution.arguments_after_json
    if rules.in_place and execution.answer_json.strip() == "null" and after is not None:
        return answer_form(after, rules.answer)
    return answer_form(execution.answer_json, rules.answer)


def _generated_outcome(generated_test: GeneratedTest, rules: JudgingRules) -> Outcome:
    """Return the outcome of a program that gives the generated test's answer."""
    if rules.mode is Mode.STDIN:
        return output_form(str(generated_test.answer).encode(), rules.answer)
    return answer_form(json.dumps(generated_test.answer), rules.answer)
