"""Second tries: what is shown to the model, what never is, and when they end."""

import inspect

from gptcc_cli.extraction import Candidate
from gptcc_cli.generation import Sampling
from gptcc_cli.judging import CaseResult, Judgement, Verdict
from gptcc_cli.problem import IOTest, SampleTest
from gptcc_cli.prompting import Mistake, Prompt, PromptTemplate
from gptcc_cli.sandbox import Execution, Stage
from gptcc_cli.solving import Ended, Repair, solve
from gptcc_cli.solving.repairing import mistake_of
from tests.solving.hand import PROBLEM, SAMPLE, HandJudge, ListGenerator, as_candidate, requests

HIDDEN = IOTest(name="test 7", input="secret\n", expected="secret answer\n")


class Asked:
    """Keeps what it is asked to put into a prompt."""

    def __init__(self):
        self.mistakes = []

    def __call__(self, problem, mistake, round_):
        self.mistakes.append((round_, mistake))
        template = PromptTemplate(name="repair", sha256="", stop_strings=(), chat=True)
        return Prompt(
            text="repair",
            template=template,
            n_tokens=1,
            round=round_,
            repairs=mistake.candidate_id,
        )


def run(texts, asked, *, n, rounds=1, **settings):
    return solve(
        PROBLEM,
        (SAMPLE,),
        requests(n),
        Sampling(n=n),
        generator=ListGenerator(texts),
        extract=as_candidate,
        judge=HandJudge(),
        repair=Repair(prompts=asked, rounds=rounds, programs=1, tries=1),
        **settings,
    )


def test_a_program_that_fails_is_repaired():
    asked = Asked()
    solution = run(["wrong", "repaired right"], asked, n=1)
    assert solution.solved
    assert solution.ended is Ended.FOUND
    assert [(round_, mistake.program) for round_, mistake in asked.mistakes] == [(1, "wrong")]


def test_nothing_is_repaired_once_something_passes():
    asked = Asked()
    assert run(["right"], asked, n=1, rounds=3).solved
    assert asked.mistakes == []


def test_rounds_end_where_they_were_to_end():
    asked = Asked()
    solution = run(["wrong", "wrong 2", "wrong 3", "right"], asked, n=1, rounds=2)
    assert not solution.solved
    assert [round_ for round_, _ in asked.mistakes] == [1, 2]


def judgement(test, verdict=Verdict.WA, source="print(1)", syntax_error=None, execution=None):
    candidate = Candidate(id="c", source=source, completions=(), syntax_error=syntax_error)
    case = CaseResult(test=test, verdict=verdict, detail="differs", execution=execution)
    return Judgement(candidate=candidate, cases=(case,), n_tests=1)


def test_a_sample_is_shown_with_what_was_printed():
    execution = Execution(
        stage=Stage.RUN,
        exit_code=0,
        signal=None,
        stdout=b"2\n",
        stderr=b"",
        wall_s=0.1,
        cpu_s=0.1,
        peak_memory_bytes=None,
    )
    mistake = mistake_of(judgement(SAMPLE, execution=execution))
    assert mistake == Mistake(
        candidate_id="c",
        program="print(1)",
        trouble="WA, differs",
        sample=SAMPLE,
        output="2\n",
    )


def test_a_test_that_stands_in_no_statement_is_never_shown():
    assert mistake_of(judgement(HIDDEN)) is None
    assert inspect.get_annotations(Mistake)["sample"] == SampleTest | None


def test_what_does_not_parse_is_shown_without_a_sample():
    broken = judgement(HIDDEN, Verdict.CE, source="def", syntax_error="SyntaxError: line 1")
    mistake = mistake_of(broken)
    assert mistake is not None
    assert mistake.sample is None
    assert mistake.trouble == "SyntaxError: line 1"


def test_there_is_nothing_to_say_of_our_own_failure_or_of_an_empty_answer():
    assert mistake_of(judgement(SAMPLE, Verdict.IE)) is None
    assert mistake_of(judgement(SAMPLE, Verdict.CE, source="", syntax_error="no_code")) is None
