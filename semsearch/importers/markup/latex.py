r"""Reader of the glossaries package of LaTeX: \newglossaryentry, \newacronym and their kin.

The label of an entry is its key, to which `see` and \gls refer. The long form of an acronym is an
alias, and its definition if it has no description.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from semsearch.core.entries import Details, Refusal, Source
from semsearch.importers.fields import shorten
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.records_to_entries import MAX_DEFINITION, MAX_TERM
from semsearch.importers.text_files import read_text

_COMMAND = re.compile(
    r"\\(?:long)?(?:new|provide)(?P<kind>glossaryentry|acronym|abbreviation)\*?\s*(?=[\[{])"
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_ESCAPED = re.compile(r"\\[{}]")
_OPTION = re.compile(r"\s*([A-Za-z][\w-]{0,40})\s*=\s*")
_REFERENCE = re.compile(
    r"\\(?:[Gg][Ll][Ss](?:pl|desc|name|text|first|symbol)?|[Aa]cr(?:short|long|full)(?:pl)?|glslink)\*?"
    r"(?:\[[^\[\]]{0,200}\])?\{([^{}]{1,200})\}(?:\{([^{}]{1,300})\})?"
)
_ACCENT = re.compile(r"\\([\"'`^~=.cvHuk])\s*(?:\{(\\?[A-Za-z])\}|(?<=[\"'`^~=.])(\\?[A-Za-z]))")
_ACCENTS = dict(
    zip("\"'`^~=.cvHuk", "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0327\u030c\u030b\u0306\u0328", strict=True)
)  # fmt: skip
_CALL = re.compile(r"\\([A-Za-z]+)\*?\s*(?:\[[^\[\]]{0,200}\])?\{([^{}]{0,2000})\}")
_DROPPED = frozenset({"cite", "citep", "citet", "footnote", "index", "label", "ref", "vspace"})
_SIGNS = {
    "ldots": "…", "dots": "…", "textendash": "\u2013", "textemdash": "—", "ss": "ß", "ae": "æ", "oe": "œ",
    "o": "ø", "aa": "å", "l": "ł", "par": "\n\n", "newline": "\n", "item": "\n- ", "LaTeX": "LaTeX",
    "TeX": "TeX", "textregistered": "®", "texttrademark": "™",
}  # fmt: skip
_SIGN = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])\s*(?:\{\})?")
_LITERAL = (
    *(("\\\\", "\n"), ("---", "—"), ("--", "\u2013"), ("``", "“"), ("''", "”"), ("~", " ")),
    *((f"\\{sign}", sign) for sign in "%&_#$"),
    *(("\\,", " "), ("\\ ", " "), ("\\-", ""), ("\\@", "")),
)
_UNCHANGED = re.compile(
    r"\$[^$]{1,2000}\$|\\\([^\n]{0,2000}?\\\)|(?<!\\)\\text"
    r"(?P<sign>less|greater|asciitilde|asciicircum|backslash|bar|underscore)(?:\{\}|(?![A-Za-z])[ \t]*)"
)
"""Formulas, and commands for signs that mean something else in TeX."""
_TEXT_SIGNS = {
    "less": "<", "greater": ">", "asciitilde": "~", "asciicircum": "^", "backslash": "\\", "bar": "|",
    "underscore": "_",
}  # fmt: skip
_LEVELS = 8
"""Commands in commands that are unwrapped."""
_NAMES = ("name", "text", "first", "short")
_KNOWN = frozenset({*_NAMES, "description", "plural", "see", "seealso", "parent", "long", "sort", "symbol", "type"})  # fmt: skip


def read(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Read the entries that a file of LaTeX defines.

    Args:
        path: the file.
        options: not used.

    Yields:
        Item: a record for each entry with a description or a long form, a refusal for each other.
    """
    del options
    text = _COMMENT.sub("", read_text(path))
    ends = _closing_braces(text)
    found = list(_entries(text, ends))
    stated_names = ((label, one.get("name") or one.get("short", "")) for _, label, one in found)
    names = {label: name for label, name in stated_names if len(name) <= MAX_TERM}
    for line, label, stated in found:
        yield _item(label, stated, names, Source(str(path), line))


def _closing_braces(text: str) -> dict[int, int]:
    """Return the offset of the closing brace of each opening one."""
    ends: dict[int, int] = {}
    begun: list[int] = []
    for brace in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if brace[0] == "{":
            begun.append(brace.start())
        elif brace[0] == "}" and begun:
            ends[begun.pop()] = brace.start()
    return ends


