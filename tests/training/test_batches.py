"""Batches of near definitions: what they are made of."""

import numpy as np
import pytest

from training.batches import FROM_TOPIC, batches_of, domain_batches, topics_of


def test_every_batch_is_full_and_no_pair_comes_twice() -> None:
    """What does not fill a batch is left for another epoch."""
    topics = np.repeat(np.arange(10), 7)
    found = batches_of(topics, np.ones(70), 16, np.random.default_rng(0))
    assert [len(batch) for batch in found] == [16] * 4
    assert len({pair for batch in found for pair in batch}) == 64


def test_a_topic_stays_together_but_does_not_fill_a_batch() -> None:
    """A large topic comes in parts, so that a batch has rivals and strangers."""
    topics = np.repeat(np.arange(4), 48)
    lengths = np.tile(np.arange(48.0), 4)
    for batch in batches_of(topics, lengths, 96, np.random.default_rng(0)):
        _, counts = np.unique(topics[batch], return_counts=True)
        assert set(counts.tolist()) <= {FROM_TOPIC, 2 * FROM_TOPIC}


def test_texts_of_one_length_come_together() -> None:
    """Short pairs are not padded to long ones."""
    lengths = np.repeat([10.0, 200.0], 100)
    found = batches_of(np.repeat(np.arange(20), 10), lengths, 50, np.random.default_rng(0))
    assert sorted(float(np.std(lengths[batch])) for batch in found) == [0, 0, 0, 0]


def test_the_same_lot_gives_the_same_batches_and_another_others() -> None:
    """A run can be repeated."""
    topics, lengths = np.arange(64) % 8, np.arange(64.0)
    first, again, other = (
        batches_of(topics, lengths, 16, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_near_vectors_are_one_topic() -> None:
    """Two bundles of vectors are told apart."""
    lots = np.random.default_rng(0)
    centres = np.repeat(np.eye(2, 8), 20, axis=0)
    vectors = centres + lots.normal(0, 0.05, centres.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    topics = topics_of(vectors.astype(np.float32))
    assert len(set(topics[:20].tolist())) == len(set(topics[20:].tolist())) == 1
    assert topics[0] != topics[-1]


def test_all_concepts_of_a_domain_come_in_one_batch() -> None:
    """Each domain whole, so many together, each once; the last batch has what is left."""
    domains = [*"abcdecba"]
    found = domain_batches(domains, 2, np.random.default_rng(0))
    assert sorted(place for batch in found for place in batch) == [*range(8)]
    kinds = [{domains[place] for place in batch} for batch in found]
    assert [len(kind) for kind in kinds] == [2, 2, 1]
    assert set.union(*kinds) == set("abcde")


@pytest.mark.model
def test_domains_meet_others_in_the_next_epoch() -> None:
    """The number of batches stays, and a run can be repeated."""
    from training.sampler import ByDomain  # noqa: PLC0415 - loads torch

    domains = [chr(ord("a") + number % 20) for number in range(60)]
    sampler = ByDomain(
        [], domains=domains, together=3, batch_size=96, drop_last=False, valid_label_columns=[]
    )
    first, again = [*sampler], [*sampler]
    sampler.set_epoch(1)
    assert first == again != [*sampler]
    assert len(first) == len([*sampler]) == len(sampler) == 7
