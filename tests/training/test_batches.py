"""What weighs in the loss, on the batches a run really sees."""

import pytest

from gptcc_cli.training.batches import Collator, pack
from gptcc_cli.training.encoding import Encoder
from gptcc_cli.training.schedule import build_schedule, epoch_updates, share
from tests.training.conftest import BETTER, CARD, make_plan, some_problems, tiny_recipe

LAYOUTS = ("padded", "bucketed", "packed")


def real_batches(model_dir, base, **changes):
    recipe = tiny_recipe(base, **changes)
    plan, loaded = make_plan(model_dir, recipe)
    collator = Collator(
        layout=recipe.layout,
        loss_norm=recipe.loss_norm,
        max_tokens=recipe.max_tokens,
        pad_token=0,
    )
    encoded = plan.train
    lengths = [len(example.tokens) for example in encoded.examples]
    for update in epoch_updates(encoded.groups, lengths, recipe, epoch=0):
        for places in share(update, plan.schedule, rank=0):
            examples = [encoded.examples[place] for place in places]
            yield collator(examples), examples, loaded.tokenizer


@pytest.mark.parametrize("base", [CARD, BETTER])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_prompt_weighs_0_answer_1_padding_0(tiny_model_dir, base, layout):
    for batch, examples, tokenizer in real_batches(tiny_model_dir, base, layout=layout):
        weights, ids = batch["loss_weights"], batch["input_ids"]
        assert set(weights.unique().tolist()) == {0.0, 1.0}
        assert int(weights.sum()) == sum(example.n_answer for example in examples)
        learnt = sorted(
            tokenizer.decode(list(example.tokens[example.n_prompt :]), skip_special_tokens=False)
            for example in examples
        )
        shown = []
        for row, wanted in zip(ids, weights, strict=True):
            text, open_answer = [], False
            for token, weight in zip(row.tolist(), wanted.tolist(), strict=True):
                if weight and not open_answer:
                    text.append([])
                open_answer = bool(weight)
                if weight:
                    text[-1].append(token)
            shown += [tokenizer.decode(part, skip_special_tokens=False) for part in text]
        assert sorted(shown) == learnt
        assert all("ANSWER" not in part and "QUESTION" not in part for part in shown)


def test_attention_covers_every_token_and_no_padding(tiny_model_dir):
    for batch, examples, _ in real_batches(tiny_model_dir, CARD, layout="padded"):
        assert batch["input_ids"].shape == (4, 512)
        assert batch["attention_mask"].sum(1).tolist() == [len(e.tokens) for e in examples]
        assert not batch["loss_weights"][batch["attention_mask"] == 0].any()


def test_packed_rows_hold_every_example_once_with_positions_from_0(tiny_model_dir):
    n_rows = n_examples = 0
    for batch, examples, _ in real_batches(tiny_model_dir, BETTER, layout="packed"):
        assert "attention_mask" not in batch
        rows = pack(examples, 512)
        n_rows, n_examples = n_rows + len(rows), n_examples + len(examples)
        assert sorted(id(e) for row in rows for e in row) == sorted(map(id, examples))
        for number, row in enumerate(rows):
            expected = [place for e in row for place in range(len(e.tokens))]
            positions = batch["position_ids"][number].tolist()
            assert positions[: len(expected)] == expected
            assert not any(positions[len(expected) :])
    assert n_rows < 0.7 * n_examples


def test_every_answer_weighs_the_same_when_asked(tiny_model_dir):
    batches = real_batches(tiny_model_dir, BETTER, layout="bucketed", loss_norm="sequence")
    for batch, _, _ in batches:
        assert batch["loss_weights"].sum(1).tolist() == pytest.approx([1.0] * 4)


def test_card_teaches_no_end_token_and_better_does(tiny_model_dir):
    for base, last in ((CARD, False), (BETTER, True)):
        for _, examples, tokenizer in real_batches(tiny_model_dir, base):
            ends = [e.tokens[-1] == tokenizer.eos_token_id for e in examples]
            assert all(ends) if last else not any(ends)


def encoder(model_dir, base, **changes):
    from gptcc_cli.models import ModelSpec, find, load_tokenizer

    tokenizer = load_tokenizer(find(ModelSpec(name=str(model_dir))))
    return Encoder(tokenizer, tiny_recipe(base, **changes)), tokenizer


