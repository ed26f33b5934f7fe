"""Glossaries of data catalogues and of schema.org, notes of Obsidian.

Covers `importers/catalogues/datahub`, `importers/catalogues/openmetadata`,
`importers/vocabularies/defined_terms`, `importers/markdown/obsidian`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Details, Entry
from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from semsearch.importers.formats.format_lookup import format_of
from tests.importers.support import DATA, read_text, refusals, terms


def details(
    corpus_entries: tuple[Entry, ...],
) -> dict[str, dict[str, str | tuple[str, ...] | dict[str, str]]]:
    """Give what entries say beside names and definition."""
    return {entry.id: entry.details.stated() for entry in corpus_entries}


def test_an_export_of_openmetadata_is_read() -> None:
    """Lists inside of cells, kinds of relations, quoted parts of names, references, status."""
    corpus = read_corpus([DATA / "openmetadata" / "bakery.csv"])
    assert [(e.id, e.term, e.definition, e.aliases) for e in corpus.entries] == [
        (
            "bakery:leaven",
            "Leaven",
            "Fermented dough that makes new dough rise.",
            ("leaven", "starter", "levain"),
        ),
        ("bakery:poolish-wet", "poolish.wet", "A wet leaven, left overnight.", ()),
        ("bakery:crumb", "crumb", "The inside of a loaf.", ()),
    ]
    assert details(corpus.entries) == {
        "bakery:leaven": {
            "category": "Dough.Wet; Tier.One",
            "status": "Approved",
            "sources": ("notebook (https://bakery.example/notes)", "the baker"),
            "narrower": ("poolish-wet",),
            "related": ("crumb",),
        },
        "bakery:poolish-wet": {"status": "Draft", "broader": ("leaven",)},
        "bakery:crumb": {"related": ("leaven",)},
    }
    assert [refusal.reason for refusal in corpus.refusals] == ["no definition of 'peel'"]


def test_another_table_is_no_export_of_openmetadata(tmp_path: Path) -> None:
    """Read as one when it is named so, it lacks a column."""
    file = tmp_path / "a.csv"
    file.write_text("term,definition\npeel,A shovel.\n")
    with pytest.raises(ImportFailed, match=r":1: no column name and no column description"):
        read_corpus([file], format="openmetadata")


def test_a_business_glossary_of_datahub_is_read() -> None:
    """Groups are categories; ids, sources and relations are kept, empty descriptions refused."""
    corpus = read_corpus([DATA / "datahub" / "bakery.yml"])
    assert [(e.id, e.term, e.source.line if e.source else 0) for e in corpus.entries] == [
        ("bakery:crumb", "crumb", 27),
        ("bakery:dough-leaven", "leaven", 10),
        ("bakery:poolish", "poolish", 24),
    ]
    assert details(corpus.entries)["bakery:dough-leaven"] == {
        "category": "Dough",
        "sources": (
            "The head baker",
            "https://bakery.example/notes",
            "https://bakery.example/more",
        ),
        "broader": ("culture",),
        "narrower": ("poolish",),
        "related": ("crumb",),
        "extra": {"term_source": "EXTERNAL"},
    }
    assert details(corpus.entries)["bakery:poolish"] == {"category": "Dough / Wet"}
    assert [refusal.reason for refusal in corpus.refusals] == ["no definition of 'no'"]


def test_a_list_of_terms_alone_is_not_of_datahub(tmp_path: Path) -> None:
    """Unless its terms have keys of DataHub; `aliases` are names elsewhere."""
    file = tmp_path / "a.yml"
    text = "version: 1\nterms:\n- name: peel\n  description: A shovel.\n  aliases: [shovel]\n"
    file.write_text(text)
    [entry] = read_corpus([file]).entries
    assert (format_of(file).name, entry.term, entry.aliases) == ("yaml", "peel", ("shovel",))
    file.write_text(f"{text}  inherits: [tool]\n")
    assert format_of(file).name == "datahub"


def test_a_business_glossary_has_nodes_or_terms(tmp_path: Path) -> None:
    """Named as one, other YAML says what it lacks."""
    (tmp_path / "a.yml").write_text("a: b\n")
    with pytest.raises(
        ImportFailed, match=":1: no `nodes` and no `terms`, so it is not a business"
    ):
        read_corpus([tmp_path / "a.yml"], format="datahub")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("terms:\n- a\n  b: c: d\n", ":3: not valid YAML"),
        ("terms: &a\n- *a\n", ":1: anchors and aliases are not read; write it out"),
        ("terms:\n- name: a\n  description: !!python/name:os.system\n", "no entry was found"),
        ("terms: \x07", "holds a character YAML does not allow"),
    ],
)
def test_yaml_that_is_none_of_datahub_says_so(tmp_path: Path, text: str, reason: str) -> None:
    """With the line where there is one; tags that call something are text like any other."""
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(ImportFailed, match=reason):
        read_corpus([tmp_path / "a.yml"])


def test_defined_terms_are_read_wherever_they_stand() -> None:
    """Sets, codes in the place of names, tagged texts, markup in descriptions."""
    corpus = read_corpus([DATA / "defined-terms" / "bakery.jsonld"])
    assert [(e.id, e.term, e.definition, e.aliases, e.language) for e in corpus.entries] == [
        (
            "bakery:leaven",
            "leaven",
            "Fermented dough that makes new dough rise.",
            ("starter", "levain"),
            "en-GB",
        ),
        ("bakery:b-08", "B-08", "The inside of a loaf.", (), "en-GB"),
        ("bakery:pelle", "pelle", "On y pose les pains.", (), "fr"),
    ]
    assert details(corpus.entries) == {
        "bakery:leaven": {
            "notation": "B-07",
            "iri": "https://bakery.example/words#leaven",
            "markdown": "Fermented dough that makes **new** dough rise.",
        },
        "bakery:b-08": {"category": "Loaves", "notation": "B-08"},
        "bakery:pelle": {},
    }
    assert [str(r).rpartition("/")[2] for r in corpus.refusals] == [
        "bakery.jsonld:18: no definition of 'peel'"
    ]


def test_defined_terms_of_a_page_are_read() -> None:
    """Each script by itself: one that is no JSON is refused, the others are taken."""
    corpus = read_corpus([DATA / "defined-terms" / "page.html"])
    assert [(e.term, e.source.line if e.source else 0) for e in corpus.entries] == [("leaven", 5)]
    assert [r.reason for r in corpus.refusals] == [
        "not valid JSON: a value is missing at column 11"
    ]


def test_notes_of_obsidian_are_entries() -> None:
    """Files name the notes; links, embedded notes, comments and aliases are read.

    A note that only links to another is a name of that one.
    """
    corpus = read_corpus([DATA / "vault"])
    leaven, poolish, crumb = corpus.entries
    assert (leaven.term, leaven.aliases) == ("Leaven", ("starter", "levain", "Sour dough"))
    assert leaven.definition == (
        "Fermented dough; a wet one is a Poolish, and open crumb comes of it.\n\nFeeding\n\nTwice a day."
    )
    assert leaven.see_also == ("Poolish", "Crumb")
    marked = leaven.definition.replace("Feeding", "**Feeding**")
    assert leaven.details == Details(category="dough", markdown=marked)
    assert (poolish.definition, poolish.see_also) == (
        "A wet leaven that stands overnight.",
        ("Leaven",),
    )
    assert (crumb.id, crumb.term) == ("vault:crumb", "Crumb")
    assert [(merged.name, merged.id) for merged in corpus.merged] == [
        ("Sour dough", "vault:leaven")
    ]
    assert [refusal.reason for refusal in corpus.refusals] == ["no definition of 'Empty'"]


def test_notes_outside_of_a_vault_are_known_by_their_links(tmp_path: Path) -> None:
    """Front matter without a title above [[links]]; else the format can be named."""
    tagged = "---\ntags: x\n---\nA wet [[leaven]].\n"
    assert terms(read_text(tmp_path, "Poolish.md", tagged)) == [(1, "Poolish", "A wet leaven.")]
    titleless = read_text(tmp_path, "Peel.md", "---\ntags: x\n---\nA shovel.\n")
    assert refusals(titleless) == [(1, "no title in the front matter")]
    (tmp_path / "Peel.md").write_text("A shovel.\n")
    notes = read_corpus([tmp_path], format="obsidian")
    assert [entry.term for entry in notes.entries] == ["Peel", "Poolish"]
    assert {entry.glossary for entry in notes.entries} == {tmp_path.name.replace("_", "-").lower()}
