"""SKOS and OWL in three notations, and TBX in three styles.

Covers `importers/rdf/graphs`, `importers/rdf/skos`, `importers/vocabularies/tbx`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Details, Entry, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from tests.importers.support import DATA

LEAVEN = Entry(
    "bakery:leaven",
    "leaven",
    "Fermented dough that makes new dough rise.",
    "bakery",
    ("levain", "starter", "barm"),
    details=Details(
        notation="B-07",
        iri="https://bakery.example/terms#leaven",
        examples=("Feed the leaven twice a day.",),
        sources=("The head baker's notebook",),
        narrower=("poolish",),
        related=("crumb",),
        hidden_labels=("leavan",),
        name_languages=("levain@fr",),
    ),
)
GERMAN = Entry(
    "bakery:leaven-de",
    "Triebmittel",
    "Gegorener Teig, der neuen Teig aufgehen lässt.",
    "bakery",
    ("Ansatz",),
    "de",
    details=Details(
        notation="B-07",
        iri="https://bakery.example/terms#leaven",
        sources=("The head baker's notebook",),
        narrower=("poolish",),
        related=("crumb",),
    ),
)
POOLISH = Entry(
    "bakery:poolish",
    "poolish",
    "A wet leaven that stands overnight.",
    "bakery",
    details=Details(
        iri="https://bakery.example/terms#poolish",
        sources=("https://bakery.example/notes",),
        broader=("leaven", "https://elsewhere.example/preferment"),
    ),
)
CRUMB = Entry(
    "bakery:crumb",
    "crumb",
    "The inside of a loaf.",
    "bakery",
    details=Details(iri="https://bakery.example/terms#crumb"),
)


def without_source(entry: Entry) -> Entry:
    """Leave out where an entry stands, which is another line in each notation."""
    return Entry(
        entry.id,
        entry.term,
        entry.definition,
        entry.glossary,
        entry.aliases,
        entry.language,
        see_also=entry.see_also,
        details=entry.details,
    )


@pytest.mark.parametrize("suffix", ["ttl", "rdf", "jsonld"])
def test_a_vocabulary_gives_the_same_entries_in_every_notation(suffix: str) -> None:
    """Languages, labels without a definition as aliases, reified definitions, other statements."""
    corpus = read_corpus([DATA / "rdf" / f"bakery.{suffix}"])
    entries = {entry.id: without_source(entry) for entry in corpus.entries}
    assert entries == {entry.id: entry for entry in (LEAVEN, GERMAN, POOLISH, CRUMB)}
    assert sorted(refusal.reason for refusal in corpus.refusals) == [
        "'Bakery words' is a concept scheme, not an entry",
        "no definition of 'peel'",
    ]
    assert [(merged.name, merged.id) for merged in corpus.merged] == [("barm", "bakery:leaven")]


def test_entries_know_the_lines_of_their_concepts() -> None:
    """In the order of the file."""
    corpus = read_corpus([DATA / "rdf" / "bakery.ttl"])
    lines = [(e.id.partition(":")[2], e.source.line) for e in corpus.entries if e.source]
    assert lines == [("leaven", 11), ("leaven-de", 11), ("poolish", 24), ("crumb", 29)]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.ttl", "@prefix a: <b> .\na:b a:c", "not valid Turtle"),
        ("a.rdf", "<rdf:RDF", "not valid RDF/XML"),
        ("a.jsonld", '{"@id": ', "1: not valid JSON: a value is missing at column 9"),
        (
            "a.tbx",
            "<tbx>\n<text></tbx>",
            "2: not well-formed XML: <text> is closed by the end of another element",
        ),
    ],
)
def test_a_broken_vocabulary_is_named(tmp_path: Path, name: str, text: str, reason: str) -> None:
    """With the line where the parser tells it."""
    (tmp_path / name).write_text(text)
    with pytest.raises(ImportFailed, match=reason):
        read_corpus([tmp_path / name])


def test_labels_alone_are_no_glossary(tmp_path: Path) -> None:
    """The message says how many there are and what is missing."""
    concepts = "\n".join(f'<c{n}> a skos:Concept ; skos:prefLabel "c{n}" .' for n in range(5))
    file = tmp_path / "a.ttl"
    file.write_text(f"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n{concepts}\n")
    with pytest.raises(ImportFailed) as caught:
        read_corpus([file])
    assert str(caught.value) == (
        f"{file}:2: no entry was found: no definition of 'c0', nor of 4 more; "
        "names alone cannot be searched by meaning"
    )


def test_two_concepts_of_one_name_are_two_entries(tmp_path: Path) -> None:
    """Their addresses differ only in front; relations lead to the one that is meant."""
    file = tmp_path / "a.ttl"
    file.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<http://a/x> skos:prefLabel "x" ; skos:definition "One." .\n'
        '<http://b/x> skos:prefLabel "x" ; skos:definition "Two." ; skos:broader <http://a/x> .\n'
        '<http://c/y> skos:prefLabel "y" ; skos:definition "Three." ; skos:broader <http://b/x> .\n'
    )
    found = [(e.id, e.definition, e.details.broader) for e in read_corpus([file]).entries]
    assert found == [("a:x", "One.", ()), ("a:x-2", "Two.", ("x",)), ("a:y", "Three.", ("x-2",))]


def test_what_is_said_beside_a_definition_is_kept_or_reported(tmp_path: Path) -> None:
    """Scope notes follow the definition, mappings become relations, the rest is reported."""
    file = tmp_path / "a.ttl"
    file.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix b: <https://b.example/> .\n"
        '<a> skos:prefLabel "A"@en ; skos:definition "One."@en, "Eins."@de ;\n'
        '  skos:scopeNote "Of bread."@en, "Of bread."@fr ; skos:note "Not of rye."@en ;\n'
        "  skos:broadMatch b:up ; skos:narrowMatch b:down ; skos:relatedMatch b:aside ;\n"
        "  skos:exactMatch b:a ; skos:closeMatch b:near ; skos:editorialNote 'Check.' .\n"
        '<c> skos:prefLabel "C"@en ; skos:scopeNote "Says no more than where it is used."@en ; a skos:Concept .\n'
    )
    corpus = read_corpus([file])
    english, german, scoped = corpus.entries
    assert (english.definition, german.definition) == (
        "One.\n\nOf bread.\n\nNot of rye.",
        "Eins.",
    )
    assert english.details == Details(
        broader=("https://b.example/up",),
        narrower=("https://b.example/down",),
        related=("https://b.example/aside",),
    )
    parts = (
        ("closeMatch", "https://b.example/near"),
        ("editorialNote", "Check."),
        ("exactMatch", "https://b.example/a"),
    )
    assert [(one.id, one.parts) for one in corpus.left_out] == [("a:a", parts), ("a:a-de", parts)]
    assert scoped.definition == "Says no more than where it is used."
    assert not corpus.refusals
    # without an address of its own, the concept is identified by the entry in the main language
    assert (english.details.iri, german.details.iri) == ("", "a")


@pytest.mark.parametrize("name", ["bakery-dct.tbx", "bakery-dca.tbx", "bakery-2008.xml"])
def test_terminology_reads_alike_in_every_style(name: str) -> None:
    """Preferred, admitted and deprecated terms, sources, links, other languages, in any style."""
    path = DATA / "tbx" / name
    corpus = read_corpus([f"bakery={path}"])
    first = 6 if "2008" in name else 5
    assert corpus.entries == (
        Entry(
            "bakery:c1",
            "leaven",
            "Fermented dough that makes new dough rise.",
            "bakery",
            ("starter", "levain"),
            source=Source(str(path), first),
            details=Details(
                category="baking",
                status="preferredTerm",
                examples=("Feed the leaven twice a day.",),
                sources=("The head baker",),
                hidden_labels=("barm",),
                name_languages=("levain@fr",),
            ),
        ),
        Entry(
            "bakery:c2",
            "crumb",
            "The inside of a loaf.",
            "bakery",
            source=Source(str(path), first + 10),
            see_also=("c1",),
        ),
    )
    assert [refusal.reason for refusal in corpus.refusals] == ["no definition of 'peel'"]


def test_a_number_of_any_length_is_a_text_in_json_ld(tmp_path: Path) -> None:
    """Python makes no integer of more than 4,300 digits."""
    (tmp_path / "a.jsonld").write_text(
        '{"@context": {"@vocab": "http://www.w3.org/2004/02/skos/core#"}, "@id": "http://x.example/a",'
        ' "@type": "Concept", "prefLabel": "peel", "definition": "A shovel.", "notation": '
        + "9" * 5000
        + "}"
    )
    [entry] = read_corpus([tmp_path / "a.jsonld"]).entries
    assert (entry.term, entry.definition) == ("peel", "A shovel.")
