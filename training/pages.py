"""Reads definition lists of HTML pages: glossaries, options and functions of printed manuals.

A term is the text of a `dt`, or the last part of its `id` if that names a thing of a program
("collections.OrderedDict"). Its definition is the paragraphs of the `dd` that follows, without
lists, tables and code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SILENT = frozenset({"pre", "table", "ul", "ol", "script", "style", "sup"})
_OBJECT = re.compile(r"^(?:[A-Za-z_]\w*\.)+([A-Za-z_]\w*)$")
_ANCHORS = ("headerlink", "id_link", "permalink")
_REFERENCE = re.compile(r"^(?:see\b|for (?:more|further)|compare\b|note that\b)", re.IGNORECASE)


def read_definitions(html: str) -> Iterator[tuple[str, str]]:
    """Yield each term of a page with its definition, inner lists before outer ones."""
    reader = _ListParser()
    reader.feed(html)
    reader.close()
    for term, paragraphs in reader.found:
        texts = [" ".join(paragraph.split()) for paragraph in paragraphs]
        text = " ".join(t for t in texts if t and not _REFERENCE.match(t) and t[-1] in ".!?")
        if term and text:
            yield term, text


@dataclass(slots=True)
class _List:
    """A `dl` that is being read."""

    term: str = ""
    object: str = ""
    in_term: bool = False
    in_definition: bool = False
    paragraphs: list[str] = field(default_factory=lambda: [""])


class _ListParser(HTMLParser):
    """Collects the lists of a page; the open ones are a stack, the innermost last."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self._open: list[_List] = []
        self._silent = 0
        self._anchor = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "dl":
            self._open.append(_List())
        elif tag in _SILENT:
            self._silent += 1
        elif tag == "a" and (given.get("class") or "") in _ANCHORS:
            self._anchor += 1
        elif self._open:
            self._start_part(self._open[-1], tag, given.get("id") or "")

    def _start_part(self, here: _List, tag: str, id_: str) -> None:
        if tag == "dt":
            self._finish(here)
            match = _OBJECT.match(id_)
            here.term, here.object, here.in_term = "", match[1] if match else "", True
        elif tag == "dd":
            here.in_term, here.in_definition = False, True
            here.paragraphs = [""]
        elif tag in {"p", "br", "div"} and here.in_definition:
            here.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "dl" and self._open:
            self._finish(self._open.pop())
        elif tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a":
            self._anchor = 0
        elif self._open and tag == "dt":
            self._open[-1].in_term = False
        elif self._open and tag == "dd":
            self._finish(self._open[-1])

    def handle_data(self, data: str) -> None:
        if self._silent or self._anchor or not self._open:
            return
        here = self._open[-1]
        if here.in_term:
            here.term += data
        elif here.in_definition:
            here.paragraphs[-1] += data

    def _finish(self, here: _List) -> None:
        if here.in_definition:
            self.found.append((here.object or " ".join(here.term.split()), here.paragraphs))
        here.in_definition, here.paragraphs = False, [""]
