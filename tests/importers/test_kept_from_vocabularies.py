"""Status, languages, IRIs and synonyms of term bases and vocabularies, as people expect them.

Covers `importers/iris`, `importers/name_languages`, `importers/vocabularies/tbx`,
`importers/rdf/skos`, `importers/rdf/vocabulary`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Entry
from semsearch.importers import Corpus, read_corpus
from tests.importers.support import DATA

CASES: dict[str, dict[str, dict[str, object]]] = {
    "status.tbx": {
        "c1": {"term": "quick check", "hidden_labels": ("sanity check",)},
        "c2": {"term": "denylist", "hidden_labels": ("blacklist",)},
        "c3": {"term": "dialog", "aliases": ("dialog box",), "hidden_labels": ()},
        "c4": {"term": "inkjet printer", "hidden_labels": ("ink spitter",)},
    },
    "definition_at_term.tbx": {
        "c622": {
            "term": "abort",
            "definition": "To stop a process before its end.",
            "language": "en-US",
            "aliases": ("annullare",),
            "name_languages": ("annullare@it",),
            "examples": ("Do you want to stop it?",),
        },
    },
    "skos.ttl": {
        "tool": {"term": "tool", "iri": "http://ex.org/tool"},
        "script": {"term": "script", "broader": ("tool",)},
        "photo": {"aliases": ("image",), "broader": ("tool",), "category": "pictures"},
        "drawing": {"hidden_labels": ("photo",), "category": "pictures"},
        "scope": {"term": "poster", "definition": "Use for large printed pictures."},
        "untagged": {"aliases": ("комінтерн",), "name_languages": ("комінтерн@uk",)},
        "de": {
            "term": "Teig",
            "language": "de",
            "aliases": ("dough", "Brotteig", "paste"),
            "name_languages": ("dough@en", "paste@en"),
        },
    },
    "skos_notation.ttl": {
        "a": {"term": "leaven", "aliases": ("starter",)},
        "b": {"definition": "A second sense.\n\nA thing.", "broader": ("c",)},
        "c": {"term": "loop", "broader": ("b",)},
        "p": {"term": "gone", "aliases": ("went",)},
        "html": {
            "term": "Fish & Chips",
            "definition": "A dish & more.",
            "iri": "http://ex.org/html",
        },
    },
    "owl_synonyms.ttl": {
        "x-1": {
            "term": "leaven",
            "aliases": ("ferment", "levain", "sourdough starter"),
            "examples": ("She fed the leaven.",),
            "sources": ("Handbook of bread",),
            "notation": "X:1",
            "iri": "http://purl.obolibrary.org/obo/X_1",
        },
        "x-2": {"term": "obsolete barm", "status": "deprecated", "related": ("x-1",)},
    },
}
"""For each file its entries, with the parts that it is about."""
PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix iso: <http://purl.org/iso25964/skos-thes#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix : <https://b.example/#> .
"""


def by_name(corpus: Corpus) -> dict[str, Entry]:
    """Return the entries by id without the glossary."""
    return {entry.id.partition(":")[2]: entry for entry in corpus.entries}


def said(entry: Entry, part: str) -> object:
    """Return a part of an entry or of its details."""
    return getattr(entry if hasattr(entry, part) else entry.details, part)


@pytest.mark.parametrize("name", list(CASES))
def test_a_file_reads_as_a_person_expects(name: str) -> None:
    """Its entries are those of the table, and what is in the table is what they say."""
    corpus = read_corpus([DATA / "cases" / name])
    entries = by_name(corpus)
    assert list(entries) == list(CASES[name])
    found = {id_: {p: said(entries[id_], p) for p in parts} for id_, parts in CASES[name].items()}
    assert found == CASES[name]
    assert corpus.refusals == ()


def test_an_entry_that_must_not_be_used_says_what_to_use() -> None:
    """Its status and the entry that it is related to."""
    entries = by_name(read_corpus([DATA / "cases" / "deprecated.jsonl"]))
    old = entries["master-branch"]
    assert len(entries) == 31
    assert (old.details.status, old.details.related) == ("deprecated", ("main branch",))


def turtle(folder: Path, *concepts: str) -> dict[str, Entry]:
    """Read concepts."""
    file = folder / "a.ttl"
    file.write_text(PREFIXES + "".join(f"{concept} .\n" for concept in concepts))
    return by_name(read_corpus([file]))


