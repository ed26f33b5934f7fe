"""The commands `keys create`, `keys list` and `keys revoke`, for editing and reading access."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli import completion
from semsearch.cli.options import AsJson, Index, Store, joined
from semsearch.cli.output import keys
from semsearch.core.errors import GlossaryNotFound, InvalidSetting

if TYPE_CHECKING:
    from pathlib import Path

    from semsearch.server.auth.key_store import KeyStore
    from semsearch.storage.files.layout import IndexLayout

app = typer.Typer(name="keys", help="Make, list and revoke access keys.", no_args_is_help=True)


@app.command()
def create(
    scope: Annotated[
        str, typer.Option("--scope", "-s", help="What it permits: search, edit or admin.")
    ] = "search",
    glossary: Annotated[
        list[str] | None,
        typer.Option(
            "--glossary",
            "-g",
            help="Restrict it to this glossary; may be given several times.",
            autocompletion=completion.glossaries,
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(help="When it expires: 30d, or a date (default: never)."),
    ] = None,
    name: Annotated[str, typer.Option(help="Its owner or purpose, to tell keys apart.")] = "",
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Create an access key and print it; it cannot be shown again."""
    from semsearch.server.auth.expiry import expiry  # noqa: PLC0415 - loads the library
    from semsearch.server.auth.keys import KeyScope, utc_now  # noqa: PLC0415

    if scope not in list(KeyScope):
        raise InvalidSetting(f"{scope!r} is no scope of a key; choose {', '.join(KeyScope)}")
    now = utc_now()
    until = expiry(expires, now) if expires is not None else None
    layout = _layout(index, store)
    wanted = glossary or []
    _check_glossaries(layout, wanted)
    key, secret = _store(layout).create(
        name=name, scope=KeyScope(scope), glossaries=wanted, expires=until, now=now
    )
    keys.created(key, secret, as_json=as_json)


@app.command(name="list")
def list_keys(index: Index = None, store: Store = None, as_json: AsJson = False) -> None:
    """List the access keys of an index by id; the keys themselves are not stored."""
    from semsearch.server.auth.keys import utc_now  # noqa: PLC0415 - loads the library

    keys.listed(_store(_layout(index, store)).all(), utc_now(), as_json=as_json)


@app.command()
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id that `list` shows.")],
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Revoke an access key, at once and for ever."""
    from semsearch.server.auth.keys import utc_now  # noqa: PLC0415 - loads the library

    keys.revoked(_store(_layout(index, store)).revoke(id_, now=utc_now()), as_json=as_json)


def _layout(index: Path | None, store: str | None) -> IndexLayout:
    """Return the layout of an existing index; a key for a mistyped folder would be useless."""
    from semsearch.index.manifest import current_generation  # noqa: PLC0415
    from semsearch.storage.files.layout import IndexLayout  # noqa: PLC0415

    layout = IndexLayout(joined(index=index, store=store).index)
    current_generation(layout)
    return layout


def _store(layout: IndexLayout) -> KeyStore:
    from semsearch.ingest.shared.local_copy import shared_database  # noqa: PLC0415 - loads numpy
    from semsearch.server.auth.key_store import KeyStore  # noqa: PLC0415 - loads the library

    return KeyStore(layout.keys, shared_database(layout))


def _check_glossaries(layout: IndexLayout, wanted: list[str]) -> None:
    """Raise if the index lacks one of the glossaries."""
    from semsearch.index.files.entry_table import EntryTable  # noqa: PLC0415
    from semsearch.index.manifest import current_generation  # noqa: PLC0415 - loads the library

    number, _ = current_generation(layout)
    with closing(EntryTable(layout.generation(number).entries)) as entry_table:
        known = entry_table.glossaries()
    for name in wanted:
        if name not in known:
            raise GlossaryNotFound.among(name, known)
