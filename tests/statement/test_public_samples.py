"""The reader on real statements: how many samples it finds, and how many it gets wrong."""

from pathlib import Path

from tests.statement.measure import measure


def test_samples_of_real_statements_are_found_exactly(shared: Path) -> None:
    scores = measure(shared / "data" / "samples" / "public.jsonl")
    assert scores["stdin"].exact_rows >= 0.995
    assert scores["leetcode"].exact_rows >= 0.99
    assert scores["humaneval"].found_pairs >= 0.97
    assert scores["codewars"].found_pairs >= 0.90
    assert all(score.wrong_pairs <= 0.003 for score in scores.values())
