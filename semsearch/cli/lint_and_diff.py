"""The commands for who keeps a glossary: `lint` says what to mend, `diff` what was changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semsearch.cli import build_options, completion
from semsearch.cli.commands import AsJson, Model
from semsearch.cli.output import common
from semsearch.cli.output import diff as show_diff
from semsearch.cli.output import lint as show_lint
from semsearch.core.errors import InvalidSetting

if TYPE_CHECKING:
    from semsearch.core.settings import Settings
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
            help="Index whose encoder and vectors are used (default: SEMSEARCH_INDEX or index, if it is there).",
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
            help="Exit code 1 from this severity on: error, warning, note or never (default: warning).",
            autocompletion=completion.severities,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="Settings (default: .semsearch-lint.toml or pyproject.toml)."),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(help="Columns of tables and JSON, as term=Word,definition=Meaning."),
    ] = None,
    read_as: Annotated[
        str | None, typer.Option(help="Format of all files (default: by what stands in each).")
    ] = None,
    form: Annotated[
        show_lint.LintFormat, typer.Option("--format", "-f", help="How findings are printed.")
    ] = show_lint.LintFormat.TEXT,
    as_json: AsJson = False,
) -> None:
    """Say what to mend in glossaries; docs/lint.md describes the rules."""
    from semsearch.quality import lint as linting  # noqa: PLC0415 - loads numpy

    if as_json and form not in (show_lint.LintFormat.TEXT, show_lint.LintFormat.JSON):
        raise InvalidSetting(f"--json and --format {form} were given; choose one")
    chosen = _config(config).only(select or (), ignore or ())
    bound = chosen.fail_on
    if fail_on is not None:
        bound = linting.severity_named(fail_on, none="never", place="--fail-on: ")
    with common.BuildProgress(quiet=as_json or form is not show_lint.LintFormat.TEXT) as progress:
        found = linting.lint(
            paths or ["corpus"],
            index=_index(index),
            model=_settings(model=model).model,
            config=chosen,
            columns=build_options.columns(columns),
            format=read_as,
            progress=progress,
        )
    show_lint.report(found, show_lint.LintFormat.JSON if as_json else form)
    raise typer.Exit(int(found.fails(bound)))


def _config(file: Path | None) -> LintConfig:
    from semsearch.quality.lint import find_config, read_config  # noqa: PLC0415 - loads numpy

    return find_config(Path()) if file is None else read_config(file)


def _index(given: Path | None) -> Path | None:
    """Return the index that was named, or the one that is there anyway."""
    from semsearch.storage.layout import IndexLayout  # noqa: PLC0415

    if given is not None:
        return given
    there = _settings().index
    return there if IndexLayout(there).current.exists() else None


def _settings(**given: object) -> Settings:
    from semsearch.core.settings import load_settings  # noqa: PLC0415 - loads pydantic

    return load_settings(**given)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="The former state: a file, a folder or an index.")],
    new: Annotated[str, typer.Argument(help="The present state, likewise.")],
    index: Annotated[
        Path | None,
        typer.Option(
            "--index",
            "-i",
            help="Index whose encoder and vectors are used (default: NEW or OLD if one is an index).",
        ),
    ] = None,
    model: Model = None,
    columns: Annotated[
        str | None,
        typer.Option(help="Columns of tables and JSON, as term=Word,definition=Meaning."),
    ] = None,
    read_as: Annotated[
        str | None, typer.Option(help="Format of all files (default: by what stands in each).")
    ] = None,
    form: Annotated[
        show_diff.DiffFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="How differences are printed (default: by the suffix of --output, else a table).",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write them into a file.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit code 1 when something differs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two states of a glossary: what was added, removed, renamed, and reworded, and how far meanings moved."""
    from semsearch.quality.diff import diff as compare  # noqa: PLC0415 - loads numpy

    form = _one_form(form, output, as_json=as_json)
    is_table = form is show_diff.DiffFormat.TABLE
    with common.BuildProgress(quiet=not is_table) as progress:
        found = compare(
            old,
            new,
            index=index,
            model=_settings(model=model).model,
            columns=build_options.columns(columns),
            format=read_as,
            progress=progress,
        )
    if is_table:
        show_diff.table(found)
    elif output is None:
        common.print_json(show_diff.as_text(found, form).rstrip("\n"))
    else:
        _write(output, show_diff.as_text(found, form))
        common.done(f"wrote {output}")
    raise typer.Exit(int(exit_code and bool(found.differences)))


_BY_SUFFIX = {
    ".json": show_diff.DiffFormat.JSON,
    ".md": show_diff.DiffFormat.MARKDOWN,
    ".html": show_diff.DiffFormat.HTML,
}


def _one_form(
    form: show_diff.DiffFormat | None, output: Path | None, *, as_json: bool
) -> show_diff.DiffFormat:
    """Return how differences are printed: as was asked for, else by the suffix of the file."""
    if as_json and form not in (None, show_diff.DiffFormat.TABLE, show_diff.DiffFormat.JSON):
        raise InvalidSetting(f"--json and --format {form} were given; choose one")
    if as_json:
        return show_diff.DiffFormat.JSON
    if form is None and output is not None:
        form = _BY_SUFFIX.get(output.suffix.lower())
    if output is not None and form in (None, show_diff.DiffFormat.TABLE):
        raise InvalidSetting("--output writes JSON, Markdown or HTML; choose one with --format")
    return form or show_diff.DiffFormat.TABLE


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidSetting(f"cannot write {path}: {error.strerror}") from error