def test_a_concept_is_one_in_all_its_languages(tmp_path: Path) -> None:
    """Entries share its IRI; each has the names of its language, and the first all others."""
    entries = turtle(
        tmp_path,
        ':x skos:prefLabel "radio"@en, "Radio"@de, "radio"@fr, "raadio"@et ;'
        ' skos:altLabel "wireless"@en, "Rundfunk"@de, "TSF"@fr ; skos:hiddenLabel "raido"@et ;'
        ' skos:definition "It receives."@en, "Es empfängt."@de',
    )
    english, german = entries["x"], entries["x-de"]
    assert english.details.iri == german.details.iri == "https://b.example/#x"
    assert english.aliases == ("raadio", "wireless", "TSF")
    assert english.details.languages() == {
        "radio": ["en", "fr"], "raadio": ["et"], "TSF": ["fr"], "raido": ["et"],
    }  # fmt: skip
    assert (german.aliases, german.details.name_languages) == (("Rundfunk",), ())


def test_a_term_in_another_language_than_its_definition_keeps_its_own(tmp_path: Path) -> None:
    """The label is German, the definition English."""
    entry = turtle(tmp_path, ':x skos:prefLabel "Teig"@de ; skos:definition "Flour."@en')["x"]
    assert (entry.term, entry.language) == ("Teig", "en")
    assert entry.details.name_languages == ("Teig@de",)


def test_a_label_of_rdfs_stands_in_for_a_preferred_one(tmp_path: Path) -> None:
    """In its language; beside a preferred label it is an alias."""
    entry = turtle(
        tmp_path,
        ':x skos:prefLabel "Zopf"@de, "plait"@en ; rdfs:label "Backzopf"@de, "braid"@en, "tresse"@fr ;'
        ' skos:definition "A loaf."@en',
        ':y skos:prefLabel "Teig"@de ; rdfs:label "dough" ; skos:definition "Flour."@en',
    )
    plait, dough = entry["x"], entry["y"]
    assert (plait.term, {*plait.aliases}) == ("plait", {"tresse", "Zopf", "braid", "Backzopf"})
    assert next(iter(plait.details.languages())) == "Zopf"
    assert (dough.term, dough.aliases) == ("dough", ("Teig",))


def test_equal_words_in_two_languages_are_two_entries(tmp_path: Path) -> None:
    """In one language they are one, said twice."""
    file = tmp_path / "a.jsonl"
    line = '{"term": "Radio", "definition": "N/C", "language": "%s"}\n'
    file.write_text((line % "de" + line % "es" + line % "de").replace("N/C", "Apparat"))
    corpus = read_corpus([file])
    assert [(e.id, e.language) for e in corpus.entries] == [("a:radio", "de"), ("a:radio-2", "es")]
    assert [refusal.reason for refusal in corpus.refusals] == [f"duplicate of {file}:1"]


def test_a_table_states_languages_and_iris(tmp_path: Path) -> None:
    """A name that has a language is a name; what has none is refused with the way out."""
    file = tmp_path / "a.csv"
    file.write_text(
        "term,definition,uri,name_languages\n"
        "dough,Flour and water.,https://b.example/dough,Teig@de; pâte@fr\n"
        "peel,A shovel.,,Schieber\n"
    )
    corpus = read_corpus([file])
    (dough,) = corpus.entries
    assert dough.aliases == ("Teig", "pâte")
    assert dough.details.name_languages == ("Teig@de", "pâte@fr")
    assert dough.details.iri == "https://b.example/dough"
    assert [str(r) for r in corpus.refusals] == [
        f"{file}:3: 'Schieber' is no name with its language; write it as Teig@de"
    ]


def test_a_property_without_a_place_is_named_with_an_example(tmp_path: Path) -> None:
    """A node that has no address is called by its name, never by a number of the parser."""
    file = tmp_path / "a.ttl"
    file.write_text(
        PREFIXES
        + ':x skos:prefLabel "x" ; skos:definition "One." ; dct:creator [ skos:prefLabel "Ann" ] ;\n'
        '  dct:modified "2024" ; dct:extent [ owl:versionInfo "1" ] ; rdfs:seeAlso <https://b.example/page> .\n'
    )
    (left_out,) = read_corpus([file]).left_out
    assert left_out.parts == (
        ("creator", "Ann"),
        ("extent", "a node without a name"),
        ("modified", "2024"),
        ("seeAlso", "https://b.example/page"),
    )


