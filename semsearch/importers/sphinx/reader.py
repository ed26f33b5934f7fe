"""Reader of reStructuredText: Sphinx glossary directives, or definition lists if there are none.

A file without either is read by its sections.

The first of several terms above a definition is the entry's, the others are aliases. Targets of
`:term:` are links. Field lists of a definition are fields of the entry: `:Synonyms: starter`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes

from semsearch.core.entries import NO_DETAILS, Note, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.files.text_files import nested_too_deeply, read_text
from semsearch.importers.labelled_lines import label_of_field, with_labels, with_labels_read
from semsearch.importers.records import Item, ReadOptions, Record, with_markdown
from semsearch.importers.sphinx import rst
from semsearch.importers.sphinx.rst_structure import markdown_of_rst
from semsearch.importers.sphinx.sections import read_sections

MAX_LINES = 15_000
"""Most lines of a file: docutils takes a tenth of a millisecond for each, and the largest
glossaries have 2,000."""
MAX_BLOCK = 1_000
"""Most lines without a blank one: docutils searches all of them for the end of inline markup."""
_MAX_INDENT = 400
"""Most blanks before a line; deeply nested blocks have forty."""
_MAX_BULLETS = 60
"""Most bullets before a line, each of which opens a nested list."""


def read(path: Path, _: ReadOptions) -> Iterator[Item | Note]:
    """Read a file of reStructuredText."""
    text = read_text(path)
    _check_lines(text, path)
    try:
        document = rst.parse(text)
        lists: list[nodes.definition_list] = list(document.findall(rst.GlossaryList))
        found = lists or [n for n in document.findall(nodes.definition_list) if _is_outer(n)]
        for one in found:
            for item in one.findall(nodes.definition_list_item):
                if item.parent is one:
                    yield _item(item, str(path))
        if not found:
            yield from read_sections(document, path)
    except RecursionError as error:
        raise nested_too_deeply(path) from error


def _check_lines(text: str, path: Path) -> None:
    if text.count("\n") > MAX_LINES:
        raise ImportFailed(f"more than {MAX_LINES:,} lines; split it", path)
    block = 0
    for number, line in enumerate(text.split("\n"), 1):
        block = block + 1 if line.strip() else 0
        if block > MAX_BLOCK:
            raise ImportFailed(f"more than {MAX_BLOCK:,} lines without a blank one", path, number)
        if len(line) > rst.MAX_LINE:
            reason = f"a line of more than {rst.MAX_LINE:,} characters; break it"
            raise ImportFailed(reason, path, number)
        start = line[: 4 * _MAX_INDENT]
        indent = len(start) - len(start.lstrip())
        bullets = start[indent:].split()
        deep = next(
            (i for i, part in enumerate(bullets) if part not in ("*", "-", "+")), len(bullets)
        )
        if indent > _MAX_INDENT or deep > _MAX_BULLETS:
            raise nested_too_deeply(path, number)


def _is_outer(node: nodes.Node) -> bool:
    """Return whether a list is not inside another definition."""
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.definition_list_item | nodes.list_item):
            return False
        parent = parent.parent
    return True


def _item(item: nodes.definition_list_item, file: str) -> Item:
    terms = [node for node in item.children if isinstance(node, nodes.term)]
    bodies = [node for node in item.children if isinstance(node, nodes.definition)]
    names = [name for name in map(rst.inline_words, terms) if name]
    line = next((term.get("line") or term.line for term in terms), None) or item.line or 1
    source = Source(file, line)
    fields = [field for body in bodies for field in rst.pop_fields(body)]
    words = "\n\n".join(filter(None, map(rst.words_of, bodies)))
    links = tuple(link for body in bodies for link in rst.links_of(body))
    details = with_markdown(NO_DETAILS, markdown_of_rst(bodies))
    name, *others = names or [""]
    made = Record(name, words, source, tuple(others), see_also=links, details=details)
    return with_labels(with_labels_read(made), [label_of_field(*field) for field in fields])
