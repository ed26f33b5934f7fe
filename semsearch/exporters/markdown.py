"""Writes Markdown: a heading with an anchor, aliases, relations and definition for each term."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from semsearch.core.entries import EXTRA, MARKDOWN, Entry, slug_of
from semsearch.exporters.context import ExportContext, links_by, name_of, parts_of
from semsearch.importers.extra_fields import extra_line
from semsearch.importers.labelled_lines import labelled_parts
from semsearch.importers.markdown.metadata_lines import (
    is_extra_held,
    is_extra_line,
    is_metadata_line,
    is_phrase_held,
)
from semsearch.importers.markdown_syntax.blocks import parse_blocks
from semsearch.importers.markdown_syntax.links import from_file, nowhere
from semsearch.importers.markdown_syntax.plain_text import prose_of
from semsearch.importers.markdown_writer.from_markdown import structured_prose, text_in_markdown
from semsearch.text.normalise import in_markdown

_PLAIN = re.compile(r"(?!- )\S+(?: \S+)*(?:\n{1,2}(?!- )\S+(?: \S+)*)*")
"""Text whose lines are certainly held unchanged."""
_HELD = frozenset(
    {"id", "aliases", "see_also", "broader", "narrower", "related", "asked_as", MARKDOWN, EXTRA}
)
_RELATIONS = {
    "see_also": "See also",
    "broader": "Broader",
    "narrower": "Narrower",
    "related": "Related",
}


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".md", _pieces(context)


def _pieces(context: ExportContext) -> Iterator[bytes]:
    yield f"# {in_markdown(context.glossary)}\n".encode()
    for entry in context.entries():
        heading = f"## {in_markdown(entry.term)} {{#{name_of(entry)}}}"
        text = entry.details.markdown if _is_markdown_held(entry, context) else ""
        text = text or text_in_markdown(entry.definition)
        body = _metadata_lines(entry, context) + text
        yield f"\n{heading}\n\n{body}\n".encode()


def _metadata_lines(entry: Entry, context: ExportContext) -> str:
    """Return the lines of aliases and relations.

    A comment follows if the definition would be read as such a line.
    """
    lines = [_aliases(entry)] if entry.aliases else []
    for part, heading in _RELATIONS.items():
        if names := links_by(entry, part):
            lines.append(f"{heading}: {'; '.join(_link(name, context) for name in names)}")
    lines += [f"Asked as: {in_markdown(phrase)}" for phrase in entry.details.asked_as]
    extra = filter(is_extra_line, entry.details.extra)
    lines += [f"Extra: {in_markdown(extra_line(*field))}" for field in extra]
    if is_metadata_line(entry.definition):
        lines.append("<!-- -->")
    return "".join(f"{line}\n\n" for line in lines)


def _aliases(entry: Entry) -> str:
    names = "; ".join(map(in_markdown, entry.aliases))
    # a single name with a comma would be split
    ends = ";" if len(entry.aliases) == 1 and "," in names else ""
    return f"Aliases: {names}{ends}"


def _link(name: str, context: ExportContext) -> str:
    """Return a link to an entry, even a missing one, or to another site."""
    id_ = context.id_of(name)
    if id_ is None and name.startswith(("http://", "https://")):
        return f"[{in_markdown(name)}]({quote(name, safe='%:/?#@!$&*+,;=~')})"
    target = name if id_ is None else slug_of(id_)
    return f"[{in_markdown(name)}](#{quote(target, safe='')})"


def lost(entry: Entry, context: ExportContext) -> Iterator[str]:
    """Yield the parts that Markdown cannot hold, and definitions that would be read differently."""
    yield from (name for name in parts_of(entry) if name not in _HELD)
    if any(sign in alias for alias in entry.aliases for sign in ";|"):
        yield "aliases"
    if not all(map(is_phrase_held, entry.details.asked_as)):
        yield "asked_as"
    if not all(map(is_extra_held, entry.details.extra)):
        yield EXTRA
    if labelled := labelled_parts(entry.definition):
        yield from ("definition", MARKDOWN, *labelled)
    if _is_markdown_held(entry, context):
        return
    if entry.details.markdown:
        yield MARKDOWN
    if not _is_held(entry):
        yield "definition"


def _is_markdown_held(entry: Entry, context: ExportContext) -> bool:
    """Return whether the Markdown of an entry is read as it is, with no other text or links."""
    markdown = entry.details.markdown
    if not markdown:
        return False
    blocks = parse_blocks(markdown)
    target = from_file(f"{context.glossary}.md")
    prose = structured_prose(blocks.nodes, blocks.references, target)
    ids = {context.id_of(name) or name for name in entry.see_also}
    return (prose.words, prose.markdown) == (entry.definition, markdown) and ids.issuperset(
        context.id_of(name) or name for name in prose.see_also
    )


def _is_held(entry: Entry) -> bool:
    text = entry.definition
    if _PLAIN.fullmatch(text):
        return True
    blocks = parse_blocks(text_in_markdown(text))
    return prose_of(blocks.nodes, blocks.references, nowhere).words == text
