"""Reads lists of terms and definitions in marked-up text; a markup is a row of functions.

Consecutive terms share the next definition: the first is the term, the others are aliases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from semsearch.core.entries import Refusal, Source
from semsearch.importers.fields import listed_names, shorten
from semsearch.importers.records import Item, Record

MAX_LINE = 20_000
"""Most characters of a line that is searched for marks."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain text of a piece of markup, the entries it links to, and what it had no words for."""

    words: str
    links: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


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
    """Yield a record for each definition, and a refusal for each term without one.

    Args:
        lines: with their numbers.
        markup: how terms and definitions are written.
        file: for messages.
    """
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
    source = Source(file, entry.line)
    names = [" ".join(markup.plain(name).words.split()) for name in entry.names]
    definition = markup.plain("\n".join(entry.texts).strip("\n"))
    if not names[0] or not definition.words:
        return Refusal(source, f"no definition of {shorten(names[0])!r}" if names[0] else "no term")
    return Record(
        names[0],
        definition.words,
        source,
        tuple(filter(None, names[1:])),
        see_also=definition.links + listed_names(definition.words),
        key=entry.id,
        hint=entry.id,
        left_out=definition.left_out,
    )


def paragraphs(text: str, marks: str) -> str:
    """Join the wrapped lines of paragraphs; a line that begins with one of the marks is an item."""
    blocks: list[str] = []
    for block in text.split("\n\n"):
        lines: list[str] = []
        for line in filter(None, map(str.strip, block.split("\n"))):
            words = line.lstrip(marks)
            is_item = words != line and words[:1] in (" ", "\t")
            if is_item or not lines:
                lines.append(f"- {words.strip()}" if is_item else line)
            else:
                lines[-1] += f" {line}"
        blocks.append("\n".join(lines))
    return "\n\n".join(filter(None, blocks))