def test_classes_are_defined_by_their_comment(tmp_path: Path) -> None:
    """So are properties; a class with only a label is refused, one without a label ignored."""
    file = tmp_path / "a.ttl"
    file.write_text(
        PREFIXES + ':A a owl:Class ; rdfs:label "A" ; rdfs:comment "One." ; rdfs:subClassOf :B .\n'
        ':B a rdfs:Class ; rdfs:label "B" ; rdfs:comment "A remark." ; skos:definition "Two." .\n'
        ':p a owl:ObjectProperty ; rdfs:label "p" ; rdfs:comment "Three." .\n'
        ':C a owl:Class ; rdfs:label "C" .\n:D a owl:Class .\n:q a owl:ObjectProperty ; rdfs:label "q" .\n'
    )
    corpus = read_corpus([file])
    found = {name: (e.definition, e.details.broader) for name, e in by_name(corpus).items()}
    assert found == {"a": ("One.", ("b",)), "b": ("Two.", ()), "p": ("Three.", ())}
    assert [refusal.reason for refusal in corpus.refusals] == ["no definition of 'C'"]


def test_relations_of_thesauri_are_relations(tmp_path: Path) -> None:
    """Of ISO 25964, and transitive ones where no direct one is stated."""
    entries = turtle(
        tmp_path,
        ':a skos:prefLabel "a" ; skos:definition "One." ; iso:broaderGeneric :b ; skos:broaderTransitive :b, :c',
        ':b skos:prefLabel "b" ; skos:definition "Two." ; iso:narrowerPartitive :a ; skos:broaderTransitive :c',
        ':c skos:prefLabel "c" ; skos:definition "Three." ; skos:narrowerTransitive :b ; dct:isReplacedBy :a',
    )
    relations = {n: (e.details.broader, e.details.narrower) for n, e in entries.items()}
    assert relations == {"a": (("b",), ()), "b": (("c",), ("a",)), "c": ((), ("b",))}
    assert (entries["c"].details.status, entries["c"].details.related) == ("deprecated", ("a",))


def test_a_member_of_collections_is_in_their_categories(tmp_path: Path) -> None:
    """Ordered ones too, whose members are a list; a collection without a definition is no entry."""
    entries = turtle(
        tmp_path,
        ':a skos:prefLabel "a" ; skos:definition "One."',
        ':set a skos:Collection ; skos:prefLabel "tools" ; skos:member :a',
        ':list a skos:OrderedCollection ; skos:prefLabel "by size" ; skos:memberList ( :a )',
    )
    assert {name: e.details.category for name, e in entries.items()} == {"a": "by size; tools"}


TBX = """<martif type="TBX" xml:lang="en"><text><body><termEntry id="c1">{concept}
<langSet xml:lang="de"><tig><term>Teig</term></tig></langSet>
<langSet xml:lang="en">{english}<tig><term>paste</term>{paste}</tig><tig><term>dough</term>{dough}</tig>
</langSet></termEntry></body></text></martif>"""


def tbx(folder: Path, **parts: str) -> Corpus:
    """Read a concept with two English terms and a German one."""
    file = folder / "a.tbx"
    file.write_text(TBX.format(**{"concept": "", "english": "", "paste": "", "dough": ""} | parts))
    return read_corpus([file])


DEFINED = '<descrip type="definition">Flour and water.</descrip>'


def status(word: str, kind: str = "administrativeStatus") -> str:
    """Return the status of a term."""
    return f'<termNote type="{kind}">{word}</termNote>'


@pytest.mark.parametrize(
    "word",
    [
        "notRecommended", "not recommended", "Forbidden", "obsolete", "deprecated", "superseded",
        "deprecatedTerm-admn-sts", "supersededTerm", "prohibited", "do-not-use",
    ],
)  # fmt: skip
def test_a_term_that_must_not_be_used_is_no_headword(tmp_path: Path, word: str) -> None:
    """In every vocabulary of status words; it finds the entry, but is not shown."""
    (entry,) = tbx(tmp_path, english=DEFINED, paste=status(word)).entries
    assert (entry.term, entry.aliases) == ("dough", ("Teig",))
    assert entry.details.hidden_labels == ("paste",)


