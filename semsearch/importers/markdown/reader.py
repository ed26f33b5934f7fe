"""Reader of Markdown files with many terms: headings, definition lists, or both.

The rules, in this order:

1. A single H1 that comes first is the title, if other headings or definition lists follow.
2. A definition list (`Term`, then `: text`) always contains entries. Consecutive terms share a
  definition: the first is the term, the others are aliases. A heading with a list of entries
  directly below it names a group.
3. Of the other headings, those of the highest level name terms, unless they name groups: none has
  text directly below it, or most are single letters. Then the next level is tried.
4. Headings below the level of the terms belong to the definition of the term above them.
5. Paragraphs and list items that begin with a term in bold are entries, if most sections consist of
  them (`bold_terms.py`).
6. Lines directly below a term state its aliases and relations (`metadata_lines.py`). So does a line
  in italics, if rules (`---`) separate the terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from semsearch.core.entries import Details, Note, Refusal, Source
from semsearch.importers.fields import shorten
from semsearch.importers.markdown.blocks import Node
from semsearch.importers.markdown.bold_terms import (
    BoldTerm,
    are_bold_terms,
    bold_terms,
    italic_names,
)
from semsearch.importers.markdown.definition_lists import Stacks, parse_with_stacks
from semsearch.importers.markdown.links import from_file
from semsearch.importers.markdown.many_terms import fields_of, front_matter_lines
from semsearch.importers.markdown.metadata_lines import aliases_in_comments, pop_metadata_lines
from semsearch.importers.markdown.plain_text import (
    MAX_SOURCE,
    Prose,
    inline_words,
    prose_of,
    words_of,
)
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.text_files import read_text

_ANCHOR = re.compile(r"\{#([^\s{}]+)[^{}]*\}$")
_NOT_TEXT = ("hr", "html_block")

_References = MutableMapping[str, Any]


@dataclass(slots=True)
class _HeadedSection:
    """A heading, its text, and the blocks directly below it; the first may have no heading."""

    heading: Node | None
    line: int
    name: str = ""
    blocks: list[Node] = field(default_factory=list)
    has_bold_terms: bool = False

    @property
    def level(self) -> int:
        return int(self.heading.token.tag[1:]) if self.heading else 0

    @property
    def has_text(self) -> bool:
        return any(block.type not in _NOT_TEXT for block in self.blocks)

    @property
    def has_list(self) -> bool:
        return self.has_bold_terms or any(block.type == "dl" for block in self.blocks)


def read(path: Path, options: ReadOptions) -> Iterator[Record | Refusal | Note]:
    """Read a Markdown glossary.

    Args:
        path: the file.
        options: not used: Markdown has no columns.

    Yields:
        Record | Refusal | Note: a record for each term with a definition, a refusal for each
        without, and a note on front matter.
    """
    del options
    text = read_text(path)
    if close := front_matter_lines(text):
        names = ", ".join(map(shorten, fields_of(text)))
        hint = "headings are read as terms; --format page reads the file as one entry"
        yield Note(Source(str(path), 1), f"front matter is not read: {names}; {hint}")
        text = "\n" * close + "\n".join(text.split("\n")[close:])
    yield from read_markdown(text, path)


def read_markdown(text: str, path: Path) -> Iterator[Record | Refusal]:
    """Read a glossary in Markdown from a text.

    Args:
        text: the Markdown.
        path: the file it is from.

    Yields:
        Record | Refusal: as `read`.
    """
    blocks, stacks = parse_with_stacks(text)
    reader = _MarkdownReader(str(path), blocks.references, stacks)
    sections = list(reader.sections(blocks.nodes))
    if are_bold_terms([section.blocks for section in sections if section.has_text]):
        for section in sections:
            section.has_bold_terms = section.has_text
    level = _term_level(sections)
    term: list[_HeadedSection] = []
    for section in sections:
        if not term or section.level <= level or section.has_list:
            yield from reader.term(term)
            names_term = section.level == level > 0 and not section.has_list
            term = [section] if names_term else []
            if not term:
                yield from reader.loose(section, level)
        else:
            term.append(section)
    yield from reader.term(term)


def _term_level(sections: Sequence[_HeadedSection]) -> int:
    """Return the level of the headings that name terms; 0 if none does."""
    headed = [section for section in sections if section.heading]
    if _has_title(headed):
        headed = headed[1:]
    headed = [section for section in headed if not section.has_list]
    for level in sorted({section.level for section in headed}):
        here = [section for section in headed if section.level == level]
        deeper = [section.name for section in headed if section.level > level]
        if not deeper or not _are_groups(here, deeper):
            return level
    return 0


def _has_title(sections: Sequence[_HeadedSection]) -> bool:
    """Return whether the first of these sections, which all have headings, is the title."""
    if [section.level for section in sections].count(1) != 1 or sections[0].level != 1:
        return False
    return len(sections) > 1 or sections[0].has_list


def _are_groups(here: Sequence[_HeadedSection], deeper: Sequence[str]) -> bool:
    """Return whether the headings of a level group the terms below them.

    Deeper headings that repeat (`Definition`, `Example`, `Definition`, ...) are parts of a term, so
    the level above them names terms.
    """
    letters = sum(len(section.name) == 1 for section in here)
    if letters * 2 > len(here):
        return True
    return len(set(deeper)) * 2 > len(deeper) and not any(part.has_text for part in here)


def _heading_source(section: _HeadedSection) -> str:
    return (
        section.heading.children[0].content if section.heading and section.heading.children else ""
    )


class _MarkdownReader:
    """Makes records of sections, with the file's link references and extra terms."""

    def __init__(self, file: str, references: _References, stacks: Stacks) -> None:
        self._file = file
        self._target = from_file(Path(file).name)
        self._references = references
        self._stacks = stacks
        self._has_rules = False

    def sections(self, nodes: Iterable[Node]) -> Iterator[_HeadedSection]:
        """Yield the blocks before the first heading, then each heading with the blocks below it."""
        section = _HeadedSection(None, 1)
        for node in nodes:
            self._has_rules |= node.type == "hr"
            if node.type == "heading":
                yield section
                section = _HeadedSection(node, node.first_line + 1, self._name(node))
            else:
                section.blocks.append(node)
        yield section

    def _name(self, heading: Node) -> str:
        if not heading.children or len(heading.children[0].content) > 5000:
            return ""
        return inline_words(heading.children[0].content, self._references)

    def term(self, sections: Sequence[_HeadedSection]) -> Iterator[Record | Refusal]:
        """Yield the entry of a heading and the sections below it."""
        if not sections:
            return
        name, source = sections[0].name, Source(self._file, sections[0].line)
        anchor = _ANCHOR.search(name)
        name = name[: anchor.start()].rstrip() if anchor else name
        nodes = list(sections[0].blocks)
        commented = aliases_in_comments(_heading_source(sections[0]))
        metadata = pop_metadata_lines(nodes, self._references)
        if self._has_rules and nodes and (italic := italic_names(nodes[0])):
            commented += italic
            del nodes[0]
        for section in sections[1:]:
            nodes += ([section.heading] if section.heading else []) + section.blocks
        definition = self._prose(nodes)
        if definition is None:
            yield Refusal(source, f"the text of {name!r} is longer than {MAX_SOURCE} characters")
        elif name and definition.words:
            yield Record(
                name,
                definition.words,
                source,
                (*commented, *metadata.pop("aliases", ())),
                anchor[1] if anchor else None,
                see_also=(*metadata.pop("see_also", ()), *definition.see_also),
                details=Details.of(metadata),
            )
        else:
            yield Refusal(source, f"no definition of {name!r}" if name else "an empty heading")

    def loose(self, section: _HeadedSection, level: int) -> Iterator[Record | Refusal]:
        """Yield the entries of definition lists in a section that names no term."""
        for node in section.blocks:
            if node.type == "dl":
                yield from self._definition_list(node)
        for bold in bold_terms(section.blocks) if section.has_bold_terms else ():
            yield self._bold_term(bold)
        if section.level > level and section.has_text and not section.has_list:
            reason = f"text below {section.name!r} belongs to no term"
            yield Refusal(Source(self._file, section.line), reason)

    def _bold_term(self, bold: BoldTerm) -> Record | Refusal:
        name = inline_words(bold.name, self._references)
        source = Source(self._file, bold.line)
        definition = self._prose(bold.nodes)
        if definition is None:
            return Refusal(source, f"the text of {name!r} is longer than {MAX_SOURCE} characters")
        if not name or not definition.words:
            return Refusal(source, f"no definition of {name!r}" if name else "no term")
        return Record(name, definition.words, source, see_also=definition.see_also)

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
        if not definition.words or not names[0]:
            return Refusal(source, f"no definition of {names[0]!r}")
        return Record(
            names[0], definition.words, source, tuple(names[1:]), see_also=definition.see_also
        )

    def _prose(self, nodes: Sequence[Node]) -> Prose | None:
        """Return the text and links of blocks, or None if they are too long for a definition."""
        size = sum(len(part.content) for node in nodes for part in node.walk())
        return None if size > MAX_SOURCE else prose_of(nodes, self._references, self._target)
