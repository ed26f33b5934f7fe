"""Reranking: what it reorders, what it leaves alone, and how an index comes to it and loses it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.answers import Hit, Tier
from semsearch.core.errors import IndexDamaged
from semsearch.ingest.build import build_index
from semsearch.models.rerankers.cross_encoder import find_reranker
from semsearch.ranking.fusion import fuse
from semsearch.ranking.rerank_scores import (
    MAX_CHARS,
    RERANK_DEPTH,
    probability,
    rescore,
    text_to_read,
)
from semsearch.ranking.weights import DEFAULT
from semsearch.search.glossary import Glossary
from tests.cli.running import run
from tests.conftest import ENTRIES, SHELVES, entry
from tests.models.small_reranker import TAUGHT


@pytest.fixture(scope="module")
def reranked(reranked_index: Path) -> Iterator[Glossary]:
    """Give the open index with a reranker."""
    with Glossary.open(reranked_index) as opened:
        yield opened


@pytest.fixture
def index(reranked_index: Path, tmp_path: Path) -> Path:
    """Give an index with a reranker that a test may spoil."""
    shutil.copytree(reranked_index, tmp_path / "index")
    return tmp_path / "index"


def _terms(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.entry.term for hit in hits]


def test_log_odds_become_probabilities() -> None:
    """Log odds 0 are .5; extreme ones neither overflow nor become equal."""
    found = probability(np.array([0, 2, -2, 1e9, -1e9, 30, 31], dtype=np.float32))
    np.testing.assert_allclose(found[:3], [0.5, 0.880797, 0.119203], atol=1e-6)
    assert found[3] <= 1
    assert found[4] > 0
    assert found[5] < found[6]


def test_rescoring_orders_by_probability_above_everything_not_read() -> None:
    """The lowest fused score is the floor, and never a negative one."""
    np.testing.assert_allclose(
        rescore(np.array([0.9, 0.4, 0.6]), np.array([0.1, 0.8, 0.0])), [0.5, 1.2, 0.4]
    )
    np.testing.assert_allclose(rescore(np.array([0.1, -0.3]), np.array([0.2, 0.1])), [0.2, 0.1])
    assert rescore(np.empty(0), np.empty(0)).shape == (0,)


def test_what_is_read_of_an_entry() -> None:
    """Its term and definition; of a long one the part in which the sentence stands."""
    short = entry("Crumb", "The inside of a loaf.")
    assert text_to_read(short, 0, 21) == "Crumb: The inside of a loaf."
    long = entry("Bread", "a" * MAX_CHARS + "b" * MAX_CHARS)
    assert text_to_read(long, 0, 10) == "Bread: " + "a" * MAX_CHARS
    assert text_to_read(long, MAX_CHARS, MAX_CHARS + 50) == "Bread: " + "b" * MAX_CHARS
    assert text_to_read(long, 2 * MAX_CHARS - 5, 2 * MAX_CHARS) == "Bread: bbbbb"


@pytest.mark.model
@pytest.mark.parametrize(("question", "term"), list(TAUGHT.items()))
def test_the_reranker_decides_among_hits_by_meaning(
    reranked: Glossary, question: str, term: str
) -> None:
    """What it was taught comes first, with its probability as evidence; scores follow it."""
    hits = reranked.ask(question, k=40).hits
    assert hits[0].entry.term == term
    assert (hits[0].evidence.rerank_score or 0) > 0.9
    read = [hit.evidence.rerank_score for hit in hits[:RERANK_DEPTH]]
    assert read == sorted(read, key=lambda score: -(score or 0))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.model
def test_only_the_first_hits_are_read_and_the_rest_keep_their_order(
    reranked: Glossary, glossary: Glossary
) -> None:
    """Twenty of 37 have been read; those are the twenty that came first without a reranker."""
    hits = reranked.ask("a board for jars", k=40).hits
    assert len(hits) == len(ENTRIES) + len(SHELVES)
    assert [hit.evidence.rerank_score is not None for hit in hits] == [True] * 20 + [False] * 17
    parts = np.array([astuple(hit.evidence.parts) for hit in hits[RERANK_DEPTH:]], np.float32)
    rest = fuse(parts, DEFAULT).tolist()
    assert rest == sorted(rest, reverse=True)
    assert {h.evidence.rerank_score for h in glossary.ask("a board for jars").hits} == {None}


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "tier"),
    [("Dutch Oven", Tier.EXACT), ("DO", Tier.FORM), ("proof", Tier.PREFIX), ("levaen", Tier.FUZZY)],
)
def test_a_name_is_never_pushed_down(
    reranked: Glossary, glossary: Glossary, question: str, tier: Tier
) -> None:
    """The reranker never reads a hit that was found by a name."""
    first = reranked.ask(question).hits[0]
    assert first.entry == glossary.ask(question).hits[0].entry
    assert (first.matched_by, first.evidence.rerank_score) == (tier, None)


@pytest.mark.model
@pytest.mark.parametrize("question", [*TAUGHT, "proof", "a board for jars", "books on a ship"])
def test_how_many_hits_are_wanted_changes_none_of_them(reranked: Glossary, question: str) -> None:
    """One, five or all: the reranker reads the same entries."""
    everything = reranked.ask(question, k=40).hits
    for k in (1, 5, 21):
        assert reranked.ask(question, k=k).hits == everything[:k]
    assert reranked.ask_many([question, "leaven"], k=5)[0].hits == everything[:5]


@pytest.mark.model
def test_confidence_is_that_of_the_new_first_hit(reranked: Glossary) -> None:
    """A first hit that shares nothing with the question is no close match, whoever chose it."""
    answer = reranked.ask("dough in a basket")
    assert _terms(answer.hits)[0] == "Leaven"
    assert answer.no_close_match
    assert not reranked.ask("which share has the flour").no_close_match


@pytest.mark.model
def test_a_reranker_is_stated_and_shown(
    reranked: Glossary, reranked_index: Path, cross_encoder: Path
) -> None:
    """The manifest has its hash, `info` its name, and each hit's JSON its score."""
    stated = reranked.info().reranker
    assert stated is not None
    assert (stated.model, stated.precision) == (str(cross_encoder), "int8")
    shown = json.loads(run("info", "-i", str(reranked_index), "--json").stdout)["reranker"]
    assert shown == {
        "model": str(cross_encoder),
        "fingerprint": stated.fingerprint,
        "precision": "int8",
        "sha256": stated.sha256,
    }
    table = run("info", "-i", str(reranked_index), env={"COLUMNS": "300"}).stdout.decode()
    assert f"{cross_encoder}, scores as int8" in table
    answer = json.loads(
        run("ask", "a heavy pot of new dough", "-i", str(reranked_index), "--json").stdout
    )
    assert answer["hits"][0]["rerank_score"] > 0.9


