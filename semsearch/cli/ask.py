"""The command `ask`: one question, or one a line of standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli.options import (
    AsJson,
    EmbeddingsApi,
    Index,
    InGlossary,
    InLanguage,
    Limit,
    MinConfidence,
    Model,
    Store,
    joined,
    open_glossary,
)
from semsearch.cli.output import common
from semsearch.core.errors import InvalidQuestion

if TYPE_CHECKING:
    from semsearch.core.answers import Answer

app = typer.Typer()


@app.command()
def ask(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="QUESTION", help="The question; - reads one question a line from stdin."
        ),
    ],
    index: Index = None,
    store: Store = None,
    limit: Limit = 5,
    glossary: InGlossary = None,
    lang: InLanguage = None,
    model: Model = None,
    _embeddings_api: EmbeddingsApi = None,
    min_confidence: MinConfidence = None,
    why: Annotated[
        bool, typer.Option("--why", help="Explain each hit; --json always does.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Print whole definitions, not six lines of each.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question with the closest-matching terms."""
    from semsearch.cli.output import answer as show_answer  # noqa: PLC0415 - loads numpy
    from semsearch.ranking.confidence import THRESHOLD  # noqa: PLC0415

    question = " ".join(words)
    threshold = THRESHOLD if min_confidence is None else min_confidence
    settings = joined(quiet=as_json, index=index, store=store, model=model)
    with open_glossary(settings) as opened:
        asked = partial(
            opened.ask, k=limit, glossary=glossary, language=lang, min_confidence=threshold
        )
        if question == "-":
            raise typer.Exit(_ask_lines(asked))
        answer = asked(question)
    show_answer.answer(answer, as_json=as_json, why=why, full=full)
    raise typer.Exit(int(answer.no_close_match))


def _ask_lines(ask: Callable[[str], Answer]) -> int:
    """Answer each line of standard input with one line of JSON; return 2 if a line was invalid."""
    from semsearch.cli.output import answer as show_answer  # noqa: PLC0415 - loads numpy

    code = 0
    for number, raw in enumerate(sys.stdin.buffer, 1):
        try:
            line = raw.decode("utf-8").strip()
            if line:
                show_answer.answer(ask(line), as_json=True)
        except (UnicodeDecodeError, InvalidQuestion) as error:
            reason = str(error) if isinstance(error, InvalidQuestion) else "the line is not UTF-8"
            common.failed_line(number, reason)
            code = 2
    return code
