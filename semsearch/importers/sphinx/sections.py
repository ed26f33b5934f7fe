"""Sections of reStructuredText, in files without directives and definition lists.

They are written as Markdown, so that the same rules find the headings that are terms, and the
structure of definitions stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes

from semsearch.core.entries import EXTRA, Note
from semsearch.importers.labelled_lines import Label, label_of_field
from semsearch.importers.markdown.reader import read_blocks
from semsearch.importers.markdown_writer.from_markdown import text_in_markdown
from semsearch.importers.records import Item, Record
from semsearch.importers.sphinx import rst
from semsearch.importers.sphinx.rst_structure import markdown_of_rst

_MIN_TERMS = 2


def read_sections(document: nodes.document, path: Path) -> Iterator[Item | Note]:
    """Read the sections of a document as Markdown does; one section with text is no glossary."""
    items = list(read_blocks(_blocks(document, 0, 1), path))
    is_one = sum(isinstance(item, Record) for item in items) < _MIN_TERMS
    if not is_one or len(list(document.findall(nodes.section))) >= _MIN_TERMS:
        yield from items


def _blocks(node: nodes.Element, depth: int, line: int) -> Iterator[tuple[int, str]]:
    """Yield the line and the Markdown of each heading and block."""
    metadata, labels = _field_lines(node) if depth else ((), ())
    for child in node.children:
        if not isinstance(child, nodes.Element) or isinstance(child, rst.DROPPED):
            continue
        line = child.line or line
        if isinstance(child, nodes.section):
            yield from _blocks(child, depth + 1, line)
        elif isinstance(child, nodes.title):
            yield line, f"{'#' * min(depth, 6)} {text_in_markdown(rst.inline_words(child))}"
            yield from ((line, text) for text in metadata)
        else:
            whole = nodes.container("", child.deepcopy())
            yield line, markdown_of_rst([whole]) or text_in_markdown(rst.words_of(whole))
    yield from ((line, text) for text in labels)


def _field_lines(section: nodes.Element) -> tuple[list[str], list[str]]:
    """Return the field lists of a section as lines below its heading, and at its end."""
    labels = [label_of_field(*field) for field in rst.pop_fields(section)]
    at_end = [one for one in labels if one.field in ("sources", "examples", "scope_note")]
    above = [one for one in labels if one not in at_end]

    def line(one: Label) -> str:
        extra = "Extra: " if one.field == EXTRA else ""
        return text_in_markdown(f"{extra}{one.label}: {' '.join(one.text.split())}")

    return [*map(line, above)], [*map(line, at_end)]
