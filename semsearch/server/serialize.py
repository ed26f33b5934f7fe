"""Serializes the library's types as the JSON shapes of `schemas`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from semsearch.core import answers, entries, index_info
from semsearch.exporters.export import Loss
from semsearch.ingest.bulk import ImportReport
from semsearch.insights.report import GapReport
from semsearch.search.autocomplete import Suggestion
from semsearch.search.semantic_map import Place, TextComparison
from semsearch.server.schemas.answers import WireAnswer, WireSuggestion
from semsearch.server.schemas.base import Wire
from semsearch.server.schemas.entries import (
    WireChange,
    WireDeletedEntry,
    WireEntry,
    WireEntryPlace,
    WireStoredEntry,
    WireVersion,
)
from semsearch.server.schemas.exports import WireExportLoss
from semsearch.server.schemas.gaps import WireGapReport
from semsearch.server.schemas.glossaries import WireGlossaryInfo
from semsearch.server.schemas.imports import WireImportReport
from semsearch.server.schemas.inbox import WireInboxItem
from semsearch.server.schemas.maps import WireComparison, WirePlace
from semsearch.server.schemas.related import WireRelated
from semsearch.storage.feedback.inbox import ReaderSuggestion

_SHAPES: Mapping[type, Callable[[Any], Wire | index_info.IndexInfo]] = {
    answers.Answer: WireAnswer.of,
    answers.Related: WireRelated.of,
    entries.Changed: WireChange.of,
    entries.Entry: WireEntry.of,
    entries.EntryPlace: WireEntryPlace.of,
    entries.Version: WireVersion.of,
    index_info.GlossaryInfo: WireGlossaryInfo.of,
    index_info.IndexInfo: lambda info: info,  # its fields are the members
    ImportReport: WireImportReport.of,
    GapReport: WireGapReport.of,
    Loss: WireExportLoss.of,
    Place: WirePlace.of,
    ReaderSuggestion: WireInboxItem.of,
    Suggestion: WireSuggestion.of,
    TextComparison: WireComparison.of,
}

_adapter: Callable[[type], TypeAdapter[Any]] = cache(TypeAdapter)
"""Adapter that writes a shape, built once: that takes milliseconds."""


def to_json(value: object) -> bytes:
    """Return the JSON of a value of the library, or of a list or tuple of them.

    Raises:
        TypeError: values of this type have no JSON shape.
    """
    if isinstance(value, list | tuple):
        return b"[" + b",".join(map(to_json, value)) + b"]"
    make = _SHAPES.get(type(value))
    if make is None:
        raise TypeError(f"{type(value).__name__} has no JSON shape")
    return shape_json(make(value))


def stored_entry(entry: entries.Entry, revision: int | None) -> bytes:
    """Return the JSON of an entry with the revision of its last change, None if it is not known."""
    return shape_json(WireStoredEntry.of(entry, revision))


def deleted_entry(deletion: entries.Changed) -> bytes:
    """Return the JSON of the deletion of an entry."""
    return shape_json(WireDeletedEntry.of(deletion))


def shape_json(shape: Wire | index_info.IndexInfo) -> bytes:
    """Return the JSON of a shape."""
    return _adapter(type(shape)).dump_json(shape, by_alias=True)
