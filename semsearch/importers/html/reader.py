"""Reader of HTML: definition lists (`dl` with `dt` and `dd`), else headings with paragraphs.

Consecutive terms share the next definition; the first is the term, the others aliases. Lists inside
a definition belong to it. The `id` of a term becomes the entry's id if no other term has it, and
links inside the page refer to it. Headings are read as in Markdown; navigation, footers and what
else stands around the text of a page are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from semsearch.core.entries import NO_DETAILS, Note, Source
from semsearch.importers.files.text_files import read_text
from semsearch.importers.html.headings import read_headings
from semsearch.importers.html.pages import language_of, parse_page, source_of, words_of
from semsearch.importers.html.to_text import html_words
from semsearch.importers.labelled_lines import with_labels_read
from semsearch.importers.markdown_syntax.links import from_file
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.records import Item, ReadOptions, Record, with_markdown
from semsearch.importers.xml_safety import line_of


def read(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
    """Read a page."""
    page = parse_page(read_text(path))
    if page is None:
        return
    lists = _outer_lists(page)
    for outer in lists:
        yield from _entries(outer, path, options.language)
    if not any(any(True for _ in one.iter("dt")) for one in lists):
        yield from read_headings(page, path, options.language)


def entries_of_lists(source: str, path: Path, language: str) -> Iterator[Item]:
    """Read the definition lists of a piece of HTML; its lines are those of the file."""
    page = parse_page(source)
    for outer in [] if page is None else _outer_lists(page):
        yield from _entries(outer, path, language)


def _outer_lists(page: etree._Element) -> list[etree._Element]:
    return [one for one in page.iter("dl") if next(one.iterancestors("dl"), None) is None]


def _entries(outer: etree._Element, path: Path, language: str) -> Iterator[Item]:
    terms: list[etree._Element] = []
    texts: list[etree._Element] = []
    for part in (*_parts(outer), None):
        if part is not None and part.tag == "dd":
            texts.append(part)
            continue
        if texts or part is None:
            if terms or texts:
                yield _entry(terms, texts, path, language)
            terms, texts = [], []
        if part is not None:
            terms.append(part)


def _parts(outer: etree._Element) -> Iterator[etree._Element]:
    """Yield terms and definitions, also those grouped by a `div`."""
    for part in list(outer):
        if part.tag in ("dt", "dd"):
            yield from _unnested(part)
        elif part.tag == "div":
            yield from _parts(part)


def _unnested(part: etree._Element) -> Iterator[etree._Element]:
    """Yield a term or definition, then those inside it that follow a missing end tag."""
    inner = [one for one in part if one.tag in ("dt", "dd")]
    for one in inner:
        part.remove(one)
    yield part
    for one in inner:
        yield from _unnested(one)


def _entry(
    terms: list[etree._Element], texts: list[etree._Element], path: Path, language: str
) -> Item:
    source = Source(str(path), line_of((terms or texts)[0]))
    names = [name for term in terms if (name := " ".join(words_of(term).split()))]
    sources = [*map(source_of, texts)]
    words = "\n\n".join(filter(None, map(html_words, sources)))
    target = from_file(path.name)
    markdown = markdown_of_html("".join(sources), target)
    links = (target(a.get("href", "")) for text in texts for a in text.iter("a"))
    ids = (one.get("id") or one.get("name") for term in terms for one in term.iter())
    id_ = next(filter(None, ids), "").removeprefix("term-")
    made = Record(
        next(iter(names), ""),
        words,
        source,
        tuple(names[1:]),
        language=language_of((texts or terms)[0], language),
        see_also=tuple(filter(None, links)),
        details=with_markdown(NO_DETAILS, markdown),
        key=id_,
        hint=id_,
    )
    return with_labels_read(made, has_links=bool(made.see_also))
