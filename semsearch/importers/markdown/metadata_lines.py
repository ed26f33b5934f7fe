"""Reads lines below a heading that state aliases or relations of a term.

Examples are `Aliases: a; b`, `<!-- Aliases: a, b -->`, `See also: [C](#c)`, `Extra: Owner: Jane
Doe` and `Asked as: why does it rise?; what is it`. A link of a relation refers to the entry with
that anchor; a link to another site counts by its text. Names without links may be listed, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any
from urllib.parse import unquote

from semsearch.core.entries import EXTRA, Field
from semsearch.importers.column_names import column_key
from semsearch.importers.extra_fields import extra_line, split_extra
from semsearch.importers.labelled_lines import NAMES_AND_PHRASES, RELATIONS, Label, label_of
from semsearch.importers.markdown_syntax.blocks import Node, parse_inline
from semsearch.importers.markdown_syntax.plain_text import inline_words
from semsearch.importers.name_lists import split_aliases, split_phrases

_ALIASES, _PHRASES = "aliases", "asked_as"
_EXTRA_LINE = re.compile(r"[*_]{0,3}extra[*_]{0,3}:\s*(?=[^:\s][^:]*:\s)", re.IGNORECASE)
_REDIRECTING = frozenset(
    {"se", "see", "siehe", "vease", "vedi", "ver", "verweis", "verweise", "voir", "zie", "zobacz",
     "см", "参照", "参见"}
)  # fmt: skip
"""Labels, as keys of columns, of a definition that only refers to another entry."""
_SHORT_FOR = re.compile("abbr|abk|abr|acr|akr|short|kurz|sigl|skr|afk|fork")
"""Beginnings of labels behind which the long form may stand, which may be the definition."""
_COMMENT = re.compile(
    r"<!--\s*\{?\s*\"?alias(?:es)?\"?\s*:\s*([^<>]{1,1000}?)\s*\}?\s*-->", re.IGNORECASE
)


def is_phrase_held(phrase: str) -> bool:
    """Return whether an `Asked as:` line can hold a phrase."""
    return not any(sign in phrase for sign in ";|")


def is_extra_line(field: Field) -> bool:
    """Return whether an `Extra:` line with this field is recognised as one."""
    return is_metadata_line(f"Extra: {extra_line(*field)}")


def is_extra_held(field: Field) -> bool:
    """Return whether an `Extra:` line can hold a field: its text has one line without wide gaps."""
    line = extra_line(*field)
    return is_extra_line(field) and " ".join(line.split()) == line and split_extra(line) == field


def is_metadata_line(line: str) -> bool:
    """Return whether a line of plain text states aliases, phrases or relations."""
    return _EXTRA_LINE.match(line) is not None or _label_of(line) is not None


def aliases_in_comments(source: str) -> tuple[str, ...]:
    """Return the names in comments: `<!-- Aliases: a, b -->` and `<!--{"aliases": "a"}-->`."""
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
        if extra := _EXTRA_LINE.match(first):
            field = split_extra(inline_words(first[extra.end() :], references))
            names_by_field[EXTRA] = (*names_by_field.get(EXTRA, ()), *((field,) if field else ()))
        elif label := ":" in first and _label_of(inline_words(first, references)):
            if not rest and len(nodes) == 1 and _SHORT_FOR.match(column_key(label.label)):
                break  # all that is said of the term
            names = _names(label, first, references)
            names_by_field[label.field] = (*names_by_field.get(label.field, ()), *names)
        else:
            break
        inline.token.content = rest
        if not rest:
            del nodes[0]
    return names_by_field


def _label_of(line: str) -> Label | None:
    label = label_of(line, may_be_empty=True)
    is_stated = (
        label
        and label.field in (*NAMES_AND_PHRASES, *RELATIONS)
        and column_key(label.label) not in _REDIRECTING
    )
    return label if is_stated else None


def _names(label: Label, source: str, references: MutableMapping[str, Any]) -> tuple[str, ...]:
    if label.field == _PHRASES:
        return tuple(split_phrases(label.text))
    linked = () if label.field == _ALIASES else tuple(_linked(source, references))
    return linked or tuple(split_aliases(label.text))


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
