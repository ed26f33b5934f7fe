"""Small files to lint, without a model."""

from __future__ import annotations

from pathlib import Path

from semsearch.quality.lint import LintConfig, LintReport, lint


def linted(
    folder: Path, text: str, *rules: str, file: str = "bakery.csv", config: LintConfig | None = None
) -> LintReport:
    """Lint one file of a folder, for some rules alone."""
    path = folder / file
    path.write_text(text, encoding="utf-8")
    return lint([path], model="hashed", config=(config or LintConfig()).only(rules))


def table(*rows: str, columns: str = "term,definition") -> str:
    """Return a CSV file."""
    return "\n".join([columns, *rows, ""])


def found(report: LintReport) -> list[tuple[str, int]]:
    """Return the subject and the line of each finding."""
    return [(one.subject, one.source.line if one.source else 0) for one in report.findings]
