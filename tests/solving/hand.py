"""Fakes: a generator with listed completions, and a judge that knows each verdict."""

from concurrent.futures import Future

from gptcc_cli.extraction import Candidate
from gptcc_cli.generation import Completion, Finish, Request
from gptcc_cli.judging import CaseResult, Judgement, OutputSignature, Verdict
from gptcc_cli.problem import Problem, SampleTest
from gptcc_cli.prompting import Prompt, PromptTemplate

SAMPLE = SampleTest(name="sample 1", input="1\n", expected="8675309\n")
"""An output that no program prints by chance."""
PROBLEM = Problem(id="p", statement="Print it.", samples=(SAMPLE,))
PROMPT = Prompt(
    text="?",
    template=PromptTemplate(name="apps", sha256="", stop_strings=(), chat=False),
    n_tokens=1,
)


class ListGenerator:
    """Answers the i-th request with the i-th text of a list; counts how many were drawn."""

    name = "a list"
    notes: tuple[str, ...] = ()

    def __init__(self, texts, interrupt_at=None):
        self.texts = texts
        self.drawn = 0
        self.interrupt_at = interrupt_at

    def generate(self, requests, sampling, *, cancel=None, watch=None):
        for request in requests:
            if cancel is not None and cancel.is_set():
                return
            if request.index == self.interrupt_at:
                raise KeyboardInterrupt
            self.drawn += 1
            yield Completion(
                prompt=request.prompt,
                index=request.index,
                text=self.texts[request.index],
                n_tokens=1,
                finish=Finish.STOP,
                mean_logprob=None,
                temperature=0.0,
                seed=request.seed,
            )


class HandJudge:
    """A program is right if it holds the word ``right``; each verdict comes when it is told to."""

    def __init__(self, at_once=True):
        self.at_once = at_once
        self.waiting = {}

    def submit(self, candidate):
        future = Future()
        if self.at_once:
            future.set_result(self.judgement(candidate))
        else:
            future.set_running_or_notify_cancel()
            self.waiting[candidate.source] = (future, candidate)
        return future

    def judgement(self, candidate):
        verdict = Verdict.AC if "right" in candidate.source else Verdict.WA
        case = CaseResult(test=SAMPLE, verdict=verdict, detail="", execution=None)
        return Judgement(candidate=candidate, cases=(case,), n_tests=1)

    def tell(self, source):
        future, candidate = self.waiting.pop(source)
        future.set_result(self.judgement(candidate))


def as_candidate(completion):
    return Candidate(id=completion.text, source=completion.text, completions=(completion,))


def requests(count):
    return (Request(prompt=PROMPT, index=i, temperature=0.0, seed=i) for i in range(count))


def signature_of(candidate):
    """Programs that end with the same letter do the same; with ``!``, they crash."""
    letter = candidate.source[-1]
    return OutputSignature(outcomes=(Verdict.RE if letter == "!" else letter,))
