"""Turns records into entries, for all formats alike: cleans text, checks limits, assigns ids.

An id is `glossary:slug`. An author's own id always keeps its slug, wherever it comes in the corpus.
Records without an id get the slug of their term, with `-2`, `-3` appended in file order if it is
taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from semsearch.core.entries import (
    EXTRA,
    MARKDOWN,
    NO_DETAILS,
    Details,
    Entry,
    Field,
    LeftOut,
    Merged,
    Note,
    Refusal,
    Source,
)
from semsearch.importers.clean_text import clean_name, clean_text, is_text
from semsearch.importers.fields import reason_without, shorten
from semsearch.importers.name_languages import clean_languages, reason_against_languages
from semsearch.importers.placeholders import is_placeholder, repeated_placeholders
from semsearch.importers.records import Item, Record, Redirect
from semsearch.importers.redirects import merge_redirects, resolve_keys, resolve_names
from semsearch.text.language_tags import language_tag
from semsearch.text.normalise import fold
from semsearch.text.slugs import slug

MAX_TERM = 300
"""Most characters of a term, an alias or an id."""
MAX_DEFINITION = 20_000
"""Most characters of a definition: about ten printed pages."""
MAX_SEE_ALSO = 100
"""Most links of an entry; the largest known number is below half of this."""

MAX_DETAILS = 1_000
"""Most examples, citations or relations of one kind; a synset of WordNet has 400 narrower ones."""
MAX_DETAIL = 2_000
"""Most characters of an example, a citation or another detail; longer ones are cut."""

MAX_PHRASES = 64
"""Most asked-as phrases of an entry: each is embedded and compared with questions near it."""
MAX_PHRASE = 300
"""Most characters of an asked-as phrase: two or three sentences."""
MAX_EXTRA = 64
"""Most extra fields of an entry."""
MAX_EXTRA_NAME = 100
"""Most characters of the name of an extra field; its text may have `MAX_DETAIL`."""


@dataclass(frozen=True, slots=True)
class MadeEntries:
    """The results for the records of one glossary, each list in their order."""

    entries: list[Entry]
    refusals: list[Refusal]
    merged: list[Merged]
    left_out: list[LeftOut]
    notes: list[Note]


def make_entries(items: Sequence[Item], glossary: str) -> MadeEntries:
    """Make entries of all records of one glossary.

    Returns:
        The entries, the refusals of readers and of this function, the records that became another
        name of an entry, the fields left out, and notes on terms that were split.
    """
    cleaned, notes = resolve_names([clean(i) if isinstance(i, Record) else i for i in items])
    cleaned = _without_repeated_placeholders(cleaned)
    ids = _Ids(glossary, cleaned)
    given: list[tuple[Entry, str]] = []
    refusals: list[tuple[int, Refusal]] = []
    redirects: list[tuple[int, Redirect]] = []
    left_out: list[LeftOut] = []
    for place, item in enumerate(cleaned):
        if isinstance(item, Redirect):
            redirects.append((place, item))
            continue
        made = ids.give(item) if isinstance(item, Record) else item
        if isinstance(made, Refusal):
            refusals.append((place, made))
        elif isinstance(item, Record):
            given.append((made, item.key))
            if item.left_out:
                parts = tuple((shorten(name), shorten(text)) for name, text in item.left_out)
                left_out.append(LeftOut(item.source, made.id, parts))
    entries = resolve_keys(given)
    done: list[Merged] = []
    for place, outcome in merge_redirects(entries, given, redirects):
        if isinstance(outcome, Merged):
            done.append(outcome)
        else:
            refusals.append((place, outcome))
    refused = [refusal for _, refusal in sorted(refusals, key=itemgetter(0))]
    return MadeEntries(entries, refused, done, left_out, notes)


def _without_repeated_placeholders(items: Sequence[Item]) -> list[Item]:
    """Refuse the records whose definition is one that stands for none throughout the glossary."""
    repeated = repeated_placeholders(item for item in items if isinstance(item, Record))

    def checked(item: Item) -> Item:
        if isinstance(item, Record) and item.definition in repeated:
            reason = _reason_of_placeholder(item.term, item.definition)
            return Refusal(item.source, f"{reason}, which other entries have too")
        return item

    return [checked(item) for item in items]


def clean(record: Record) -> Record | Refusal:
    """Normalise the text of a record to NFC without control characters, and check its limits.

    Returns:
        The cleaned record, or the reason why it is refused.
    """
    term = clean_name(record.term)
    definition = clean_text(record.definition)
    aliases = dict[str, None]()
    if record.aliases:
        aliases = dict.fromkeys(filter(None, map(clean_name, record.aliases)))
        aliases.pop(term, None)
    id_ = clean_name(record.id or "") or None
    language = language_tag(record.language) or "en"
    extra, left_out = _split_extra(record.details.extra)
    markdown = clean_text(record.details.markdown)
    if markdown and not _says(markdown, definition):
        left_out, markdown = (*left_out, (MARKDOWN, markdown)), ""
    details = _clean_details(record.details, (term, *aliases), language, extra, markdown)
    reason = _reason_to_refuse(term, definition, [*aliases, id_ or ""])
    reason = reason or reason_against_phrases(term, details.asked_as)
    reason = reason or reason_against_languages(record.details.name_languages)
    if reason:
        return Refusal(record.source, reason)
    return Record(
        term,
        definition,
        record.source,
        tuple(aliases),
        id_,
        language,
        _clean_links(record.see_also),
        details,
        record.key,
        clean_name(record.hint),
        (*record.left_out, *left_out),
    )


def _clean_details(
    details: Details,
    names: tuple[str, ...],
    language: str,
    extra: tuple[Field, ...],
    markdown: str,
) -> Details:
    """Clean details; one that is too long is cut, so that the entry need not be refused."""
    if details is NO_DETAILS or not (stated := details.stated()):
        return NO_DETAILS
    if stated.keys() <= {EXTRA, MARKDOWN}:
        return Details(markdown=markdown, extra=extra) if markdown or extra else NO_DETAILS
    cleaned = {
        name: _clean_detail(value) if isinstance(value, str) else tuple(_clean_several(value))
        for name, value in stated.items()
        if name not in (EXTRA, MARKDOWN)
    }
    known = {*names, *cleaned.get("hidden_labels", ())}
    tags = clean_languages(details.name_languages, known, language)
    phrases = clean_phrases(details.asked_as)
    own = {"name_languages": tags, "asked_as": phrases, MARKDOWN: markdown, EXTRA: extra}
    return Details.of({**cleaned, **own})


def _says(markdown: str, definition: str) -> bool:
    from semsearch.importers.markdown_writer.from_markdown import says  # noqa: PLC0415 - loads markdown-it

    return says(markdown, definition)


def _split_extra(fields: Sequence[Field]) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Clean extra fields, and separate those that are too long or too many.

    The texts of one name become one.
    """
    if not fields:
        return (), ()
    kept: dict[str, str] = {}
    left_out: list[Field] = []
    for stated, text in fields:
        name, value = clean_name(stated), clean_text(text)
        if not value:
            continue
        joined = f"{kept[name]}; {value}" if kept.get(name, value) != value else value
        is_short = 0 < len(name) <= MAX_EXTRA_NAME and len(joined) <= MAX_DETAIL
        is_room = name in kept or len(kept) < MAX_EXTRA
        if is_short and is_room and is_text(name) and is_text(value):
            kept[name] = joined
        else:
            left_out.append((name or "(a field without a name)", value))
    return tuple(kept.items()), tuple(left_out)


