"""The commands `build`, `ask`, `info`, `evaluate`, `calibrate` and `picture`.

Each reads its arguments, calls the library once, and prints the result.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli import build_options, completion
from semsearch.cli.embeddings_api import use_embeddings_api
from semsearch.cli.output import build as show_build
from semsearch.cli.output import common, evaluation
from semsearch.cli.usage_errors import CommandGroup
from semsearch.core.errors import InvalidQuestion, InvalidSetting
from semsearch.core.version import __version__

if TYPE_CHECKING:
    from semsearch.core.answers import Answer
    from semsearch.core.settings import Settings
    from semsearch.search.glossary import Glossary

app = typer.Typer(
    name="semsearch",
    cls=CommandGroup,
    help="Ask a glossary in plain language and get the closest-matching terms.",
    epilog="Exit codes: 0 done, 1 no close match or findings, 2 bad input, 3 index trouble, "
    "4 encoder trouble, 5 trouble with a followed service, 70 a bug.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Index = Annotated[
    Path | None,
    typer.Option("--index", "-i", help="Index folder (default: SEMSEARCH_INDEX or index)."),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        help="Encoder: default, base, accurate, a local folder, a hub id, or api:NAME of an "
        "embeddings server (default: semsearch-definitions-v3).",
    ),
]
EmbeddingsApi = Annotated[
    str | None,
    typer.Option(
        "--embeddings-api",
        help="Address of the embeddings server of --model api:NAME "
        "(default: SEMSEARCH_EMBEDDINGS_API).",
        callback=use_embeddings_api,
    ),
]
Limit = Annotated[int, typer.Option("--limit", "-n", help="How many to show, 1 to 100.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
MinConfidence = Annotated[
    float | None,
    typer.Option(help="Confidence, 0 to 1, needed for a close match (default: 0.3)."),
]
InGlossary = Annotated[
    str | None,
    typer.Option(
        "--glossary", "-g", help="Ask only this glossary.", autocompletion=completion.glossaries
    ),
]
InLanguage = Annotated[
    str | None,
    typer.Option(
        "--lang",
        "-l",
        help="Ask only entries defined or named in this language; de includes de-AT.",
        autocompletion=completion.languages,
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"semsearch {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Ask a glossary in plain language and get the closest-matching terms."""


@app.command()
def build(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders or NAME=PATH; - is standard input (default: corpus).",
            show_default=False,
        ),
    ] = None,
    index: Index = None,
    model: Model = None,
    _embeddings_api: EmbeddingsApi = None,
    reranker: Annotated[
        str | None,
        typer.Option(
            "--reranker",
            "-r",
            help="CrossEncoder that reorders hits: a local folder or a hub id (default: none).",
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(help="Nearest-neighbour engine: auto, flat or hnsw (default: auto)."),
    ] = None,
    columns: build_options.Columns = None,
    format_: build_options.Format = None,
    lang: build_options.Language = None,
    follow_links: build_options.FollowLinks = False,
    strict: Annotated[bool, typer.Option(help="Stop if a record or a file is not read.")] = False,
    dry_run: build_options.DryRun = False,
    record_report: build_options.Report = None,
    overwrite_edits: Annotated[
        bool,
        typer.Option("--overwrite-edits", help="Overwrite live edits with the corpus."),
    ] = False,
    source_url: build_options.SourceUrl = None,
    as_json: AsJson = False,
) -> None:
    """Read glossaries and update the index."""
    from semsearch.ingest.corpus_build import build as build_now  # noqa: PLC0415 - loads numpy
    from semsearch.models.registry import DEFAULT_MODEL  # noqa: PLC0415

    options = build_options.corpus_options(columns, format_, lang, follow_links=follow_links)
    settings = settings_of(index=index, model=model, reranker=reranker, engine=engine)
    with (
        build_options.with_standard_input(paths or ["corpus"], format_) as named,
        common.BuildProgress(quiet=as_json) as progress,
    ):
        if dry_run:
            build_options.dry_run(
                named, options, record_report, progress, strict=strict, as_json=as_json
            )
            return
        report = build_now(
            named,
            settings.index,
            model=settings.model or DEFAULT_MODEL,
            reranker=settings.reranker,
            engine=settings.engine,
            **options,
            record_report=record_report,
            strict=strict,
            overwrite_edits=overwrite_edits,
            source_url=source_url,
            progress=progress,
        )
    show_build.build_report(report, settings.index, as_json=as_json)


