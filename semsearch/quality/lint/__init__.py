"""Lint: finds problems of a glossary by rules that can be configured one by one.

It changes neither the glossary nor an index.
"""

from semsearch.quality.lint.config import LintConfig, find_config, read_config, severity_named
from semsearch.quality.lint.registry import RULES
from semsearch.quality.lint.rule import Finding, Rule, Severity
from semsearch.quality.lint.run import LintReport, lint

__all__ = [
    "RULES",
    "Finding",
    "LintConfig",
    "LintReport",
    "Rule",
    "Severity",
    "find_config",
    "lint",
    "read_config",
    "severity_named",
]
