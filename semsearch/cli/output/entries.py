"""Prints entries: a whole one, its related terms, and lists."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from semsearch.cli.output.common import SHOWN, append_status, one_line, print_json
from semsearch.cli.output.printable import printable

if TYPE_CHECKING:
    from semsearch.core.answers import Neighbour, Reference, Related, Span
    from semsearch.core.entries import Entry, Field, Version

_ENTRY_LINK = re.compile(r"\[([^\[\]]*)\]\(#[^()\s]*\)")
_BATCH = 500
"""Rows of a table that are laid out together."""

MENTIONS, USED_IN, SIMILAR = "Mentions", "Used in", "Similar meaning"
"""Displayed names of relations that are not authored."""
EXTRA_FIELDS = "Extra fields"
"""Heading of the fields that only the source of an entry has; they may have any name."""

COLUMNS: dict[str, Callable[[Entry], str]] = {
    "term": lambda entry: entry.term,
    "definition": lambda entry: entry.definition,
    "id": lambda entry: entry.id,
    "glossary": lambda entry: entry.glossary,
    "aliases": lambda entry: "; ".join(entry.aliases),
    "language": lambda entry: entry.language,
    "status": lambda entry: entry.details.status,
    "category": lambda entry: entry.details.category,
    "notation": lambda entry: entry.details.notation,
    "source": lambda entry: str(entry.source.public) if entry.source else "",
}
"""What `list` can show, by name."""


def whole(found: Related, last: Version | None, *, as_json: bool) -> None:
    """Print an entry with everything that is known of it.

    Args:
        found: the entry and its related terms.
        last: its last change, None if the index has no history.
        as_json: in the shape of `GET /v1/entries/{id}`.
    """
    entry = found.entry
    if as_json:
        from semsearch.server.serialize import stored_entry  # noqa: PLC0415 - loads pydantic

        print_json(stored_entry(entry, last.revision if last else None).decode())
        return
    from semsearch.web.display import language_name  # noqa: PLC0415 - loads numpy
    from semsearch.web.entry_view import (  # noqa: PLC0415
        authored,
        known_facts,
        mentioning,
        names,
        others,
    )

    console = _console()
    console.print(_headline(entry))
    also = [
        alias if tags == [entry.language] else f"{alias} ({', '.join(tags)})"
        for alias, tags in names(entry)
    ]
    if also:
        console.print(Text.assemble(("Also: ", "dim"), one_line(", ".join(also))))
    console.print(Padding(definition(entry), (1, 0)))
    details = entry.details
    _bullets(console, "Examples", details.examples)
    _bullets(console, "Sources", details.sources)
    _bullets(console, "People ask", details.asked_as)
    sections = {
        **authored(found),
        MENTIONS: others(found.mentions),
        SIMILAR: [near.entry for near in found.similar],
        USED_IN: mentioning(found),
    }
    rows = [
        *known_facts(entry),
        *((title, ", ".join(e.term for e in near)) for title, near in sections.items() if near),
        ("Language", language_name(entry.language)),
        *([("Source", str(entry.source.public))] if entry.source else []),
        *([("Changed", f"{last.at} by {last.who}, revision {last.revision}")] if last else []),
        ("Id", entry.id),
    ]
    _fields(console, rows)
    if details.extra:
        console.print(f"\n[bold]{EXTRA_FIELDS}[/]")
        _fields(console, details.extra)


def definition(entry: Entry) -> RenderableType:
    """Return a definition as it is written: with lists, code and emphasis, or in paragraphs."""
    if not entry.details.markdown:
        return Text(entry.definition)
    from rich.markdown import Markdown  # noqa: PLC0415 - not always used

    return Markdown(_ENTRY_LINK.sub(r"\1", entry.details.markdown), hyperlinks=False)


def _fields(console: Console, rows: Iterable[Field]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in rows:
        table.add_row(Text(one_line(name).plain, "dim"), one_line(value))
    console.print(table)


def _headline(entry: Entry) -> Text:
    term = Text(entry.term, "bold")
    if entry.details.status:
        term.append(f"  {one_line(entry.details.status)}", "yellow not bold")
    return term


def _bullets(console: Console, title: str, texts: Sequence[str]) -> None:
    if texts:
        console.print(f"[bold]{title}[/]")
        table = Table.grid(padding=(0, 1, 0, 0))
        for text in texts:
            table.add_row("-", one_line(text))
        console.print(table, "")


def listed(entries: Iterable[Entry], columns: Sequence[str], *, as_json: bool) -> int:
    """Print a line for each entry, and return how many there are.

    Args:
        entries: read while they are printed.
        columns: names in `COLUMNS`.
        as_json: an array, each entry in the shape of an answer's.
    """
    if as_json:
        return _listed_as_json(entries)
    console = _console()
    rest, count = iter(entries), 0
    while some := list(islice(rest, _BATCH)):
        if console.is_terminal:
            console.print(_table_of(some, columns, is_first=not count))
        else:
            sys.stdout.writelines(f"{_line_of(entry, columns)}\n" for entry in some)
        count += len(some)
    return count


def _listed_as_json(entries: Iterable[Entry]) -> int:
    from semsearch.server.serialize import to_json  # noqa: PLC0415 - loads pydantic

    count = 0
    for count, entry in enumerate(entries, 1):
        sys.stdout.write(("[" if count == 1 else ",\n") + to_json(entry).decode())
    print_json("]" if count else "[]")
    return count


def _table_of(entries: Sequence[Entry], columns: Sequence[str], *, is_first: bool) -> Table:
    """Return a table with a row of one line for each entry, as wide for each batch."""
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True, show_header=is_first)
    for name in columns:
        table.add_column(
            name.capitalize(),
            no_wrap=True,
            overflow="ellipsis",
            ratio=3 if name == "definition" else 1,
            style="bold" if name == "term" else "",
        )
    for entry in entries:
        table.add_row(*(one_line(COLUMNS[name](entry)) for name in columns))
    return table


def _line_of(entry: Entry, columns: Sequence[str]) -> str:
    """Return a line with tabs between its columns, for other programs."""
    return "\t".join(printable(one_line(COLUMNS[name](entry)).plain) for name in columns)


def _console() -> Console:
    return Console(highlight=False)


def related(found: Related, *, as_json: bool) -> None:
    """Print related terms."""
    if as_json:
        from semsearch.server.serialize import to_json  # noqa: PLC0415 - loads pydantic

        print_json(to_json(found).decode())
        return
    from semsearch.web.entry_view import RELATIONS, facts  # noqa: PLC0415 - only this command needs it

    console = _console()
    term = Text(found.entry.term, "bold")
    append_status(term, found.entry)
    console.print(term)
    for name, said in facts(found.entry):
        console.print(Text.assemble((f"{name}: ", "dim"), one_line(said)))
    definition = found.entry.definition
    inverse = [(r, r.entry.definition) for r in found.stated_by_others]
    references = [*((r, definition) for r in found.see_also), *inverse]
    for relation, title in RELATIONS.items():
        stated = [one for one in references if one[0].relation is relation]
        _references(f"{title} (by the author)", stated)
    _references(MENTIONS, [(r, definition) for r in found.mentions])
    _references(USED_IN, [(r, r.entry.definition) for r in found.used_in])
    if not found.similar:
        console.print("\nNo term has a similar meaning.")
        return
    console.print(f"\n[bold]{SIMILAR} (computed)[/]")
    table = Table("", "Entry", "Similarity", box=None, padding=(0, 2, 1, 0))
    for n in found.similar:
        text = one_line(n.entry.definition)
        text.stylize("underline", n.because.other_sentence.start, n.because.other_sentence.end)
        text.truncate(SHOWN, overflow="ellipsis")
        term = Text(n.entry.term, "bold")
        append_status(term, n.entry)
        body = Text("\n").join([term, text, _because(n)])
        table.add_row(str(n.rank), body, f"{n.similarity:z.2f}")
    console.print(table)


def _because(neighbour: Neighbour) -> Text:
    """Return the sentence that connects an entry to a similar one, and the shared words."""
    because = neighbour.because
    sentence = one_line(because.sentence.text)
    sentence.truncate(SHOWN // 2, overflow="ellipsis")
    words = f" ({', '.join(because.words)})" if because.words else ""
    return Text.assemble(("because: ", "dim"), sentence, (words, "cyan"))


_AROUND = 30
"""Characters printed before and after a name."""


def _references(heading: str, shown: list[tuple[Reference, str]]) -> None:
    """Print references, each with the words around the name in the referring text."""
    if not shown:
        return
    console = _console()
    console.print(f"\n[bold]{heading}[/]")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for reference, text in shown:
        table.add_row(Text(reference.entry.term), _context(reference.span, text))
    console.print(table)


def _context(span: Span | None, text: str) -> Text:
    if span is None:
        return Text("")
    line = one_line(text)
    start, end = max(0, span.start - _AROUND), min(len(text), span.end + _AROUND)
    if start:  # whole words, if there are blanks between them
        start = line.plain.find(" ", start, span.start) + 1 or start
    if end < len(text):
        end = max(line.plain.rfind(" ", span.end, end), span.end)
    piece = line[start:end]
    piece.stylize("underline", span.start - start, span.end - start)
    return Text("... " if start else "") + piece + Text(" ..." if end < len(text) else "")
