"""Examples of the interface description: answers about one entry of a glossary."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from semsearch.core.answers import (
    Answer,
    Connection,
    Evidence,
    Hit,
    Neighbour,
    Reference,
    Related,
    ScoreParts,
    Span,
    Tier,
    Verdict,
)
from semsearch.core.entries import Changed, ChangeKind, Entry, EntryPlace, Source, Version
from semsearch.core.index_info import GlossaryInfo
from semsearch.core.presentation import Presentation
from semsearch.exporters.export import Loss
from semsearch.index.files.entry_table import NameLabel
from semsearch.ingest import ImportReport, Outcome
from semsearch.ingest.bulk import RecordReport
from semsearch.search.autocomplete import Suggestion
from semsearch.search.map_topics import Topic
from semsearch.search.semantic_map import MapPart, NearEntry, Place, TextComparison
from semsearch.server.reconciliation.manifest import draft_manifest, manifest
from semsearch.server.schemas.info import WireFollowInfo, WireServiceInfo
from semsearch.server.schemas.maps import WireMapPart
from semsearch.server.schemas.reconciliation import (
    WireCandidate,
    WireCandidates,
    WireEntitySuggestions,
    WireEntityType,
    WireExtension,
    WireExtensionRow,
    WireFeature,
    WireProperty,
    WirePropertyProposal,
    WirePropertySuggestions,
    WirePropertyValue,
    WirePropertyValues,
    WireResult,
    WireResults,
    WireSuggestedEntity,
)
from semsearch.server.serialize import deleted_entry, shape_json, stored_entry, to_json
from semsearch.web import Site

_DEFINITION = (
    "Dropout is a regularization method where random neurons are ignored during training. This "
    "prevents co-adaptation of neurons."
)
_DROPOUT = Entry(
    id="deep-learning:dropout",
    term="Dropout",
    definition=_DEFINITION,
    glossary="deep-learning",
    source=Source("corpus/deep-learning.md", 43),
    see_also=("deep-learning:overfitting",),
)
_REGULARIZATION = Entry(
    id="deep-learning:regularization",
    term="Regularization",
    definition="Regularization techniques such as L1, L2, and dropout are used to prevent "
    "overfitting.",
    glossary="deep-learning",
)
_NAME = Span(0, 7, "Dropout")
_SENTENCE = Span(0, 84, _DEFINITION[:84])


def _members(json_text: bytes) -> Any:  # noqa: ANN401 - JSON
    return json.loads(json_text)


ANSWER = _members(
    to_json(
        Answer(
            query="what is dropout?",
            verdict=Verdict.EXACT,
            confidence=0.99,
            hits=(
                Hit(
                    rank=1,
                    entry=_DROPOUT,
                    score=0.97,
                    similarity=0.6802,
                    matched_by=Tier.EXACT,
                    evidence=Evidence(
                        name="Dropout",
                        words=(_NAME,),
                        term_words=(_NAME,),
                        sentence=_SENTENCE,
                        parts=ScoreParts(
                            definition=0.6631,
                            lead=0.6631,
                            sentence=0.6973,
                            term=0.8124,
                            tokens=0.61,
                            coverage=0.44,
                            words=4.2,
                            named=0.0,
                        ),
                    ),
                ),
            ),
        )
    )
)
STORED_ENTRY = _members(stored_entry(_DROPOUT, 21))
DELETED_ENTRY = _members(deleted_entry(Changed(_DROPOUT.id, None, 22)))
VERSION = _members(
    to_json(
        Version(
            revision=21,
            kind=ChangeKind.CHANGED,
            at="2026-11-02T09:30:00.000Z",
            who="Ann (3f9a0c41d2e7)",
            entry=_DROPOUT,
        )
    )
)
CHANGE = _members(to_json(Changed(_DROPOUT.id, _DROPOUT, 21, position=3)))
ENTRY_PLACE = _members(to_json(EntryPlace(_DROPOUT.id, 3, is_live=False)))
SERVICE_INFO = _members(
    shape_json(
        WireServiceInfo(
            3,
            21,
            "semsearch-definitions-v4",
            "4c01e7f2",
            "9be1c07d52a8f3e4",
            "1-5f0c2a9d41b7e836",
            WireFollowInfo("https://glossary.example.org", 21, 0.4, False),
        )
    )
)
IMPORT_REPORT = _members(
    to_json(
        ImportReport(
            (
                RecordReport(1, Outcome.ADDED, "deep-learning:epoch-2", 23),
                RecordReport(2, Outcome.REFUSED, reason="no term"),
            ),
            is_applied=True,
        )
    )
)
RELATED = _members(
    to_json(
        Related(
            entry=_DROPOUT,
            see_also=(),
            mentions=(Reference(_REGULARIZATION, Span(13, 27, "regularization")),),
            mentioned_by=(Reference(_REGULARIZATION, Span(46, 53, "dropout")),),
            similar=(
                Neighbour(
                    rank=1,
                    entry=_REGULARIZATION,
                    similarity=0.61,
                    because=Connection(
                        sentence=_SENTENCE,
                        other_sentence=Span(
                            0, len(_REGULARIZATION.definition), _REGULARIZATION.definition
                        ),
                        similarity=0.62,
                        words=("Dropout", "regularization"),
                    ),
                ),
            ),
        )
    )
)
SUGGESTIONS = _members(to_json([Suggestion("Dropout", _DROPOUT)]))
_LABEL = NameLabel(_DROPOUT.id, _DROPOUT.term, _DROPOUT.glossary)
_NEAR = NearEntry(_LABEL, similarity=0.61, x=0.12, y=-0.4)
MAP = _members(
    shape_json(
        WireMapPart.of(
            MapPart((_LABEL,), np.array([[0.12, -0.4]]), total=20, next=1),
            (Topic(("training", "loss"), 0.12, -0.4),),
        )
    )
)
PLACE = _members(to_json(Place(0.1, -0.38, (_NEAR,))))
COMPARISON = _members(
    to_json(
        TextComparison(
            similarity=0.68, share=99.2, words=(), near_a=(_NEAR,), near_b=(_NEAR,), both=(_LABEL,)
        )
    )
)
EXPORT_LOSS = _members(to_json(Loss(_DROPOUT.id, ("see_also",))))
GLOSSARIES = _members(to_json([GlossaryInfo("deep-learning", 20)]))


_TYPE = WireEntityType.of("deep-learning", Presentation())
_CANDIDATES = [
    WireCandidate(
        _DROPOUT.id,
        _DROPOUT.term,
        _DROPOUT.definition,
        [_TYPE],
        score=97.0,
        match=True,
        features=[WireFeature("confidence", "Confidence of the answer", 0.99)],
    )
]
_PROPERTY = WireProperty("definition", "Definition", "What the term means.")
_VALUES = WirePropertyValues("definition", [WirePropertyValue.of(_DEFINITION)])
_SITE = Site(
    address="https://glossary.example.org/", glossaries=(GlossaryInfo("deep-learning", 20),)
)
MANIFEST = manifest(_SITE, is_open=True)
DRAFT_MANIFEST = draft_manifest(_SITE, is_open=True)
RECONCILED = {"q0": _members(shape_json(WireResult(_CANDIDATES)))}
MATCHED = _members(shape_json(WireResults([WireCandidates(_CANDIDATES)])))
EXTENSION = _members(
    shape_json(
        WireExtension(
            [WireProperty("definition", "Definition")], [WireExtensionRow(_DROPOUT.id, [_VALUES])]
        )
    )
)
ENTITY_SUGGESTIONS = _members(
    shape_json(WireEntitySuggestions([WireSuggestedEntity.of("Dropout", _DROPOUT, Presentation())]))
)
PROPERTY_SUGGESTIONS = _members(shape_json(WirePropertySuggestions([_PROPERTY])))
PROPOSAL = _members(shape_json(WirePropertyProposal("deep-learning", 50, [_PROPERTY])))

_NAMED_EPOCH = {"id": "deep-learning:epoch", "term": "Epoch"}
_NAMED_DROPOUT = {"id": "deep-learning:dropout", "term": "Dropout"}
_ASKED_AT = "2027-03-01T12:00:00+00:00"
GAPS = {
    "questions": 40,
    "first": _ASKED_AT,
    "last": _ASKED_AT,
    "gaps": [
        {
            "kind": "no close match",
            "headword": "stop training early",
            "glossary": "deep-learning",
            "count": 4,
            "last": _ASKED_AT,
            "questions": [
                {
                    "question": "how do I stop training early?",
                    "glossary": "deep-learning",
                    "count": 4,
                    "last": _ASKED_AT,
                    "kind": "no close match",
                }
            ],
            "nearest": [_NAMED_EPOCH],
        }
    ],
    "confused": [
        {
            "first": _NAMED_DROPOUT,
            "second": _NAMED_EPOCH,
            "count": 3,
            "opened": 1,
            "questions": ["one pass over the data"],
        }
    ],
    "repaired": [{"asked": "dropuot", "read_as": "dropout", "count": 2}],
    "never_found": {"count": 1, "entries": [_NAMED_DROPOUT]},
    "days": [{"day": "2027-03-01", "asked": 40, "unanswered": 5, "uncertain": 8}],
}
INBOX_ITEM = {
    "id": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "made": _ASKED_AT,
    "glossary": "deep-learning",
    "term": "Early stopping",
    "text": "Ending the training when the error on other data grows.",
    "state": "refused",
    "reason": "It is described at Epoch.",
}
