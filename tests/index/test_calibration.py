"""The stored calibration.

What it changes in answers, what it survives, and how it is taken back.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from pathlib import Path

import pytest

from semsearch.core.answers import Tier, Verdict
from semsearch.core.errors import IndexBusy, IndexDamaged, IndexMissing, IndexUnwritable
from semsearch.index.calibration import (
    StoredCalibration,
    load_calibration,
    remove_calibration,
    save_calibration,
)
from semsearch.ingest.build import build_index
from semsearch.ranking.confidence import Calibration
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES, entry

QUESTIONS = (
    "which pot keeps the steam around a loaf?",
    "dough in a basket",
    "share of the weight",
    "a ship without sails",
    "quantum physics",
    "leaven",
    "leav",
    "levaen",
    "inner loafs",
)


@pytest.fixture
def index(hashed_index: Path, tmp_path: Path) -> Path:
    """Give a copy of the small index that a test may calibrate."""
    shutil.copytree(hashed_index, tmp_path / "index")
    return tmp_path / "index"


def store(index: Path, slope: float, intercept: float, fingerprint: str | None = None) -> None:
    """Give an index a calibration, of its own encoder unless another is named."""
    with Glossary.open(index, calibrated=False) as opened:
        own = opened.info().fingerprint
    calibration = StoredCalibration(fingerprint or own, slope, intercept, 30, "2025-01-01T00:00:00")
    save_calibration(IndexLayout(index), calibration)


@pytest.mark.parametrize(("slope", "intercept"), [(0.1, 0), (1, 9), (1, -9), (5, 0.5)])
def test_it_never_changes_what_is_found(index: Path, slope: float, intercept: float) -> None:
    """The same hits in the same order with the same scores, however confidence is bent."""
    store(index, slope, intercept)
    with Glossary.open(index) as bent, Glossary.open(index, calibrated=False) as plain:
        for question in QUESTIONS:
            now, before = bent.ask(question), plain.ask(question)
            assert [(h.entry.id, h.score, h.similarity) for h in now.hits] == [
                (h.entry.id, h.score, h.similarity) for h in before.hits
            ]
            assert now.repaired == before.repaired


def test_confidence_and_labels_follow_it(index: Path) -> None:
    """What fits becomes no close match and the other way round; the confidence is the bent one."""
    question = "dough in a basket"
    with Glossary.open(index) as opened:
        plain = opened.ask(question)
        tag = opened.tag
    store(index, 1, -9)
    with Glossary.open(index) as opened:
        unsure = opened.ask(question)
        assert opened.tag != tag
        assert opened.info().calibrated_with == 30
    expected = Calibration(1, -9).apply(plain.confidence)
    assert unsure.confidence == pytest.approx(expected, abs=1e-4)
    assert unsure.no_close_match
    assert {hit.matched_by for hit in unsure.hits} == {Tier.NEAREST}
    store(index, 1, 9)
    with Glossary.open(index) as opened:
        sure = opened.ask(question)
    assert sure.confidence > plain.confidence
    assert sure.hits[0].matched_by is Tier.MEANING


@pytest.mark.parametrize(
    "question", ["leaven", "inner loafs", "bannet", "percentage", "levaen", "lesven"]
)
@pytest.mark.parametrize("intercept", [-9, 9])
def test_names_keep_their_confidence(index: Path, question: str, intercept: float) -> None:
    """Exact, other forms, beginnings and misspelt ones: they are not right by their meaning."""
    store(index, 1, intercept)
    with Glossary.open(index) as bent, Glossary.open(index, calibrated=False) as plain:
        now, before = bent.ask(question), plain.ask(question)
    assert (now.confidence, now.verdict) == (before.confidence, before.verdict)
    assert now.hits[0].matched_by is before.hits[0].matched_by
    assert now.verdict is not Verdict.NONE


def test_a_rebuild_keeps_it(index: Path) -> None:
    """A build with the same encoder keeps the calibration, also with new entries."""
    store(index, 1, -1)
    build_index([*ENTRIES, entry("Scoring", "Cutting the dough.")], index, model="hashed")
    with Glossary.open(index) as opened:
        assert (opened.info().generation, opened.info().calibrated_with) == (2, 30)


def test_it_is_not_used_for_another_encoder(index: Path) -> None:
    """The file stays, and answers are as without it."""
    store(index, 1, -9, fingerprint="another")
    with Glossary.open(index) as opened, Glossary.open(index, calibrated=False) as plain:
        assert opened.info().calibrated_with == 0
        assert opened.ask(QUESTIONS[0]) == plain.ask(QUESTIONS[0])
    assert (index / "calibration.json").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"slope": 1}',
        pytest.param({"slope": 0}, id="no slope"),
        pytest.param({"slope": -1}, id="a slope that turns it round"),
        pytest.param({"slope": float("nan")}, id="not a number"),
        pytest.param({"intercept": float("inf")}, id="without end"),
        pytest.param({"slope": "1"}, id="a text"),
        pytest.param({"more": 1}, id="a field too many"),
    ],
)
def test_a_damaged_one_is_named_with_the_way_out(
    index: Path, content: bytes | dict[str, object]
) -> None:
    """The index does not open, says which command mends it, and that command does."""
    store(index, 1, -1)
    file = index / "calibration.json"
    if isinstance(content, dict):
        content = json.dumps({**json.loads(file.read_bytes()), **content}).encode()
    file.write_bytes(content)
    with pytest.raises(IndexDamaged) as caught:
        Glossary.open(index)
    assert str(caught.value).startswith(f"{file} is not a calibration (")
    assert f"run `semsearch calibrate --reset --index {index}`" in str(caught.value)
    assert remove_calibration(IndexLayout(index))
    with Glossary.open(index) as opened:
        assert opened.info().calibrated_with == 0


def test_removing_says_whether_there_was_one(index: Path) -> None:
    """Twice is once; without an index it is an error and makes nothing."""
    store(index, 1, -1)
    layout = IndexLayout(index)
    assert remove_calibration(layout)
    assert not remove_calibration(layout)
    assert load_calibration(layout, "any") is None
    with pytest.raises(IndexMissing, match="semsearch build"):
        remove_calibration(IndexLayout(index / "nothing"))
    assert not (index / "nothing").exists()


@pytest.mark.process
def test_it_is_not_written_while_a_build_runs(index: Path) -> None:
    """The message names the process; what was stored stays."""
    store(index, 1, -1)
    before = (index / "calibration.json").read_bytes()
    with (index / "LOCK").open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for change in (lambda: store(index, 2, 0), lambda: remove_calibration(IndexLayout(index))):
            with pytest.raises(IndexBusy, match="another build"):
                change()
    assert (index / "calibration.json").read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(index: Path) -> None:
    """The reason and the file; the index still answers."""
    (index / ".calibration.json.new").mkdir()
    with pytest.raises(IndexUnwritable, match=r"calibration\.json cannot be written"):
        store(index, 1, -1)
    with Glossary.open(index) as opened:
        assert opened.info().calibrated_with == 0
