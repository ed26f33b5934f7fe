"""The command `lint`: reports problems of glossaries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli import build_options, completion
from semsearch.cli.options import AsJson, Model, settings_of
from semsearch.cli.output import common
from semsearch.cli.output import lint as show_lint

if TYPE_CHECKING:
    from semsearch.quality.lint import LintConfig

app = typer.Typer()

_Rules = Annotated[
    list[str] | None,
    typer.Option(help="Only this rule; several times.", autocompletion=completion.rules),
]


@app.command()
def lint(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or NAME=PATH (default: corpus).", show_default=False),
    ] = None,
    index: Annotated[
        Path | None,
        typer.Option(
            "--index",
            "-i",
            help="Index whose encoder and vectors are used "
            "(default: SEMSEARCH_INDEX or index, if it exists and --model is not given).",
        ),
    ] = None,
    model: Model = None,
    select: _Rules = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(help="Not this rule; several times.", autocompletion=completion.rules),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            help="Lowest severity for exit code 1: error, warning, note or never "
            "(default: warning).",
            autocompletion=completion.severities,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="Settings (default: .semsearch-lint.toml or pyproject.toml)."),
    ] = None,
    columns: build_options.Columns = None,
    read_as: build_options.ReadAs = None,
    lang: build_options.Language = None,
    follow_links: build_options.FollowLinks = False,
    form: Annotated[
        show_lint.LintFormat, typer.Option("--format", "-f", help="How findings are printed.")
    ] = show_lint.LintFormat.TEXT,
    as_json: AsJson = False,
) -> None:
    """Report problems of glossaries; docs/lint.md describes the rules."""
    from semsearch.quality import lint as linting  # noqa: PLC0415 - loads numpy

    if as_json:
        build_options.check_only_json(form, show_lint.LintFormat.TEXT)
    settings = _config(config).only(select or (), ignore or ())
    threshold = settings.fail_on
    if fail_on is not None:
        threshold = linting.severity_named(fail_on, none="never", place="--fail-on: ")
    options = build_options.corpus_options(columns, read_as, lang, follow_links=follow_links)
    with common.BuildProgress(quiet=as_json or form is not show_lint.LintFormat.TEXT) as progress:
        found = linting.lint(
            paths or ["corpus"],
            index=_index(index, model),
            model=settings_of(model=model).model,
            config=settings,
            progress=progress,
            **options,
        )
    show_lint.report(found, show_lint.LintFormat.JSON if as_json else form)
    raise typer.Exit(int(found.fails(threshold)))


def _config(file: Path | None) -> LintConfig:
    from semsearch.quality.lint import find_config, read_config  # noqa: PLC0415 - loads numpy

    return find_config(Path()) if file is None else read_config(file)


def _index(given: Path | None, model: str | None) -> Path | None:
    """Return the given index, or that of the settings if it exists and no encoder is named."""
    from semsearch.storage.files.layout import IndexLayout  # noqa: PLC0415

    if given is not None or model is not None:
        return given
    default = settings_of().index
    return default if IndexLayout(default).current.exists() else None