def _entries(text: str, ends: Mapping[int, int]) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Yield the line, the label and the options of each entry."""
    line, counted, at = 1, 0, 0
    for command in _COMMAND.finditer(text):
        line += text.count("\n", counted, command.start())
        counted = command.start()
        if command.start() < at:  # inside of an entry
            continue
        at = command.end()
        options = ""
        if text.startswith("[", at):
            close = text.find("]", at, at + 20_000)
            options, at = (text[at + 1 : close], close + 1) if close > 0 else ("", at)
        groups: list[str] = []
        while len(groups) < 3 and (at := _skip_space(text, at)) in ends:
            groups.append(text[at + 1 : ends[at]])
            at = ends[at] + 1
        is_short = command["kind"] != "glossaryentry"
        if len(groups) > (2 if is_short else 1):
            stated = _options(options if is_short else groups[1])
            if is_short:
                stated = {"short": groups[1], "long": groups[2], **stated}
            elif "long" in command[0] and len(groups) > 2:
                stated["description"] = groups[2]
            yield line, groups[0].strip(), stated


def _skip_space(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _options(text: str) -> dict[str, str]:
    """Return `key={value}, key=value` as a mapping."""
    ends = _closing_braces(text)
    stated: dict[str, str] = {}
    at = 0
    while at < len(text):
        option = _OPTION.match(text, at)
        start = option.end() if option else at
        stop = start
        while stop < len(text) and text[stop] != ",":
            stop = ends.get(stop, stop) + 1
        if option:
            value = text[start:stop].strip()
            is_braced = value.startswith("{") and ends.get(start) == start + len(value) - 1
            stated.setdefault(option[1], value[1:-1] if is_braced else value)
        at = stop + 1
    return stated


def _item(label: str, stated: Mapping[str, str], names: Mapping[str, str], source: Source) -> Item:
    links: list[str] = []
    dropped: list[str] = []

    def plain(name: str) -> str:
        return _words(stated.get(name, ""), names, links, dropped)

    term = plain("name") or plain("short")
    definition = plain("description") or plain("long")
    if not term or not definition:
        return Refusal(source, f"no definition of {shorten(term)!r}" if term else "no term")
    aliases = [
        one for one in (plain("text"), plain("first"), plain("long"), plain("symbol")) if one
    ]
    see = (
        one
        for name in ("see", "seealso")
        for one in re.sub(r"^\[[^\]]*\]", "", stated.get(name, "")).strip("{}").split(",")
    )
    extra = {name: plain(name) for name in stated if name not in _KNOWN}
    return Record(
        term,
        definition,
        source,
        tuple(one for one in aliases if one != term),
        see_also=(*map(str.strip, see), *links),
        details=Details.of(
            {
                "broader": tuple(filter(None, [stated.get("parent", "").strip("{} ")])),
                "hidden_labels": tuple(filter(None, [plain("plural")])),
                "category": plain("type"),
                "extra": {name: text for name, text in extra.items() if text},
            }
        ),
        key=label,
        hint=label,
        left_out=tuple((name, f"\\{name}") for name in dict.fromkeys(dropped)),
    )


def _words(source: str, names: Mapping[str, str], links: list[str], dropped: list[str]) -> str:
    r"""Return TeX as plain text, in which formulas stay as they are.

    Args:
        source: the TeX.
        names: of the entries, by label.
        links: gets the labels to which \gls and its kin refer.
        dropped: gets the commands that have no text, such as \cite.
    """
    length = 0

    def shown(reference: re.Match[str]) -> str:
        nonlocal length
        label = reference[1].strip()
        links.append(label)
        name = reference[2] or names.get(label, "") or label
        length += len(name)
        # a text beyond the maximum is refused, so it need not grow
        return name if length <= MAX_DEFINITION else label

    def called(call: re.Match[str]) -> str:
        if call[1] in _DROPPED:
            dropped.append(call[1])
            return ""
        if not call[2] and call[1] in _SIGNS:
            return _SIGNS[call[1]]
        return "" if call[1] in ("begin", "end") else call[2]

    unchanged: list[str] = []

    def hidden(found: re.Match[str]) -> str:
        unchanged.append(_TEXT_SIGNS.get(found["sign"] or "", found[0]))
        return f"\ufdd0{len(unchanged) - 1}\ufdd1"

    text = _UNCHANGED.sub(hidden, _REFERENCE.sub(shown, source.replace("\ufdd0", "")))
    text = _ACCENT.sub(_accented, text)
    for _ in range(_LEVELS):
        text, count = _CALL.subn(called, text)
        if not count:
            break
    for sign, replacement in _LITERAL:
        text = text.replace(sign, replacement)
    text = _SIGN.sub(lambda sign: _SIGNS.get(sign[1], ""), text)
    text = _ESCAPED.sub(lambda brace: brace[0][1], re.sub(r"(?<!\\)[{}]", "", text))
    text = re.sub("\ufdd0([0-9]+)\ufdd1", lambda mark: unchanged[int(mark[1])], text)
    blocks = re.split(r"\n[ \t]*\n\s*", text.strip())
    return "\n\n".join(_lines(block) for block in blocks)


def _lines(block: str) -> str:
    """Join wrapped lines; items keep theirs."""
    return "\n".join(" ".join(part.split()) for part in re.split(r"\n(?=- )", block)).strip()


def _accented(accent: re.Match[str]) -> str:
    letter = (accent[2] or accent[3]).removeprefix("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[accent[1]])
