"""What is written and read again is the same, but for what the format is known not to hold.

Covers `exporters/context`, `exporters/defined_terms`, `exporters/dictd`, `exporters/export`,
`exporters/formats`, `exporters/json_ld`, `exporters/jsonl`, `exporters/rdf_xml`,
`exporters/stardict`, `exporters/table`, `exporters/tbx`, `exporters/turtle`.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from semsearch.core.entries import Entry
from semsearch.exporters import TARGETS
from tests.exporters.support import as_said, export, glossaries, written


@pytest.mark.parametrize("name", list(TARGETS))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(entries=glossaries())
def test_an_export_is_read_as_what_was_written(name: str, entries: list[Entry]) -> None:
    """Every part that is not reported as lost is there; entries match by id, or by term."""
    _check(name, entries)


@pytest.mark.parametrize("name", list(TARGETS))
def test_labelled_lines_of_a_definition_are_kept_or_named(name: str) -> None:
    """A reader would take them for notes, sources, examples, names and links."""
    text = "A bowl.\n\nNote: deep.\n\nSource: ISO 1\n\nSee also: Pan\n\nSynonym: basin"
    _check(name, [Entry("kitchen:bowl", "Bowl", text, "kitchen")])


def _check(name: str, entries: list[Entry]) -> None:
    losses = {loss.id: loss.parts for loss in export(entries, name).losses()}
    with TemporaryDirectory() as folder:
        found = written(entries, name, Path(folder))
    assert len(found) == sum("entry" not in losses.get(entry.id, ()) for entry in entries)
    for entry in entries:
        lost = losses.get(entry.id, ())
        if {"entry", "id", "term"} & set(lost):
            continue
        other = found[entry.id]
        before, after = as_said(entries, entry), as_said(entries, other)
        differ = [part for part in before if before[part] != after[part]]
        assert set(differ) <= {*lost, *_where_ids_move(losses)}, (entry, other)


def _where_ids_move(losses: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the parts that name entries by id, if any entry has another id now."""
    moved = any("id" in lost for lost in losses.values())
    return ("see_also", "broader", "narrower", "related", "iri") if moved else ()


@pytest.mark.parametrize("name", ["dictd", "stardict"])
def test_a_term_that_is_read_as_several_is_named(name: str) -> None:
    """Dictionaries have no ids, and without one a semicolon separates names."""
    entry = Entry("kitchen:a-b", "a;b", "A bowl.", "kitchen")
    assert [(one.id, one.parts) for one in export([entry], name).losses()] == [
        (entry.id, ("term",))
    ]
