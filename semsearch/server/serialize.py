"""Writing: the JSON of every noun, straight from the library's types, in the shapes of `wire`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from functools import singledispatch
from typing import Any

import pydantic_core

from semsearch.core import answers, entries, index_info
from semsearch.index.files.entry_table import NameLabel
from semsearch.ingest.bulk import ImportReport
from semsearch.search.autocomplete import Suggestion
from semsearch.search.semantic_map import MapPart, NearEntry, Place, TextComparison
from semsearch.server import schemas


def to_json(noun: object) -> bytes:
    """Return the JSON of an answer, an entry, related terms, an index, a glossary, or of several.

    The models above declare the shapes and the tests hold this to them; making models first would
    take three times as long, a tenth of a whole answer.
    """
    return pydantic_core.to_json(members(noun))


@singledispatch
def members(noun: object) -> Any:  # noqa: ANN401 - JSON
    """Return the members of a noun as plain dictionaries and lists."""
    raise TypeError(f"{type(noun).__name__} has no JSON shape")


@members.register
def _(nouns: list) -> list[Any]:  # type: ignore[type-arg]
    return [members(noun) for noun in nouns]


@members.register
def _(nouns: tuple) -> list[Any]:  # type: ignore[type-arg]
    return [members(noun) for noun in nouns]


@members.register
def _entry(entry: entries.Entry) -> dict[str, Any]:
    source = entry.source
    return {
        "id": entry.id,
        "term": entry.term,
        "definition": entry.definition,
        "aliases": entry.aliases,
        "glossary": entry.glossary,
        "language": entry.language,
        "source": {"file": source.file, "line": source.line} if source else None,
        **_details(entry, schemas.SHOWN_DETAILS),
    }


def _details(entry: entries.Entry, names: Collection[str]) -> dict[str, Any]:
    """Return those details that are there: most entries have none, and say nothing of them."""
    if entry.details is entries.NO_DETAILS:
        return {}
    return {name: value for name, value in entry.details.stated().items() if name in names}


def _whole_entry(entry: entries.Entry) -> dict[str, Any]:
    """Return all that can be edited of an entry."""
    return {**_entry(entry), "see_also": entry.see_also, **_details(entry, entries.DETAILS)}


@members.register
def _changed(changed: entries.Changed) -> dict[str, Any]:
    entry = changed.entry
    return {
        "revision": changed.revision,
        "id": changed.id,
        "entry": _whole_entry(entry) if entry else None,
    }


def stored_entry(entry: entries.Entry, revision: int | None) -> bytes:
    """Return the JSON of an entry with the revision of its last change, None where that is not known."""
    return pydantic_core.to_json({**_whole_entry(entry), "revision": revision})


@members.register
def _import_report(report: ImportReport) -> dict[str, Any]:
    records = [asdict(record) for record in report.records]
    return {"applied": report.is_applied, "records": records}


@members.register
def _version(version: entries.Version) -> dict[str, Any]:
    return {
        "revision": version.revision,
        "kind": version.kind,
        "at": version.at,
        "who": version.who,
        "entry": _whole_entry(version.entry) if version.entry else None,
    }


@members.register
def _span(span: answers.Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text}


def _score_parts(parts: answers.ScoreParts) -> dict[str, float]:
    return {
        "definition": parts.definition,
        "lead": parts.lead,
        "sentence": parts.sentence,
        "tokens": parts.tokens,
        "coverage": parts.coverage,
        "words": parts.words,
        "named": parts.named,
        "asked": parts.asked,
    }


@members.register
def _hit(hit: answers.Hit) -> dict[str, Any]:
    evidence = hit.evidence
    phrase = {} if evidence.phrase is None else {"matched_phrase": evidence.phrase}
    return {
        "rank": hit.rank,
        **_entry(hit.entry),
        "score": hit.score,
        "similarity": hit.similarity,
        "score_parts": _score_parts(evidence.parts),
        "rerank_score": evidence.rerank_score,
        "matched_by": hit.matched_by,
        "matched_name": evidence.name,
        "matched_words": [_span(word) for word in evidence.words],
        "matched_term_words": [_span(word) for word in evidence.term_words],
        "sentence": _span(evidence.sentence) if evidence.sentence else None,
        **phrase,
    }


@members.register
def _answer(answer: answers.Answer) -> dict[str, Any]:
    return {
        "query": answer.query,
        "repaired": answer.repaired,
        "verdict": answer.verdict,
        "no_close_match": answer.no_close_match,
        "matches": answer.matches,
        "confidence": answer.confidence,
        "hits": [_hit(hit) for hit in answer.hits],
    }


@members.register
def _neighbour(neighbour: answers.Neighbour) -> dict[str, Any]:
    entry = neighbour.entry
    return {
        "rank": neighbour.rank,
        "id": entry.id,
        "term": entry.term,
        "definition": entry.definition,
        "glossary": entry.glossary,
        "similarity": neighbour.similarity,
        "because": _connection(neighbour.because),
    }


def _connection(connection: answers.Connection) -> dict[str, Any]:
    return {
        "sentence": _span(connection.sentence),
        "other_sentence": _span(connection.other_sentence),
        "similarity": connection.similarity,
        "words": connection.words,
    }


@members.register
def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    entry = suggestion.entry
    return {
        "name": suggestion.name,
        "id": entry.id,
        "term": entry.term,
        "glossary": entry.glossary,
    }


@members.register
def _label(label: NameLabel) -> dict[str, str]:
    return {"id": label.id, "term": label.term, "glossary": label.glossary}


@members.register
def _map_part(part: MapPart) -> dict[str, Any]:
    """Columns rather than points: a map has many."""
    names = sorted({label.glossary for label in part.labels})
    number = {name: i for i, name in enumerate(names)}
    places = part.places.round(4).tolist()
    return {
        "total": part.total,
        "next": part.next,
        "glossaries": names,
        "ids": [label.id for label in part.labels],
        "terms": [label.term for label in part.labels],
        "in_glossary": [number[label.glossary] for label in part.labels],
        "x": [round(x, 4) for x, _ in places],
        "y": [round(y, 4) for _, y in places],
    }


@members.register
def _near_entry(near: NearEntry) -> dict[str, Any]:
    return {**_label(near.label), "similarity": near.similarity, "x": near.x, "y": near.y}


@members.register
def _place(place: Place) -> dict[str, Any]:
    return {"x": place.x, "y": place.y, "nearest": members(place.nearest)}


@members.register
def _comparison(comparison: TextComparison) -> dict[str, Any]:
    return {
        "similarity": comparison.similarity,
        "share": comparison.share,
        "words": comparison.words,
        "near_a": members(comparison.near_a),
        "near_b": members(comparison.near_b),
        "both": members(comparison.both),
    }


@members.register
def _reference(reference: answers.Reference) -> dict[str, Any]:
    entry = reference.entry
    return {
        "id": entry.id,
        "term": entry.term,
        "glossary": entry.glossary,
        "span": _span(reference.span) if reference.span else None,
        "relation": reference.relation,
    }


@members.register
def _related(related: answers.Related) -> dict[str, Any]:
    return {
        "id": related.entry.id,
        "term": related.entry.term,
        "see_also": members(related.see_also),
        "mentions": members(related.mentions),
        "mentioned_by": members(related.mentioned_by),
        "similar_meaning": members(related.similar),
    }


@members.register
def _glossary_info(info: index_info.GlossaryInfo) -> dict[str, Any]:
    return {"name": info.name, "entries": info.entries}


@members.register
def _index_info(info: index_info.IndexInfo) -> dict[str, Any]:
    stated = {name: getattr(info, name) for name in schemas.IndexInfo.model_fields}
    stated["glossaries"] = members(info.glossaries)
    stated["engine"] = asdict(info.engine)
    stated["reranker"] = asdict(info.reranker) if info.reranker else None
    return stated
