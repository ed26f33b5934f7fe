"""Renders a diff as Markdown for pull requests.

No text of an entry can become markup, a link or a mention.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from semsearch.quality.diff.matching import Difference, PairKind, changed_words
from semsearch.quality.diff.run import DiffReport
from semsearch.text.normalise import inert_markdown
from semsearch.text.word_diff import WordChange

ROOM = 60_000
"""Most characters of all tables together; a GitHub comment may have 65,536."""
MAX_CHARS = 400
"""Most characters of a definition."""

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


def _cells(difference: Difference) -> Iterator[str]:
    yield f"**{inert_markdown(difference.entry.term)}**"
    if difference.kind is PairKind.RENAMED and difference.old:
        was = difference.old.term if "term" in difference.fields else difference.old.id
        yield inert_markdown(was)
    elif difference.kind is PairKind.REWORDED:
        yield f"{difference.moved:.2f}"
        yield _words(difference)
    elif difference.kind is PairKind.CHANGED:
        yield inert_markdown(", ".join(difference.field_names))
    else:
        yield inert_markdown(_shortened(difference.entry.definition))


def _words(difference: Difference) -> str:
    """Return the words with marks for added and removed ones; long pieces lose their middle."""
    formats = {
        WordChange.KEPT: "{}",
        WordChange.REMOVED: "<del>{}</del>",
        WordChange.ADDED: "<ins>{}</ins>",
    }
    shown, length = [], 0
    for piece in changed_words(difference):
        if length > MAX_CHARS:
            shown.append("...")
            break
        text = _without_middle(piece.text)
        length += len(text)
        blank = " " if text.endswith(" ") else ""
        shown.append(formats[piece.change].format(inert_markdown(text.strip())) + blank)
    return "".join(shown)


def _without_middle(text: str) -> str:
    part = MAX_CHARS // 4
    return text if len(text) <= 2 * part else f"{text[:part]} ... {text[-part:]}"


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS - 4]} ..."