def _build(index: Path, reranker: str) -> bool:
    entries = [*ENTRIES, *SHELVES]
    return build_index(entries, index, model="hashed", reranker=reranker).published


@pytest.mark.model
def test_a_build_takes_the_reranker_in_and_out(index: Path, cross_encoder: Path) -> None:
    """The same one publishes nothing, `none` removes it, and unused files are removed."""
    exported = next((index / "rerankers").iterdir())
    assert not _build(index, str(cross_encoder))
    assert _build(index, "none")
    assert not _build(index, "none")
    with Glossary.open(index) as glossary:
        assert glossary.info().reranker is None
        assert glossary.ask("a heavy pot with a lid").hits[0].entry.term == "Dutch Oven"
    assert exported.is_dir()  # of the generation before, which may be open
    build_index(ENTRIES, index, model="hashed")
    assert not exported.exists()


@pytest.mark.model
def test_the_command_line_and_the_environment_choose_it(
    index: Path, cross_encoder: Path, tmp_path: Path
) -> None:
    """The option wins over the variable; `none` is a choice like any other."""
    corpus = tmp_path / "bread.csv"
    corpus.write_text("term,definition\nLeaven,A piece of fermented dough.\n")
    build = ("build", str(corpus), "-i", str(index), "--model", "hashed")
    chosen = {"SEMSEARCH_RERANKER": str(cross_encoder), "COLUMNS": "300"}
    done = run(*build, env=chosen)
    assert f"Hits are reordered by {cross_encoder}, scores as int8" in done.stdout.decode()
    report = json.loads(run(*build, "--reranker", "none", "--json", env=chosen).stdout)
    assert (report["reranker"], report["published"]) == (None, True)


@pytest.mark.model
@pytest.mark.parametrize("name", ["int8.onnx", "tokenizer.json", "reranker.json"])
def test_an_altered_reranker_is_refused_and_a_build_mends_it(
    index: Path, cross_encoder: Path, name: str
) -> None:
    """One byte of any file it scores with."""
    file = next(index.glob(f"rerankers/*/{name}"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"exported reranker .* is missing or altered; run"):
        Glossary.open(index)
    if name == "int8.onnx":
        _build(index, str(cross_encoder))
        with Glossary.open(index) as glossary:
            assert glossary.ask("a heavy pot of new dough").hits[0].entry.term == "Leaven"


@pytest.mark.model
def test_the_same_reranker_elsewhere_is_not_exported_again(
    index: Path, cross_encoder: Path, tmp_path: Path
) -> None:
    """What it is made of tells, not its folder; a changed file makes it another one."""
    model = tmp_path / "cross"
    shutil.copytree(cross_encoder, model)
    assert _build(index, str(model))
    assert len(list((index / "rerankers").iterdir())) == 1
    before = find_reranker(str(model)).fingerprint
    config = model / "tokenizer_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"model_max_length": 16}))
    assert find_reranker(str(model)).fingerprint != before
