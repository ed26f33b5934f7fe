"""The encoder of a build: its fingerprint is known at once, its model is loaded only if needed."""

from __future__ import annotations

from collections.abc import Callable

from semsearch.models.encoders import hashed
from semsearch.models.encoders.base import Encoder
from semsearch.models.registry import Model, find_model


class LazyEncoder:
    """An encoder that is loaded when something has to be embedded or exported."""

    def __init__(
        self, name: str, fingerprint: str, load: Callable[[], Encoder], model: Model | None
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.model = model
        self._load = load
        self._encoder: Encoder | None = None

    @classmethod
    def of(cls, name: str) -> LazyEncoder:
        """Find and check the encoder of this name without loading it; see `find_model`."""
        if name == hashed.NAME:
            encoder = hashed.HashedEncoder()
            return cls(name, encoder.fingerprint, lambda: encoder, None)
        model = find_model(name)

        def load() -> Encoder:
            from semsearch.models.encoders.sentence_transformer import SentenceEncoder  # noqa: PLC0415 - loads torch

            return SentenceEncoder(model)

        return cls(model.name, model.fingerprint, load, model)

    @property
    def encoder(self) -> Encoder:
        """The encoder, loaded on first use."""
        if self._encoder is None:
            self._encoder = self._load()
        return self._encoder
