"""An embeddings server on this machine, with an encoder of ours behind the protocol of OpenAI."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.hashed import HashedEncoder
from tests.chat_server import Reply, Server, serving

Fault = Callable[[list[str]], Reply | None]
"""Gives another reply to some texts, or None."""


@dataclass(slots=True)
class EmbeddingsStandIn:
    """What a server embeds with, which a test may change while it runs."""

    encoder: Encoder = field(default_factory=HashedEncoder)
    fault: Fault = lambda texts: None
    pause_s: float = 0.0
    length: float = 2.5
    """Of its vectors, which need not be unit vectors."""

    def reply(self, body: dict[str, Any], _number: int) -> Reply:
        """Answer a request."""
        texts = body["input"]
        time.sleep(self.pause_s)
        if other := self.fault(texts):
            return other
        vectors = self.encoder.encode_entries(texts).vectors * self.length
        return embeddings(vectors.tolist())


def embeddings(vectors: list[list[float]]) -> Reply:
    """Return the reply with some vectors, the last first, since each says its place."""
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    return Reply(200, json.dumps({"object": "list", "model": "m", "data": data[::-1]}).encode())


@contextmanager
def embedding(
    made: EmbeddingsStandIn | None = None, port: int = 0
) -> Iterator[tuple[Server, EmbeddingsStandIn]]:
    """Run a server, and give it with what it embeds with."""
    stand_in = made or EmbeddingsStandIn()
    with serving(stand_in.reply, port) as server:
        yield server, stand_in