def test_prompt_is_the_training_form_byte_for_byte(tiny_model_dir):
    encode, tokenizer = encoder(tiny_model_dir, CARD, max_tokens=2000)
    problem = some_problems(1)[0]
    example, _ = encode.example(problem.problem, "print(1)\n")
    text = tokenizer.decode(list(example.tokens))
    assert text == (
        "\nQUESTION:\n"
        + problem.statement
        + "\n\n\nUse Standard Input format\n\nANSWER:\nprint(1)\n"
    )


def long_problem():
    from dataclasses import replace

    problem = some_problems(1)[0].problem
    parts = [f"Paragraph {n} tells a story about rivers and stones." for n in range(60)]
    head, tail = problem.statement.split("\n\n", 1)
    return replace(problem, statement="\n\n".join([head, *parts, tail]))


def test_card_cuts_the_end_of_the_longer_and_better_the_middle(tiny_model_dir):
    problem = long_problem()
    encode, tokenizer = encoder(tiny_model_dir, CARD, max_tokens=256)
    example, shortened = encode.example(problem, "print(1)\n")
    text = tokenizer.decode(list(example.tokens))
    assert (shortened, len(example.tokens)) == (True, 256)
    assert "ANSWER" not in text and "print(1)" in text

    encode, tokenizer = encoder(tiny_model_dir, BETTER, max_tokens=256)
    example, shortened = encode.example(problem, "print(1)\n")
    text = tokenizer.decode(list(example.tokens))
    assert shortened and len(example.tokens) <= 256
    assert text.endswith("Use Standard Input format\n\nANSWER:\nprint(1)\n")
    assert "Paragraph 30" not in text
    assert "-----Example-----" in text


def test_answer_that_does_not_fit_is_left_out_by_better(tiny_model_dir):
    encode, _ = encoder(tiny_model_dir, BETTER, max_tokens=256)
    assert encode.example(some_problems(1)[0].problem, "print(1)\n" * 200) == "answer too long"


def test_chat_models_are_taught_in_their_chat_form(tiny_chat_model_dir):
    encode, tokenizer = encoder(tiny_chat_model_dir, BETTER, prompt="auto", max_tokens=2000)
    example, _ = encode.example(some_problems(1)[0].problem, "print(1)\n")
    tokens = list(example.tokens)
    asked = tokenizer.decode(tokens[: example.n_prompt], skip_special_tokens=False)
    learnt = tokenizer.decode(tokens[example.n_prompt :], skip_special_tokens=False)
    assert asked.startswith("<|im_start|>user\n")
    assert asked.endswith("<|im_start|>assistant\n```python\n")
    assert learnt == "print(1)\n```<|im_end|>"


@pytest.mark.parametrize(
    ("asked", "learnt", "room", "lengths"),
    [
        (10, 4, 8, (4, 4)),
        (4, 10, 8, (4, 4)),
        (10, 4, 5, (3, 2)),
        (3, 3, 5, (3, 2)),
        (9, 1, 8, (7, 1)),
    ],
)
def test_longest_first_cuts_token_by_token(asked, learnt, room, lengths):
    from gptcc_cli.training.encoding import _longest_first

    one, two = _longest_first(list(range(asked)), list(range(learnt)), room)
    assert (len(one), len(two)) == lengths


def orders(recipe, world):
    groups = [tuple(range(n * 5, n * 5 + 5)) for n in range(20)]
    lengths = [(place * 7) % 50 + 1 for place in range(100)]
    schedule = build_schedule(recipe, examples_per_epoch=60, world=world)
    updates = epoch_updates(groups, lengths, recipe, epoch=1)
    return [
        sorted(
            p for rank in range(world) for part in share(update, schedule, rank=rank) for p in part
        )
        for update in updates
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_updates_have_the_same_examples_on_any_number_of_processes(layout):
    recipe = tiny_recipe(layout=layout, answers_per_problem=3)
    assert orders(recipe, 1) == orders(recipe, 2) == orders(recipe, 4)
    assert len(orders(recipe, 1)) == 60 // 8


def test_epochs_take_other_answers_of_a_problem():
    recipe = tiny_recipe(answers_per_problem=2, global_batch=2, per_device_train_batch_size=2)
    groups = [tuple(range(6))]
    seen = [frozenset(epoch_updates(groups, [1] * 6, recipe, epoch=epoch)[0]) for epoch in range(3)]
    assert frozenset().union(*seen) == frozenset(range(6))
