"""Lines of a definition that say by a label what they are.

Covers `importers/name_lists`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from semsearch.importers.labelled_lines import split_labelled
from tests.cpu_time import cpu_time_at_most


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("Note: keep it cool.", "scope_note"),
        ("Anmerkung: kühl lagern.", "scope_note"),
        ("Remarque : au frais.", "scope_note"),
        ("Quelle: DIN 1", "sources"),
        ("Fuente: ISO 1", "sources"),
        ("**Source:** ISO 1", "sources"),
        ("See also: Crumb", "see_also"),
        ("Siehe auch: Krume", "see_also"),
        ("Véase también: Miga", "see_also"),
        ("Zie ook: Kruim", "see_also"),
        ("Example: a loaf", "examples"),
        ("Synonyme: Anstellgut", "aliases"),
        ("備考：冷やす", "scope_note"),  # noqa: RUF001
        ("Context: a bakery", ""),
        ("It is made of: flour", ""),
        ("A source of energy", ""),
        ("http://source: x", ""),
    ],
)
def test_labels_are_names_of_columns(line: str, field: str) -> None:
    """In their languages, with or without marks; ordinary words are none."""
    found = split_labelled(f"Dough.\n{line}\nMore of it.\n\nAnd more.")
    assert [name for name, _, _ in found.lines] == ([field] if field else [])
    assert found.text == (
        "Dough.\n\nAnd more." if field else f"Dough.\n{line}\nMore of it.\n\nAnd more."
    )
    assert split_labelled(f"{line}\nMore.").text == f"{line}\nMore."


def test_cells_and_pages_and_lines_have_them(tmp_path: Path) -> None:
    """Each fills the field of its label; a note keeps it. A list in JSON stays as it is."""
    lines = (
        "Fermented dough.",
        "Note: keep it cool.",
        "See also: Crumb, Crust.",
        "Source: ISO 1",
        "Synonym: starter",
    )
    text = "\n".join(lines)
    (tmp_path / "a.csv").write_text(f'term,definition\nleaven,"{text}"\n')
    (tmp_path / "b.html").write_text(f"<dl><dt>leaven<dd>{'<br>'.join(lines)}</dl>")
    (tmp_path / "c.html").write_text(
        f"<h2>leaven</h2>{''.join(f'<p>{line}</p>' for line in lines)}"
    )
    (tmp_path / "d.txt").write_text(f"leaven: {text}\ncrumb: the inside of a loaf.\n")
    (tmp_path / "f.md").write_text(
        "## leaven\n\n" + "\n\n".join(lines) + "\n\n## crumb\n\nInside.\n"
    )
    for name in ("a.csv", "b.html", "c.html", "d.txt", "f.md"):
        entry = read_corpus([tmp_path / name]).entries[0]
        assert (entry.term, entry.definition) == ("leaven", "Fermented dough."), name
        assert (entry.aliases, entry.see_also) == (("starter",), ("Crumb", "Crust")), name
        assert entry.details.sources == ("ISO 1",), name
        assert entry.details.extra == (("Note", "keep it cool."),), name
    (tmp_path / "e.json").write_text('[{"term": "a", "definition": ["One.\\nNote: two."]}]')
    assert read_corpus([tmp_path / "e.json"]).entries[0].definition == "One.\nNote: two."


def test_the_structure_of_the_rest_stays(tmp_path: Path) -> None:
    """The Markdown of a definition loses the same lines."""
    page = "<dl><dt>leaven<dd>Dough, <b>fermented</b>.<br>Source: ISO <i>1</i></dl>"
    (tmp_path / "a.html").write_text(page)
    [entry] = read_corpus([tmp_path / "a.html"]).entries
    assert (entry.definition, entry.details.markdown) == (
        "Dough, fermented.",
        "Dough, **fermented**.",
    )
    assert entry.details.sources == ("ISO 1",)


@pytest.mark.parametrize("name", ["a.html", "b.html", "c.md"])
def test_links_win_over_their_words(tmp_path: Path, name: str) -> None:
    """The words of a link may be no name of an entry."""
    link = '<a href="#crumb">its inside</a>'
    text = {
        "a.html": f"<dl><dt>leaven<dd>Dough.<br>See also: {link}</dl>",
        "b.html": f"<h2>leaven</h2><p>Dough.</p><p>See also: {link}</p>",
        "c.md": "## leaven\n\nDough.\n\nSee also: [its inside](#crumb)\n\n## crumb\n\nInside.\n",
    }[name]
    (tmp_path / name).write_text(text)
    entry = read_corpus([tmp_path / name]).entries[0]
    assert (entry.definition, entry.see_also) == ("Dough.", ("crumb",))


def test_many_labels_are_read_in_time() -> None:
    """Lines without an end, and lines that nearly are labels."""
    with cpu_time_at_most(3):
        for text in (
            "x\n" + "Note:" * 200_000,
            "x\n" + "Note: y\n" * 50_000,
            "x\n" + "a " * 300_000 + ":",
        ):
            split_labelled(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.adoc", "[glossary]\nQuoin:: A wedge, see <<chase,Chase>>.\nSee also: Chase, Forme\nNOTE: It is\n  heavy.\n"),
        ("a.rst", ".. glossary::\n\n   Quoin\n     A wedge, see :term:`Chase`.\n\n     See also: Forme\n\n     NOTE: It is heavy.\n"),
        ("a.tex", "\\newglossaryentry{q}{name=Quoin, description={A wedge, see \\gls{Chase}.\n\nSee also: Forme\n\nNOTE: It is heavy.}}\n"),
        ("a.wiki", ";Quoin\n:A wedge, see [[Chase]].\n:See also: Forme\n:NOTE: It is heavy.\n"),
    ],
)  # fmt: skip
def test_labels_of_marked_up_text(tmp_path: Path, name: str, text: str) -> None:
    """Names beside links are not lost, and those of links are no second ones."""
    (tmp_path / name).write_text(text)
    [entry] = read_corpus([tmp_path / name]).entries
    assert entry.definition == "A wedge, see Chase."
    assert [one.casefold() for one in entry.see_also] == ["chase", "forme"]
    assert entry.details.extra == (("NOTE", "It is heavy."),)


def test_phrases_behind_a_definition_are_read(tmp_path: Path) -> None:
    """As they are in front of it."""
    file = tmp_path / "bakery.md"
    text = (
        "# Bakery\n\n## Leaven\n\nDough that rises.\n\nAsked as: why is it flat?; what lifts it?\n"
    )
    file.write_text(text + "\n## Dough\n\nFlour and water.\n")
    leaven, _ = read_corpus([file]).entries
    assert leaven.definition == "Dough that rises."
    assert leaven.details.asked_as == ("why is it flat?", "what lifts it?")


PAGE = "Fermented dough.\n\nNote: keep it cool.\n\nSynonyms: starter\n\nSiehe auch: Crumb, Crust.\n\nAsked as: why does it rise?; what is it\n"  # fmt: skip


def test_plain_text_trees_and_pages_of_one_term_have_them(tmp_path: Path) -> None:
    """On long pages only names and phrases count: a note among paragraphs is text."""
    (tmp_path / "a.txt").write_text(f"leaven\n\n{PAGE}\ncrumb\n\nThe inside of a loaf.\n")
    parts = "".join(f"<para>{text}</para>" for text in PAGE.strip().split("\n\n"))
    docbook = f"<glossary><glossentry><glossterm>leaven</glossterm><glossdef>{parts}</glossdef></glossentry></glossary>"  # fmt: skip
    (tmp_path / "b.xml").write_text(docbook)
    (tmp_path / "c.md").write_text(f"---\ntitle: leaven\n---\n{PAGE}")
    (tmp_path / "d.md").write_text("```{glossary}\nleaven\n  " + PAGE.replace("\n", "\n  ") + "\n```\n")  # fmt: skip
    vault = tmp_path / "vault"
    (vault / ".obsidian").mkdir(parents=True)
    (vault / "leaven.md").write_text(PAGE)
    (tmp_path / "e.xml").write_text(
        f"<mediawiki><page><title>leaven</title><revision><text>{PAGE}</text></revision></page></mediawiki>"
    )
    for path in ("a.txt", "b.xml", "c.md", "d.md", "e.xml", "vault/leaven.md"):
        entry = read_corpus([tmp_path / path]).entries[0]
        keeps_note = path in ("c.md", "e.xml", "vault/leaven.md")
        note = "\n\nNote: keep it cool." if keeps_note else ""
        assert entry.definition == f"Fermented dough.{note}", path
        assert (entry.aliases, entry.see_also) == (("starter",), ("Crumb", "Crust")), path
        assert entry.details.asked_as == ("why does it rise?", "what is it"), path
        assert entry.details.extra == (() if keeps_note else (("Note", "keep it cool."),)), path


def test_labels_below_a_heading_are_known_in_all_languages(tmp_path: Path) -> None:
    """A line that only refers to another entry is a redirect, and no list of other entries."""
    text = "## Sauerteig\n\nSynonyme: Anstellgut\n\nOberbegriff: Teig\n\nTeig, der treibt.\n\n## Levain\n\nSiehe: Sauerteig\n"  # fmt: skip
    text += "\n## API\n\nAbbreviation: application programming interface\n"
    (tmp_path / "a.md").write_text(text)
    entry, api = read_corpus([tmp_path / "a.md"]).entries
    assert api.definition == "Abbreviation: application programming interface"
    assert (entry.term, entry.aliases) == ("Sauerteig", ("Anstellgut", "Levain"))
    assert (entry.definition, entry.details.broader) == ("Teig, der treibt.", ("Teig",))


def test_field_lists_of_restructuredtext_are_fields(tmp_path: Path) -> None:
    """In a glossary and below headings, at both ends; others are extra fields."""
    fields = ":Synonyms: starter, levain\n:Source: ISO 1\n:Owner: *Jane*\n"
    body = f"{fields}\nDough that rises.\n"
    indented = body.replace("\n", "\n     ")
    (tmp_path / "a.rst").write_text(f".. glossary::\n\n   leaven\n     {indented}\n")
    (tmp_path / "b.rst").write_text(f"leaven\n------\n{body}\ncrumb\n-----\n\nThe inside.\n")
    for name in ("a.rst", "b.rst"):
        entry = read_corpus([tmp_path / name]).entries[0]
        assert (entry.definition, entry.aliases) == ("Dough that rises.", ("starter", "levain"))
        assert entry.details.stated() == {"sources": ("ISO 1",), "extra": {"Owner": "Jane"}}, name


@pytest.mark.parametrize(
    "label", ["Notes", "Note:", "**Notes**", "### Notes", "Anmerkung", "Remarque"]
)
def test_a_label_may_stand_on_a_line_of_its_own(label: str) -> None:
    """All paragraphs up to the next label are below it; a word between lines is none."""
    found = split_labelled(f"Dough.\n\n{label}\n\nKeep it cool.\n\nOr not.\n\nSource: ISO 1")
    name = label.strip("#* :")
    assert found.text == "Dough."
    assert found.lines == (
        ("scope_note", name, "Keep it cool.\nOr not."),
        ("sources", "Source", "ISO 1"),
    )
    for text in (f"Dough.\n{label}\n\nKeep.", f"Dough.\n\n{label}\nKeep.", f"Dough.\n\n{label}"):
        assert split_labelled(text).text == text


def test_headings_below_a_term_are_labels_or_terms_without_a_text(tmp_path: Path) -> None:
    """An empty one is no word of the definition above it."""
    file = tmp_path / "a.md"
    file.write_text(
        "## Ship\n\nA *large* vessel.\n\n### Notes\n\nBoats are smaller.\n\n"
        "## Boat\n\nA small ship.\n\n### Kinds\n\n#### Sail\n\nHas masts.\n\n### Notes\n\n### Raft\n"
    )
    corpus = read_corpus([file])
    ship, boat = corpus.entries
    assert (ship.definition, ship.details.extra) == (
        "A large vessel.",
        (("Notes", "Boats are smaller."),),
    )
    assert ship.details.markdown == "A *large* vessel."
    assert boat.definition == "A small ship.\n\nKinds\n\nSail\n\nHas masts."
    assert [(one.source.line, one.reason) for one in corpus.refusals] == [
        (21, "no definition of 'Raft'")
    ]
