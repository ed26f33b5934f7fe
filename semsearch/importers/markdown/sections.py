"""Sections of a Markdown file: a heading with the blocks below it, and what names terms in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from pathlib import Path

from semsearch.core.entries import Note, Source
from semsearch.importers.fields import beginning_of_list, shorten
from semsearch.importers.markdown.bold_terms import are_bold_terms
from semsearch.importers.markdown.many_terms import (
    is_contents,
    is_glossary_title,
    is_part_of_page,
)
from semsearch.importers.markdown_syntax.blocks import Node
from semsearch.importers.tables.markdown_tables import is_table_of_terms

NOT_TEXT = ("hr", "html_block")
LISTS = ("bullet_list", "ordered_list")
_LINK = re.compile(r"[*_]{0,3}\[[^\]\n]{1,300}\]\(#[^()\s]{0,300}\)[*_]{0,3}")
_MIN_LINKS = 3
_MIN_GROUPED = 3
"""Terms of a group, on average, if the groups have text as well."""
_MIN_BELOW = 2
_MAX_INTRODUCTION = 400
"""Characters of a text about the terms of a group."""
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
        is_part = section.is_glossary or (found and is_part_of_page(section.name))
        section.is_aside = section.is_aside or is_part


def drop_contents(sections: Sequence[HeadedSection], *, has_lists: bool) -> None:
    """Take lists of links within the file out of the sections that hold nothing else.

    Args:
        sections: of a file.
        has_lists: whether entries stood below headings, which name no terms then.
    """
    first = next((one for one in sections if one.heading), None)
    has_title = [section.level for section in sections].count(1) == 1
    for section in sections:
        is_title = has_title and section is first and section.level == 1
        is_around = is_title or not section.has_text or is_part_of_page(section.name)
        section.is_aside = has_lists and section.heading is not None and is_around
        texts = [one for one in section.blocks if one.type not in NOT_TEXT]
        is_named = is_contents(section.name)
        if not texts and is_named:
            section.is_aside = True
        elif texts and all(one.type in LISTS and _is_contents(one, is_named) for one in texts):
            section.is_aside = section.heading is not None
            section.blocks = [one for one in section.blocks if one.type in NOT_TEXT]


def _is_contents(items: Node, is_named: bool) -> bool:
    """Return whether a list has nothing but links within the file, or names the contents."""
    texts = [one.content.strip() for one in items.walk() if one.type == "inline"]
    links = sum(_LINK.fullmatch(text) is not None for text in texts)
    is_mark = is_named and all(is_contents(text) for text in texts)
    return is_mark or links == len(texts) >= (1 if is_named else _MIN_LINKS)


def is_glossary_file(sections: Sequence[HeadedSection], path: Path, title: str = "") -> bool:
    """Return whether the title or the name of a file says that it is a glossary."""
    headed = [one for one in sections if one.heading]
    has_title = bool(headed) and (len(headed) == 1 or _has_title(headed))
    own = headed[0].name if has_title else ""
    return any(map(is_glossary_title, (own, title, re.sub("[_-]", " ", path.stem))))


def term_level(sections: Sequence[HeadedSection], *, is_glossary: bool = False) -> int:
    """Return the level of the headings that name terms; 0 if none does.

    Args:
        sections: of a file.
        is_glossary: whether its title or its name says so.
    """
    headed = [section for section in sections if section.heading]
    if _has_title(headed) or (is_glossary and _is_glossary_part(headed)):
        headed = headed[1:]
    headed = [one for one in headed if not (one.has_list or one.is_aside)]
    for level in sorted({section.level for section in headed}):
        here = [section for section in headed if section.level == level]
        deeper = [section.name for section in headed if section.level > level]
        above = takewhile(lambda one, level=level: one.level > level, headed)  # type: ignore[misc]
        is_below_terms = sum(one.has_text for one in above) > len(here)
        if not deeper or not (
            is_below_terms
            or _are_groups(here, deeper)
            or _are_introduced(headed, level, is_glossary=is_glossary)
        ):
            return level
    return 0


def _has_title(sections: Sequence[HeadedSection]) -> bool:
    """Return whether the first of these sections, which all have headings, is the title."""
    if [section.level for section in sections].count(1) != 1 or sections[0].level != 1:
        return False
    return len(sections) > 1 or sections[0].has_list


def _is_glossary_part(headed: Sequence[HeadedSection]) -> bool:
    """Return whether the first of several parts of a file is its glossary, with terms below."""
    below = [*takewhile(lambda one: one.level > 1, headed[1:])]
    is_first = bool(headed) and headed[0].level == 1 and is_glossary_title(headed[0].name)
    return is_first and sum(one.has_text for one in below) > 1


def _are_groups(here: Sequence[HeadedSection], deeper: Sequence[str]) -> bool:
    """Return whether the headings of a level group the terms below them.

    Deeper headings that repeat (`Definition`, `Example`, `Definition`, ...) are parts of a term, so
    the level above them names terms.
    """
    letters = sum(len(section.name) == 1 for section in here)
    if letters * 2 > len(here):
        return True
    return len(set(deeper)) * 2 > len(deeper) and not any(part.has_text for part in here)


def _are_introduced(headed: Sequence[HeadedSection], level: int, *, is_glossary: bool) -> bool:
    """Return whether the headings of a level group terms although some have text of their own.

    Each of these stands above terms, with a sentence about them, or is a part of the page. In a
    glossary at most half of them are others, such as "How to add a term".
    """
    here = [n for n, one in enumerate(headed) if one.level == level]
    sizes = dict(zip(here, [b - a - 1 for a, b in pairwise([*here, len(headed)])], strict=True))
    below = [one for one in headed if one.level > level and one.has_text]
    named = {one.name.casefold() for one in below}
    parts = sum(is_part_of_page(one.name) for one in below)
    is_list = len(below) >= _MIN_GROUPED * len(here) and 2 * len(named) > len(below)
    if not is_list or 10 * parts > len(below):
        return False
    own = [n for n in here if headed[n].has_text and not is_part_of_page(headed[n].name)]
    above = [n for n in own if sizes[n] >= _MIN_BELOW]
    if 2 * len(own) <= len(here):
        return is_glossary or len(above) == len(own)
    return is_glossary and len(above) == len(own) and all(_is_short(headed[n]) for n in own)


def _is_short(section: HeadedSection) -> bool:
    texts = [one for one in section.blocks if one.type not in NOT_TEXT]
    sizes = (len(part.content) for one in texts for part in one.walk())
    return len(texts) == 1 and sum(sizes) <= _MAX_INTRODUCTION


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


def note_on_sections(
    own: Sequence[HeadedSection], every: Sequence[HeadedSection], path: Path
) -> Note:
    """Return the note that only the glossary of a file is read."""
    read = {*map(id, own)}
    others = [one.name for one in every if one.name and id(one) not in read]
    names = " and ".join(repr(shorten(one.name)) for one in own if one.is_glossary)
    text = f"only the glossary in it is read, {names}, and not {beginning_of_list(others)}"
    return Note(Source(str(path), own[0].line), text)


def _holds_terms(sections: Sequence[HeadedSection]) -> bool:
    blocks = [block for section in sections for block in section.blocks]
    has_terms = any(b.type == "dl" or (b.type == "table" and is_table_of_terms(b)) for b in blocks)
    has_headings = sum(one.has_text for one in sections[1:]) > 1
    return has_terms or has_headings or are_bold_terms([sections[0].blocks])


def filled(sections: Sequence[HeadedSection]) -> set[int]:
    """Return the identities of sections with text below their headings, or below deeper ones."""
    found: set[int] = set()
    level = 0  # of the filled section below
    for section in reversed(sections):
        if section.has_text or level > section.level:
            found.add(id(section))
            level = section.level
    return found


def heading_source(section: HeadedSection) -> str:
    """Return the Markdown of a heading; empty if there is none."""
    return (
        section.heading.children[0].content if section.heading and section.heading.children else ""
    )
