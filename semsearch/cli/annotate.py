"""The command `annotate`: explains terms in the pages of a documentation site."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli import completion
from semsearch.cli.options import AsJson, Index, Store, joined
from semsearch.cli.output import common
from semsearch.core.errors import InvalidSetting

app = typer.Typer()

_SHOWN = 10
"""Most terms that are printed, those of most pages."""


@app.command()
def annotate(
    site: Annotated[
        Path,
        typer.Argument(help="The folder of finished HTML pages, or of static files (--data-only)."),
    ],
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders or NAME=PATH of the glossary (default: that of the index).",
            show_default=False,
        ),
    ] = None,
    glossary: Annotated[
        str | None,
        typer.Option(
            "--glossary",
            "-g",
            help="Its name, where there are several.",
            autocompletion=completion.glossaries,
        ),
    ] = None,
    address: Annotated[
        str, typer.Option(help="Base URL of a service, to whose pages terms link.")
    ] = "",
    data_only: Annotated[
        bool,
        typer.Option(
            "--data-only",
            help="Mark no page; write what the remark plugin reads into a folder of static files.",
        ),
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take all marks out again.")] = False,
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Explain the first occurrence of each term in each page of a documentation site."""
    from semsearch.doc_sites import annotate as annotating  # noqa: PLC0415 - loads lxml
    from semsearch.doc_sites.entries import entries_of  # noqa: PLC0415

    if not site.is_dir():
        raise InvalidSetting(f"{site} is no folder; name the folder of a finished site")
    if remove and data_only:
        raise InvalidSetting("--remove takes out what --data-only writes; give one of them")
    if remove:
        removed = annotating.remove(site)
        if as_json:
            common.print_json(json.dumps(asdict(removed)))
            return
        _skipped(removed.skipped)
        common.done(f"took the marks out of {common.counted_files(removed.pages)}")
        return
    entries = entries_of(paths or [], glossary, joined(index=index, store=store).index)
    if data_only:
        if address:
            raise InvalidSetting("--address goes to the plugin, since --data-only marks no page")
        written = annotating.write_data(site, entries)
        if as_json:
            common.print_json(json.dumps(asdict(written)))
        else:
            common.done(f"wrote {common.counted_entries(written.terms)} to {written.folder}")
        return
    with common.BuildProgress(quiet=as_json) as progress:
        done = annotating.annotate(site, entries, address=address, progress=progress)
    if as_json:
        common.print_json(json.dumps(asdict(done)))
        return
    _skipped(done.skipped)
    for id_, pages in list(done.terms.items())[:_SHOWN]:
        common.done(f"{pages:>6,}  {id_}")
    common.done(
        f"{len(done.terms):,} of {common.counted_entries(len(entries))} are explained in "
        f"{done.marked:,} of {common.counted_files(done.pages)}"
    )


def _skipped(pages: Sequence[str]) -> None:
    for one in pages:
        common.done(f"skipped {one}")
