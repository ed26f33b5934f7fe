"""Building: what is embedded again, what a kill leaves, and what a damaged index says.

Covers `index/embedding`, `index/generation`, `index/manifest`, `index/files/entry_table`,
`index/files/name_table`, `index/files/tokens`, `ingest/build_report`.
"""

from __future__ import annotations

import fcntl
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.answers import Tier
from semsearch.core.checksums import sha256_of
from semsearch.core.entries import Source
from semsearch.core.errors import (
    EncoderMismatch,
    FormatTooNew,
    FormatTooOld,
    ImportFailed,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexUnwritable,
    InvalidSetting,
    StoredIndexError,
)
from semsearch.index.manifest import FORMAT, built_with
from semsearch.ingest.build import build_index
from semsearch.ingest.corpus_build import build
from semsearch.models.encoders.onnx import EncoderExport, OnnxEncoder
from semsearch.ranking.fusion import passage_scores, shown_similarity
from semsearch.ranking.similarity_baseline import (
    CHUNK,
    DUPLICATE_COSINE,
    TYPICAL,
    Baseline,
    evenly_spaced,
    measure_similarity_baseline,
)
from semsearch.ranking.weights import DEFAULT
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES, entry
from tests.ingest.killed_build import CHANGED, STEPS, build_and_die


