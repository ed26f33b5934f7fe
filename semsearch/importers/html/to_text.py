"""Converts HTML to plain text: removes tags, comments and scripts, decodes entities.

Paragraphs are separated by a blank line; items of a list have a line each after `- ` or their
number, rows of a table a line with `; ` between cells. The elements of DocBook and DITA that mean
the same are known, too. It is a scanner of our own, since `html.parser` takes quadratic time on
some invalid input. Each failed search for an end is the last one, so this is linear.
"""

from __future__ import annotations

import re
from html import unescape

from semsearch.importers.html.elements import (
    BLOCKS,
    BREAKS,
    CELLS,
    INLINE,
    LISTS,
    PARAGRAPHS,
)

_ITEMS = frozenset({"li", "listitem"})
_AS_WRITTEN = frozenset({"pre", "programlisting"})
_HIDDEN = ("script", "style")
_DEEPEST = 8
"""Levels of lists that are indented."""

# noncharacters: never in a text, and never the result of an entity
_LINE, _PARAGRAPH, _MARK, _SPACE, _NEWLINE = "\ufdd2", "\ufdd3", "\ufdd4", "\ufdd5", "\ufdd6"
_OWN = dict.fromkeys(map(ord, (_LINE, _PARAGRAPH, _MARK, _SPACE, _NEWLINE)))
_AS_IS = str.maketrans({" ": _SPACE, "\t": _SPACE * 4, "\n": _NEWLINE})
_BREAKS = re.compile(
    f"([{_LINE}{_PARAGRAPH}](?:[{_LINE}{_PARAGRAPH}]|[ \t\n]+(?=[{_LINE}{_PARAGRAPH}]))*+)"
)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*)?/?>")
_TELLING = PARAGRAPHS | {"div"}
"""Blocks that tell HTML from a text."""
_WORDS = re.compile(r"[\w<&\n\"'(“„«]")
"""What follows the tag of a block that holds words; a space follows one that is spoken of."""
_BREAK = re.compile(r"(?<=\S)<br\s{0,9}/?>", re.IGNORECASE)
AMPERSAND = re.compile(r"(?:(?<=\w)|(?<=\w\s))&amp;(?=\s?\w)")
"""`&amp;` between words, as in `R&amp;D`."""
_CODE = re.compile(r"`[^`\n]*`")


def as_text(source: str) -> str:
    """Return a definition that may be a fragment of HTML as plain text; see `is_html`.

    What is none stays as it is written, and no text becomes empty.

    as_text("<p>Dough &amp; water</p>") == "Dough & water"
    """
    return (is_html(source) and html_words(source)) or source


def is_html(source: str) -> bool:
    """Return whether a text is a fragment of HTML, and not one that speaks of HTML.

    All its tags are known, and it has a block with words inside, an inline element with attributes,
    or begins with an inline element and breaks lines. Others are as their authors wrote them: "a <
    b", "List<int>", "between <b> and </b>", "the <p> element", "&amp;" and code in backticks.
    """
    if "</" not in source:
        return False
    text = _CODE.sub("", source).strip()
    tags = list(_TAG.finditer(text))
    closed = {tag[1].lower() for tag in tags if tag[0].startswith("</")}
    opened = [tag for tag in tags if not tag[0].startswith("</")]
    if not {tag[1].lower() for tag in tags} <= INLINE | BLOCKS:
        return False
    pairs = [tag for tag in opened if tag[1].lower() in closed]
    begins = bool(pairs) and pairs[0].start() == 0
    if not begins and "\n\n" in text:  # an example below a paragraph
        return False
    blocks = [tag for tag in pairs if tag[1].lower() in _TELLING]
    is_whole = begins and text.endswith(">")
    if blocks and (is_whole or any(_WORDS.match(text, tag.end()) for tag in blocks)):
        return True
    if any("=" in tag[0] and tag[1].lower() in INLINE for tag in pairs):
        return True
    return begins and _BREAK.search(text) is not None


