"""Parses XML, JSON, JSON Lines and YAML into trees, with limits for hostile files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from lxml import etree
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.nodes import Node as YamlNode

from semsearch.core.entries import Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.files.text_files import MAX_DEPTH, nested_too_deeply
from semsearch.importers.parse_errors import xml_reason, yaml_reason
from semsearch.importers.trees.json_values import Lined, LinedList, parse_json
from semsearch.importers.trees.paths import TreeNode, local_name, root_of
from semsearch.importers.xml_safety import check_xml, without_declaration

MAX_YAML = 8 * 2**20
"""Most characters of a YAML file; its parser takes 1 s for each million."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # reads strings, lists and mappings only
_NULLS = ("~", "null")


def parse_xml(text: str, path: Path) -> list[TreeNode]:
    """Parse XML into the node of its root element.

    Raises:
        ImportFailed: it is not well-formed, or its entities or its depth are dangerous.
    """
    check_xml(text, path)
    parser = etree.XMLParser(
        resolve_entities="internal",  # type: ignore[arg-type]  # the stubs are older
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(without_declaration(text).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ImportFailed(xml_reason(error.msg or ""), path, error.lineno or None) from error
    return [TreeNode(root, local_name(root.tag), 1)]


def parse_yaml(text: str, path: Path) -> object:
    """Parse YAML into texts, lists and mappings; each mapping knows its line.

    Anchors and aliases are refused, so that a small file cannot expand into a large one.

    Raises:
        ImportFailed: it is not YAML, too large, or nested too deeply.
    """
    if len(text) > MAX_YAML:
        raise ImportFailed(f"longer than {MAX_YAML // 2**20} Mi characters; split it", path)
    try:
        _check_events(text, path)
        documents = [_plain(one) for one in yaml.compose_all(text, Loader=_LOADER)]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ImportFailed(yaml_reason(error), path, line) from error
    except yaml.YAMLError as error:
        raise ImportFailed("holds a character YAML does not allow", path) from error
    return documents[0] if len(documents) == 1 else documents


def parse_json_lines(text: str, path: Path) -> Iterator[TreeNode | Refusal]:
    """Parse JSON Lines into a node for each line, or a refusal."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                value = parse_json(line, path, number)
            except ImportFailed as error:
                yield Refusal(Source(str(path), number), error.reason)
            else:
                yield from root_of(value, number)


def _check_events(text: str, path: Path) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None) is not None:
            raise ImportFailed("anchors and aliases are not read; write it out", path, line)
        is_start = isinstance(event, yaml.CollectionStartEvent)
        depth += is_start - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise nested_too_deeply(path, line)


def _plain(node: YamlNode | None) -> object:
    if isinstance(node, MappingNode):
        members = ((str(k.value), _plain(v)) for k, v in node.value if isinstance(k, ScalarNode))
        made = Lined(members)
        made.line = node.start_mark.line + 1
        made.lines = {str(k.value): k.start_mark.line + 1 for k, _ in node.value}
        return made
    if isinstance(node, SequenceNode):
        listed = LinedList(_plain(one) for one in node.value)
        listed.lines = [one.start_mark.line + 1 for one in node.value]
        return listed
    if not isinstance(node, ScalarNode):
        return None
    text = str(node.value).strip()
    is_null = text in _NULLS and not node.style  # in quotes it is a text
    return None if is_null or not text else text