def _terms(index: Path) -> set[str]:
    with Glossary.open(index) as glossary:
        return {e.term for e in glossary.definitions()[0]}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Give a freshly built index that a test may spoil."""
    build_index(ENTRIES, tmp_path / "index", model="hashed")
    return tmp_path / "index"


def test_a_rebuild_without_changes_publishes_nothing(index: Path) -> None:
    """The same corpus again costs no embedding and makes no generation."""
    report = build_index(ENTRIES, index, model="hashed")
    assert (report.embedded, report.published, report.generation) == (0, False, 1)
    assert report.changes.unchanged == len(ENTRIES)


def test_only_texts_that_changed_are_embedded_again(index: Path) -> None:
    """One definition changed, one entry gone, one new: two definitions and a name."""
    reworded = replace(ENTRIES[1], definition="The soft inside of a loaf.")
    new = entry("Scoring", "Cutting the dough before it is baked.")
    entries = [ENTRIES[0], reworded, *ENTRIES[3:], new]
    report = build_index(entries, index, model="hashed", common_questions=False)
    assert report.embedded == 3
    assert report.changes.new == ("bakery:scoring",)
    assert report.changes.changed == ("bakery:crumb",)
    assert report.changes.gone == ("bakery:dutch-oven",)
    assert report.changes.unchanged == 5
    assert _terms(index) == {e.term for e in ENTRIES} - {"Dutch Oven"} | {"Scoring"}


def test_an_entry_that_only_moved_counts_as_unchanged(index: Path) -> None:
    """A new line number is stored, and nothing is embedded."""
    moved = [replace(e, source=Source("x.md", 9)) for e in ENTRIES]
    report = build_index(moved, index, model="hashed")
    assert (report.changes.unchanged, report.changes.moved, report.embedded) == (7, 7, 0)
    with Glossary.open(index) as glossary:
        assert glossary.entry("leaven").source == Source("x.md", 9)


def test_equal_definitions_under_two_ids_are_both_found(tmp_path: Path) -> None:
    """They share a vector, never a row."""
    twins = [
        entry("Levain", "A piece of fermented dough."),
        entry("Chef", "A piece of fermented dough."),
    ]
    report = build_index(
        [*twins, *ENTRIES], tmp_path / "index", model="hashed", common_questions=False
    )
    with Glossary.open(tmp_path / "index") as glossary:
        hits = glossary.ask("a piece of fermented dough").hits[:2]
    assert {hit.entry.term for hit in hits} == {"Levain", "Chef"}
    assert report.embedded == report.vectors - 1


def test_opening_again_gives_equal_answers(index: Path) -> None:
    """An answer does not depend on who built or opened the index."""
    with Glossary.open(index) as one, Glossary.open(index) as other:
        assert one.ask("dough in a basket") == other.ask("dough in a basket")
        assert one.tag == other.tag


@pytest.mark.process
@pytest.mark.parametrize(
    ("step", "reports", "is_stored"),
    [
        *((step, 0, step not in ("preparing", "embedding", "storing")) for step in STEPS),
        ("embedding", 1, False),
        ("storing", 1, True),
        ("checksums", 1, True),
        ("publishing", 1, True),
        ("publishing", 2, True),
    ],
)
def test_a_kill_between_any_two_steps_leaves_a_whole_index(
    index: Path, step: str, reports: int, is_stored: bool
) -> None:
    """The old index answers or, once the store has it, the new one, never half.

    The next build completes.
    """
    assert build_and_die(index, step, reports) == 9
    old, new = {e.term for e in ENTRIES}, {e.term for e in CHANGED}
    assert _terms(index) == (new if is_stored else old)
    build_index(CHANGED, index, model="hashed")
    assert _terms(index) == new
    assert not list((index / "generations").glob(".tmp-*"))


def test_a_build_tells_each_of_its_steps(tmp_path: Path) -> None:
    """Steps come in this order and each is completed; torture tests kill a build at each."""
    told = _Told()
    build_index(ENTRIES, tmp_path / "index", model="hashed", progress=told)
    assert tuple(told.steps) == STEPS
    assert [done for done, _ in told.steps.values()] == [total for _, total in told.steps.values()]


class _Told:
    """What a progress was told: for each step how many parts were done, and how many there were."""

    def __init__(self) -> None:
        self.steps: dict[str, tuple[int, int]] = {}
        self._step = ""

    def start(self, step: str, total: int) -> None:
        self._step = step
        self.steps[step] = (0, total)

    def advance(self, parts: int) -> None:
        done, total = self.steps[self._step]
        self.steps[self._step] = (done + parts, total)


@pytest.mark.process
def test_what_a_killed_build_embedded_is_not_embedded_again(index: Path) -> None:
    """Vectors are saved batch by batch."""
    assert build_and_die(index, "embedding", 1) == 9
    assert build_index(CHANGED, index, model="hashed").embedded == 0


def test_the_last_two_generations_are_kept(index: Path) -> None:
    """The one before may still be open in another process."""
    with Glossary.open(index) as before:
        for count in (6, 5, 4):
            build_index(ENTRIES[:count], index, model="hashed")
        kept = sorted(p.name for p in (index / "generations").iterdir())
        assert kept == ["000003", "000004"]
        assert len(before.ask("dough in a basket").hits) == 4
    assert len(_terms(index)) == 4


def test_an_open_index_outlives_its_generation(index: Path) -> None:
    """Files that two builds have removed are still read, from a thread that never asked before.

    What was chosen stays.
    """
    with Glossary.open(index) as opened:
        before = opened.with_weights(DEFAULT)
        for count in (6, 5, 4):
            build_index(ENTRIES[:count], index, model="hashed")
        assert not (index / "generations" / "000001").exists()
        with ThreadPoolExecutor(1) as pool:
            hits = pool.submit(before.ask, "when does the ship arrive").result().hits
    assert len(hits) == 7
    with pytest.raises(StoredIndexError, match="the index is closed"):
        before.ask("leaven crumb")


def test_threads_that_ask_at_once_get_equal_answers(index: Path) -> None:
    """Eight threads, the same questions."""
    questions = ["leaven", "a pot with a lid", "levaen", "ship", "quantum physics"] * 8
    with Glossary.open(index) as glossary, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(glossary.ask, questions)) == [glossary.ask(q) for q in questions]


def test_a_new_store_never_passes_for_the_old_one(index: Path) -> None:
    """Moving a damaged store away, as the message says, and building again publishes."""
    (index / "store.db").rename(index / "store.old")
    report = build_index(ENTRIES[:1], index, model="hashed")
    assert report.published
    assert _terms(index) == {"Leaven"}


def test_the_generation_that_answers_is_kept_when_publishing_fails(
    index: Path,
) -> None:
    """A pointer that cannot be replaced leaves the old generation, also after the next build."""
    current = index / "CURRENT"
    stays = current.read_text()
    (index / ".CURRENT.new").mkdir()  # where the new pointer would be written
    with pytest.raises(IndexUnwritable, match="cannot be written"):
        build_index(CHANGED, index, model="hashed")
    assert current.read_text() == stays
    assert len(_terms(index)) == 7
    (index / ".CURRENT.new").rmdir()
    assert build_index(CHANGED, index, model="hashed").published
    kept = sorted(p.name for p in (index / "generations").iterdir())
    assert kept == ["000001", "000003"]


def test_ids_given_twice_are_refused_before_anything_is_embedded(index: Path) -> None:
    """The id is named."""
    with pytest.raises(InvalidSetting, match="'bakery:leaven' is given to two entries"):
        build_index([*ENTRIES, ENTRIES[0]], index, model="hashed")


@pytest.mark.process
def test_a_second_builder_is_sent_away(index: Path) -> None:
    """One process builds at a time."""
    with (index / "LOCK").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexBusy, match=r"another build or edit of .* is under way"):
            build_index(ENTRIES, index, model="hashed")


def test_an_empty_corpus_leaves_the_index_alone(index: Path, tmp_path: Path) -> None:
    """No entries at all is a mistake, not a wish to delete everything."""
    with pytest.raises(InvalidSetting, match="no entries; the index was left as it is"):
        build_index([], index, model="hashed")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportFailed, match="empty"):
        build([tmp_path / "empty"], index, model="hashed")
    assert len(_terms(index)) == 7


def test_strict_stops_at_the_first_refused_record(index: Path, tmp_path: Path) -> None:
    """The place and the reason are named, and nothing is built."""
    (tmp_path / "ship.csv").write_text("term,definition\nMast,\nKeel,The lowest beam of a ship.\n")
    with pytest.raises(ImportFailed, match=r"ship\.csv:2: .*definition"):
        build([tmp_path / "ship.csv"], index, model="hashed", strict=True)
    assert len(_terms(index)) == 7
    report = build([tmp_path / "ship.csv"], index, model="hashed")
    assert str(report.refused[0]).startswith(f"{tmp_path / 'ship.csv'}:2: ")
    assert _terms(index) == {"Keel"}


def test_there_is_no_index(tmp_path: Path) -> None:
    """The message names the command that makes one."""
    with pytest.raises(IndexMissing, match="semsearch build PATHS --index"):
        Glossary.open(tmp_path / "nothing")


@pytest.mark.fuzz
@pytest.mark.parametrize(
    "name",
    ["entries.db", "words.db", "postings.i32", "postings.f32", "vectors.f32", "MANIFEST.json"],
)
@pytest.mark.parametrize("how", ["flip", "truncate", "empty", "remove", "append"])
def test_a_damaged_file_is_never_served_and_a_build_mends_it(
    index: Path, name: str, how: str
) -> None:
    """Every file is hashed before it is parsed; the vectors in the store are used again."""
    file = index / "generations" / "000001" / name
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle] ^= 1
    spoilt = {
        "flip": bytes(content),
        "truncate": file.read_bytes()[:middle],
        "empty": b"",
        "append": file.read_bytes() + b"x",
    }
    file.unlink()
    if how != "remove":
        file.write_bytes(spoilt[how])
    with pytest.raises(IndexDamaged, match=r"is damaged: .*000001.*run `semsearch build"):
        Glossary.open(index)
    report = build_index(ENTRIES, index, model="hashed")
    assert (report.embedded, report.published, report.generation) == (0, True, 2)
    assert len(_terms(index)) == 7


def test_the_encoder_of_an_index_is_known_whatever_its_format(index: Path) -> None:
    """A build tells what it changes even if the index is not read any more.

    Else nothing is said.
    """
    layout = IndexLayout(index)
    stated = built_with(layout)
    assert stated is not None
    assert (stated.model, len(stated.fingerprint)) == ("hashed", 64)
    current = index / "CURRENT"
    whole = current.read_text()
    current.write_text(whole.replace(f'"format": {FORMAT}', '"format": 0'))
    assert built_with(layout) == stated
    for spoilt in ("", "{}", "[]", whole.replace('"generation": 1', '"generation": 7')):
        current.write_text(spoilt)
        assert built_with(layout) is None


def test_a_damaged_pointer(index: Path) -> None:
    """Half-written, of an older or of a newer version: each says what to do."""
    current = index / "CURRENT"
    whole = current.read_text()
    current.write_text(whole[:10])
    with pytest.raises(IndexDamaged, match="CURRENT cannot be read"):
        Glossary.open(index)
    current.write_text(whole.replace(f'"format": {FORMAT}', '"format": 0'))
    with pytest.raises(FormatTooOld, match=r"run `semsearch build PATHS .*` again"):
        Glossary.open(index)
    current.write_text(whole.replace(f'"format": {FORMAT}', f'"format": {FORMAT + 1}'))
    with pytest.raises(FormatTooNew, match="upgrade semsearch"):
        Glossary.open(index)


def test_a_store_that_is_no_database_is_not_overwritten(index: Path) -> None:
    """It is the truth: a person decides."""
    (index / "store.db").write_bytes(b"not a database" * 100)
    with pytest.raises(IndexDamaged, match=r"store\.db is not a sound database"):
        build_index(ENTRIES, index, model="hashed")
    assert (index / "store.db").read_bytes().startswith(b"not a database")


@pytest.mark.model
def test_another_encoder_is_refused_with_the_command_that_rebuilds(index: Path) -> None:
    """Vectors of two encoders never meet."""
    with pytest.raises(EncoderMismatch, match="built with the encoder hashed, not all-MiniLM"):
        Glossary.open(index, model="all-MiniLM-L6-v2")


@pytest.mark.model
def test_an_altered_description_of_the_encoder_is_refused(seed_index: Path, tmp_path: Path) -> None:
    """Another prompt would move every question; it is hashed like the weights."""
    index = tmp_path / "index"
    shutil.copytree(seed_index, index)
    stated = next(index.glob("encoders/*/encoder.json"))
    stated.write_text(stated.read_text().replace('"query_prompt": ""', '"query_prompt": "x"'))
    with pytest.raises(IndexDamaged, match=r"exported encoder .* is missing or altered"):
        Glossary.open(index)


@pytest.mark.model
@pytest.mark.parametrize("file", ["int8.onnx", "int8.bin"])
def test_an_altered_export_is_refused_and_exported_again(
    seed_index: Path, tmp_path: Path, file: str
) -> None:
    """One byte of the encoder's graph or of its weights is enough."""
    index = tmp_path / "index"
    shutil.copytree(seed_index, index)
    weights = next(index.glob(f"encoders/*/{file}"))
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"exported encoder .* is missing or altered"):
        Glossary.open(index)


