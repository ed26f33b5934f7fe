"""The commands `show`, `related`, `list` and `random`: reading a glossary without a question."""

from __future__ import annotations

from collections.abc import Iterator
from random import choices
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli import completion
from semsearch.cli.options import AsJson, Index, InGlossary, Limit, Store, joined, open_glossary
from semsearch.cli.output import common, entries
from semsearch.core.errors import EntryNotFound, InvalidSetting
from semsearch.core.near_names import near_or_known

if TYPE_CHECKING:
    from pathlib import Path

    from semsearch.core.entries import Entry, Version
    from semsearch.search.browse import Alphabet
    from semsearch.search.glossary import Glossary

app = typer.Typer()

Name = Annotated[
    str, typer.Argument(help="A term, alias, acronym or id.", autocompletion=completion.names)
]
Wanted = Annotated[
    str | None,
    typer.Option("--glossary", "-g", help="Its glossary.", autocompletion=completion.glossaries),
]


@app.command()
def show(
    name: Name,
    glossary: Wanted = None,
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show an entry with everything that is known of it."""
    settings = joined(index=index, store=store)
    with open_glossary(settings) as opened:
        entry = entry_named(opened, name, glossary)
        entries.whole(opened.related(entry.id), _last(settings.index, entry), as_json=as_json)


@app.command()
def random(
    glossary: InGlossary = None, index: Index = None, store: Store = None, as_json: AsJson = False
) -> None:
    """Show any entry, to look around."""
    settings = joined(index=index, store=store)
    with open_glossary(settings) as opened:
        alphabets = _alphabets(opened, glossary)
        sizes = [one.entries for one in opened.info().glossaries if one.name in alphabets]
        if not sum(sizes):
            raise EntryNotFound("there is no entry yet; `semsearch add` or `build` adds some")
        (alphabet,) = choices(list(alphabets.values()), sizes)  # noqa: S311 - nothing secret
        entry = alphabet.random()
        entries.whole(opened.related(entry.id), _last(settings.index, entry), as_json=as_json)


@app.command()
def related(
    name: Name,
    glossary: Wanted = None,
    index: Index = None,
    store: Store = None,
    limit: Limit = 5,
    as_json: AsJson = False,
) -> None:
    """Show the links of a term, and terms of similar meaning."""
    with open_glossary(joined(index=index, store=store)) as opened:
        entry = entry_named(opened, name, glossary)
        entries.related(opened.related(entry.id, k=limit), as_json=as_json)


@app.command("list")
def list_(
    glossary: Annotated[
        str | None,
        typer.Argument(help="Its name (default: all).", autocompletion=completion.glossaries),
    ] = None,
    filter_: Annotated[
        str, typer.Option("--filter", "-f", help="Only terms that contain this text.")
    ] = "",
    columns: Annotated[
        str,
        typer.Option(help=f"What to show, separated by commas: {', '.join(entries.COLUMNS)}."),
    ] = "term,definition",
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """List entries from A to Z: a table on a terminal, elsewhere lines with tabs."""
    wanted = [name.strip() for name in columns.split(",")]
    for name in wanted:
        if name not in entries.COLUMNS:
            near = near_or_known(name, entries.COLUMNS)
            raise InvalidSetting(f"--columns: there is no column {name!r}{near}")
    with open_glossary(joined(index=index, store=store)) as opened:
        found = (
            entry
            for alphabet in _alphabets(opened, glossary).values()
            for entry in _filtered(alphabet, filter_)
        )
        count = entries.listed(found, wanted, as_json=as_json)
    if not count and not as_json:
        common.remark(f"no term contains {filter_!r}" if filter_ else "there is no entry yet")


def entry_named(opened: Glossary, name: str, glossary: str | None) -> Entry:
    """Return the entry that a user named, and say on standard error if others have its name.

    Args:
        opened: where to look.
        name: an id, term, alias or acronym.
        glossary: where alone to look, or None.

    Raises:
        EntryNotFound, GlossaryNotFound: there is none.
    """
    if glossary is not None:
        opened.alphabet(glossary)  # raises if there is none
    found = opened.homonyms(name, [glossary] if glossary else ())
    if len(found) > 1:
        others = ", ".join(entry.id for entry in found[1:])
        common.remark(
            f"{len(found)} entries are called {name!r}; this is {found[0].id}, and there is {others}"
        )
    return found[0]


def _last(index: Path, entry: Entry) -> Version | None:
    """Return the last change of an entry, None if the index has no history."""
    from semsearch.ingest import Editor  # noqa: PLC0415 - loads the importers

    with Editor(index) as editor:
        return editor.history(entry.id)[-1] if editor.has_store else None


def _alphabets(opened: Glossary, glossary: str | None) -> dict[str, Alphabet]:
    names = [glossary] if glossary else [one.name for one in opened.info().glossaries]
    return {name: opened.alphabet(name) for name in names}


def _filtered(alphabet: Alphabet, text: str) -> Iterator[Entry]:
    if not text:
        return alphabet.everything()
    places = alphabet.places()
    return iter(alphabet.containing(places, text, len(places)))
