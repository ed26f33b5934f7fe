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
from semsearch.importers.labelled_lines import NAMES_AND_PHRASES, with_labels_read
from semsearch.importers.markdown.front_matter import FrontMatterPage, read_page
from semsearch.importers.markdown_syntax.blocks import parse_blocks
from semsearch.importers.markdown_syntax.links import from_page
from semsearch.importers.markdown_syntax.plain_text import MAX_SOURCE, words_of
from semsearch.importers.markdown_writer.from_markdown import structured_prose
from semsearch.importers.records import Item, ReadOptions, Record, Redirect, with_markdown

_FIELDS = ("title", "aliases", "alias", "id", "lang")
_EMBEDDED = re.compile(r"!\[\[[^\[\]\n]{1,500}\]\]|%%[^%]*%%")
_LINK = re.compile(
    r"\[\[([^\[\]\n|#^]{1,300})(?:[#^][^\[\]\n|]{0,300})?(?:\|([^\[\]\n]{1,300}))?\]\]"
)
_ONLY_LINK = re.compile(
    r"\s*(?:see:?\s+|redirect:?\s+|#redirect\s+)?\[\[([^\[\]\n|#^]{1,300})[^\[\]\n]{0,600}\]\]\.?\s*",
    re.I,
)


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read a note."""
    page = read_page(path)
    if isinstance(page, Refusal):
        yield page
        return
    term = page.text("title") or path.stem
    source = Source(str(path), 1)
    if len(page.body) > MAX_SOURCE:
        yield Refusal(source, f"the note is longer than {MAX_SOURCE} characters")
    elif only := _ONLY_LINK.fullmatch(page.body):
        yield Redirect(term, only[1].strip(), source)
    else:
        yield _item(page, term, source, path)


def _item(page: FrontMatterPage, term: str, source: Source, path: Path) -> Record:
    links: list[str] = []

    def shown(link: re.Match[str]) -> str:
        links.append(link[1].strip())
        return (link[2] or link[1]).strip()

    blocks = parse_blocks(_LINK.sub(shown, _EMBEDDED.sub("", page.body)))
    nodes = blocks.nodes
    if nodes and nodes[0].type == "heading" and words_of(nodes[:1], blocks.references) == term:
        nodes = nodes[1:]
    target = from_page({path.resolve().parent.name.casefold()})
    prose = structured_prose(nodes, blocks.references, target)
    details, left_out = page.details(_FIELDS)
    aliases = (*page.texts("aliases"), *page.texts("alias"))
    made = Record(
        term,
        prose.words,
        source,
        (*aliases, *([path.stem] if path.stem != term else [])),
        page.text("id") or None,
        page.text("lang"),
        (*links, *prose.see_also),
        with_markdown(details, prose.markdown),
        left_out=left_out,
    )
    return with_labels_read(made, has_links=bool(made.see_also), fields=NAMES_AND_PHRASES)
