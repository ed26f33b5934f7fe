"""Renders a diff as Markdown for pull requests.

No text of an entry can become markup, a link or a mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from semsearch.quality.diff.matching import Difference, PairKind
from semsearch.quality.diff.run import DiffReport
from semsearch.quality.diff.word_diff import WordChange, pieces

ROOM = 60_000
"""Most characters of all tables together; a GitHub comment may have 65,536."""
LONGEST = 400
"""Most characters of a definition."""

_MARKS = re.compile(r"([\\`*_{}\[\]()#+.!|~>:-])")
_HEADS = {
    PairKind.ADDED: "| added | definition |",
    PairKind.REMOVED: "| removed | definition |",
    PairKind.RENAMED: "| renamed | it was |",
    PairKind.REWORDED: "| reworded | moved | what was changed |",
    PairKind.CHANGED: "| changed | in |",
}


def to_markdown(report: DiffReport) -> str:
    """Return a report as a heading with counts and a table for each kind, up to `ROOM`."""
    parts = [f"### Glossary: {counted(report)}"]
    room = ROOM
    for kind in PairKind:
        rows = [f"| {' | '.join(_cells(one))} |" for one in report.of(kind)]
        ends = list(accumulate(len(row) + 1 for row in rows))
        shown = sum(end <= room for end in ends)
        room -= ends[shown - 1] if shown else 0
        if shown:
            head = _HEADS[kind]
            rule = "|---" * (head.count("|") - 1) + "|"
            parts.append("\n".join([head, rule, *rows[:shown]]))
        if shown < len(rows):
            parts.append(f"... and {len(rows) - shown:,} more {kind}.")
    return "\n\n".join(parts) + "\n"


def counted(report: DiffReport) -> str:
    """Return the number of entries of each kind, in words."""
    counts = [(len(report.of(kind)), kind) for kind in PairKind]
    counts_by_kind = ", ".join(f"{count:,} {kind}" for count, kind in counts if count)
    sizes = f"{report.old_entries:,} entries before, {report.new_entries:,} now"
    return f"{counts_by_kind or 'no difference'} ({sizes})"


def _cells(one: Difference) -> Iterator[str]:
    yield f"**{_escaped(one.entry.term)}**"
    if one.kind is PairKind.RENAMED and one.old:
        was = one.old.term if "term" in one.fields else one.old.id
        yield _escaped(was)
    elif one.kind is PairKind.REWORDED:
        yield f"{one.moved:.2f}"
        yield _words(one)
    elif one.kind is PairKind.CHANGED:
        yield ", ".join(field.replace("_", " ") for field in one.fields)
    else:
        yield _escaped(_shortened(one.entry.definition))


def _words(one: Difference) -> str:
    """Return the words with marks for added and removed ones; long pieces lose their middle."""
    formats = {
        WordChange.KEPT: "{}",
        WordChange.REMOVED: "<del>{}</del>",
        WordChange.ADDED: "<ins>{}</ins>",
    }
    shown, length = [], 0
    for piece in pieces(one.old.definition, one.new.definition) if one.old and one.new else ():
        if length > LONGEST:
            shown.append("...")
            break
        text = _without_middle(piece.text)
        length += len(text)
        blank = " " if text.endswith(" ") else ""
        shown.append(formats[piece.change].format(_escaped(text.strip())) + blank)
    return "".join(shown)


def _without_middle(text: str) -> str:
    part = LONGEST // 4
    return text if len(text) <= 2 * part else f"{text[:part]} ... {text[-part:]}"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


def _escaped(text: str) -> str:
    """Return one line of text without Markdown; entities break mentions and references."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return _MARKS.sub(r"\\\1", plain).replace("@", "&#64;")
