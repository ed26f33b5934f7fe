"""Drafts: entries that people write live, cleaned and checked like those of imported files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from semsearch.core.entries import EXTRA, NO_DETAILS, Details, Entry, Refusal, Source, glossary_of
from semsearch.core.errors import InvalidEntry
from semsearch.importers.clean_text import clean_text
from semsearch.importers.fields import shorten
from semsearch.importers.records import Record
from semsearch.importers.records_to_entries import (
    MAX_DETAIL,
    MAX_EXTRA,
    MAX_EXTRA_NAME,
    MAX_TERM,
    clean,
    clean_phrases,
)
from semsearch.text.language_tags import language_tag
from semsearch.text.normalise import fold
from semsearch.text.slugs import slug

_NOWHERE = Source("", 0)


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of an entry, without its id."""

    term: str
    definition: str
    aliases: tuple[str, ...] = ()
    language: str = "en"
    see_also: tuple[str, ...] = ()
    details: Details = NO_DETAILS

    @classmethod
    def of(cls, entry: Entry) -> Draft:
        """Return the present content of an entry."""
        return cls(
            entry.term,
            entry.definition,
            entry.aliases,
            entry.language,
            entry.see_also,
            entry.details,
        )


def entry_from_draft(draft: Draft, id_: str) -> Entry:
    """Make an entry of a draft; it has no source file.

    Args:
        draft: the content.
        id_: of the entry.

    Raises:
        InvalidEntry: an importer would refuse it, or the language is no language tag. Importers
            assume English then; here the author can correct it.
    """
    if draft.language.strip() and language_tag(draft.language) is None:
        raise InvalidEntry(
            f"{shorten(draft.language)!r} is no language; write it as en, de or pt-BR"
        )
    draft = _with_kept_markdown(draft)
    record = clean(
        Record(
            draft.term,
            draft.definition,
            _NOWHERE,
            draft.aliases,
            None,
            draft.language,
            draft.see_also,
            draft.details,
        )
    )
    if isinstance(record, Refusal):
        raise InvalidEntry(record.reason)
    if record.left_out:
        raise InvalidEntry(
            f"the extra field {shorten(record.left_out[0][0])!r} does not fit: an entry has at most "
            f"{MAX_EXTRA} of them, a name at most {MAX_EXTRA_NAME} characters, a text at most "
            f"{MAX_DETAIL}"
        )
    return Entry(
        id=id_,
        term=record.term,
        definition=record.definition,
        glossary=glossary_of(id_),
        aliases=record.aliases,
        language=record.language,
        see_also=record.see_also,
        details=record.details,
    )


def _with_kept_markdown(draft: Draft) -> Draft:
    """Return a draft with its Markdown in the form that is kept, or without it if it says no more.

    A draft without a definition gets the plain text of its Markdown.

    Raises:
        InvalidEntry: the Markdown is too long, or says something else than the definition.
    """
    stated = clean_text(draft.details.markdown)
    if not stated:
        return draft
    from semsearch.importers.markdown_writer.blocks import MAX_MARKDOWN  # noqa: PLC0415
    from semsearch.importers.markdown_writer.from_markdown import (  # noqa: PLC0415 - loads markdown-it
        kept_markdown,
        plain_text,
        says,
    )

    if len(stated) > MAX_MARKDOWN:
        raise InvalidEntry(f"the Markdown is longer than {MAX_MARKDOWN:,} characters; shorten it")
    definition = draft.definition if draft.definition.strip() else plain_text(stated)
    if not says(stated, clean_text(definition)):
        raise InvalidEntry(
            f"the Markdown says {shorten(plain_text(stated))!r}, and the definition "
            f"{shorten(definition)!r}; state the same text in both, or only one of them"
        )
    details = replace(draft.details, markdown=kept_markdown(stated))
    return replace(draft, definition=definition, details=details)


def new_id(glossary: str, name: str) -> str:
    """Make an id from the names of a glossary and of a term, or from a chosen id.

    Raises:
        InvalidEntry: nothing readable is left of either, or it is too long.
    """
    return f"{glossary_id(glossary)}:{_readable(name, 'an id')}"


def glossary_id(name: str) -> str:
    """Return the id of a glossary of this name.

    Raises:
        InvalidEntry: nothing readable is left of it, or it is too long.
    """
    return _readable(name, "the name of a glossary")


def _readable(name: str, what: str) -> str:
    id_ = slug(name[: MAX_TERM + 1])
    if not id_:
        raise InvalidEntry(f"{what} cannot be made of {shorten(name)!r}")
    if len(name) > MAX_TERM:
        raise InvalidEntry(f"{what} is longer than {MAX_TERM} characters: {shorten(name)!r}")
    return id_


def free_id(entry: Entry, known: Callable[[str], Entry | None]) -> Entry:
    """Return the entry under the first free id: its own, or with `-2`, `-3` appended.

    Args:
        entry: under the id made from its term.
        known: returns the entry of an id, if there is one.

    Raises:
        InvalidEntry: an entry with one of these ids has the same term and definition.
    """
    number, id_ = 1, entry.id
    while (other := known(id_)) is not None:
        same = (other.term, other.definition, other.language)
        if same == (entry.term, entry.definition, entry.language):
            raise InvalidEntry(f"duplicate of {id_!r}")
        number += 1
        id_ = f"{entry.id}-{number}"
    return replace(entry, id=id_)


def with_changes(details: Details, changes: Mapping[str, Any]) -> Details:
    """Return details with some of them replaced.

    Args:
        details: as they are.
        changes: the new ones, by name. A mapping under `extra` is merged with the present fields;
            None in it removes one.
    """
    parts = dict(changes)
    if isinstance(extra := parts.get(EXTRA), Mapping):
        merged = {**dict(details.extra), **extra}
        parts[EXTRA] = tuple((name, text) for name, text in merged.items() if text)
    return replace(details, **parts)


def with_new_text(entry: Entry, definition: str | None, details: Details) -> tuple[str, Details]:
    """Return definition and details of a change that may state either or both of the texts.

    A new definition drops Markdown that the change does not state. New Markdown that says something
    else makes the definition anew, if the change states none.

    Args:
        entry: as it is.
        definition: the new one, if any.
        details: the new ones.
    """
    present = entry.details.markdown
    if definition is not None and definition != entry.definition and details.markdown == present:
        return definition, replace(details, markdown="")
    if definition is None and details.markdown not in ("", present):
        from semsearch.importers.markdown_writer.from_markdown import says  # noqa: PLC0415

        same = says(clean_text(details.markdown), entry.definition)
        return entry.definition if same else "", details
    return entry.definition if definition is None else definition, details


def with_draft(entry: Entry, draft: Draft) -> Entry:
    """Return an entry with other content; where it came from stays."""
    return replace(entry_from_draft(draft, entry.id), glossary=entry.glossary, source=entry.source)


def with_phrase(entry: Entry, question: str) -> Entry:
    """Return an entry with one phrase more by which people ask for it.

    Args:
        entry: as it is.
        question: as somebody asked it.

    Raises:
        InvalidEntry: the phrase is empty or too long, the entry has it already, or it has as many
            as it can have.
    """
    phrases = clean_phrases([question])
    if not phrases:
        raise InvalidEntry("the question is empty; give the words that people ask with")
    known = entry.details.asked_as
    same = next((one for one in known if fold(one) == fold(phrases[0])), None)
    if same is not None:
        raise InvalidEntry(f"{entry.term!r} is asked for as {shorten(same)!r} already")
    details = replace(entry.details, asked_as=(*known, *phrases))
    return with_draft(entry, replace(Draft.of(entry), details=details))
