"""Reader of Markdown files with many terms: headings, definition lists, or both.

The rules, in this order:

1. A single H1 that comes first is the title, if other headings or definition lists follow.
2. A definition list (`Term`, then `: text`) always contains entries. Consecutive terms share a
  definition: the first is the term, the others are aliases. A heading with a list of entries
  directly below it names a group.
3. Of the other headings, those of the highest level name terms, unless they name groups: none has
  text directly below it, most are single letters, or some have a sentence about the terms below
  (`sections.py`). Then the next level is tried.
4. Headings below the level of the terms belong to the definition of the term above them.
5. Paragraphs and list items that begin with a term in bold are entries, if most sections consist of
  them (`bold_terms.py`).
6. Tables of terms are read where no heading owns them: without a heading, below the title, or as
  all that stands below a heading. In a file of tables every table is.
7. Lines directly below a term state its aliases and relations (`metadata_lines.py`). So does a line
  in italics, if rules (`---`) separate the terms.

Terms without any of these marks get some first (`plain_lists.py`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from semsearch.core.entries import NO_DETAILS, Details, Note, Refusal, Source
from semsearch.importers.fields import beginning_of_list, shorten
from semsearch.importers.files.text_files import front_matter_lines, read_text
from semsearch.importers.labelled_lines import names_field, with_labels_read
from semsearch.importers.markdown.bold_terms import (
    BoldTerm,
    are_bold_terms,
    bold_terms,
    italic_names,
)
from semsearch.importers.markdown.definition_lists import Stacks, parse_with_stacks
from semsearch.importers.markdown.html_lists import popped_html_lists
from semsearch.importers.markdown.many_terms import fields_of, is_glossary_title
from semsearch.importers.markdown.metadata_lines import aliases_in_comments, pop_metadata_lines
from semsearch.importers.markdown.plain_lists import with_marked_terms
from semsearch.importers.markdown.sections import (
    HeadedSection,
    drop_contents,
    filled,
    glossary_sections,
    heading_source,
    is_glossary_file,
    note_on_sections,
    popped_tables,
    term_level,
)
from semsearch.importers.markdown_syntax.blocks import Node
from semsearch.importers.markdown_syntax.links import from_file
from semsearch.importers.markdown_syntax.plain_text import (
    MAX_SOURCE,
    Prose,
    inline_words,
    words_of,
)
from semsearch.importers.markdown_writer.from_markdown import structured_prose
from semsearch.importers.records import Item, ReadOptions, Record, with_markdown
from semsearch.importers.tables.markdown_tables import records_of

_ANCHOR = re.compile(r"\{#([^\s{}]+)[^{}]*\}$")
_WAYS = "give each term a heading, or write `- **Term**: definition` or a table"
_MAX_SHOWN = 200  # characters of unread text in a note
_PROSE = ("paragraph", "bullet_list", "ordered_list", "blockquote", "table", "fence", "code_block")

_References = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class _About:
    """What is known of a text: its title in front matter, and whether lists were taken out."""

    title: str = ""
    has_lists: bool = False
    plain: str = ""
    """The text without marks at terms, if there are some."""


def read(path: Path, options: ReadOptions, kind: str = "") -> Iterator[Item | Note]:
    """Read a Markdown glossary; a file of the kind `tables` is one of tables."""
    every_table = kind == "tables"
    text = read_text(path)
    title = ""
    if close := front_matter_lines(text.split("\n")):
        fields = fields_of(text)
        title = fields.get("title", "")
        names = ", ".join(map(shorten, fields))
        hint = (
            f"{'' if every_table else 'headings are read as terms; '}--format page reads the file"
        )
        yield Note(Source(str(path), 1), f"front matter is not read: {names}; {hint} as one entry")
        text = "\n" * close + "\n".join(text.split("\n")[close:])
    text, listed = popped_html_lists(text, path, options.language)
    yield from listed
    marked = with_marked_terms(text, path, title)
    records = [item for item in listed if isinstance(item, Record)]
    about = _About(title, bool(listed), marked.plain)
    for item in read_markdown(marked.text, path, options, every_table=every_table, about=about):
        if isinstance(item, Record):
            item = with_labels_read(item, has_links=bool(item.see_also))  # noqa: PLW2901
            records = [*records[:1], item]
        yield item
    if len(records) == 1 and is_glossary_title(records[0].term) and "\n" in records[0].definition:
        found = f"the only entry is {records[0].term!r}, which seems to be the title of a glossary"
        yield Note(records[0].source, f"{found}; {_WAYS}")


def read_markdown(
    text: str,
    path: Path,
    options: ReadOptions | None = None,
    *,
    every_table: bool = False,
    about: _About = _About(),
) -> Iterator[Item | Note]:
    """Read a glossary in Markdown from a text.

    Args:
        text: the Markdown.
        path: the file it is from.
        options: the columns and the language of tables.
        every_table: see `read`.
        about: what was found out before.
    """
    blocks, stacks = parse_with_stacks(text)
    reader = _MarkdownReader(str(path), blocks.references, stacks)
    sections = list(reader.sections(blocks.nodes))
    is_glossary = is_glossary_file(sections, path, about.title)
    drop_contents(sections, has_lists=about.has_lists)
    own = glossary_sections(sections, path)
    every, sections = sections, own or sections
    tables = list(popped_tables(sections, every_table=every_table))
    texts = [section for section in sections if section.has_text]
    names = [section.name for section in texts if section.heading]
    has_anchors = bool(names) and all(map(_ANCHOR.search, names))
    parts = [section.blocks for section in texts]
    has_bold = not has_anchors and are_bold_terms(parts, is_glossary=is_glossary)
    if about.plain and not has_bold:
        left = replace(about, plain="")
        yield from read_markdown(about.plain, path, options, every_table=every_table, about=left)
        return
    if own:
        yield note_on_sections(own, every, path)
    if tables or every_table:
        yield from records_of(tables, blocks.references, path, options or ReadOptions())
    for section in sections:
        section.has_bold_terms = has_bold and section.has_text
    level = term_level(sections, is_glossary=is_glossary)
    term: list[HeadedSection] = []
    for section in sections:
        if not term or section.level <= level or section.has_list or section.is_aside:
            yield from reader.term(term)
            names_term = section.level == level > 0 and not (section.has_list or section.is_aside)
            term = [section] if names_term else []
            if not term:
                yield from reader.loose(
                    section, level, beside_tables=bool(tables) or about.has_lists
                )
        else:
            term.append(section)
    yield from reader.term(term)
    yield from reader.unread()


def read_blocks(blocks: Iterable[tuple[int, str]], path: Path) -> Iterator[Item | Note]:
    """Read headings and blocks of another markup, written as Markdown.

    Args:
        blocks: the line of each in its file, and its Markdown.
        path: the file.
    """
    lines: list[str] = []
    numbers: list[int] = []
    for line, text in blocks:
        made = [*text.split("\n"), ""]
        lines += made
        numbers += [line] * len(made)
    for item in read_markdown("\n".join(lines), path):
        line = numbers[min(item.source.line, len(numbers)) - 1] if numbers else 1
        placed = replace(item, source=Source(str(path), line))
        yield with_labels_read(placed) if isinstance(placed, Record) else placed


class _MarkdownReader:
    """Makes records of sections, with the file's link references and extra terms."""

    def __init__(self, file: str, references: _References, stacks: Stacks) -> None:
        self._file = file
        self._target = from_file(Path(file).name)
        self._references = references
        self._stacks = stacks
        self._has_rules = False
        self._unread: list[tuple[int, str]] = []

    def sections(self, nodes: Iterable[Node]) -> Iterator[HeadedSection]:
        """Yield the blocks before the first heading, then each heading with the blocks below it."""
        section = HeadedSection(None, 1)
        for node in nodes:
            self._has_rules |= node.type == "hr"
            if node.type == "heading":
                yield section
                section = HeadedSection(node, node.first_line + 1, self._name(node))
            else:
                section.blocks.append(node)
        yield section

    def _name(self, heading: Node) -> str:
        if not heading.children or len(heading.children[0].content) > 5000:
            return ""
        return inline_words(heading.children[0].content, self._references)

    def term(self, sections: Sequence[HeadedSection]) -> Iterator[Record | Refusal]:
        """Yield the entry of a heading and the sections below it."""
        if not sections:
            return
        name, source = sections[0].name, Source(self._file, sections[0].line)
        anchor = _ANCHOR.search(name)
        name = name[: anchor.start()].rstrip() if anchor else name
        nodes = list(sections[0].blocks)
        commented = aliases_in_comments(heading_source(sections[0]))
        metadata = pop_metadata_lines(nodes, self._references)
        if self._has_rules and nodes and (italic := italic_names(nodes[0])):
            commented += italic
            del nodes[0]
        own = filled(sections)
        for section in sections[1:]:
            if id(section) not in own:
                if section.name and not names_field(section.name):
                    place = Source(self._file, section.line)
                    yield Refusal(place, f"no definition of {shorten(section.name)!r}")
                continue
            nodes += ([section.heading] if section.heading else []) + section.blocks
        definition = self._prose(nodes)
        if definition is None:
            yield Refusal(source, f"the text of {name!r} is longer than {MAX_SOURCE} characters")
        elif not name:
            yield Refusal(source, "an empty heading")
        else:
            yield Record(
                name,
                definition.words,
                source,
                (*commented, *metadata.pop("aliases", ())),
                anchor[1] if anchor else None,
                see_also=(*metadata.pop("see_also", ()), *definition.see_also),
                details=with_markdown(Details.of(metadata), definition.markdown),
            )

    def loose(
        self, section: HeadedSection, level: int, *, beside_tables: bool
    ) -> Iterator[Record | Refusal]:
        """Yield the entries of definition lists in a section that names no term."""
        bold = list(bold_terms(section.blocks)) if section.has_bold_terms else []
        first = bold[0].line if bold else sys.maxsize
        for node in section.blocks:
            if node.type == "dl":
                yield from self._definition_list(node)
            elif node.first_line + 1 < first and node.type in _PROSE:
                content = next(filter(None, (part.content for part in node.walk())), "")
                shown = inline_words(content[:_MAX_SHOWN], self._references)
                self._unread.append((node.first_line + 1, shown))
        yield from map(self._bold_term, bold)
        is_text = section.has_text and not (section.has_list or section.is_aside or beside_tables)
        if section.level > level and is_text:
            reason = f"text below {section.name!r} belongs to no term"
            yield Refusal(Source(self._file, section.line), reason)
            self._unread.clear()

    def unread(self) -> Iterator[Note]:
        """Yield a note on the text that belongs to no term."""
        if self._unread:
            shown = beginning_of_list([words for _, words in self._unread])
            text = f"text that belongs to no term is not read: {shown}"
            yield Note(Source(self._file, self._unread[0][0]), text)

    def _bold_term(self, bold: BoldTerm) -> Record | Refusal:
        name = inline_words(bold.name, self._references)
        source = Source(self._file, bold.line)
        definition = self._prose(bold.nodes)
        if definition is None:
            return Refusal(source, f"the text of {name!r} is longer than {MAX_SOURCE} characters")
        return Record(
            name,
            definition.words,
            source,
            see_also=definition.see_also,
            details=with_markdown(NO_DETAILS, definition.markdown),
        )

    def _definition_list(self, node: Node) -> Iterator[Record | Refusal]:
        terms: list[Node] = []
        texts: list[Node] = []
        for child in [*node.children, None]:
            if child is not None and child.type == "dd":
                texts += child.children
                continue
            if texts:
                yield self._item(terms, texts)
                terms, texts = [], []
            if child is not None:
                terms.append(child)

    def _item(self, terms: list[Node], texts: list[Node]) -> Record | Refusal:
        names: list[str] = []
        first_line = terms[0].first_line + 1
        for term in terms:
            above = self._stacks.get(term.first_line, [])
            first_line = min(first_line, term.first_line + 1 - len(above))
            names += [inline_words(name, self._references) for name in above]
            names.append(words_of(term.children, self._references))
        source = Source(self._file, first_line)
        definition = self._prose(texts)
        if definition is None:
            reason = f"the text of {names[0]!r} is longer than {MAX_SOURCE} characters"
            return Refusal(source, reason)
        return Record(
            names[0],
            definition.words,
            source,
            tuple(names[1:]),
            see_also=definition.see_also,
            details=with_markdown(NO_DETAILS, definition.markdown),
        )

    def _prose(self, nodes: Sequence[Node]) -> Prose | None:
        """Return the text and links of blocks, or None if they are too long for a definition."""
        size = sum(len(part.content) for node in nodes for part in node.walk())
        return (
            None if size > MAX_SOURCE else structured_prose(nodes, self._references, self._target)
        )
