"""The orchestrator: order, stopping, merging and interruption, with a judge we hold in hand."""

from concurrent.futures import Future
from threading import Thread

import pytest

from gptcc_cli.errors import ModelError
from gptcc_cli.generation import Sampling
from gptcc_cli.judging import CaseResult, Judgement, Verdict
from gptcc_cli.solving import Ended, Judged, Until, Wrote, solve
from tests.solving.hand import PROBLEM, SAMPLE, HandJudge, ListGenerator, as_candidate, requests


def run(texts, judge=None, listen=None, tests=(SAMPLE,), generator=None, **settings):
    return solve(
        PROBLEM,
        tests,
        requests(len(texts)),
        Sampling(n=len(texts)),
        generator=generator or ListGenerator(texts),
        extract=as_candidate,
        judge=judge or HandJudge(),
        listen=listen,
        **settings,
    )


def test_the_first_that_passes_ends_the_writing():
    generator = ListGenerator(["wrong", "right a", "right b", "wrong c"])
    solution = run(generator.texts, generator=generator)
    assert solution.solved
    assert solution.ended is Ended.FOUND
    assert solution.best.judgement.candidate.source == "right a"
    assert generator.drawn == 2


def test_until_all_writes_everything():
    generator = ListGenerator(["wrong", "right a", "right b", "wrong c"])
    solution = run(generator.texts, generator=generator, until=Until.ALL)
    assert generator.drawn == 4
    assert len(solution.ranked) == 4
    assert solution.solved


@pytest.mark.parametrize("order", [("right a", "right b"), ("right b", "right a")])
def test_the_answer_does_not_depend_on_which_verdict_comes_first(order):
    judge = HandJudge(at_once=False)
    texts = ["wrong", "right a", "right b"]
    told = []

    def listen(event):
        # All three are with the judge once the last is written; then verdicts come in `order`.
        if isinstance(event, Wrote) and event.completion.index == 2 and not told:
            told.append(True)
            Thread(target=tell_all).start()

    def tell_all():
        while len(judge.waiting) < 3:
            pass
        for source in (*order, "wrong"):
            judge.tell(source)

    solution = run(texts, judge=judge, listen=listen)
    assert solution.best.judgement.candidate.source == "right a"


def test_equal_programs_are_judged_once_and_counted_together():
    heard = []
    solution = run(["wrong", "wrong", "wrong"], listen=heard.append)
    assert sum(isinstance(event, Judged) for event in heard) == 1
    assert solution.n_written == 3
    assert len(solution.best.judgement.candidate.completions) == 3


def test_programs_that_differ_in_dress_alone_are_judged_once():
    heard = []
    texts = ["right = 1\nprint(right)", "right: int = (1)  # one\nprint(right)", "print('right')"]
    solution = run(texts, until=Until.ALL, listen=heard.append)
    assert sum(isinstance(event, Judged) for event in heard) == 2
    assert solution.best.judgement.candidate.source == texts[0]
    assert len(solution.best.judgement.candidate.completions) == 2


def test_what_is_judged_after_the_end_is_not_heard_of():
    judge, heard = HandJudge(at_once=False), []
    run(["wrong"], judge=judge, listen=heard.append, budget_s=0.05)
    judge.tell("wrong")
    assert not any(isinstance(event, Judged) for event in heard)


def test_without_tests_nothing_is_called_solved():
    class NoVerdict(HandJudge):
        def judgement(self, candidate):
            return Judgement(candidate=candidate, cases=(), n_tests=0)

    solution = run(["right"], judge=NoVerdict(), tests=())
    assert not solution.solved
    assert solution.best is not None


def test_an_interruption_returns_the_best_so_far():
    generator = ListGenerator(["wrong", "other", "right"], interrupt_at=2)
    solution = run(generator.texts, generator=generator, until=Until.ALL)
    assert solution.ended is Ended.INTERRUPTED
    assert not solution.solved
    assert solution.best.judgement.candidate.source == "wrong"


def test_the_budget_ends_a_run_that_waits_for_the_judge():
    solution = run(["right"], judge=HandJudge(at_once=False), budget_s=0.05)
    assert solution.ended is Ended.BUDGET
    assert solution.best is None


def test_a_generator_that_fails_loses_nothing_that_it_wrote():
    class Failing(ListGenerator):
        def generate(self, *arguments, **settings):
            yield from super().generate(*arguments, **settings)
            raise ModelError("the server is gone")

    solution = run(["wrong"], generator=Failing(["wrong"]))
    assert solution.ended is Ended.FAILED
    assert solution.best.judgement.candidate.source == "wrong"
    assert str(solution.failure) == "the server is gone"


def test_a_bug_in_the_judge_is_not_swallowed():
    class Broken(HandJudge):
        def submit(self, candidate):
            future = Future()
            future.set_exception(RuntimeError("broken"))
            return future

    with pytest.raises(RuntimeError, match="broken"):
        run(["right"], judge=Broken())


def test_a_failing_program_never_beats_one_of_which_nothing_is_known_to_be_wrong():
    class Failing(HandJudge):
        def judgement(self, candidate):
            verdict = Verdict.IE if "lost" in candidate.source else Verdict.WA
            case = CaseResult(test=SAMPLE, verdict=verdict, detail="", execution=None)
            return Judgement(candidate=candidate, cases=(case,), n_tests=1)

    solution = run(["lost", "wrong"], judge=Failing())
    assert solution.best.judgement.candidate.source == "wrong"
    assert not solution.undecided
