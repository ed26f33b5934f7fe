"""Real glossaries, counted independently of the readers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Entry
from semsearch.core.errors import ImportFailed
from semsearch.importers import Corpus, read_corpus

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason=f"no real glossaries at {SHARED}"),
]


def read(name: str) -> Corpus:
    """Read one of the real glossaries."""
    return read_corpus([SHARED / "glossaries" / name])


@pytest.mark.parametrize(
    ("name", "entries", "refusals"),
    [
        # 604 pages; `grep -l` counts 594 glossary-definition, 9 disambiguation, 1 landing page
        ("mdn", 594, 10),
        # 140 pages, one of them index.md with `layout: glossary`
        ("kubernetes", 139, 1),
        # 95 pages; 5 have names that start with _ and search.md has no body; the 8 drafts have one
        ("cncf", 89, 6),
        # `grep -c '"definition":'` over its 14 files
        ("solana-glossary", 1059, 0),
        # `grep -c '^    [^ ]'` counts 184 term lines and one directive is indented by two; 58 of
        # these 185 have another term on the next line (awk), so they share its definition; 4 of the
        # 127 definitions only say "See X"
        ("sklearn/glossary.rst", 123, 0),
        # `grep -c '^   [^ ]'` below `.. glossary::` counts 50 terms; 3 of them only say "See X"
        ("numpy/glossary.rst", 47, 0),
        # `xml.etree` finds 2,149 definitions of 2,147 subjects in 99 files; two concepts say the
        # same under one name, and 29 files have none; 77 classes with a label have no definition
        ("fibo-skos-owl", 2146, 107),
        # `grep -c "a skos:Concept "` over 55 files; 55 schemes and 54 collections are defined too,
        # and two concepts of different schemes say the same under one name
        # of these, 61 only say "Not yet available" or "missing"
        ("cgi-geoscience-skos", 1986, 171),
        # `grep -c skos:definition`; 7 terms of other vocabularies have a label and a scope note
        ("dpv/dpv.ttl", 1123, 0),
        ("dpv/dpv.jsonld", 1123, 0),
        # its rows, by `csv.reader`
        ("dpv/dpv.csv", 1116, 0),
        # six objects of type DefinedTerm in its scripts, one of them with a description
        ("schemaorg-definedterm", 1, 5),
        ("csv-samples/ai-seo.csv", 9, 0),
        ("csv-samples/ai-seo.json", 9, 0),
    ],
)
def test_every_entry_is_read_and_every_other_page_refused(
    name: str, entries: int, refusals: int
) -> None:
    """Counts as the sources state them; ids unique; no macro or comment left in prose."""
    corpus = read(name)
    assert (len(corpus.entries), len(corpus.refusals)) == (entries, refusals)
    assert len({entry.id for entry in corpus.entries}) == entries
    leftover = re.compile(r"\{\{\s*[<%\w]|<!--more|\[!NOTE|\]\(/")
    assert [e.id for e in corpus.entries if leftover.search(e.definition)] == []


def test_one_glossary_in_two_formats_gives_the_same_entries() -> None:
    """CSV and JSON of the same author agree in everything but the source."""

    def facts(name: str) -> list[tuple[str, str, str]]:
        return [(e.id, e.term, e.definition) for e in read(f"csv-samples/ai-seo.{name}").entries]

    assert facts("csv") == facts("json")


def test_one_vocabulary_in_three_formats_gives_the_same_entries() -> None:
    """What the table can hold is the same in Turtle and JSON-LD; these two agree in everything."""

    def entries(suffix: str) -> dict[str, Entry]:
        found = read(f"dpv/dpv.{suffix}").entries
        iris = {e.id.partition(":")[2]: e.details.iri for e in found}

        def neutral(entry: Entry) -> Entry:
            """Two concepts are called "format"; which of them is numbered is up to the file."""
            broader = tuple(sorted(iris.get(name, name) for name in entry.details.broader))
            details = replace(entry.details, broader=broader)
            return replace(entry, id="", source=None, details=details)

        return {entry.details.iri: neutral(entry) for entry in found}

    def facts(suffix: str) -> set[tuple[str, str, str, str, tuple[str, ...], tuple[str, ...]]]:
        return {
            (
                e.details.iri,
                e.term,
                e.definition,
                e.language,
                e.aliases,
                tuple(sorted(e.details.broader)),
            )
            for e in entries(suffix).values()
        }

    assert entries("ttl") == entries("jsonld")
    # the table has two notes of one entry in one cell, and no terms of other vocabularies
    differing = {fact[0] for fact in facts("csv") ^ facts("ttl")}
    own = {iri for iri in differing if iri.startswith("https://w3id.org/dpv#")}
    assert own == {"https://w3id.org/dpv#isImplementedByEntity"}
    assert len(differing - own) == 7


def test_labels_without_definitions_are_no_glossary() -> None:
    """The message says how many there are."""
    with pytest.raises(ImportFailed) as caught:
        read("skos-yso")
    assert caught.value.reason == (
        "no entry was found: no definition of 'Paleolithic period', nor of 129 more; "
        "names alone cannot be searched by meaning"
    )


def test_concepts_defined_in_two_languages_have_labels_of_both() -> None:
    """German labels of concepts defined in English find them."""
    corpus = read("cgi-geoscience-skos")
    assert {entry.language for entry in corpus.entries} == {"en"}
    assert sum(bool(entry.aliases) for entry in corpus.entries) > 250
    # seven more languages have about as many labels
    tags = Counter(
        tag for e in corpus.entries for tags in e.details.languages().values() for tag in tags
    )
    assert {"zh", "ja", "sv", "de", "es", "ru", "it"} <= {tag for tag, n in tags.items() if n > 400}


def test_a_table_of_translations_has_no_definitions() -> None:
    """The message says which columns there are and how to map them."""
    with pytest.raises(ImportFailed) as caught:
        read("csv-samples/awskrug-platform-engineering.csv")
    assert caught.value.reason == (
        "no term and no definition column; the columns are: en, ko; "
        "map them with --columns term=...,definition=..., or, where no row names the columns, "
        "--columns 1=term,2=definition"
    )


def test_the_seed_text_gives_the_entries_of_our_corpus() -> None:
    """The text file and its Markdown form have the same 20 terms and definitions."""
    text = read_corpus([SHARED / "corpus" / "deep-learning-keywords.txt"])
    ours = read_corpus([ROOT / "corpus" / "deep-learning.md"])
    facts = [[(e.term, e.definition) for e in corpus.entries] for corpus in (text, ours)]
    assert facts[0] == facts[1]
    assert len(facts[0]) == 20
    assert (text.refusals, ours.refusals) == ((), ())
    source = (SHARED / "corpus" / "deep-learning-keywords.txt").read_text(encoding="utf-8")
    assert "\n\n".join(part for fact in facts[0] for part in fact) in source


def test_every_small_case_has_a_test() -> None:
    """A copy of each lies in the data of the tests, and a test names it."""
    cases = {file.name for file in (SHARED / "cases").iterdir()} - {"README.md"}
    copies = {file.name for file in (ROOT / "tests" / "data").rglob("*")}
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("*.py"))
    assert cases - copies == set()
    assert {name for name in cases if name not in tests} == set()
