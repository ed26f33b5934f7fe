"""Replaces template macros in Markdown by the words that a reader of the page sees.

Two families use double braces: KumaScript of MDN, `{{Glossary("id", "shown")}}`, and Hugo
shortcodes, `{{< glossary_tooltip text="shown" term_id="id" >}}`. Other text in braces stays. A
macro has at most `MAX_LENGTH` characters, so that unbalanced braces take linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

MAX_LENGTH = 600
"""Most characters of a macro; the longest of 2,700 in the MDN glossary has 130."""

_ARGUMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|([^\s,"\']+)')
_CALL = re.compile(r"([A-Za-z_][\w-]*)\s*(?:\((.*)\))?", re.DOTALL)
_NAMED = re.compile(r'([\w-]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\'|`([^`]*)`|(\S+))')

# Noncharacters: reserved for internal use, valid in the address of a link, and, unlike control
# characters, never the result of an entity such as `&#2;`.
MARK = re.compile("\ufdd0([0-9]+)\ufdd1")
_MARK_SIGNS = re.compile("[\ufdd0\ufdd1]")

_ELEMENTS = frozenset({"htmlelement", "svgelement", "mathmlelement"})
_REFERENCES = _ELEMENTS | {
    "csp", "cssxref", "domxref", "glossary", "httpheader", "httpmethod", "httpstatus", "jsxref",
    "rfc", "svgattr",
}  # fmt: skip
"""MDN macros that are names of things; MDN also writes them inside inline code."""
_SILENT = frozenset(
    {
        "apiref", "availableinworkers", "compat", "cssinfo", "cssref", "cssxrefs",
        "csssyntax", "glossarydisambiguation", "interactiveexample", "jsref",
        "next", "nextmenu", "previous", "previousmenu", "previousmenunext", "previousnext",
        "specifications",
    }
)  # fmt: skip
"""MDN macros that draw a box or a table; their arguments are no text."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro: its source, its words in running text, and its words inside inline code.

    `entry` is the name of the entry that it links to, if any.
    """

    source: str
    words: str
    in_code: str
    entry: str = ""


def match(text: str, start: int) -> Macro | None:
    """Parse the macro that begins at an offset.

    Args:
        text: the text around it.
        start: the offset of its opening braces.

    Returns:
        The macro, or None if there is none.
    """
    close = text.find("}}", start + 2, start + MAX_LENGTH)
    if close < 0 or text[start - 1 : start] == "\\":
        return None
    source, inner = text[start : close + 2], text[start + 2 : close]
    if "{{" in inner:
        return None
    if inner[:1] in ("<", "%"):
        return _shortcode(inner, source)
    call = _CALL.fullmatch(inner.strip())
    if call is None:
        return None
    name = call[1].lower()
    arguments = [unescape(_first_group(found, 1)) for found in _ARGUMENT.finditer(call[2] or "")]
    words = _kumascript(name, arguments)
    entry = arguments[0] if name == "glossary" and arguments else ""
    return Macro(source, words, words if name in _REFERENCES else source, entry)


def spell_out(text: str) -> str:
    """Replace all macros of a text by their words."""
    return "".join(part if isinstance(part, str) else part.words for part in _split(text))


def hide(text: str) -> tuple[str, list[Macro]]:
    """Replace all macros of a Markdown text by marks, which Markdown treats as words.

    A macro may be in the address of a link, and its words may look like Markdown; neither may
    change how the text around it is parsed.

    Args:
        text: the source of a paragraph.

    Returns:
        The text with marks, and the macros that they stand for.
    """
    if "{{" not in text:
        return text, []
    found: list[Macro] = []
    pieces = []
    for part in _split(_MARK_SIGNS.sub("", text)):
        if isinstance(part, str):
            pieces.append(part)
        else:
            pieces.append(f"\ufdd0{len(found)}\ufdd1")
            found.append(part)
    return "".join(pieces), found


def show(text: str, found: Sequence[Macro], *, in_code: bool = False) -> str:
    """Replace the marks of `hide` by the words of their macros.

    Args:
        text: a part of the text with marks.
        found: the macros that `hide` returned.
        in_code: whether the part is inline code, in which most macros stay as they are.

    Returns:
        The part without marks.
    """
    if not found:
        return text

    def words(mark: re.Match[str]) -> str:
        macro = found[int(mark[1])]
        return macro.in_code if in_code else macro.words

    return MARK.sub(words, text)


def shown(text: str, found: Sequence[Macro]) -> list[Macro]:
    """Return the macros whose marks are in a part of the text."""
    return [found[int(mark[1])] for mark in MARK.finditer(text)] if found else []


def _split(text: str) -> Iterator[str | Macro]:
    """Split a text into macros and the text between them."""
    position = search = 0
    while (start := text.find("{{", search)) >= 0:
        macro = match(text, start)
        if macro is None:
            search = start + 1
            continue
        yield text[position:start]
        yield macro
        position = search = start + len(macro.source)
    yield text[position:]


def _shortcode(inner: str, source: str) -> Macro | None:
    """Parse a Hugo shortcode: its words are its `text`, or for a tooltip its `term_id`."""
    closing = {"<": ">", "%": "%"}[inner[0]]
    if len(inner) < 2 or not inner.endswith(closing):
        return None
    if inner[0] == "%":
        return Macro(source, "", source)
    named = {found[1]: _first_group(found, 2) for found in _NAMED.finditer(inner[1:-1])}
    is_tooltip = inner[1:].lstrip().startswith("glossary_tooltip")
    entry = named.get("term_id", "") if is_tooltip else ""
    return Macro(source, named.get("text") or entry.replace("-", " "), source, entry)


def _kumascript(name: str, arguments: Sequence[str]) -> str:
    """Return the words of an MDN macro: usually its second argument, or else the first."""
    if not arguments or _is_silent(name):
        return ""
    if name == "rfc":
        return f"RFC {arguments[0]}"
    shown = arguments[0].replace("_", " ") if name == "glossary" else arguments[0]
    shown = f"<{shown}>" if name in _ELEMENTS else shown
    return arguments[1] if len(arguments) > 1 and arguments[1] else shown


def _is_silent(name: str) -> bool:
    return name in _SILENT or name.startswith(("embed", "list")) or name.endswith("sidebar")


def _first_group(found: re.Match[str], start: int) -> str:
    """Return the first group that matched, without backslashes before quotes."""
    value = next((group for group in found.groups()[start - 1 :] if group is not None), "")
    return value.replace('\\"', '"').replace("\\'", "'")
