"""Reader of plain text: a term on its own line, a blank line, then its definition.

A paragraph is a definition if it ends like a sentence, is too long for a term, has several lines or
is a list item; any other paragraph is a term. A definition may have several paragraphs. Lines such
as `#fundamentals` below a term, which web pages export, are its category. Of several terms in a row
only the last has a definition. Before the first definition the others are headings, such as the
title. Later they are refused, since they may be definitions without a full stop, which must not
vanish silently.

In texts copied from a web page, where nearly every paragraph is a term above its definition, the
first line of a paragraph is the term.

Some lines are no terms although they look so: letters above a group, formulas, and in a file sorted
by term lines out of order, such as an answer of one word. They are reported as doubtful; all but
the letters belong to the definition above.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from semsearch.core.entries import Details, Note, Refusal, Source
from semsearch.importers.fields import beginning_of_list
from semsearch.importers.files.text_files import read_text
from semsearch.importers.labelled_lines import label_of, with_labels_read
from semsearch.importers.records import ReadOptions, Record

MAX_TERM_LINE = 100

_SENTENCE_ENDS = tuple(".!?…:;。！？；：؟।")  # noqa: RUF001
_CLOSING = "\"'”’»)]*_"  # noqa: RUF001
_ITEM = re.compile(r"(?:[-*•]|\d{1,3}[.)])\s")


_TAGS = re.compile(r"(?:#\w[\w-]{0,60}\s*)+")
_FORMULA = re.compile(
    r"[=≈≠≤≥∑∏∫√^{}]|\\[A-Za-z\[(]|[A-Za-z0-9)] [+*×·<>] [A-Za-z0-9(]|[0-9)] [/-] [0-9(]"  # noqa: RUF001
)
_DOTTED = re.compile(r"(?:\w{1,3}\.){2,}")
"""An abbreviation, which ends like a sentence."""
_SORTED = 0.7
"""Share of neighbours in order from which a file counts as sorted."""
_MIN_SORTED = 8
"""Fewest terms from which the order counts."""
_HEADED = 0.75
"""Share of paragraphs with a term in their first line from which the others continue them."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    line: int
    lines: tuple[str, ...]
    tags: tuple[str, ...] = ()
    is_indented: bool = False

    @property
    def name(self) -> str:
        return self.lines[0]

    def names_a_term(self) -> bool:
        if len(self.lines) > 1 or len(self.name) > MAX_TERM_LINE or _ITEM.match(self.name):
            return False
        if label_of(self.name):
            return False
        return not ends_like_a_sentence(self.name) or _DOTTED.fullmatch(self.name) is not None

    def is_formula(self) -> bool:
        is_wordless = not any(map(str.isalpha, self.name))
        return not self.tags and (is_wordless or _FORMULA.search(self.name) is not None)

    def order(self) -> str:
        name = self.name.partition(" (")[0].casefold()
        return "".join(sign for sign in name if sign.isalnum())

    def text(self) -> str:
        """Join wrapped lines; items and labels keep their lines, as do lines that are indented."""
        if self.is_indented and len(self.lines) > 1:
            return "\n".join(s if _ITEM.match(s) else f"- {s}" for s in self.lines)
        text = self.lines[0]
        for line in self.lines[1:]:
            text += ("\n" if _ITEM.match(line) or label_of(line) else " ") + line
        return text


def read(path: Path, _: ReadOptions) -> Iterator[Record | Refusal | Note]:
    """Read a plain text glossary."""
    file = str(path)
    paragraphs = _paragraphs(read_text(path))
    doubtful = _doubtful(paragraphs)
    name: _Paragraph | None = None
    texts: list[str] = []
    entries = 0
    for paragraph in paragraphs:
        if paragraph in doubtful and len(paragraph.name) == 1:
            continue
        if paragraph in doubtful or not paragraph.names_a_term():
            if name is not None:
                texts.append(paragraph.text())
            elif paragraph not in doubtful:
                yield Refusal(Source(file, paragraph.line), "a definition without a term above it")
            continue
        if name is not None and texts:
            yield _record(name, texts, file)
            entries += 1
        elif name is not None and (entries or name.tags):
            yield _refusal(name, file)
        name, texts = paragraph, []
    if name is not None:
        yield _record(name, texts, file) if texts else _refusal(name, file)
    if doubtful:
        yield _note(sorted(doubtful, key=lambda one: one.line), file)


def ends_like_a_sentence(text: str) -> bool:
    """Return whether a text ends with a full stop, a colon or the like."""
    return (text.rstrip(_CLOSING) or text).endswith(_SENTENCE_ENDS)


