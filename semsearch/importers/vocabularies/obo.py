"""Reader of the OBO flat file format (https://owlcollab.github.io/oboformat/doc/obo-syntax.html).

A `[Term]` stanza with a name and a definition is an entry. Synonyms of every scope are aliases,
`is_a` and `part_of` are broader terms, and the citations of a definition its sources. The id of a
term is its notation. An obsolete term without a definition is a name of the term that replaces it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.core.entries import Details, Field, Refusal, Source
from semsearch.importers.fields import shorten
from semsearch.importers.files.text_files import read_text
from semsearch.importers.records import Item, ReadOptions, Record, Redirect

_STANZA = re.compile(r"\[(\w+)\]\s*(?:!.*)?")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"[^\[]*(?:\[([^\]]*)\])?')
_TRAILER = re.compile(r"\s\{[^{}]*\}\s*$")
"""Modifiers behind a value."""
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "W": " "}
_PARTS = {"part_of": "broader", "has_part": "narrower"}
"""The relationships that are relations of ours."""
_HELD = frozenset(
    {"id", "name", "def", "synonym", "is_a", "is_obsolete", "replaced_by", "consider", "namespace"}
)


@dataclass(slots=True)
class _Stanza:
    kind: str
    line: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, tag: str) -> str:
        return next(iter(self.values.get(tag, ())), "")

    def related(self, relation: str) -> list[str]:
        """Return the targets of a relation of ours that relationships state."""
        pairs = (value.split(maxsplit=1) for value in self.values.get("relationship", ()))
        return [one[1] for one in pairs if len(one) > 1 and _PARTS.get(one[0]) == relation]

    def left_out(self) -> Iterator[Field]:
        """Yield the tags that entries cannot hold, each with its first value."""
        for tag, values in self.values.items():
            others = (v for v in values if tag != "relationship" or v.split()[0] not in _PARTS)
            if tag not in _HELD and (value := next(others, "")):
                yield tag, value


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read an OBO file."""
    stanzas = list(_stanzas(read_text(path)))
    terms = [stanza for stanza in stanzas if stanza.kind != "Typedef"]
    has_categories = len({stanza.first("namespace") for stanza in terms}) > 1
    for stanza in stanzas:
        yield _item(stanza, Source(str(path), stanza.line), has_categories=has_categories)


def _stanzas(text: str) -> Iterator[_Stanza]:
    """Yield each stanza; the header before the first one says nothing of terms."""
    stanza: _Stanza | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if found := _STANZA.fullmatch(line.strip()):
            if stanza is not None:
                yield stanza
            stanza = _Stanza(found[1], number)
            continue
        tag, colon, value = line.partition(":")
        if stanza is not None and colon and (value := _bare(value)):
            stanza.values.setdefault(tag.strip(), []).append(value)
    if stanza is not None:
        yield stanza


def _bare(value: str) -> str:
    """Return a value without comment and modifiers; a quoted one keeps what is behind it."""
    value = value.strip()
    return value if value.startswith('"') else _TRAILER.sub("", value.partition(" ! ")[0]).strip()


def _item(stanza: _Stanza, source: Source, *, has_categories: bool) -> Item:
    id_ = stanza.first("id")
    name = _plain(stanza.first("name")) or id_
    if stanza.kind == "Typedef":
        return Refusal(source, f"{shorten(name)!r} is a relation, not an entry")
    definition, citations = _quoted(stanza.first("def"))
    replaced = stanza.values.get("replaced_by", [])
    if name and replaced and not definition:
        return Redirect(name, replaced[0], source)
    synonyms = [_quoted(value)[0] for value in stanza.values.get("synonym", ())]
    is_former = stanza.first("is_obsolete") == "true" or bool(replaced)
    return Record(
        name,
        definition,
        source,
        tuple(filter(None, synonyms)),
        details=Details(
            category=_plain(stanza.first("namespace")) if has_categories else "",
            notation=id_,
            status="deprecated" if is_former else "",
            sources=tuple(citations),
            broader=(*stanza.values.get("is_a", ()), *stanza.related("broader")),
            narrower=tuple(stanza.related("narrower")),
            related=(*replaced, *stanza.values.get("consider", ())),
        ),
        key=id_,
        hint=id_,
        left_out=tuple(stanza.left_out()),
    )


def _quoted(value: str) -> tuple[str, list[str]]:
    """Return a quoted text, and the citations in brackets behind it."""
    found = _QUOTED.match(value)
    if found is None:
        return "", []
    return _plain(found[1]), [one.strip() for one in (found[2] or "").split(",") if one.strip()]


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)
