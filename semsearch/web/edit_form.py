"""The form that edits an entry, and both sides of a conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semsearch.core.entries import LIST_DETAILS, Entry, Version
from semsearch.text.word_diff import DiffPiece, WordChange, pieces

MARKDOWN = "markdown"
"""The field that says whether the definition is Markdown: "on" or empty."""
EXTRA = "extra:"
"""Before the names of extra fields."""
_LISTS = frozenset(("aliases", "see_also", *LIST_DETAILS))


@dataclass(frozen=True, slots=True)
class _Kind:
    label: str
    rows: int = 0
    """Of a text of several lines; 0 for one line."""
    hint: str = ""
    is_main: bool = False


_KINDS: Mapping[str, _Kind] = {
    "term": _Kind("Term", is_main=True),
    "aliases": _Kind("Other names", 2, "One a line.", is_main=True),
    "definition": _Kind("Definition", 8, is_main=True),
    "asked_as": _Kind(
        "Asked as", 3, "Questions and descriptions that find it, one a line.", is_main=True
    ),
    "status": _Kind("Status"),
    "category": _Kind("Category"),
    "language": _Kind("Language", hint="A tag such as pt-BR; en if it is empty."),
    "examples": _Kind("Examples", 2, "One a line."),
    "sources": _Kind("Sources", 2, "One a line."),
    "see_also": _Kind("See also", 2, "Entries by id or name, one a line."),
    "broader": _Kind("Broader", 2, "Entries by id or name, one a line."),
    "narrower": _Kind("Narrower", 2, "Entries by id or name, one a line."),
    "related": _Kind("Related", 2, "Entries by id or name, one a line."),
    "notation": _Kind("Code"),
    "iri": _Kind("IRI"),
    "hidden_labels": _Kind("Hidden names", 2, "Found and never shown, one a line."),
    "name_languages": _Kind("Names in other languages", 2, "As Teig@de, one a line."),
}


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of the form. `was` is the stored text, from which a change is recognised."""

    name: str
    label: str
    text: str
    was: str
    rows: int
    hint: str
    is_main: bool
    is_list: bool


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that two people have changed.

    The pieces of either text are kept where the other one has the same words, else added.
    """

    name: str
    label: str
    theirs: str
    mine: str
    their_pieces: list[DiffPiece]
    my_pieces: list[DiffPiece]


def texts_of(entry: Entry) -> dict[str, str]:
    """Return the texts of an entry in a form: a list has one item a line.

    The definition is its Markdown if it has structure.
    """
    details = entry.details
    texts = {
        name: _text(getattr(entry, name) if hasattr(entry, name) else getattr(details, name))
        for name in _KINDS
    }
    texts["definition"] = details.markdown or entry.definition
    texts[MARKDOWN] = "on" if details.markdown else ""
    return {**texts, **{EXTRA + name: text for name, text in details.extra}}


def _text(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else "\n".join(value)


def form_fields(stored: Mapping[str, str], shown: Mapping[str, str]) -> list[FormField]:
    """Return the fields of a form in order.

    Args:
        stored: the texts of the entry; empty for a new one.
        shown: the texts in the fields.
    """
    extra = [name for name in {**stored, **shown} if name.startswith(EXTRA)]
    kinds = {**_KINDS, **{name: _Kind(name.removeprefix(EXTRA), 2) for name in extra}}
    return [
        FormField(
            name,
            kind.label,
            shown.get(name, ""),
            stored.get(name, ""),
            kind.rows,
            kind.hint,
            kind.is_main,
            name in _LISTS,
        )
        for name, kind in kinds.items()
    ]


def merged(
    base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]
) -> tuple[dict[str, str], list[FieldConflict]]:
    """Merge two changes of an entry field by field.

    Args:
        base: the texts that both changes were made from.
        theirs: the texts of the entry now.
        mine: the texts that were not saved.

    Returns:
        The texts of the form, with mine where both changed a field, and these fields.
    """
    texts: dict[str, str] = {}
    conflicts: list[FieldConflict] = []
    names = [name for name in {**theirs, **mine} if name != MARKDOWN]
    for name in names:
        was, now, own = (_normal(texts.get(name, "")) for texts in (base, theirs, mine))
        texts[name] = now if own == was else own
        if now != own and was not in (now, own):
            texts[name] = own
            label = _KINDS[name].label if name in _KINDS else name.removeprefix(EXTRA)
            lines = _in_line(name, now), _in_line(name, own)
            conflicts.append(
                FieldConflict(name, label, now, own, _side(*lines[::-1]), _side(*lines))
            )
    is_theirs = texts["definition"] == _normal(theirs["definition"])
    texts[MARKDOWN] = (theirs if is_theirs else mine).get(MARKDOWN, "")
    return texts, conflicts


def _side(other: str, text: str) -> list[DiffPiece]:
    """Return a text in pieces, of which the other one has some."""
    return [piece for piece in pieces(other, text) if piece.change is not WordChange.REMOVED]


def _normal(text: str) -> str:
    """Return a text as a browser sends it back: line breaks are one character."""
    return text.replace("\r\n", "\n").strip()


def _in_line(name: str, text: str) -> str:
    return text.replace("\n", "; ") if name in _LISTS else text


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a version changed in a field."""

    label: str
    pieces: tuple[DiffPiece, ...]


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version of an entry with its changes. `day` and `time` are in UTC."""

    version: Version
    day: str
    time: str
    changes: tuple[FieldChange, ...]
    is_present: bool
    """Whether it is the last one."""


def shown_versions(versions: Sequence[Version]) -> list[ShownVersion]:
    """Return the versions of an entry, the last one first, each with what it changed.

    Args:
        versions: the oldest first.
    """
    shown = []
    before: dict[str, str] = {}
    for version in versions:
        now = texts_of(version.entry) if version.entry else {}
        day, _, time = version.at.partition("T")
        changes = tuple(_changes(before, now)) if version.entry else ()
        shown.append(ShownVersion(version, day, time[:5], changes, version is versions[-1]))
        before = now or before
    return shown[::-1]


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[FieldChange]:
    """Return the fields that differ in the order of the form, word by word; all of a new entry."""
    changed = []
    for field in form_fields(before, now):
        old, new = (_in_line(field.name, text) for text in (field.was, field.text))
        if old != new:
            found = pieces(old, new) if before else [DiffPiece(WordChange.KEPT, new)]
            changed.append(FieldChange(field.label, tuple(found)))
    return changed
