"""Markdown versions of pages, parsed as Markdown, so that no text of a glossary changes them."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from semsearch.core.answers import Authored, Reference, Related
from semsearch.core.entries import Details, Entry, Source
from semsearch.core.index_info import GlossaryInfo
from semsearch.web.markdown_pages import MAX_LISTED, entry_markdown, llms, llms_full
from semsearch.web.render import Site

SITE = Site("../", "https://a.example/words/", glossaries=(GlossaryInfo("sea", 2),))
ODD = (
    "a [link](https://b.example)",
    "<b>bold</b>",
    "`code` *and* _more_",
    "back\\slash",
    "line\n# heading",
    "AT&amp;T &lt;i&gt; R&D",
    "![picture](x)",
    "snake_case_name",
    "C#",
)


def _entry(slug: str, term: str | None = None, **more: object) -> Entry:
    return Entry(f"sea:{slug}", term or slug, f"What {slug} is.", "sea", **more)  # type: ignore[arg-type]


def _links(markdown: str) -> list[tuple[str, str]]:
    """Return the text and the address of each link, as Markdown is read."""
    found = []
    for block in MarkdownIt().parse(markdown):
        opened: list[str] = []
        for token in block.children or ():
            if token.type == "link_open":
                found.append(("", str(token.attrs["href"])))
                opened.append("")
            elif token.type == "link_close":
                opened.pop()
            elif opened:
                found[-1] = (found[-1][0] + token.content, found[-1][1])
    return found


def _headings(markdown: str) -> list[str]:
    tokens = MarkdownIt().parse(markdown)
    texts = [tokens[i + 1] for i, token in enumerate(tokens) if token.type == "heading_open"]
    return ["".join(child.content for child in text.children or ()) for text in texts]


def test_the_twin_of_an_entry() -> None:
    """Its names and definition, what it is related to by kind, and where it comes from."""
    entry = _entry("rig", aliases=("tackle",), source=Source("sea.md", 7))
    related = Related(
        entry,
        (),
        (Reference(_entry("mast"), None, Authored.SEE_ALSO),),
        (Reference(_entry("sail"), None),),
        (),
    )
    assert entry_markdown(SITE, related) == (
        "# rig\n\nAlso: tackle\n\nWhat rig is.\n\n"
        "## See also\n\n- [mast](https://a.example/words/entry/sea:mast.md)\n\n"
        "## Terms in the text\n\n- [sail](https://a.example/words/entry/sea:sail.md)\n\n"
        "Glossary: sea, from sea.md:7. English. Id: `sea:rig`\n"
    )


@pytest.mark.parametrize("term", ODD)
def test_a_term_is_text_whatever_it_looks_like(term: str) -> None:
    """Terms are escaped in headings and in links."""
    plain = " ".join(term.split())
    related = Related(
        _entry("odd", term),
        (),
        (Reference(_entry("other", term), None, Authored.SEE_ALSO),),
        (),
        (),
    )
    twin = entry_markdown(SITE, related)
    assert _headings(twin) == [plain, "See also"]
    assert _links(twin) == [(plain, "https://a.example/words/entry/sea:other.md")]


@pytest.mark.parametrize("slug", ["a(b)", "a)b", "a(b", "a b", "ä/ö", "a%28?#", "[a]<b>"])
def test_an_id_is_an_address_whatever_it_holds(slug: str) -> None:
    """Parentheses, blanks and marks do not end the link."""
    listing = llms(SITE, {"sea": [_entry(slug, "odd")]})
    text, address = _links(listing)[0]
    assert text == "odd"
    assert address.startswith("https://a.example/words/entry/sea:a") or slug[0] in "ä["
    assert address.endswith(".md")
    assert not set(address) & set(" ()<>[]")


def test_few_entries_are_listed_and_many_are_not() -> None:
    """With many entries the page lists glossaries, each with a link to its entries."""
    few = llms(SITE, {"sea": [_entry("rig"), _entry("mast")]})
    assert _headings(few) == ["semsearch", "sea", "Optional"]
    assert [text for text, _ in _links(few)] == ["rig", "mast", "HTTP interface"]
    assert "- [rig](https://a.example/words/entry/sea:rig.md): What rig is." in few
    many = llms(SITE, {"sea (old)": (), "land": ()})
    assert _links(many)[:2] == [
        ("All entries, A to Z", "https://a.example/words/glossary/sea%20%28old%29"),
        ("All entries, A to Z", "https://a.example/words/glossary/land"),
    ]
    assert MAX_LISTED == 500


def test_without_a_public_address_links_are_relative() -> None:
    """They lead to the same places, seen from the file."""
    assert _links(llms(Site(), {"sea": [_entry("rig")]}))[0] == ("rig", "./entry/sea:rig.md")


def test_all_entries_in_one_text() -> None:
    """Each with its term as heading."""
    assert llms_full([_entry("rig"), _entry("m", "*mast*")]) == (
        "# rig\n\nWhat rig is.\n\n# \\*mast\\*\n\nWhat m is.\n"
    )
    assert llms_full([]) == "\n"


def test_a_twin_says_the_facts() -> None:
    """A line each, behind the definition; no text of them is markup."""
    details = Details(status="*old*", extra=(("Own#er", "Jane\n\n# Doe"),))
    twin = entry_markdown(SITE, Related(_entry("rig", details=details), (), (), (), ()))
    assert "\n\nStatus: \\*old\\*\n\nWhat rig is.\n\n- Own#er: Jane # Doe\n\n" in twin
    assert _headings(twin) == ["rig"]


def test_a_twin_says_what_people_ask() -> None:
    """Phrases are escaped items below a heading of their own, not in the definition."""
    entry = _entry("rig", details=Details.of({"asked_as": ("what holds the *sails*?", "# ropes")}))
    twin = entry_markdown(SITE, Related(entry, (), (), (), ()))
    assert "## People ask\n\n- “what holds the \\*sails\\*?”\n- “# ropes”\n\nGlossary" in twin
    assert _headings(twin) == ["rig", "People ask"]


def test_a_name_in_another_language_has_its_tag() -> None:
    """Behind the name."""
    entry = _entry(
        "rig", aliases=("Takelage", "gear"), details=Details(name_languages=("Takelage@de",))
    )
    assert "Also: Takelage (de), gear" in entry_markdown(SITE, Related(entry, (), (), (), ()))
