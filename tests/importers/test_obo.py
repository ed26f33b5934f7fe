"""The OBO flat file format."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.entries import Details, Entry, Source
from semsearch.importers import read_corpus
from semsearch.importers.formats.format_lookup import format_of
from tests.importers.support import DATA

BAKERY = DATA / "obo" / "bakery.obo"


def test_terms_are_entries() -> None:
    """With synonyms of every scope, citations, relations, categories and the id as notation."""
    leaven, dough, barm, loaf = read_corpus([BAKERY]).entries
    assert leaven == Entry(
        "bakery:bake-0000001",
        "leaven",
        'Fermented dough that makes new dough rise.\nBakers say "starter", too.',
        "bakery",
        ("levain", "ferment", "yeasty foam"),
        source=Source(str(BAKERY), 5),
        details=Details(
            category="dough",
            notation="BAKE:0000001",
            sources=("BAKE:curators", "ISBN:0123456789"),
            broader=("bake-0000002", "bake-0000004"),
        ),
    )
    assert (dough.definition, loaf.details.category) == ("Flour and water, mixed.", "bread")
    assert barm.details.status == "deprecated"
    assert barm.details.related == ("bake-0000001", "bake-0000002")
    assert loaf.details.narrower == ("BAKE:0000005",)


def test_what_is_no_entry_is_said() -> None:
    """A replaced term is a name, a relation is refused, and other tags are named."""
    corpus = read_corpus([BAKERY])
    assert [str(merged) for merged in corpus.merged] == [
        f"{BAKERY}:45: 'yeasty foam' is another name of bakery:bake-0000001"
    ]
    assert [str(refusal) for refusal in corpus.refusals] == [
        f"{BAKERY}:40: no definition of 'crumb'",
        f"{BAKERY}:51: 'part of' is a relation, not an entry",
    ]
    assert [one.parts for one in corpus.left_out] == [
        (
            ("relationship", "fed_with BAKE:0000009"),
            ("xref", "Wikipedia:Sourdough"),
            ("subset", "basics"),
        )
    ]


def test_a_file_is_known_by_its_header(tmp_path: Path) -> None:
    """Also under another suffix; one namespace is the glossary and no category."""
    file = tmp_path / "words.txt"
    file.write_text(
        'format-version: 1.4\n\n[Term] ! first\nid: A:1\nname: a\\, b\nnamespace: x\ndef: "One." [\n'
        "is_a:\nbroken\nrelationship: part_of\n"
    )
    assert format_of(file).name == "obo"
    (entry,) = read_corpus([file]).entries
    assert (entry.term, entry.definition, entry.details.category) == ("a, b", "One.", "")
