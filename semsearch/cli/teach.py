"""The commands that give entries phrases by which people ask for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli import completion
from semsearch.cli.options import AsJson, Index, InGlossary, Store, joined
from semsearch.cli.output import common, edits
from semsearch.core.errors import InvalidSetting

if TYPE_CHECKING:
    from semsearch.core.entries import Entry
    from semsearch.ingest import Editor
    from semsearch.ingest.enrich import EnrichOptions, EnrichReport, EntriesWithoutPhrases
    from semsearch.models.chat import ChatServer
    from semsearch.search.glossary import Glossary

app = typer.Typer()


@app.command()
def teach(
    question: Annotated[
        str, typer.Argument(help="The question, in the words of whoever asked it.")
    ],
    term: Annotated[
        str,
        typer.Argument(
            help="Name or id of the entry that answers it.", autocompletion=completion.names
        ),
    ],
    index: Index = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Add a question as an asked-as phrase of an entry, so that it finds the entry."""
    from semsearch.ingest import Editor  # noqa: PLC0415 - loads numpy
    from semsearch.search.glossary import Glossary  # noqa: PLC0415
    from semsearch.text.name_in_phrase import name_said  # noqa: PLC0415

    folder = joined(index=index, store=store).index
    with Glossary.open(folder) as glossary:
        entry = glossary.entry(term)
        with Editor(folder, encoder_for=glossary.encoder_for) as editor:
            changed = editor.teach(entry.id, question)
    edits.edited("taught", changed, as_json=as_json)
    name = name_said(entry, question)
    if name is not None:
        common.remark(
            f"the question contains the name {name!r}, which already finds {entry.id}; "
            "phrases help people who do not know the name"
        )


@app.command()
def enrich(
    api: Annotated[
        str | None,
        typer.Option(
            help="Address of a chat server (Ollama, vLLM, ...): http://localhost:11434/v1."
        ),
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model of the server that writes.")] = None,
    apply: Annotated[
        Path | None, typer.Option(help="Store the accepted phrases of this review file.")
    ] = None,
    review: Annotated[Path, typer.Option(help="Review file; an existing one is continued.")] = Path(
        "phrases.review.jsonl"
    ),
    glossary: InGlossary = None,
    phrases: Annotated[int, typer.Option(min=1, max=64, help="Phrases wanted for each entry.")] = 8,
    at_once: Annotated[
        int, typer.Option(min=1, max=64, help="Requests under way at the same time.")
    ] = 4,
    limit: Annotated[int | None, typer.Option(min=1, help="Entries of this run at most.")] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that an answer may take.")] = 120,
    index: Index = None,
    store: Store = None,
) -> None:
    """Generate asked-as phrases with a language model into a review file; --apply stores them.

    The key of the server, if it needs one, is read from SEMSEARCH_CHAT_KEY. Nothing is stored
    before --apply, which takes the phrases that the file still accepts.
    """
    from semsearch.ingest import Editor  # noqa: PLC0415 - loads numpy
    from semsearch.ingest import enrich as enriching  # noqa: PLC0415
    from semsearch.models.chat import ChatServer  # noqa: PLC0415
    from semsearch.search.glossary import Glossary  # noqa: PLC0415

    if apply is not None and (api, model) != (None, None):
        raise InvalidSetting(
            "--apply stores what was written before, and asks no server; leave out --api and --model"
        )
    if apply is None and (api is None or model is None):
        raise InvalidSetting(
            "name a server with --api and a model with --model, or a review file with --apply"
        )
    settings = joined(index=index, store=store)
    key = settings.chat_key.get_secret_value() if settings.chat_key else None
    with (
        Glossary.open(settings.index) as opened,
        Editor(settings.index, encoder_for=opened.encoder_for) as editor,
    ):
        if apply is not None:
            _store(editor, apply)
        elif api is not None and model is not None:
            server = ChatServer(api, model, key, timeout)
            wanted = enriching.entries_without_phrases(editor, glossary)
            options = enriching.EnrichOptions(phrases, at_once, limit)
            _write(opened, wanted, server, review, options)


def _write(
    opened: Glossary,
    wanted: EntriesWithoutPhrases,
    server: ChatServer,
    file: Path,
    options: EnrichOptions,
) -> None:
    from semsearch.ingest.enrich import enrich as write_phrases  # noqa: PLC0415 - loads numpy

    def first_hit(question: str, within: str) -> Entry | None:
        hits = opened.ask(question, k=1, glossary=within).hits
        return hits[0].entry if hits else None

    with common.BuildProgress(quiet=False) as progress:
        made = write_phrases(wanted, server, first_hit, file, options, progress)
    _say_written(made, file)


def _say_written(made: EnrichReport, file: Path) -> None:
    for failed in made.failed:
        common.remark(failed)
    common.done(
        f"{_phrases(made.kept)} for {common.counted_entries(made.entries)} are in {file}, {made.refused:,} more are refused there"
    )
    if made.failed:
        common.done(f"{common.counted_entries(len(made.failed))} failed; run this again to go on")
    if made.kept:
        common.done(f"look through it, then run: semsearch enrich --apply {file}")


def _store(editor: Editor, file: Path) -> None:
    from semsearch.ingest.review import apply_review  # noqa: PLC0415 - loads numpy

    with common.BuildProgress(quiet=False) as progress:
        applied = apply_review(editor, file, progress)
    common.done(f"stored {_phrases(applied.phrases)} of {common.counted_entries(applied.entries)}")
    for missing in applied.missing:
        common.remark(f"there is no entry {missing!r} any more")
    if applied.left_out:
        common.remark(
            f"{applied.left_out:,} phrases are more than an entry can have, and were left out"
        )


def _phrases(count: int) -> str:
    return "1 phrase" if count == 1 else f"{count:,} phrases"
