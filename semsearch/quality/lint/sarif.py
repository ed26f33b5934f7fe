"""Renders findings as SARIF 2.1.0 (OASIS), which code hosts show at the lines."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from semsearch.core.version import __version__
from semsearch.quality.lint.registry import RULES
from semsearch.quality.lint.rule import Finding, Rule
from semsearch.quality.lint.run import LintReport

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(report: LintReport) -> dict[str, Any]:
    """Return a report as a SARIF log of one run, with all rules that were checked.

    Files are stated as they were named, relative to the working folder. A finding is identified by
    its rule, entry and subject, independent of its line.
    """
    places = {name: place for place, name in enumerate(report.rules)}
    run = {
        "tool": {
            "driver": {
                "name": "semsearch",
                "semanticVersion": __version__,
                "rules": [_rule(RULES[name]) for name in report.rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, places[finding.rule]) for finding in report.findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": f"{rule.summary} {rule.why}"},
        "help": {"text": rule.why},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    about = "\0".join((finding.rule, finding.entry, finding.subject))
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": finding.message},
        "partialFingerprints": {
            "semsearchFinding/v1": hashlib.sha256(about.encode()).hexdigest()[:32]
        },
    }
    location: dict[str, Any] = {}
    if finding.source is not None:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(finding.source.file)},
            "region": {"startLine": max(1, finding.source.line)},
        }
    if finding.entry:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.entry, "kind": "member"}]
    return result | {"locations": [location]} if location else result


def _uri(file: str) -> str:
    """Return a relative path as a relative URI, and an absolute one as `file:`."""
    path = PurePath(file)
    return Path(file).as_uri() if path.is_absolute() else quote(path.as_posix())
