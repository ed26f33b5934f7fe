"""Marks the first occurrence of each term in an HTML page.

Everything else of the page stays as it is, byte for byte: a parser says where the text is, and tags
are put into it at these places.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate

from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidSetting
from semsearch.doc_sites.opaque import is_opaque
from semsearch.text.mentions import MentionFinder
from semsearch.text.names import names_of
from semsearch.web.urls import entry_path

CLASS = "semsearch-term"

_ADDRESS = re.compile(r"https?://[^\s/?#][^\s?#]*", re.IGNORECASE)
_MARK = re.compile(rf'<(a|span) class="{CLASS}"[^>]*>([^<]*)</\1>')
_ASSETS = re.compile(
    r"\n?<link [^>]*data-semsearch[^>]*>\n?<script [^>]*data-semsearch[^>]*></script>\n?"
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
"""Elements without an end tag (HTML Living Standard, 13.1.2)."""
_TEXT_TO_THE_END = "plaintext"
"""An element that nothing ends: even end tags are text in it (13.2.6.4.7)."""
_ENDED_BY = {
    "p": ("p",),
    "li": ("p", "li"),
    "dt": ("p", "dt", "dd"),
    "dd": ("p", "dt", "dd"),
    "td": ("p", "td", "th"),
    "th": ("p", "td", "th"),
    "tr": ("p", "td", "th", "tr"),
    "option": ("option",),
    "optgroup": ("option", "optgroup"),
}
"""Innermost elements that end where another begins, since end tags may be left out (13.1.2.4)."""


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """A page with its marks, and the ids of the entries that are marked."""

    html: str
    ids: tuple[str, ...]


class TermMarker:
    """Marks the names of some entries in pages.

    Args:
        entries: of one glossary, where a name has one meaning.
        address: base URL of a service, whose pages of entries are linked; empty for no links.

    Raises:
        InvalidSetting: the address is no web address.
    """

    def __init__(self, entries: Sequence[Entry], address: str = "") -> None:
        if address and not _ADDRESS.fullmatch(address):
            raise InvalidSetting(
                f"{address!r} is not the address of a service, such as https://terms.example.org"
            )
        base = address and address.rstrip("/") + "/"
        self._entries = entries
        self._links = [base and base + entry_path(entry.id) for entry in entries]
        self._finder = MentionFinder(names_of(entry) for entry in entries)

    def mark(self, page: str, assets: str) -> MarkedPage:
        """Return a page in which the first occurrence of each term is marked.

        Marks of an earlier run are replaced.

        Args:
            page: the HTML of a whole page.
            assets: relative URL of the folder of script, style sheet and data.
        """
        clean = without_marks(page)
        texts = _Texts(clean)
        marks: list[tuple[int, int, int]] = []
        seen: set[int] = set()
        for run in texts.runs:
            for found in self._finder.find(run.text, -1):
                if found.target not in seen:
                    seen.add(found.target)
                    marks.append((run.at(found.start), run.at(found.end), found.target))
        if not marks:
            return MarkedPage(clean, ())
        pieces, end = [], 0
        for start, stop, target in marks:
            pieces += [clean[end:start], self._marked(clean[start:stop], target)]
            end = stop
        body = "".join(pieces) + clean[end:]
        return MarkedPage(
            _with_assets(body, assets), tuple(self._entries[target].id for *_, target in marks)
        )

    def _marked(self, written: str, target: int) -> str:
        id_ = html.escape(self._entries[target].id)
        if link := self._links[target]:
            return f'<a class="{CLASS}" data-term="{id_}" href="{html.escape(link)}">{written}</a>'
        return f'<span class="{CLASS}" data-term="{id_}" tabindex="0">{written}</span>'


def without_marks(page: str) -> str:
    """Return a page as it was before terms were marked in it."""
    return _ASSETS.sub("", _MARK.sub(r"\2", page)) if CLASS in page else page


def _with_assets(page: str, folder: str) -> str:
    """Return a page that loads script and style sheet, at the end of its body."""
    url = html.escape(folder)
    loads = (
        f'\n<link rel="stylesheet" href="{url}terms.css" data-semsearch>'
        f'\n<script src="{url}terms.js" data-semsearch="{url}terms-data.js" defer></script>\n'
    )
    end = _Texts(page).body_end
    return f"{page[:end]}{loads}{page[end:]}"


@dataclass(frozen=True, slots=True)
class _TextRun:
    """A text without a tag in it, and the place of each of its characters in the page.

    One more place is the end of the last.
    """

    text: str
    places: list[int]

    def at(self, index: int) -> int:
        """Return the place of a character in the page."""
        return self.places[index]


_MAIN = re.compile(r"<(?:main|article)\b|\brole=[\"']?main\b", re.IGNORECASE)


class _Texts(HTMLParser):
    """The texts of a page in which terms may be marked, in order.

    If the page says what its main part is, those of that part.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.runs: list[_TextRun] = []
        self.body_end = len(page)
        """Where its end tag is; one in a script or a comment is none."""
        self._page = page
        self._lines = list(accumulate((len(line) + 1 for line in page.split("\n")), initial=0))
        self._has_main = _MAIN.search(page) is not None
        self._open: list[tuple[str, bool, bool]] = []
        self._named: Counter[str] = Counter()
        self._main = self._opaque = 0
        self._text: list[str] = []
        self._places: list[int] = []
        self.feed(page)
        self.close()
        self._end_run()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what begins."""
        self._end_run()
        if tag in _VOID:
            return
        while self._open and self._open[-1][0] in _ENDED_BY.get(tag, ()):
            self._close_innermost()
        given = dict(attrs)
        is_main = tag in ("main", "article") or given.get("role") == "main"
        is_off = is_opaque(tag, given)
        self._open.append((tag, is_main, is_off))
        self._named[tag] += 1
        self._main += is_main
        self._opaque += is_off
        if tag == _TEXT_TO_THE_END:
            self.body_end = self._place()

    def handle_endtag(self, tag: str) -> None:
        """Note what ends: the innermost element of this name, and all in it."""
        self._end_run()
        if self._named[_TEXT_TO_THE_END]:
            return
        if tag == "body":
            self.body_end = self._place()
        if not self._named[tag]:
            return
        while self._close_innermost() != tag:
            continue

    def _close_innermost(self) -> str:
        name, is_main, is_opaque = self._open.pop()
        self._named[name] -= 1
        self._main -= is_main
        self._opaque -= is_opaque
        return name

    def handle_data(self, data: str) -> None:
        """Take a text that stands in the page as it is."""
        start = self._place()
        self._take(data, data, range(start, start + len(data)))

    def handle_entityref(self, name: str) -> None:
        """Take a sign that is written by its name."""
        self._take_reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Take a sign that is written by its number."""
        self._take_reference(f"&#{name};")

    def _take_reference(self, written: str) -> None:
        start = self._place()
        sign = html.unescape(written)
        self._take(sign, written, [start] * len(sign))

    def _take(self, text: str, written: str, places: Sequence[int]) -> None:
        start = self._place()
        if self._opaque or (self._has_main and not self._main):
            return
        if self._places and start != self._places[-1]:
            self._end_run()
        # of what a page ends in the middle of, the parser does not say where it was
        if self._page[start : start + len(written)] != written:
            return
        end = start + len(written)
        self._text.append(text)
        self._places[-1:] = [*places, end]

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _end_run(self) -> None:
        if self._text:
            self.runs.append(_TextRun("".join(self._text), self._places))
            self._text, self._places = [], []
