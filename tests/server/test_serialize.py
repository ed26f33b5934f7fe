"""JSON of each noun of the library, member by member: `serialize` and all of `schemas`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from fastapi import FastAPI

from semsearch.core import answers, entries
from semsearch.core.answers import Authored, Span, Tier, Verdict
from semsearch.core.entries import Changed, ChangeKind, Details, Entry, Source
from semsearch.core.index_info import (
    CommonQuestionsInfo,
    EngineInfo,
    GlossaryInfo,
    IndexInfo,
    RerankerInfo,
)
from semsearch.exporters.export import Loss
from semsearch.index.files.entry_table import NameLabel
from semsearch.ingest.bulk import ImportReport, Outcome, RecordReport
from semsearch.search.autocomplete import Suggestion
from semsearch.search.map_topics import Topic
from semsearch.search.semantic_map import MapPart, NearEntry, Place, TextComparison
from semsearch.server.schemas.base import Wire
from semsearch.server.schemas.maps import WireMapPart
from semsearch.server.serialize import deleted_entry, shape_json, stored_entry, to_json

CRUMB = Entry(
    id="bakery:crumb",
    term="Crumb",
    definition="The soft inside of a loaf.",
    glossary="bakery",
    aliases=("Inside",),
    language="en-GB",
    source=Source("bakery.md", 7),
    see_also=("bakery:crust",),
)
CRUMB_JSON = {
    "id": "bakery:crumb",
    "term": "Crumb",
    "definition": "The soft inside of a loaf.",
    "aliases": ["Inside"],
    "glossary": "bakery",
    "language": "en-GB",
    "source": {"file": "bakery.md", "line": 7},
}
CRUST = Entry(
    id="bakery:crust", term="Crust", definition="The hard outside of a loaf.", glossary="bakery"
)
DETAILS = Details(
    category="parts",
    notation="B-1",
    status="approved",
    iri="https://bakery.example/crumb",
    examples=("An open crumb.",),
    sources=("The head baker",),
    broader=("bakery:loaf",),
    narrower=("bakery:hole",),
    related=("bakery:crust",),
    hidden_labels=("crum",),
    name_languages=("Inside@de",),
    asked_as=("what is inside bread?",),
    markdown="The **soft** part of bread.",
    extra=(("Owner", "The head baker"),),
)
SHOWN = {
    "category": "parts",
    "notation": "B-1",
    "status": "approved",
    "examples": ["An open crumb."],
    "sources": ["The head baker"],
    "name_languages": ["Inside@de"],
}
EDITABLE = {
    "see_also": ["bakery:crust"],
    "broader": ["bakery:loaf"],
    "narrower": ["bakery:hole"],
    "related": ["bakery:crust"],
    "hidden_labels": ["crum"],
    "asked_as": ["what is inside bread?"],
    "markdown": "The **soft** part of bread.",
    "iri": "https://bakery.example/crumb",
    "extra": {"Owner": "The head baker"},
}
PARTS = {
    "definition": 0.1,
    "lead": 0.2,
    "sentence": 0.3,
    "term": 0.35,
    "asked": 0.38,
    "tokens": 0.4,
    "coverage": 0.5,
    "words": 6.0,
    "named": 0.7,
}
SOFT = Span(4, 8, "soft")
SOFT_JSON = {"start": 4, "end": 8, "text": "soft"}
WHOLE = Span(0, 26, CRUMB.definition)
WHOLE_JSON = {"start": 0, "end": 26, "text": CRUMB.definition}
LABEL = NameLabel("bakery:crumb", "Crumb", "bakery")
LABEL_JSON = {"id": "bakery:crumb", "term": "Crumb", "glossary": "bakery"}
NEAR = NearEntry(LABEL, similarity=0.5, x=0.1, y=-0.2)
NEAR_JSON = {**LABEL_JSON, "similarity": 0.5, "x": 0.1, "y": -0.2}


def _written(value: object) -> object:
    return json.loads(to_json(value))


def test_entry_shows_what_its_author_stated() -> None:
    """Details are members only where they are stated; those for editors never are."""
    assert _written(CRUMB) == CRUMB_JSON
    assert _written(replace(CRUMB, details=DETAILS)) == CRUMB_JSON | SHOWN
    assert _written(CRUST) == {
        "id": "bakery:crust",
        "term": "Crust",
        "definition": "The hard outside of a loaf.",
        "aliases": [],
        "glossary": "bakery",
        "language": "en",
        "source": None,
    }


@pytest.mark.parametrize("revision", [21, None])
def test_stored_entry_has_all_that_can_be_edited(revision: int | None) -> None:
    """It also has the revision of its last change, null if that is unknown."""
    plain = CRUMB_JSON | {"see_also": ["bakery:crust"], "revision": revision}
    assert json.loads(stored_entry(CRUMB, revision)) == plain
    detailed = stored_entry(replace(CRUMB, details=DETAILS), revision)
    assert json.loads(detailed) == plain | SHOWN | EDITABLE


def test_changes_and_versions() -> None:
    """A deletion has no entry."""
    whole = CRUMB_JSON | {"see_also": ["bakery:crust"]}
    assert _written(Changed(CRUMB.id, CRUMB, 3)) == {"revision": 3, "id": CRUMB.id, "entry": whole}
    deletion = Changed(CRUMB.id, None, 4)
    assert _written(deletion) == {"revision": 4, "id": CRUMB.id, "entry": None}
    assert json.loads(deleted_entry(deletion)) == {"id": CRUMB.id, "revision": 4}
    version = entries.Version(3, ChangeKind.RESTORED, "2026-11-02T09:30:00.000Z", "ann", CRUMB)
    head = {"revision": 3, "kind": "restored", "at": "2026-11-02T09:30:00.000Z", "who": "ann"}
    assert _written([version, replace(version, entry=None)]) == [
        {**head, "entry": whole},
        {**head, "entry": None},
    ]


def test_import_report() -> None:
    """Each record has all members, null where there is nothing to say."""
    report = ImportReport(
        (
            RecordReport(1, Outcome.ADDED, "bakery:crumb", 23),
            RecordReport(2, Outcome.REFUSED, reason="no term"),
        ),
        is_applied=True,
    )
    assert _written(report) == {
        "applied": True,
        "records": [
            {
                "line": 1,
                "outcome": "added",
                "id": "bakery:crumb",
                "revision": 23,
                "reason": None,
            },
            {"line": 2, "outcome": "refused", "id": None, "revision": None, "reason": "no term"},
        ],
    }


def test_answer_with_all_evidence() -> None:
    """Every number stands under its own name."""
    parts = answers.ScoreParts(**PARTS)
    evidence = answers.Evidence(
        name="Inside",
        words=(SOFT,),
        term_words=(Span(0, 5, "Crumb"),),
        sentence=WHOLE,
        parts=parts,
        rerank_score=0.8,
        phrase="what is inside bread?",
    )
    hit = answers.Hit(1, replace(CRUMB, details=DETAILS), 0.9, 0.55, Tier.EXACT, evidence)
    bare = answers.Hit(2, CRUST, 0.25, -0.125, Tier.NEAREST, answers.Evidence())
    answer = answers.Answer("inside", Verdict.EXACT, 0.95, (hit, bare), repaired="inside")
    assert _written(answer) == {
        "query": "inside",
        "repaired": "inside",
        "verdict": "exact",
        "no_close_match": False,
        "matches": 1,
        "confidence": 0.95,
        "hits": [
            {
                **CRUMB_JSON,
                **SHOWN,
                "rank": 1,
                "score": 0.9,
                "similarity": 0.55,
                "score_parts": PARTS,
                "rerank_score": 0.8,
                "matched_by": "exact",
                "matched_name": "Inside",
                "matched_words": [SOFT_JSON],
                "matched_term_words": [{"start": 0, "end": 5, "text": "Crumb"}],
                "sentence": WHOLE_JSON,
                "matched_phrase": "what is inside bread?",
            },
            {
                "id": "bakery:crust",
                "term": "Crust",
                "definition": "The hard outside of a loaf.",
                "aliases": [],
                "glossary": "bakery",
                "language": "en",
                "source": None,
                "rank": 2,
                "score": 0.25,
                "similarity": -0.125,
                "score_parts": dict.fromkeys(PARTS, 0.0),
                "rerank_score": None,
                "matched_by": "nearest",
                "matched_name": None,
                "matched_words": [],
                "matched_term_words": [],
                "sentence": None,
            },
        ],
    }


def test_answer_without_hits() -> None:
    """No member is left out."""
    answer = answers.Answer("stars", Verdict.NONE, 0.0, ())
    assert _written(answer) == {
        "query": "stars",
        "repaired": None,
        "verdict": "no close match",
        "no_close_match": True,
        "matches": 0,
        "confidence": 0.0,
        "hits": [],
    }


def test_related_terms() -> None:
    """Authored and computed ones, each with its evidence."""
    other = {"id": "bakery:crust", "term": "Crust", "glossary": "bakery"}
    related = answers.Related(
        entry=CRUMB,
        similar=(
            answers.Neighbour(1, CRUST, 0.6, answers.Connection(WHOLE, SOFT, 0.7, ("loaf",))),
        ),
        see_also=(answers.Reference(CRUST, None, Authored.SEE_ALSO),),
        mentions=(answers.Reference(CRUST, SOFT),),
        mentioned_by=(),
    )
    assert _written(related) == {
        "id": "bakery:crumb",
        "term": "Crumb",
        "see_also": [{**other, "span": None, "relation": "see_also"}],
        "mentions": [{**other, "span": SOFT_JSON, "relation": None}],
        "mentioned_by": [],
        "similar_meaning": [
            {
                **other,
                "rank": 1,
                "definition": "The hard outside of a loaf.",
                "similarity": 0.6,
                "because": {
                    "sentence": WHOLE_JSON,
                    "other_sentence": SOFT_JSON,
                    "similarity": 0.7,
                    "words": ["loaf"],
                },
            }
        ],
    }


def test_suggestions_and_glossaries() -> None:
    """Lists and tuples are arrays."""
    assert _written((Suggestion("Inside", CRUMB),)) == [{"name": "Inside", **LABEL_JSON}]
    assert _written([GlossaryInfo("bakery", 2)]) == [{"name": "bakery", "entries": 2}]
    assert to_json([]) == b"[]"


def test_loss_of_an_export() -> None:
    """A loss has the names of the lost parts."""
    loss = Loss("bakery:crumb", ("see_also", "notation"))
    assert _written(loss) == {"id": "bakery:crumb", "lost": ["see_also", "notation"]}


def test_map_in_columns() -> None:
    """A glossary is a number into the sorted names; places have four decimals."""
    labels = (LABEL, NameLabel("attic:box", "Box", "attic"))
    places = np.array([[0.123456, -1.0], [0.5, 0.25]])
    topics = (Topic(("dough", "oven"), 0.5, -0.25),)
    part = MapPart(labels, places, total=9, next=2)
    assert json.loads(shape_json(WireMapPart.of(part, topics))) == {
        "total": 9,
        "next": 2,
        "glossaries": ["attic", "bakery"],
        "ids": ["bakery:crumb", "attic:box"],
        "terms": ["Crumb", "Box"],
        "in_glossary": [1, 0],
        "x": [0.1235, 0.5],
        "y": [-1.0, 0.25],
        "topics": [{"words": ["dough", "oven"], "x": 0.5, "y": -0.25}],
    }
    assert _written(Place(0.3, -0.4, (NEAR,))) == {"x": 0.3, "y": -0.4, "nearest": [NEAR_JSON]}
    compared = TextComparison(0.68, 99.2, ("loaf",), (NEAR,), (), (LABEL,))
    assert _written(compared) == {
        "similarity": 0.68,
        "share": 99.2,
        "words": ["loaf"],
        "near_a": [NEAR_JSON],
        "near_b": [],
        "both": [LABEL_JSON],
    }


def test_index_info_is_written_as_it_is() -> None:
    """Its fields are the members, those of its engine and reranker too."""
    engine = EngineInfo("flat", "few vectors", 1.0, 0, 4096)
    info = IndexInfo(
        path="index",
        generation=3,
        revision=5,
        built_at="2026-11-02T09:30:00Z",
        built_by="semsearch 1",
        format=20,
        entries=2,
        vectors=4,
        glossaries=(GlossaryInfo("bakery", 2),),
        model="hashed",
        fingerprint="ab",
        dim=64,
        precision="float32",
        engine=engine,
        reranker=None,
        common_questions=CommonQuestionsInfo("1-ab", 1, is_declined=False),
        threshold=0.4,
        calibrated_with=0,
        follows=None,
    )
    shown = _written(replace(info, reranker=RerankerInfo("mini", "cd", "int8", "ef")))
    assert isinstance(shown, dict)
    assert list(shown) == list(IndexInfo.__slots__)
    assert shown["glossaries"] == [{"name": "bakery", "entries": 2}]
    assert shown["engine"] == {
        "name": "flat",
        "why": "few vectors",
        "recall": 1.0,
        "breadth": 0,
        "bytes": 4096,
    }
    assert shown["reranker"] == {
        "model": "mini",
        "fingerprint": "cd",
        "precision": "int8",
        "sha256": "ef",
    }


def test_a_value_without_a_shape_is_refused() -> None:
    """Such a value is refused inside a list too."""
    with pytest.raises(TypeError, match="Span has no JSON shape"):
        to_json([SOFT])


def _shapes(of: type[Wire]) -> Iterator[type[Wire]]:
    for shape in of.__subclasses__():
        yield shape
        yield from _shapes(shape)


def test_components_are_named_without_wire(app: FastAPI) -> None:
    """A client sees the names of the nouns; classes that only share members are no components."""
    named = set(app.openapi()["components"]["schemas"])
    titles = {shape.__name__.removeprefix("Wire"): shape for shape in _shapes(Wire)}
    public = {title for title, shape in titles.items() if shape.__name__.startswith("Wire")}
    public.remove("Entry")  # only the command line prints it
    assert public <= named
    assert not {name for name in named if name.startswith("Wire") or name.endswith("Members")}
    for title in public:
        shown = app.openapi()["components"]["schemas"][title]
        assert shown["title"] == title
        assert shown["description"] == inspect.getdoc(titles[title])
        assert shown["additionalProperties"] is False
