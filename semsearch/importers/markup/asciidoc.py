"""Reader of AsciiDoc: tables of terms, and description lists, `term:: definition`.

If the file has `[glossary]` blocks or sections, only their lists are read. A file without tables of
terms and lists is read by its headings, as Markdown is. Cross-references are links to entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

from semsearch.core.entries import Note, Source
from semsearch.importers.fields import MAP_HINT, beginning_of_list, chosen_columns, names_terms
from semsearch.importers.files.text_files import read_text
from semsearch.importers.markdown.reader import read_blocks
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.markdown_writer.from_markdown import text_in_markdown
from semsearch.importers.markup.asciidoc_tables import AsciiDocTable, Cells, with_tables
from semsearch.importers.markup.marked_text import MarkedText, in_element, without_signs
from semsearch.importers.markup.term_lists import Markup, Plain, TermLine, paragraphs, read_list
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.tables.reader import records
from semsearch.importers.tables.table import SEARCHED, Row, Table

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
_OUTSIDE = re.compile(r"(?:link:|(?=https?://|mailto:))([^\s\[\]]{1,500})\[([^\[\]\n]{1,300})\]")
_FORMULA = re.compile(r"(?:stem|latexmath):\[([^\[\]$]{1,1000})\]")
_INLINE = (
    (re.compile(r"footnote:\w*\[[^\[\]]{0,1000}\]|\({3}[^()]{1,300}\){3}"), ""),
    (re.compile(r"\({2}([^()]{1,300})\){2}"), r"\1"),
    (re.compile(r"(?:asciimath|pass|kbd|btn):\w*\[([^\[\]]{0,1000})\]"), r"\1"),
)  # fmt: skip
_MARKED = (
    (re.compile(r"(?<![\w*])\*{1,2}([^\s*](?:[^*\n]{0,500}[^\s*])?)\*{1,2}(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_])_{1,2}([^\s_](?:[^_\n]{0,500}[^\s_])?)_{1,2}(?![\w_])"), "em"),
    (re.compile(r"`{1,2}\+?([^`\n]{1,500}?)\+?`{1,2}"), "code"),
)  # fmt: skip
"""Marks around words, and the elements of HTML that they stand for."""
_MARKS = re.compile(r"[\n\[*_`<\ufdd0-\ufdef]|\(\(|\A\s*[-.]")
"""What a text has that is more than a line of words. Looking for each mark takes long."""
_TABLE, _NEXT_ROW, _NEXT_CELL = "\ufdd6", "\ufdd7", "\ufdd8"
"""Signs of no text, which fold a table into a line."""
_FOLDED = re.compile(f"{_TABLE}([^\n{_TABLE}]*)")
MAX_ATTACHED = 5_000
"""Most cells of a table in a definition; the marks of each are read apart."""
_MIN_SECTIONS = 2
"""Headings with text that make a glossary."""
_NO_SIGNS = dict.fromkeys(map(ord, (_TABLE, _NEXT_ROW, _NEXT_CELL)))


def read(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
    """Read the tables of terms and the description lists of a file."""
    every = list(enumerate(read_text(path).translate(_NO_SIGNS).split("\n"), start=1))
    lines: list[tuple[int, str]] = []
    tables: list[list[Row]] = []
    for one in with_tables(every, path):
        if not isinstance(one, AsciiDocTable):
            lines.append(one)
        elif one.is_attached:
            lines.append((one.line, _folded(one)))
        else:
            tables.append([_row(row) for row in one.rows])
    chosen = chosen_columns(options.columns)
    of_terms: list[list[Row]] = []
    others: list[list[Row]] = []
    for rows in tables:
        is_of_terms = chosen or any(names_terms(row.cells) for row in rows[:SEARCHED])
        (of_terms if is_of_terms else others).append(rows)
    if of_terms:
        named = (
            Table(rows, f"table {n}" if len(of_terms) > 1 else "", is_read=True)
            for n, rows in enumerate(of_terms, 1)
        )
        yield from records(named, path, chosen, options.language)
    for rows in others:
        if rows:
            text = f"a table without a term and a definition column is not read: {beginning_of_list(rows[0].cells)}"
            yield Note(Source(str(path), rows[0].line), f"{text}; {MAP_HINT}")
    found = list(read_list(_glossaries(lines), _ASCIIDOC, str(path)))
    yield from found
    if not found and not of_terms:
        items = list(read_blocks(_sections(lines), path))
        is_glossary = sum(isinstance(item, Record) for item in items) >= _MIN_SECTIONS
        yield from items if is_glossary else ()


def _sections(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the line and the Markdown of each heading and paragraph; headings may have an id."""
    block: list[str] = []
    first, id_ = 1, ""
    for number, line in (*lines, (0, "")):
        heading = _HEADING.match(line)
        if block and (heading or not line.strip()):
            yield first, _markdown("\n".join(block))
            block = []
        if heading:
            name = text_in_markdown(_plain(line[heading.end() - 1 :]).words)
            yield (
                number,
                f"{'#' * line.count('=', 0, heading.end())} {name}{id_ and f' {{#{id_}}}'}",
            )
        if line.strip() and not line.startswith("//"):
            anchor = _ANCHOR.fullmatch(line.strip())
            id_ = next(filter(None, anchor.groups()), "") if anchor else ""
            if not (heading or anchor or _BLOCK.match(line)):
                first = first if block else number
                block.append(line)


