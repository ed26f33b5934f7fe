"""Reader of DataHub's business glossaries: YAML with nested groups of terms.

The groups of a term are its category. What it inherits from is broader, what it contains narrower.
References to terms may have their groups in front, separated by dots. Custom properties become
`extra` fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from semsearch.core.entries import Details, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.extra_fields import plain_text
from semsearch.importers.files.text_files import read_text
from semsearch.importers.html.to_text import as_text
from semsearch.importers.markdown_writer.from_html import markdown_of_text
from semsearch.importers.name_lists import split_aliases
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.trees.json_values import Lined
from semsearch.importers.trees.syntaxes import parse_yaml

_FIELDS = frozenset(
    {
        "contains", "custom_properties", "description", "id", "inherits", "knowledge_links", "name",
        "related_terms", "source_ref", "source_url", "synonyms", "values",
    }
)  # fmt: skip
"""Fields of a term that an entry has a place for."""


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read a business glossary."""
    top = parse_yaml(read_text(path), path)
    if not isinstance(top, Lined) or not {"nodes", "terms"} & set(top):
        raise ImportFailed("no `nodes` and no `terms`, so it is not a business glossary", path, 1)
    yield from _group(top, (), str(path))


def _group(group: Lined, groups: tuple[str, ...], file: str) -> Iterator[Item]:
    for term in _mappings(group.get("terms")):
        yield _item(term, groups, Source(file, term.line))
    for node in _mappings(group.get("nodes")):
        yield from _group(node, (*groups, _text(node, "name")), file)


def _item(term: Lined, groups: tuple[str, ...], source: Source) -> Item:
    name, definition = _text(term, "name"), as_text(_text(term, "description"))
    links = (_text(one, "url") for one in _mappings(term.get("knowledge_links")))
    citations = (_text(term, "source_ref"), _text(term, "source_url"), *links)
    own = term.get("custom_properties")
    unknown = {n: v for n, v in term.items() if n not in _FIELDS}
    others = unknown | (own if isinstance(own, dict) else {})
    texts = {one: plain_text(value) for one, value in others.items()}
    return Record(
        name,
        definition,
        source,
        tuple(split_aliases(term.get("synonyms"))),
        details=Details.of(
            {
                "markdown": markdown_of_text(_text(term, "description")),
                "category": " / ".join(filter(None, groups)) or _text(term, "domain"),
                "sources": tuple(filter(None, citations)),
                "broader": _names(term.get("inherits")),
                "narrower": _names(term.get("contains")),
                "related": (*_names(term.get("values")), *_names(term.get("related_terms"))),
                "extra": {one: text for one, text in texts.items() if text},
            }
        ),
        key=_text(term, "id") or name,
        hint=_text(term, "id").rpartition(":")[2] or name,
        left_out=tuple((n, str(others[n])[:100]) for n, text in texts.items() if text is None),
    )


def _mappings(value: object) -> list[Lined]:
    return [one for one in value if isinstance(one, Lined)] if isinstance(value, list) else []


def _text(term: Lined, name: str) -> str:
    return plain_text(term.get(name)) or ""


def _names(value: object) -> tuple[str, ...]:
    """Return the last parts of names, `Group.Term`; the value may be one name or a list."""
    several = value if isinstance(value, list) else [value]
    texts = (one.rpartition(".")[2].strip() for one in several if isinstance(one, str))
    return tuple(filter(None, texts))
