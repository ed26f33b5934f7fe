"""Checks the entities, the namespaces and the depth of an XML file before another parser reads it.

Refused are entities that refer to other files or addresses, that consist of other entities or of
elements, or that are used so often that the text would grow beyond a limit. The rest are plain
abbreviations, which ontologies use for addresses.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

from semsearch.core.errors import ImportFailed
from semsearch.importers.files.text_files import nested_too_deeply

if TYPE_CHECKING:
    from lxml import etree

MAX_GROWTH = 16 * 2**20
"""Most characters that all entities of a file may expand to."""
ALLOWED_GROWTH = 2**20
"""The same for small files; in larger ones it is `GROWTH_RATIO` times their length."""
GROWTH_RATIO = 4

MAX_ELEMENT_DEPTH = 256
"""Most nested elements; lxml refuses more, too."""
MAX_ADDRESS = 500
"""Longest namespace or base address: parsers put it before each name that is in it."""
MAX_NAMESPACES = 1_000
"""Most namespaces of a file; parsers copy those that are open for each that is declared."""
MAX_DEFAULTS = 1_000
"""Most characters of all attributes that a file declares to be the default: every element may get
all of them."""

_CHUNK = 1 << 16
_USED = re.compile(r"&([^;&#\s<]{1,200});")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
"""Entities that need no declaration, and stand for one character."""
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def check_xml(text: str, path: Path) -> None:
    """Refuse a file with dangerous entities or too deeply nested elements.

    What is not well-formed is left to the parser that reads the file; expat makes no tree, and
    stops where entities would have to be expanded.

    Raises:
        ImportFailed: an entity refers to another file, consists of other entities or elements, or
            expands too much; elements are nested too deeply; namespaces are too long or too many;
            or attributes have long defaults.
    """
    check = _Check(text, path)
    try:
        # in chunks, since a copy of the whole text may take 64 MB
        for at in range(0, len(text), _CHUNK):
            check.parser.Parse(text[at : at + _CHUNK])
    except (expat.ExpatError, ValueError):  # or surrogates
        return


def without_declaration(text: str) -> str:
    """Return XML without its first line, but on the same lines: decoded text has no encoding."""
    return _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text, count=1)


def line_of(element: etree._Element) -> int:
    """Return the line on which an element begins; 1 if the parser does not know it."""
    line = element.sourceline
    return line if isinstance(line, int) and line > 0 else 1


@dataclass(slots=True)
class _Check:
    """The handlers of expat that refuse a file."""

    text: str
    path: Path
    parser: expat.XMLParserType = field(init=False)
    depth: int = 0
    defaults: int = 0
    lengths: dict[str, int] = field(default_factory=dict)
    """Of the values of entities."""
    namespaces: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.EntityDeclHandler = self.entity
        self.parser.AttlistDeclHandler = self.default
        self.parser.EndDoctypeDeclHandler = self.end_of_declarations

    def refused(self, reason: str) -> ImportFailed:
        """Return the error for the place that is being parsed."""
        return ImportFailed(reason, self.path, self.parser.CurrentLineNumber)

    def start(self, _: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_ELEMENT_DEPTH:
            raise nested_too_deeply(self.path, self.parser.CurrentLineNumber)
        for name, value in attributes.items():
            if name.startswith("xml") and (name[3:5] == "ns" or name == "xml:base"):
                self.namespace(name, value)

    def end(self, _: str) -> None:
        self.depth -= 1

    def namespace(self, name: str, value: str) -> None:
        if len(value) > MAX_ADDRESS:
            reason = f"{name[:60]} is {value[:40]!r}… of {len(value):,} characters"
            raise self.refused(f"{reason}; take an address of at most {MAX_ADDRESS}")
        self.namespaces.add(value)
        if len(self.namespaces) > MAX_NAMESPACES:
            raise self.refused(f"declares more than {MAX_NAMESPACES:,} namespaces; split it")

    def entity(self, name: str, is_parameter: bool, value: str | None, *_: str | None) -> None:
        if is_parameter or value is None:
            reason = f"the entity {name[:60]!r} leads to another file, which is not read"
            raise self.refused(f"{reason}; write out what it stands for")
        if "<" in value or not _OF_XML.issuperset(_USED.findall(value)):
            reason = f"the entity {name[:60]!r} is made of other entities or of elements"
            raise self.refused(f"{reason}; write out what they stand for")
        self.lengths.setdefault(name, len(value))

    def default(self, element: str, name: str, _: str, value: str | None, __: bool) -> None:
        self.defaults += len(value or "")
        if self.defaults > MAX_DEFAULTS:
            reason = f"the default of the attribute {name[:60]!r} of <{element[:60]}> is too long"
            raise self.refused(f"{reason}; write it into the elements")

    def end_of_declarations(self) -> None:
        uses = Counter(found[1] for found in _USED.finditer(self.text))
        limit = min(MAX_GROWTH, max(ALLOWED_GROWTH, GROWTH_RATIO * len(self.text)))
        if sum(uses[name] * length for name, length in self.lengths.items()) > limit:
            reason = f"its entities stand for more than {limit / 2**20:.0f} MiB of text"
            raise ImportFailed(f"{reason}; write it out, or split it", self.path)
