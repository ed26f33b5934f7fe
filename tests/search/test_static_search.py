"""The files by which pages without a service find entries by meaning."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.quality.static_sites import StaticSite, scores, unpacked
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.search import static_search
from semsearch.search.glossary import Glossary
from semsearch.search.static_search import MAX_BYTES, WEIGHTS, StaticSearch, packed


@pytest.fixture(scope="module")
def files(seed: Glossary) -> StaticSearch:
    """Give the files of the seed."""
    return seed.static_search(lambda id_: f"page of {id_}")


def test_arrays_are_read_as_they_were_packed() -> None:
    """Each begins at a multiple of 4 bytes, whatever stands before it."""
    arrays: dict[str, NDArray[Any]] = {
        "bytes": np.array([-1, 2, 3], dtype=np.int8),
        "none": np.array([], dtype=np.float32),
        "numbers": np.array([7, -(2**31)], dtype=np.int32),
    }
    header, found = unpacked(packed({"name": "Käse"}, arrays))
    assert header["name"] == "Käse"
    assert {name: one.tolist() for name, one in found.items()} == {
        "bytes": [-1, 2, 3],
        "none": [],
        "numbers": [7, -(2**31)],
    }


def test_an_encoder_without_word_pieces_has_no_files(glossary: Glossary) -> None:
    """It says which encoder and why."""
    found = glossary.static_search(str)
    assert found == StaticSearch(lacking="since the encoder hashed has no exported copy")


def test_files_are_small(files: StaticSearch) -> None:
    """The words stay below the bound, and those of the seed take less than 100 kB."""
    assert not files.lacking
    assert 4_000_000 < len(files.words) < MAX_BYTES
    assert len(files.entries) < 100_000


def test_questions_in_other_words_find_their_entries(files: StaticSearch, seed: Glossary) -> None:
    """A question shares neither the name nor the phrases of the entry."""
    site = StaticSite(files.words, files.entries)
    assert site.header["words"] == files.words_file
    assert len(site.paths) == len(seed)
    for question, wanted in (
        ("network that compresses its input and rebuilds it", "autoencoder"),
        ("turning parts of the net off by chance in each round", "dropout"),
    ):
        fused = scores(site.parts(question), WEIGHTS)
        assert site.paths[int(fused.argmax())].endswith(wanted)
    clear = "switching off random units while training so that the model does not overfit"
    assert scores(site.parts(clear), WEIGHTS).max() > WEIGHTS.least
    hopeless = scores(site.parts("the capital of France"), WEIGHTS)
    assert hopeless.max() < WEIGHTS.least


def test_live_edits_are_included(seed_index: Path, tmp_path: Path) -> None:
    """Phrases of entries that were edited since the build stand in the file."""
    index = tmp_path / "index"
    shutil.copytree(seed_index, index)
    with Editor(index) as editor:
        draft = Draft(term="Oven", definition="A closed box in which bread is baked.")
        added = editor.add("deep-learning", draft)
    with Glossary.open(index) as opened:
        found = opened.static_search(str)
    site = StaticSite(found.words, found.entries)
    fused = scores(site.parts("where do loaves get hot"), WEIGHTS)
    assert site.paths[int(fused.argmax())] == added.id


def test_too_many_entries_have_no_files(seed: Glossary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers of a large glossary would wait too long; the message says how many there are."""
    for limit in (100, 20_000):
        monkeypatch.setattr(static_search, "MAX_BYTES", limit)
        assert seed.static_search(str).lacking.startswith(f"since {len(seed)} entries would take")
