"""The encoder of a build: its fingerprint is known at once, its model is loaded only if needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from semsearch.models.encoders import embeddings_server, hashed
from semsearch.models.encoders.base import Encoder
from semsearch.models.registry import Model, find_model
from semsearch.models.server_description import (
    NAME_PREFIX,
    ServerDescription,
    describe_server_model,
)


class LazyEncoder:
    """An encoder that is loaded when something has to be embedded or exported.

    Attributes:
        name: as a user calls it.
        fingerprint: its identity.
        model: its files; None for an encoder without any.
        precision: of an encoder without files.
        description: of a model of an embeddings server; else None.
    """

    def __init__(
        self,
        name: str,
        fingerprint: str,
        load: Callable[[], Encoder],
        model: Model | None,
        description: ServerDescription | None = None,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.model = model
        self.description = description
        self.precision = embeddings_server.PRECISION if description else hashed.NAME
        self._load = load
        self._encoder: Encoder | None = None

    @classmethod
    def of(cls, name: str, known: Path | None = None) -> LazyEncoder:
        """Find and check the encoder of this name without loading it; see `find_model`.

        Args:
            name: as a user calls it.
            known: the folder of the encoders of an index, which may have vectors of this model of
                an embeddings server; see `describe_server_model`.
        """
        if name == hashed.NAME:
            encoder = hashed.HashedEncoder()
            return cls(name, encoder.fingerprint, lambda: encoder, None)
        if name.startswith(NAME_PREFIX):
            described = describe_server_model(name, known)
            return cls(
                name,
                described.fingerprint,
                lambda: embeddings_server.ServerEncoder(described, is_patient=True),
                None,
                described,
            )
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