@app.command()
def ask(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="QUESTION", help="The question; - reads one question a line from stdin."
        ),
    ],
    index: Index = None,
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
    with open_glossary(settings_of(index=index, model=model)) as opened:
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


@app.command()
def info(index: Index = None, as_json: AsJson = False) -> None:
    """Show what the index contains and how it was built."""
    settings = settings_of(index=index)
    with open_glossary(settings) as opened:
        common.info(opened.info(), named_model=settings.model, as_json=as_json)


@app.command()
def evaluate(
    questions: Annotated[list[Path], typer.Argument(help="Files of judged questions (JSONL).")],
    index: Index = None,
    half: Annotated[
        str, typer.Option(help="Ask only the tuning or the reporting half of the questions.")
    ] = "all",
    ablations: Annotated[
        bool, typer.Option("--ablations", help="Also ask without each part of the score.")
    ] = False,
    compare: Annotated[
        Path | None, typer.Option(help="Compare with an earlier result of --json.")
    ] = None,
    fail_on_drop: Annotated[
        bool, typer.Option("--fail-on-drop", help="With --compare: exit code 1 when p < .05.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with plots and all failed questions.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the quality of answers with judged questions."""
    from semsearch.quality.evaluation.judgements import half_named, read_judgements  # noqa: PLC0415
    from semsearch.quality.evaluation.report import ask_all, summarise  # noqa: PLC0415
    from semsearch.quality.evaluation.report_html import to_html  # noqa: PLC0415
    from semsearch.quality.evaluation.results_json import read_results, to_json  # noqa: PLC0415

    if fail_on_drop and compare is None:
        raise InvalidSetting("--fail-on-drop needs --compare FILE, the result to compare with")
    wanted = half_named(half)
    judgements = read_judgements(*questions)
    before = read_results(compare) if compare else None
    with open_glossary(settings_of(index=index)) as opened:
        asked = ask_all(opened, judgements, half=wanted, ablations=ablations)
    found = summarise([asked], half=wanted, before=before)
    if html is not None:
        common.write_text(html, to_html(found))
    if as_json:
        common.print_json(to_json(found))
    else:
        evaluation.report(found, page=html)
    raise typer.Exit(int(fail_on_drop and found.is_drop))


@app.command()
def calibrate(
    questions: Annotated[
        list[Path] | None,
        typer.Argument(help="Files of judged questions (JSONL).", show_default=False),
    ] = None,
    index: Index = None,
    force: Annotated[
        bool, typer.Option("--force", help="Store it even if confidence does not improve.")
    ] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Remove the calibration; needs no questions.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Rescale the confidence to fit judged questions of your own."""
    from semsearch.quality.evaluation import calibrate as recalibration  # noqa: PLC0415 - loads numpy
    from semsearch.quality.evaluation.judgements import read_judgements  # noqa: PLC0415

    if bool(questions) == reset:
        raise InvalidSetting("name files of judged questions, or --reset without any")
    folder = settings_of(index=index).index
    if reset:
        evaluation.reset(folder, had_one=recalibration.reset(folder), as_json=as_json)
        return
    judgements = read_judgements(*questions or ())
    found = recalibration.recalibrate(folder, judgements, force=force)
    evaluation.recalibration(found, as_json=as_json)
    raise typer.Exit(int(not found.is_stored))


@app.command()
def picture(
    question: Annotated[str, typer.Argument(help="A question to place among the terms.")],
    index: Index = None,
    glossary: InGlossary = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the SVG.")] = Path(
        "embedding.svg"
    ),
) -> None:
    """Draw a question and the 200 nearest entries as points: similar ones are near each other."""
    from semsearch.search.picture import draw  # noqa: PLC0415

    if output.suffix.lower() != ".svg":
        raise InvalidSetting(f"the picture is an SVG; {output} should end in .svg")
    with open_glossary(settings_of(index=index)) as opened:
        svg = draw(opened, question, name=glossary)
    common.write_text(output, svg)
    common.done(f"wrote {output}")


def settings_of(**given: object) -> Settings:
    """Return the settings; options of the command override the environment."""
    from semsearch.core.settings import load_settings  # noqa: PLC0415 - loads pydantic

    return load_settings(**given)


def open_glossary(settings: Settings) -> Glossary:
    """Open the index of the settings."""
    from semsearch.search.glossary import Glossary  # noqa: PLC0415 - loads numpy

    return Glossary.open(settings.index, model=settings.model)
