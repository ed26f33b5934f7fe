"""The loss of the encoder's training, on vectors that can be read. The tests load torch."""

from __future__ import annotations

import numpy as np
import pytest

from semsearch.ranking import late_interaction as ranking

pytestmark = pytest.mark.model


def test_tokens_are_compared_as_the_search_compares_them() -> None:
    """What is trained is what will rank, stop words and padding left out."""
    import torch

    from tests.training.word_table import WEIGHTS, WordTable, features  # noqa: PLC0415 - loads torch
    from training.loss import COVERAGE, BatchEmbeddings, late_interaction  # noqa: PLC0415 - loads torch

    model = WordTable()
    one, two = [[1, 0, 2], [3, 4]], [[2, 5, 0, 1], [4]]
    questions = BatchEmbeddings.of(model(features(*one)), WEIGHTS)
    definitions = BatchEmbeddings.of(model(features(*two)), WEIGHTS)
    found = late_interaction(questions, definitions).detach().numpy()
    unit = torch.nn.functional.normalize(model.table.weight, dim=-1).detach().numpy()
    kept = [[id_ for id_ in text if id_] for text in two]
    flat = [id_ for text in kept for id_ in text]
    counts = np.array([len(text) for text in kept])
    for row, text in zip(found, one, strict=True):
        ids = [id_ for id_ in text if id_]
        match, cover = ranking.compare(
            unit[ids], WEIGHTS.numpy()[ids], unit[flat], WEIGHTS.numpy()[flat], counts
        )
        np.testing.assert_allclose(row, (1 - COVERAGE) * match + COVERAGE * cover, atol=1e-5)


def test_a_right_order_costs_less_than_a_wrong_one() -> None:
    """Questions that use the words of their own definition are cheap."""
    import torch

    from tests.training.word_table import WEIGHTS, WordTable, features  # noqa: PLC0415 - loads torch
    from training.loss import DescriptionLoss  # noqa: PLC0415 - loads torch

    loss = DescriptionLoss(WordTable(), WEIGHTS)
    senses = torch.tensor([0, 1, 2])
    definitions = features([1, 2], [3, 4], [5])
    right = loss([features([1, 2], [3, 4], [5]), definitions], senses)
    wrong = loss([features([3, 4], [5], [1, 2]), definitions], senses)
    assert right.item() < 0.5 < wrong.item()


def test_pairs_of_one_sense_are_not_held_against_each_other() -> None:
    """A definition of the same meaning is no wrong answer."""
    import torch

    from tests.training.word_table import WEIGHTS, WordTable, features  # noqa: PLC0415 - loads torch
    from training.loss import DescriptionLoss  # noqa: PLC0415 - loads torch

    loss = DescriptionLoss(WordTable(), WEIGHTS)
    questions, definitions = features([1], [1, 2]), features([1, 2], [2])
    together = loss([questions, definitions], torch.tensor([0, 0]))
    apart = loss([questions, definitions], torch.tensor([0, 1]))
    assert together.item() == 0.0 < apart.item()


def test_the_vectors_learn() -> None:
    """Gradients reach the model from both halves of the loss, and a step makes it smaller."""
    import torch

    from tests.training.word_table import WEIGHTS, WordTable, features  # noqa: PLC0415 - loads torch
    from training.loss import DescriptionLoss  # noqa: PLC0415 - loads torch

    model = WordTable()
    loss = DescriptionLoss(model, WEIGHTS)
    given = [features([1], [2], [3]), features([4], [5], [1])], torch.tensor([0, 1, 2])
    step = torch.optim.SGD(model.parameters(), lr=0.1)
    before = loss(*given)
    before.backward()
    assert model.table.weight.grad.abs().sum().item() > 0
    step.step()
    assert loss(*given).item() < before.item()


def test_without_tokens_only_whole_texts_count() -> None:
    """The trial without late interaction leaves it out altogether."""
    import torch

    from tests.training.word_table import (  # noqa: PLC0415 - loads torch
        VOCABULARY,
        WEIGHTS,
        WordTable,
        features,
    )
    from training.loss import DescriptionLoss  # noqa: PLC0415 - loads torch

    whole = DescriptionLoss(WordTable(), WEIGHTS, tokens=False)
    other = DescriptionLoss(WordTable(), torch.ones(VOCABULARY), tokens=False)
    given = [features([1, 2], [3]), features([2], [3, 5])], torch.tensor([0, 1])
    assert whole(*given).item() == other(*given).item()
