"""What formats express beside names and definition: stored, edited, found and shown."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from semsearch.core.answers import Tier
from semsearch.core.entries import NO_DETAILS, Details, Entry
from semsearch.core.errors import InvalidEntry
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from semsearch.server.schemas.entries import WireStoredEntry
from semsearch.server.serialize import stored_entry, to_json
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.migrations import MIGRATIONS
from tests.conftest import ENTRIES

DETAILS = Details(
    category="baking",
    notation="B-07",
    status="approved",
    examples=("Feed the leaven.",),
    sources=("The head baker",),
    broader=("crumb",),
    related=("https://elsewhere.example/levain",),
    hidden_labels=("leavan",),
    extra=(("Owner", "Jane Doe"), ("Team", "ovens")),
)
LEAVEN = replace(ENTRIES[0], details=DETAILS)


def built(folder: Path) -> Path:
    """Build an index with details of one entry."""
    build_index([LEAVEN, *ENTRIES[1:]], folder, model="hashed")
    return folder


def test_details_are_there_again_after_a_build(tmp_path: Path) -> None:
    """Details are unchanged; entries without any share one empty object.

    A second build has nothing to do.
    """
    index = built(tmp_path)
    with Glossary.open(index) as glossary:
        assert glossary.entry(LEAVEN.id) == LEAVEN
        assert glossary.entry(ENTRIES[1].id).details is NO_DETAILS
    assert not build_index([LEAVEN, *ENTRIES[1:]], index, model="hashed").changes


def test_a_hidden_label_is_found_and_never_shown(tmp_path: Path) -> None:
    """It finds the entry like a name, and the term is shown in its place, while typing too."""
    with Glossary.open(built(tmp_path)) as glossary:
        hit = glossary.ask("leavan").hits[0]
        assert (hit.entry.id, hit.matched_by, hit.evidence.name) == (
            LEAVEN.id,
            Tier.EXACT,
            LEAVEN.term,
        )
        answer = json.loads(to_json(glossary.ask("leavan")))
        assert "leavan" not in json.dumps(answer["hits"])
        assert glossary.ask("leava").hits[0].evidence.name == LEAVEN.term


def test_relations_of_every_kind_lead_to_their_entries(tmp_path: Path) -> None:
    """They are what the author linked to; what leads elsewhere is counted and not shown."""
    entries = [LEAVEN, *ENTRIES[1:]]
    report = build_index(entries, tmp_path, model="hashed")
    assert report.relations is not None
    assert (report.relations.links, report.relations.unresolved) == (1, 1)
    with Glossary.open(tmp_path) as glossary:
        linked = glossary.related(LEAVEN.id).see_also
        assert [reference.entry.id for reference in linked] == ["bakery:crumb"]


def test_json_has_details_only_where_they_are(tmp_path: Path) -> None:
    """Answers have what people read, a whole entry all; both are of the declared shapes."""
    shown = {
        "category": "baking",
        "notation": "B-07",
        "status": "approved",
        "examples": ["Feed the leaven."],
        "sources": ["The head baker"],
    }
    more = {
        "broader": ["crumb"],
        "related": ["https://elsewhere.example/levain"],
        "hidden_labels": ["leavan"],
        "extra": {"Owner": "Jane Doe", "Team": "ovens"},
    }
    with Glossary.open(built(tmp_path)) as glossary:
        first, *others = json.loads(to_json(glossary.ask("leaven")))["hits"]
    assert shown.items() <= first.items()
    assert not more.keys() & first.keys()
    assert not any(shown.keys() & other.keys() for other in others)
    whole = stored_entry(LEAVEN, 7)
    assert (shown | more).items() <= json.loads(whole).items()
    TypeAdapter(WireStoredEntry).validate_json(whole, strict=True)
    assert not (shown | more).keys() & json.loads(stored_entry(ENTRIES[1], 7)).keys()


def test_details_are_edited_and_remembered(tmp_path: Path) -> None:
    """Part by part; the history has all versions, and a former one can be restored."""
    with Editor(built(tmp_path), who="ann") as editor:
        first = editor.entry(LEAVEN.id).revision
        changed = editor.change(LEAVEN.id, details={"status": "draft", "examples": ()})
        assert changed.entry is not None
        assert changed.entry.details == replace(DETAILS, status="draft", examples=())
        versions = editor.history(LEAVEN.id)
        assert [v.entry.details.status for v in versions if v.entry] == ["approved", "draft"]
        restored = editor.restore(LEAVEN.id, first)
        assert restored.entry == LEAVEN
        added = editor.add(
            "bakery", Draft("Peel", "A shovel.", details=Details(category=" tools "))
        )
        assert added.entry is not None
        assert added.entry.details == Details(category="tools")
    with Glossary.open(tmp_path) as glossary:
        assert glossary.entry("bakery:peel").details == Details(category="tools")


def test_extra_fields_are_merged_and_found_by_words(tmp_path: Path) -> None:
    """One is changed or removed without the others; texts are found at once, and never embedded."""
    with Editor(built(tmp_path), who="ann") as editor, Glossary.open(tmp_path) as glossary:
        before = glossary.info().vectors

        def extra(value: object) -> tuple[tuple[str, str], ...]:
            changed = editor.change(LEAVEN.id, details={"extra": value}).entry
            assert changed is not None
            return changed.details.extra

        assert extra({"Team": "peelbrigade", "Floor": "2"}) == (
            ("Owner", "Jane Doe"),
            ("Team", "peelbrigade"),
            ("Floor", "2"),
        )
        hits = glossary.ask("peelbrigade").hits
        assert [hit.entry.id for hit in hits if hit.evidence.parts.words] == [LEAVEN.id]
        assert glossary.info().vectors == before
        assert extra({"Owner": None, "Floor": ""}) == (("Team", "peelbrigade"),)
        assert extra(()) == ()
        with pytest.raises(
            InvalidEntry, match=r"the extra field 'Team' does not fit: .* at most 2000"
        ):
            extra({"Team": "x" * 2001})


def test_a_bulk_import_tells_what_an_entry_cannot_hold(tmp_path: Path) -> None:
    """The report counts such fields by name, with an example."""
    line = json.dumps({"term": "Peel", "definition": "A shovel.", "sounds": [{"ipa": "/x/"}]})
    with Editor(built(tmp_path)) as editor:
        (record,) = editor.take(line, "bakery").records
    assert record.left_out == (("sounds", '[{"ipa": "/x/"}]'),)


def test_a_bulk_import_takes_details(tmp_path: Path) -> None:
    """JSON Lines name them as an entry does."""
    line = {
        "term": "Peel",
        "definition": "A shovel.",
        "category": "tools",
        "hidden_labels": ["peal"],
    }
    with Editor(built(tmp_path)) as editor:
        editor.take(
            json.dumps(line | {"broader": ["crumb"], "examples": ["Mind; the, peel."]}), "bakery"
        )
        found = editor.entry("bakery:peel").entry.details
    assert found == Details(
        category="tools",
        hidden_labels=("peal",),
        broader=("crumb",),
        examples=("Mind; the, peel.",),
    )


def test_a_store_of_before_has_entries_without_details(tmp_path: Path) -> None:
    """Brought up to date where it is; versions that were put away before have none either."""
    file = tmp_path / "store.db"
    with closing(sqlite3.connect(file)) as old:
        for step in MIGRATIONS[:6]:
            old.executescript(step)
        old.executescript(
            "PRAGMA user_version=6; UPDATE store SET revision = 2;"
            "INSERT INTO written VALUES (2, '2026-01-01T00:00:00Z', 'ann');"
            "INSERT INTO entry (id, glossary, term, definition, aliases, language, file, line, position, see_also,"
            " revision) VALUES ('g:a', 'g', 'A', 'Two.', '[]', 'en', '', 0, 0, '[]', 2);"
            "INSERT INTO history VALUES (2, 'g:a', 'changed', 1, json_object('id', 'g:a', 'glossary', 'g', 'term', 'A',"
            " 'definition', 'One.', 'aliases', json('[]'), 'language', 'en', 'file', '', 'line', 0, 'see_also',"
            " json('[]')));"
        )
    with closing(EntryStore(file)) as store:
        assert list(store.entries()) == [Entry("g:a", "A", "Two.", "g")]
        assert [v.entry.definition for v in store.versions("g:a") if v.entry] == ["One.", "Two."]
        assert [v.entry.details for v in store.versions("g:a") if v.entry] == [NO_DETAILS] * 2
