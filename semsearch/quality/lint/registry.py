"""All lint rules by name, in the order of the documentation."""

from __future__ import annotations

from semsearch.quality.lint.rule import Rule
from semsearch.quality.lint.rules import (
    asked_as,
    circular,
    completeness,
    deprecations,
    duplicates,
    findability,
    names_and_links,
    skos,
    unexplained_terms,
)

RULES: dict[str, Rule] = {
    rule.name: rule
    for group in (
        completeness,
        deprecations,
        duplicates,
        circular,
        names_and_links,
        unexplained_terms,
        skos,
        findability,
        asked_as,
    )
    for rule in group.RULES
}
"""Rules by name."""