def _markdown(block: str) -> str:
    plain = _plain(block)
    return markdown_of_html(plain.html) or text_in_markdown(plain.words)


def _row(row: Cells) -> Row:
    plain = [_plain(cell) for cell in row.cells]
    texts = [one.words for one in plain]
    return Row(row.line, texts, markdown=lambda place: markdown_of_html(plain[place].html))


def _folded(table: AsciiDocTable) -> str:
    """Return a table as one line of a definition; a long one has no structure."""
    if sum(len(row.cells) for row in table.rows) > MAX_ATTACHED:
        return "; ".join(filter(None, (cell.strip() for row in table.rows for cell in row.cells)))
    rows = (_NEXT_CELL.join(" ".join(cell.split()) for cell in row.cells) for row in table.rows)
    return _TABLE + _NEXT_ROW.join(rows)


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
    if not _MARKS.search(text):
        return Plain(text.strip())
    links: list[str] = []
    made = MarkedText()

    def table(line: re.Match[str]) -> str:
        rows = [[*map(_plain, row.split(_NEXT_CELL))] for row in line[1].split(_NEXT_ROW)]
        links.extend(link for row in rows for cell in row for link in cell.links)
        words = "\n".join("; ".join(filter(None, (c.words for c in row))) for row in rows)
        cells = ("".join(f"<td>{c.html or escape(c.words)}</td>" for c in row) for row in rows)
        html = "".join(f"<tr>{row}</tr>" for row in cells)
        return f"\n\n{made.hide(words, f'<table>{html}</table>')}\n\n"

    def shown(link: re.Match[str]) -> str:
        target = link[1] or link[3]
        links.append(target)
        return made.link(link[2] or link[4] or target, f"#{quote(target)}")

    marked = _FOLDED.sub(table, without_signs(text))
    marked = _LINK.sub(shown, _ANCHOR.sub("", marked))
    marked = _OUTSIDE.sub(lambda link: made.link(link[2], link[1]), marked)
    for pattern, replacement in _INLINE:
        marked = pattern.sub(replacement, marked)
    marked = _FORMULA.sub(lambda formula: made.hide(f"${formula[1]}$"), marked)
    for pattern, tag in _MARKED:
        marked = pattern.sub(lambda found, tag=tag: in_element(tag, found[1]), marked)  # type: ignore[misc]
    marked = paragraphs(marked, "*-", ".")
    return Plain(made.words(marked), tuple(links), html=made.html(marked))


_ASCIIDOC = Markup(_opens, _continues, _plain)
