"""Checks entries of the followed service: only those that an import could have made are taken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidEntry
from semsearch.ingest.drafts import Draft, entry_from_draft
from semsearch.text.language_tags import language_tag
from semsearch.text.slugs import slug

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters but tab and line feed."""
_CONTROL_OR_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SEPARATOR = re.compile(r"[\s/\\?#%]")


def is_id(id_: str) -> bool:
    """Return whether a text can be the id of an entry: a glossary, a colon, and a name.

    The glossary is a slug. The name has no sign that separates parts of an address.
    """
    glossary, _, name = id_.partition(":")
    if not (glossary and name and id_.isprintable()):
        return False
    return slug(glossary) == glossary and _SEPARATOR.search(name) is None


def check_entry(entry: Entry) -> None:
    """Refuse an entry that no import could have made.

    Raises:
        InvalidEntry: an importer would refuse it, or would have cleaned its texts.
    """
    if any(map(_CONTROL_OR_BREAK.search, _names(entry))) or any(
        map(_CONTROL.search, _texts(entry))
    ):
        raise InvalidEntry("a text has control characters")
    if language_tag(entry.language) is None:
        raise InvalidEntry("its language is no language tag")
    if not entry.definition.strip():  # which a draft may leave to its Markdown
        raise InvalidEntry("it has no definition")
    entry_from_draft(Draft.of(entry), entry.id)


def _names(entry: Entry) -> Iterator[str]:
    """Yield the texts of one line."""
    yield entry.term
    yield from entry.aliases
    yield from entry.see_also
    yield entry.language
    yield from (name for name, _ in entry.details.extra)
    if entry.source is not None:
        yield entry.source.file


def _texts(entry: Entry) -> Iterator[str]:
    """Yield the texts that may have several lines."""
    yield entry.definition
    for value in entry.details.stated().values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value.values()
        else:
            yield from value
