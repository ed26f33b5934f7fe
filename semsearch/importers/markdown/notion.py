"""Reader of pages of a Notion database: a heading, lines of properties, and text.

The heading is the term. Properties are fields as the columns of a table are: `Definition: Dough.`,
`Tags: bread`. The text below them follows the definition, or is it. Names of files end with the id
of their page, which is no part of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from semsearch.core.entries import Refusal, Source
from semsearch.importers.fields import map_fields
from semsearch.importers.files.text_files import read_text
from semsearch.importers.formats.detection import without_page_id
from semsearch.importers.markdown_syntax.blocks import parse_blocks
from semsearch.importers.markdown_syntax.links import from_page
from semsearch.importers.markdown_syntax.plain_text import MAX_SOURCE, inline_words, prose_of
from semsearch.importers.records import Item, ReadOptions

_PROPERTY = re.compile(r"([^\s:#>|*`-][^:\n]{0,99}):[ \t]+(\S[^\n]*)")
_BODY = "Text"
NOTION_LINK = re.compile(
    r" \((?:https://(?:www\.)?notion\.so/|[^()\s]{1,200}%20)"
    r"(?=[^()\s]{0,500}(?:\.(?:md|csv)\)|[0-9a-f]{32}))[^()\s]{1,700}\)"
)
"""A link to a page of Notion, behind its name: a file, or an address with the id of the page."""


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read a page."""
    source = Source(str(path), 1)
    text = read_text(path)
    if len(text) > MAX_SOURCE:
        yield Refusal(source, f"the page is longer than {MAX_SOURCE} characters")
        return
    title, values, body = _split(text)
    target = from_page({without_page_id(path.resolve().parent.name).casefold()})
    blocks = parse_blocks(body)
    prose = prose_of(blocks.nodes, blocks.references, lambda to: without_page_id(target(to)))
    texts = [*filter(None, (values.pop(_BODY, ""), prose.words))]
    page = {"Term": title or without_page_id(path.stem), **values, _BODY: "\n\n".join(texts)}
    made = map_fields(list(page), {}).record(page, source, is_plain=True, links=prose.see_also)
    yield Refusal(source, made) if isinstance(made, str) else made


def _split(text: str) -> tuple[str, dict[str, str], str]:
    """Return the heading, the properties in the lines below it, and the text below these."""
    first, _, rest = text.lstrip().partition("\n")
    title, rest = (first[2:].strip(), rest) if first.startswith("# ") else ("", text)
    lines = rest.lstrip().split("\n")
    found = [*map(_PROPERTY.fullmatch, lines)]
    count = found.index(None) if None in found else len(found)
    values = {one[1]: inline_words(NOTION_LINK.sub("", one[2]), {}) for one in found[:count] if one}
    return inline_words(title, {}), values, "\n".join(lines[count:])
