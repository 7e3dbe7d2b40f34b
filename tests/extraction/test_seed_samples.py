"""What becomes of the published samples of the model gptcc began with."""

import ast
import warnings
from dataclasses import replace
from pathlib import Path

from gptcc_cli.extraction import extract
from gptcc_cli.generation import Finish
from tests.seed_samples import seed_samples


def test_most_published_samples_become_programs(shared: Path) -> None:
    """Published: 18.2 % parse. After stops and indentation alone, before any tail is dropped."""
    samples = [(problem, completion) for problem, completion, _ in seed_samples(shared)]
    assert len(samples) == 1640
    ended = [extract(replace(one, finish=Finish.STOP), problem) for problem, one in samples]
    assert sum(one.syntax_error is None for one in ended) / 1640 >= 0.60
    candidates = [extract(completion, problem) for problem, completion in samples]
    parsed = [one for one in candidates if one.syntax_error is None]
    assert len(parsed) / 1640 >= 0.64
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for one in parsed:
            ast.parse(one.source)


def test_nothing_a_model_wrote_is_added_or_renamed(shared: Path) -> None:
    """Cleaning removes lines and blanks; apart from blanks, the program is a part of the text."""
    for problem, completion, _ in seed_samples(shared):
        source = extract(completion, problem).source
        raw = completion.prompt.prefix + completion.text
        assert "".join(source.split()) in "".join(raw.split()), problem.id
