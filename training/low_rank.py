"""Turn a trained model into an adapter: what it changed in its base, by matrices of low rank.

    python -m training.low_rank MODEL TARGET [--rank 128] [--embeddings 64]

MODEL is the `model/` of a run with `--all-parameters`, or of the mean of several. Of each linear
layer and of the word embeddings the difference to the base is approximated by a product of two
matrices, which is the closest one of that rank (Eckart and Young, 1936,
https://doi.org/10.1007/BF02288367). Biases, norms and positions stay those of the base: their
change moves no answer. TARGET gets the adapter in PEFT's
format.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

from semsearch.models.encoders.sentence_transformer import load_model
from semsearch.models.registry import BASE_MODEL, find_model

RANK = 128
"""Rank of a linear layer's change: 10.6 MB in half precision, and cosines of .998 to the model."""
EMBEDDINGS_RANK = 64
"""Rank of the change of the word embeddings: 4 MB."""
_LINEAR = ("query", "key", "value", "dense")
_WORDS = "word_embeddings"


def write_low_rank(
    model: Path, target: Path, rank: int = RANK, embeddings: int = EMBEDDINGS_RANK
) -> None:
    """Write the adapter that brings the base nearest to a model.

    Args:
        model: folder of a model with the layers of the base.
        target: folder for the adapter.
        rank: of the change of a linear layer.
        embeddings: rank of the change of the word embeddings.
    """
    from peft import LoraConfig, get_peft_model

    base = load_model(find_model(BASE_MODEL), "SentenceTransformer").transformers_model
    trained = load_model(find_model(str(model)), "SentenceTransformer").transformers_model
    changed = dict(trained.named_modules())
    shape = LoraConfig(
        r=rank,
        lora_alpha=rank,
        target_modules=rf".*layer\.\d+\..*\.({'|'.join(_LINEAR)})|.*{_WORDS}",
        rank_pattern={_WORDS: embeddings},
        alpha_pattern={_WORDS: embeddings},
        task_type="FEATURE_EXTRACTION",
    )
    with warnings.catch_warnings():
        # PEFT asks transformers in a way that is deprecated
        warnings.simplefilter("ignore", FutureWarning)
        adapted = get_peft_model(base, shape)
    for name, layer in adapted.base_model.model.named_modules():
        if not hasattr(layer, "lora_A"):
            continue
        change = changed[name].weight.data - layer.base_layer.weight.data
        if layer.lora_A:
            up, down = factors(change, rank)
            layer.lora_A["default"].weight.data, layer.lora_B["default"].weight.data = down, up
        else:  # an embedding's row is a word, so its matrix stands the other way
            up, down = factors(change.T, embeddings)
            layer.lora_embedding_A["default"].data = down
            layer.lora_embedding_B["default"].data = up
    adapted.save_pretrained(str(target), save_embedding_layers=False)


def factors(change: Any, rank: int) -> tuple[Any, Any]:  # noqa: ANN401 - tensors
    """Return two matrices of a rank whose product is nearest to another, of like size.

    Args:
        change: (m, n)
        rank: at most that of the change is needed.

    Returns:
        (m, rank) and (rank, n).
    """
    import torch

    left, sizes, right = torch.linalg.svd(change, full_matrices=False)
    root = sizes[:rank].sqrt()  # shared, so that half precision holds both
    return (left[:, :rank] * root).contiguous(), (root[:, None] * right[:rank]).contiguous()


def main() -> None:
    """Write the adapter of the model that is named."""
    parser = argparse.ArgumentParser(
        prog="python -m training.low_rank",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--rank", type=int, default=RANK, help="of a linear layer")
    parser.add_argument("--embeddings", type=int, default=EMBEDDINGS_RANK, help="of the words")
    given = parser.parse_args()
    write_low_rank(given.model, given.target, given.rank, given.embeddings)
    print(f"The adapter of {given.model}: {given.target}")


if __name__ == "__main__":
    main()
