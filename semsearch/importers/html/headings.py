"""Headings with paragraphs of HTML pages, apart from what stands around the text of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import islice
from pathlib import Path

from lxml import etree

from semsearch.core.entries import Note, Source
from semsearch.importers.html.elements import BLOCKS, HEADINGS
from semsearch.importers.html.pages import language_of, source_of, words_of
from semsearch.importers.html.to_text import html_words
from semsearch.importers.labelled_lines import with_labels_read
from semsearch.importers.markdown_syntax.links import from_file
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.markdown_writer.from_markdown import says
from semsearch.importers.plain_text.paragraphs import Paragraph, read_paragraphs
from semsearch.importers.records import Item, Record, with_markdown
from semsearch.importers.xml_safety import line_of

_WHOLE = frozenset({"p", "pre", "table", "figure", "address"})
"""Blocks that are one paragraph."""
_AROUND = frozenset(
    {
        "aside", "button", "dialog", "footer", "form", "head", "iframe", "menu", "nav", "noscript",
        "script", "select", "style", "svg", "template",
    }
)  # fmt: skip
_ROLES = frozenset(
    {"banner", "complementary", "contentinfo", "dialog", "menu", "navigation", "search", "toolbar"}
)
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|cookies?|footer|menu|nav(?:bar|igation)?|newsletter|share|sharing|sidebar|social|subscribe|toc|page-?metadata)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Classes and ids of what stands around the text."""
_NESTED = 20
"""Elements around an inner list that are searched for its item."""
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BOLD_CLASS = re.compile(
    r"\.([\w-]{1,50})\s{0,9}\{[^{}]{0,500}?font-weight\s{0,9}:\s{0,9}(?:bold|[6-9]00)"
)
_TOP = re.compile(r"#(?:top|(?:[\w-]*-)?top(?:-[\w-]*)?)?", re.IGNORECASE)
_PERMALINK = re.compile(r"\s*[¶#§]\s*\Z")


