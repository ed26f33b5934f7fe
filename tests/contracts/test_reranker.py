"""The contract of rerankers, run over the reference and both exports.

Covers `models/rerankers/base`, `models/rerankers/onnx`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from semsearch.models.rerankers.base import Reranker
from semsearch.models.rerankers.cross_encoder import CrossReranker, find_reranker
from semsearch.models.rerankers.onnx import OnnxReranker, RerankerExport

pytestmark = pytest.mark.model

QUESTION = "dough in a basket"
TEXTS = [
    "Hull: The body of a ship, without masts and sails.",
    "Leaven: A piece of fermented dough that makes new dough rise. It is fed with flour.",
    "dough " * 900,
    "",
    "naïve café 深層学習 🙂",
]


@pytest.fixture(params=["reference", "fp32", "int8"])
def reranker(request: pytest.FixtureRequest, cross_encoder: Path, reranked_index: Path) -> Reranker:
    """Give each reranker."""
    model = find_reranker(str(cross_encoder))
    if request.param == "reference":
        return CrossReranker(model)
    folder = reranked_index / "rerankers" / model.fingerprint[:16]
    export = RerankerExport.load(folder)
    assert export is not None
    return OnnxReranker(folder, export, request.param)


def test_each_text_gets_one_score_in_the_order_given(reranker: Reranker) -> None:
    """Finite float32, the fitting text highest; empty and overlong texts are scored, too."""
    scores = reranker.score(QUESTION, TEXTS)
    assert scores.shape == (5,)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert scores[1] > 2
    assert scores[0] < -2
    np.testing.assert_allclose(reranker.score(QUESTION, TEXTS[::-1]), scores[::-1], atol=1e-4)


def test_a_text_alone_and_among_others_has_the_same_score(reranker: Reranker) -> None:
    """What else is scored does not change an answer."""
    together = reranker.score(QUESTION, TEXTS)
    for text, score in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(reranker.score(QUESTION, [text]), [score], atol=1e-4)


def test_no_texts_give_no_scores(reranker: Reranker) -> None:
    """An empty list is not an error."""
    assert reranker.score(QUESTION, []).shape == (0,)


def test_threads_get_the_same_scores(reranker: Reranker) -> None:
    """Eight calls at once."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: reranker.score(QUESTION, TEXTS[:2]), range(8)))
    np.testing.assert_allclose(found, [reranker.score(QUESTION, TEXTS[:2])] * 8, atol=1e-4)


def test_the_fingerprint_is_that_of_the_model(reranker: Reranker, cross_encoder: Path) -> None:
    """Whichever copy scores."""
    assert reranker.fingerprint == find_reranker(str(cross_encoder)).fingerprint
