"""Markdown with many terms in one file: a heading per term, or definition lists, or both.

The rules, in this order:

1. A single H1 that comes first is the title, if other headings or definition lists follow.
2. A definition list (`Term`, then `: text`) is always entries; stacked terms share one, the
   first being the term and the others its aliases. A heading with a list of entries directly
   below it names a group.
3. Of the other headings, the highest level names the terms, unless it names groups: no
   heading of that level has text directly below it, or most are single letters. Then the next
   level is tried.
4. Headings below the level of the terms belong to the definition of the term above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from semsearch.importers.deflists import Stacks, parse_with_stacks
from semsearch.importers.fields import split_aliases
from semsearch.importers.files import read_text
from semsearch.importers.links import from_file
from semsearch.importers.prose import MAX_SOURCE, Prose, inline_words, prose_of, words_of
from semsearch.importers.records import ReadOptions, Record
from semsearch.types import Refusal, Source

_ALIASES = re.compile(r"(?:aliases|alias|also known as|aka|a\.k\.a\.|synonyms?):\s*", re.IGNORECASE)
_ANCHOR = re.compile(r"\{#([^\s{}]+)[^{}]*\}$")
_NOT_TEXT = ("hr", "html_block")

_References = MutableMapping[str, Any]


@dataclass(slots=True)
class _Section:
    """A heading and the blocks directly below it; the first section may have no heading."""

    heading: SyntaxTreeNode | None
    line: int
    blocks: list[SyntaxTreeNode] = field(default_factory=list)

    @property
    def level(self) -> int:
        return int(self.heading.tag[1:]) if self.heading else 0

    @property
    def has_text(self) -> bool:
        return any(block.type not in _NOT_TEXT for block in self.blocks)

    @property
    def has_list(self) -> bool:
        return any(block.type == "dl" for block in self.blocks)


def read(path: Path, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Read a Markdown glossary.

    Args:
        path: the file.
        options: not used: Markdown has no columns.

    Yields:
        Record | Refusal: a record for each term with a definition, a refusal for each without.
    """
    del options
    blocks, stacks = parse_with_stacks(read_text(path))
    sections = _sections(blocks.nodes)
    reader = _Reader(str(path), blocks.references, stacks)
    names = [reader.name(section) for section in sections]
    level = _term_level(sections, names)
    term: list[_Section] = []
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


def is_alias_line(line: str) -> bool:
    """Whether a line, in plain words, states other names."""
    return _ALIASES.match(line) is not None


def _sections(nodes: Sequence[SyntaxTreeNode]) -> list[_Section]:
    sections = [_Section(None, 1)]
    for node in nodes:
        if node.type == "heading":
            sections.append(_Section(node, _line(node)))
        else:
            sections[-1].blocks.append(node)
    return sections


def _term_level(sections: Sequence[_Section], names: Sequence[str]) -> int:
    """Give the level of the headings that name terms, 0 if none does."""
    pairs = [(part, name) for part, name in zip(sections, names, strict=True) if part.heading]
    if _has_title([part for part, _ in pairs]):
        pairs = pairs[1:]
    pairs = [(part, name) for part, name in pairs if not part.has_list]
    for level in sorted({part.level for part, _ in pairs}):
        here = [(part, name) for part, name in pairs if part.level == level]
        deeper = [name for part, name in pairs if part.level > level]
        if not deeper or not _are_groups(here, deeper):
            return level
    return 0


def _has_title(sections: Sequence[_Section]) -> bool:
    """Say whether the first of these sections, which all have headings, is the title."""
    if [section.level for section in sections].count(1) != 1 or sections[0].level != 1:
        return False
    return len(sections) > 1 or sections[0].has_list


