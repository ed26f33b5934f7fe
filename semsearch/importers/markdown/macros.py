"""Template macros inside Markdown, turned into the words a reader of the page would see.

Two families share the double braces: KumaScript of MDN, `{{Glossary("id", "shown")}}`, and
Hugo shortcodes, `{{< glossary_tooltip text="shown" term_id="id" >}}`. What is in braces but
is neither stays as it is. A macro is at most `MAX_LENGTH` characters long, so that unbalanced
braces cost linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

MAX_LENGTH = 600
"""The longest of 2,700 macros in the MDN glossary has 130 characters."""

_ARGUMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|([^\s,"\']+)')
_CALL = re.compile(r"([A-Za-z_][\w-]*)\s*(?:\((.*)\))?", re.DOTALL)
_NAMED = re.compile(r'([\w-]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\'|`([^`]*)`|(\S+))')

# noncharacters: free for internal use, allowed in the address of a link, and unlike control
# characters not to be had from an entity such as `&#2;`
_MARK = re.compile("\ufdd0([0-9]+)\ufdd1")
_MARK_SIGNS = re.compile("[\ufdd0\ufdd1]")

_ELEMENTS = frozenset({"htmlelement", "svgelement", "mathmlelement"})
_REFERENCES = _ELEMENTS | {
    "csp", "cssxref", "domxref", "glossary", "httpheader", "httpmethod", "httpstatus", "jsxref",
    "rfc", "svgattr",
}  # fmt: skip
"""Macros of MDN that are names of things, so that MDN also writes them inside inline code."""
_SILENT = frozenset(
    {
        "apiref", "availableinworkers", "compat", "cssinfo", "cssref", "cssxrefs",
        "csssyntax", "glossarydisambiguation", "interactiveexample", "jsref",
        "next", "nextmenu", "previous", "previousmenu", "previousmenunext", "previousnext",
        "specifications",
    }
)  # fmt: skip
"""Macros of MDN that draw a box or a table and whose arguments are not words of the text."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro: its source, its words in running text, and what it shows inside inline code.

    `entry` names the entry of the glossary that it links to, if it does.
    """

    source: str
    words: str
    in_code: str
    entry: str = ""


def match(text: str, start: int) -> Macro | None:
    """Read the macro that begins at an offset.

    Args:
        text: the text around it.
        start: the offset of its opening braces.

    Returns:
        The macro, or None if what begins there is no macro.
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
    """Replace every macro of a text by its words."""
    return "".join(part if isinstance(part, str) else part.words for part in _split(text))


def hide(text: str) -> tuple[str, list[Macro]]:
    """Replace every macro of a Markdown text by a mark that Markdown takes for a word.

    A macro may stand in the address of a link, and its words may look like Markdown; neither
    may change how the text around it is read.

    Args:
        text: the source of a paragraph.

    Returns:
        The text with marks, and the macros they stand for.
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
    """Replace the marks that `hide` left by the words of their macros.

    Args:
        text: a piece of the text with marks.
        found: the macros that `hide` gave.
        in_code: whether the piece is inline code, in which most macros stay as they are.

    Returns:
        The piece without marks.
    """
    if not found:
        return text

    def words(mark: re.Match[str]) -> str:
        macro = found[int(mark[1])]
        return macro.in_code if in_code else macro.words

    return _MARK.sub(words, text)


def shown(text: str, found: Sequence[Macro]) -> list[Macro]:
    """Give the macros behind the marks that `hide` left in a piece of the text."""
    return [found[int(mark[1])] for mark in _MARK.finditer(text)] if found else []


def _split(text: str) -> Iterator[str | Macro]:
    """Take a text apart into macros and what stands between them."""
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
    """Read a Hugo shortcode: its words are its `text`, or for a tooltip its `term_id`."""
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
    """Give the words of an MDN macro: in general its second argument, or else the first."""
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
    """Give the first group that took part in a match, without backslashes before quotes."""
    value = next((group for group in found.groups()[start - 1 :] if group is not None), "")
    return value.replace('\\"', '"').replace("\\'", "'")