@dataclass(slots=True)
class _Page:
    """The paragraphs of a page, and the element of each by its number."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    elements: list[etree._Element] = field(default_factory=list)
    bold_classes: frozenset[str] = frozenset()
    """Classes that the page itself declares bold, as exports of Google Docs do."""

    def add(self, paragraph: Paragraph, element: etree._Element) -> None:
        if text := paragraph.text.strip():
            number = len(self.elements)
            self.paragraphs.append(replace(paragraph, number=number, text=text))
            self.elements.append(element)


def read_headings(page: etree._Element, path: Path, language: str = "") -> Iterator[Item | Note]:
    """Read headings with paragraphs, or paragraphs that begin with a term in bold.

    Args:
        page: the root.
        path: the file.
        language: of the page, if the user named it.
    """
    body = next(page.iter("main"), None)
    body = next(page.iter("body"), page) if body is None else body
    containers: set[etree._Element] = set()
    for block in body.iter(*BLOCKS):
        above = block.getparent()
        while block is not body and above is not None and above not in containers:
            containers.add(above)
            above = above.getparent()
    styles = "".join(one.text or "" for one in page.iter("style"))
    found = _Page(bold_classes=frozenset(_BOLD_CLASS.findall(styles)))
    _walk(body, containers, found, -1)
    every = list(read_paragraphs(found.paragraphs, path))
    items = [one for one in every if not isinstance(one, Note)]
    target = from_file(path.name)
    ends = [*(item.source.line for item in items[1:]), len(found.elements)]
    for item, end in zip(items, ends, strict=False):
        own = found.elements[item.source.line : max(end, item.source.line + 1)]
        source = Source(str(path), line_of(own[0]))
        if not isinstance(item, Record):
            yield replace(item, source=source)
            continue
        links = (target(link.get("href", "")) for one in own for link in one.iter("a"))
        key = next((one.get("id") or one.get("name") or "" for one in _anchors(own[0])), "")
        linked = tuple(name for name in links if name and name != key)
        markdown = markdown_of_html(_source_of_blocks(own[1:]), target)
        is_same = markdown and says(markdown, item.definition)
        made = replace(
            item,
            source=source,
            language=language_of(own[-1], language),
            see_also=linked or item.see_also,
            details=with_markdown(item.details, markdown if is_same else ""),
            key=key,
        )
        yield with_labels_read(made, has_links=bool(linked))
    for note in every:
        if isinstance(note, Note):
            line = line_of(found.elements[note.source.line])
            yield replace(note, source=Source(str(path), line))


def _source_of_blocks(blocks: Sequence[etree._Element]) -> str:
    """Return blocks as HTML: items in their lists, without the headings of the next group."""
    parts = []
    end = next((n for n in range(len(blocks), 0, -1) if blocks[n - 1].tag not in HEADINGS), 0)
    done: set[etree._Element] = set()
    for block in blocks[:end]:
        if not done.isdisjoint((block, *islice(block.iterancestors(), _NESTED))):
            continue  # an inner list, which its item holds
        done.add(block)
        above = block.getparent()
        is_item = block.tag == "li"
        tag = "ol" if above is not None and above.tag == "ol" else "ul"
        parts.append(f"<{tag}>{source_of(block)}</{tag}>" if is_item else source_of(block))
    return "".join(parts)


def _anchors(heading: etree._Element) -> Iterator[etree._Element]:
    return (one for one in heading.iter() if one.get("id") or (one.tag == "a" and one.get("name")))


def _walk(
    element: etree._Element, containers: set[etree._Element], page: _Page, depth: int
) -> None:
    """Add the paragraphs of an element; text beside blocks is a paragraph, too."""
    loose = [escape(element.text or "", quote=False)]
    is_item = element.tag == "li"

    def flush() -> None:
        text = html_words("".join(loose))
        is_numbered = is_item and _is_numbered(element)
        paragraph = Paragraph(0, text, 0, is_item, 0, max(depth, 0), is_numbered)
        page.add(paragraph, element)
        loose.clear()

    for child in element:
        if not isinstance(child.tag, str) or _is_around(child):
            pass
        elif child.tag in BLOCKS or child in containers:
            flush()
            _block(child, containers, page, depth + (child.tag in ("ul", "ol")))
        else:
            loose.append(etree.tostring(child, encoding="unicode", method="html", with_tail=False))
        loose.append(escape(child.tail or "", quote=False))
    flush()


def _leads_to_the_top(block: etree._Element) -> bool:
    """Return whether a block is only a link such as "Back to top"."""
    link = next(block.iter("a"), None)
    if link is None or not _TOP.fullmatch(link.get("href", "")):
        return False
    return words_of(link).strip() == words_of(block).strip()


def _block(block: etree._Element, containers: set[etree._Element], page: _Page, depth: int) -> None:
    if block.tag in HEADINGS or block.tag == "summary":
        name = _PERMALINK.sub("", " ".join(words_of(block).split()))
        page.add(Paragraph(0, name, int(block.tag[1]) if block.tag in HEADINGS else 6), block)
    elif block.tag in _WHOLE or block not in containers:
        above = block.getparent()
        begins_item = above is not None and above.tag == "li" and above[0] is block
        is_item = block.tag == "li" or begins_item
        item = above if begins_item and above is not None else block
        is_numbered = is_item and _is_numbered(item)
        text = "" if _leads_to_the_top(block) else words_of(block).removeprefix("- ")
        page.add(
            Paragraph(
                0, text, 0, is_item, _bold(block, page.bold_classes), max(depth, 0), is_numbered
            ),
            block,
        )
    else:
        _walk(block, containers, page, depth)


def _is_numbered(item: etree._Element) -> bool:
    above = item.getparent()
    return above is not None and above.tag == "ol"


def _bold(block: etree._Element, classes: frozenset[str]) -> int:
    """Return how many characters at the beginning of a block are bold."""
    if len(block) == 0 or (block.text or "").strip():
        return 0
    is_bold = (
        block[0].tag in ("b", "strong", "dfn")
        or _BOLD.search(block[0].get("style", ""))
        or not classes.isdisjoint(block[0].get("class", "").split())
    )
    return len(words_of(block[0])) if is_bold else 0


def _is_around(element: etree._Element) -> bool:
    """Return whether an element stands around the text of a page."""
    if element.tag in _AROUND or element.get("role", "") in _ROLES or "hidden" in element.attrib:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"
    is_heading = element.tag in HEADINGS
    return not is_heading and len(names) < 500 and _NAMES.search(names) is not None
