"""What becomes of the published samples of the model gptcc began with."""

import ast
import warnings
from pathlib import Path

from gptcc_cli.extraction import extract
from tests.seed_samples import seed_samples


def test_most_published_samples_become_programs(shared: Path) -> None:
    """Published: 18.2 % parse. After stops and indentation alone, before any tail is dropped."""
    candidates = [extract(completion, problem) for problem, completion, _ in seed_samples(shared)]
    assert len(candidates) == 1640
    parsed = [one for one in candidates if one.syntax_error is None]
    untruncated = [one for one in parsed if "truncated" not in one.cleaning]
    assert len(untruncated) / 1640 >= 0.60
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
