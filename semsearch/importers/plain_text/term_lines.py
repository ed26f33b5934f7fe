"""Reader of plain text with a term and its definition on a line: `term: definition`.

A colon, a dash between blanks, a tab or three blanks separate them; of several signs in a line the
first one counts. Other lines continue the definition above: indented ones, and those that follow it
at once. Below a blank line they are headings, which a note quotes, or, if they end like a sentence,
another paragraph of the definition. Contracts define terms in quotation marks (`quoted_terms.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from semsearch.core.entries import Note, Source
from semsearch.importers.column_names import NAMES, column_key
from semsearch.importers.fields import beginning_of_list
from semsearch.importers.files.text_files import read_text
from semsearch.importers.labelled_lines import label_of, with_labels_read
from semsearch.importers.plain_text.plain import MAX_TERM_LINE, ends_like_a_sentence
from semsearch.importers.plain_text.quoted_terms import (
    are_quoted_terms,
    paragraphs_of,
    read_quoted_terms,
)
from semsearch.importers.records import ReadOptions, Record

_LINE = re.compile(
    r"(?:[-*•][ \t]+|\d{1,4}[.)][ \t]+)?(?P<term>[^\s:：\t][^:：\t\n]{0,99}?)"  # noqa: RUF001
    r"(?:[ \t]{0,9}:[*_]{0,3}[ \t]+|：[ \t]*|[ ]{0,9}\t+|[ ]{3,40}|[*_]{0,3}[ \t]{1,9}(?:-{1,3}|–|—)[ \t]+)"  # noqa: RUF001
    r"(?P<text>\S.*)"
)
_MAX_WORDS = 8
"""Most words of a term."""
_MAX_MEAN_WORDS = 4
"""Most words of the average term."""
_MIN_SHARE = 0.6
"""Share of the lines from which a text consists of terms with definitions."""
_NEARLY_ALL = 0.8
"""Share of the lines below which the others continue a paragraph that begins with a term."""
_SHORT = 12
"""Characters of a value, such as that of a setting; half of the definitions are longer."""
_PARTS = frozenset({"author", "date", "definition", "from", "question", "answer", "subject", "to"})
"""What stands before a colon and is neither a term nor a label, in lower case."""


@dataclass(slots=True)
class _OpenTerm:
    line: int
    term: str
    texts: list[str] = field(default_factory=list)

    def record(self, file: str) -> Record:
        return with_labels_read(Record(self.term, "\n".join(self.texts), Source(file, self.line)))


def read(path: Path, _: ReadOptions) -> Iterator[Record | Note]:
    """Read a text with an entry a line; a note says which lines belong to none."""
    file = str(path)
    text = read_text(path)
    if are_quoted_terms(words for _, words, _ in paragraphs_of(text)):
        yield from read_quoted_terms(paragraphs_of(text), file)
        return
    is_by_paragraph = fits(_first_lines(text)) and not fits(_lines(text), _NEARLY_ALL)
    entry: _OpenTerm | None = None
    unread: list[tuple[int, str]] = []
    is_below_blank = True
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped:
            is_below_blank = True
            continue
        is_inside = entry is not None and (
            line[0] in " \t" or (is_by_paragraph and not is_below_blank)
        )
        found = None if is_inside else term_and_text(stripped)
        if found is not None:
            if entry is not None:
                yield entry.record(file)
            entry = _OpenTerm(number, found[0], [found[1]])
        elif entry is None or (is_below_blank and not is_inside and _is_heading(stripped)):
            unread += [(number, stripped)] if len(stripped) > 1 else []  # else a letter
        else:
            entry.texts += ["", stripped] if is_below_blank else [stripped]
        is_below_blank = False
    if entry is not None:
        yield entry.record(file)
    if unread:
        numbers, texts = zip(*unread, strict=True)
        shown = beginning_of_list(texts, numbers)
        yield Note(Source(file, numbers[0]), f"lines without a term, so not read: {shown}")


def is_term_lines(text: str) -> bool:
    """Return whether most lines of a text, or of its paragraphs the first, are such entries."""
    if are_quoted_terms(words for _, words, _ in paragraphs_of(text)):
        return True
    return fits(_lines(text)) or fits(_first_lines(text))


def _lines(text: str) -> list[str]:
    """Return the lines that may be entries: no continuation, letter, rule or part of an entry."""
    lines = (line for line in text.split("\n") if line[:1].strip() and len(line.strip()) > 1)
    return [line for line in lines if label_of(line) is None and any(map(str.isalnum, line))]


def _first_lines(text: str) -> list[str]:
    lines = text.split("\n")
    return _lines("\n".join(line for above, line in pairwise(["", *lines]) if not above.strip()))


def fits(lines: Sequence[str], share: float = _MIN_SHARE) -> bool:
    """Return whether a share of lines, and not only settings or prose, are such entries."""
    found = [pair for line in lines if (pair := term_and_text(line.strip()))]
    terms = {term.casefold() for term, _ in found}
    long = sum(len(text) > _SHORT for _, text in found)
    is_most = len(found) > 1 and len(found) >= share * len(lines)
    words = sum(len(term.split()) for term, _ in found)
    is_short = words <= _MAX_MEAN_WORDS * len(found)
    return is_most and is_short and len(terms) > _MIN_SHARE * len(found) and 2 * long >= len(found)


def term_and_text(line: str) -> tuple[str, str] | None:
    """Return the term and the definition of a line, or None if it is no entry."""
    found = _LINE.match(line)
    term = found["term"].strip(" *_") if found else ""
    if not found or not term or len(term.split()) > _MAX_WORDS or term.casefold() in _PARTS:
        return None
    if label_of(line) or not any(map(str.isalnum, term)) or _is_header(term, found["text"]):
        return None
    return term, found["text"]


def _is_header(term: str, text: str) -> bool:
    """Return whether a line names two columns, `Name   Meaning`."""
    return column_key(term) in NAMES["term"] and column_key(text) in NAMES["definition"]


def _is_heading(line: str) -> bool:
    return len(line) <= MAX_TERM_LINE and not ends_like_a_sentence(line)
