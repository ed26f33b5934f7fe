"""Text of a markup with marks for its elements, and what it says as plain text and as HTML.

A reader replaces the marks of its markup by those of `in_element`, and hides what must stay as it
is, such as formulas and addresses. Signs that no text has stand for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

_OPEN, _CLOSE, _HIDDEN, _END = "\ufdd2", "\ufdd3", "\ufdd4", "\ufdd5"
_SIGNS = dict.fromkeys(map(ord, (_OPEN, _CLOSE, _HIDDEN, _END)))
_ELEMENT = re.compile(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}")
_MARK = re.compile(f"{_HIDDEN}([0-9]+){_END}")
_ITEM = re.compile(r"(?:-|(\d{1,9})\.) ")
_FORMULA = re.compile(r"(\${1,2})(.+)\1", re.DOTALL)


@dataclass(slots=True)
class MarkedText:
    """Hides parts of a text while its markup is replaced, and shows them again."""

    hidden: list[tuple[str, str]] = field(default_factory=list)
    """What marks stand for, as text and as HTML."""

    def hide(self, text: str, html: str = "") -> str:
        """Return a mark that stands for a text; one between dollars is a formula.

        Marks in the text are shown, and its elements left out.
        """
        text = self.words(text)
        self.hidden.append((text, html or _html(text)))
        return f"{_HIDDEN}{len(self.hidden) - 1}{_END}"

    def link(self, words: str, address: str) -> str:
        """Return words as a link."""
        return in_element("a", words, f'href="{self.hide(address)}"')

    def words(self, marked: str) -> str:
        """Return a text without its elements."""
        return _MARK.sub(lambda mark: self.hidden[int(mark[1])][0], _ELEMENT.sub("", marked))

    def html(self, marked: str) -> str:
        """Return a text as HTML; empty if it has no structure but paragraphs."""
        if _OPEN not in marked and _HIDDEN not in marked and "\n" not in marked:
            return ""
        blocks = escape(marked, quote=False).split("\n\n")
        text = "".join(lines_as_html(block.split("\n")) for block in blocks)
        text = text.replace(_OPEN, "<").replace(_CLOSE, ">")
        return _MARK.sub(lambda mark: self.hidden[int(mark[1])][1], text)


def without_signs(text: str) -> str:
    """Return a text without the signs that marks are made of."""
    return text.translate(_SIGNS)


def in_element(tag: str, words: str, attributes: str = "") -> str:
    """Return words with marks for an element of HTML around them."""
    start = f"{tag} {attributes}" if attributes else tag
    return f"{_OPEN}{start}{_CLOSE}{words}{_OPEN}/{tag}{_CLOSE}"


def lines_as_html(lines: Iterable[str]) -> str:
    """Return lines of HTML as paragraphs, and those that begin with `- ` or a number as lists."""
    made: list[str] = []
    for kind, group in groupby(lines, _kind):
        if kind == "p":
            made += (f"<p>{line}</p>" for line in group)
        else:
            first, *others = group
            number = _ITEM.match(first)
            start = f' start="{number[1]}"' if number and number[1] else ""
            items = (f"<li>{_ITEM.sub('', line, count=1)}</li>" for line in (first, *others))
            made.append(f"<{kind}{start}>{''.join(items)}</{kind}>")
    return "".join(made)


def _kind(line: str) -> str:
    item = _ITEM.match(line)
    return "p" if item is None else "ol" if item[1] else "ul"


def _html(text: str) -> str:
    formula = _FORMULA.fullmatch(text)
    if formula is None:
        return escape(text)
    display = ' display="block"' if len(formula[1]) > 1 else ""
    return f"<tex{display}>{escape(formula[2])}</tex>"
