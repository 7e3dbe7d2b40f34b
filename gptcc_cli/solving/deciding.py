"""When the answer is known: rules over what has arrived, in its order.

Pure. A rule that is satisfied stays satisfied when more is known, so that writing can stop as
soon as it holds for what is known already, whatever is still being judged.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gptcc_cli.judging import Judgement, OutputSignature, Verdict, is_degenerate
from gptcc_cli.ranking import MIN_CONSENSUS, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One completion whose program is judged and, where it passed, observed."""

    place: int
    """In the order of arrival."""
    judgement: Judgement
    signature: OutputSignature | None
    """What it does on further inputs; ``None``: it was not run on any."""


Decide = Callable[[Iterable[Known]], int | None]
"""Returns the place at which the answer is known; ``None``: it is not."""

AGREEING_PROGRAMS = MIN_CONSENSUS
"""Different programs with one behaviour that are enough."""
AGREEING_COMPLETIONS = 8
"""Completions with one behaviour that are enough where they are all of one form: the program is
so short that there is hardly another way to write it."""


def never(_: Iterable[Known]) -> int | None:
    """Everything is written."""
    return None


def first(known: Iterable[Known]) -> int | None:
    """The first program that passes is the answer."""
    return next((one.place for one in known if one.judgement.verdict is Verdict.AC), None)


def agreed(bits: float) -> Decide:
    """The first behaviour that enough programs share is the answer.

    To fail on most further inputs is no answer to agree on, nor is one answer to all of many; nor
    are programs that are no more than luck would let pass, or few of very many.

    Args:
        bits: what the tests say (``evidence``).
    """

    def decide(known: Iterable[Known]) -> int | None:
        hashes: dict[object, set[str]] = defaultdict(set)
        counts: dict[object, int] = defaultdict(int)
        n_failing = 0
        for one in known:
            signature = one.signature
            n_failing += one.judgement.verdict is not Verdict.AC
            if one.judgement.verdict is not Verdict.AC or signature is None:
                continue
            if is_degenerate(signature.outcomes):
                continue
            key = signature.key
            hashes[key].add(one.judgement.candidate.canonical_hash)
            counts[key] += 1
            # What arrived before it and is not known may have passed: what holds now must hold
            # for good.
            evidence = Evidence(
                bits=bits,
                n_written=one.place + 1,
                n_passing=one.place + 1 - n_failing,
                n_alike=counts[key],
            )
            enough = len(hashes[key]) >= AGREEING_PROGRAMS or counts[key] >= AGREEING_COMPLETIONS
            settled = evidence.most_agree and evidence.common and evidence.highly_significant
            if enough and settled:
                return one.place
        return None

    return decide
