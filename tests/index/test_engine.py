"""What finds entries by meaning: one vector each, compared one by one or by a graph.

Covers `index/retrieval`, `index/ann/vectors`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.errors import IndexDamaged, InvalidSetting
from semsearch.core.progress import Silent
from semsearch.index.ann.engine import (
    AUTO,
    FETCH,
    FLAT,
    FLAT_UP_TO,
    GRAPH,
    TARGET,
    VectorSearcher,
    chosen_engine,
    engine_files,
    write_ann,
)
from semsearch.ranking.weights import DEFAULT
from semsearch.storage.files.generation_layout import GenerationLayout

DIM = 24
COUNTS = [1, 3, 2] * 400
ALL = range(len(COUNTS))


def rows_of(files: GenerationLayout) -> tuple[Vectors, Numbers]:
    """Write unit rows in some clusters and where those of each entry begin; return both."""
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(30, DIM))
    rows = centres[rng.integers(0, 30, sum(COUNTS))] + 0.6 * rng.normal(size=(sum(COUNTS), DIM))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f4")
    first_rows = np.cumsum([0, *COUNTS]).astype("<i8")
    rows.tofile(files.vectors)
    first_rows.tofile(files.first_rows)
    return rows, first_rows


def by_weights(rows: Vectors, first_rows: Numbers, question: Vectors) -> Vectors:
    """Return what meaning adds to the score of each entry."""
    cosines = rows @ question
    leads = first_rows[:-1] + (np.array(COUNTS) > 1)
    found: Vectors = DEFAULT.definition * cosines[first_rows[:-1]] + DEFAULT.lead * cosines[leads]
    return found


@pytest.mark.parametrize("wanted", [FLAT, GRAPH])
def test_the_entries_found_are_those_with_the_highest_scores(tmp_path: Path, wanted: str) -> None:
    """The mean of definition and first sentence ranks; the graph misses hardly any of ten."""
    files = GenerationLayout(tmp_path)
    rows, first_rows = rows_of(files)
    stated = write_ann(files, DIM, wanted, Silent())
    searcher = VectorSearcher.open(files, DIM, stated)
    found = 0
    for question in rows[::100]:
        expected = np.argsort(-by_weights(rows, first_rows, question))[:10]
        near = searcher.nearest(question[np.newaxis], 10, ALL)
        assert near.tolist() == sorted(set(near.tolist()))
        found += int(np.isin(expected, near).sum())
    share = found / (10 * len(rows[::100]))
    assert share == 1 if wanted == FLAT else share >= 0.95
    assert stated.recall == 1 if wanted == FLAT else stated.recall >= TARGET
    assert searcher.is_exact == (wanted == FLAT)


@pytest.mark.parametrize("wanted", [FLAT, GRAPH])
@pytest.mark.parametrize("within", [range(40, 45), range(100, 700), range(0)])
def test_only_entries_of_the_glossary_asked_are_found(
    tmp_path: Path, wanted: str, within: range
) -> None:
    """All of a small one, the nearest of a larger one, and as exact as without an engine."""
    files = GenerationLayout(tmp_path)
    rows, first_rows = rows_of(files)
    searcher = VectorSearcher.open(files, DIM, write_ann(files, DIM, wanted, Silent()))
    near = searcher.nearest(rows[:1], 5, within)
    scores = by_weights(rows, first_rows, rows[0])[within.start : within.stop]
    expected = np.argsort(-scores)[:FETCH] + within.start
    assert near.tolist() == sorted(expected.tolist())


@pytest.mark.parametrize("wanted", [FLAT, GRAPH])
def test_as_many_are_found_as_are_wanted(tmp_path: Path, wanted: str) -> None:
    """More than are fetched anyway, and of several rows those near to any."""
    files = GenerationLayout(tmp_path)
    rows, _ = rows_of(files)
    searcher = VectorSearcher.open(files, DIM, write_ann(files, DIM, wanted, Silent()))
    assert len(searcher.nearest(rows[:1], 300, ALL)) == 300
    either = searcher.nearest(rows[:2], 5, ALL)
    for row in rows[:2]:
        assert set(searcher.nearest(row[np.newaxis], 5, ALL).tolist()) <= set(either.tolist())


def test_one_entry_is_found_by_either_engine(tmp_path: Path) -> None:
    """A graph of a single vector."""
    files = GenerationLayout(tmp_path)
    row = np.eye(1, DIM, dtype="<f4")
    row.tofile(files.vectors)
    np.array([0, 1], dtype="<i8").tofile(files.first_rows)
    for wanted in (FLAT, GRAPH):
        stated = write_ann(files, DIM, wanted, Silent())
        assert VectorSearcher.open(files, DIM, stated).nearest(row, 5, range(1)).tolist() == [0]


def test_the_engine_goes_by_the_number_of_entries_unless_it_is_named() -> None:
    """An unknown name of an engine is refused."""
    assert chosen_engine(AUTO, FLAT_UP_TO) == FLAT
    assert chosen_engine(AUTO, FLAT_UP_TO + 1) == GRAPH
    assert chosen_engine(GRAPH, 1) == GRAPH
    assert chosen_engine(FLAT, 10**9) == FLAT
    with pytest.raises(InvalidSetting, match="no engine 'ivf'; choose one of auto, flat, hnsw"):
        chosen_engine("ivf", 1)


def test_what_the_engine_is_and_takes_is_stated(tmp_path: Path) -> None:
    """The file only where there is one."""
    files = GenerationLayout(tmp_path)
    rows_of(files)
    flat, graph = (write_ann(files, DIM, wanted, Silent()) for wanted in (AUTO, GRAPH))
    assert (flat.name, flat.breadth, flat.bytes) == (FLAT, 0, len(COUNTS) * DIM * 4)
    assert flat.why == "chosen by its size; it compares every entry"
    assert engine_files(files, flat, flat) == ()
    assert engine_files(files, graph, flat) == (files.engine,)
    assert engine_files(files, flat, graph) == (files.phrase_engine,)
    assert (graph.why, graph.bytes) == ("as it was asked for", files.engine.stat().st_size)


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    """A graph of vectors of another length is refused too."""
    files = GenerationLayout(tmp_path)
    rows_of(files)
    stated = write_ann(files, DIM, GRAPH, Silent())
    with pytest.raises(IndexDamaged, match=f"has {DIM} dimensions, not 12"):
        VectorSearcher.open(files, 12, stated)
    files.engine.write_bytes(b"no graph")
    with pytest.raises(IndexDamaged, match="cannot be read"):
        VectorSearcher.open(files, DIM, stated)