def clean_phrases(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return asked-as phrases, one line each; of those that fold alike the first stays."""
    lines = (" ".join(text.split()) for text in _clean_several(phrases))
    found: dict[str, str] = {}
    for line in lines:
        found.setdefault(fold(line), line)
    return tuple(found.values())


def reason_against_phrases(term: str, phrases: Sequence[str]) -> str | None:
    """Return why an entry cannot have these phrases; None if it can."""
    if len(phrases) > MAX_PHRASES:
        return (
            f"{shorten(term)!r} has {len(phrases)} phrases by which it is asked for, and at most "
            f"{MAX_PHRASES} are "
            "possible; leave out those that say nearly the same"
        )
    too_long = next((phrase for phrase in phrases if len(phrase) > MAX_PHRASE), None)
    if too_long is not None:
        return (
            f"a phrase by which {shorten(term)!r} is asked for is longer than {MAX_PHRASE} "
            f"characters: {shorten(too_long)!r}; shorten it"
        )
    return None


def _clean_several(texts: Iterable[str]) -> Iterator[str]:
    cleaned = dict.fromkeys(filter(None, map(_clean_detail, texts)))
    return islice(cleaned, MAX_DETAILS)


def _clean_detail(text: str) -> str:
    cleaned = clean_text(text[: 2 * MAX_DETAIL])[:MAX_DETAIL].rstrip()
    return cleaned if is_text(cleaned) else ""


def _clean_links(names: Sequence[str]) -> tuple[str, ...]:
    """Clean the names of linked entries, and drop texts that cannot be names."""
    if not names:
        return ()
    cleaned = dict.fromkeys(filter(None, map(clean_name, names)))
    kept = (name for name in cleaned if len(name) <= MAX_TERM and _could_be_name(name))
    return tuple(islice(kept, MAX_SEE_ALSO))


def _could_be_name(text: str) -> bool:
    """Return whether a text is neither the address of another site nor the heading of a list."""
    return is_text(text) and "://" not in text and not text.endswith(":")


def _reason_to_refuse(term: str, definition: str, names: Sequence[str]) -> str | None:
    if not term or not definition:
        return reason_without(term)
    if not is_text("".join((term, definition, *names))):
        return "half of a surrogate pair, which is not text"
    if is_placeholder(definition):
        return _reason_of_placeholder(term, definition)
    return _reason_of_length(term, definition, names)


def _reason_of_placeholder(term: str, definition: str) -> str:
    return f"the definition of {shorten(term)!r} is a placeholder: {shorten(definition)!r}"


def _reason_of_length(term: str, definition: str, names: Sequence[str]) -> str | None:
    if len(term) > MAX_TERM:
        return f"the term is longer than {MAX_TERM} characters: {shorten(term)!r}"
    if len(definition) > MAX_DEFINITION:
        return f"the definition of {term!r} is longer than {MAX_DEFINITION} characters"
    too_long = next((name for name in names if len(name) > MAX_TERM), None)
    if too_long is not None:
        return f"an alias or id of {term!r} is longer than {MAX_TERM} characters"
    return None


class _Ids:
    """Assigns ids within one glossary, and remembers where each was first used."""

    def __init__(self, glossary: str, items: Iterable[Item]) -> None:
        self._glossary = glossary
        self._reserved = {slug(item.id) for item in items if isinstance(item, Record) and item.id}
        self._given: dict[str, Source] = {}
        self._next_number: dict[str, int] = {}
        self._seen: dict[tuple[str, str, str], Source] = {}

    def give(self, record: Record) -> Entry | Refusal:
        """Make the entry of a cleaned record, or refuse a duplicate."""
        stated = record.id or record.hint
        wanted = (slug(stated) if stated else "") or slug(record.id or record.term)
        if not wanted:
            return Refusal(record.source, f"no id can be made of {record.id or record.term!r}")
        same = (record.term, record.definition, record.language)
        if record.id:
            if wanted in self._given:
                reason = f"duplicate id {wanted!r}, first at {self._given[wanted]}"
                return Refusal(record.source, reason)
        else:
            first = self._seen.get(same)
            if first is not None:
                return Refusal(record.source, f"duplicate of {first}")
            wanted = self._free(wanted)
        self._given[wanted] = record.source
        self._seen.setdefault(same, record.source)
        return Entry(
            id=f"{self._glossary}:{wanted}",
            term=record.term,
            definition=record.definition,
            glossary=self._glossary,
            aliases=record.aliases,
            language=record.language,
            source=record.source,
            see_also=record.see_also,
            details=record.details,
        )

    def _free(self, wanted: str) -> str:
        """Return the slug, or its first numbered form that no record uses or reserves."""
        number = self._next_number.get(wanted, 1)
        while True:
            candidate = wanted if number == 1 else f"{wanted}-{number}"
            number += 1
            if candidate not in self._given and candidate not in self._reserved:
                self._next_number[wanted] = number
                return candidate
