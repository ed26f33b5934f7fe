"""Paths into trees of XML, JSON and YAML, written as in XPath: `glossdef/para`, `//entry`, `@id`.

A step is a name, `*` (any name), `@name` (an attribute; in JSON and YAML a key), or at the end
`name()`. A step behind `//` is searched at all depths. `.` is the node itself. After a step,
`[name]`, `[!name]` and `[name=text]` select nodes by a child or an attribute; case is ignored.
Namespaces are ignored. Lists of JSON are transparent: a path leads to their members.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeGuard

from lxml import etree

from semsearch.importers.extra_fields import plain_text
from semsearch.importers.html.to_text import html_words
from semsearch.importers.xml_safety import line_of

_STEP = re.compile(r"(//|/|^)(\*|\.|name\(\)|@?[\w:-]+)(?:\[(!?[\w-]+)(?:=([^\]]*))?\])?")


class InvalidPath(ValueError):
    """A path that is not written as this module says."""


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    is_deep: bool
    has: str
    equal: str | None


@dataclass(frozen=True, slots=True, eq=False)
class TreeNode:
    """A node of a tree: an element of XML, or an object or a value of JSON or YAML."""

    value: Any
    name: str
    line: int
    owner: Any = None
    """The element or object that it stands in."""

    @property
    def key(self) -> tuple[int, str]:
        """Its identity, as long as its owner exists; equal values of an object have one."""
        held = self.value if is_element(self.value) else self.owner
        return id(held), "" if is_element(self.value) else self.name

    def children(self) -> Iterator[TreeNode]:
        """Yield the elements inside an element, or the members of an object and of its lists."""
        if is_element(self.value):
            yield from (
                TreeNode(one, local_name(one.tag), line_of(one), self.value)
                for one in self.value
                if isinstance(one.tag, str)
            )
        elif isinstance(self.value, dict):
            for name, value in self.value.items():
                yield from _members(value, str(name), self.line, self.value)

    def attributes(self) -> Iterator[TreeNode]:
        """Yield the attributes of an element."""
        if is_element(self.value):
            found = self.value.attrib.items()
            yield from (TreeNode(v, local_name(k), self.line, self.value) for k, v in found)

    def named(self, name: str) -> Iterator[TreeNode]:
        """Yield the children, or the attribute (`@name`), with a name; `*` are all children."""
        wanted = name.removeprefix("@")
        if is_element(self.value) and name.startswith("@"):
            yield from (one for one in self.attributes() if one.name == wanted)
        elif isinstance(self.value, dict) and name != "*":
            if wanted in self.value:
                yield from _members(self.value[wanted], wanted, self.line, self.value)
        else:
            yield from (one for one in self.children() if name in ("*", one.name))

    def text(self, cut: tuple[str, ...] = (), *, keeps_lines: bool = False) -> str:
        """Return the text; paragraphs and lists of an element have lines, a structure has none.

        Args:
            cut: names of inner elements that are left out.
            keeps_lines: whether its line ends and spaces count.
        """
        if not is_element(self.value):
            return plain_text(self.value) or ""
        source = self.source(cut)
        return html_words(f"<pre>{source}</pre>" if keeps_lines else source)

    def source(self, cut: tuple[str, ...] = ()) -> str:
        """Return the XML of an element without the inner elements to leave out."""
        assert is_element(self.value)  # noqa: S101 - callers ask first
        element = deepcopy(self.value) if cut else self.value
        etree.strip_elements(element, *(f"{{*}}{name}" for name in cut), with_tail=False)
        return etree.tostring(element, encoding="unicode", with_tail=False)


def is_element(value: object) -> TypeGuard[etree._Element]:
    """Return whether a value is an element of XML."""
    return isinstance(value, etree._Element)


def local_name(tag: str | bytes) -> str:
    """Return the name of an element or attribute without its namespace."""
    return str(tag).rpartition("}")[2].rpartition(":")[2]


def root_of(value: object, line: int = 1) -> list[TreeNode]:
    """Return the nodes of a value: the members of a list, else the value."""
    return list(_members(value, "", line, None))


def _members(value: object, name: str, line: int, owner: object) -> Iterator[TreeNode]:
    if isinstance(value, list):
        for one in value:
            yield from _members(one, name, line, owner)
    else:
        yield TreeNode(value, name, getattr(value, "line", line), owner)


@lru_cache(maxsize=512)
def parse_path(path: str) -> tuple[_Step, ...]:
    """Parse a path.

    Raises:
        InvalidPath: it is not a path.
    """
    steps: list[_Step] = []
    at = 0
    while at < len(path) and (found := _STEP.match(path, at)) and found.end() > at:
        slash, name, has, equal = found.groups()
        steps.append(_Step(name, slash == "//", has or "", equal and equal.casefold()))
        at = found.end()
    if at < len(path) or not steps:
        raise InvalidPath(f"{path!r} is no path; write it as entry/definition, //entry or @id")
    return tuple(steps)


def select(node: TreeNode, path: str) -> list[TreeNode]:
    """Return the nodes to which a path leads, in the order of the file."""
    found = [node]
    for step in parse_path(path):
        found = [one for start in found for one in _step(start, step) if _fits(one, step)]
    return found


def _step(node: TreeNode, step: _Step) -> Iterator[TreeNode]:
    if step.name == ".":
        yield node
    elif step.name == "name()":
        yield TreeNode(node.name, node.name, node.line)
    elif step.is_deep:
        stack = [node]
        while stack:
            here = stack.pop()
            if step.name in ("*", here.name):
                yield here
            stack += reversed(list(here.children()))
    else:
        yield from node.named(step.name)


def _fits(node: TreeNode, step: _Step) -> bool:
    if not step.has:
        return True
    name = step.has.removeprefix("!")
    held = [*node.named(name), *node.named(f"@{name}")]
    if step.equal is None:
        return bool(held) is not step.has.startswith("!")
    return any(one.text().casefold() == step.equal for one in held)
