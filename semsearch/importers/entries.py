"""Records become entries: text cleaned, limits kept, ids given. The same for every format.

An id is `glossary:slug`. An author's own id always keeps its slug, wherever in the corpus it
stands; records without one get the slug of their term, with `-2`, `-3` in file order if it is
taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice

from semsearch.importers.fields import shorten
from semsearch.importers.records import Record
from semsearch.importers.slugs import slug
from semsearch.types import Entry, Refusal, Source

MAX_TERM = 300
"""Characters of a term, an alias or an id."""
MAX_DEFINITION = 20_000
"""Characters of a definition: about ten printed pages."""
MAX_SEE_ALSO = 100
"""Links of one entry; the most of any glossary known to us are below half of this."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_LINE_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_DROPPED = (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xFEFF)
_CLEAN = dict.fromkeys(_DROPPED, "") | dict.fromkeys(map(ord, _LINE_ENDS), "\n")


def make_entries(
    items: Sequence[Record | Refusal], glossary: str
) -> tuple[list[Entry], list[Refusal]]:
    """Make entries of everything that was read for one glossary.

    Args:
        items: what the readers yielded, in order.
        glossary: the name of the glossary.

    Returns:
        The entries, and what was refused by the readers or here, both in order.
    """
    cleaned = [clean(item) if isinstance(item, Record) else item for item in items]
    ids = _Ids(glossary, cleaned)
    entries: list[Entry] = []
    refusals: list[Refusal] = []
    for item in cleaned:
        given = ids.give(item) if isinstance(item, Record) else item
        if isinstance(given, Refusal):
            refusals.append(given)
        else:
            entries.append(given)
    return entries, refusals


def clean(record: Record) -> Record | Refusal:
    """Normalise the text of a record to NFC without control characters, and check its limits.

    Args:
        record: as a reader yielded it.

    Returns:
        The record as its entry will state it, or why there can be none.
    """
    term = _clean_name(record.term)
    definition = _clean_text(record.definition)
    aliases = dict.fromkeys(filter(None, map(_clean_name, record.aliases)))
    aliases.pop(term, None)
    id_ = _clean_name(record.id or "") or None
    reason = _reason_to_refuse(term, definition, [*aliases, id_ or ""])
    if reason:
        return Refusal(record.source, reason)
    language = record.language.strip().replace("_", "-")
    return Record(
        term,
        definition,
        record.source,
        tuple(aliases),
        id_,
        language if _LANGUAGE.fullmatch(language) else "en",
        _clean_links(record.see_also),
    )


def _clean_text(text: str) -> str:
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEAN)
    return unicodedata.normalize("NFC", cleaned).strip()


def _clean_name(text: str) -> str:
    return " ".join(_clean_text(text).split())


def _clean_links(names: Iterable[str]) -> tuple[str, ...]:
    """Clean the names of linked entries; what cannot be the name of one is left out."""
    cleaned = dict.fromkeys(filter(None, map(_clean_name, names)))
    kept = (name for name in cleaned if len(name) <= MAX_TERM and _could_be_name(name))
    return tuple(islice(kept, MAX_SEE_ALSO))


def _could_be_name(text: str) -> bool:
    """Whether a text is not the address of another site nor the heading of a list."""
    return _is_text(text) and "://" not in text and not text.endswith(":")


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _reason_to_refuse(term: str, definition: str, names: Sequence[str]) -> str | None:
    if not term or not definition:
        return f"no definition of {shorten(term)!r}" if term else "no term"
    if not _is_text("".join((term, definition, *names))):
        return "half of a surrogate pair, which is not text"
    if len(term) > MAX_TERM:
        return f"the term is longer than {MAX_TERM} characters: {shorten(term)!r}"
    if len(definition) > MAX_DEFINITION:
        return f"the definition of {term!r} is longer than {MAX_DEFINITION} characters"
    too_long = next((name for name in names if len(name) > MAX_TERM), None)
    if too_long is not None:
        return f"an alias or id of {term!r} is longer than {MAX_TERM} characters"
    return None


class _Ids:
    """Gives ids within one glossary; knows where each was first given."""

    def __init__(self, glossary: str, items: Iterable[Record | Refusal]) -> None:
        self._glossary = glossary
        self._reserved = {slug(item.id) for item in items if isinstance(item, Record) and item.id}
        self._given: dict[str, Source] = {}
        self._next_number: dict[str, int] = {}
        self._seen: dict[tuple[str, str], Source] = {}

    def give(self, record: Record) -> Entry | Refusal:
        """Make the entry of a cleaned record, or say why it would be one too many."""
        wanted = slug(record.id or record.term)
        if not wanted:
            return Refusal(record.source, f"no id can be made of {record.id or record.term!r}")
        if record.id:
            if wanted in self._given:
                reason = f"duplicate id {wanted!r}, first at {self._given[wanted]}"
                return Refusal(record.source, reason)
        else:
            first = self._seen.get((record.term, record.definition))
            if first is not None:
                return Refusal(record.source, f"duplicate of {first}")
            wanted = self._free(wanted)
        self._given[wanted] = record.source
        self._seen.setdefault((record.term, record.definition), record.source)
        return Entry(
            id=f"{self._glossary}:{wanted}",
            term=record.term,
            definition=record.definition,
            glossary=self._glossary,
            aliases=record.aliases,
            language=record.language,
            source=record.source,
            see_also=record.see_also,
        )

    def _free(self, wanted: str) -> str:
        """Give the slug itself or its first numbered form that no record has or will have."""
        number = self._next_number.get(wanted, 1)
        while True:
            candidate = wanted if number == 1 else f"{wanted}-{number}"
            number += 1
            if candidate not in self._given and candidate not in self._reserved:
                self._next_number[wanted] = number
                return candidate
