"""Asks an embeddings server that speaks the protocol of OpenAI for unit vectors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from semsearch.core.arrays import Vectors
from semsearch.core.embeddings_access import API_VARIABLE, KEY_VARIABLE, EmbeddingsAccess
from semsearch.core.errors import UNREADABLE, EncoderUnavailable, TextRefused
from semsearch.models.openai_server import ATTEMPTS, OpenAiServer

BATCH = 32
"""Texts of a request; some servers accept no more."""
MAX_BYTES = 1 << 25
"""Of an answer: 32 vectors of 16,000 numbers in decimals."""


@dataclass(frozen=True, slots=True)
class EmbeddingsClient:
    """Asks an embeddings server for unit vectors."""

    server: OpenAiServer

    @classmethod
    def of(
        cls, access: EmbeddingsAccess, *, timeout_s: float, attempts: int = ATTEMPTS
    ) -> EmbeddingsClient:
        """Return the client for an address.

        Raises:
            EncoderUnavailable: no address is named.
            InvalidSetting: it is no address, or the key cannot be sent.
        """
        if not access.api:
            raise EncoderUnavailable(
                f"the encoder is a model of an embeddings server; name its address in {API_VARIABLE}, "
                "such as http://localhost:11434/v1"
            )
        return cls(
            OpenAiServer(
                url=access.api,
                noun="embeddings server",
                key=access.key.get_secret_value() if access.key else None,
                key_setting=KEY_VARIABLE,
                failed=EncoderUnavailable,
                refused=EncoderUnavailable,
                input_refused=TextRefused,
                max_bytes=MAX_BYTES,
                timeout_s=timeout_s,
                attempts=attempts,
            )
        )

    def message(self, what: str) -> str:
        """Return a message about the server."""
        return self.server.message(what)

    def embed(self, model: str, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of texts, (n, dim), in requests of at most `BATCH` texts.

        Raises:
            EncoderUnavailable: the server does not answer, or not with a vector for each text.
            TextRefused: it refuses these texts, or has no vector with a direction for one of them.
        """
        batches = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        found = [self._batch(model, batch) for batch in batches]
        if len({rows.shape[1] for rows in found}) > 1:
            raise EncoderUnavailable(self.message("answers with vectors of several lengths"))
        return np.concatenate(found)

    def _batch(self, model: str, texts: Sequence[str]) -> Vectors:
        # several servers refuse an empty text
        sent = {"model": model, "input": [text if text.strip() else "." for text in texts]}
        content = self.server.post("embeddings", sent)
        try:
            with np.errstate(over="ignore"):  # infinity is refused below
                rows = np.array(list(_rows(json.loads(content), len(texts))), dtype=np.float32)
        except (*UNREADABLE, LookupError):
            rows = np.empty(0, dtype=np.float32)
        if rows.ndim != 2 or not rows.shape[1]:
            problem = f"answers without a vector for each text: {self.server.said(content)}"
            raise EncoderUnavailable(self.message(problem))
        lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and (lengths > 0).all()):
            raise TextRefused(
                self.message("answers with a vector that has no direction: NaN, infinity or zeros")
            )
        units: Vectors = (rows / lengths).astype(np.float32)
        return units


def _rows(stated: Any, count: int) -> Iterator[list[float]]:  # noqa: ANN401 - any JSON
    """Yield the vectors of an answer in the order of the texts.

    Raises:
        ValueError: there is not one for each text.
    """
    by_index = {int(one["index"]): one["embedding"] for one in stated["data"]}
    if sorted(by_index) != list(range(count)):
        raise ValueError("not one vector for each text")
    for index in range(count):
        yield by_index[index]
