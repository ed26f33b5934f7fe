"""Lines of a definition that say by a label what else they are: `Note: ...`, `Source: ...`.

The labels are the names that columns have, in the same languages (`column_names.py`). Such a line
goes on up to the next label or blank line. A label on a line of its own, as a heading has, names
all paragraphs up to the next one. `See also:` lists other entries, `Synonyms:` other
names and `Asked as:` phrases; a note is kept as an extra field under its label.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from semsearch.core.entries import EXTRA
from semsearch.importers.column_names import NAMES, column_key
from semsearch.importers.name_lists import split_aliases, split_phrases
from semsearch.importers.records import Record
from semsearch.text.slugs import slug

_LINE = re.compile(
    r"[*_]{0,3}([^\W\d_][^:：\n]{0,40}?)[*_]{0,3}[ \t]{0,9}[:：][*_]{0,3}[ \t]*(.*)"  # noqa: RUF001
)
_NAME_ALONE = re.compile(r"(?:#{1,6} |[*_]{1,3})?([A-ZÀ-Þ][^\W\d_]{2,20})[:：]?[*_]{0,3}[:：]?")  # noqa: RUF001
_GAP = re.compile(r"\n{3,}")
RELATIONS = ("broader", "narrower", "related")
"""Fields that labels state in metadata only, since these are ordinary words."""
NAMES_AND_PHRASES = ("see_also", "aliases", "asked_as")
"""Fields that list names or phrases."""
_FIELDS = (*NAMES_AND_PHRASES, "sources", "scope_note", "examples")
_WORDS = frozenset(
    {
        "alternative", "alternatives", "asked", "context", "contexte", "contesto", "contexto",
        "kontext", "variant", "variants", "variante", "variantes", "varianten",
    }
)  # fmt: skip
"""Names of columns that are ordinary words at the beginning of a line."""
_ALONE = frozenset({"scope_note", "examples", "sources"})
"""Fields whose labels may stand on a line of their own."""
_BY_KEY = {
    name: field for field in (*_FIELDS, *RELATIONS) for name in NAMES[field] if name not in _WORDS
}


class Label(NamedTuple):
    """A line with a label: the field that it states, the label and the text behind it."""

    field: str
    label: str
    text: str


class Labelled(NamedTuple):
    """A text without its labelled lines, and these: their field, their label, their text."""

    text: str
    lines: tuple[Label, ...] = ()


def label_of(line: str, *, may_be_empty: bool = False) -> Label | None:
    """Return what a line states if it begins with a label; by default it has a text behind it."""
    found = _LINE.match(line.lstrip()) if ":" in line or "：" in line else None  # noqa: RUF001
    field = _BY_KEY.get(column_key(found[1])) if found else None
    if not found or not field or not (found[2].strip() or may_be_empty):
        return None
    return Label(field, found[1].strip(), found[2].strip())


def label_of_field(name: str, text: str) -> Label:
    """Return the label of a named field; one with another name is an extra field."""
    return label_of(f"{name}: {text}") or Label(EXTRA, name, text)


def names_field(heading: str) -> bool:
    """Return whether a heading says what a part of an entry is, such as "Notes"."""
    return column_key(heading) in _BY_KEY


def is_see_also(heading: str) -> bool:
    """Return whether a heading stands above a list of other entries."""
    return _BY_KEY.get(column_key(heading)) == "see_also"


def listed_names(text: str) -> tuple[str, ...]:
    """Return the names in lines such as "See also: Keel, Mast." of a text."""
    labels = filter(None, map(label_of, text.split("\n") if ":" in text else ()))
    return tuple(n for one in labels if one.field == "see_also" for n in _names(one.text))


def split_labelled(text: str, fields: Collection[str] = _FIELDS) -> Labelled:
    r"""Take labelled lines out of a definition; the first line of it is none.

    Args:
        text: the definition.
        fields: the fields that labels may state.

    split_labelled("A dough.\nSource: ISO 1").lines == (("sources", "Source", "ISO 1"),)
    """
    if "\n" not in text:
        return Labelled(text)
    kept: list[str] = []
    taken: list[Label] = []
    is_inside = is_below = False
    lines = text.split("\n")
    for place, line in enumerate(lines):
        label = (label_of(line) or _alone(lines, place)) if kept else None
        label = label if label and label.field in fields else None
        is_below = not label.text if label else is_below
        is_inside = label is not None or (is_inside and bool(line.strip()))
        if label is not None:
            taken.append(label)
        elif is_below and line.strip():
            taken[-1] = taken[-1]._replace(text=f"{taken[-1].text}\n{line.strip()}".strip())
        elif is_inside:
            taken[-1] = taken[-1]._replace(text=f"{taken[-1].text}\n{line.strip()}")
        else:
            kept.append(line)
    if not taken:
        return Labelled(text)
    left = _GAP.sub("\n\n", "\n".join(kept)).strip()
    return Labelled(left, tuple(taken))


def _alone(lines: Sequence[str], place: int) -> Label | None:
    """Return a label on a line of its own, between blank ones, with some text below it."""
    if place + 2 >= len(lines) or lines[place - 1].strip() or lines[place + 1].strip():
        return None
    found = _NAME_ALONE.fullmatch(lines[place].strip())
    field = _BY_KEY.get(column_key(found[1])) if found else None
    return Label(field, found[1], "") if found and field in _ALONE else None


def with_labels_read(
    record: Record, *, has_links: bool = False, fields: Collection[str] = _FIELDS
) -> Record:
    """Return a record without the labelled lines of its definition, which fill its fields.

    Args:
        record: as a reader made it.
        has_links: whether links of the definition lead to the entries that it names.
        fields: the fields that labels may state; on long pages notes and examples are text.
    """
    text, lines = split_labelled(record.definition, fields)
    if not lines:
        return record
    markdown = _without_lines(record.details.markdown, [one.label for one in lines], fields)
    details = replace(record.details, markdown=markdown)
    left = replace(record, definition=text, details=details)
    return with_labels(left, lines, has_links=has_links)


def with_labels(record: Record, labels: Sequence[Label], *, has_links: bool = False) -> Record:
    """Return a record with the fields that labels state; see `with_labels_read`."""
    if not labels:
        return record
    found: dict[str, list[str]] = {}
    for one in labels:
        found.setdefault(one.field, []).append(one.text)

    def names(field: str) -> tuple[str, ...]:
        return tuple(name for text in found.get(field, ()) for name in _names(text))

    linked = {*map(slug, record.see_also)}
    named = (n for n in names("see_also") if not has_links and slug(n) not in linked)
    stated = record.details
    phrases = (line for text in found.get("asked_as", ()) for line in text.split("\n"))
    kept = ((one.label, one.text) for one in labels if one.field in ("scope_note", EXTRA))
    details = replace(
        stated,
        sources=(*stated.sources, *found.get("sources", ())),
        examples=(*stated.examples, *found.get("examples", ())),
        asked_as=(*stated.asked_as, *(one for line in phrases for one in split_phrases(line))),
        broader=(*stated.broader, *names("broader")),
        narrower=(*stated.narrower, *names("narrower")),
        related=(*stated.related, *names("related")),
        extra=(*stated.extra, *kept),
    )
    return replace(
        record,
        aliases=(*record.aliases, *names("aliases")),
        see_also=tuple(dict.fromkeys((*record.see_also, *named))),
        details=details,
    )


def labelled_parts(definition: str) -> tuple[str, ...]:
    """Return the parts of an entry that the labelled lines of its definition would fill."""
    fields = (one.field for one in split_labelled(definition).lines)
    return tuple(dict.fromkeys(EXTRA if field == "scope_note" else field for field in fields))


def _names(text: str) -> list[str]:
    return split_aliases(text.rstrip("."))


def _without_lines(markdown: str, labels: list[str], fields: Collection[str]) -> str:
    """Take the same lines out of the Markdown of a definition; empty if it has others."""
    text, lines = split_labelled(markdown, fields)
    return text.rstrip("\\\n ") if [one.label for one in lines] == labels else ""
