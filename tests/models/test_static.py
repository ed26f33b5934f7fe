"""Static encoders: made from an exported one, and near to it.

Covers `models/encoders/static_cache`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from semsearch.models.encoders.onnx import EncoderExport, OnnxEncoder
from semsearch.models.encoders.static import RECIPE, StaticEncoder, distil
from semsearch.models.encoders.static_cache import VERSION, static_encoder_of
from semsearch.text.common_questions import CommonQuestions, write_places

QUESTIONS = [
    "how does a network keep from learning its training set by heart",
    "what shrinks the step size while a model is trained",
    "a vector that stands for a word",
    "which part of a ship holds the sails",
]


@pytest.fixture(scope="module")
def encoder(seed_index: Path) -> OnnxEncoder:
    """Give the exported encoder of the seed."""
    (folder,) = (seed_index / "encoders").iterdir()
    export = EncoderExport.load(folder)
    assert export is not None
    return OnnxEncoder(folder, export, "int8")


@pytest.fixture
def common(tmp_path: Path) -> CommonQuestions:
    """Give a few texts to fit a static encoder with."""
    file = tmp_path / "few.jsonl"
    concept = {
        "term": "Oven",
        "aliases": [],
        "definition": "A closed box that is heated to bake bread.",
        "questions": ["where does dough become bread", "box that gets hot for baking"],
    }
    file.write_text(json.dumps(concept) + "\n")
    write_places(tmp_path)
    return CommonQuestions(tmp_path)


def _plain(*pieces: str) -> StaticEncoder:
    rows = np.zeros((len(pieces), 2), dtype=np.int8)
    ones = np.ones(len(pieces), dtype=np.float32)
    return StaticEncoder(pieces, rows, ones, np.zeros(2, "f4"), np.eye(2, dtype=np.float32))


def test_the_longest_pieces_are_taken() -> None:
    """Case, accents and marks do not matter; a word with an unknown part is left out."""
    static = _plain("bake", "baker", "##y", "##s", "ovens", "e", "##e")
    assert static.numbers(["Bakery, BAKÈS!", "ovens-ovenz", ""]) == [[1, 2, 0, 3], [4], []]


def test_projected_vectors_have_length_one() -> None:
    """The mean is taken off before."""
    static = StaticEncoder(
        ("a",),
        np.zeros((1, 1), np.int8),
        np.ones(1, "f4"),
        np.array([1, 0], "f4"),
        np.array([[1], [0]], "f4"),
    )
    assert static.project(np.array([[3, 4], [-5, 2]], "f4")).tolist() == [[1], [-1]]


class _Foreign(OnnxEncoder):
    """An encoder with hardly any English word pieces."""

    def __init__(self) -> None:
        """Load nothing."""

    def lower_case_pieces(self) -> dict[str, int]:
        """Return two pieces, one of them not English."""
        return {"oven": 7, "\u043f\u0435\u0447\u044c": 8}


def test_a_vocabulary_of_other_languages_gives_none() -> None:
    """Too few pieces are lower-case English."""
    assert distil(_Foreign(), QUESTIONS) is None


def test_a_static_encoder_is_near_to_its_encoder(encoder: OnnxEncoder) -> None:
    """A few texts suffice for questions to be nearest to their own full vectors."""
    static = distil(encoder, QUESTIONS * 2)
    assert static is not None
    assert static.rows.shape == (len(static.pieces), min(RECIPE.dimensions, encoder.dim))
    assert static.rows.nbytes < 12_000_000
    assert {"oven", "##ing"} <= set(static.pieces)
    assert all(piece.isascii() for piece in static.pieces)
    vectors = static.rows * static.scales[:, np.newaxis]
    sums = np.stack([vectors[numbers].sum(axis=0) for numbers in static.numbers(QUESTIONS)])
    full = static.project(encoder.encode_questions(QUESTIONS).vectors)
    assert (sums @ full.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.process
def test_a_static_encoder_is_made_once(
    encoder: OnnxEncoder,
    common: CommonQuestions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A damaged file is made anew, the next export reads it, and nothing else is left."""
    monkeypatch.setenv("SEMSEARCH_CACHE_FOLDER", str(tmp_path / "cache"))
    name = f"{encoder.fingerprint[:16]}-{common.digest[:16]}-{VERSION}.npz"
    file = tmp_path / "cache/static" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(b"PK\x03\x04")
    made = static_encoder_of(encoder, common)
    stored = file.stat().st_mtime_ns
    found = static_encoder_of(encoder, common)
    assert made is not None
    assert found is not None
    assert file.stat().st_mtime_ns == stored
    assert found.pieces == made.pieces
    assert np.array_equal(found.rows, made.rows)
    assert np.array_equal(found.axes, made.axes)
    assert [one.name for one in file.parent.iterdir()] == [name]
