"""Sections of a Markdown file: a heading with the blocks below it, and what names terms in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from semsearch.importers.markdown.bold_terms import are_bold_terms
from semsearch.importers.markdown.many_terms import is_glossary_title, is_part_of_page
from semsearch.importers.markdown_syntax.blocks import Node
from semsearch.importers.tables.markdown_tables import is_table_of_terms

NOT_TEXT = ("hr", "html_block")
_SECTION = re.compile(
    r"(?:[\dA-Z]{1,3}[.)]?\s+)?(?:(?:our|key|common|important|list\s+of|domain|useful|appendix:?|the)\s+)*"
    r"(?:glossary|terminology|vocabulary|terms|definitions|acronyms|abbreviations|concepts|glossar|"
    r"begriffe|glosario|lexique|glossaire)(?:(?:\s+(?:and|&|und|et|y|of)\s+|\s*[,/]\s*)(?:terms|definitions|"
    r"acronyms|abbreviations|concepts|terminology|begriffe))*\s*:?",
    re.IGNORECASE,
)
"""Headings of the glossary in a file about something else, such as a README."""


@dataclass(slots=True)
class HeadedSection:
    """A heading, its text, and the blocks directly below it; the first may have no heading."""

    heading: Node | None
    line: int
    name: str = ""
    blocks: list[Node] = field(default_factory=list)
    has_bold_terms: bool = False
    has_table: bool = False
    """Whether a table of terms stood in it."""
    is_aside: bool = False
    """Whether its heading is one of the text around tables, such as "Introduction"."""

    is_glossary: bool = False
    """Whether it is the glossary of a file about something else."""

    @property
    def level(self) -> int:
        """Return the level of the heading; 0 if there is none."""
        return int(self.heading.token.tag[1:]) if self.heading else 0

    @property
    def has_text(self) -> bool:
        """Return whether there are blocks below the heading."""
        return any(block.type not in NOT_TEXT for block in self.blocks)

    @property
    def has_list(self) -> bool:
        """Return whether entries of their own stand below the heading."""
        return (
            self.has_bold_terms
            or self.has_table
            or any(block.type == "dl" for block in self.blocks)
        )


def popped_tables(sections: Sequence[HeadedSection], *, every_table: bool) -> Iterator[Node]:
    """Take the tables of terms out of their sections."""
    has_title = [section.level for section in sections].count(1) == 1
    found = False
    for section in sections:
        is_around = section.level == 0 or (section.level == 1 and has_title) or section.is_glossary
        texts = [one for one in section.blocks if one.type not in NOT_TEXT]
        is_alone = is_around or all(one.type == "table" for one in texts)
        own = [
            one
            for one in (texts if every_table or is_alone else ())
            if one.type == "table" and (every_table or is_table_of_terms(one))
        ]
        if own:
            popped = {*map(id, own)}
            section.blocks = [one for one in section.blocks if id(one) not in popped]
            section.has_table = found = True
            yield from own
    for section in sections:
        section.is_aside = section.is_glossary or (found and is_part_of_page(section.name))


def term_level(sections: Sequence[HeadedSection]) -> int:
    """Return the level of the headings that name terms; 0 if none does."""
    headed = [section for section in sections if section.heading]
    if _has_title(headed):
        headed = headed[1:]
    headed = [one for one in headed if not (one.has_list or one.is_aside)]
    for level in sorted({section.level for section in headed}):
        here = [section for section in headed if section.level == level]
        deeper = [section.name for section in headed if section.level > level]
        above = takewhile(lambda one, level=level: one.level > level, headed)  # type: ignore[misc]
        is_below_terms = sum(one.has_text for one in above) > len(here)
        if not deeper or not (is_below_terms or _are_groups(here, deeper)):
            return level
    return 0


def _has_title(sections: Sequence[HeadedSection]) -> bool:
    """Return whether the first of these sections, which all have headings, is the title."""
    if [section.level for section in sections].count(1) != 1 or sections[0].level != 1:
        return False
    return len(sections) > 1 or sections[0].has_list


def _are_groups(here: Sequence[HeadedSection], deeper: Sequence[str]) -> bool:
    """Return whether the headings of a level group the terms below them.

    Deeper headings that repeat (`Definition`, `Example`, `Definition`, ...) are parts of a term, so
    the level above them names terms.
    """
    letters = sum(len(section.name) == 1 for section in here)
    if letters * 2 > len(here):
        return True
    return len(set(deeper)) * 2 > len(deeper) and not any(part.has_text for part in here)


def glossary_sections(sections: Sequence[HeadedSection], path: Path) -> list[HeadedSection]:
    """Return the sections that are the glossary of a file about something else; empty if none is.

    They have a table of terms, a definition list, terms in bold, or several headings with text.
    """
    headed = [one for one in sections if one.heading]
    has_title = bool(headed) and _has_title(headed)
    if is_glossary_title(headed[0].name if has_title else re.sub("[_-]", " ", path.stem)):
        return []
    own: list[HeadedSection] = []
    others = 0
    rest = headed[has_title:]
    while rest:
        level = rest[0].level
        size = next((n for n, one in enumerate(rest) if n and one.level <= level), len(rest))
        if _SECTION.fullmatch(rest[0].name) and _holds_terms(rest[:size]):
            rest[0].is_glossary = True
            own += rest[:size]
        else:
            size = 1
            others += rest[0].has_text
        rest = rest[size:]
    return own if others else []


def _holds_terms(sections: Sequence[HeadedSection]) -> bool:
    blocks = [block for section in sections for block in section.blocks]
    has_terms = any(b.type == "dl" or (b.type == "table" and is_table_of_terms(b)) for b in blocks)
    has_headings = sum(one.has_text for one in sections[1:]) > 1
    return has_terms or has_headings or are_bold_terms([sections[0].blocks])
