"""Exporting a reranker: the fastest copy that agrees scores, and one that does not is refused.

Covers `models/rerankers/export`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.core.errors import EncoderError
from semsearch.core.progress import Silent
from semsearch.models.rerankers.cross_encoder import CrossReranker, find_reranker
from semsearch.models.rerankers.export import agree, export_reranker
from semsearch.models.rerankers.onnx import OnnxReranker, RerankerExport
from tests.conftest import ENTRIES
from tests.models.small_reranker import TAUGHT, make_cross_encoder

DEFINITIONS = [e.definition for e in ENTRIES]


def test_agreement_is_correlation_and_difference_of_probabilities() -> None:
    """Identical scores agree wholly; opposite ones correlate at -1."""
    one = np.array([0.0, 2.0, -2.0], dtype=np.float32)
    assert agree(one, one) == agree(one, one + np.float32(0))
    assert (agree(one, one).correlation, agree(one, one).difference) == (1.0, 0.0)
    opposite = agree(one, -one)
    assert opposite.correlation == -1.0
    assert opposite.difference == pytest.approx(2 * (0.8808 - 0.1192) / 3, abs=1e-4)


@pytest.mark.parametrize("same", [[1.0], [1.0, 1.0, 1.0]])
def test_scores_that_never_differ_correlate_with_nothing(same: list[float]) -> None:
    """A single pair has no correlation either; a reranker without an order is refused."""
    scores = np.array(same, dtype=np.float32)
    assert agree(scores, scores).correlation == 0.0


@pytest.mark.model
def test_the_exported_copy_scores_like_the_reference(
    cross_encoder: Path, reranked_index: Path
) -> None:
    """fp32 to a thousandth; int8 of a trained model agrees and is chosen."""
    model = find_reranker(str(cross_encoder))
    folder = reranked_index / "rerankers" / model.fingerprint[:16]
    export = RerankerExport.load(folder)
    assert export is not None
    assert export.precision == "int8"
    assert export.agreement["fp32"].correlation == 1.0
    assert export.agreement["int8"].correlation >= 0.98
    reference, copy = CrossReranker(model), OnnxReranker(folder, export, "fp32")
    for question in TAUGHT:
        np.testing.assert_allclose(
            copy.score(question, DEFINITIONS), reference.score(question, DEFINITIONS), atol=1e-3
        )


@pytest.mark.model
def test_where_int8_disagrees_fp32_scores(tmp_path: Path) -> None:
    """Many large numbers beside small ones leave these few steps of int8."""
    model = find_reranker(str(make_cross_encoder(tmp_path / "random", steps=0, outlier=10)))
    export = export_reranker(model, tmp_path / "export", DEFINITIONS, Silent())
    assert export.agreement["int8"].correlation < 0.98
    assert export.precision == "fp32"
    assert RerankerExport.find(tmp_path / "export", model.fingerprint) == export


@pytest.mark.model
def test_a_reranker_that_would_need_torch_to_answer_is_refused(
    cross_encoder: Path, tmp_path: Path
) -> None:
    """Here: one that puts a prompt before its pairs, which the exported copy does not know."""
    from sentence_transformers import CrossEncoder

    cross = CrossEncoder(
        str(cross_encoder),
        device="cpu",
        prompts={"query": "dough flour ship basket: "},
        default_prompt_name="query",
    )
    cross.save_pretrained(str(tmp_path / "prompted"))
    model = find_reranker(str(tmp_path / "prompted"))
    with pytest.raises(EncoderError, match=r"its exact copy gives other scores: correlation"):
        export_reranker(model, tmp_path / "exports" / "it", DEFINITIONS, Silent())
    assert list((tmp_path / "exports").iterdir()) == []
