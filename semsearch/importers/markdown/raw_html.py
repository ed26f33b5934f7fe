"""Converts raw HTML to plain text: removes tags, comments and scripts, decodes entities.

It is a scanner of our own, since `html.parser` takes quadratic time on some invalid input. Each
failed search for an end is the last one, so this is linear.
"""

from __future__ import annotations

from html import unescape

_BREAKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption",
        "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
        "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip
_HIDDEN = ("script", "style")


def html_words(source: str) -> str:
    """Return the text of a piece of HTML, one line for each block element, with single spaces."""
    lines = (" ".join(line.split()) for line in _without_tags(source).split("\v"))
    return "\n".join(line for line in lines if line)


def is_break(tag: str) -> bool:
    """Return whether a tag, with its angle brackets, begins a new line."""
    return _tag_name(tag[1:-1]) in _BREAKS


def _without_tags(source: str) -> str:
    """Replace block tags by vertical tabs, and remove other tags, comments and scripts."""
    pieces = []
    position = 0
    while (start := source.find("<", position)) >= 0:
        pieces.append(unescape(source[position:start]))
        if source.startswith("<!--", start):
            position = _after(source, "-->", start + 4)
        elif not _opens_tag(source[start + 1 : start + 2]):
            pieces.append("<")
            position = start + 1
        else:
            position = _after(source, ">", start + 1)
            name = _tag_name(source[start + 1 : position - 1])
            pieces.append("\v" if name in _BREAKS else "")
            if name in _HIDDEN and source[start + 1] != "/":
                position = _after(source, f"</{name}", position)
                position = _after(source, ">", position)
    pieces.append(unescape(source[position:]))
    return "".join(pieces)


def _opens_tag(sign: str) -> bool:
    return sign.isalpha() or (sign != "" and sign in "/!?")


def _after(source: str, end: str, position: int) -> int:
    """Return the offset after the next `end`, or the length of the source if there is none."""
    found = source.find(end, position)
    return len(source) if found < 0 else found + len(end)


def _tag_name(inside: str) -> str:
    """Return the lower-case name of a tag from the text between its angle brackets."""
    words = inside[:64].strip("/ \t\n").split(None, 1)
    return words[0].rstrip("/").lower() if words else ""
