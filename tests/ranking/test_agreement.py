"""Among programs that pass, the answer most of them give goes first; failing costs a place."""

from dataclasses import dataclass, replace

import pytest

from gptcc_cli.extraction import candidate_of
from gptcc_cli.judging import CaseResult, Judgement, Outcome, Verdict
from gptcc_cli.problem import SampleTest
from gptcc_cli.ranking import rank
from tests.programs import completion

SAMPLE = SampleTest(name="sample 1", input="1\n", expected="1\n")


@dataclass(frozen=True)
class HandSignature:
    """A program's outputs, as a test gives them."""

    outcomes: tuple[Outcome, ...]
    passes_generated: tuple[bool, ...] = ()


def judgement(source: str, verdict: Verdict | None = Verdict.AC) -> Judgement:
    case = CaseResult(test=SAMPLE, verdict=verdict or Verdict.IE, detail="", execution=None)
    cases = (case,) if verdict is not None else ()
    return Judgement(candidate=candidate_of(source), cases=cases, n_tests=len(cases))


def ranked(signatures, verdict=Verdict.AC, **settings):
    judgements = [judgement(source, verdict) for source in signatures]
    seen = {
        one.candidate.canonical_hash: HandSignature(tuple(signatures[one.candidate.source]))
        for one in judgements
    }
    return rank(judgements, seen, **settings)


def sources(order):
    return [one.judgement.candidate.source for one in order]


def test_the_largest_group_goes_first_in_order_of_arrival():
    order = ranked({"print(1)": "xy", "print(2)": "ab", "print(3)": "ab"})
    assert sources(order) == ["print(2)", "print(3)", "print(1)"]
    assert [one.cluster for one in order] == [1, 1, 2]
    assert [one.cluster_size for one in order] == [2, 2, 1]
    assert order[0].score == pytest.approx(2**0.5 * 2)


def test_failing_where_others_answer_costs_a_place():
    failing = ("a", Verdict.RE, Verdict.TLE)
    order = ranked({"print(1)": failing, "print(2)": "abc", "print(3)": "axc"})
    assert sources(order) == ["print(2)", "print(3)", "print(1)"]
    assert order[2].reason == (
        "passes 1 of 1; differs from all 2 other passing programs on 3 generated inputs, "
        "RE on 2 of them"
    )


def test_programs_written_in_different_ways_weigh_more_than_copies_of_one():
    copies = judgement("print(1)")
    written = tuple(completion("print(1)", index=index) for index in range(3))
    copies = replace(copies, candidate=replace(copies.candidate, completions=written))
    others = [judgement("print(2)"), judgement("print(3)")]
    seen = {copies.candidate.canonical_hash: HandSignature(("a", "b"))}
    seen |= {one.candidate.canonical_hash: HandSignature(("x", "y")) for one in others}
    assert sources(rank([copies, *others], seen))[0] == "print(2)"
    assert sources(rank([copies, others[0]], seen))[0] == "print(1)"


def test_a_failure_where_others_answer_outweighs_a_few_more_programs():
    fails = ("a", "b", "c", "d", Verdict.RE)
    order = ranked({"print(1)": fails, "print(2)": fails, "print(3)": fails, "print(4)": "abxde"})
    assert sources(order)[0] == "print(4)"
    everyone = ("a", "b", Verdict.RE)
    order = ranked({"print(1)": ("a", "x", Verdict.RE), "print(2)": everyone, "print(3)": everyone})
    assert sources(order)[0] == "print(2)"
    assert order[0].score == pytest.approx(2**0.5 * 2)


def test_one_answer_to_all_of_many_inputs_is_doubted():
    order = ranked({"print(1)": "a" * 8, "print(2)": "a" * 8, "print(3)": "aaaabaac"})
    assert sources(order)[0] == "print(3)"
    assert order[1].reason.endswith("on 8 generated inputs, same output for all of them")