@pytest.mark.model
def test_an_export_of_the_version_before_answers(seed_index: Path, tmp_path: Path) -> None:
    """Version 3 has all tensors in the graph; only a build writes the current version."""
    import onnx

    before = next(seed_index.glob("encoders/*"))
    folder = tmp_path / "encoder"
    shutil.copytree(before, folder)
    current = EncoderExport.load(folder)
    assert current
    graph = folder / "int8.onnx"
    whole = onnx.load(str(graph))
    (folder / "int8.bin").unlink()
    onnx.save(whole, str(graph))
    rest = {name: sha for name, sha in current.sha256.items() if name != "int8.bin"}
    export = replace(current, version=3, sha256={**rest, "int8.onnx": sha256_of(graph) or ""})
    export.save(folder)
    found = OnnxEncoder(folder, export, "int8").encode_questions(["a pass over the data"])
    wanted = OnnxEncoder(before, current, "int8").encode_questions(["a pass over the data"])
    np.testing.assert_array_equal(found.vectors, wanted.vectors)
    assert EncoderExport.find(folder, export.fingerprint) is None


def _baseline(vectors: list[list[float]]) -> Baseline:
    rows = np.array(vectors, dtype=np.float32)
    return measure_similarity_baseline(rows.__getitem__, np.arange(len(rows) + 1), range(len(rows)))


