"""Maps the columns of tables and the keys of JSON to our fields, by the names that authors use.

CSV and JSON share one table, so that a glossary gives the same entries in either format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field

from semsearch.core.entries import (
    EXTRA,
    LIST_DETAILS,
    MARKDOWN,
    TEXT_DETAILS,
    Details,
    Field,
    Source,
)
from semsearch.core.errors import InvalidSetting
from semsearch.importers.column_names import MAX_CHARS, NAMES, SYNONYMS, column_key, field_key
from semsearch.importers.extra_fields import beginning_of, split_values
from semsearch.importers.html.to_text import as_name, as_text, is_html
from semsearch.importers.iris import is_iri, local_name
from semsearch.importers.labelled_lines import listed_names, split_labelled, with_labels_read
from semsearch.importers.markdown_writer.from_html import markdown_of_text
from semsearch.importers.markdown_writer.from_marks import markdown_of_marks, without_marks
from semsearch.importers.name_lists import split_aliases, split_phrases, texts_of
from semsearch.importers.records import Record, with_markdown

_SEVERAL = ("definition", "aliases", "see_also", *LIST_DETAILS)
_LINES = ("examples", "sources")
"""Fields of sentences: a text is one of them, or one on each line."""
_PHRASES = ("asked_as", "name_languages")
"""Fields of phrases: one on each line, or several between semicolons or bars, never commas."""
NO_DEFINITION = "no definition of"
"""Beginning of the reason for refusing a term without a definition."""
_ONE_TEXT = ("term", "id", "language", "iri", "scope_note", MARKDOWN)
"""Fields of a record that are one text; `_details` reads the others."""
_TEXTS = frozenset({str})
_SHOWN = 5
"""Texts that a message quotes."""
MAP_HINT = "map them with --columns term=...,definition=..."


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The columns of each of our fields, of which some may have several, and all other columns."""

    columns: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...] = ()
    details: tuple[str, ...] = dataclass_field(init=False)
    """The details that have a column."""
    texts: tuple[tuple[str, str], ...] = dataclass_field(init=False)
    """The fields of one text that have a column, and that column."""

    def __post_init__(self) -> None:
        """Note what is asked for each row."""
        every = (*TEXT_DETAILS, *LIST_DETAILS)
        object.__setattr__(self, "details", tuple(filter(self.columns.get, every)))
        columns = ((field, self.columns.get(field)) for field in _ONE_TEXT)
        texts = tuple((field, found[0]) for field, found in columns if found)
        object.__setattr__(self, "texts", texts)

    def missing(self) -> tuple[str, ...]:
        """Return the required fields that have no column."""
        return tuple(name for name in ("term", "definition") if not self.columns.get(name))

    def guessed(self, chosen: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Return the columns, other than chosen ones, known by a name of `column_names.py`."""
        return tuple(
            (column, field)
            for field, columns in self.columns.items()
            for column in columns
            if field not in chosen and column_key(column) not in SYNONYMS[field]
        )

    def record(
        self,
        values: Mapping[str, object],
        source: Source,
        *,
        is_plain: bool = False,
        links: tuple[str, ...] = (),
        markdown: str = "",
    ) -> Record | str:
        """Make a record of a row or an object.

        Args:
            values: the values by column.
            source: their place.
            is_plain: whether definitions are plain text, and neither HTML nor Markdown.
            links: the names to which the definition links.
            markdown: of the definition, if the file shows it elsewhere than in the values.

        Returns:
            The record, or the reason why it is refused.
        """
        held = ((field, values.get(column)) for field, column in self.texts)
        stated = {field: text.strip() for field, text in held if isinstance(text, str)}
        term = stated.get("term", "")
        definition, linked, has_html = self._definition(values, is_plain=is_plain)
        if has_html:
            term = as_name(term)
        if not term or not definition:
            return reason_without(term)
        own_markdown = stated.get(MARKDOWN, "")
        markdown = self._markdown(values, own_markdown, is_plain=is_plain) or markdown
        id_ = stated.get("id") or None
        language = stated.get("language", "")
        see_also = self._names(values, "see_also")
        aliases = self._names(values, "aliases", has_html=has_html)
        iri = stated.get("iri", "")
        key = iri if iri and is_iri(iri) else ""  # else it is the id of an entry
        note = stated.get("scope_note", "")
        extra, left_out = self._extra(values)
        details = with_markdown(self._details(values, extra), markdown)
        if details.name_languages:
            known = (term, *aliases, *details.hidden_labels)
            aliases += tuple(name for name in details.languages() if name not in known)
        made = Record(
            term,
            definition,
            source,
            aliases,
            id_,
            language,
            see_also + links + linked,
            details,
            key,
            local_name(key) if key else "",
            left_out,
        )
        is_list = list in {*map(type, map(values.get, self.columns["definition"]))}
        if not own_markdown and not is_list:
            made = with_labels_read(made)
        listed = () if is_list else listed_names(made.definition)
        if not note and not listed:
            return made
        definition = f"{made.definition}\n\n{note}" if note else made.definition
        return replace(made, definition=definition, see_also=made.see_also + listed)

    def _extra(self, values: Mapping[str, object]) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
        """Return the fields without a column of ours, and those whose value no field can hold."""
        own = {name: values.get(name) for name in self.others}
        extra, left_out = split_values(own) if own else ((), ())
        if {*map(type, values.values())} <= _TEXTS:
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
        stated = {name: self._detail(values, name) for name in self.details}
        return Details.of({**stated, EXTRA: extra})

    def _detail(self, values: Mapping[str, object], field: str) -> str | tuple[str, ...]:
        if field in TEXT_DETAILS:
            return "; ".join(self._sentences(values, field))
        if field in _LINES:
            return self._sentences(values, field)
        if field in _PHRASES:
            held = (values.get(column) for column in self.columns[field])
            return tuple(phrase for value in held for phrase in split_phrases(value))
        return self._names(values, field)

    def _sentences(self, values: Mapping[str, object], field: str) -> tuple[str, ...]:
        found: list[str] = []
        for column in self.columns.get(field, ()):
            value = values.get(column)
            found += texts_of(value.split("\n") if isinstance(value, str) else value)
        return tuple(found)

    def _names(
        self, values: Mapping[str, object], field: str, *, has_html: bool = False
    ) -> tuple[str, ...]:
        columns = self.columns.get(field)
        if not columns:
            return ()
        held = (values.get(column) for column in columns)
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

    def _markdown(self, values: Mapping[str, object], stated: str, *, is_plain: bool) -> str:
        """Return the Markdown that a column states, or that of the only definition."""
        if stated:
            from semsearch.importers.markdown_writer.from_markdown import (  # noqa: PLC0415 - markdown-it
                kept_markdown,
            )

            return kept_markdown(stated)
        if is_plain:
            return ""
        columns = [*self.columns.get("definition", ()), *self.columns.get("scope_note", ())]
        texts = [value for column in columns if (value := values.get(column))]
        if len(texts) != 1 or not isinstance(texts[0], str):
            return ""
        return markdown_of_text(texts[0]) or markdown_of_marks(as_text(texts[0].strip()))


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
        by_key.setdefault(field_key(name), []).append(name)
    columns: dict[str, tuple[str, ...]] = {}
    for field, synonyms in NAMES.items():
        if field in chosen:
            found = [name for name in names if name.strip() == chosen[field].strip()]
            found = found or by_key.get(column_key(chosen[field]), [])
        else:
            found = [name for synonym in synonyms for name in by_key.get(synonym, ())]
        columns[field] = tuple(found if field in _SEVERAL else found[:1])
    places = {name: place for place, name in reversed([*enumerate(names)])}
    columns["definition"] = tuple(sorted(columns["definition"], key=places.__getitem__))
    labels = [name for key in ("preflabel", "label") for name in by_key.get(key, ())]
    if columns["iri"] and labels and "term" not in chosen:
        columns["term"] = tuple(labels[:1])  # beside addresses, "term" holds their last part
    texts = columns["definition"]
    before = names[: places[texts[0]]] if texts else names
    aliases = {*columns["aliases"]}
    acronyms = [name for name in before if name in aliases]
    if not columns["term"] and acronyms and "term" not in chosen:
        others = (name for name in columns["aliases"] if name != acronyms[0])
        columns["term"], columns["aliases"] = (acronyms[0],), tuple(others)
    used = {column for found in columns.values() for column in found}
    return FieldMap(columns, tuple(name for name in dict.fromkeys(names) if name not in used))


def names_terms(cells: Sequence[str]) -> bool:
    """Return whether the cells of a row name a column of terms and one of definitions."""
    return len(cells) > 1 and not map_fields([cell[:MAX_CHARS] for cell in cells], {}).missing()


def chosen_columns(given: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that the user chose, by field.

    Args:
        given: our fields and columns, as the user wrote them.

    Raises:
        InvalidSetting: one of the fields is unknown.
    """
    chosen: dict[str, str] = {}
    for name, value in given.items():
        field, column = field_and_column(name, value)
        if field not in SYNONYMS:
            known = ", ".join(SYNONYMS)
            raise InvalidSetting(
                f"--columns {name}={value}: {field!r} is no field; the fields are {known}"
            )
        chosen[field] = column
    return chosen


def field_and_column(name: str, value: str) -> tuple[str, str]:
    """Return the field and the column of `name=value`; `1=term` means `term=1`."""
    return (value, name) if name.isdigit() else (name, value)


def stays_as_written(definition: str) -> bool:
    """Return whether a definition in a cell or a field is read as it is written."""
    is_plain = without_marks(as_text(definition)) == (definition, ())
    return is_plain and not split_labelled(definition).lines


def gains_markdown(definition: str) -> bool:
    """Return whether a definition without Markdown has some when a cell or field is read."""
    return bool(markdown_of_text(definition) or markdown_of_marks(definition))


def _is_list_of(field: str, value: object) -> bool:
    """Return whether a value is a list of texts, and a field may have several."""
    several = field in _SEVERAL or field in TEXT_DETAILS
    return several and isinstance(value, list) and all(isinstance(one, str) for one in value)


def reason_without(term: str) -> str:
    """Return why a record without a definition or even a term is refused."""
    return f"{NO_DEFINITION} {shorten(term)!r}" if term else "no term"


def beginning_of_list(texts: Sequence[str], lines: Sequence[int] = ()) -> str:
    """Return the first five texts, quoted, and the number of the others, for a message.

    Args:
        texts: all of them.
        lines: of each text, if the message states it.
    """
    quoted = [repr(shorten(" ".join(text.split()))) for text in texts[:_SHOWN]]
    places = [f" (line {line})" for line in lines[:_SHOWN]] or [""] * len(quoted)
    shown = ", ".join(map("".join, zip(quoted, places, strict=True)))
    return f"{shown} and {len(texts) - _SHOWN:,} more" if len(texts) > _SHOWN else shown


def shorten(text: str) -> str:
    """Shorten a text for a message."""
    return text if len(text) <= 60 else f"{text[:57]}..."
