"""Splits the body of a glossary directive (Sphinx, MyST) into terms and their definitions.

The rules are those of Sphinx: terms stand at the margin above an indented definition, consecutive
terms share the next definition, lines that begin with `.. ` are comments, and text after ` : ` is a
classifier, which is not part of the term.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class TermGroup:
    """Consecutive terms with their line numbers, and the lines of their definition, unindented."""

    terms: list[tuple[int, str]] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    body_start: int = 0
    """The number of the definition's first line."""


def term_groups(lines: Sequence[str]) -> Iterator[TermGroup]:
    """Split the body of a glossary directive.

    Yields:
        TermGroup: terms with their definition, which may be empty.
    """
    group = TermGroup()
    is_comment = False
    for place, line in enumerate(lines):
        if line.strip() and not line[0].isspace():
            is_comment = line.startswith(".. ") or line.rstrip() == ".."
            if is_comment:
                continue
            if group.body:
                yield _closed(group)
                group = TermGroup()
            group.terms.append((place, line.strip().partition(" : ")[0].rstrip()))
        elif not is_comment and group.terms and (line.strip() or group.body):
            group.body_start = group.body_start if group.body else place
            group.body.append(line)
    if group.terms:
        yield _closed(group)


def _closed(group: TermGroup) -> TermGroup:
    indent = min((len(s) - len(s.lstrip()) for s in group.body if s.strip()), default=0)
    group.body = [line[indent:] for line in group.body]
    while group.body and not group.body[-1].strip():
        group.body.pop()
    return group
