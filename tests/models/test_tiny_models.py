"""The fixtures themselves: tiny models that transformers loads and writes varied text with."""

from pathlib import Path

import pytest

from tests.tiny_models import FAMILIES, build_tiny_model


@pytest.mark.parametrize("family", FAMILIES)
def test_tiny_models_write_varied_greedy_text(tmp_path: Path, family: str) -> None:
    import transformers

    directory = build_tiny_model(tmp_path / family, family)
    model = transformers.AutoModelForCausalLM.from_pretrained(directory)
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
    inputs = tokenizer("def solve():", return_tensors="pt")
    tokens = model.generate(**inputs, do_sample=False, max_new_tokens=24, pad_token_id=0)[0]
    assert len(set(tokens.tolist())) > 8
