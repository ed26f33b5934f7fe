"""Tells a Markdown file of many terms from a page, if both have front matter.

A file of many terms has at least two headings of the second level, each above a paragraph. Its
front matter is about the file (title, date, author). No other page stands beside it, unless its
title says that it is a glossary. A file whose title or name says so may have any fields but those
of an entry, if it has several headings, terms in bold, definition lists or terms in a list.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from semsearch.importers.files.text_files import front_matter_lines, has_front_matter
from semsearch.importers.plain_text.term_lines import fits

_KEY = re.compile(r"^([\w-]+)[ \t]*:[ \t]*(.*)$", re.MULTILINE)
_ABOUT = frozenset(
    {
        "author", "authors", "created", "date", "draft", "lang", "language", "last_modified_at",
        "lastmod", "layout", "nav_order", "permalink", "sidebar_label", "sidebar_position",
        "subtitle", "title", "toc", "updated", "version",
    }
)  # fmt: skip
"""Fields about a file of any kind, in lower case."""
_PLACES = frozenset({"id", "slug"})
"""Fields about the place of a file, which entries have too."""
ALIAS_FIELDS = ("aliases", "aka", "alias", "synonyms")
LINK_FIELDS = ("see_also", "see also", "seealso", "related", "related_terms")
ENTRY_FIELDS = frozenset(
    {*ALIAS_FIELDS, *LINK_FIELDS, "asked_as", "definition", "full_link", "page-type", "term"}
)
"""Fields of entries, which a file of many terms does not have."""
_MIN_TERMS = 5
"""Signs of terms from which a file that is called a glossary has many."""
_ANY_HEADING = re.compile(r"^#{2,6}[ \t]+(\S\S[^\n]*)|^(\S\S[^\n]*)\n-{3,}[ \t]*$", re.MULTILINE)
_BOLD = re.compile(
    r"^(?:[-*+][ \t]+|\d{1,4}[.)][ \t]+)?(?:\*\*|__)[^*_\n]{2,200}(?:\*\*|__)", re.MULTILINE
)
_DEFINITIONS = re.compile(r"^(?::[ \t]+\S|[ \t]{0,9}<dt\b)", re.MULTILINE)
_ITEMS = re.compile(r"^(?:[-*+]|\d{1,4}[.)])[ \t]+([^\n]+)", re.MULTILINE)
_HEADING = re.compile(r"^##[ \t]+(\S[^\n]*)\n(?:[ \t]*\n)*([^\n]*)", re.MULTILINE)
_DEEPER = re.compile(r"^#{3,6}[ \t]+(\S[^\n]*)\n(?:[ \t]*\n)*([^\n]*)", re.MULTILINE)
_NO_PARAGRAPH = ("#", "|", "```", "~~~", "- ", "* ", "+ ", "<", "---", ":::")
_SECTIONS = re.compile(
    r"(?:see also|overview|introduction|summary|background|references?|notes?|examples?|usage|details|"
    r"definition|description|further reading|related.*|what .*|why .*|how .*|when .*|problem .*)[ \t]*[?:#]*",
    re.IGNORECASE,
)
"""Headings of a page about one term."""
_GLOSSARY = re.compile(
    r"\b(?:glossar\w*|terms|terminolog\w*|acronyms|abbreviations|definitions|vocabulary|lexicon|"
    r"begriffe|glosario|lexique)\b",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"(?:table[ ]of[ ])?contents|toc|index|on this page|quick (?:links|navigation)|navigation|"
    r"jump to.*|inhalt(?:sverzeichnis)?|sommaire|table des matières|índice|contenido",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?:(?:other|additional|external|useful)[ ])?(?:(?:see also|references?|sources?|bibliography|"
    r"licen[cs]e|further reading|footnotes?|links|(?:related[ ])?resources|credits|authors?)"
    r"(?:[ ]*(?:&|and|,|/)[^\n]*)?|contribut(?:e|ing|ions?|ors?)(?:[ ]to[^\n]*)?|about (?:this|the|us)[^\n]*)",
    re.IGNORECASE,
)
_PAGES = (".md", ".markdown")


def is_glossary_title(title: str) -> bool:
    """Return whether a title says that what it stands above is a glossary."""
    return _GLOSSARY.search(title) is not None


def is_called_glossary(path: Path, text: str) -> bool:
    """Return whether a file with front matter is one by its title, or else by its name."""
    return is_glossary_title(fields_of(text).get("title", path.stem.replace("_", " ")))


def is_part_of_page(heading: str) -> bool:
    """Return whether a heading is one of a page and no term, such as "Introduction"."""
    return _SECTIONS.fullmatch(heading) is not None


def is_end_matter(heading: str) -> bool:
    """Return whether a heading stands above what follows the terms of a file, such as "Sources"."""
    return _END.fullmatch(heading[:200].strip(" :")) is not None


def is_contents(heading: str) -> bool:
    """Return whether a heading stands above the contents of a file."""
    return _CONTENTS.fullmatch(heading.strip(" :")) is not None


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of the front matter, by lower-case name, as far as one line holds them.

    Every page of a folder is asked for them, before `front_matter.py` reads it as YAML.
    """
    lines = text.split("\n")
    head = "\n".join(lines[1 : max(front_matter_lines(lines) - 1, 0)])
    return {key.lower(): value for key, value in _KEY.findall(head)}


def terms_in_headings(text: str, *, is_glossary: bool = False) -> int:
    """Return the number of headings that may be terms; 0 if they are sections of a page.

    Args:
        text: of a file.
        is_glossary: whether its title says so; then headings of a deeper level may be terms.
    """
    found = _HEADING.findall(text) or (_DEEPER.findall(text) if is_glossary else [])
    is_page = any(
        not below.strip() or below.startswith(_NO_PARAGRAPH) or _SECTIONS.fullmatch(heading)
        for heading, below in found
    )
    return 0 if is_page or len(found) < 2 else len(found)


def has_many_terms(path: Path, text: str) -> bool:
    """Return whether a file with front matter holds many terms and is no page of one."""
    fields = fields_of(text)
    is_glossary = is_glossary_title(fields.get("title", ""))
    is_called = is_glossary or is_glossary_title(path.stem.replace("_", " "))
    if is_called and not fields.keys() & ENTRY_FIELDS and _has_many_signs(text):
        return True
    known = _ABOUT | _PLACES if is_glossary else _ABOUT
    if (
        not fields
        or not fields.keys() <= known
        or not terms_in_headings(text, is_glossary=is_glossary)
    ):
        return False
    return is_glossary or (path.stem != "index" and is_alone(path))


def _has_many_signs(text: str) -> bool:
    """Return whether a glossary has several terms, in any of the ways that the reader knows."""
    lines = text.split("\n")
    body = "\n".join(lines[front_matter_lines(lines) :])
    names = [a or b for a, b in _ANY_HEADING.findall(body)]
    counts = (
        sum(not (is_part_of_page(name) or is_contents(name)) for name in names),
        len(_BOLD.findall(body)),
        len(_DEFINITIONS.findall(body)),
    )
    items = _ITEMS.findall(body)
    return max(counts) >= _MIN_TERMS or (len(items) >= _MIN_TERMS and fits(items, 0.8))


def is_alone(path: Path) -> bool:
    """Return whether no other page with front matter lies in the folder of a file."""
    with os.scandir(path.parent) as folder:
        return not any(
            one.name.lower().endswith(_PAGES)
            and one.name != path.name
            and one.is_file()
            and has_front_matter(Path(one.path))
            for one in folder
        )
