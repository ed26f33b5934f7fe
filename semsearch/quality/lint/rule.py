"""Rules of lint, and their findings: frozen plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from semsearch.core.entries import Entry, Source
from semsearch.quality.lint.context import LintContext


class Severity(StrEnum):
    """How serious a finding is, worst first."""

    ERROR = "error"
    """Something is wrong, whatever the author intended."""
    WARNING = "warning"
    """Something misleads readers or makes an entry hard to find."""
    NOTE = "note"
    """Something that an owner may want to improve."""

    def reaches(self, other: Severity) -> bool:
        """Return whether this is at least as serious as another severity."""
        order = list(Severity)
        return order.index(self) <= order.index(other)


Options = Mapping[str, float]
"""The numeric options of a rule, by name."""


@dataclass(frozen=True, slots=True)
class Match:
    """What the check of a rule found.

    `subject` is the term, word or link concerned, by which it can be allowed. `entry` is None for a
    record that is not an entry. `others` are the ids of further entries concerned.
    """

    subject: str
    message: str
    entry: Entry | None
    others: tuple[str, ...] = ()
    source: Source | None = None
    """Its place, if that is not the entry's."""


@dataclass(frozen=True, slots=True)
class Example:
    """A file with a finding, and the same file corrected."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One check. `options` are its numbers with defaults, `reads` explains them."""

    name: str
    severity: Severity
    summary: str
    """One sentence: what is found."""
    why: str
    """Why it is a problem and what to do, in a few sentences."""
    example: Example
    check: Callable[[LintContext, Options], Iterator[Match]]
    options: Options = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    by_meaning: bool = False
    """Whether it needs the vectors of definitions."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reported finding. `entry` is an id, empty for a record that is not an entry."""

    rule: str
    severity: Severity
    subject: str
    message: str
    entry: str
    others: tuple[str, ...]
    source: Source | None
