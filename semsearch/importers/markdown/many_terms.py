"""Tells a Markdown file of many terms from a page, if both have front matter.

A file of many terms has at least two headings of the second level, each above a paragraph. Its
front matter is about the file (title, date, author). No other page stands beside it, unless its
title says that it is a glossary.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from semsearch.importers.text_files import has_front_matter, opens_front_matter

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
_HEADING = re.compile(r"^##[ \t]+(\S[^\n]*)\n(?:[ \t]*\n)*([^\n]*)", re.MULTILINE)
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
_PAGES = (".md", ".markdown")


def front_matter_lines(text: str) -> int:
    """Return the number of the line that closes the front matter; 0 if there is none."""
    lines = text.split("\n")
    if not opens_front_matter(lines):
        return 0
    return next((n for n, line in enumerate(lines, 1) if n > 1 and line.rstrip() == "---"), 0)


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of the front matter, by lower-case name, as far as one line holds them."""
    head = "\n".join(text.split("\n")[1 : max(front_matter_lines(text) - 1, 0)])
    return {key.lower(): value for key, value in _KEY.findall(head)}


def terms_in_headings(text: str) -> int:
    """Return the number of headings that may be terms; 0 if they are sections of a page."""
    found = _HEADING.findall(text)
    is_page = any(
        not below.strip() or below.startswith(_NO_PARAGRAPH) or _SECTIONS.fullmatch(heading)
        for heading, below in found
    )
    return 0 if is_page or len(found) < 2 else len(found)


def has_many_terms(path: Path, text: str) -> bool:
    """Return whether a file with front matter holds many terms and is no page of one.

    Args:
        path: the file; its folder is searched for other pages.
        text: its beginning.
    """
    fields = fields_of(text)
    is_glossary = _GLOSSARY.search(fields.get("title", "")) is not None
    known = _ABOUT | _PLACES if is_glossary else _ABOUT
    if not fields or not fields.keys() <= known or not terms_in_headings(text):
        return False
    return is_glossary or (path.stem != "index" and is_alone(path))


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
