import math

import pytest
import torch

from gptcc_cli.generation.sampling import RowSampler, uniform


def _frequencies(logits, *, temperature, top_k=0, top_p=1.0, n=20_000):
    """Draw ``n`` rows at once, each from its own seed."""
    sampler = RowSampler(top_k=top_k, top_p=top_p)
    rows = torch.tensor(logits).expand(n, -1)
    tokens, _ = sampler.draw(rows, [temperature] * n, [uniform(seed, 3) for seed in range(n)])
    return torch.bincount(torch.tensor(tokens), minlength=len(logits)).double() / n


def _expected(logits, *, temperature, top_k=0, top_p=1.0):
    """softmax(logits / T) after top-k and top-p, written down plainly."""
    shares = torch.softmax(torch.tensor(logits).double() / temperature, -1)
    order = sorted(range(len(logits)), key=lambda token: -shares[token])
    if top_k:
        order = order[:top_k]
    total = sum(float(shares[token]) for token in order)
    kept, held = [], 0.0
    for token in order:
        if held >= top_p * total:
            break
        kept.append(token)
        held += float(shares[token])
    result = torch.zeros(len(logits), dtype=torch.float64)
    for token in kept:
        result[token] = shares[token] / held
    return result


def _chi_square(observed, expected, n=20_000):
    """Pearson's statistic over the tokens that can come, as standard deviations from its mean."""
    can = expected > 0
    assert observed[~can].sum() == 0
    freedom = int(can.sum()) - 1
    if freedom == 0:
        return 0.0
    statistic = float((n * (observed[can] - expected[can]) ** 2 / expected[can]).sum())
    return (statistic - freedom) / math.sqrt(2 * freedom)


LOGITS = [2.0, 1.5, -1.0, 0.3, 0.0, 1.9, -3.0, 0.7]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("top_k", "top_p"), [(0, 1.0), (0, 0.8), (5, 1.0), (5, 0.7), (1, 1.0)])
def test_frequencies_match_the_distribution(temperature, top_k, top_p):
    settings = {"temperature": temperature, "top_k": top_k, "top_p": top_p}

    distance = _chi_square(_frequencies(LOGITS, **settings), _expected(LOGITS, **settings))

    assert distance < 5


def test_the_test_of_frequencies_can_fail():
    observed = _frequencies(LOGITS, temperature=1.0)

    assert _chi_square(observed, _expected(LOGITS, temperature=1.1)) > 5


def test_a_flat_vocabulary_is_drawn_beyond_the_first_sorted_logits():
    logits = [0.001 * token for token in range(300)]
    settings = {"temperature": 1.0, "top_p": 0.9}

    distance = _chi_square(_frequencies(logits, **settings), _expected(logits, **settings))

    assert distance < 5


def test_rows_with_different_temperatures_do_not_mix():
    rows = torch.tensor([LOGITS, LOGITS])
    sampler = RowSampler(top_k=0, top_p=1.0)

    both, _ = sampler.draw(rows, [0.0, 1.7], [0.99, 0.99])
    alone, _ = sampler.draw(rows[1:], [1.7], [0.99])

    assert both == [0, alone[0]]


def test_logprobs_are_of_the_model_and_not_of_the_cut():
    rows = torch.tensor([LOGITS])
    sampler = RowSampler(top_k=1, top_p=0.1)

    tokens, logprobs = sampler.draw(rows, [0.3], [0.5])

    assert tokens == [0]
    assert logprobs[0] == pytest.approx(torch.log_softmax(rows[0], -1)[0].item(), abs=1e-6)


def test_extreme_random_numbers_draw_tokens_that_are_kept():
    rows = torch.tensor([LOGITS, LOGITS])
    tokens, _ = RowSampler(top_k=0, top_p=0.6).draw(rows, [1.0, 1.0], [0.0, 1 - 2**-53])

    assert tokens[0] == 0
    assert tokens[1] in (1, 5)


def test_uniforms_are_uniform_over_seeds_and_positions():
    for numbers in ([uniform(9, p) for p in range(20_000)], [uniform(s, 4) for s in range(20_000)]):
        assert all(0 <= number < 1 for number in numbers)
        counts = torch.histc(torch.tensor(numbers), bins=50, min=0, max=1).double()
        statistic = float(((counts - 400) ** 2 / 400).sum())
        assert abs(statistic - 49) / math.sqrt(98) < 5


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_top_k_of_logits_of_a_large_vocabulary_are_found_by_blocks(dtype):
    logits = (torch.randn(11, 10_001, generator=torch.Generator().manual_seed(0)) * 3).to(dtype)
    exact = logits.float().topk(64, -1)

    top, ids, normaliser = RowSampler(top_k=64, top_p=1.0)._top_k_of(logits)

    assert torch.equal(top, exact.values)
    assert torch.equal(logits.float().gather(-1, ids), exact.values)
    assert all(len(set(row)) == 64 for row in ids.tolist())
    assert torch.allclose(normaliser, logits.float().logsumexp(-1), rtol=1e-6)


def test_greedy_takes_the_first_of_equal_logits():
    logits = torch.zeros(3, 10_001)
    logits[1, 777] = logits[1, 7_777] = 1.0

    tokens, _ = RowSampler(top_k=0, top_p=0.9).draw(logits[1:2], [0.0], [0.5])

    assert tokens == [777]
