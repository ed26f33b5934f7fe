"""The page of an entry: `entry_view`, `entry_page`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.answers import Adjacent, Connection, Neighbour, Reference, Related, Span
from semsearch.core.entries import Details, Entry, Source
from semsearch.core.presentation import Presentation
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from semsearch.web import Site
from semsearch.web.entry_page import entry_page_of
from semsearch.web.entry_view import (
    Linked,
    defined_term,
    facts,
    first_line,
    is_embedding,
    linked,
    names,
    others,
    summary,
    with_links,
)
from semsearch.web.markdown_pages import entry_markdown

TEXT = "A sail, with a mast, moves a ship. A sail is cloth."


def _entry(slug: str, definition: str = "Something.", **more: object) -> Entry:
    return Entry(f"sea:{slug}", slug, definition, "sea", **more)  # type: ignore[arg-type]


def _reference(slug: str, start: int, end: int, text: str = TEXT) -> Reference:
    return Reference(_entry(slug), Span(start, end, text[start:end]))


def _related(
    see_also: tuple[Reference, ...] = (), mentions: tuple[Reference, ...] = (), text: str = TEXT
) -> Related:
    return Related(_entry("rig", text), (), see_also, mentions, ())


def _shown(pieces: list[Linked]) -> list[tuple[str, str | None]]:
    return [(piece.text, piece.entry.id if piece.entry else None) for piece in pieces]


def test_terms_in_a_text_are_links() -> None:
    """Linked and mentioned terms become links, and the text stays the same."""
    related = _related((_reference("mast", 15, 19),), (_reference("sail", 2, 6),))
    assert _shown(linked(related)) == [
        ("A ", None),
        ("sail", "sea:sail"),
        (", with a ", None),
        ("mast", "sea:mast"),
        (", moves a ship. A sail is cloth.", None),
    ]


def test_a_text_without_terms_is_one_piece() -> None:
    """A link of the author to a term that the text lacks changes nothing."""
    related = _related((Reference(_entry("keel"), None),))
    assert _shown(linked(related)) == [(TEXT, None)]


def test_a_link_at_either_end_leaves_no_empty_piece() -> None:
    """A text may be nothing but a term."""
    whole = _related(mentions=(_reference("jib", 0, 3, "Jib"),), text="Jib")
    assert _shown(linked(whole)) == [("Jib", "sea:jib")]


def test_of_places_that_overlap_the_first_one_is_a_link() -> None:
    """No letter is there twice, whatever is found in it."""
    related = _related(mentions=(_reference("b", 8, 19), _reference("a", 2, 10)))
    pieces = linked(related)
    assert "".join(piece.text for piece in pieces) == TEXT
    assert [piece.entry.id for piece in pieces if piece.entry] == ["sea:a"]


def test_a_term_is_a_link_where_it_stands_first(tmp_path: Path) -> None:
    """Each entry once, without the entry itself; pages show authored lines in order."""
    text = "A rig needs a mast.\n\n    mast.raise()\n\nA mast and a sail."
    build_index([_entry("rig", text), _entry("mast"), _entry("sail")], tmp_path, model="hashed")
    with Glossary.open(tmp_path) as glossary:
        pieces = linked(glossary.related("sea:rig"))
    assert "".join(piece.text for piece in pieces) == text
    assert _shown(pieces)[1] == ("mast", "sea:mast")
    assert [piece.text for piece in pieces if piece.entry] == ["mast", "sail"]


def test_terms_stay_links_when_what_they_lead_to_is_edited(tmp_path: Path) -> None:
    """One that is deleted is text again."""
    entries = [_entry("rig", "A mast and a sail."), _entry("mast"), _entry("sail")]
    build_index(entries, tmp_path, model="hashed")
    with Glossary.open(tmp_path) as glossary, Editor(tmp_path, who="ann") as editor:
        editor.put("sea:mast", Draft("mast", "A pole."))
        editor.delete("sea:sail")
        related = glossary.related("sea:rig")
        assert _shown(linked(related)) == [
            ("A ", None),
            ("mast", "sea:mast"),
            (" and a sail.", None),
        ]
        assert [entry.definition for entry in others(related.mentions)] == ["A pole."]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("Short.", "Short."),
        ("Two\n\nlines  and\tblanks.", "Two lines and blanks."),
        ("x" * 200, "x" * 200),
        ("word " * 40 + "end", "word " * 39 + "…"),
        ("字" * 400, "字" * 198 + " …"),
        ("x" * 20_000, "x" * 198 + " …"),
        ("a" + " " * 500 + "b", "a …"),
        ("", ""),
    ],
)
def test_a_summary_is_the_beginning_of_a_text(definition: str, expected: str) -> None:
    """A summary is one line of at most 200 characters, cut between words if possible."""
    found = summary(_entry("rig", definition))
    assert found == expected
    assert len(found) <= 200


def test_the_facts_of_an_entry() -> None:
    """Category and code first, then the extra fields in their order; the status is a badge."""
    extra = (("Owner", "Jane"), ("Area", "deck"))
    details = Details(category="ropes", status="old", extra=extra)
    assert facts(_entry("rig", details=details)) == [("Category", "ropes"), *extra]
    assert facts(_entry("rig")) == []


def test_web_addresses_in_a_text() -> None:
    """Marks behind an address are not a part of it; other schemes are text."""
    assert with_links("See https://a.example/x, or ftp://b (http://c.example).") == [
        ("See ", ""),
        ("https://a.example/x", "https://a.example/x"),
        (", or ftp://b (", ""),
        ("http://c.example", "http://c.example"),
        (").", ""),
    ]
    assert with_links("javascript:alert(1)") == [("javascript:alert(1)", "")]
    assert with_links("") == []


def test_the_first_line_of_a_definition() -> None:
    """One line of at most ninety characters."""
    assert first_line(_entry("rig", "A\n rope.")) == "A rope."
    assert first_line(_entry("rig", "x" * 200)) == f"{'x' * 88} …"


def test_the_page_of_an_entry_shows_everything() -> None:
    """Status, example, sources as links, the address of the source file, language, day."""
    details = Details(
        status="deprecated: use gear",
        examples=("Check the <rig>.",),
        sources=("Navy, 1900; https://a.example/rig",),
        asked_as=("ropes of a ship?",),
    )
    entry = replace(_entry("rig", details=details), source=Source("sea/a b.md", 7))
    about = Presentation(source_url="https://c.example/{file}#L{line}")
    site = Site("../", about=about)
    related = Related(entry, (), (), (), ())
    page = entry_page_of(site, related, Adjacent(None, None), "2026-01-02").decode()
    assert '<p class="status status-outdated">' in page
    assert "deprecated: use gear" in page
    assert "<li><bdi>Check the &lt;rig&gt;.</bdi></li>" in page
    assert '<a href="https://a.example/rig" rel="nofollow noopener noreferrer">' in page
    assert '<a href="https://c.example/sea/a%20b.md#L7">sea/a b.md:7</a>' in page
    assert "<span>English</span>" in page
    assert 'href="../?q=ropes+of+a+ship%3F"' in page
    twin = entry_markdown(site, related, "2026-01-02")
    assert "\n\nStatus: deprecated: use gear\n\n" in twin
    assert "## Examples\n\n- Check the " in twin
    assert "## Sources\n\n- Navy, 1900; <https://a.example/rig>\n" in twin
    assert (
        "Glossary: sea, from [sea/a b.md:7](https://c.example/sea/a%20b.md#L7). English. "
        "changed 2026-01-02. Id: `sea:rig`"
    ) in twin


@pytest.mark.parametrize(("similarity", "shown"), [(-0.001, "0.00"), (-0.25, "−0.25")])  # noqa: RUF001
def test_a_similarity_is_never_minus_zero(similarity: float, shown: str) -> None:
    """What rounds to zero has no sign; the minus sign is that of the other pages."""
    span = Span(0, 6, TEXT[:6])
    near = Neighbour(1, _entry("hull"), similarity, Connection(span, span, similarity, ()))
    related = Related(_entry("rig", TEXT), (near,), (), (), ())
    page = entry_page_of(Site("../"), related, Adjacent(None, None)).decode()
    assert f"(similarity {shown})" in page


def test_an_entry_as_a_defined_term() -> None:
    """Its texts and the URL of its page; `alternateName` only with aliases."""
    entry = _entry("rig", "Ropes </script>.", aliases=("tackle", "gear"), language="de")
    stated = defined_term(
        entry, "https://a.example/entry/sea:rig", "https://a.example/glossary/sea"
    )
    assert stated == {
        "@context": "https://schema.org",
        "@type": "DefinedTerm",
        "@id": "https://a.example/entry/sea:rig",
        "url": "https://a.example/entry/sea:rig",
        "name": "rig",
        "description": "Ropes </script>.",
        "termCode": "sea:rig",
        "inLanguage": "de",
        "inDefinedTermSet": {
            "@type": "DefinedTermSet",
            "@id": "https://a.example/glossary/sea",
            "name": "sea",
        },
        "alternateName": ["tackle", "gear"],
    }
    assert "alternateName" not in defined_term(_entry("rig"), "a", "b")


def test_the_entry_about_embeddings_is_known_by_its_names() -> None:
    """However it is written; one that only speaks of them is another."""
    assert is_embedding(_entry("EMBEDDING"))
    assert is_embedding(_entry("vector", aliases=("Embeddings",)))
    assert not is_embedding(_entry("embedding layer", "An embedding."))


def test_a_name_in_another_language_says_which() -> None:
    """The concept is the same as that of its IRI; the id of another entry is no address."""
    details = Details(
        iri="https://b.example/#rig", name_languages=("Takelage@de", "gear@en", "gear@nl")
    )
    entry = _entry("rig", aliases=("Takelage", "gear", "tackle"), details=details)
    assert names(entry) == [("Takelage", ["de"]), ("gear", ["en", "nl"]), ("tackle", ["en"])]
    assert facts(entry) == [("IRI", "https://b.example/#rig")]
    term = defined_term(entry, "https://g.example/e", "https://g.example/s")
    assert term["sameAs"] == "https://b.example/#rig"
    assert term["alternateName"] == [
        {"@language": "de", "@value": "Takelage"}, "gear", {"@language": "nl", "@value": "gear"},
        "tackle",
    ]  # fmt: skip
    other = replace(entry, details=Details(iri="rig"))
    assert (facts(other), "sameAs" in defined_term(other, "a", "b")) == ([], False)
