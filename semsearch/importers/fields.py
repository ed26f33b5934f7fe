"""Maps the columns of tables and the keys of JSON to our fields, by the names that authors use.

CSV and JSON share one table, so that a glossary gives the same entries in either format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.entries import (
    EXTRA,
    LIST_DETAILS,
    NO_DETAILS,
    TEXT_DETAILS,
    Details,
    Field,
    Source,
)
from semsearch.core.errors import ImportFailed
from semsearch.importers.column_names import OTHER_NAMES, column_key
from semsearch.importers.extra_fields import beginning_of, split_values
from semsearch.importers.html_to_text import AMPERSAND, as_name, as_text, is_html
from semsearch.importers.iris import is_iri, local_name
from semsearch.importers.markdown.inline_marks import without_marks
from semsearch.importers.records import Record

SYNONYMS = {
    "term": ("term", "name", "title", "word", "headword", "label", "preflabel", "entry"),
    "definition": ("definition", "description", "gloss", "meaning", "text", "explanation"),
    "aliases": (
        "aliases", "alias", "synonyms", "aka", "altlabel", "abbreviation", "acronym",
        "alsoknownas", "alternatename",
    ),
    "id": ("id", "slug", "code", "notation", "termcode"),
    "language": ("language", "lang", "inlanguage"),
    "see_also": ("seealso", "relatedterms", "relatedterm"),
    "category": ("category", "categories", "subjectfield", "subject", "topic"),
    "notation": ("notation", "termcode"),
    "status": ("status", "termstatus", "glossarystatus"),
    "iri": ("iri", "uri"),
    "examples": ("examples", "example"),
    "sources": ("sources", "citation", "citations", "references"),
    "broader": ("broader", "hasbroader"),
    "narrower": ("narrower", "hasnarrower"),
    "related": ("related",),
    "hidden_labels": ("hiddenlabels", "hiddenlabel"),
    "asked_as": ("askedas", "asked"),
    "name_languages": ("namelanguages", "namelanguage"),
    "scope_note": ("scopenote", "scopenotes"),
}  # fmt: skip
"""Our fields, and the names searched for each, in order of preference. `scope_note` becomes the last paragraph of the definition."""

_NAMES = {
    field: tuple(dict.fromkeys((*names, *OTHER_NAMES.get(field, ()))))
    for field, names in SYNONYMS.items()
}
_SEVERAL = ("definition", "aliases", "see_also", *LIST_DETAILS)
_LINES = ("examples", "sources")
"""Fields of sentences: a text is one of them, or one on each line."""
_PHRASES = ("asked_as", "name_languages")
"""Fields of phrases: one on each line, or several between semicolons or bars, never commas."""
_SEE_ALSO_LINE = re.compile(r"^(?:see also|related terms):[ \t]*(\S.*?)\.?$", re.I | re.M)

SEE_ALSO = frozenset({"see also", "related terms"})
"""Words above or before a list of other entries, in lower case."""

_HELD = "\ufdd0"
"""Stands for `&amp;` while a text is split; a noncharacter, which no text has."""

MAP_HINT = "map them with --columns term=...,definition=..."


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The columns of each of our fields, of which some may have several, and all other columns."""

    columns: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...] = ()

    def missing(self) -> tuple[str, ...]:
        """Return the required fields that have no column."""
        return tuple(name for name in ("term", "definition") if not self.columns.get(name))

    def guessed(self, chosen: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Return the columns known by a name of `column_names.py`, each with its field.

        Args:
            chosen: the columns that the user chose; these are no guesses.
        """
        return tuple(
            (column, field)
            for field, columns in self.columns.items()
            for column in columns
            if field not in chosen and column_key(column) not in SYNONYMS[field]
        )

    def record(
        self, values: Mapping[str, object], source: Source, *, is_plain: bool = False
    ) -> Record | str:
        """Make a record of a row or an object.

        Args:
            values: the values by column.
            source: their place.
            is_plain: whether definitions are plain text, and neither HTML nor Markdown.

        Returns:
            The record, or the reason why it is refused.
        """
        term = self._text(values, "term")
        definition, linked, has_html = self._definition(values, is_plain=is_plain)
        if has_html:
            term = as_name(term)
        if not term:
            return "no term"
        if not definition:
            return f"no definition of {shorten(term)!r}"
        id_ = self._text(values, "id") or None
        language = self._text(values, "language") or "en"
        see_also = self._names(values, "see_also")
        aliases = self._names(values, "aliases", has_html=has_html)
        iri = self._text(values, "iri")
        key = iri if is_iri(iri) else ""  # else it is the id of an entry
        note = self._text(values, "scope_note")
        extra, left_out = self._extra(values)
        details = self._details(values, extra)
        known = (term, *aliases, *details.hidden_labels)
        aliases += tuple(name for name in details.languages() if name not in known)
        return Record(
            term,
            f"{definition}\n\n{note}" if note else definition,
            source,
            aliases,
            id_,
            language,
            see_also + linked + listed_names(definition),
            details,
            key,
            local_name(key),
            left_out,
        )

    def _extra(self, values: Mapping[str, object]) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
        """Return the fields without a column of ours, and those whose value no field can hold."""
        extra, left_out = split_values({name: values.get(name) for name in self.others})
        if all(isinstance(value, str) for value in values.values()):
            return extra, left_out
        unusable = (
            (column, beginning_of(value))
            for field, columns in self.columns.items()
            for column in columns
            if (value := values.get(column))
            and not isinstance(value, str)
            and not _is_list_of(field, value)
        )
        return extra, (*left_out, *unusable)

    def _details(self, values: Mapping[str, object], extra: tuple[Field, ...]) -> Details:
        if not any(self.columns.get(name) for name in (*TEXT_DETAILS, *LIST_DETAILS)):
            return Details(extra=extra) if extra else NO_DETAILS
        texts = {name: "; ".join(self._sentences(values, name)) for name in TEXT_DETAILS}
        lines = {name: self._sentences(values, name) for name in _LINES}
        phrases = {
            name: tuple(p for c in self.columns.get(name, ()) for p in split_phrases(values.get(c)))
            for name in _PHRASES
        }
        others = (n for n in LIST_DETAILS if n not in (*_LINES, *_PHRASES))
        names = {name: self._names(values, name) for name in others}
        return Details.of({**texts, **lines, **names, **phrases, EXTRA: extra})

    def _sentences(self, values: Mapping[str, object], field: str) -> tuple[str, ...]:
        found: list[str] = []
        for column in self.columns.get(field, ()):
            value = values.get(column)
            several = value.split("\n") if isinstance(value, str) else value
            found += (
                [s.strip() for s in several if isinstance(s, str)]
                if isinstance(several, list)
                else []
            )
        return tuple(filter(None, found))

    def _names(
        self, values: Mapping[str, object], field: str, *, has_html: bool = False
    ) -> tuple[str, ...]:
        held = (values.get(column) for column in self.columns.get(field, ()))
        texts = (as_name(one) if has_html and isinstance(one, str) else one for one in held)
        return tuple(name for one in texts for name in split_aliases(one))

    def _definition(
        self, values: Mapping[str, object], *, is_plain: bool
    ) -> tuple[str, tuple[str, ...], bool]:
        """Return the definition, the names it links to, and whether any of it is HTML.

        The members of a list are paragraphs of plain text: so our exports write what would be read
        as HTML or Markdown.
        """
        paragraphs: dict[str, None] = {}
        linked: tuple[str, ...] = ()
        has_html = False
        for column in self.columns.get("definition", ()):
            value = values.get(column)
            members = value if isinstance(value, list) else [value]
            texts = [one.strip() for one in members if isinstance(one, str)]
            if isinstance(value, str) and not is_plain:
                has_html = has_html or is_html(value)
                text, names = without_marks(as_text(texts[0]))
                texts, linked = [text], linked + names
            paragraphs |= dict.fromkeys(filter(None, texts))
        return "\n\n".join(paragraphs), linked, has_html

    def _text(self, values: Mapping[str, object], field: str) -> str:
        column = next(iter(self.columns.get(field, ())), None)
        value = values.get(column) if column is not None else None
        return value.strip() if isinstance(value, str) else ""


def map_fields(names: Sequence[str], chosen: Mapping[str, str]) -> FieldMap:
    """Find our fields among the columns of a table or the keys of an object.

    Args:
        names: the columns, as written.
        chosen: columns that the user chose for some of our fields; these win.

    Returns:
        The fields that were found.
    """
    by_key: dict[str, list[str]] = {}
    for name in names:
        by_key.setdefault(column_key(name), []).append(name)
    columns: dict[str, tuple[str, ...]] = {}
    for field, synonyms in _NAMES.items():
        if field in chosen:
            found = [name for name in names if name.strip() == chosen[field].strip()]
            found = found or by_key.get(column_key(chosen[field]), [])
        else:
            found = [name for synonym in synonyms for name in by_key.get(synonym, ())]
        columns[field] = tuple(found if field in _SEVERAL else found[:1])
    columns["definition"] = tuple(sorted(columns["definition"], key=list(names).index))
    labels = [name for key in ("preflabel", "label") for name in by_key.get(key, ())]
    if columns["iri"] and labels and "term" not in chosen:
        columns["term"] = tuple(labels[:1])  # beside addresses, "term" holds their last part
    if not columns["term"] and columns["aliases"] and "term" not in chosen:  # a list of acronyms
        first, *others = sorted(columns["aliases"], key=list(names).index)
        columns["term"], columns["aliases"] = (first,), tuple(others)
    used = {column for found in columns.values() for column in found}
    return FieldMap(columns, tuple(name for name in dict.fromkeys(names) if name not in used))


def chosen_columns(given: Mapping[str, str], file: str | Path) -> dict[str, str]:
    """Return the columns that the user chose, by field; `1=term` means `term=1`.

    Args:
        given: our fields and columns, as the user wrote them.
        file: the file being read, for the message.

    Raises:
        ImportFailed: one of the fields is unknown.
    """
    chosen = dict((c, f) if f.isdigit() else (f, c) for f, c in given.items())
    for field, column in chosen.items():
        if field not in SYNONYMS:
            known = ", ".join(SYNONYMS)
            raise ImportFailed(
                f"column {column!r} was chosen for {field!r}, which is no field; "
                f"the fields are {known}",
                file,
            )
    return chosen


def stays_as_written(definition: str) -> bool:
    """Return whether a definition in a cell or a field is read as it is written."""
    return without_marks(as_text(definition)) == (definition, ())


def split_aliases(value: object) -> list[str]:
    """Return a list of names; a text is split at `;` and `|`, or at `,` if it has neither.

    The semicolon inside of `R&amp;D` separates nothing.
    """
    if isinstance(value, str):
        text = AMPERSAND.sub(_HELD, value).replace("|", ";")
        parts = text.split(";" if ";" in text else ",")
        names: Iterable[object] = [part.replace(_HELD, "&amp;") for part in parts]
    else:
        names = value if isinstance(value, list) else ()
    return [name.strip() for name in names if isinstance(name, str) and name.strip()]


def split_phrases(value: object) -> list[str]:
    """Return a list of phrases; a text is split at line ends, or a single line at `;` and `|`."""
    if isinstance(value, str):
        phrases: Iterable[object] = (
            value.split("\n") if "\n" in value else value.replace("|", ";").split(";")
        )
    else:
        phrases = value if isinstance(value, list) else ()
    return [one.strip() for one in phrases if isinstance(one, str) and one.strip()]


def listed_names(text: str) -> tuple[str, ...]:
    """Return the names in lines such as "See also: Keel, Mast." of a text."""
    lines = _SEE_ALSO_LINE.finditer(text)
    return tuple(name for line in lines for name in split_aliases(line[1]))


def _is_list_of(field: str, value: object) -> bool:
    """Return whether a value is a list of texts, and a field may have several."""
    several = field in _SEVERAL or field in TEXT_DETAILS
    return several and isinstance(value, list) and all(isinstance(one, str) for one in value)


def shorten(text: str) -> str:
    """Shorten a text for a message."""
    return text if len(text) <= 60 else f"{text[:57]}..."
