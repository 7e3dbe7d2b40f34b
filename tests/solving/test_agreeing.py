"""Until programs agree: what they do on further inputs decides, in the order of arrival."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from gptcc_cli.extraction import candidate_of
from gptcc_cli.generation import Sampling
from gptcc_cli.judging import Judgement, OutputSignature
from gptcc_cli.solving import Ended, Until, solve
from gptcc_cli.solving.candidate_store import (
    MIN_COMPLETIONS,
    MIN_PROGRAMS,
    KnownArrival,
    consensus,
)
from tests.solving.hand import (
    PROBLEM,
    SAMPLE,
    HandJudge,
    ListGenerator,
    as_candidate,
    requests,
    signature_of,
)


class HandObserver:
    """Tells what programs do on further inputs; each is observed when it is told to."""

    def __init__(self, at_once=True):
        self.at_once = at_once
        self.waiting = {}

    def submit(self, candidate):
        future = Future()
        if self.at_once:
            future.set_result(signature_of(candidate))
        else:
            self.waiting[candidate.source] = (future, candidate)
        return future

    def tell(self, source):
        future, candidate = self.waiting.pop(source)
        future.set_result(signature_of(candidate))


def run(texts, probe_runner=None, generator=None, **settings):
    settings = {"until": Until.AGREED, "judge": HandJudge(), **settings}
    return solve(
        settings.pop("problem", PROBLEM),
        settings.pop("tests", (SAMPLE,)),
        requests(len(texts)),
        Sampling(n=len(texts)),
        generator=generator or ListGenerator(texts),
        extract=settings.pop("extract", as_candidate),
        probe_runner=probe_runner or HandObserver(),
        **settings,
    )


def test_the_first_behaviour_that_enough_programs_share_is_the_answer():
    assert MIN_PROGRAMS == 3
    texts = ["right 1 a", "wrong a", "right 2 b", "right 3 b", "right 4 a", "right 5 b"]
    generator = ListGenerator([*texts, "right 6 a", "right 7 a"])
    solution = run(generator.texts, generator=generator)
    assert solution.ended is Ended.FOUND
    assert solution.best.judgement.candidate.source == "right 2 b"
    assert generator.drawn == 6


def test_programs_that_fail_the_samples_have_no_say():
    solution = run(["right 1 a", "wrong 1 b", "wrong 2 b", "wrong 3 b", "right 2 c"])
    assert solution.best.judgement.candidate.source == "right 1 a"
    assert solution.n_written == 5


def test_programs_that_crash_in_the_same_way_do_not_agree():
    generator = ListGenerator(["right 1 !", "right 2 !", "right 3 !", "right 4 !", "right 5 a"])
    solution = run(generator.texts, generator=generator)
    assert generator.drawn == 5
    assert solution.best.judgement.candidate.source == "right 5 a"


def test_one_answer_to_all_of_many_inputs_is_nothing_to_agree_on():
    judgement = HandJudge().judgement(
        as_candidate(next(ListGenerator(["right"]).generate(requests(1), None)))
    )

    def place(outcomes):
        signature = OutputSignature(outcomes=outcomes)
        known = (KnownArrival(place=n, judgement=judgement, signature=signature) for n in range(20))
        return consensus(bits=50.0)(known)

    assert place(("a",) * 8) is None
    assert place(("a",) * 7 + ("b",)) == MIN_COMPLETIONS - 1
    assert place(("a",) * 7) == MIN_COMPLETIONS - 1


def known(place, source):
    """A completion whose program is judged by its text, and does as every other."""
    judgement = HandJudge().judgement(candidate_of(source))
    return KnownArrival(
        place=place, judgement=judgement, signature=OutputSignature(outcomes=("a",))
    )


@pytest.mark.parametrize(("last", "settled"), [(4, True), (5, False)])
def test_what_is_not_known_yet_may_pass_and_do_otherwise(last, settled):
    three = [known(0, "right = 1"), known(1, "right = 2"), known(last, "right = 3")]
    assert consensus(bits=50.0)(three) == (last if settled else None)


@pytest.mark.parametrize(("n_wrong", "settled"), [(90, True), (100, False)])
def test_few_programs_of_very_many_are_nothing_to_agree_on(n_wrong, settled):
    """With ten bits, 3 of 93 exceed the square root of the random share; 3 of 103 do not."""
    wrong = [known(place, f"wrong = {place}") for place in range(n_wrong)]
    right = [known(n_wrong + place, f"right = {place}") for place in range(3)]
    assert consensus(bits=10.0)([*wrong, *right]) == (n_wrong + 2 if settled else None)


def test_many_copies_of_one_program_agree_as_well():
    generator = ListGenerator(["right 1 a"] * 20)
    solution = run(generator.texts, generator=generator)
    assert solution.solved
    assert generator.drawn == MIN_COMPLETIONS


def test_programs_that_luck_lets_pass_do_not_agree():
    """Any of two answers is the sample's: of 16 programs 8 pass, whatever they do."""
    yes = replace(SAMPLE, expected="YES\n")
    problem = replace(PROBLEM, statement="Print YES or NO.", samples=(yes,))
    texts = [f"{'right' if n % 2 else 'wrong'} {n} a" for n in range(16)]
    generator = ListGenerator(texts)
    solution = run(texts, generator=generator, problem=problem, tests=(yes,))
    assert solution.solved and generator.drawn == 16
    assert (solution.evidence.n_alike, solution.evidence.expected_random_passes) == (8, 8.0)
    assert not solution.evidence.confident

    solution = run(texts)
    assert solution.evidence.confident
    assert solution.evidence.n_written == 6
    assert solution.evidence.n_alike == 3


