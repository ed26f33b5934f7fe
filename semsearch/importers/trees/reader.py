"""Reads a tree by the row of its format: finds the entries and follows the paths of their fields."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

from semsearch.core.entries import (
    EXTRA,
    LIST_DETAILS,
    TEXT_DETAILS,
    Details,
    Refusal,
    Source,
)
from semsearch.core.errors import ImportFailed
from semsearch.importers.extra_fields import beginning_of
from semsearch.importers.fields import listed_names, shorten
from semsearch.importers.html_to_text import as_text
from semsearch.importers.markdown.inline_marks import without_marks
from semsearch.importers.records import Item, ReadOptions, Record, Redirect
from semsearch.importers.text_files import read_text
from semsearch.importers.trees.carriers import parse_json_lines, parse_xml, parse_yaml
from semsearch.importers.trees.json_values import parse_json
from semsearch.importers.trees.paths import TreeNode, is_element, root_of, select
from semsearch.importers.trees.row import TreeFormat
from semsearch.text.language_tags import language_tag

_BY_SUFFIX = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
}


def read(row: TreeFormat, path: Path, options: ReadOptions) -> Iterator[Item]:
    """Read a file.

    Args:
        row: its format.
        path: the file.
        options: not used.

    Yields:
        Item: a record for each entry with term and definition, a redirect for one that leads to
        another, a refusal for each other.

    Raises:
        ImportFailed: the file is not well-formed, or too deeply nested.
    """
    del options
    try:
        for root in _roots(row, path):
            if isinstance(root, Refusal):
                yield root
                continue
            names = _names(row, root)
            yield from _items(row, select(root, row.entries), str(path), names)
    except RecursionError as error:
        raise ImportFailed("nested too deeply to be a glossary", path) from error


def _items(
    row: TreeFormat, entries: list[TreeNode], file: str, names: Mapping[str, list[str]]
) -> list[Item]:
    """Return the items of entries in the order of the file.

    An entry inside another one is read first and then emptied: it is no text of the outer one, and
    entries in entries in entries take linear time.
    """
    found: list[list[Item]] = []
    emptied: set[int] = set()
    for entry in reversed(entries):
        if id(entry.value) in emptied:  # two steps of the path led to it
            continue
        found.append(list(_Entry(row, entry, file, names).items()))
        if is_element(entry.value):
            tail = entry.value.tail
            entry.value.clear()
            entry.value.tail = tail
        elif isinstance(entry.value, dict):
            entry.value.clear()
        else:
            continue
        emptied.add(id(entry.value))
    return list(chain.from_iterable(reversed(found)))


def _roots(row: TreeFormat, path: Path) -> Iterator[TreeNode | Refusal]:
    text = read_text(path)
    carrier = row.carrier or _BY_SUFFIX.get(path.suffix.lower(), "xml")
    if carrier == "jsonl":
        yield from parse_json_lines(text, path)
    elif carrier == "xml":
        yield from parse_xml(text, path)
    else:
        yield from root_of((parse_json if carrier == "json" else parse_yaml)(text, path))


def _names(row: TreeFormat, root: TreeNode) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if row.names is not None:
        nodes, key, name = row.names
        for node in select(root, nodes):
            words = [one.text() for one in select(node, name)]
            for one in select(node, key):
                found.setdefault(one.text(), []).extend(words)
    return found


_SEVERAL = frozenset({"aliases", "see_also", *LIST_DETAILS})
_NO_FIELDS = frozenset({"id", "lang", "space", "base", "schemaLocation", "class"})
"""Attributes that describe the file and not the entry."""
_LANGUAGE_ATTRIBUTES = (
    "{http://www.w3.org/XML/1998/namespace}lang", "lang", "language", "lang_to",
)  # fmt: skip
_MAIN = "en"
_SHORT_TAGS = {
    "deu": "de", "dut": "nl", "eng": "en", "fra": "fr", "fre": "fr", "ger": "de", "ita": "it",
    "nld": "nl", "pol": "pl", "por": "pt", "rus": "ru", "spa": "es", "swe": "sv",
}  # fmt: skip
"""Tags of BCP 47 for codes of three letters (ISO 639-2), which other formats use."""
MAX_PARTS = 200
"""Most languages or senses of an entry; the longest article of Wiktionary has about a hundred."""
MAX_SHARED = 100
"""Most aliases, links and relations that each of several parts of an entry gets from it."""

_Values = dict[str, list[TreeNode]]
_Fields = dict[str, str]


class _Entry:
    """An entry of a tree, and what its paths lead to."""

    def __init__(
        self, row: TreeFormat, node: TreeNode, file: str, names: Mapping[str, list[str]]
    ) -> None:
        self._row = row
        self._node = node
        self._file = file
        self._names = names
        self._own = self._values(node)
        self._own_texts = {
            name: [one.text() for one in found]
            for name, found in self._own.items()
            if name != "definition"
        }
        parts = select(node, row.parts)[: MAX_PARTS + 1] if row.parts else []
        self._parts = [(part, self._values(part)) for part in parts]
        self._own_others = self._others(node, self._own, parts)

    def items(self) -> Iterator[Item]:
        """Yield its records, or what it is instead."""
        defined = [one for one in self._parts if "definition" in one[1]]
        if not defined and "definition" in self._own:
            defined = self._parts[:1] or [(self._node, {})]
        own = self._terms(self._own)
        undefined = (values for _, values in self._parts if "definition" not in values)
        more = [name for values in undefined if values for name in self._terms(values)]
        if not defined or len(self._parts) > MAX_PARTS:
            yield self._no_record(next(iter([*own, *more]), ""))
            return
        languages = [self._language(part, values) for part, values in defined]
        main = languages.index(_MAIN) if _MAIN in languages else 0
        for place, (part, values) in enumerate(defined):
            names = [*self._terms(values), *own, *(more if place == main else ())]
            texts = map(self._text, values.get("definition") or self._own["definition"])
            definition = "\n\n".join(filter(None, texts))
            record = self._record(part, values, list(dict.fromkeys(names)), definition)
            if place != main:  # its id has the language, or if that is the same, the term
                is_same = languages[place] == languages[main]
                hint = "" if is_same or not record.key else f"{record.key}-{languages[place]}"
                record = replace(record, hint=hint)
            yield record if record.term else Refusal(record.source, "no term")

    def _language(self, part: TreeNode, values: _Values) -> str:
        stated = [one.text() for one in values.get("language", ())]
        stated += self._own_texts.get("language", [])
        tag = next(filter(None, stated), "") or _stated_language(part) or _MAIN
        return language_tag(_SHORT_TAGS.get(tag.lower(), tag)) or _MAIN

    def _no_record(self, term: str) -> Item:
        source = Source(self._file, self._node.line)
        target = next(iter(self._own_texts.get("redirect", ())), "")
        if len(self._parts) > MAX_PARTS:
            reason = f"more than {MAX_PARTS} languages or senses of {shorten(term)!r}; split it"
            return Refusal(source, reason)
        if term and target:
            return Redirect(term, target, source)
        return Refusal(source, f"no definition of {shorten(term)!r}" if term else "no term")

    def _values(self, node: TreeNode) -> _Values:
        values: _Values = {}
        for name, paths in self._row.fields.items():
            for path in paths:
                if name in _SEVERAL or name not in values:
                    found = select(node, path)
                    values.update({name: values.get(name, []) + found} if found else {})
        return values

    def _terms(self, values: _Values) -> list[str]:
        found = [one.text() for one in values.get("term", ())]
        keys = [one.text() for one in values.get("key", ())] if self._names else []
        return found + [name for key in keys for name in self._names.get(key, ())]

    def _text(self, node: TreeNode) -> str:
        text = node.text(self._row.cut, keeps_lines=self._row.keeps_lines)
        return text if is_element(node.value) else as_text(text)

    def _record(self, part: TreeNode, values: _Values, names: list[str], definition: str) -> Record:
        most = MAX_SHARED if len(self._parts) > 1 else None

        def several(name: str) -> tuple[str, ...]:
            stated = [one.text() for one in values.get(name, ())]
            shared = self._own_texts.get(name, [])[:most]
            return tuple(filter(None, dict.fromkeys([*stated, *shared])))

        key = next(iter(several("key")), "")
        extra, left_out = self._others(part, values, ()) if values else ({}, {})
        linked: tuple[str, ...] = ()
        if not is_element(part.value):
            definition, linked = without_marks(definition)
        not_shared = {n: f"{len(v)} texts" for n, v in self._own_texts.items() if v[MAX_SHARED:]}
        texts = {name: "; ".join(several(name)) for name in TEXT_DETAILS}
        lists = {name: several(name) for name in LIST_DETAILS}
        return Record(
            next(iter(names), ""),
            definition,
            Source(self._file, part.line),
            (*names[1:], *several("aliases")),
            language=self._language(part, values),
            see_also=several("see_also") + linked + listed_names(definition),
            details=Details.of({**texts, **lists, EXTRA: self._own_others[0] | extra}),
            key=key,
            hint=key,
            left_out=tuple(
                {**self._own_others[1], **left_out, **(not_shared if most else {})}.items()
            ),
        )

    def _others(
        self, node: TreeNode, values: _Values, parts: Collection[TreeNode]
    ) -> tuple[_Fields, _Fields]:
        """Return the texts to which no path led, and the structures, which have no place.

        Args:
            node: the entry, or a part of it.
            values: to which its paths led.
            parts: of the entry.
        """
        used = {one.key for one in (*parts, *chain(*values.values()))}
        if any(one.key == node.key for one in values.get("definition", ())):
            return {}, {}  # its text is all of it
        extra: dict[str, list[str]] = {}
        left_out: _Fields = {}
        below = (*node.attributes(), *node.children())
        for one in chain.from_iterable(_unused(one, used)[1] for one in below):
            stated = {a.name: a.value for a in one.attributes() if a.name not in _NO_FIELDS}
            structure = one.value if isinstance(one.value, dict) else stated
            if one.name in _NO_FIELDS:
                continue
            if text := one.text() or (len(stated) == 1 and next(iter(stated.values()))):
                extra.setdefault(_name(one), []).append(text)
            elif structure:
                left_out.setdefault(_name(one), beginning_of(structure))
        return {name: "; ".join(texts) for name, texts in extra.items()}, left_out


def _unused(node: TreeNode, used: Collection[tuple[int, str]]) -> tuple[bool, list[TreeNode]]:
    """Return whether a path led into a node, and the nodes in it to which none did."""
    if node.key in used or any(one.key in used for one in node.attributes()):
        return True, []
    found = [_unused(one, used) for one in node.children()]
    inside = [one for _, nodes in found for one in nodes]
    is_mixed = is_element(node.value) and bool((node.value.text or "").strip())
    if any(led for led, _ in found) or (inside and is_element(node.value) and not is_mixed):
        return any(led for led, _ in found), inside
    return False, [node]


def _name(node: TreeNode) -> str:
    """Return the name of a field: the type of an element that has one, such as `descrip`."""
    kind = node.value.get("type") if is_element(node.value) else None
    return kind or node.name


def _stated_language(node: TreeNode) -> str:
    """Return the language that an element or the next one around it states."""
    if not is_element(node.value):
        return ""
    around = (node.value, *node.value.iterancestors())
    tags = (one.get(name) for one in around for name in _LANGUAGE_ATTRIBUTES)
    return next(filter(None, tags), "")
