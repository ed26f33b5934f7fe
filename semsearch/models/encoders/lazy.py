"""The encoder of a build: known by its fingerprint at once, loaded only if it has work to do."""

from __future__ import annotations

from collections.abc import Callable

from semsearch.models.encoders import hashed
from semsearch.models.encoders.base import Encoder
from semsearch.models.registry import Model, find_model


class LazyEncoder:
    """The encoder of a build, loaded only when something has to be embedded or exported."""

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
        """Find the encoder of a name, checked but not loaded; see `find_model`."""
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
        """The encoder itself, loaded when it is first asked for."""
        if self._encoder is None:
            self._encoder = self._load()
        return self._encoder
