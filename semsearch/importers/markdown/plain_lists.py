"""Marks the terms of Markdown that has no other sign of them, so that the usual rules find them.

Items and paragraphs such as `Leaven: dough that has fermented`, those that begin with a term in
bold without a sign, and paragraphs whose first line is the term become terms in bold. Lines in bold
above their text become headings. The title or the name of the file says that it is a glossary, or
nearly all of its text looks so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from semsearch.importers.labelled_lines import label_of
from semsearch.importers.markdown.many_terms import is_glossary_title
from semsearch.importers.markdown.outline import ITEM, Outline, outline_of
from semsearch.importers.markdown.site_lines import without_site_lines
from semsearch.importers.plain_text.term_lines import fits, term_and_text

_BOLD_LINE = re.compile(
    r"(?:(?:\*\*|__)([^*_\n]{1,100})(?:\*\*|__)|(?:\*|_)([^*_\n]{1,100})(?:\*|_)):?[ \t]*"
)
_LEAD = re.compile(
    r"(?P<article>(?:An?|The)[ \t]+)?(?:\*\*|__)(?P<name>[^*\n]{1,200}?)(?P<inside>[:,.]?)(?:\*\*|__)"
    r"(?P<sign>[ \t]*(?::|–|—|-+(?=\s)))?[.,]?[ \t]+(?=\S)"  # noqa: RUF001
)
"""A term in bold, with or without a sign behind it."""
_IS = re.compile(
    r"(?:is|are|was|were|means?|refers?|describes?|denotes?|stands|can|may|will|has|have|occurs?|"
    r"consists?|provides?|allows?)\b"
)
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|will|would|should|there|this|these|it|we|you)\b",
    re.IGNORECASE,
)
"""Words of a sentence, which a term has not."""
_EMPTY_ITEM = re.compile(r"([^\s:*_`\[][^:\n]{0,80}):[ \t]*")
_VERSION = re.compile(r"\d")
_PART = re.compile(r"([^\W\d_][\w ]{0,30}?)[ ]?(?::|[ ][-–—])[ ]+(\S.*)")  # noqa: RUF001
_NO_GLOSSARIES = frozenset(
    {"agents", "changelog", "changes", "contributing", "faq", "history", "index", "minutes", "news",
     "notes", "readme", "releases", "roadmap", "skill", "todo"}
)  # fmt: skip
"""Names of files that are about something else, whatever their text looks like."""
_CODE = ("[", "`", "<", "--", "/")
"""Beginnings of links, code and options, which are no terms."""
_MAX_WORDS = 8
"""Most words of a term on a line of its own."""
_MAX_LINE = 120
"""Longest such line."""
_MIN_TERMS = 2
"""Fewest terms of a file that says that it is a glossary."""
_MIN_ITEMS = 3
"""Fewest items of a list that is the whole file, or of terms without a sign."""
_MIN_BELOW = 6
"""Terms below headings of topics."""
_MIN_PLAIN = 8
"""Terms from which a file is a glossary without saying so, and a list beside paragraphs one."""
_ALL, _MOST, _MANY = 0.9, 0.8, 0.6
"""Shares of the paragraphs or items that must begin with a term."""
_PARTS = 3
"""Lines in bold of one name that are parts of definitions."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Markdown with marks at terms that had none, and the same without marks in bold."""

    text: str
    plain: str = ""
    """Empty if no term was put in bold."""


def with_marked_terms(text: str, path: Path, title: str = "") -> Marked:
    """Return Markdown with marks at terms that have none.

    Args:
        text: the Markdown.
        path: the file.
        title: of the file, as its front matter states it.
    """
    lines = without_site_lines(text.split("\n"))
    outline = outline_of(lines)
    names = (outline.title, title, re.sub("[_-]", " ", path.stem))
    is_glossary = any(map(is_glossary_title, names))
    marker = _Marker(lines, outline, is_glossary, path.stem.casefold())
    bold = marker.in_bold()
    marked = bold or [*marker.headings()]
    plain = "\n".join(lines) if bold else ""
    for place, line in marked:
        lines[place] = line
    if is_glossary or marked:
        for place in outline.letters:
            lines[place] = ""
    return Marked("\n".join(lines), plain)


