"""Reader of mkdocs-ezglossary: Markdown with definition lists whose terms have a section.

`linux:kernel` is the term "kernel" of the category "linux". `<linux:kernel>` and
`<linux:kernel|shown>` are links to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from semsearch.core.entries import Details, Note
from semsearch.importers.files.text_files import read_text
from semsearch.importers.markdown.reader import read_markdown
from semsearch.importers.records import Item, ReadOptions, Record

_LINK = re.compile(r"<([\w-]{1,60}):([^<>:|\n/][^<>:|\n]{0,200})(?:\|([^<>\n]{1,200}))?>")
_SUMMARY = re.compile(r"<glossary::[^<>\n]{0,200}>")
_TERM = re.compile(r"([\w-]{1,60}):([^\s:/].{0,299})")


def read(path: Path, _: ReadOptions) -> Iterator[Item | Note]:
    """Read the definition lists of a file."""
    text = _SUMMARY.sub("", read_text(path))
    markdown = _LINK.sub(
        lambda link: f"[{link[3] or link[2]}](#{link[2].replace(' ', '%20')})", text
    )
    for item in read_markdown(markdown, path):
        found = _TERM.fullmatch(item.term) if isinstance(item, Record) else None
        if found and isinstance(item, Record):
            aliases = (_TERM.sub(r"\2", name) for name in item.aliases)
            details = Details.of({**item.details.stated(), "category": found[1]})
            yield replace(item, term=found[2], aliases=tuple(aliases), details=details)
        else:
            yield item