def test_what_the_tests_say_weighs_more_than_agreement():
    wrong = [judgement(f"print({n})", Verdict.WA) for n in range(5)]
    right = judgement("print('right')")
    seen = {one.candidate.canonical_hash: HandSignature(("a", "b")) for one in wrong}
    seen[right.candidate.canonical_hash] = HandSignature((Verdict.RE, Verdict.RE))
    order = rank([*wrong, right], seen)
    assert order[0].judgement is right
    assert "no other passing program to compare it with on 2 generated inputs" in order[0].reason


def test_the_reason_names_how_many_agree():
    order = ranked({"print(1)": "ab", "print(2)": "ab", "print(3)": "xb"})
    assert order[0].reason == (
        "passes 1 of 1; agrees with 1 of 2 other passing programs on 2 generated inputs"
    )


def test_without_tests_programs_are_grouped_all_the_same():
    order = ranked({"print(1)": "xy", "print(2)": "ab", "print(3)": "ab"}, verdict=None)
    assert sources(order)[0] == "print(2)"
    assert order[0].reason == (
        "parses; no tests were run; agrees with 1 of 2 other programs with equal results "
        "on 2 generated inputs"
    )
    assert not order[0].passed


def test_where_several_answers_may_be_right_agreement_does_not_count():
    order = ranked(
        {"print(1)": "xy", "print(2)": "ab", "print(3)": "ab", "print(4)": ("a", Verdict.RE)},
        several_answers=True,
    )
    assert sources(order) == ["print(1)", "print(2)", "print(3)", "print(4)"]
    assert order[0].reason == (
        "passes 1 of 1; run on 2 generated inputs with several possible answers, no failures"
    )


def test_without_signatures_nothing_is_said_of_agreement():
    order = rank([judgement("print(1)"), judgement("print(2)", Verdict.WA)])
    assert [one.cluster for one in order] == [None, None]
    assert order[0].reason == "passes 1 of 1"


def generated(signatures):
    judgements = [judgement(source) for source in signatures]
    seen = {one.candidate.canonical_hash: signatures[one.candidate.source] for one in judgements}
    return rank(judgements, seen)


def test_of_signatures_that_tie_the_one_that_passes_more_generated_tests_goes_first():
    wrong, right = (
        HandSignature(tuple("xyz"), (False, False)),
        HandSignature(tuple("abc"), (True, False)),
    )
    assert sources(
        generated(
            {"print(1)": HandSignature(tuple("xyz")), "print(2)": HandSignature(tuple("abc"))}
        )
    ) == [
        "print(1)",
        "print(2)",
    ]
    order = generated({"print(1)": wrong, "print(2)": right})
    assert sources(order) == ["print(2)", "print(1)"]
    assert [one.score for one in order] == [4.0, 3.0]
    assert (order[0].n_generated_tests, order[0].n_generated_tests_passed) == (2, 1)
    assert order[0].reason.endswith("; passes 1 of 2 generated tests")


def test_wrong_generated_tests_take_nothing_from_a_program_that_passes():
    met, unmet = HandSignature(tuple("abc"), (True,)), HandSignature(tuple("abc"), (False,))
    order = generated({"print(1)": unmet, "print(2)": unmet})
    assert [(one.passed, one.score) for one in order] == [(True, pytest.approx(2**0.5 * 3))] * 2
    assert all(one.passed for one in generated({"print(1)": unmet, "print(2)": met}))


def test_to_fail_on_an_input_that_a_model_wrote_is_no_doubt():
    fails = HandSignature(("a", "b", Verdict.RE), (False,))
    order = generated({"print(1)": fails, "print(2)": HandSignature(("a", "x", "c"), (False,))})
    assert [one.score for one in order] == [2.0, 3.0][::-1]
    probes_alone = generated(
        {"print(1)": HandSignature(("a", "b", Verdict.RE)), "print(2)": HandSignature(tuple("axc"))}
    )
    assert [one.score for one in probes_alone] == [3.0, 1.0]
