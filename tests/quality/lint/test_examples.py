"""Every rule finds what its example shows, and nothing in the example mended.

Covers `quality/lint/registry`, `quality/lint/rule`, `quality/lint/rules/completeness`,
`quality/lint/rules/findability`, `quality/lint/rules/asked_as`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.quality.lint import RULES, Severity
from tests.quality.lint.support import linted


@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_what_its_example_shows(name: str, tmp_path: Path) -> None:
    """Once, with its severity, a message, the file and a line that is there."""
    rule = RULES[name]
    (one,) = linted(tmp_path, rule.example.before, name, file=rule.example.file).findings
    assert (one.rule, one.severity) == (name, rule.severity)
    assert one.subject in one.message
    assert one.source is not None
    assert one.source.file == str(tmp_path / rule.example.file)
    assert 1 <= one.source.line <= rule.example.before.count("\n")


@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_nothing_in_its_example_mended(name: str, tmp_path: Path) -> None:
    """What the document recommends is enough."""
    rule = RULES[name]
    assert linted(tmp_path, rule.example.after, name, file=rule.example.file).findings == ()


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_described(name: str) -> None:
    """A rule has full sentences, and a meaning for each of its numbers."""
    rule = RULES[name]
    assert rule.name == name
    assert rule.summary.endswith(".")
    assert rule.why.endswith((".", "`."))
    assert rule.reads.keys() == rule.options.keys()
    assert rule.severity in Severity
