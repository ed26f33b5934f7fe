"""Reads a tree in a format: finds the entries and follows the paths of their fields."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from semsearch.core.entries import EXTRA, LIST_DETAILS, TEXT_DETAILS, Details, Refusal, Source
from semsearch.importers.extra_fields import beginning_of
from semsearch.importers.fields import shorten
from semsearch.importers.files.text_files import nested_too_deeply, read_text
from semsearch.importers.html.to_text import as_text
from semsearch.importers.labelled_lines import with_labels_read
from semsearch.importers.markdown_writer.from_html import markdown_of_html, markdown_of_text
from semsearch.importers.markdown_writer.from_marks import markdown_of_marks, without_marks
from semsearch.importers.records import Item, ReadOptions, Record, Redirect, with_markdown
from semsearch.importers.trees.json_values import parse_json
from semsearch.importers.trees.paths import TreeNode, is_element, root_of, select
from semsearch.importers.trees.syntaxes import parse_json_lines, parse_xml, parse_yaml
from semsearch.importers.trees.tree_format import TreeFormat
from semsearch.text.language_tags import language_tag

_BY_SUFFIX = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
}


def read(path: Path, options: ReadOptions, row: TreeFormat) -> Iterator[Item]:
    """Read a file of the format that a row states."""
    try:
        for root in _roots(row, path):
            if isinstance(root, Refusal):
                yield root
                continue
            file = _TreeFile(str(path), _names(row, root), options.language or _MAIN)
            yield from _items(row, select(root, row.entries), file)
    except RecursionError as error:
        raise nested_too_deeply(path) from error


@dataclass(frozen=True, slots=True)
class _TreeFile:
    """A file: its path, names of its entries by key, and the language of what states none."""

    path: str
    names: Mapping[str, list[str]]
    language: str


def _items(row: TreeFormat, entries: list[TreeNode], file: _TreeFile) -> list[Item]:
    """Return the items of entries in the order of the file.

    An entry inside another one is read first and then emptied: it is no text of the outer one, and
    entries in entries in entries take linear time.
    """
    found: list[list[Item]] = []
    emptied: set[int] = set()
    for entry in reversed(entries):
        if id(entry.value) in emptied:  # two steps of the path led to it
            continue
        found.append(list(_Entry(row, entry, file).items()))
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
    syntax = row.syntax or _BY_SUFFIX.get(path.suffix.lower(), "xml")
    if syntax == "jsonl":
        yield from parse_json_lines(text, path)
    elif syntax == "xml":
        yield from parse_xml(text, path)
    else:
        yield from root_of((parse_json if syntax == "json" else parse_yaml)(text, path))


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

    def __init__(self, row: TreeFormat, node: TreeNode, file: _TreeFile) -> None:
        self._row = row
        self._node = node
        self._file = file.path
        self._names = file.names
        self._default = file.language
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
            nodes = values.get("definition") or self._own["definition"]
            definition = "\n\n".join(filter(None, map(self._text, nodes)))
            record = self._record(part, values, list(dict.fromkeys(names)), definition)
            record = replace(record, details=with_markdown(record.details, self._markdown(nodes)))
            if place != main:  # its id has the language, or if that is the same, the term
                is_same = languages[place] == languages[main]
                hint = "" if is_same or not record.key else f"{record.key}-{languages[place]}"
                record = replace(record, hint=hint)
            yield with_labels_read(record)

    def _language(self, part: TreeNode, values: _Values) -> str:
        stated = [one.text() for one in values.get("language", ())]
        stated += self._own_texts.get("language", [])
        tag = next(filter(None, stated), "") or _stated_language(part) or self._default
        return language_tag(_SHORT_TAGS.get(tag.lower(), tag)) or self._default

    def _no_record(self, term: str) -> Item:
        source = Source(self._file, self._node.line)
        target = next(iter(self._own_texts.get("redirect", ())), "")
        if len(self._parts) > MAX_PARTS:
            reason = f"more than {MAX_PARTS} languages or senses of {shorten(term)!r}; split it"
            return Refusal(source, reason)
        if term and target:
            return Redirect(term, target, source)
        return Record(term, "", source)

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

    def _markdown(self, nodes: list[TreeNode]) -> str:
        """Return the Markdown of a definition that is one text or one element."""
        if len(nodes) != 1 or self._row.keeps_lines:
            return ""
        if is_element(nodes[0].value):
            return markdown_of_html(nodes[0].source(self._row.cut))
        text = nodes[0].text()
        return markdown_of_text(text) or markdown_of_marks(as_text(text))

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
            see_also=several("see_also") + linked,
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
        """Return the texts to which no path led, and the structures, which have no place."""
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
