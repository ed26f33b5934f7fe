"""Maps the columns of tables and the keys of JSON to our fields, by the names that authors use.

CSV and JSON share one table, so that a glossary gives the same entries in either format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.entries import DETAILS, NO_DETAILS, TEXT_DETAILS, Details, Source
from semsearch.core.errors import ImportFailed
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

_SEVERAL = ("aliases", "see_also", *(n for n in DETAILS if n not in TEXT_DETAILS))
_LINES = ("examples", "sources")
"""Fields of sentences: a text is one of them, or one on each line."""
_PHRASES = ("asked_as", "name_languages")
"""Fields of phrases: one on each line, or several between semicolons or bars, never commas."""
_SEE_ALSO_LINE = re.compile(r"^(?:see also|related terms):[ \t]*(\S.*?)\.?$", re.I | re.M)

_IRI = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|urn:)[^\x00-\x20<>\"{}|^`\\\ufffe\uffff]+")

NAMESPACE = "https://semsearch.invalid/ns#"
"""Of the RDF property `askedAs`, a phrase by which people ask for a concept: no vocabulary known to
us has one. It is a name and leads nowhere (RFC 2606)."""

NOWHERE = "https://glossary.invalid/"
"""Base of addresses if none is configured or stated; no such host can exist (RFC 2606)."""

SEE_ALSO = frozenset({"see also", "related terms"})
"""Words above or before a list of other entries, in lower case."""

MAP_HINT = "map them with --columns term=...,definition=..."


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The columns of each of our fields; some fields may have several."""

    columns: Mapping[str, tuple[str, ...]]

    def missing(self) -> tuple[str, ...]:
        """Return the required fields that have no column."""
        return tuple(name for name in ("term", "definition") if not self.columns.get(name))

    def record(self, values: Mapping[str, object], source: Source) -> Record | str:
        """Make a record of a row or an object.

        Args:
            values: the values by column.
            source: their place.

        Returns:
            The record, or the reason why it is refused.
        """
        term, definition = self._text(values, "term"), self._text(values, "definition")
        if not term:
            return "no term"
        if not definition:
            return f"no definition of {shorten(term)!r}"
        id_ = self._text(values, "id") or None
        language = self._text(values, "language") or "en"
        aliases, see_also = self._names(values, "aliases"), self._names(values, "see_also")
        iri = self._text(values, "iri")
        key = iri if is_iri(iri) else ""  # else it is the id of an entry
        note = self._text(values, "scope_note")
        details = self._details(values)
        known = (term, *aliases, *details.hidden_labels)
        aliases += tuple(name for name in details.languages() if name not in known)
        return Record(
            term,
            f"{definition}\n\n{note}" if note else definition,
            source,
            aliases,
            id_,
            language,
            see_also + listed_names(definition),
            details,
            key,
            local_name(key),
        )

    def _details(self, values: Mapping[str, object]) -> Details:
        if not any(self.columns.get(name) for name in DETAILS):
            return NO_DETAILS
        texts = {name: "; ".join(self._sentences(values, name)) for name in TEXT_DETAILS}
        lines = {name: self._sentences(values, name) for name in _LINES}
        phrases = {
            name: tuple(p for c in self.columns.get(name, ()) for p in split_phrases(values.get(c)))
            for name in _PHRASES
        }
        others = (n for n in _SEVERAL if n in DETAILS and n not in (*_LINES, *_PHRASES))
        names = {name: self._names(values, name) for name in others}
        return Details.of({**texts, **lines, **names, **phrases})

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

    def _names(self, values: Mapping[str, object], field: str) -> tuple[str, ...]:
        columns = self.columns.get(field, ())
        return tuple(name for column in columns for name in split_aliases(values.get(column)))

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
        by_key.setdefault(_key(name), []).append(name)
    columns: dict[str, tuple[str, ...]] = {}
    for field, synonyms in SYNONYMS.items():
        if field in chosen:
            found = [name for name in names if name.strip() == chosen[field].strip()]
            found = found or by_key.get(_key(chosen[field]), [])
        else:
            found = [name for synonym in synonyms for name in by_key.get(synonym, ())]
        columns[field] = tuple(found if field in _SEVERAL else found[:1])
    labels = [name for key in ("preflabel", "label") for name in by_key.get(key, ())]
    if columns["iri"] and labels and "term" not in chosen:
        # next to addresses, a column "term" holds their last part
        columns["term"] = tuple(labels[:1])
    return FieldMap(columns)


def check_chosen(chosen: Mapping[str, str], file: str | Path) -> None:
    """Refuse a column for a field that does not exist.

    Args:
        chosen: our fields, and the columns that the user chose for them.
        file: the file being read, for the message.

    Raises:
        ImportFailed: one of the fields is unknown.
    """
    for field, column in chosen.items():
        if field not in SYNONYMS:
            known = ", ".join(SYNONYMS)
            raise ImportFailed(
                f"column {column!r} was chosen for {field!r}, which is no field; "
                f"the fields are {known}",
                file,
            )


def local_name(iri: str) -> str:
    """Return the last part of an address, which is a name in most vocabularies."""
    return re.split(r"[/#:]", iri.rstrip("/#:"))[-1]


def is_iri(text: str) -> bool:
    """Return whether a text can be an IRI in RDF."""
    return _IRI.fullmatch(text) is not None


def split_aliases(value: object) -> list[str]:
    """Return a list of names; a text is split at `;` and `|`, or at `,` if it has neither."""
    if isinstance(value, str):
        separator = ";" if ";" in value or "|" in value else ","
        names: Iterable[object] = value.replace("|", ";").split(separator)
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


def shorten(text: str) -> str:
    """Shorten a text for a message."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def _key(name: str) -> str:
    """Reduce `skos:prefLabel`, `Pref Label` and `pref_label` to `preflabel`."""
    return "".join(sign for sign in name.rpartition(":")[2].casefold() if sign.isalnum())
