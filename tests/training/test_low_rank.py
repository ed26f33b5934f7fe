"""What a training changed becomes an adapter."""

import shutil
from pathlib import Path

import pytest

from semsearch.models.encoders.sentence_transformer import load_model
from semsearch.models.registry import BASE_MODEL, find_model
from training.evaluate import model_of
from training.low_rank import factors, write_low_rank
from training.means import MODEL_WEIGHTS

pytestmark = pytest.mark.model  # all read weights with torch

WORDS = "embeddings.word_embeddings.weight"
QUERY = "encoder.layer.3.attention.self.query.weight"
WIDE = "encoder.layer.0.intermediate.dense.weight"


def test_a_change_of_low_rank_comes_back_whole(tmp_path: Path) -> None:
    """In layers and words, by the way that an installed adapter is loaded."""
    import torch
    from safetensors.torch import load_file, save_file  # noqa: PLC0415 - loads torch

    torch.manual_seed(0)
    base = find_model(BASE_MODEL).path
    weights = load_file(base / MODEL_WEIGHTS)
    changed = dict(weights)
    for name in (WORDS, QUERY, WIDE):
        height, width = weights[name].shape
        changed[name] = weights[name] + 0.01 * torch.randn(height, 2) @ torch.randn(2, width)
    shutil.copytree(base, tmp_path / "model")
    save_file(changed, tmp_path / "model" / MODEL_WEIGHTS, {"format": "pt"})
    write_low_rank(tmp_path / "model", tmp_path / "adapter", rank=4, embeddings=3)
    found = load_model(model_of(str(tmp_path / "adapter")), "SentenceTransformer")
    merged = found.transformers_model.state_dict()
    for name in (WORDS, QUERY, WIDE):
        assert torch.allclose(merged[name], changed[name], atol=1e-4), name
        assert not torch.allclose(merged[name], weights[name], atol=1e-2), name


def test_the_largest_part_of_a_change_is_kept() -> None:
    """Of two directions the stronger one, and both factors are of like size."""
    import torch

    change = torch.diag(torch.tensor([1.0, 100.0]))
    up, down = factors(change, 1)
    assert (up @ down).tolist() == [[0, 0], [0, pytest.approx(100, rel=1e-5)]]
    assert up.abs().max().item() == pytest.approx(10, rel=1e-5)
