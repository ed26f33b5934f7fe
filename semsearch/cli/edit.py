"""The commands `add`, `change`, `delete`, `restore`, `history` and `publish`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semsearch.cli import completion
from semsearch.cli.options import AsJson, Index
from semsearch.cli.output import common, edits
from semsearch.core.entries import DETAILS, EXTRA, MARKDOWN, NO_DETAILS, Details
from semsearch.core.errors import InvalidEntry, InvalidSetting, PublishingUnderWay

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
_Category = Annotated[str | None, typer.Option(help="Its category, as its author named it.")]
_Notation = Annotated[str | None, typer.Option(help="Its code in a classification.")]
_Status = Annotated[str | None, typer.Option(help="Its status, such as deprecated.")]
_Iri = Annotated[str | None, typer.Option(help="The IRI of its concept.")]
_Examples = Annotated[
    list[str] | None, typer.Option("--example", help="An example of its use; several times.")
]
_Sources = Annotated[
    list[str] | None,
    typer.Option("--source", help="Where the definition comes from; several times."),
]
_Broader = Annotated[
    list[str] | None,
    typer.Option(help="An entry of wider meaning, by id or name; several times."),
]
_Narrower = Annotated[
    list[str] | None,
    typer.Option(help="An entry of narrower meaning, by id or name; several times."),
]
_Related = Annotated[
    list[str] | None, typer.Option(help="A related entry, by id or name; several times.")
]
_HiddenLabels = Annotated[
    list[str] | None,
    typer.Option("--hidden-label", help="A name that finds it and is not shown; several times."),
]
_NameLanguages = Annotated[
    list[str] | None,
    typer.Option(
        "--name-language",
        help="The language of a name that differs from the definition's, as Teig@de; several "
        "times.",
    ),
]
_AskedAs = Annotated[
    list[str] | None,
    typer.Option("--asked-as", help="A phrase by which people ask for it; several times."),
]
_Markdown = Annotated[
    str | None,
    typer.Option(help="The definition in Markdown; - reads it from stdin."),
]
_Extra = Annotated[
    list[str] | None,
    typer.Option("--extra", help="Another field, such as Owner=Jane; several times."),
]

_OPTIONS = {
    "examples": "example",
    "sources": "source",
    "hidden_labels": "hidden_label",
    "name_languages": "name_language",
}
"""The parameters of details that are stated one at a time; others have the name of the detail.
`add` and `change` read all of them from the context, by the table `DETAILS`."""


@app.command()
def add(
    context: typer.Context,
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
    category: _Category = None,
    notation: _Notation = None,
    status: _Status = None,
    iri: _Iri = None,
    example: _Examples = None,
    source: _Sources = None,
    broader: _Broader = None,
    narrower: _Narrower = None,
    related: _Related = None,
    hidden_label: _HiddenLabels = None,
    name_language: _NameLanguages = None,
    asked_as: _AskedAs = None,
    markdown: _Markdown = None,
    extra: _Extra = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Add an entry to an index."""
    from semsearch.ingest.drafts import Draft, new_id  # noqa: PLC0415 - loads the importers

    details = Details.of(_stated(context))
    links = tuple(see_also or ())
    draft = Draft(term, _text(definition), tuple(alias or ()), language or "en", links, details)
    with _editor(index) as editor:
        added = editor.add(glossary, draft, id_=id_)
        edits.edited("added", added, as_json=as_json)
        if id_ is None and added.id != (other := new_id(glossary, term)):
            common.remark(f"{other} has the same name; change that entry if you meant it")