def _are_groups(here: Sequence[tuple[_Section, str]], deeper: Sequence[str]) -> bool:
    """Say whether headings of one level group the terms below them.

    Deeper headings that repeat (`Definition`, `Example`, `Definition`, ...) are parts of a
    term, so the level above them names terms.
    """
    letters = sum(len(name) == 1 for _, name in here)
    if letters * 2 > len(here):
        return True
    return len(set(deeper)) * 2 > len(deeper) and not any(part.has_text for part, _ in here)


class _Reader:
    """Makes records of sections; knows the file, its link references and stacked terms."""

    def __init__(self, file: str, references: _References, stacks: Stacks) -> None:
        self._file = file
        self._target = from_file(Path(file).name)
        self._references = references
        self._stacks = stacks

    def name(self, section: _Section) -> str:
        """Give the words of a section's heading."""
        heading = section.heading
        if heading is None or not heading.children or len(heading.children[0].content) > 5000:
            return ""
        return inline_words(heading.children[0].content, self._references)

    def term(self, sections: Sequence[_Section]) -> Iterator[Record | Refusal]:
        """Yield the entry that a heading and the sections below it make."""
        if not sections:
            return
        name, source = self.name(sections[0]), Source(self._file, sections[0].line)
        anchor = _ANCHOR.search(name)
        name = name[: anchor.start()].rstrip() if anchor else name
        nodes = list(sections[0].blocks)
        aliases = self._take_aliases(nodes)
        for section in sections[1:]:
            nodes += ([section.heading] if section.heading else []) + section.blocks
        definition = self._prose(nodes)
        if definition is None:
            yield Refusal(source, f"the text of {name!r} is longer than {MAX_SOURCE} characters")
        elif name and definition.words:
            id_, links = anchor[1] if anchor else None, definition.see_also
            yield Record(name, definition.words, source, aliases, id_, see_also=links)
        else:
            yield Refusal(source, f"no definition of {name!r}" if name else "an empty heading")

    def loose(self, section: _Section, level: int) -> Iterator[Record | Refusal]:
        """Yield the entries of the definition lists in a section that names no term."""
        for node in section.blocks:
            if node.type == "dl":
                yield from self._definition_list(node)
        if section.level > level and section.has_text and not section.has_list:
            reason = f"text below {self.name(section)!r} belongs to no term"
            yield Refusal(Source(self._file, section.line), reason)

    def _definition_list(self, node: SyntaxTreeNode) -> Iterator[Record | Refusal]:
        terms: list[SyntaxTreeNode] = []
        texts: list[SyntaxTreeNode] = []
        for child in [*node.children, None]:
            if child is not None and child.type == "dd":
                texts += child.children
                continue
            if texts:
                yield self._item(terms, texts)
                terms, texts = [], []
            if child is not None:
                terms.append(child)

    def _item(self, terms: list[SyntaxTreeNode], texts: list[SyntaxTreeNode]) -> Record | Refusal:
        names: list[str] = []
        first_line = _line(terms[0])
        for term in terms:
            above = self._stacks.get(_line(term) - 1, [])
            first_line = min(first_line, _line(term) - len(above))
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

    def _take_aliases(self, nodes: list[SyntaxTreeNode]) -> tuple[str, ...]:
        """Take a line `Aliases: ...` off the first paragraph below a heading."""
        if not nodes or nodes[0].type != "paragraph" or not nodes[0].children:
            return ()
        inline = nodes[0].children[0]
        first, _, rest = inline.content.partition("\n")
        found = _ALIASES.match(inline_words(first, self._references)) if len(first) < 5000 else None
        if found is None or inline.token is None:
            return ()
        inline.token.content = rest
        return tuple(split_aliases(found.string[found.end() :]))

    def _prose(self, nodes: Sequence[SyntaxTreeNode]) -> Prose | None:
        """Give the words and links of blocks, or None if there are more than a definition may have."""
        size = sum(len(part.content) for node in nodes for part in node.walk() if part.token)
        return None if size > MAX_SOURCE else prose_of(nodes, self._references, self._target)


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 1
