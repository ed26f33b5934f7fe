"""The command `export`: writes a glossary in an interchange format, or all as a static site."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli import completion
from semsearch.cli.options import Index, Store, joined, open_glossary
from semsearch.cli.output import common
from semsearch.core.errors import InvalidSetting

if TYPE_CHECKING:
    from semsearch.exporters import GlossaryExport
    from semsearch.search.glossary import Glossary

app = typer.Typer()

SITE = "site"
_USUAL = "jsonl"


@app.command()
def export(
    glossary: Annotated[
        str | None,
        typer.Argument(
            help="Its name (default: the only one).",
            show_default=False,
            autocompletion=completion.glossaries,
        ),
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="Format, or site for all glossaries as pages "
            "(default: by the suffix of --output, else jsonl).",
            autocompletion=completion.targets,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="File, or folder for several files (default: the terminal).",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Write the fields of each entry that the format cannot hold into a file, as "
            "JSON Lines."
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            help="Base of the IRIs of entries without one, such as https://example.org/terms# "
            "(default: their pages)."
        ),
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(help="Base URL that identifies entries (default: SEMSEARCH_PUBLIC_URL)."),
    ] = None,
    index: Index = None,
    store: Store = None,
) -> None:
    """Write a glossary in an interchange format; `semsearch formats` lists them."""
    settings = joined(index=index, store=store, public_url=public_url)
    with open_glossary(settings) as opened:
        if format_ == SITE:
            _site(opened, glossary, output, settings.base_url)
            return
        export_ = opened.export(
            glossary or _only(opened),
            format_ or _by_suffix(output),
            address=settings.base_url or None,
            base=_checked(base),
        )
        _write(export_, output)
        _report_losses(export_, report)


def _checked(base: str | None) -> str | None:
    from semsearch.importers.iris import is_iri  # noqa: PLC0415

    if base is not None and not (is_iri(base) and base.endswith(("/", "#", ":"))):
        raise InvalidSetting(
            f"{base!r} is no base of IRIs; write it as https://example.org/terms#, with / or # at "
            "the end"
        )
    return base


def _only(opened: Glossary) -> str:
    """Return the name of the only glossary."""
    names = [info.name for info in opened.info().glossaries]
    if len(names) != 1:
        raise InvalidSetting(
            f"the index has {len(names)} glossaries; name one of {', '.join(names)}"
        )
    return names[0]


def _by_suffix(output: Path | None) -> str:
    from semsearch.exporters import TARGETS  # noqa: PLC0415 - only this command needs it

    if output is None or output.is_dir() or not output.suffix:
        return _USUAL
    by_suffix = {one.suffix: name for name, one in TARGETS.items()}
    if (suffix := output.suffix.lower()) not in by_suffix:
        raise InvalidSetting(f"no format is written as {suffix}; name one with --format")
    return by_suffix[suffix]


def _write(export_: GlossaryExport, output: Path | None) -> None:
    from semsearch.exporters.export import write_whole  # noqa: PLC0415

    if output is None:
        if export_.target.is_several:
            raise InvalidSetting(
                f"{export_.target.name} is several files; name a folder with --output"
            )
        for piece in export_.content():
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    if export_.target.is_several and output.suffix.lower() == export_.target.suffix:
        raise InvalidSetting(
            f"{export_.target.name} is several files; name their folder, not {output.name}"
        )
    try:
        if export_.target.is_several:
            files = export_.save(output)
        else:
            file = output / export_.name if output.is_dir() else output
            files = [write_whole(file, export_.content())]
    except OSError as error:
        raise InvalidSetting(f"cannot write {output}: {error.strerror}") from error
    common.done(f"wrote {', '.join(map(str, files))}")


def _report_losses(export_: GlossaryExport, report: Path | None) -> None:
    """Report the fields that the format cannot hold."""
    losses = list(export_.losses())
    if report is not None:
        lines = (json.dumps({"id": one.id, "lost": one.parts}) for one in losses)
        common.write_text(report, "".join(f"{line}\n" for line in lines))
    counts = Counter(part for one in losses for part in one.parts)
    if counts:
        fields = ", ".join(f"{part} of {count:,}" for part, count in counts.most_common())
        see = "" if report else "; --report FILE lists them by entry"
        common.remark(f"{export_.target.name} cannot hold exactly: {fields} entries{see}")


def _site(opened: Glossary, glossary: str | None, output: Path | None, address: str) -> None:
    from semsearch.server.static_site import write_site  # noqa: PLC0415 - loads the templates

    if glossary is not None:
        raise InvalidSetting(
            f"a site shows all glossaries of the index; leave out {glossary!r}, or build an index "
            "of this glossary alone"
        )
    if output is None:
        raise InvalidSetting("a site is many files; name a folder with --output")
    with common.BuildProgress(quiet=False) as progress:
        written = write_site(opened, output, url=address, progress=progress)
    common.done(f"wrote {written.files:,} files of {written.entries:,} entries to {output}")
    if written.lacking:
        common.remark(f"the site finds names only and has no search by meaning, {written.lacking}")