@app.command()
def change(
    context: typer.Context,
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
    category: _Category = None,
    no_category: Annotated[bool, typer.Option("--no-category", help="Remove it.")] = False,
    notation: _Notation = None,
    no_notation: Annotated[bool, typer.Option("--no-notation", help="Remove it.")] = False,
    status: _Status = None,
    no_status: Annotated[bool, typer.Option("--no-status", help="Remove it.")] = False,
    iri: _Iri = None,
    no_iri: Annotated[bool, typer.Option("--no-iri", help="Remove it.")] = False,
    example: _Examples = None,
    no_examples: Annotated[bool, typer.Option("--no-examples", help="Remove all.")] = False,
    source: _Sources = None,
    no_sources: Annotated[bool, typer.Option("--no-sources", help="Remove all.")] = False,
    broader: _Broader = None,
    no_broader: Annotated[bool, typer.Option("--no-broader", help="Remove all.")] = False,
    narrower: _Narrower = None,
    no_narrower: Annotated[bool, typer.Option("--no-narrower", help="Remove all.")] = False,
    related: _Related = None,
    no_related: Annotated[bool, typer.Option("--no-related", help="Remove all.")] = False,
    hidden_label: _HiddenLabels = None,
    no_hidden_labels: Annotated[
        bool, typer.Option("--no-hidden-labels", help="Remove all.")
    ] = False,
    name_language: _NameLanguages = None,
    no_name_languages: Annotated[
        bool, typer.Option("--no-name-languages", help="Remove all.")
    ] = False,
    asked_as: _AskedAs = None,
    no_asked_as: Annotated[bool, typer.Option("--no-asked-as", help="Remove all.")] = False,
    markdown: _Markdown = None,
    no_markdown: Annotated[bool, typer.Option("--no-markdown", help="Remove it.")] = False,
    extra: Annotated[
        list[str] | None,
        typer.Option(
            "--extra", help="Another field, such as Owner=Jane; Owner= removes it; several times."
        ),
    ] = None,
    no_extra: Annotated[bool, typer.Option("--no-extra", help="Remove all.")] = False,
    expected: _Expected = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Change parts of an entry; parts that are not given stay."""
    aliases = _list(alias, none=no_aliases)
    links = _list(see_also, none=no_see_also)
    details = _stated(context)
    if (term, definition, aliases, links, language) == (None,) * 5 and not details:
        raise InvalidSetting("no change was given; `semsearch change --help` lists the options")
    with _editor(index) as editor:
        changed = editor.change(
            id_,
            term=term,
            definition=None if definition is None else _text(definition),
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
    as_json: AsJson = False,
) -> None:
    """Delete an entry; `restore` brings it back."""
    with _editor(index) as editor:
        deleted = editor.delete(id_, expected=expected, successor=into)
        edits.edited("deleted", deleted, as_json=as_json)


@app.command()
def history(id_: _Id, index: Index = None, as_json: AsJson = False) -> None:
    """Show all versions of an entry: time, author and changes."""
    with _editor(index) as editor:
        edits.history(editor.history(id_), as_json=as_json)


@app.command()
def restore(
    id_: _Id,
    revision: Annotated[int, typer.Argument(help="A revision that `history` shows.")],
    expected: _Expected = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Restore the state of an entry at a revision, also after it was deleted."""
    with _editor(index) as editor:
        changed = editor.restore(id_, revision, expected=expected)
        edits.edited("restored", changed, as_json=as_json)


@app.command()
def publish(
    index: Index = None,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="Exit code 75 when there is nothing to publish, or another process publishes.",
        ),
    ] = False,
) -> None:
    """Publish the edits since the last build as a new generation; questions and edits go on.

    Questions see every edit at once. Publishing makes them as fast again as before the edits, and
    derives links and mentions of changed entries. A server publishes by itself.
    """
    from semsearch.core.settings import load_settings  # noqa: PLC0415 - loads pydantic
    from semsearch.ingest.publish import NOTHING_DONE, publish_edits  # noqa: PLC0415 - loads numpy
    from semsearch.storage.layout import IndexLayout  # noqa: PLC0415

    layout = IndexLayout(Path(load_settings(index=index).index))
    try:
        with common.BuildProgress(quiet=False) as progress:
            is_published = publish_edits(layout, progress)
    except PublishingUnderWay:
        if exit_code:
            raise typer.Exit(NOTHING_DONE) from None
        raise
    common.done("published all edits" if is_published else "there was nothing to publish")
    if exit_code and not is_published:
        raise typer.Exit(NOTHING_DONE)


def _editor(index: object) -> Editor:
    from semsearch.core.settings import load_settings  # noqa: PLC0415 - loads pydantic
    from semsearch.ingest import Editor  # noqa: PLC0415 - loads numpy

    return Editor(load_settings(index=index).index)


def _stated(context: typer.Context) -> dict[str, Any]:
    """Return the details that the options of a command state, by name; removed ones are empty."""
    stated: dict[str, Any] = {}
    for name in DETAILS:
        given = context.params[_OPTIONS.get(name, name)]
        if context.params.get(f"no_{name}"):
            _check_either(given)
            stated[name] = getattr(NO_DETAILS, name)
        elif name == EXTRA and given:
            stated[name] = _fields(given)
        elif isinstance(given, str):
            stated[name] = _text(given) if name == MARKDOWN else given
        elif given:
            stated[name] = tuple(given)
    return stated


def _list(given: list[str] | None, *, none: bool) -> list[str] | None:
    """Return the given names, an empty list to remove all, or None to leave them."""
    if none:
        _check_either(given)
        return []
    return given or None


def _check_either(given: str | Iterable[str] | None) -> None:
    """Refuse a value beside the option that removes it."""
    if given:
        shown = given if isinstance(given, str) else ", ".join(given)
        raise InvalidSetting(f"{shown!r} was given, and its removal too; choose one")


def _fields(given: Iterable[str]) -> dict[str, str]:
    """Parse `Owner=Jane`, each."""
    parts = [one.partition("=") for one in given]
    for name, equals, _ in parts:
        if not equals or not name.strip():
            raise InvalidSetting(f"{name!r} is not NAME=TEXT, such as Owner=Jane")
    return {name.strip(): text.strip() for name, _, text in parts}


def _text(given: str) -> str:
    """Return a text, or read it from standard input for `-`."""
    if given != "-":
        return given
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidEntry("the definition on standard input is not UTF-8") from error
