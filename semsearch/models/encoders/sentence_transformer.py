"""The original encoder on sentence-transformers, which embeds definitions during builds.

No other module loads sentence-transformers. A service uses it only if the encoder could not be
exported (`export.py`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Encoded, Tokens
from semsearch.core.errors import EncoderError, MissingExtra
from semsearch.models.adapter import merge
from semsearch.models.encoders.wordpieces import NO_TOKENS, WordPieces, is_word
from semsearch.models.registry import Model

BATCH = 32

_ENTRY_PROMPTS = ("document", "passage", "corpus")
"""Names of the prompt for documents, in sentence-transformers' order."""


class SentenceEncoder:
    """A sentence-transformers model on the CPU, with its own prompts for queries and documents."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.transformer = load_model(model, "SentenceTransformer")
        self._dim = int(self.transformer.get_embedding_dimension() or 0)
        tokenizer = self.transformer.tokenizer
        special = getattr(tokenizer, "all_special_ids", ())
        self._pieces = WordPieces(lambda id_: tokenizer.convert_ids_to_tokens([id_])[0], special)
        prompts = self.transformer.prompts or {}
        self.query_prompt = str(prompts.get("query") or "")
        self.entry_prompt = next((str(prompts[n]) for n in _ENTRY_PROMPTS if prompts.get(n)), "")

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder."""
        return self._model.fingerprint

    def encode_entries(self, texts: Sequence[str]) -> Encoded:
        """Embed pieces of definitions; see `Encoder.encode_entries`."""
        return self._encode(self.transformer.encode_document, texts, self.entry_prompt)

    def encode_questions(self, questions: Sequence[str]) -> Encoded:
        """Embed questions; see `Encoder.encode_questions`."""
        return self._encode(self.transformer.encode_query, questions, self.query_prompt)

    def is_word(self, text: str) -> bool:
        """Look the word up in the tokenizer; see `Encoder.is_word`."""
        return is_word(self._word_pieces(text))

    def _word_pieces(self, text: str) -> list[str]:
        """Split a text into word pieces, by a transformers tokenizer or a bare one."""
        tokenizer = self.transformer.tokenizer
        if hasattr(tokenizer, "tokenize"):
            return list(tokenizer.tokenize(text))
        return list(tokenizer.encode(text, add_special_tokens=False).tokens)

    def _encode(self, encode: Any, texts: Sequence[str], prompt: str) -> Encoded:  # noqa: ANN401 - a bound method
        if not texts:
            return Encoded(np.empty((0, self._dim), dtype=np.float32), ())
        rows = encode(list(texts), batch_size=BATCH, output_value=None, show_progress_bar=False)
        vectors = np.stack([_unit_rows(row["sentence_embedding"]) for row in rows])
        in_prompt = len(self._word_pieces(prompt)) if prompt else 0
        return Encoded(vectors, tuple(self._tokens(row, in_prompt) for row in rows))

    def _tokens(self, row: dict[str, Any], in_prompt: int) -> Tokens:
        """Return the tokens of a text; a model of static word vectors has none."""
        if "token_embeddings" not in row:
            return NO_TOKENS
        used = row["attention_mask"].bool()
        ids = row["input_ids"][used].tolist()
        return self._pieces.tokens(ids, _unit_rows(row["token_embeddings"][used]), in_prompt)


def _unit_rows(tensor: Any) -> NDArray[np.float32]:  # noqa: ANN401 - a torch tensor
    import torch

    rows = torch.nn.functional.normalize(tensor.float(), dim=-1)
    return np.ascontiguousarray(rows.numpy(), dtype=np.float32)


def load_model(model: Model, kind: Literal["SentenceTransformer", "CrossEncoder"]) -> Any:  # noqa: ANN401 - untyped library
    """Load a checked model folder on the CPU, offline and without remote code.

    Args:
        model: the model, already checked by `find_model` or `find_foreign_model`.
        kind: the class of sentence-transformers to load.

    Raises:
        EncoderError: sentence-transformers cannot load the folder.
        MissingExtra: sentence-transformers is not installed, or PEFT for a model with an adapter.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import sentence_transformers
        from transformers.utils import logging
    except ImportError as error:
        raise MissingExtra("sentence-transformers", "building an index") from error
    logging.disable_progress_bar()
    try:
        loaded = getattr(sentence_transformers, kind)(
            str(model.path),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
        ).eval()
        if model.adapter is not None:
            merge(loaded[0], model.adapter)
        return loaded
    except MissingExtra:
        raise
    except Exception as error:  # a model folder can make the loader raise any error
        raise EncoderError(f"the model {model.name!r} cannot be loaded: {error}") from error
