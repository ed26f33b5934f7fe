"""IRIs, languages of names, and concepts in several languages, as exports state them.

Covers `exporters/concepts`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import SKOS, Graph, Literal, URIRef

from semsearch.core.entries import Details, Entry
from semsearch.exporters import ExportContext, GlossaryExport, target_named
from semsearch.importers import read_corpus
from tests.exporters.support import export, without_source
from tests.importers.support import DATA

DOUGH = Entry(
    "kitchen:dough",
    "dough",
    "Flour and water.",
    "kitchen",
    ("Teig", "Brotteig", "paste"),
    details=Details(
        iri="https://b.example/#dough",
        hidden_labels=("Taig",),
        name_languages=("Teig@de", "Brotteig@de", "Taig@de"),
    ),
)
RADIO = Entry("kitchen:radio", "radio", "It receives.", "kitchen")
GERMAN_RADIO = Entry(
    "kitchen:radio-de", "Rundfunk", "Es empfängt.", "kitchen", language="de",
    details=Details(iri="radio"),
)  # fmt: skip


def graph(entries: list[Entry], base: str = "") -> Graph:
    """Return what is stated of some entries."""
    context = ExportContext("kitchen", lambda: iter(entries), base=base)
    content = b"".join(GlossaryExport(target_named("turtle"), context).content())
    return Graph().parse(data=content, format="turtle")


def losses(entries: list[Entry], name: str) -> dict[str, tuple[str, ...]]:
    """Return what a format cannot hold, by id."""
    return {loss.id: loss.parts for loss in export(entries, name).losses()}


def test_every_name_leaves_with_its_own_language() -> None:
    """The first name of another language is the preferred one there."""
    made = graph([DOUGH])
    dough = URIRef("https://b.example/#dough")
    labels = {
        kind: set(made.objects(dough, kind))
        for kind in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
    }
    assert labels == {
        SKOS.prefLabel: {Literal("dough", "en"), Literal("Teig", "de")},
        SKOS.altLabel: {Literal("Brotteig", "de"), Literal("paste", "en")},
        SKOS.hiddenLabel: {Literal("Taig", "de")},
    }
    assert losses([DOUGH], "turtle") == {}


def test_a_term_in_another_language_leaves_in_that() -> None:
    """Its definition is in English, and no English name takes its place."""
    german = Entry(
        "kitchen:teig", "Teig", "Flour and water.", "kitchen", ("paste",),
        details=Details(name_languages=("Teig@de",)),
    )  # fmt: skip
    made = graph([german])
    assert set(made.objects(None, SKOS.prefLabel)) == {Literal("Teig", "de")}
    assert set(made.objects(None, SKOS.altLabel)) == {Literal("paste", "en")}


@pytest.mark.parametrize(
    "name", ["turtle", "rdf-xml", "json-ld", "defined-terms", "jsonl", "table"]
)
def test_what_came_with_an_iri_leaves_with_it(name: str, tmp_path: Path) -> None:
    """In every format that has a place for it, with relations to it."""
    peel = Entry(
        "kitchen:peel", "peel", "A shovel.", "kitchen", details=Details(related=("dough",))
    )
    (first, *_) = export([DOUGH, peel], name).save(tmp_path)
    entries = {e.id: e for e in read_corpus([f"kitchen={first}"], format=name).entries}
    assert entries["kitchen:dough"].details.iri == "https://b.example/#dough"
    if name in ("turtle", "rdf-xml", "json-ld"):
        assert entries["kitchen:peel"].details.related == ("dough",)
        assert "https://b.example/#dough" in first.read_text()


def test_a_base_is_that_of_new_iris_only() -> None:
    """The id follows it; what has an IRI keeps it."""
    made = graph([DOUGH, RADIO], base="https://example.org/terms#")
    subjects = {str(one) for one in made.subjects(SKOS.definition)}
    assert subjects == {"https://b.example/#dough", "https://example.org/terms#radio"}


def test_entries_of_a_concept_share_its_iri() -> None:
    """One concept with two definitions and a preferred label in each language."""
    made = graph([RADIO, GERMAN_RADIO])
    (concept,) = set(made.subjects(SKOS.definition))
    assert set(made.objects(concept, SKOS.prefLabel)) == {
        Literal("radio", "en"), Literal("Rundfunk", "de"),
    }  # fmt: skip
    assert len(set(made.objects(concept, SKOS.definition))) == 2


@pytest.mark.parametrize("name", ["turtle", "tbx"])
def test_a_concept_in_two_languages_is_read_as_the_same_entries(name: str, tmp_path: Path) -> None:
    """Under the same ids, also where another entry stands between them."""
    entries = [RADIO, DOUGH, GERMAN_RADIO]
    assert losses([RADIO, GERMAN_RADIO], name) == {}
    (file,) = export(entries, name).save(tmp_path)
    if name == "turtle":  # a new address is an address for who reads it
        file.write_text(
            file.read_text().replace("https://glossary.example/", "https://glossary.invalid/")
        )
    found = {e.id: without_source(e) for e in read_corpus([f"kitchen={file}"]).entries}
    assert found["kitchen:radio"] == RADIO
    assert found["kitchen:radio-de"] == GERMAN_RADIO


def test_an_iri_that_another_entry_has_is_not_written_twice() -> None:
    """Two definitions of one language would become one entry."""
    second = Entry(
        "kitchen:paste", "paste", "Wet dough.", "kitchen", details=Details(iri=DOUGH.details.iri)
    )
    made = graph([DOUGH, second])
    assert len(set(made.subjects(SKOS.definition))) == 2
    assert losses([DOUGH, second], "turtle") == {"kitchen:paste": ("iri",)}
    wrong = Entry("kitchen:lid", "lid", "A.", "kitchen", details=Details(iri="not an IRI"))
    assert losses([wrong], "turtle") == {"kitchen:lid": ("iri",)}


def test_what_would_move_between_the_entries_of_a_concept_is_lost() -> None:
    """A French name of the German entry would be read as one of the English entry."""
    french = Entry(
        "kitchen:radio-de", "Rundfunk", "Es empfängt.", "kitchen", ("TSF",), "de",
        details=Details(iri="radio", name_languages=("TSF@fr",)),
    )  # fmt: skip
    found = losses([RADIO, french], "turtle")
    assert "aliases" in found["kitchen:radio-de"]
    assert "term" in found["kitchen:radio"]


@pytest.mark.parametrize("name", ["skos.ttl", "owl_synonyms.ttl", "status.tbx"])
def test_real_cases_survive_a_round_trip(name: str, tmp_path: Path) -> None:
    """Read, written and read again they say the same."""
    entries = list(read_corpus([f"kitchen={DATA / 'cases' / name}"]).entries)
    target = "tbx" if name.endswith("tbx") else "turtle"
    (file,) = export(entries, target).save(tmp_path)
    again = [without_source(e) for e in read_corpus([f"kitchen={file}"]).entries]
    assert {e.id: _unordered(e) for e in again} == {e.id: _unordered(e) for e in entries}


def _unordered(entry: Entry) -> tuple[object, ...]:
    details = entry.details
    return (
        *(entry.term, entry.definition, entry.language, set(entry.aliases)),
        *(details.iri, details.status, details.category, set(details.name_languages)),
        *(set(details.hidden_labels), details.broader, details.related),
    )
