"""Answers while the embeddings server of an index is away: words and names, and a notice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.answers import NoticeKind, Tier, Verdict
from semsearch.core.errors import EncoderMismatch, EncoderUnavailable
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.search.glossary import Glossary
from tests.chat_server import Reply
from tests.conftest import ENTRIES
from tests.embeddings_server import EmbeddingsStandIn, embedding

MODEL = "api:m"


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingsStandIn]:
    """Run a server whose address is in the environment."""
    with embedding() as (server, made):
        monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", server.url)
        yield made


@pytest.fixture
def index(stand_in: EmbeddingsStandIn, tmp_path: Path) -> Path:
    """Build an index with it."""
    build_index(ENTRIES, tmp_path / "index", model=MODEL)
    return tmp_path / "index"


def away(_texts: list[str]) -> Reply:
    """Fail, as a server that is starting does."""
    return Reply.error(503, "loading")


def test_an_index_of_a_server_answers_as_one_of_the_same_encoder(
    stand_in: EmbeddingsStandIn, index: Path, hashed_index: Path
) -> None:
    """The same entries in the same order, without tokens; the index says what it was built with."""
    with Glossary.open(index, model=MODEL) as opened, Glossary.open(hashed_index) as hashed:
        answer = opened.ask("a heavy pot with a lid that keeps steam")
        assert answer.notices == ()
        assert answer.hits[0].entry.term == "Dutch Oven"
        expected = hashed.ask("a heavy pot with a lid that keeps steam").hits[0]
        assert answer.hits[0].similarity == pytest.approx(expected.similarity, abs=1e-4)
        info = opened.info()
    assert (info.model, info.precision, info.dim) == (MODEL, "server", 64)
    assert verify(index, deep=True).embedded


def test_without_the_server_words_and_names_answer(
    stand_in: EmbeddingsStandIn, index: Path
) -> None:
    """The index opens; names are as sure as ever, a description is possible, others are not."""
    stand_in.fault = away
    with Glossary.open(index) as opened:
        name, described, other = opened.ask_many(
            ["leaven", "heavy pot that keeps the steam", "quantum chromodynamics of gluons"]
        )
        assert [answer.is_passing for answer in (name, described, other)] == [True] * 3
        (notice,) = name.notices
        assert notice.kind is NoticeKind.WORDS_ONLY
        assert "127.0.0.1" not in notice.message
        assert (name.verdict, name.confidence) == (Verdict.EXACT, 0.99)
        assert (described.hits[0].entry.term, described.verdict) == ("Dutch Oven", Verdict.POSSIBLE)
        assert described.hits[0].matched_by is Tier.MEANING
        assert [word.text for word in described.hits[0].evidence.words][:2] == ["heavy", "pot"]
        assert other.no_close_match
        with pytest.raises(EncoderUnavailable, match="status 503: loading"):
            opened.encode(["a question"])


def test_a_known_question_needs_no_server(stand_in: EmbeddingsStandIn, index: Path) -> None:
    """Also beside one that is not known."""
    with Glossary.open(index) as opened:
        before = opened.ask("a heavy pot with a lid")
        stand_in.fault = away
        known, new = opened.ask_many(["a heavy pot with a lid", "the body of a ship"])
        assert (known.hits, known.notices) == (before.hits, ())
        assert new.is_passing


def poisoned(texts: list[str]) -> Reply | None:
    """Refuse a text that is too long for the model."""
    too_long = any("poison" in text for text in texts)
    return Reply.error(400, "context length exceeded") if too_long else None


def test_a_question_that_the_server_refuses_fails_alone(
    stand_in: EmbeddingsStandIn, index: Path
) -> None:
    """A reader who asks it keeps meaning off for nobody, not even for the same batch."""
    stand_in.fault = poisoned
    with Glossary.open(index) as opened:
        assert opened.ask("poison in the soup").is_passing
        assert not opened.ask("a heavy pot with a lid").is_passing
        found = opened.ask_many(["the body of a ship", "poison again", "a sour dough"])
    assert [answer.is_passing for answer in found] == [False, True, False]


def test_another_model_answers_no_question(stand_in: EmbeddingsStandIn, index: Path) -> None:
    """Nothing is compared with its vectors; a build embeds everything again."""
    stand_in.encoder = HashedEncoder(32)
    with Glossary.open(index) as opened:
        assert opened.ask("a heavy pot with a lid").is_passing
    report = build_index(ENTRIES, index, model=MODEL)
    assert report.embedded > len(ENTRIES)
    with Glossary.open(index) as opened:
        assert not opened.ask("a heavy pot with a lid").is_passing
        assert opened.info().dim == 32


def test_a_build_embeds_nothing_twice(stand_in: EmbeddingsStandIn, index: Path) -> None:
    """The model is known by its vector of a fixed text, although it is asked anew."""
    report = build_index(
        [replace(ENTRIES[0], definition="A sour dough."), *ENTRIES[1:]], index, model=MODEL
    )
    assert report.embedded == 1
    assert report.former_model is None


def test_edits_need_the_server(stand_in: EmbeddingsStandIn, index: Path) -> None:
    """Nothing is stored without a vector."""
    stand_in.fault = lambda _: Reply.error(400, "no")
    with Editor(index) as editor, pytest.raises(EncoderUnavailable, match="status 400: no"):
        editor.change("bakery:crumb", definition="What is not crust.")
    stand_in.fault = lambda _: None
    with Editor(index) as editor:
        editor.change("bakery:crumb", definition="What is not crust.")
    with Glossary.open(index) as opened:
        assert opened.ask("what is not crust").hits[0].entry.id == "bakery:crumb"


def test_an_index_opens_only_with_the_model_it_was_built_with(index: Path, tmp_path: Path) -> None:
    """The server is not asked for that; an index may be copied."""
    copy = shutil.copytree(index, tmp_path / "copy")
    with pytest.raises(EncoderMismatch, match="was built with the encoder api:m, not api:n"):
        Glossary.open(copy, model="api:n")
