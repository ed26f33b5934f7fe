r"""Reader of glossaries of LaTeX: \newglossaryentry, \newacronym, and \acro and \DeclareAcronym.

The label of an entry is its key, to which `see` and \gls refer. The long form of an acronym is an
alias, and its definition if it has no description.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from semsearch.core.entries import Details, Refusal, Source
from semsearch.importers.fields import shorten
from semsearch.importers.files.text_files import read_text
from semsearch.importers.labelled_lines import with_labels_read
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.markup.marked_text import MarkedText, in_element, without_signs
from semsearch.importers.markup.term_lists import Plain
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.records_to_entries import MAX_DEFINITION, MAX_TERM

_COMMAND = re.compile(
    r"\\(?:(?:long)?(?:new|provide)(?P<kind>glossaryentry|acronym|abbreviation)"
    r"|(?P<declared>DeclareAcronym)|(?P<acro>acro(?:def)?|newacro))\*?\s*(?=[\[{])"
)
_COMMENT = re.compile(r"(https?://[^\s{}]*)|(?<!\\)%[^\n]*")
"""A comment, and addresses, which may have a sign of percent."""
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
    "o": "ø", "aa": "å", "l": "ł", "par": "\n\n", "newline": "\n", "LaTeX": "LaTeX",
    "TeX": "TeX", "textregistered": "®", "texttrademark": "™",
}  # fmt: skip
_ELEMENTS = {
    **dict.fromkeys(("emph", "textit", "textsl"), "em"), "textbf": "strong", "texttt": "code",
}  # fmt: skip
"""Elements of HTML that commands stand for."""
_LISTS = frozenset({"itemize", "enumerate", "description"})
_LIST = re.compile(
    r"\s{0,20}(?:\\(begin|end)\{([a-z]{1,20}\*?)\}|\\item(?![A-Za-z])[ \t]*(?:\[([^\[\]\n]{0,200})\])?\s*)"
)
_VERBATIM = re.compile(r"\\verb\*?([^\sA-Za-z*{}])([^\n]{1,200}?)\1")
_ADDRESS = re.compile(r"\\(?:url|href)\{([^{}\s]{1,500})\}(?:(?<=\})\{([^{}]{1,500})\})?")
_SIGN = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])\s*(?:\{\})?")
_LITERAL = (
    *(("\\\\", "\n"), ("---", "—"), ("--", "\u2013"), ("``", "“"), ("''", "”"), ("~", " ")),
    *((f"\\{sign}", sign) for sign in "%&_#$"),
    *(("\\,", " "), ("\\ ", " "), ("\\-", ""), ("\\@", "")),
)
_UNCHANGED = re.compile(
    r"(?P<dollars>\${1,2})(?P<formula>[^$]{1,2000})(?P=dollars)|\\\((?P<inline>(?:[^$\n\\]|\\(?![()])){1,2000})\\\)"
    r"|(?<!\\)\\\[(?P<display>(?:[^$\\]|\\[^\[\]]){1,2000})\\\]|(?<!\\)\\text(?P<sign>less|greater|asciitilde|asciicircum|backslash|bar|underscore)(?:\{\}|(?![A-Za-z])[ \t]*)"
)
"""Formulas, and commands for signs that mean something else in TeX.

A formula has no beginning of another one, so that each text is searched once.
"""
_TEXT_SIGNS = {
    "less": "<", "greater": ">", "asciitilde": "~", "asciicircum": "^", "backslash": "\\", "bar": "|",
    "underscore": "_",
}  # fmt: skip
_LEVELS = 8
"""Commands in commands that are unwrapped."""
_NAMES = ("name", "text", "first", "short")
_KNOWN = frozenset({*_NAMES, "description", "plural", "see", "seealso", "parent", "long", "sort", "symbol", "type"})  # fmt: skip


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read the entries that a file of LaTeX defines."""
    text = _COMMENT.sub(r"\1", read_text(path))
    ends = _closing_braces(text)
    found = list(_entries(text, ends))
    stated_names = ((label, one.get("name") or one.get("short", "")) for _, label, one in found)
    names = {label: name for label, name in stated_names if len(name) <= MAX_TERM}
    for line, label, stated in found:
        source = Source(str(path), line)
        if stated:
            yield _item(label, stated, names, source)
        else:
            yield Refusal(
                source, f"{shorten(label)!r}: a brace is not closed, or an argument is missing"
            )


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
    """Yield the line, the label and the options of each entry; a broken one has none."""
    line, counted, at = 1, 0, 0
    for command in _COMMAND.finditer(text):
        line += text.count("\n", counted, command.start())
        counted = command.start()
        if command.start() < at:  # inside of an entry
            continue
        has_short = command["kind"] in ("acronym", "abbreviation")
        groups, option, at = _arguments(text, command.end(), ends, 2 if command["acro"] else 3)
        if command["acro"] and len(groups) < 2:
            continue  # the sign of an acronym, of another package
        if len(groups) <= 1 + has_short:
            yield line, text[command.start() : command.end() + 20].partition("\n")[0], {}
            continue
        if command["acro"]:
            stated = {"short": option or groups[0], "long": groups[1]}
        elif has_short:
            stated = {"short": groups[1], "long": groups[2], **_options(option)}
        else:
            stated = _options(groups[1])
        if command["kind"] == "glossaryentry" and "long" in command[0] and len(groups) > 2:
            stated["description"] = groups[2]
        yield line, groups[0].strip(), stated