def as_name(name: str) -> str:
    """Return a name of a record whose definition is HTML: `&amp;` between words is `&`."""
    return AMPERSAND.sub("&", name)


def html_words(source: str) -> str:
    """Return the text of a piece of HTML, with lines for its paragraphs and lists."""
    lines: list[str] = []
    gap, mark = "", ""
    for place, piece in enumerate(_BREAKS.split(_Scanner().scan(source.translate(_OWN)))):
        if place % 2:
            gap = "\n\n" if _PARAGRAPH in piece or gap == "\n\n" else "\n"
            continue
        words = " ".join(piece.split()).strip(_NEWLINE)
        if words.endswith(_MARK):  # an item that begins with a paragraph or a list
            mark = words
        elif words:
            lines += [gap if lines else "", mark, words]
            gap = mark = ""
    text = "".join(lines).replace(f"{_MARK} ", "").replace(_MARK, "")
    return text.replace(_SPACE, " ").replace(_NEWLINE, "\n")


def is_break(tag: str) -> bool:
    """Return whether a tag, with its angle brackets, begins a new line."""
    return _tag_name(tag[1:-1]) in BREAKS


class _Scanner:
    """Replaces tags by marks of lines, paragraphs and items, and decodes entities."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._numbers: list[int | None] = []
        """Of the lists that are open, the number of the last item."""
        self._has_cells = False
        self._is_as_written = False

    def scan(self, source: str) -> str:
        position = 0
        while (start := source.find("<", position)) >= 0:
            self._add(source[position:start])
            if source.startswith("<!--", start):
                position = _after(source, "-->", start + 4)
            elif not _opens_tag(source[start + 1 : start + 2]):
                self._pieces.append("<")
                position = start + 1
            else:
                position = _after(source, ">", start + 1)
                inside = source[start + 1 : position - 1]
                name = _tag_name(inside)
                self._tag(name, is_end=inside.startswith("/"))
                if name in _HIDDEN and not inside.startswith("/"):
                    position = _after(source, f"</{name}", position)
                    position = _after(source, ">", position)
        self._add(source[position:])
        return "".join(self._pieces)

    def _add(self, text: str) -> None:
        text = unescape(text)
        self._pieces.append(text.translate(_AS_IS) if self._is_as_written else text)

    def _tag(self, name: str, *, is_end: bool) -> None:
        if name in LISTS:
            if is_end and self._numbers:
                self._numbers.pop()
            self._break(_PARAGRAPH)
            if not is_end:
                self._numbers.append(0 if LISTS[name] else None)
        elif name in _ITEMS:
            self._break(_LINE)
            if not is_end:
                self._item()
        elif name in CELLS:
            if not is_end and self._has_cells:
                self._pieces.append("; ")
            self._has_cells = True
        elif name in BREAKS:
            self._break(_PARAGRAPH if name in PARAGRAPHS else _LINE)
            self._has_cells = False
            self._is_as_written = name in _AS_WRITTEN and not is_end

    def _break(self, mark: str) -> None:
        self._pieces.append(_LINE if self._numbers else mark)

    def _item(self) -> None:
        number = None
        if self._numbers and (last := self._numbers[-1]) is not None:
            number = self._numbers[-1] = last + 1
        indent = _SPACE * (2 * (min(len(self._numbers), _DEEPEST) - 1))
        self._pieces.append(f"{indent}{'-' if number is None else f'{number}.'}{_SPACE}{_MARK}")


def _opens_tag(sign: str) -> bool:
    return sign.isalpha() or (sign != "" and sign in "/!?")


def _after(source: str, end: str, position: int) -> int:
    """Return the offset after the next `end`, or the length of the source if there is none."""
    found = source.find(end, position)
    return len(source) if found < 0 else found + len(end)


def _tag_name(inside: str) -> str:
    """Return the lower-case name of a tag, without its namespace, from the text in its brackets."""
    words = inside[:64].strip("/ \t\n").split(None, 1)
    return words[0].rstrip("/").rpartition(":")[2].lower() if words else ""
