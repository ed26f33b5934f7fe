"""The commands that give entries phrases by which people ask for them."""

from __future__ import annotations

from typing import Annotated

import typer

from semsearch.cli import completion
from semsearch.cli.commands import AsJson, Index
from semsearch.cli.output import common, edits

app = typer.Typer()


@app.command()
def teach(
    question: Annotated[str, typer.Argument(help="As somebody asked it.")],
    term: Annotated[
        str,
        typer.Argument(
            help="Name or id of the entry that answers it.", autocompletion=completion.names
        ),
    ],
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Add a question to the phrases by which people ask for an entry, which it finds from now on."""
    from semsearch.core.settings import load_settings  # noqa: PLC0415 - loads pydantic
    from semsearch.ingest import Editor  # noqa: PLC0415 - loads numpy
    from semsearch.search.glossary import Glossary  # noqa: PLC0415
    from semsearch.text.phrases import name_said  # noqa: PLC0415

    folder = load_settings(index=index).index
    with Glossary.open(folder) as glossary:
        entry = glossary.entry(term)
        with Editor(folder, lend=glossary.lend) as editor:
            changed = editor.teach(entry.id, question)
    edits.edited("taught", changed, as_json=as_json)
    name = name_said(entry, question)
    if name is not None:
        common.remark(
            f"the question says {name!r}, by which {entry.id} is found anyway; phrases help those who do not know the name"
        )