def _arguments(
    text: str, at: int, ends: Mapping[int, int], most: int
) -> tuple[list[str], str, int]:
    """Return up to so many arguments in braces, the one in brackets, and where they end."""
    groups: list[str] = []
    option = ""
    while len(groups) < most:
        at = _skip_space(text, at)
        close = text.find("]", at, at + 20_000) if text.startswith("[", at) else -1
        if close > 0 and not option:
            option, at = text[at + 1 : close], close + 1
        elif at in ends:
            groups.append(text[at + 1 : ends[at]])
            at = ends[at] + 1
        else:
            break
    return groups, option, at


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
        return _plain(stated.get(name, ""), names, links, dropped).words

    term = plain("name") or plain("short")
    described = _plain(stated.get("description", ""), names, links, dropped)
    definition = described.words or plain("long")
    aliases = [
        one for one in (plain("text"), plain("first"), plain("long"), plain("symbol")) if one
    ]
    see = (
        one
        for name in ("see", "seealso")
        for one in re.sub(r"^\[[^\]]*\]", "", stated.get(name, "")).strip("{}").split(",")
    )
    extra = {name: plain(name) for name in stated if name not in _KNOWN}
    made = Record(
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
                "markdown": markdown_of_html(described.html),
                "extra": {name: text for name, text in extra.items() if text},
            }
        ),
        key=label,
        hint=label,
        left_out=tuple((name, f"\\{name}") for name in dict.fromkeys(dropped)),
    )
    return with_labels_read(made)


@dataclass(slots=True)
class _Unchanged:
    """Hides the parts of TeX that stay as they are, in which references are names without links."""

    names: Mapping[str, str]
    links: list[str]
    made: MarkedText = field(default_factory=MarkedText)
    length: int = 0

    def without(self, text: str) -> str:
        """Return a text with marks for what is verbatim, formulas and signs."""
        text = _VERBATIM.sub(lambda one: in_element("code", self.made.hide(one[2])), text)
        return _UNCHANGED.sub(self._hidden, text)

    def name_of(self, reference: re.Match[str]) -> str:
        label = reference[1].strip()
        self.links.append(label)
        name = reference[2] or self.names.get(label, "") or label
        self.length += len(name)
        # a text beyond the maximum is refused, so it need not grow
        return name if self.length <= MAX_DEFINITION else label

    def _hidden(self, found: re.Match[str]) -> str:
        if found["sign"]:
            return self.made.hide(_TEXT_SIGNS[found["sign"]])
        formula = found["formula"] or found["inline"] or found["display"]
        formula = _REFERENCE.sub(lambda one: self.name_of(one).replace("$", ""), formula)
        sign = "$$" if found["display"] else found["dollars"] or "$"
        return self.made.hide(f"{sign}{formula.strip()}{sign}")


def _plain(source: str, names: Mapping[str, str], links: list[str], dropped: list[str]) -> Plain:
    r"""Return TeX as plain text, in which formulas stay as they are, and as HTML.

    Args:
        source: the TeX.
        names: of the entries, by label.
        links: gets the labels to which \gls and its kin refer.
        dropped: gets the commands that have no text, such as \cite.
    """
    kept = _Unchanged(names, links)
    made = kept.made

    def shown(reference: re.Match[str]) -> str:
        name = kept.without(kept.name_of(reference))
        return made.link(name, f"#{quote(reference[1].strip())}")

    def called(call: re.Match[str]) -> str:
        if call[1] in _DROPPED:
            dropped.append(call[1])
            return ""
        if not call[2] and call[1] in _SIGNS:
            return _SIGNS[call[1]]
        tag = _ELEMENTS.get(call[1])
        return in_element(tag, call[2]) if tag and call[2].strip() else call[2]

    text = _with_items(_REFERENCE.sub(shown, kept.without(without_signs(source))))
    text = _ADDRESS.sub(lambda one: made.link(one[2] or made.hide(one[1]), one[1]), text)
    text = _ACCENT.sub(_accented, text)
    for _ in range(_LEVELS):
        text, count = _CALL.subn(called, text)
        if not count:
            break
    for sign, replacement in _LITERAL:
        text = text.replace(sign, replacement)
    text = _SIGN.sub(lambda sign: _SIGNS.get(sign[1], ""), text)
    text = _ESCAPED.sub(lambda brace: brace[0][1], re.sub(r"(?<!\\)[{}]", "", text))
    blocks = re.split(r"\n[ \t]*\n\s*", text.strip())
    marked = "\n\n".join(filter(None, map(_lines, blocks)))
    return Plain(made.words(marked), html=made.html(marked))


def _with_items(text: str) -> str:
    r"""Return TeX with a line for each \item, which has a number inside of `enumerate`."""
    numbers: list[int | None] = []

    def line(found: re.Match[str]) -> str:
        if found[1] == "begin":
            if found[2] in _LISTS:
                numbers.append(0 if found[2] == "enumerate" else None)
            return "" if found[2] in _LISTS else " "
        if found[1] == "end":
            if found[2] in _LISTS and numbers:
                numbers.pop()
            return "\n\n" if found[2] in _LISTS else " "
        label = f"{found[3]} " if found[3] else ""
        number = numbers[-1] if numbers else None
        if number is None:
            return f"\n- {label}"
        numbers[-1] = number + 1
        return f"\n{number + 1}. {label}"

    return _LIST.sub(line, text)


def _lines(block: str) -> str:
    """Join wrapped lines; items keep theirs."""
    parts = re.split(r"\n(?=(?:-|\d{1,9}\.) )", block)
    return "\n".join(filter(None, (" ".join(part.split()) for part in parts)))


def _accented(accent: re.Match[str]) -> str:
    letter = (accent[2] or accent[3]).removeprefix("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[accent[1]])
