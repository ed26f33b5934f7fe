"""A model small enough to read: each token has a vector, and a text the mean of its tokens'."""

from __future__ import annotations

import torch
from torch import Tensor

VOCABULARY = 6
WEIGHTS = torch.tensor([0.0, 1.0, 2.0, 1.0, 3.0, 1.0])
"""Token 0 means nothing: a stop word."""


class WordTable(torch.nn.Module):  # type: ignore[misc]
    """A model whose tokens have a vector each, and whose texts the mean of their tokens'."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.table = torch.nn.Embedding(VOCABULARY, 8)

    def forward(self, features: dict[str, Tensor]) -> dict[str, Tensor]:
        """Add vectors, as sentence-transformers does."""
        tokens = self.table(features["input_ids"])
        return {**features, "token_embeddings": tokens, "sentence_embedding": tokens.mean(dim=1)}


def features(*texts: list[int]) -> dict[str, Tensor]:
    """Return texts of token numbers as a model takes them, padded."""
    longest = max(len(text) for text in texts)
    ids = torch.tensor([[*text, *[0] * (longest - len(text))] for text in texts])
    mask = torch.tensor([[1] * len(t) + [0] * (longest - len(t)) for t in texts])
    return {"input_ids": ids, "attention_mask": mask}
