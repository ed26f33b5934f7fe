"""All rules, by name, in the order in which they are documented."""

from __future__ import annotations

from semsearch.linting import (
    circles,
    duplicates,
    extent,
    findability,
    naming,
    thesaurus,
    vocabulary,
)
from semsearch.linting.rules import Rule

RULES: dict[str, Rule] = {
    rule.name: rule
    for group in (extent, duplicates, circles, naming, vocabulary, thesaurus, findability)
    for rule in group.RULES
}
"""Name → rule."""