@dataclass
class _Marker:
    lines: list[str]
    outline: Outline
    is_glossary: bool
    name: str
    """Of the file, without its suffix, in lower case."""

    @cached_property
    def topics(self) -> int:
        """Return the number of headings that may be terms themselves."""
        return len(self.outline.topics())

    @cached_property
    def firsts(self) -> list[int]:
        """Return the first lines of paragraphs."""
        return [start for start, _ in self.outline.paragraphs]

    def in_bold(self) -> list[tuple[int, str]]:
        """Return the lines that begin with a term, and the same with the term in bold."""
        found = [*self._breaks()] or [*self._unsigned()]
        paragraphs = [] if found else self._paragraphs()
        items = [] if found else self._items(beside=bool(paragraphs))
        return found or [*self._with_signs(sorted([*paragraphs, *items]))]

    def _is_enough(self, count: int) -> bool:
        """Return whether so many terms stand below headings that they are no texts of these."""
        return count >= (max(_MIN_BELOW, 2 * self.topics) if self.topics else _MIN_TERMS)

    def _fits(self, places: Sequence[int], share: float) -> bool:
        texts = (_text(self.lines[n]) for n in places)
        return fits([text for text in texts if label_of(text) is None], share)

    def _paragraphs(self) -> list[int]:
        """Return the lines of paragraphs that begin with a term and a sign."""
        every = [n for start, end in self.outline.paragraphs for n in range(start, end)]
        if not self._is_enough(len(every)):
            return []
        places = every if self._fits(every, _ALL) else self.firsts
        share = (_MOST if self.topics else _MANY) if self.is_glossary else _ALL
        is_list = self._is_enough(len(places)) and self._fits(places, share)
        return places if is_list and (self.is_glossary or self._is_all()) else []

    def _items(self, *, beside: bool) -> list[int]:
        """Return the items that begin with a term and a sign."""
        items = self.outline.items
        if beside:
            is_list = len(items) >= _MIN_PLAIN and self._fits(items, _ALL)
            return items if is_list else []
        share = _MOST if len(items) >= _MIN_PLAIN else _ALL
        if not (self._is_enough(len(items)) and self._fits(items, share)):
            return []
        texts = sum(bool(line.strip()) for line in self.lines) - len(self.outline.headings)
        is_whole = not self.topics and len(items) >= _MIN_ITEMS and len(items) == texts
        return items if self.is_glossary or is_whole or self._is_all() else []

    def _is_all(self) -> bool:
        """Return whether nearly all paragraphs and items begin with terms, each with another."""
        units = sorted([*self.firsts, *self.outline.items])
        texts = [_text(self.lines[n]) for n in units]
        found = [one[0].casefold() for text in texts if (one := term_and_text(text))]
        plain = [one for one in found if not (one.startswith(_CODE) or _SENTENCE.search(one))]
        if len(units) < _MIN_PLAIN or len(plain) < _ALL * len(units):
            return False
        is_log = self.name in _NO_GLOSSARIES or any(
            _VERSION.search(one.name) for one in self.outline.headings
        )
        return not is_log and len({*plain}) > 0.95 * len(plain) and fits(texts, _ALL)

    def _with_signs(self, places: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Yield items and paragraphs with their terms in bold."""
        found = [(n, _term(_text(self.lines[n]))) for n in places]
        bold = sum(_LEAD.match(_text(self.lines[n])) is not None for n in places)
        names = [one[0].casefold() for _, one in found if one]
        counts = Counter(names)
        at = -1
        for n, one in found:
            mark, text = _mark(self.lines[n]), _text(self.lines[n])
            if one is None:
                alone = _EMPTY_ITEM.fullmatch(text)
                if mark and alone and self._has_inner(n):
                    yield n, f"{mark}**{alone[1].strip()}**:"
                continue
            at += 1
            is_sorted = names[max(at - 1, 0)] <= names[at] <= names[min(at + 1, len(names) - 1)]
            is_sure = term_and_text(text) is not None and 2 * bold < len(places)
            is_label = bool(mark) and counts[names[at]] == 1 and 2 * bold < len(places)
            if not text.startswith(("**", "__")) and (is_sure or is_sorted or is_label):
                yield n, f"{mark}**{one[0]}**: {one[1]}"

    def _has_inner(self, place: int) -> bool:
        below = next((line for line in self.lines[place + 1 : place + 3] if line.strip()), "")
        return below[:1].isspace()

    def _unsigned(self) -> Iterator[tuple[int, str]]:
        """Yield paragraphs and items with a sign behind terms in bold that have none."""
        units = sorted([*self.firsts, *self.outline.items])
        leads = [(n, one) for n in units if (one := _LEAD.match(_text(self.lines[n])))]
        plain = [(n, one) for n, one in leads if not (one["inside"] == ":" or one["sign"])]
        if len(plain) < _MIN_ITEMS or not self._is_enough(len(leads)):
            return
        if len(leads) < (_MOST if self.is_glossary else _ALL) * len(units):
            return
        are = [_IS.match(one.string, one.end()) is not None for _, one in plain]
        is_long = len(leads) >= _MIN_PLAIN
        has_stops = any(one["inside"] == "." for _, one in plain)
        if not (is_long or not has_stops) or not (self.is_glossary or (is_long and all(are))):
            return
        for (n, one), is_sentence in zip(plain, are, strict=True):
            mark = _mark(self.lines[n])
            text = one.string if is_sentence else one.string[one.end() :]
            yield n, f"{mark}**{one['name'].strip()}**: {text}"

    def _breaks(self) -> Iterator[tuple[int, str]]:
        """Yield the first lines of paragraphs that are terms, if they end with a hard break."""
        paragraphs = self.outline.paragraphs
        share, least = (_MANY, _MIN_ITEMS) if self.is_glossary else (_ALL, _MIN_PLAIN)
        found = [(n, one) for n, end in paragraphs if (one := self._broken(n, end))]
        is_most = len(found) >= max(share * len(paragraphs), least)
        if not is_most or not self._is_enough(len(found)):
            return
        size = sum(len(self.lines[n + 1]) for n, _ in found)
        is_short = 2 * sum(len(name) for _, name in found) <= size
        if is_short and 2 * len({name for _, name in found}) > len(found):
            yield from ((n, f"**{name}**:") for n, name in found)

    def _broken(self, start: int, end: int) -> str:
        """Return the term that is the first line of a paragraph; empty if it is none."""
        if end < start + 2 or not _has_break(self.lines[start]):
            return ""
        if end > start + 2 and _has_break(self.lines[start + 1]):  # as in a poem
            return ""
        name = self.lines[start].rstrip(" \\").rstrip(" \t:")
        is_term = len(name.split()) <= _MAX_WORDS and not name.endswith((".", ",", ";", "*", "_"))
        return name if is_term and not term_and_text(name) else ""

    def headings(self) -> Iterator[tuple[int, str]]:
        """Yield lines in bold above their text as headings."""
        found = [n for n in self.firsts if self._is_bold_line(n)] if self.is_glossary else []
        names = Counter(_name(self.lines[n]) for n in found)
        found = [n for n in found if names[_name(self.lines[n])] < _PARTS]
        slanted = [n for n in found if not self.lines[n].startswith(("**", "__"))]
        if len(slanted) < max(_MIN_PLAIN, len(found) / 2):
            found = [n for n in found if self.lines[n].startswith(("**", "__"))]
        lists = sum(ITEM.match(self._below(n)) is not None for n in found)
        if not self._is_enough(len(found)) or 4 * lists > len(found) or not self._are_first(found):
            return
        level = min(max((one.level for one in self.outline.headings), default=1) + 1, 6)
        for n in found:
            yield n, f"{'#' * level} {_name(self.lines[n])}"

    def _are_first(self, places: Sequence[int]) -> bool:
        """Return whether such a line comes first below each heading that may be a term."""
        known = {*places}
        starts = [*self.firsts, *self.outline.items]
        topics = self.outline.topics()
        return all(min(n for n in starts if n > one.line) in known for one in topics[:100])

    def _is_bold_line(self, place: int) -> bool:
        """Return whether a line is one in bold with text below it."""
        below = self._below(place)
        return (
            _BOLD_LINE.fullmatch(self.lines[place]) is not None
            and bool(below)
            and not _BOLD_LINE.fullmatch(below)
        )

    def _below(self, place: int) -> str:
        return next((line for line in self.lines[place + 1 : place + 3] if line.strip()), "")


def _mark(line: str) -> str:
    """Return the mark of an item."""
    found = ITEM.match(line)
    return found[0] if found else ""


def _text(line: str) -> str:
    """Return a line without the mark of an item, and with ordinary blanks."""
    return line[len(_mark(line)) :].replace("\xa0", " ")


def _term(text: str) -> tuple[str, str] | None:
    """Return the term and the definition of a paragraph or an item, or None if it has none.

    In a list of terms these may be "Example" and "Answer", which are labels elsewhere.
    """
    found = term_and_text(text)
    if found is None and (part := _PART.match(text)):
        found = part[1], part[2]
    is_sentence = found and len(found[0].split()) > _MIN_TERMS and _SENTENCE.search(found[0])
    return None if is_sentence else found


def _has_break(line: str) -> bool:
    """Return whether a line of a few words ends with a hard break."""
    return len(line) <= _MAX_LINE and line.endswith(("  ", "\\"))


def _name(line: str) -> str:
    found = _BOLD_LINE.fullmatch(line)
    return (found[1] or found[2]).strip().rstrip(":").rstrip() if found else ""
