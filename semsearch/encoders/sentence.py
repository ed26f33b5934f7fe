"""sentence-transformers: the reference encoder, which embeds the definitions at build time.

The only module that loads it. Serving never comes here unless an encoder could not be
exported (see `export.py`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from semsearch.encoders.models import Model
from semsearch.encoders.pieces import is_word
from semsearch.errors import EncoderError, MissingExtra
from semsearch.types import Vectors

BATCH = 32


class SentenceEncoder:
    """A sentence-transformers model on the CPU, with its own prompts for queries and passages."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.transformer = load_model(model, "SentenceTransformer")
        self._dim = int(self.transformer.get_embedding_dimension() or 0)

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder."""
        return self._model.fingerprint

    def encode_entries(self, texts: Sequence[str]) -> Vectors:
        """Embed pieces of definitions; see `Encoder.encode_entries`."""
        return self._encode(self.transformer.encode_document, texts)

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """Embed questions; see `Encoder.encode_questions`."""
        return self._encode(self.transformer.encode_query, questions)

    def is_word(self, text: str) -> bool:
        """Look the word up in the tokenizer; see `Encoder.is_word`."""
        return is_word(self.transformer.tokenizer.tokenize(text))

    def _encode(self, encode: Any, texts: Sequence[str]) -> Vectors:  # noqa: ANN401 - a bound method
        if not texts:
            return np.empty((0, self._dim), dtype=np.float32)
        vectors = encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def load_model(model: Model, kind: Literal["SentenceTransformer", "CrossEncoder"]) -> Any:  # noqa: ANN401 - untyped library
    """Load a checked model folder on the CPU, from disk only and without code of its own.

    Args:
        model: the model, already checked by `find_model` or `find_foreign_model`.
        kind: the class of sentence-transformers to load it as.

    Raises:
        EncoderError: the folder is not a model that sentence-transformers can load.
        MissingExtra: sentence-transformers is not installed.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import sentence_transformers
        from transformers.utils import logging
    except ImportError as error:
        raise MissingExtra("sentence-transformers", "building an index") from error
    logging.disable_progress_bar()
    try:
        return getattr(sentence_transformers, kind)(
            str(model.path),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
        ).eval()
    except Exception as error:  # whatever a foreign model folder makes the loader raise
        raise EncoderError(f"the model {model.name!r} cannot be loaded: {error}") from error
