"""The languages of names, as `Teig@de`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from semsearch.importers.clean_text import clean_name
from semsearch.importers.fields import shorten
from semsearch.text.language_tags import language_tag


def tagged(names: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the `name_languages` of names with language tags; invalid tags are ignored."""
    return tuple(f"{name}@{tag}" for name, tag in names if language_tag(tag))


def clean_languages(
    tagged: Iterable[str], names: Collection[str], language: str
) -> tuple[str, ...]:
    """Return the languages of names, as `Teig@de`.

    A name that is only in the language of the entry needs none, and what is no name has none.
    """
    found = dict.fromkeys(
        (clean_name(name), language_tag(tag) or language)
        for name, _, tag in (one.rpartition("@") for one in tagged)
    )
    elsewhere = {name for name, tag in found if tag != language} & {*names}
    return tuple(f"{name}@{tag}" for name, tag in found if name in elsewhere)


def reason_against_languages(tagged: Iterable[str]) -> str | None:
    """Return why names cannot have these languages; None if they can."""
    for one in tagged:
        name, _, tag = one.rpartition("@")
        if not name.strip() or language_tag(tag) is None:
            return f"{shorten(one)!r} is no name with its language; write it as Teig@de"
    return None
