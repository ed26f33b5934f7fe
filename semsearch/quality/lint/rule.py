"""What a rule is and what it finds. All frozen, all plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from semsearch.core.entries import Entry, Source
from semsearch.quality.lint.context import LintContext


class Severity(StrEnum):
    """How bad a finding is; the order of the members goes from the worst down."""

    ERROR = "error"
    """Something is wrong, whatever the author meant."""
    WARNING = "warning"
    """Something misleads readers or keeps an entry from being found."""
    NOTE = "note"
    """Something that an owner may want to write or cut next."""

    def reaches(self, bound: Severity) -> bool:
        """Whether this is as bad as another severity, or worse."""
        order = list(Severity)
        return order.index(self) <= order.index(bound)


Options = Mapping[str, float]
"""The numbers of a rule by their names."""


@dataclass(frozen=True, slots=True)
class Match:
    """What the check of a rule found.

    `subject` is what it is about (a term, a word, a link), by which it can be allowed. `entry` is None for a record that is
    none. `others` are the ids of other entries it concerns.
    """

    subject: str
    message: str
    entry: Entry | None
    others: tuple[str, ...] = ()
    source: Source | None = None
    """Where, if that is not the place of the entry."""


@dataclass(frozen=True, slots=True)
class Example:
    """A file in which a rule finds something, and the same file mended."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for. `options` are its numbers with their defaults, `reads` says what they mean."""

    name: str
    severity: Severity
    summary: str
    """One sentence: what is found."""
    why: str
    """Why that is a problem and what to do, in some sentences."""
    example: Example
    check: Callable[[LintContext, Options], Iterator[Match]]
    options: Options = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    by_meaning: bool = False
    """Whether it needs the definitions embedded."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, as it is reported. `entry` is an id, empty for a record that is no entry."""

    rule: str
    severity: Severity
    subject: str
    message: str
    entry: str
    others: tuple[str, ...]
    source: Source | None
