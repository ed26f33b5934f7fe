"""Reader of Obsidian notes: a note is an entry, named by its file or its `title`.

`aliases` in the front matter are its other names. [[Note]], [[Note|shown]] and [[Note#heading]]
link to other notes. ![[embedded]] notes and comments between %% are left out. A note that consists
of one link becomes another name of the note it links to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from semsearch.core.entries import Refusal, Source
from semsearch.importers.fields import shorten
from semsearch.importers.markdown.blocks import parse_blocks
from semsearch.importers.markdown.front_matter import BadFrontMatter, FrontMatterPage, split_page
from semsearch.importers.markdown.links import from_page
from semsearch.importers.markdown.plain_text import MAX_SOURCE, prose_of, words_of
from semsearch.importers.records import Item, ReadOptions, Record, Redirect
from semsearch.importers.text_files import read_text

_FIELDS = ("title", "aliases", "alias", "id", "lang")
_EMBEDDED = re.compile(r"!\[\[[^\[\]\n]{1,500}\]\]|%%[^%]*%%")
_LINK = re.compile(
    r"\[\[([^\[\]\n|#^]{1,300})(?:[#^][^\[\]\n|]{0,300})?(?:\|([^\[\]\n]{1,300}))?\]\]"
)
_ONLY_LINK = re.compile(
    r"\s*(?:see:?\s+|redirect:?\s+|#redirect\s+)?\[\[([^\[\]\n|#^]{1,300})[^\[\]\n]{0,600}\]\]\.?\s*",
    re.I,
)


def read(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Read a note.

    Args:
        path: the note.
        options: not used.

    Yields:
        Item: a record, a redirect if it only links to another note, or a refusal if it has no text.
    """
    del options
    file = str(path)
    try:
        page = split_page(read_text(path))
    except BadFrontMatter as error:
        yield Refusal(Source(file, error.line), error.reason)
        return
    term = page.text("title") or path.stem
    source = Source(file, 1)
    if len(page.body) > MAX_SOURCE:
        yield Refusal(source, f"the note is longer than {MAX_SOURCE} characters")
    elif only := _ONLY_LINK.fullmatch(page.body):
        yield Redirect(term, only[1].strip(), source)
    else:
        yield _item(page, term, source, path)


def _item(page: FrontMatterPage, term: str, source: Source, path: Path) -> Item:
    links: list[str] = []

    def shown(link: re.Match[str]) -> str:
        links.append(link[1].strip())
        return (link[2] or link[1]).strip()

    blocks = parse_blocks(_LINK.sub(shown, _EMBEDDED.sub("", page.body)))
    nodes = blocks.nodes
    if nodes and nodes[0].type == "heading" and words_of(nodes[:1], blocks.references) == term:
        nodes = nodes[1:]
    prose = prose_of(nodes, blocks.references, from_page({path.resolve().parent.name.casefold()}))
    if not prose.words:
        return Refusal(source, f"no definition of {shorten(term)!r}")
    details, left_out = page.details(_FIELDS)
    aliases = (*page.texts("aliases"), *page.texts("alias"))
    return Record(
        term,
        prose.words,
        source,
        (*aliases, *([path.stem] if path.stem != term else [])),
        page.text("id") or None,
        page.text("lang") or "en",
        (*links, *prose.see_also),
        details,
        left_out=left_out,
    )
