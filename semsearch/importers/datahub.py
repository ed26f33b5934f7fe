"""Reader of DataHub's business glossaries: YAML with nested groups of terms.

The groups of a term are its category. What it inherits from is broader, what it contains narrower.
References to terms may have their groups in front, separated by dots. YAML anchors and aliases are
refused, so that a small file cannot expand into a large one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from semsearch.core.entries import Details, Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.fields import shorten
from semsearch.importers.parse_errors import yaml_reason
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.text_files import read_text

MAX_CHARACTERS = 8 * 2**20
MAX_DEPTH = 64
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # reads strings, lists and mappings only
_EMPTY = ("", "~", "null")


def read(path: Path, options: ReadOptions) -> Iterator[Item]:
    """Read a business glossary.

    Args:
        path: the file.
        options: not used.

    Yields:
        Item: a record for each term with a description, a refusal for each without.

    Raises:
        ImportFailed: it is not YAML, has neither groups nor terms, or is too large or nested too
            deeply.
    """
    del options
    text = read_text(path)
    if len(text) > MAX_CHARACTERS:
        raise ImportFailed(f"longer than {MAX_CHARACTERS // 2**20} Mi characters; split it", path)
    try:
        _check_events(text, path)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ImportFailed(yaml_reason(error), path, line) from error
    except yaml.YAMLError as error:
        raise ImportFailed("holds a character YAML does not allow", path) from error
    top = _members(root)
    if not {"nodes", "terms"} & set(top):
        raise ImportFailed("no `nodes` and no `terms`, so it is not a business glossary", path, 1)
    yield from _group(top, (), str(path))


def _check_events(text: str, path: Path) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None) is not None:
            raise ImportFailed("anchors and aliases are not read; write it out", path, line)
        is_start = isinstance(event, yaml.CollectionStartEvent)
        depth += is_start - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ImportFailed("nested too deeply to be a glossary", path, line)


def _group(members: dict[str, Node], groups: tuple[str, ...], file: str) -> Iterator[Item]:
    for node in _list(members.get("terms")):
        yield _item(_members(node), groups, Source(file, node.start_mark.line + 1))
    for node in _list(members.get("nodes")):
        inner = _members(node)
        yield from _group(inner, (*groups, _text(inner.get("name"))), file)


def _item(term: dict[str, Node], groups: tuple[str, ...], source: Source) -> Item:
    name, definition = _text(term.get("name")), _text(term.get("description"))
    if not name:
        return Refusal(source, "no term")
    if not definition:
        return Refusal(source, f"no definition of {shorten(name)!r}")
    links = (_members(node) for node in _list(term.get("knowledge_links")))
    citations = (_text(term.get("source_ref")), _text(term.get("source_url")))
    return Record(
        name,
        definition,
        source,
        details=Details.of(
            {
                "category": " / ".join(filter(None, groups)) or _text(term.get("domain")),
                "sources": tuple(
                    filter(None, (*citations, *(_text(one.get("url")) for one in links)))
                ),
                "broader": _names(term.get("inherits")),
                "narrower": _names(term.get("contains")),
                "related": (*_names(term.get("values")), *_names(term.get("related_terms"))),
            }
        ),
        key=_text(term.get("id")) or name,
        hint=_text(term.get("id")).rpartition(":")[2] or name,
    )


def _members(node: Node | None) -> dict[str, Node]:
    if not isinstance(node, MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, ScalarNode)}


def _list(node: Node | None) -> list[Node]:
    return node.value if isinstance(node, SequenceNode) else []


def _text(node: Node | None) -> str:
    if not isinstance(node, ScalarNode):
        return ""
    text = str(node.value).strip()
    return "" if text in _EMPTY else text


def _names(node: Node | None) -> tuple[str, ...]:
    """Return the last parts of names, `Group.Term`; the value may be one name or a list."""
    several = _list(node) or ([node] if node is not None else [])
    return tuple(filter(None, (_text(one).rpartition(".")[2].strip() for one in several)))
