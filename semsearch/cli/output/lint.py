"""Prints findings of lint: lines with clickable places, GitHub commands, JSON or SARIF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from semsearch.cli.output.common import counted_entries, counted_files, print_json
from semsearch.cli.output.printable import printable

if TYPE_CHECKING:
    from semsearch.quality.lint import Finding, LintReport


class LintFormat(StrEnum):
    """The output format of findings."""

    TEXT = "text"
    GITHUB = "github"
    JSON = "json"
    SARIF = "sarif"


def report(lint_report: LintReport, form: LintFormat) -> None:
    """Print the findings."""
    print_json(_FORMATTERS[form](lint_report))


def _text(report: LintReport) -> str:
    return "\n".join([*(_line(finding) for finding in report.findings), _counted(report)])


def _line(finding: Finding) -> str:
    entry = f" ({finding.entry})" if finding.entry else ""
    message = f"{finding.severity} [{finding.rule}] {finding.message}{entry}"
    return printable(f"{_place(finding)}: {message}")


def _place(finding: Finding) -> str:
    return str(finding.source) if finding.source else finding.entry


def _counted(report: LintReport) -> str:
    counts = Counter(finding.severity for finding in report.findings)
    counted = [
        f"{count:,} {severity}{'s' * (count != 1)}" for severity, count in sorted(counts.items())
    ]
    where = f"{counted_entries(report.entries)} of {counted_files(report.files)}"
    return f"{', '.join(counted)} in {where}" if counted else f"nothing found in {where}"


def _github(report: LintReport) -> str:
    return "\n".join([*_commands(report), _counted(report)])


def _commands(report: LintReport) -> Iterator[str]:
    """Yield workflow commands, which GitHub shows at the lines.

    Their form is `::error file=...,line=...::...`.
    """
    levels = {"error": "error", "warning": "warning", "note": "notice"}
    for finding in report.findings:
        at = ""
        if finding.source:
            at = f"file={_property(finding.source.file)},line={finding.source.line},"
        message = _escaped(printable(finding.message))
        yield f"::{levels[finding.severity]} {at}title={_property(finding.rule)}::{message}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _json(report: LintReport) -> str:
    content = {
        "entries": report.entries,
        "files": report.files,
        "rules": report.rules,
        "findings": [_to_dict(finding) for finding in report.findings],
    }
    return json.dumps(content)


def _to_dict(finding: Finding) -> dict[str, object]:
    source = finding.source
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "file": source.file if source else None,
        "line": source.line if source else None,
        "entry": finding.entry or None,
        "subject": finding.subject,
        "message": finding.message,
        "others": finding.others,
    }


def _sarif(report: LintReport) -> str:
    from semsearch.quality.lint.sarif import to_sarif  # noqa: PLC0415 - only this form needs it

    return json.dumps(to_sarif(report))


_FORMATTERS: dict[LintFormat, Callable[[LintReport], str]] = {
    LintFormat.TEXT: _text,
    LintFormat.GITHUB: _github,
    LintFormat.JSON: _json,
    LintFormat.SARIF: _sarif,
}
