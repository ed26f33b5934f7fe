"""The command `picture`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli.options import Index, InGlossary, Store, joined, open_glossary
from semsearch.cli.output import common
from semsearch.core.errors import InvalidSetting

app = typer.Typer()


@app.command()
def picture(
    question: Annotated[str, typer.Argument(help="A question to place among the terms.")],
    index: Index = None,
    store: Store = None,
    glossary: InGlossary = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the SVG.")] = Path(
        "embedding.svg"
    ),
) -> None:
    """Draw a question and the 200 nearest entries as points: similar ones are near each other."""
    from semsearch.search.picture import draw  # noqa: PLC0415

    if output.suffix.lower() != ".svg":
        raise InvalidSetting(f"the picture is an SVG; {output} should end in .svg")
    with open_glossary(joined(index=index, store=store)) as opened:
        svg = draw(opened, question, name=glossary)
    common.write_text(output, svg)
    common.done(f"wrote {output}")