@pytest.mark.parametrize(
    ("paste", "dough", "headword"),
    [
        ("", "preferred", "dough"),
        ("admittedTerm", "preferredTerm-admn-sts", "dough"),
        ("", "admitted", "dough"),
        ("proposed", "", "paste"),
        ("deprecated", "obsolete", "paste"),
    ],
)
def test_the_status_chooses_the_headword(
    tmp_path: Path, paste: str, dough: str, headword: str
) -> None:
    """Preferred before admitted before none; an unknown word is none. Of equal ones the first."""
    (entry,) = tbx(
        tmp_path,
        english=DEFINED,
        paste=status(paste) if paste else "",
        dough=status(dough, "normativeAuthorization") if dough else "",
    ).entries
    assert entry.term == headword


def test_a_definition_of_the_concept_is_in_the_language_of_the_file(tmp_path: Path) -> None:
    """Or in that which it states; else it would be read with the first language there is."""
    (english,) = tbx(tmp_path, concept=DEFINED).entries
    assert (english.language, english.details.name_languages) == ("en", ("Teig@de",))
    german = DEFINED.replace("type=", 'xml:lang="de" type=')
    first, second = tbx(tmp_path, concept=german, english=DEFINED).entries
    assert {(e.term, e.language) for e in (first, second)} == {("Teig", "de"), ("paste", "en")}


def test_a_concept_without_an_iri_is_one_in_all_its_languages(tmp_path: Path) -> None:
    """Its second entry names the first."""
    first, second = tbx(
        tmp_path,
        concept=DEFINED.replace("type=", 'xml:lang="de" type='),
        english=DEFINED,
    ).entries
    assert [(e.id, e.details.iri) for e in (first, second)] == [("a:c1", ""), ("a:c1-en", "c1")]


def test_what_terms_say_is_kept_or_named(tmp_path: Path) -> None:
    """Definitions and subject fields beside a term; what has no place is left out by name."""
    note = '<termNote type="partOfSpeech">noun</termNote><note>Check.</note>'
    subject = '<descrip type="subjectField">baking</descrip>'
    corpus = tbx(tmp_path, dough=DEFINED + note + subject)
    (entry,) = corpus.entries
    assert (entry.definition, entry.details.category) == ("Flour and water.", "baking")
    parts = (("note", "Check."), ("partOfSpeech", "noun"))
    assert [one.parts for one in corpus.left_out] == [parts]


PUBLISHED = {
    # groups around terms and definitions, full tags, and ids of two parts
    "microsoft": """<martif type="TBX" xml:lang="en-US"><text><body><termEntry id="27_4">
<langSet xml:lang="en-US"><descripGrp><descrip type="definition">A box to bake in.</descrip></descripGrp>
<ntig><termGrp><term id="4">oven</term><termNote type="partOfSpeech">Noun</termNote></termGrp></ntig></langSet>
<langSet xml:lang="de-DE"><ntig><termGrp><term id="5">Backofen</term></termGrp></ntig></langSet>
</termEntry></body></text></martif>""",
    # subject field and definition in groups, a code of reliability and a status beside each term
    "iate": """<martif type="TBX-Basic" xml:lang="en"><text><body><termEntry id="27_4">
<descripGrp><descrip type="subjectField">baking</descrip></descripGrp>
<langSet xml:lang="en"><descripGrp><descrip type="definition">A box to bake in.</descrip>
<admin type="source">Handbook</admin></descripGrp>
<tig><term>stove</term><descrip type="reliabilityCode">6</descrip>
<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig>
<tig><term>oven</term><descrip type="reliabilityCode">9</descrip></tig></langSet>
<langSet xml:lang="de-DE"><tig><term>Backofen</term></tig></langSet>
</termEntry></body></text></martif>""",
}
"""Layouts of published term bases, in our words."""


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_published_term_bases_read_well(name: str, tmp_path: Path) -> None:
    """One entry in the language of the definition, with its names in the others."""
    (tmp_path / "a.tbx").write_text(PUBLISHED[name])
    corpus = read_corpus([tmp_path / "a.tbx"])
    (entry,) = corpus.entries
    assert (entry.id, entry.term, entry.definition) == ("a:27-4", "oven", "A box to bake in.")
    assert (entry.aliases, entry.details.name_languages) == (("Backofen",), ("Backofen@de-DE",))
    if name == "iate":
        assert (entry.details.category, entry.details.sources) == ("baking", ("Handbook",))
        assert entry.details.hidden_labels == ("stove",)
    parts = {"microsoft": (("partOfSpeech", "Noun"),), "iate": (("reliabilityCode", "6"),)}
    assert [one.parts for one in corpus.left_out] == [parts[name]]
