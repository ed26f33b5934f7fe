"""Reader of reStructuredText: Sphinx glossary directives, or definition lists if there are none.

A file without either is read by its sections.

Where a directive holds few terms beside a long definition list, both are read.

The first of several terms above a definition is the entry's, the others are aliases. Targets of
`:term:` are links. Field lists of a definition are fields of the entry: `:Synonyms: starter`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
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
_MIN_BESIDE = 10
"""Items of definition lists for each of a directive, from which both are read."""
_LABEL = re.compile(r"\A\*{0,2}definition\*{0,2}:\*{0,2}[ \t\n]*(?=\S)", re.IGNORECASE)
_MAX_INDENT = 400
"""Most blanks before a line; deeply nested blocks have forty."""
_MAX_BULLETS = 60
"""Most bullets before a line, each of which opens a nested list."""


def read(path: Path, _: ReadOptions) -> Iterator[Item | Note]:
    """Read a file of reStructuredText."""
    text = read_text(path)
    if text.count("\n") > MAX_LINES:
        raise ImportFailed(f"more than {MAX_LINES:,} lines; split it", path)
    lines, numbers = _parted(text.split("\n"))
    _check_lines(lines, numbers, path)
    try:
        document = rst.parse("\n".join(lines))
        lists: list[nodes.definition_list] = list(document.findall(rst.GlossaryList))
        outer = [n for n in document.findall(nodes.definition_list) if _is_outer(n)]
        is_beside = _size(outer) >= _MIN_BESIDE * max(_size(lists), 1)
        found = outer if is_beside or not lists else lists
        for one in found:
            for item in one.findall(nodes.definition_list_item):
                if item.parent is one:
                    yield _item(item, str(path), numbers)
        if not found:
            yield from read_sections(document, path)
    except RecursionError as error:
        raise nested_too_deeply(path) from error


def _size(lists: Sequence[nodes.definition_list]) -> int:
    return sum(len(one.children) for one in lists)


def _parted(lines: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return lines with a blank one between the items of definition lists that are too long.

    Returns:
        The lines, and the number of each in the file.
    """
    made: list[str] = []
    numbers: list[int] = []
    ends = [n for n, line in enumerate(lines) if not line.strip()]
    for start, end in pairwise([-1, *ends, len(lines)]):
        is_long = end - start > MAX_BLOCK
        for place in range(start + 1, min(end + 1, len(lines))):
            below = lines[place + 1] if place + 1 < end else ""
            is_term = lines[place][:1].strip() and below[:1].isspace()
            if is_long and is_term and place > start + 1 and lines[place - 1][:1].isspace():
                made.append("")
                numbers.append(place + 1)
            made.append(lines[place])
            numbers.append(place + 1)
    return made, numbers


def _check_lines(lines: Sequence[str], numbers: Sequence[int], path: Path) -> None:
    block = 0
    for number, line in zip(numbers, lines, strict=True):
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


def _item(item: nodes.definition_list_item, file: str, numbers: Sequence[int]) -> Item:
    terms = [node for node in item.children if isinstance(node, nodes.term)]
    bodies = [node for node in item.children if isinstance(node, nodes.definition)]
    names = [name for name in map(rst.inline_words, terms) if name]
    line = next((term.get("line") or term.line for term in terms), None) or item.line or 1
    source = Source(file, numbers[min(line, len(numbers)) - 1])
    fields = [field for body in bodies for field in rst.pop_fields(body)]
    words = _LABEL.sub("", "\n\n".join(filter(None, map(rst.words_of, bodies))), count=1)
    links = tuple(link for body in bodies for link in rst.links_of(body))
    markdown = _LABEL.sub("", markdown_of_rst(bodies), count=1)
    details = with_markdown(NO_DETAILS, markdown)
    name, *others = names or [""]
    made = Record(name, words, source, tuple(others), see_also=links, details=details)
    return with_labels(with_labels_read(made), [label_of_field(*field) for field in fields])
