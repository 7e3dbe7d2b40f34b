"""Real statements: probes of their samples are read by the layout the samples have."""

import json
from pathlib import Path

from gptcc_cli.input_generation import generate_inputs
from gptcc_cli.input_generation.generating import statement_without_samples
from gptcc_cli.input_generation.layout import find_layout, parse
from gptcc_cli.input_generation.text_format import spelled_widths
from gptcc_cli.problem import Mode
from gptcc_cli.statement import read_statement


def lines_of(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.rstrip("\n").split("\n"))


def test_probes_of_real_samples_have_their_layout(shared: Path) -> None:
    rows = (shared / "data" / "samples" / "public.jsonl").read_text(encoding="utf-8").splitlines()
    explained = with_probes = 0
    for row in map(json.loads, rows[::5]):
        starter = row.get("starter_code") or None
        problem = read_statement(row["statement"], id=row["id"], starter_code=starter).problem
        samples = problem.trusted_samples
        probes = generate_inputs(problem, samples, n=6, seed=0)
        with_probes += bool(probes)
        inputs = [sample.input for sample in samples]
        assert not [probe for probe in probes if probe.input in inputs]
        if problem.mode is Mode.CALL or not samples:
            continue
        texts = [lines_of(text) for text in inputs if isinstance(text, str)]
        layout = find_layout(texts, spelled_widths(statement_without_samples(problem)))
        if layout is not None:
            explained += 1
            fresh = [lines_of(probe.input) for probe in probes if isinstance(probe.input, str)]
            assert all(parse(layout, lines) is not None for lines in fresh)
    assert explained >= 40
    assert with_probes >= 70
