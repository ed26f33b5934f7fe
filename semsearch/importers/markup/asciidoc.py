"""Reader of description lists in AsciiDoc: `term:: definition`.

If the file has `[glossary]` blocks or sections, only their lists are read. Cross-references are
links to entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from semsearch.importers.markup.term_lists import Markup, Plain, TermLine, paragraphs, read_list
from semsearch.importers.records import Item, ReadOptions
from semsearch.importers.text_files import read_text

_ANCHOR = re.compile(
    r"\[\[([^\[\],]{1,200})[^\[\]]{0,200}\]\]|\[#([^\[\]]{1,200})\]|anchor:([\w-]{1,200})\[\]"
)
_GLOSSARY = re.compile(r"\[glossary[\],%]")
_HEADING = re.compile(r"={1,6}\s+\S")
_LIST = re.compile(r"(?:\*{1,5}|\.{1,5}|-)\s")
_BLOCK = re.compile(r"\[[^\[\]]*\]$|={4,}$|-{4,}$|\.{4,}$|\|===|:[\w!-]+:")
_LINK = re.compile(
    r"<<#?([^<>,\n]{1,200})(?:,([^<>\n]{1,300}))?>>|xref:#?([^\s\[\]]{1,200})\[([^\[\]\n]{0,300})\]"
)
_INLINE = (
    (re.compile(r"(?:link:)?(?:https?://|mailto:)[^\s\[\]]{1,500}\[([^\[\]\n]{1,300})\]"), r"\1"),
    (re.compile(r"footnote:\w*\[[^\[\]]{0,1000}\]|\({3}[^()]{1,300}\){3}"), ""),
    (re.compile(r"\({2}([^()]{1,300})\){2}"), r"\1"),
    (re.compile(r"(?:stem|latexmath|asciimath|pass|kbd|btn):\w*\[([^\[\]]{0,1000})\]"), r"\1"),
    (re.compile(r"(?<![\w*])\*{1,2}([^\s*](?:[^*\n]{0,500}[^\s*])?)\*{1,2}(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_{1,2}([^\s_](?:[^_\n]{0,500}[^\s_])?)_{1,2}(?![\w_])"), r"\1"),
    (re.compile(r"`{1,2}\+?([^`\n]{1,500}?)\+?`{1,2}"), r"\1"),
)  # fmt: skip


def read(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Read the description lists of a file.

    Args:
        path: the file.
        options: not used.

    Yields:
        Item: a record for each definition, a refusal for each term without one.
    """
    del options
    lines = list(enumerate(read_text(path).split("\n"), start=1))
    yield from read_list(_glossaries(lines), _ASCIIDOC, str(path))


def _glossaries(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the lines of glossary blocks and sections; all, if there are none."""
    is_marked = is_inside = False
    has_any = any(_GLOSSARY.match(line) for _, line in lines)
    for number, line in lines:
        if _GLOSSARY.match(line):
            is_inside = is_marked = True
        elif _HEADING.match(line):  # the first one below the mark is that of its section
            is_inside, is_marked = is_marked, False
        elif line.strip() and not _BLOCK.match(line):
            is_marked = False
        if is_inside or not has_any:
            yield number, line


def _opens(line: str) -> TermLine | None:
    name, mark, text = line.strip().partition("::")
    if not mark or not name or text.startswith(":") or (text and not text[0].isspace()):
        return None
    if line.startswith("//"):
        return None
    anchor = _ANCHOR.search(name[:500])
    return TermLine(
        _ANCHOR.sub("", name),
        text.strip(),
        next(filter(None, anchor.groups()), "") if anchor else "",
    )


def _continues(line: str, after_blank: bool) -> str | None:
    stripped = line.strip()
    if stripped == "+" or line.startswith("//"):
        return ""
    if _HEADING.match(line) or (_BLOCK.match(line) and after_blank):
        return None
    if after_blank and not line[0].isspace() and not _LIST.match(line):
        return None
    return "" if _BLOCK.match(stripped) else stripped


def _plain(text: str) -> Plain:
    links: list[str] = []

    def shown(link: re.Match[str]) -> str:
        target = link[1] or link[3]
        links.append(target)
        return link[2] or link[4] or target

    words = _LINK.sub(shown, _ANCHOR.sub("", text))
    for pattern, replacement in _INLINE:
        words = pattern.sub(replacement, words)
    return Plain(paragraphs(words, "*-."), tuple(links))


_ASCIIDOC = Markup(_opens, _continues, _plain)
