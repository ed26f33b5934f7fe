"""The encoder of an embeddings server that speaks the protocol of OpenAI.

Texts of a build are tried several times. Questions have a short timeout and a circuit breaker:
while the server is away, they fail at once, and the search answers by words and names. A text that
the server refuses fails alone. The vector
of a fixed text shows whether the model is still that of the index; see `server_description.py`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import numpy as np

from semsearch.core.arrays import Encoded
from semsearch.core.embeddings_access import EmbeddingsAccess, embeddings_access
from semsearch.core.errors import EncoderUnavailable, TextRefused
from semsearch.models.circuit_breaker import CircuitBreaker
from semsearch.models.embeddings_client import EmbeddingsClient
from semsearch.models.encoders.wordpieces import NO_TOKENS
from semsearch.models.openai_server import ATTEMPTS
from semsearch.models.server_description import NAME_PREFIX, PROBE, ServerDescription

_log = logging.getLogger("semsearch")

PRECISION = "server"
"""Precision of an index whose questions an embeddings server embeds."""

CHECK_S = 300.0
"""Seconds after which a question asks for the vector of the fixed text again."""


class ServerEncoder:
    """The encoder of an embeddings server. Thread-safe.

    Args:
        description: of the model.
        is_patient: whether questions wait as long as texts of a build do, and both are tried as
            often.
        access: address, key and timeouts; by default those of the environment, read at the first
            request, so that an index opens without a server.
        clock: returns seconds.
    """

    def __init__(
        self,
        description: ServerDescription,
        *,
        is_patient: bool = False,
        access: EmbeddingsAccess | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._description = description
        self._is_patient = is_patient
        self._access = access
        self._clock = clock
        self._breaker = CircuitBreaker(clock)
        self._check_at = 0.0

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._description.dim

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder."""
        return self._description.fingerprint

    def encode_entries(self, texts: Sequence[str]) -> Encoded:
        """Embed pieces of definitions; see `Encoder.encode_entries`.

        Raises:
            EncoderUnavailable: the server does not answer, or not with vectors of the model of the
                index.
        """
        prefix = self._description.passage_prefix
        return self._encode(texts, prefix, attempts=ATTEMPTS if self._is_patient else 2)

    def encode_questions(self, questions: Sequence[str]) -> Encoded:
        """Embed questions; see `Encoder.encode_questions`.

        Raises:
            EncoderUnavailable: the server does not answer in time, did not just before, or not with
                vectors of the model of the index.
            TextRefused: it refuses these questions, and may embed others.
        """
        prefix = self._description.query_prefix
        if self._is_patient or not questions:
            return self._encode(questions, prefix, attempts=ATTEMPTS)
        was_open = self._breaker.is_open
        try:
            with self._breaker.call():
                is_due = was_open or self._clock() >= self._check_at
                found = self._encode(questions, prefix, is_quick=True, check=is_due)
        except TextRefused as error:
            _log.warning("a question is answered by words and names: %s", error)
            raise
        except EncoderUnavailable as error:
            if not was_open and self._breaker.is_open:
                _log.warning("questions are answered by words and names: %s", error)
            raise
        if is_due:
            self._check_at = self._clock() + CHECK_S
        if was_open:
            _log.warning("the embeddings server answers again; questions are embedded")
        return found

    def is_word(self, text: str) -> bool:
        """Return False: its vocabulary is not known."""
        return False

    def _encode(
        self,
        texts: Sequence[str],
        prefix: str,
        *,
        attempts: int = 1,
        is_quick: bool = False,
        check: bool = True,
    ) -> Encoded:
        if not texts:
            return Encoded(np.empty((0, self.dim), dtype=np.float32), ())
        access = self._access or embeddings_access()
        timeout_s = access.timeout if is_quick else access.build_timeout
        client = EmbeddingsClient.of(access, timeout_s=timeout_s, attempts=attempts)
        limit, model = self._description.max_chars, self._description.model
        sent = [prefix + text[:limit] for text in texts]
        if check:
            sent.append(self._description.passage_prefix + PROBE)
        vectors = client.embed(model, sent)
        if vectors.shape[1] != self.dim:
            raise EncoderUnavailable(
                client.message(
                    f"answers for {model!r} with {vectors.shape[1]} dimensions, and the index has "
                    f"{self.dim}; {_way_out(model)}"
                )
            )
        if check:
            if not self._description.is_near(vectors[-1]):
                raise EncoderUnavailable(
                    client.message(
                        f"has another model behind the name {model!r} than the one that the index "
                        f"was built with; {_way_out(model)}"
                    )
                )
            vectors = vectors[:-1]
        return Encoded(vectors, (NO_TOKENS,) * len(texts))


def _way_out(model: str) -> str:
    return f"let it serve the former model, or run `semsearch build --model {NAME_PREFIX}{model}` again"
