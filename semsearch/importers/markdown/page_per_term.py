"""Reader of pages with one term each: Markdown with front matter (MDN, Kubernetes, CNCF).

The `title` is the term, `aliases`, `aka`, `alias` and `synonyms` are its other names, and the body
is its definition. Pages without a title have a `term` or a `name`, pages without a body a
`definition` or a `description`. `asked_as` are phrases by which people ask for it. `related` and
`see_also` name other entries, as do links and macros. Other fields are details of the entry.
Navigation pages are refused by name, so that the report lists every page of a folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from semsearch.core.entries import Note, Refusal, Source
from semsearch.importers.fields import shorten
from semsearch.importers.labelled_lines import NAMES_AND_PHRASES, with_labels_read
from semsearch.importers.markdown.front_matter import FrontMatterPage, read_page
from semsearch.importers.markdown.many_terms import (
    ALIAS_FIELDS,
    ENTRY_FIELDS,
    LINK_FIELDS,
    is_alone,
    terms_in_headings,
)
from semsearch.importers.markdown_syntax.blocks import parse_blocks
from semsearch.importers.markdown_syntax.links import Target, from_page
from semsearch.importers.markdown_syntax.plain_text import MAX_SOURCE, Prose, words_of
from semsearch.importers.markdown_writer.from_markdown import structured_prose
from semsearch.importers.name_lists import split_aliases
from semsearch.importers.records import ReadOptions, Record, with_markdown

_FIELDS = (*ALIAS_FIELDS, *LINK_FIELDS, "id", "slug", "lang", "language")
_OWN = ENTRY_FIELDS | {"id", "slug"}
_TERMS = ("title", "term", "name")
_TEXTS = ("definition", "description")
_NOT_ENTRIES = {
    "landing-page": "landing page, not an entry",
    "glossary-disambiguation": "disambiguation page, not an entry",
}


def read(path: Path, _: ReadOptions) -> Iterator[Record | Refusal | Note]:
    """Read one page."""
    page = read_page(path)
    if isinstance(page, Refusal):
        yield page
        return
    source = Source(str(path), 1)
    reason = _reason_to_skip(page, path)
    if reason:
        yield Refusal(source, reason)
        return
    named, stated = _first(page, _TERMS), "" if page.body.strip() else _first(page, _TEXTS)
    term = page.text(named)
    text = page.text(stated) if stated else page.body
    prose = _definition(text, term, from_page(_sections(page, path)))
    count = terms_in_headings(page.body)
    if count and path.stem != "index" and not page.fields.keys() & _OWN and is_alone(path):
        text = f"one entry {shorten(term)!r}; --format markdown reads {count} headings as terms"
        yield Note(source, text)
    if prose.words:
        links = (*_field_links(page), *prose.see_also)
        details, left_out = page.details((*_FIELDS, named, stated))
        made = Record(
            term,
            prose.words,
            source,
            _aliases(page),
            _id(page),
            _language(page),
            links,
            with_markdown(details, prose.markdown),
            left_out=left_out,
        )
        yield with_labels_read(made, has_links=bool(prose.see_also), fields=NAMES_AND_PHRASES)
    else:
        yield Refusal(source, f"no text below the front matter of {term!r}")


def _reason_to_skip(page: FrontMatterPage, path: Path) -> str | None:
    """Return why a page is not an entry, as far as its name and its fields tell."""
    if path.name.startswith("_"):
        return "template or section page (its name starts with _), not an entry"
    if path.stem == "index" and page.text("layout") == "glossary":
        return _NOT_ENTRIES["landing-page"]
    if not _first(page, _TERMS):
        return "no title in the front matter"
    if len(page.body) > MAX_SOURCE:
        return f"the page is longer than {MAX_SOURCE} characters"
    return _NOT_ENTRIES.get(page.text("page-type"))


def _first(page: FrontMatterPage, fields: Iterable[str]) -> str:
    """Return the first of some fields that holds a text; empty if none does."""
    return next((field for field in fields if page.text(field)), "")


def _definition(text: str, term: str, target: Target) -> Prose:
    """Return the body as plain text, without a first heading that repeats the title."""
    blocks = parse_blocks(text)
    nodes = blocks.nodes
    if nodes and nodes[0].type == "heading" and words_of(nodes[:1], blocks.references) == term:
        nodes = nodes[1:]
    return structured_prose(nodes, blocks.references, target)


def _sections(page: FrontMatterPage, path: Path) -> set[str]:
    """Return the names below which the pages of this glossary lie: section of the slug, folder."""
    folder = path.resolve().parent
    section, slash, _ = page.text("slug").partition("/")
    own = folder.parent if path.stem == "index" else folder
    return {name.casefold() for name in (section if slash else "", own.name) if name}


def _field_links(page: FrontMatterPage) -> Iterator[str]:
    """Yield the entries that the page's fields link to; a text may list several."""
    for field in LINK_FIELDS:
        for text in page.texts(field):
            yield from split_aliases(text)


def _aliases(page: FrontMatterPage) -> tuple[str, ...]:
    return tuple(alias for name in ALIAS_FIELDS for alias in page.texts(name))


def _id(page: FrontMatterPage) -> str | None:
    """Return the author's id: `id`, or the `slug` without its section.

    MDN's slugs are such as `Glossary/Property/CSS`: only the section is removed, since the last
    part alone (`CSS`) is another page.
    """
    section, _, rest = page.text("slug").partition("/")
    return page.text("id") or rest or section or None


def _language(page: FrontMatterPage) -> str:
    return page.text("lang") or page.text("language")
