"""Reads lists of terms and definitions in marked-up text; a markup is a row of functions.

Consecutive terms share the next definition: the first is the term, the others are aliases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from semsearch.core.entries import NO_DETAILS, Source
from semsearch.importers.labelled_lines import label_of, with_labels_read
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.records import Item, Record, with_markdown

MAX_LINE = 20_000
"""Most characters of a line that is searched for marks."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain text of a piece of markup, its links to entries, and what it could not express."""

    words: str
    links: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    html: str = ""
    """The same with its structure, if that is read of the markup."""


@dataclass(frozen=True, slots=True)
class TermLine:
    """A line that begins an entry: its name, its id, and the beginning of the definition."""

    name: str
    text: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Markup:
    """How a markup writes a list of terms.

    `opens` parses a line that begins an entry. `continues` returns the text of a line that belongs
    to the definition above it, or None if the list ends; it gets the line, and whether a blank line
    precedes it. `plain` converts a definition or a name.
    """

    opens: Callable[[str], TermLine | None]
    continues: Callable[[str, bool], str | None]
    plain: Callable[[str], Plain]


@dataclass(slots=True)
class _Open:
    line: int = 0
    names: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    id: str = ""


def read_list(lines: Iterable[tuple[int, str]], markup: Markup, file: str) -> Iterator[Item]:
    """Yield a record for each definition, and for each term without one."""
    entry = _Open()
    after_blank = False
    for number, line in lines:
        opened = markup.opens(line) if len(line) <= MAX_LINE else None
        if opened is not None:
            if any(entry.texts):
                yield _item(entry, markup, file)
                entry = _Open()
            entry.line = entry.line or number
            entry.id = entry.id or opened.id
            entry.names.append(opened.name)
            entry.texts += [opened.text] if opened.text else []
        elif entry.names:
            text = "" if not line.strip() else markup.continues(line, after_blank)
            if text is None:
                yield _item(entry, markup, file)
                entry = _Open()
            else:
                entry.texts.append(text)
        after_blank = not line.strip()
    if entry.names:
        yield _item(entry, markup, file)


def _item(entry: _Open, markup: Markup, file: str) -> Item:
    names = [" ".join(markup.plain(name).words.split()) for name in entry.names]
    definition = markup.plain("\n".join(entry.texts).strip("\n"))
    made = Record(
        names[0],
        definition.words,
        Source(file, entry.line),
        tuple(filter(None, names[1:])),
        see_also=definition.links,
        key=entry.id,
        hint=entry.id,
        details=with_markdown(NO_DETAILS, markdown_of_html(definition.html)),
        left_out=definition.left_out,
    )
    return with_labels_read(made)


def paragraphs(text: str, marks: str, numbering: str) -> str:
    """Join the wrapped lines of paragraphs.

    A line that begins with one of the marks is an item, and one with a label keeps its line. Items
    whose last mark is one of `numbering` have numbers.
    """
    blocks: list[str] = []
    for block in text.split("\n\n"):
        lines: list[list[str]] = []  # the parts of each
        number = 0
        for line in filter(None, map(str.strip, block.split("\n"))):
            words = line.lstrip(marks + numbering)
            is_item = words != line and words[:1] in (" ", "\t")
            if is_item or not lines or label_of(line):
                is_numbered = is_item and line[len(line) - len(words) - 1] in numbering
                number = number + 1 if is_numbered else 0
                mark = f"{number}." if is_numbered else "-"
                lines.append([f"{mark} {words.strip()}" if is_item else line])
            else:
                lines[-1].append(line)
        blocks.append("\n".join(map(" ".join, lines)))
    return "\n\n".join(filter(None, blocks))
