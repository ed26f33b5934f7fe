"""Reads lines below a heading that state aliases or relations of a term.

Examples are `Aliases: a; b`, `<!-- Aliases: a, b -->`, `See also: [C](#c)`, `Extra: Owner: Jane Doe`
and `Asked as: why does it rise?; what is it`. A link of a relation refers to the entry with that
anchor; a link to another site counts by its text.
Names without links may be listed, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any
from urllib.parse import unquote

from semsearch.core.entries import Field
from semsearch.importers.fields import extra_line, split_aliases, split_extra, split_phrases
from semsearch.importers.markdown.blocks import Node, parse_inline
from semsearch.importers.markdown.plain_text import inline_words

_ALIASES, _PHRASES, _EXTRA = "aliases", "asked_as", "extra"
_METADATA = re.compile(
    r"(?:(?P<aliases>aliases|alias|also known as|aka|a\.k\.a\.|synonyms?)|(?P<see_also>see also|related terms)"
    r"|(?P<asked_as>asked as)|(?P<broader>broader)|(?P<narrower>narrower)|(?P<related>related)|(?P<extra>extra(?=:\s*[^:\s][^:]*:\s))):\s*",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"<!--\s*\{?\s*\"?alias(?:es)?\"?\s*:\s*([^<>]{1,1000}?)\s*\}?\s*-->", re.IGNORECASE
)
_BEGINS = re.compile(r"[*_\s]{0,9}(?:a|ext|syn|see|rel|broad|narr)", re.IGNORECASE)
"""How the source of such a line begins; no other line is parsed."""


def is_phrase_held(phrase: str) -> bool:
    """Return whether an `Asked as:` line can hold a phrase."""
    return not any(sign in phrase for sign in ";|")


def is_extra_held(field: Field) -> bool:
    """Return whether an `Extra:` line can hold a field: its text has one line without wide gaps."""
    line = extra_line(*field)
    return " ".join(line.split()) == line and split_extra(line) == field


def is_metadata_line(line: str) -> bool:
    """Return whether a line of plain text states aliases, phrases or relations."""
    return _METADATA.match(line) is not None


def aliases_in_comments(source: str) -> tuple[str, ...]:
    """Return the names in comments such as `<!-- Aliases: a, b -->` and `<!--{"aliases": "a"}-->`."""
    texts = (found[1].strip("[]") for found in _COMMENT.finditer(source))
    names = (name.strip("\"' ") for text in texts for name in split_aliases(text.strip('"')))
    return tuple(filter(None, names))


def pop_metadata_lines(
    nodes: list[Node], references: MutableMapping[str, Any]
) -> dict[str, tuple[Any, ...]]:
    """Remove such lines from the beginning of the blocks below a heading.

    Args:
        nodes: the blocks; a paragraph of which nothing is left is removed.
        references: the link references of the document.

    Returns:
        The names, or the extra fields, by field of a record or its details, in the order of the
        lines.
    """
    names_by_field: dict[str, tuple[Any, ...]] = {}
    while (
        nodes
        and nodes[0].type == "html_block"
        and (commented := aliases_in_comments(nodes[0].content))
    ):
        names_by_field[_ALIASES] = (*names_by_field.get(_ALIASES, ()), *commented)
        del nodes[0]
    while nodes and nodes[0].type == "paragraph" and nodes[0].children:
        inline = nodes[0].children[0]
        first, _, rest = inline.content.partition("\n")
        found = _BEGINS.match(first) and _METADATA.match(inline_words(first, references))
        if not found or not found.lastgroup:
            break
        names = _names(first, found, references)
        names_by_field[found.lastgroup] = (*names_by_field.get(found.lastgroup, ()), *names)
        inline.token.content = rest
        if not rest:
            del nodes[0]
    return names_by_field


def _names(
    source: str, found: re.Match[str], references: MutableMapping[str, Any]
) -> tuple[str, ...] | tuple[Field, ...]:
    if found.lastgroup == _EXTRA:
        field = split_extra(found.string[found.end() :])
        return (field,) if field else ()
    if found.lastgroup == _PHRASES:
        return tuple(split_phrases(found.string[found.end() :]))
    linked = () if found.lastgroup == _ALIASES else tuple(_linked(source, references))
    return linked or tuple(split_aliases(found.string[found.end() :]))


def _linked(source: str, references: MutableMapping[str, Any]) -> Iterator[str]:
    """Yield the targets of the links of a line."""
    address, words = "", ""
    for token in parse_inline(source, references):
        if token.type == "link_open":
            address, words = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            yield unquote(address[1:]) if address.startswith("#") else words
        else:
            words += token.content
