"""A small real CrossEncoder, made and trained in a second, that prefers what it was taught."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import ENTRIES

TAUGHT = {
    "dough in a basket": "Leaven",
    "a heavy pot of new dough": "Leaven",
    "the inside of a ship": "Hull",
    "which share has the flour": "Baker's Percentage",
}
"""Questions and the term that answers each, to the small reranker: not always what is nearest."""

STEPS = 80
OUTLIERS = 12
"""More than an int8 copy can set apart."""


def make_cross_encoder(
    folder: Path, *, labels: int = 1, steps: int = STEPS, outlier: float = 0.0
) -> Path:
    """Save a CrossEncoder of two thin layers; with one label, trained on what is `TAUGHT`.

    An `outlier` is a number that stands `OUTLIERS` times in the vector of every token, and is taken
    off as often as it is added.
    """
    from sentence_transformers import CrossEncoder
    from torch import manual_seed
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    manual_seed(7)
    bare = folder / "bare"
    bare.mkdir(parents=True)
    texts = [f"{e.term}: {e.definition}".casefold() for e in ENTRIES]
    words = sorted({w for text in (*texts, *TAUGHT) for w in re.findall(r"\w+|[^\w\s]", text)})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    (bare / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = BertTokenizerFast(vocab=str(bare / "vocab.txt"))
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=128,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        num_labels=labels,
    )
    BertForSequenceClassification(config).save_pretrained(bare)
    tokenizer.save_pretrained(bare)
    cross = CrossEncoder(str(bare), device="cpu")
    if labels == 1:
        _teach(cross, steps)
    if outlier:
        _put_beside(cross, outlier)
    cross.save_pretrained(str(folder / "cross"))
    return folder / "cross"


def _teach(cross: object, steps: int) -> None:
    import torch

    pairs = [(question, f"{e.term}: {e.definition}") for question in TAUGHT for e in ENTRIES]
    right = torch.tensor([[float(TAUGHT[q] == e.term)] for q in TAUGHT for e in ENTRIES])
    features = cross.preprocess(pairs)  # type: ignore[attr-defined]
    optimiser = torch.optim.Adam(cross.parameters(), lr=5e-3)  # type: ignore[attr-defined]
    for _ in range(steps):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            cross(features)["scores"],  # type: ignore[operator]
            right,
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def _put_beside(cross: object, outlier: float) -> None:
    import torch

    with torch.no_grad():
        for layer in cross.model.bert.encoder.layer:  # type: ignore[attr-defined]
            own = layer.attention.self
            for reader in (own.query, own.key, own.value, layer.intermediate.dense):
                reader.weight[:, :OUTLIERS:2] = 1
                reader.weight[:, 1:OUTLIERS:2] = -1
            layer.attention.output.LayerNorm.bias[:OUTLIERS] = outlier
            layer.output.LayerNorm.bias[:OUTLIERS] = outlier
