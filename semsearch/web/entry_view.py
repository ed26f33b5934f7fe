"""An entry as its page shows it: its text with the terms in it as links, and what it is related to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from semsearch.core.answers import Authored, Reference, Related
from semsearch.core.entries import Entry
from semsearch.text.normalise import fold

_EMBEDDING = ("embedding", "embeddings")
_SUMMARY = 200
"""Characters of a definition that those who list pages show."""
_WORD = 40
"""Of those, what may be left out so that no word is cut: scripts without blanks are cut where they are."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A piece of a definition; `entry` is what it leads to, if it is a term."""

    text: str
    entry: Entry | None = None


def linked(related: Related) -> list[Linked]:
    """Return a definition in pieces, the terms of the glossary in it as links.

    Where places overlap, which they do not as they are found, the first one wins.
    """
    text = related.entry.definition
    places = sorted(
        (reference.span.start, reference.span.end, reference.entry.id, reference.entry)
        for reference in (*related.see_also, *related.mentions)
        if reference.span is not None
    )
    pieces: list[Linked] = []
    at = 0
    for start, end, _, entry in places:
        if start >= at:
            pieces += [Linked(text[at:start]), Linked(text[start:end], entry)]
            at = end
    pieces.append(Linked(text[at:]))
    return [piece for piece in pieces if piece.text]


def summary(entry: Entry) -> str:
    """Return the beginning of a definition in one line, for whoever lists pages."""
    head = entry.definition[: 2 * _SUMMARY]
    text = " ".join(head.split())
    if len(text) <= _SUMMARY and head == entry.definition:
        return text
    begin = text[: _SUMMARY - 2]
    whole = begin.rfind(" ", _SUMMARY - _WORD)
    return f"{begin if whole < 0 else begin[:whole]} …"


def is_embedding(entry: Entry) -> bool:
    """Whether an entry is about what makes this search work, so that its page can show it."""
    return any(fold(name) in _EMBEDDING for name in (entry.term, *entry.aliases))


_AUTHORED = {
    "Broader": Authored.BROADER,
    "Narrower": Authored.NARROWER,
    "Related": Authored.RELATED,
    "See also": Authored.SEE_ALSO,
}


def authored(related: Related) -> dict[str, list[Entry]]:
    """Return the entries that an author relates an entry to, by title; none twice.

    An entry that calls this one broader, narrower or related is among them, whoever of the two says so.
    """
    back = (one for one in related.mentioned_by if one.relation is not Authored.SEE_ALSO)
    stated = (*related.see_also, *back)
    known = {one.entry.id: one for one in reversed(stated) if one.relation}
    links = [known[id_] for id_ in dict.fromkeys(one.entry.id for one in stated) if id_ in known]
    return {t: [one.entry for one in links if one.relation is r] for t, r in _AUTHORED.items()}


def mentioning(related: Related) -> list[Entry]:
    """Return the other entries that refer to an entry: by a link without a kind, or in their text."""
    kinds = (None, Authored.SEE_ALSO)
    return others(tuple(one for one in related.mentioned_by if one.relation in kinds))


def others(references: tuple[Reference, ...]) -> list[Entry]:
    """Return the entries of references, each once."""
    return list({reference.entry.id: reference.entry for reference in references}.values())


def defined_term(entry: Entry, address: str, set_address: str) -> dict[str, Any]:
    """Return an entry as schema.org's DefinedTerm, in JSON-LD.

    Args:
        entry: the entry.
        address: of its page, which is its identity.
        set_address: of the page of its glossary.
    """
    stated = {
        "@context": "https://schema.org",
        "@type": "DefinedTerm",
        "@id": address,
        "url": address,
        "name": entry.term,
        "description": entry.definition,
        "termCode": entry.id,
        "inLanguage": entry.language,
        "inDefinedTermSet": {
            "@type": "DefinedTermSet",
            "@id": set_address,
            "name": entry.glossary,
        },
    }
    if entry.aliases:
        stated["alternateName"] = list(entry.aliases)
    return stated
