"""Resolves references between records of a glossary: relations by key, and redirects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from semsearch.core.entries import NO_DETAILS, Details, Entry, Merged, Note, Refusal, slug_of
from semsearch.importers.records import Item, Record, Redirect
from semsearch.text.normalise import fold
from semsearch.text.slugs import slug

_RELATIONS = ("broader", "narrower", "related")
_MAX_HOPS = 16
"""Most redirects followed one after the other."""

_SEE = re.compile(
    r"[(\[]?\s*(?:(?:see under|see|same as|synonym (?:of|for)|variant of|(?:short|abbreviation|acronym) (?:for|of)"
    r"|alternative (?:form|name|spelling) (?:for|of)|siehe|voir|vid[eé]|véase|vedi|zie):?\s|(?:s|vgl|cf)\.\s|→|⇒|->|=>)"
    r"\s*(\S.{0,200}?)\s*[)\]]?\s*\.?",
    re.IGNORECASE,
)
"""A definition that only refers to another term."""
_AROUND = " \"'*_`[]“”„«»"
"""Signs around the name of a term that is referred to."""

_ENTITY = re.compile(r"&#?\w{1,8};")
"""An entity of HTML, which also ends with a semicolon."""

Given = Sequence[tuple[Entry, str]]
"""Entries, each with its key in the file, or an empty text."""


def resolve_keys(given: Given) -> list[Entry]:
    """Return the entries with the keys in their relations replaced by ids; unknown keys stay.

    Entries in several languages under one key describe one concept. Without an IRI, the others
    refer to the id of the first.
    """
    by_key: dict[tuple[str, str], str] = {}
    for entry, key in given:
        if key:
            name = slug_of(entry.id)
            by_key.setdefault((key, entry.language), name)
            by_key.setdefault((key, ""), name)
    if not by_key:
        return [entry for entry, _ in given]

    def named(names: tuple[str, ...], language: str) -> tuple[str, ...]:
        found = (by_key.get((n, language)) or by_key.get((n, "")) or n for n in names)
        return tuple(dict.fromkeys(found))

    def concept(entry: Entry, key: str) -> str:
        main = by_key.get((key, ""), "")
        return "" if by_key.get((key, entry.language)) == main else main

    return [_with(entry, named, concept(entry, key)) for entry, key in given]


def _with(
    entry: Entry, named: Callable[[tuple[str, ...], str], tuple[str, ...]], concept: str
) -> Entry:
    details = entry.details
    if concept and not details.iri:
        details = replace(details, iri=concept)
    if details is not NO_DETAILS:
        parts = {name: named(getattr(details, name), entry.language) for name in _RELATIONS}
        details = Details.of({**details.stated(), **parts})
    return replace(entry, see_also=named(entry.see_also, entry.language), details=details)


def merge_redirects(
    entries: list[Entry], given: Given, redirects: Sequence[tuple[int, Redirect]]
) -> Iterator[tuple[int, Merged | Refusal]]:
    """Add redirecting names to the entries they lead to, in place.

    Yields:
        tuple[int, Merged | Refusal]: the result of each redirect, with its place.
    """
    if not redirects:
        return
    places = _places(entries, given)
    onward = {fold(redirect.name): redirect.target for _, redirect in redirects}
    added: dict[int, dict[str, None]] = {}
    for place, redirect in redirects:
        at = _follow(redirect.target, places, onward)
        name = " ".join(redirect.name.split())
        if at is None or not name:
            yield place, Refusal(redirect.source, _dead_end(name, redirect.target, onward))
            continue
        if name != entries[at].term:
            added.setdefault(at, dict.fromkeys(entries[at].aliases))[name] = None
        yield place, Merged(redirect.source, name, entries[at].id)
    for at, names in added.items():
        entries[at] = replace(entries[at], aliases=tuple(names))


def resolve_names(items: Sequence[Item]) -> tuple[list[Item], list[Note]]:
    """Split terms that list names, and turn records that only refer to another into redirects.

    Returns:
        The items, and a note on each term that was split.
    """
    split, notes = _split_listed_names(items)
    return _see_records_to_redirects(split), notes


def _see_records_to_redirects(items: Sequence[Item]) -> list[Item]:
    """Turn records that only say "See X" into redirects, if X is a record with a definition."""
    targets = {at: found for at, item in enumerate(items) if (found := _only_sees(item))}
    if not targets:
        return list(items)
    known: set[str] = set()
    for at, item in enumerate(items):
        if isinstance(item, Record):
            names = () if at in targets else (item.term, *item.aliases)
            known |= {fold(name) for name in names}
    onward = {fold(_term(items[at])): target for at, target in targets.items()}
    made = list(items)
    for at, target in targets.items():
        item, end = items[at], target
        for _ in range(_MAX_HOPS):
            if fold(end) in known or fold(end) not in onward:
                break
            end = onward[fold(end)]
        if not isinstance(item, Record) or fold(item.term) in known:
            continue
        if fold(end) in known:
            made[at] = Redirect(item.term, end, item.source)
        elif fold(end) in onward:
            made[at] = Refusal(item.source, _dead_end(item.term, target, onward))
    return made


def _dead_end(name: str, target: str, onward: Mapping[str, str]) -> str:
    """Return why a name that leads to a target leads to no entry."""
    if not name:
        return f"a reference to {target!r} has no name"
    reason = f"{name!r} only leads to {target!r}"
    end, seen = target, set[str]()
    while fold(end) in onward and len(seen) < _MAX_HOPS:
        if fold(end) == fold(name):
            return f"{reason}, which leads back to it"
        if fold(end) in seen:
            return f"{reason}, which leads into a ring of references"
        seen.add(fold(end))
        end = onward[fold(end)]
    if fold(end) in onward:
        return f"{reason}, and an entry is more than {_MAX_HOPS} such steps away, if there is one"
    return f"{reason}{f', and that to {end!r}' if seen else ''}, which is no entry"


def _only_sees(item: Item) -> str:
    """Return the term to which a record refers instead of a definition, or an empty text."""
    found = _SEE.fullmatch(item.definition) if isinstance(item, Record) else None
    return found[1].strip(_AROUND) if found else ""


def _split_listed_names(items: Sequence[Item]) -> tuple[list[Item], list[Note]]:
    """Split terms that list names between semicolons: the first is the term.

    Other signs may belong to a name: "salt, pepper", "Input / output", "bias, inductive". A term
    stays whole if it also has a comma, or if one of the names is another term.
    """
    made, notes = list(items), list[Note]()
    listing = [(at, item) for at, item in enumerate(items) if isinstance(item, Record)]
    listing = [(at, item) for at, item in listing if ";" in item.term]  # few, if any
    known = {fold(item.term) for item in items if listing and isinstance(item, Record)}
    for at, item in listing:
        names = _listed(item)
        if names and not any(fold(name) in known for name in names):
            made[at] = _split(item, names)
            shown = ", ".join(map(repr, names))
            notes.append(Note(item.source, f"{item.term!r} was read as several names: {shown}"))
    return made, notes


def _split(item: Record, names: tuple[str, ...]) -> Record:
    """Give a record the names that its term lists; each is in the language of the term."""
    tags = [tagged.rpartition("@") for tagged in item.details.name_languages]
    languages = tuple(
        f"{name}@{tag}"
        for stated, _, tag in tags
        for name in (names if stated == item.term else (stated,))
    )
    details = replace(item.details, name_languages=languages) if tags else item.details
    return replace(item, term=names[0], aliases=(*names[1:], *item.aliases), details=details)


def _listed(item: Record) -> tuple[str, ...]:
    """Return the names that a term lists; a record with a key or an id of its own lists none."""
    return () if item.key or item.id else names_listed_in(item.term)


def names_listed_in(term: str) -> tuple[str, ...]:
    """Return the names that stand between semicolons; none of a term that is one name."""
    if ";" not in term or "," in term or _ENTITY.search(term):
        return ()
    names = tuple(filter(None, (name.strip() for name in term.split(";"))))
    return names if len(names) > 1 else ()


def _term(item: Item) -> str:
    return item.term if isinstance(item, Record) else ""


def _places(entries: Sequence[Entry], given: Given) -> dict[str, int]:
    """Return the entry of each name, id and key; if several match, the first.

    A term wins over an alias.
    """
    places: dict[str, int] = {}
    for at, (entry, (_, key)) in enumerate(zip(entries, given, strict=True)):
        for name in (key, fold(entry.term), slug_of(entry.id)):
            places.setdefault(name, at)
    for at, entry in enumerate(entries):
        for alias in entry.aliases:
            places.setdefault(fold(alias), at)
    places.pop("", None)
    return places


def _follow(target: str, places: dict[str, int], onward: dict[str, str]) -> int | None:
    for _ in range(_MAX_HOPS):
        at = next((places[n] for n in (target, fold(target), slug(target)) if n in places), None)
        if at is not None or fold(target) not in onward:
            return at
        target = onward[fold(target)]
    return None
