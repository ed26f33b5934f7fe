"""The encoder of a build: known at once, loaded when there is work."""

from __future__ import annotations

import pytest

from semsearch.core.errors import EncoderError
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.models.encoders.lazy import LazyEncoder
from semsearch.models.registry import DEFAULT_MODEL, find_model


def test_it_is_loaded_once_and_only_when_it_is_asked_for() -> None:
    """Name and fingerprint are there before."""
    loaded: list[Encoder] = []

    def load() -> Encoder:
        loaded.append(HashedEncoder())
        return loaded[-1]

    lazy = LazyEncoder("some", "f" * 64, load, None)
    assert (lazy.name, lazy.fingerprint, loaded) == ("some", "f" * 64, [])
    assert lazy.encoder is lazy.encoder
    assert len(loaded) == 1


def test_the_hashed_encoder_has_no_model() -> None:
    """Its fingerprint is its own."""
    lazy = LazyEncoder.of("hashed")
    assert (lazy.model, lazy.fingerprint) == (None, HashedEncoder().fingerprint)


def test_a_model_is_checked_but_not_loaded() -> None:
    """The guard of unit tests would notice torch; a name that leads nowhere is refused at once."""
    lazy = LazyEncoder.of(DEFAULT_MODEL)
    assert lazy.model == find_model(DEFAULT_MODEL)
    assert lazy.fingerprint == find_model(DEFAULT_MODEL).fingerprint
    with pytest.raises(EncoderError):
        LazyEncoder.of("./no/such/model")