def is_text_glossary(text: str) -> bool:
    """Return whether terms and definitions take turns in a text."""
    kinds = "".join("t" if one.names_a_term() else "d" for one in _paragraphs(text))
    return len(re.findall("td", kinds)) * 4 > len(kinds) > 5


def _doubtful(paragraphs: Sequence[_Paragraph]) -> set[_Paragraph]:
    """Return the paragraphs that look like terms and probably are none."""
    named = dict.fromkeys(one for one in paragraphs if one.names_a_term())
    has_tags = any(one.tags for one in named)
    doubtful = {one for one in named if one.is_formula() or (has_tags and one.is_indented)}
    letters = pairwise(paragraphs)
    doubtful |= {a for a, b in letters if len(a.name) == 1 and a in named and b.names_a_term()}
    terms = [one for one in named if one not in doubtful]
    keys = [one.order() for one in terms]
    pairs = sum(a <= b for a, b in pairwise(keys))
    if len(terms) >= _MIN_SORTED and pairs >= _SORTED * (len(terms) - 1):
        in_order = _longest_sorted(keys)
        doubtful |= {
            one for place, one in enumerate(terms) if place not in in_order and not one.tags
        }
    return doubtful


def _longest_sorted(keys: Sequence[str]) -> set[int]:
    """Return the places of a longest sorted selection of keys, which keep their order."""
    ends: list[str] = []
    places: list[int] = []
    before: list[int] = []
    for place, key in enumerate(keys):
        at = bisect_right(ends, key)
        before.append(places[at - 1] if at else -1)
        ends[at : at + 1] = [key]
        places[at : at + 1] = [place]
    chosen: set[int] = set()
    place = places[-1] if places else -1
    while place >= 0:
        chosen.add(place)
        place = before[place]
    return chosen


def _note(doubtful: Sequence[_Paragraph], file: str) -> Note:
    shown = beginning_of_list([one.name for one in doubtful], [one.line for one in doubtful])
    text = f"doubtful as terms, so not read as such: {shown}; check them"
    return Note(Source(file, doubtful[0].line), text)


def _record(name: _Paragraph, texts: list[str], file: str) -> Record:
    text = "\n\n".join(texts)
    details = Details.of({"category": "; ".join(name.tags)})
    return with_labels_read(Record(name.name, text, Source(file, name.line), details=details))


def _refusal(name: _Paragraph, file: str) -> Refusal:
    reason = f"no definition below {name.name!r}; a definition ends like a sentence"
    return Refusal(Source(file, name.line), reason)


def _paragraphs(text: str) -> list[_Paragraph]:
    """Return the paragraphs, apart from the terms in their first lines."""
    found = list(_blocks(text))
    others = [one for one in found if len(one.name) > 1]
    headed = {one for one in others if _names_a_term_above_text(one)}
    has_terms = any(one.names_a_term() for one in others)
    if has_terms or len(headed) < max(2, _HEADED * len(others)):
        return found
    return [part for one in found for part in (_apart(one) if one in headed else (one,))]


def _names_a_term_above_text(one: _Paragraph) -> bool:
    if len(one.lines) < 2 or one.tags:
        return False
    term, text = _apart(one)
    is_wrapped = text.name[0].islower()
    return term.names_a_term() and not is_wrapped and not text.names_a_term()


def _apart(one: _Paragraph) -> tuple[_Paragraph, _Paragraph]:
    """Return the first line of a paragraph and the others."""
    term = replace(one, lines=one.lines[:1], is_indented=False)
    return term, replace(one, line=one.line + 1, lines=one.lines[1:])


def _blocks(text: str) -> Iterator[_Paragraph]:
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield from _split_paragraph(number - len(lines), lines)
            lines = []


def _split_paragraph(number: int, lines: Sequence[str]) -> Iterator[_Paragraph]:
    """Yield a term with its tags and the text directly below these, or the paragraph as it is."""
    stop = 1
    while stop < len(lines) and _TAGS.fullmatch(lines[stop].strip()):
        stop += 1
    head = lines[:1] if stop > 1 else lines
    tags = [tag.lstrip("#") for line in lines[1:stop] for tag in line.split()]
    for first, own in ((0, head), (stop, lines[stop:] if stop > 1 else ())):
        if own:
            is_indented = all(line.startswith(("  ", "\t")) for line in own)
            stripped = tuple(line.strip() for line in own)
            yield _Paragraph(number + first, stripped, () if first else tuple(tags), is_indented)
