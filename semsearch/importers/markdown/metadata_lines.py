"""Lines directly below a heading that state other names and relations of a term: `Aliases: a; b`, `See also: [C](#c)`.

A line `Asked as: why does it rise?; what makes dough grow` states phrases by which people ask for it.

Of relations, links are the entries with that anchor; what leads to another site is what it is called by. Names without a
link may be listed too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any
from urllib.parse import unquote

from semsearch.importers.fields import split_aliases, split_phrases
from semsearch.importers.markdown.blocks import Node, parse_inline
from semsearch.importers.markdown.plain_text import inline_words

_ALIASES, _PHRASES = "aliases", "asked_as"
_STATED = re.compile(
    r"(?:(?P<aliases>aliases|alias|also known as|aka|a\.k\.a\.|synonyms?)|(?P<see_also>see also|related terms)"
    r"|(?P<asked_as>asked as)|(?P<broader>broader)|(?P<narrower>narrower)|(?P<related>related)):\s*",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"[*_\s]{0,9}(?:a|syn|see|rel|broad|narr)", re.IGNORECASE)
"""How the source of such a line begins; no other is parsed."""


def is_phrase_held(phrase: str) -> bool:
    """Whether a line of phrases can state this one."""
    return not any(sign in phrase for sign in ";|")


def is_stated(line: str) -> bool:
    """Whether a line, in plain words, states other names or relations."""
    return _STATED.match(line) is not None


def take_stated(
    nodes: list[Node], references: MutableMapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Take such lines off the blocks below a heading, as long as these begin with one.

    Args:
        nodes: the blocks; paragraphs of which nothing is left are removed.
        references: the link references of the text around them.

    Returns:
        The names by field of a record or its details, in the order of the lines.
    """
    stated: dict[str, tuple[str, ...]] = {}
    while nodes and nodes[0].type == "paragraph" and nodes[0].children:
        inline = nodes[0].children[0]
        first, _, rest = inline.content.partition("\n")
        found = _BEGINS.match(first) and _STATED.match(inline_words(first, references))
        if not found or not found.lastgroup:
            break
        names = _names(first, found, references)
        stated[found.lastgroup] = (*stated.get(found.lastgroup, ()), *names)
        inline.token.content = rest
        if not rest:
            del nodes[0]
    return stated


def _names(
    source: str, found: re.Match[str], references: MutableMapping[str, Any]
) -> tuple[str, ...]:
    if found.lastgroup == _PHRASES:
        return tuple(split_phrases(found.string[found.end() :]))
    linked = () if found.lastgroup == _ALIASES else tuple(_linked(source, references))
    return linked or tuple(split_aliases(found.string[found.end() :]))


def _linked(source: str, references: MutableMapping[str, Any]) -> Iterator[str]:
    """Yield what the links of a line lead to."""
    address, words = "", ""
    for token in parse_inline(source, references):
        if token.type == "link_open":
            address, words = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            yield unquote(address[1:]) if address.startswith("#") else words
        else:
            words += token.content
