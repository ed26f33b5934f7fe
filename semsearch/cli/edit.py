"""The commands `add`, `change`, `delete`, `restore`, `history` and `publish`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semsearch.cli import completion
from semsearch.cli.detail_options import check_either, detail_options, text_or_stdin
from semsearch.cli.options import AsJson, Index, Store, joined
from semsearch.cli.output import common, edits
from semsearch.core.entries import Details
from semsearch.core.errors import EntryNotFound, InvalidSetting, PublishingUnderWay

if TYPE_CHECKING:
    from semsearch.ingest import Editor

app = typer.Typer()

_Id = Annotated[
    str,
    typer.Argument(metavar="ID", help="The id of the entry.", autocompletion=completion.ids),
]
_Expected = Annotated[
    int | None,
    typer.Option(help="Do nothing unless the entry has this revision; `history` shows it."),
]
_Aliases = Annotated[
    list[str] | None,
    typer.Option("--alias", "-a", help="Another name; may be given several times."),
]
_Links = Annotated[
    list[str] | None,
    typer.Option("--see-also", "-s", help="An entry it links to, by id or name; several times."),
]
_Language = Annotated[
    str | None, typer.Option(help="Language of the definition, such as en or pt-BR.")
]


@app.command()
@detail_options(removable=False)
def add(
    glossary: Annotated[
        str, typer.Argument(help="Its glossary.", autocompletion=completion.glossaries)
    ],
    term: Annotated[str, typer.Argument(help="The term to define.")],
    definition: Annotated[str, typer.Argument(help="Its definition; - reads it from stdin.")],
    id_: Annotated[
        str | None,
        typer.Option("--id", help="The id after the glossary (default: made from the term)."),
    ] = None,
    alias: _Aliases = None,
    see_also: _Links = None,
    language: _Language = None,
    *,
    details: dict[str, Any],
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Add an entry to an index."""
    from semsearch.ingest.drafts import Draft, new_id  # noqa: PLC0415 - loads the importers

    links = tuple(see_also or ())
    draft = Draft(
        term,
        text_or_stdin(definition),
        tuple(alias or ()),
        language or "en",
        links,
        Details.of(details),
    )
    with _editor(index, store) as editor:
        added = editor.add(glossary, draft, id_=id_)
        edits.edited("added", added, as_json=as_json)
        if id_ is None and added.id != (other := new_id(glossary, term)):
            common.remark(f"{other} has the same name; change that entry if you meant it")


@app.command()
@detail_options(removable=True)
def change(
    id_: _Id,
    term: Annotated[str | None, typer.Option(help="The new term.")] = None,
    definition: Annotated[
        str | None,
        typer.Option("--definition", "-d", help="The new definition; - reads it from stdin."),
    ] = None,
    alias: _Aliases = None,
    no_aliases: Annotated[bool, typer.Option("--no-aliases", help="Remove all aliases.")] = False,
    see_also: _Links = None,
    no_see_also: Annotated[bool, typer.Option("--no-see-also", help="Remove all links.")] = False,
    language: _Language = None,
    *,
    details: dict[str, Any],
    expected: _Expected = None,
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Change parts of an entry; parts that are not given stay."""
    aliases = _list(alias, none=no_aliases)
    links = _list(see_also, none=no_see_also)
    if (term, definition, aliases, links, language) == (None,) * 5 and not details:
        raise InvalidSetting("no change was given; `semsearch change --help` lists the options")
    with _editor(index, store) as editor:
        changed = editor.change(
            id_,
            term=term,
            definition=None if definition is None else text_or_stdin(definition),
            aliases=aliases,
            language=language,
            see_also=links,
            details=details,
            expected=expected,
        )
        edits.edited("changed", changed, as_json=as_json)


@app.command()
def delete(
    id_: _Id,
    expected: _Expected = None,
    into: Annotated[
        str | None,
        typer.Option(
            help="Entry of the same glossary that its address leads to from now on, by id."
        ),
    ] = None,
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Delete an entry; `restore` brings it back."""
    with _editor(index, store) as editor:
        deleted = editor.delete(id_, expected=expected, successor=into)
        edits.edited("deleted", deleted, as_json=as_json)


@app.command()
def history(id_: _Id, index: Index = None, store: Store = None, as_json: AsJson = False) -> None:
    """Show all versions of an entry: time, author and changes."""
    with _editor(index, store) as editor:
        edits.history(editor.history(id_), as_json=as_json)


@app.command()
def restore(
    id_: _Id,
    revision: Annotated[
        int | None, typer.Argument(help="A revision that `history` shows.", show_default=False)
    ] = None,
    expected: _Expected = None,
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Restore the state of an entry at a revision, also after it was deleted."""
    with _editor(index, store) as editor:
        if revision is None:
            had = [str(one.revision) for one in editor.history(id_) if one.entry is not None]
            raise InvalidSetting(
                f"no revision of {id_!r} was given, such as `semsearch restore {id_} {had[-1]}`; it "
                f"has versions of {', '.join(had)}, which `semsearch history {id_}` shows"
            )
        changed = editor.restore(id_, revision, expected=expected)
        edits.edited("restored", changed, as_json=as_json)


@app.command()
def publish(
    index: Index = None,
    store: Store = None,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="Exit code 75 when there is nothing to publish, or another process publishes.",
        ),
    ] = False,
    engine: Annotated[
        str | None,
        typer.Option(
            help="Publish with another nearest-neighbour engine: auto, flat, hnsw or pgvector "
            "(default: the present one)."
        ),
    ] = None,
) -> None:
    """Publish the edits since the last build as a new generation; questions and edits go on.

    Questions see every edit at once. Publishing makes them as fast again as before the edits, and
    derives links and mentions of changed entries. A server publishes by itself.
    """
    from semsearch.ingest.publish import NOTHING_DONE, publish_edits  # noqa: PLC0415 - loads numpy
    from semsearch.storage.files.layout import IndexLayout  # noqa: PLC0415

    layout = IndexLayout(joined(index=index, store=store).index)
    try:
        with common.BuildProgress(quiet=False) as progress:
            is_published = publish_edits(layout, progress, engine)
    except PublishingUnderWay:
        if exit_code:
            raise typer.Exit(NOTHING_DONE) from None
        raise
    common.done("published all edits" if is_published else "there was nothing to publish")
    if exit_code and not is_published:
        raise typer.Exit(NOTHING_DONE)


@contextmanager
def _editor(index: Path | None, store: str | None) -> Iterator[Editor]:
    """Open the index for edits; a message about an unknown id says how to find an id."""
    from semsearch.ingest import Editor  # noqa: PLC0415 - loads numpy

    with Editor(joined(index=index, store=store).index) as editor:
        try:
            yield editor
        except EntryNotFound as error:
            message = str(error)
            if "; " not in message:
                message += "; `semsearch ask` finds entries, and `semsearch show NAME` tells the id"
            raise EntryNotFound(message) from error


def _list(given: list[str] | None, *, none: bool) -> list[str] | None:
    """Return the given names, an empty list to remove all, or None to leave them."""
    if none:
        check_either(given)
        return []
    return given or None
