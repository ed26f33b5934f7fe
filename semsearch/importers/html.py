"""Reader of HTML definition lists: `dl` with `dt` and `dd`.

Consecutive terms share the next definition; the first is the term, the others aliases. Lists inside
a definition belong to it. The `id` of a term becomes the entry's id if no other term has it, and
links inside the page refer to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from semsearch.core.entries import Refusal, Source
from semsearch.importers.fields import shorten
from semsearch.importers.html_to_text import html_words
from semsearch.importers.markdown.links import from_file
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.text_files import read_text
from semsearch.importers.xml_safety import line_of


def read(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Read a page.

    Args:
        path: the file.
        options: not used.

    Yields:
        Item: a record for each definition, a refusal for each term without one.
    """
    del options
    parser = etree.HTMLParser(no_network=True, huge_tree=False, recover=True, remove_comments=True)
    parser.feed(read_text(path) or " ")
    page = parser.close()
    if page is None:
        return
    language = page.get("lang", "en")
    for outer in page.iter("dl"):
        if not any(True for _ in outer.iterancestors("dl")):
            yield from _entries(outer, path, language)


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
    names = [name for term in terms if (name := " ".join(_words(term).split()))]
    words = "\n\n".join(filter(None, map(_words, texts)))
    if not names or not words:
        return Refusal(source, f"no definition of {shorten(names[0])!r}" if names else "no term")
    target = from_file(path.name)
    links = (target(a.get("href", "")) for text in texts for a in text.iter("a"))
    ids = (one.get("id") or one.get("name") for term in terms for one in term.iter())
    id_ = next(filter(None, ids), "").removeprefix("term-")
    return Record(
        names[0],
        words,
        source,
        tuple(names[1:]),
        language=texts[0].get("lang") or language,
        see_also=tuple(filter(None, links)),
        key=id_,
        hint=id_,
    )


def _words(element: etree._Element) -> str:
    return html_words(etree.tostring(element, encoding="unicode", method="html", with_tail=False))
