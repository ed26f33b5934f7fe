"""What is public, and that every way in gives the same answer."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

import semsearch
from semsearch.core.index_info import IndexInfo
from semsearch.core.settings import load_settings
from semsearch.search.glossary import Glossary
from semsearch.server.app import create_app
from semsearch.server.schemas.answers import WireAnswer
from semsearch.server.schemas.entries import WireEntry
from semsearch.server.schemas.related import WireRelated
from semsearch.server.serialize import to_json
from tests.cli.running import run
from tests.conftest import PROJECT

QUESTIONS = [
    "what stops a network from memorising its data?",
    "LSTMs",
    "dropuot",
    "bake bread",
    "batch",
]


def test_everything_listed_as_public_is_there() -> None:
    """`__all__` is sorted, complete and loads."""
    assert semsearch.__all__ == sorted(semsearch.__all__)
    for name in semsearch.__all__:
        assert getattr(semsearch, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        semsearch.nothing  # noqa: B018


@pytest.mark.surface
@pytest.mark.model
def test_python_http_and_command_line_give_the_same_answers(
    seed: Glossary, seed_index: Path
) -> None:
    """The same hits, scores and reasons for the same question, alone and in a batch."""
    python = [json.loads(to_json(seed.ask(q, k=5))) for q in QUESTIONS]
    asked = run("ask", "-", "-i", str(seed_index), stdin="\n".join(QUESTIONS).encode())
    assert [json.loads(line) for line in asked.stdout.splitlines()] == python
    with TestClient(create_app(seed, load_settings(index=seed_index))) as client:
        get = [client.get("/v1/search", params={"q": q, "limit": 5}).json() for q in QUESTIONS]
        batch = client.post("/v1/search", json={"questions": QUESTIONS, "limit": 5}).json()
    assert get == python
    assert batch == python


def test_json_has_exactly_the_declared_shapes(glossary: Glossary) -> None:
    """What is printed validates strictly against the shapes that the interface declares.

    These entries have no details.
    """
    for model, noun in (
        (WireAnswer, glossary.ask("which pot keeps the steam around a loaf?")),
        (WireAnswer, glossary.ask("quantum physics")),
        (WireEntry, glossary.entry("crumb")),
        (WireRelated, glossary.related("crumb")),
        (IndexInfo, glossary.info()),
    ):
        shown = to_json(noun)
        adapter = TypeAdapter(model)
        assert adapter.dump_json(adapter.validate_json(shown, strict=True)) == shown
        stated = {field.name for field in fields(model)}
        assert set(json.loads(shown)) == stated - {
            "category",
            "notation",
            "status",
            "examples",
            "sources",
            "name_languages",
            "notices",
        }
    with pytest.raises(TypeError, match="object has no JSON shape"):
        to_json(object())


@pytest.mark.model
def test_the_seed_corpus_reaches_its_mark(seed: Glossary) -> None:
    """acc@1 at least .75 and acc@3 at least .90 on the questions about it, when they are there."""
    from semsearch.quality.evaluation.judgements import read_judgements  # noqa: PLC0415
    from semsearch.quality.evaluation.measures import rows  # noqa: PLC0415
    from semsearch.quality.evaluation.outcomes import collect  # noqa: PLC0415
    from semsearch.quality.evaluation.questions import prepare  # noqa: PLC0415

    questions = PROJECT.parent / "shared" / "questions" / "deep-learning.jsonl"
    if not questions.exists():
        pytest.skip("the judged questions are not beside this checkout (../shared/questions)")
    asked, warnings = prepare(seed, read_judgements(questions))
    assert warnings == []
    (row,) = rows(collect(seed, asked))
    assert row.questions == 40
    assert row.measures["acc@1"].mean >= 0.75
    assert row.measures["acc@3"].mean >= 0.90