def test_the_baseline_is_what_other_entries_reach() -> None:
    """Twelve entries in a half circle: the best other cosine of each is that of its neighbour."""
    angles = np.linspace(0, np.pi, 12)
    baseline = _baseline([[np.cos(a), np.sin(a)] for a in angles])
    assert baseline.mean == pytest.approx(np.cos(np.pi / 11), abs=1e-5)
    assert baseline.z_score(baseline.mean + baseline.deviation) == pytest.approx(1)


def test_the_baseline_of_many_entries_is_that_of_comparing_all() -> None:
    """More entries than one chunk, some of several passages, in the middle of an index."""
    rng = np.random.default_rng(5)
    counts = rng.choice([1, 3], CHUNK + 700)
    first_rows = np.cumsum([0, *counts])
    rows = rng.normal(size=(first_rows[-1], 6)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    within = range(300, len(counts) - 200)
    first, last = first_rows[within.start], first_rows[within.stop]
    best = []
    for row in first + evenly_spaced(last - first):
        own = counts[within.start : within.stop]
        whole, _, sentence, _ = passage_scores(rows[first:last], rows[row], own)
        scores = shown_similarity(whole, sentence)
        scores[np.searchsorted(first_rows, row, side="right") - 1 - within.start] = -1
        best.append(float(scores[np.maximum(scores, sentence) < DUPLICATE_COSINE].max()))
    found = measure_similarity_baseline(rows.__getitem__, first_rows, within)
    assert found.mean == pytest.approx(np.mean(best), abs=1e-5)
    assert found.deviation == pytest.approx(np.std(best), abs=1e-5)


def test_copies_of_an_entry_are_no_baseline() -> None:
    """Every entry twice gives the baseline of every entry once."""
    angles = np.linspace(0, np.pi, 12)
    once = [[np.cos(a), np.sin(a)] for a in angles]
    assert _baseline(once + once).mean == pytest.approx(_baseline(once).mean, abs=1e-5)


def test_a_few_entries_borrow_the_baseline_of_the_seed() -> None:
    """One entry wholly, two for four fifths; equal entries have nothing to say."""
    assert _baseline([[1, 0]]) == TYPICAL
    assert _baseline([[1, 0], [1, 0]]) == TYPICAL
    two = _baseline([[1, 0], [0, 1]])
    assert two.mean == pytest.approx(0.8 * TYPICAL.mean)
    assert two.deviation == pytest.approx(0.8 * TYPICAL.deviation)


def test_a_question_of_the_nearest_tier_only_when_nothing_fits(index: Path) -> None:
    """A build without a model answers like any other."""
    with Glossary.open(index) as glossary:
        assert glossary.ask("a heavy pot with a lid").hits[0].matched_by is Tier.MEANING
