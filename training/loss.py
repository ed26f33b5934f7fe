"""Contrastive loss over whole texts and their tokens.

A question is scored against every definition of the batch as `semsearch.ranking` scores it: by the
vectors of the whole texts, and by late interaction of their tokens in both directions. The loss is
that of choosing the right definition for a question, and the right question for a definition
(multiple negatives ranking, Henderson et al., 2017, https://arxiv.org/abs/1705.00652, in both
directions). sentence-transformers has this loss for one vector a text and for late interaction (its
multi-vector encoders), but not for a model that is used in both ways.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

SCALE = 20.0
"""Scale of cosines, as in sentence-transformers' own loss."""

PART_OF_TOKENS = 0.6
COVERAGE = 0.3
"""Weight of tokens relative to the vectors of whole texts, and of coverage among the tokens: near
those of `semsearch.ranking.weights`."""

TOO_ALIKE = 0.85
"""Cosine of two definitions above which neither is a wrong answer to the other's question."""


class DescriptionLoss(nn.Module):  # type: ignore[misc]
    """Multiple negatives ranking over whole texts and over tokens.

    Args:
        model: a sentence-transformers model with token vectors.
        weights: (vocabulary,) how much each token counts; 0 for stop words and marks.
        tokens: whether tokens take part at all.
        phrases: what the choice among the questions of other definitions counts beside that among
            definitions: a stored phrase is compared with a question as a question.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401
        weights: Tensor,
        *,
        tokens: bool = True,
        phrases: float = 0.0,
    ) -> None:
        super().__init__()
        self.model = model
        self.tokens = tokens
        self.phrases = phrases
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, features: Iterable[dict[str, Tensor]], labels: Tensor) -> Tensor:
        """Return the loss of a batch.

        Args:
            features: of the questions and, last, of their definitions; a definition may have
                several questions, and then every group of questions chooses for itself.
            labels: (n,) the sense of each pair; pairs of one sense are never held against each
                other.
        """
        *asked, definitions = [
            BatchEmbeddings.of(self.model(one), self.weights) for one in features
        ]
        target = torch.arange(len(labels), device=labels.device)
        same = labels[:, None] == labels[None, :]
        alike = (definitions.whole @ definitions.whole.T).detach() > TOO_ALIKE
        barred = (same | alike) & (target[:, None] != target[None, :])

        def loss_of(scores: Iterable[Tensor]) -> Tensor:
            losses = []
            for score in scores:
                masked = SCALE * score.masked_fill(barred, -torch.inf)
                losses += [cross_entropy(masked, target), cross_entropy(masked.T, target)]
            return torch.stack(losses).mean()

        loss = loss_of(one for each in asked for one in self._scores(each, definitions))
        if self.phrases and len(asked) > 1:
            pairs = combinations((one.whole for one in asked), 2)
            loss = loss + self.phrases * loss_of(one @ other.T for one, other in pairs)
        return loss

    def _scores(self, questions: BatchEmbeddings, definitions: BatchEmbeddings) -> list[Tensor]:
        whole = questions.whole @ definitions.whole.T
        if not self.tokens:
            return [whole]
        closer = late_interaction(questions, definitions)
        return [whole, (1 - PART_OF_TOKENS) * whole + PART_OF_TOKENS * closer]


@dataclass(frozen=True, slots=True)
class BatchEmbeddings:
    """Texts of a batch.

    Vectors of the whole (n, d), of tokens (n, t, d), and what these count (n, t).
    """

    whole: Tensor
    tokens: Tensor
    counts: Tensor

    @classmethod
    def of(cls, found: dict[str, Tensor], weights: Tensor) -> BatchEmbeddings:
        """Take what a model found; tokens that do not count are left out as far as padding lets."""
        counts = weights[found["input_ids"]] * found["attention_mask"]
        most = int((counts > 0).sum(dim=1).max())
        first = (counts > 0).int().argsort(dim=1, descending=True, stable=True)[:, :most]
        tokens = found["token_embeddings"].float()
        tokens = tokens.gather(1, first[:, :, None].expand(-1, -1, tokens.shape[2]))
        whole = normalize(found["sentence_embedding"].float(), dim=-1)
        return cls(whole, normalize(tokens, dim=-1), counts.gather(1, first))


def late_interaction(questions: BatchEmbeddings, definitions: BatchEmbeddings) -> Tensor:
    """Compare tokens as `semsearch.ranking.late_interaction` does, (questions, definitions)."""
    cosines = torch.einsum("qid,ejd->qeij", questions.tokens, definitions.tokens)
    absent_q = (questions.counts <= 0)[:, None, :, None]
    absent_d = (definitions.counts <= 0)[None, :, None, :]
    nearest = cosines.masked_fill(absent_d, -1).amax(dim=3)
    match = _mean(nearest, questions.counts[:, None, :])
    nearest = cosines.masked_fill(absent_q, -1).amax(dim=2)
    cover = _mean(nearest, definitions.counts[None, :, :])
    return (1 - COVERAGE) * match + COVERAGE * cover


def _mean(values: Tensor, counts: Tensor) -> Tensor:
    return (values * counts).sum(dim=-1) / counts.sum(dim=-1).clamp(min=1e-6)
