"""Reader of schema.org's DefinedTerm and DefinedTermSet as JSON-LD, also inside HTML.

See https://schema.org/DefinedTerm. Terms are found anywhere: in a set, in a graph, inside other
objects, and in the scripts of a page. `name` is the term, `description` the definition; a term
without a name is called by its code. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from semsearch.core.entries import Details, Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.extra_fields import split_values
from semsearch.importers.files.text_files import MAX_DEPTH, nested_too_deeply, read_text
from semsearch.importers.html.to_text import html_words
from semsearch.importers.iris import NOWHERE, is_iri, local_name
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.name_languages import tagged
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.trees.json_values import Lined, parse_json

_TERMS = frozenset({"DefinedTerm", "CategoryCode"})
_SETS = frozenset({"DefinedTermSet", "CategoryCodeSet"})
_HELD = frozenset(
    {"@context", "@id", "@type", "alternateName", "citation", "description", "inDefinedTermSet",
     "inLanguage", "name", "termCode", "url"}
)  # fmt: skip
"""Properties of a term that fields of ours hold."""

_HTML = re.compile(r"<[A-Za-z/!?]|&#?\w+;")
"""Occurs only in texts that are HTML, or about HTML."""

_Object = dict[str, Any]


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read a file of JSON-LD, or the JSON-LD scripts of a page or text."""
    text = read_text(path)
    scripts = list(_scripts(text))
    if not scripts:
        yield from _items(parse_json(text, path), path)
        return
    for start, end in scripts:
        line = text.count("\n", 0, start) + 1
        try:
            data = parse_json(text[start:end], path, line)
        except ImportFailed as error:
            yield Refusal(Source(str(path), error.line or line), error.reason)
        else:
            yield from _items(data, path)


def _scripts(text: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each JSON-LD script, in linear time."""
    folded = text.casefold() if text.isascii() else text
    at = 0
    while (tag := folded.find("<script", at)) >= 0:
        start = folded.find(">", tag) + 1
        end = folded.find("</script", start) if start else -1
        if end < 0:
            return
        if "application/ld+json" in folded[tag:start]:
            yield start, end
        at = end


def _items(data: object, path: Path) -> Iterator[Item]:
    is_one = _count_sets(data) == 1
    for term, language, category in _terms(data, "", "", 0, path, is_one=is_one):
        line = term.lines.get("name") or term.lines.get("termCode") or term.line
        yield _item(term, language, category, Source(str(path), line))


def _count_sets(data: object, depth: int = 0) -> int:
    """Count the sets that hold terms."""
    if depth > MAX_DEPTH or not isinstance(data, list | dict):
        return 0
    holds = isinstance(data, dict) and bool(_types(data) & _SETS) and "hasDefinedTerm" in data
    parts = data if isinstance(data, list) else data.values()
    return holds + sum(_count_sets(part, depth + 1) for part in parts)


def _terms(
    data: object, language: str, category: str, depth: int, path: Path, *, is_one: bool
) -> Iterator[tuple[Lined, str, str]]:
    """Yield terms with the language and the name of their set.

    A set that all terms belong to is the glossary itself.
    """
    if depth > MAX_DEPTH:
        raise nested_too_deeply(path)
    if isinstance(data, list):
        for one in data:
            yield from _terms(one, language, category, depth + 1, path, is_one=is_one)
    if not isinstance(data, Lined):
        return
    language = _text(data.get("inLanguage")) or language
    types = _types(data)
    if types & _TERMS:
        yield data, language, category
    if types & _SETS and not is_one:
        category = _text(data.get("name")) or category
    for value in data.values():
        yield from _terms(value, language, category, depth + 1, path, is_one=is_one)


def _types(data: _Object) -> set[str]:
    stated = data.get("@type", ())
    several = stated if isinstance(stated, list) else [stated]
    return {local_name(one).rpartition(":")[2] for one in several if isinstance(one, str)}


def _item(term: _Object, language: str, category: str, source: Source) -> Item:
    code = _text(term.get("termCode"))
    name = _text(term.get("name")) or code
    description = _text(term.get("description"))
    definition = plain_description(description)
    address = _text(term.get("@id")) or _text(term.get("url"))
    stated = _language(term.get("description")) or _language(term.get("name"))
    names = [*_tagged(term.get("name"))[:1], *_tagged(term.get("alternateName"))]
    extra, left_out = split_values(
        {n: _plain(value) for n, value in term.items() if n not in _HELD}
    )
    return Record(
        name,
        definition,
        source,
        tuple(_texts(term.get("alternateName"))),
        language=stated or language,
        details=Details.of(
            {
                "category": _set_name(term.get("inDefinedTermSet")) or category,
                "notation": code,
                "markdown": markdown_of_html(description) if _HTML.search(description) else "",
                "iri": _iri(term.get("@id")),
                "sources": _texts(term.get("citation")),
                "name_languages": tagged(names),
                "extra": extra,
            }
        ),
        key=address,
        hint=local_name(address) or code,
        left_out=left_out,
    )


def _plain(value: object) -> object:
    """Return the text of a tagged value, and any other value as it is."""
    return _text(value) if isinstance(value, dict) and "@value" in value else value


def plain_description(text: str) -> str:
    """Return a description as text; schema.org says plain text, but most authors write HTML."""
    return html_words(text) if _HTML.search(text) else text


def _set_name(value: object) -> str:
    if isinstance(value, list):
        return next(filter(None, map(_set_name, value)), "")
    return _text(value.get("name")) if isinstance(value, dict) else ""


def _texts(value: object) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return list(filter(None, map(_text, several)))


def _text(value: object) -> str:
    """Return a text, the first of several, or the value of a tagged one."""
    if isinstance(value, list):
        return next(filter(None, map(_text, value)), "") if len(value) < 100 else ""
    if isinstance(value, dict):
        value = value.get("@value", "")
    return value.strip() if isinstance(value, str) else ""


def _tagged(value: object) -> list[tuple[str, str]]:
    """Return the texts that have a language, with it."""
    several = value if isinstance(value, list) else [value]
    return [(_text(one), tag) for one in several if (tag := _language(one))]


def _iri(value: object) -> str:
    """Return an absolute address that is not one of our placeholders."""
    text = _text(value)
    return text if is_iri(text) and not text.startswith(NOWHERE) else ""


def _language(value: object) -> str:
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, dict)), "")
    stated = value.get("@language") or value.get("@lang") if isinstance(value, dict) else ""
    return stated if isinstance(stated, str) else ""