def test_copies_count_as_programs_that_luck_could_let_pass():
    solution = run(["right 1 a", "right 1 a", "right 2 b", "wrong"], until=Until.ALL)
    assert (solution.evidence.n_alike, solution.evidence.n_written) == (2, 4)
    solution = run(["wrong", "wrong"], until=Until.ALL)
    assert (solution.evidence.n_alike, solution.evidence.n_written) == (0, 2)


def test_where_no_two_agree_everything_is_written_and_something_is_still_solved():
    generator = ListGenerator(["right 1 a", "right 2 b", "right 3 c"])
    solution = run(generator.texts, generator=generator)
    assert generator.drawn == 3
    assert solution.solved
    assert solution.best.judgement.candidate.source == "right 1 a"


def test_without_further_inputs_the_first_that_passes_is_the_answer():
    generator = ListGenerator(["right 1 a", "right 2 a"])
    solution = solve(
        PROBLEM,
        (SAMPLE,),
        requests(2),
        Sampling(n=2),
        generator=generator,
        extract=as_candidate,
        judge=HandJudge(),
        until=Until.AGREED,
    )
    assert solution.solved
    assert generator.drawn == 1


def parsed(completion):
    return replace(candidate_of(completion.text), completions=(completion,))


def test_without_tests_what_most_programs_do_goes_first_and_nothing_is_solved():
    class Unheard(HandJudge):
        def judgement(self, candidate):
            return Judgement(candidate=candidate, cases=(), n_tests=0)

    texts = ["print(1)  # a", "print(2)  # b", "print(3)  # b", "print("]
    for until in Until:
        solution = run(texts, judge=Unheard(), until=until, tests=(), extract=parsed)
        assert solution.best.judgement.candidate.source == "print(2)  # b"
        assert not solution.solved and solution.ended is Ended.EXHAUSTED
        broken = next(one for one in solution.ranked if one.judgement.candidate.syntax_error)
        assert broken.cluster is None


@pytest.mark.parametrize("order", [("x", "y"), ("y", "x")])
def test_the_answer_does_not_depend_on_which_is_observed_first(order):
    probe_runner = HandObserver(at_once=False)
    programs = {
        "x": ["right 1 x", "right 2 x", "right 6 x"],
        "y": ["right 3 y", "right 4 y", "right 5 y"],
    }
    texts = ["right 1 x", "right 2 x", *programs["y"], "right 6 x", "wrong"]

    class Telling(ListGenerator):
        def generate(self, *arguments, **settings):
            yield from super().generate(*arguments, **settings)
            for letter in order:
                for source in programs[letter]:
                    probe_runner.tell(source)

    solution = run(texts, probe_runner=probe_runner, generator=Telling(texts))
    assert solution.best.judgement.candidate.source == "right 3 y"


def test_a_bug_while_observing_is_not_swallowed():
    class Broken(HandObserver):
        def submit(self, candidate):
            future = Future()
            future.set_exception(RuntimeError("broken"))
            return future

    with pytest.raises(RuntimeError, match="broken"):
        run(["right 1 a"], probe_runner=Broken())


def test_the_budget_ends_a_run_that_waits_for_agreement():
    solution = run(["right 1 a"], probe_runner=HandObserver(at_once=False), budget_s=0.05)
    assert solution.ended is Ended.BUDGET
    assert solution.solved


def test_what_is_still_on_its_way_from_the_judge_is_waited_for():
    class Slow(HandJudge):
        def submit(self, candidate):
            return pool.submit(self.judgement, candidate)

    class SlowToBegin(HandObserver):
        def submit(self, candidate):
            # The verdict is there, and what is made of it takes a moment more.
            Event().wait(0.2)
            return super().submit(candidate)

    with ThreadPoolExecutor(max_workers=1) as pool:
        solution = run(["right 1 a"], judge=Slow(), probe_runner=SlowToBegin(), until=Until.ALL)
    assert solution.solved
    assert solution.best.cluster_size == 1
