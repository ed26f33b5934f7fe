"""Reader of plain text: a term on its own line, a blank line, then its definition.

A paragraph is a definition if it ends like a sentence, is too long for a term, has several lines or
is a list item; any other paragraph is a term. A definition may have several paragraphs. Of several
terms in a row only the last has a definition. Before the first definition the others are headings,
such as the title. Later they are refused unless they are single letters, since they may be
definitions without a full stop, which must not vanish silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.entries import Refusal, Source
from semsearch.importers.fields import listed_names
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.text_files import read_text

MAX_TERM_LINE = 100

_SENTENCE_ENDS = tuple(".!?…:;。！？；：؟।")  # noqa: RUF001
_CLOSING = "\"'”’»)]*_"  # noqa: RUF001
_ITEM = re.compile(r"(?:[-*•]|\d{1,3}[.)])\s")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    line: int
    lines: tuple[str, ...]

    def names_a_term(self) -> bool:
        first = self.lines[0]
        if len(self.lines) > 1 or len(first) > MAX_TERM_LINE or _ITEM.match(first):
            return False
        return not (first.rstrip(_CLOSING) or first).endswith(_SENTENCE_ENDS)

    def text(self) -> str:
        """Join wrapped lines; list items keep their lines."""
        text = self.lines[0]
        for line in self.lines[1:]:
            text += ("\n" if _ITEM.match(line) else " ") + line
        return text


def read(path: Path, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Read a plain text glossary.

    Args:
        path: the file.
        options: not used: a text has no columns.

    Yields:
        Record | Refusal: a record for each term with a definition, a refusal for each without.
    """
    del options
    file = str(path)
    name: _Paragraph | None = None
    texts: list[str] = []
    entries = 0
    for paragraph in _paragraphs(read_text(path)):
        if not paragraph.names_a_term():
            if name is None:
                yield Refusal(Source(file, paragraph.line), "a definition without a term above it")
            else:
                texts.append(paragraph.text())
            continue
        if name is not None and texts:
            yield _record(name, texts, file)
            entries += 1
        elif name is not None and entries and len(name.lines[0]) > 1:
            yield _refusal(name, file)
        name, texts = paragraph, []
    if name is not None:
        yield _record(name, texts, file) if texts else _refusal(name, file)


def _record(name: _Paragraph, texts: list[str], file: str) -> Record:
    text = "\n\n".join(texts)
    source = Source(file, name.line)
    return Record(name.lines[0], text, source, see_also=listed_names(text))


def _refusal(name: _Paragraph, file: str) -> Refusal:
    reason = f"no definition below {name.lines[0]!r}; a definition ends like a sentence"
    return Refusal(Source(file, name.line), reason)


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    lines: list[str] = []
    number = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield _Paragraph(number - len(lines), tuple(lines))
            lines = []
    if lines:
        yield _Paragraph(number - len(lines) + 1, tuple(lines))
