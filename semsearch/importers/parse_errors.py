"""Says in our words why a parser refuses a file; the texts of its library stay out of messages."""

from __future__ import annotations

import re
from json import JSONDecodeError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml import YAMLError

_JSON = {
    "Expecting value": "a value is missing",
    "Expecting property name": "a key in double quotes is expected",
    "Expecting ':'": "':' is expected",
    "Expecting ','": "',' is expected",
    "Illegal trailing comma": "a comma with nothing behind it",
    "Extra data": "something follows the end",
    "Unterminated string": "a text has no closing quote",
    "Invalid control character": "a line break or another control character in a text",
    "Invalid \\": "an escape that JSON does not have",
    "Unexpected UTF-8 BOM": "a byte order mark in the middle",
}
"""The beginnings of what Python's decoder says."""
_CSV = {
    "unexpected end of data": "a quote is never closed",
    "expected after": "a quote is closed in the middle of a cell",
    "field larger than": "a cell has more than 131,072 characters, often since a quote is never closed",
    "line contains NUL": "a NUL character",
}
_YAML = {
    "could not find expected ':'": "a line without a colon, or a text that needs quotes",
    "mapping values are not allowed": "a colon inside a text; put the text in quotes",
    "found character '\\t'": "a tab at the beginning of a line; indent with spaces",
    "that cannot start any token": "a text begins with a sign that YAML reserves; put it in quotes",
    "found unexpected end of stream": "a quote or a bracket is never closed",
    "found unknown escape character": "a backslash in double quotes; use single quotes",
    "did not find expected": "the lines of a list or a mapping are indented unequally",
    "expected <block end>": "the lines of a list or a mapping are indented unequally",
    "expected ',' or": "a bracket is never closed, or a comma is missing",
    "found duplicate anchor": "anchors and aliases are not read",
    "anchors and aliases": "anchors and aliases are not read",
    "found undefined alias": "anchors and aliases are not read",
    "found unhashable key": "a list or a mapping is a key",
}
_RDF = (
    (re.compile(r'Prefix ["\']?([^"\' ]*):["\']? not bound'), "the prefix {0}: is not declared"),
    (re.compile(r"newline found in string|Quote expected"), "a text is not closed on its line"),
    (re.compile(r"after @prefix"), "a prefix is declared wrongly; write @prefix name: <address> ."),
    (re.compile(r"unterminated URI"), "an address has no closing >"),
    (re.compile(r"Bad language code"), "behind @ there is no language tag"),
    (re.compile(r"'[\])]' expected|expected item in list"), "a bracket is not closed"),
    (re.compile(r"objectList expected"), "a value is missing, or a name is misspelt"),
    (re.compile(r"invalid token"), "a character that XML reserves or forbids, such as & or <"),
    (re.compile(r"property attribute"), "an attribute that RDF/XML does not have"),
    (re.compile(r"EOF found|string index"), "it ends too early; a quote, a bracket or a full stop is missing"),
    (re.compile(r"expected '\.'|expected directive"), "a full stop is missing or misplaced"),
    (re.compile(r"Repeat node-elements"), "a property has several elements, and may have one"),
    (re.compile(r"mismatched tag"), "an element is not closed"),
    (re.compile(r"unbound prefix"), "a prefix is not declared"),
    (re.compile(r"no element found|unclosed token"), "it ends too early"),
)  # fmt: skip
_XML = (
    (re.compile(r"tag mismatch: (\S+)"), "<{0}> is closed by the end of another element"),
    (re.compile(r"Premature end of data in tag (\S+)"), "<{0}> is never closed"),
    (re.compile(r"Namespace prefix (\S+)"), "the prefix {0}: is not declared"),
    (re.compile(r"Start tag expected|syntax error"), "it does not begin with an element"),
    (re.compile(r"Extra content"), "something follows the end of the root element"),
    (re.compile(r"EntityRef|Entity '|undefined entity|character number"), "an ampersand that is no entity; write &amp;"),
    (re.compile(r"AttValue|attributes construct|mandates value|in attributes? value"), "an attribute without quotes"),
    (re.compile(r"invalid element name|attribute name|QName|end of Start Tag|expected '>'"), "a tag is damaged, or < is not written as &lt;"),
    (re.compile(r"not finished|improperly terminated|never end"), "a part is never closed"),
    (re.compile(r"declaration|PI xm"), "its first line is damaged"),
    (re.compile(r"valid URI"), "the address of a namespace is damaged"),
    (re.compile(r"no element found"), "it ends too early"),
    (re.compile(r"PCDATA invalid Char|invalid xmlChar|Char 0x"), "a character that XML forbids"),
    (re.compile(r"Excessive depth|depth in document"), "elements are nested too deeply"),
)  # fmt: skip


def json_reason(error: JSONDecodeError) -> str:
    """Return why a text is not JSON: `not valid JSON: a value is missing at column 8`."""
    own = "it cannot be read" if error.msg[:1].isupper() else error.msg
    found = next((ours for begin, ours in _JSON.items() if error.msg.startswith(begin)), own)
    return f"not valid JSON: {found} at column {error.colno}"


def csv_reason(error: Exception) -> str:
    """Return why a text is not CSV."""
    found = next((ours for part, ours in _CSV.items() if part in str(error)), "it cannot be read")
    return f"not valid CSV: {found}; check the quotes"


def yaml_reason(error: YAMLError) -> str:
    """Return why a text is not YAML."""
    stated = " ".join(str(getattr(error, part, "") or "") for part in ("context", "problem"))
    found = next((ours for part, ours in _YAML.items() if part in stated), "it cannot be read")
    return f"not valid YAML: {found}"


def xml_reason(message: str) -> str:
    """Return why a text is not XML, from what a parser says of it."""
    return f"not well-formed XML: {_said(_XML, message)}"


def rdf_reason(name: str, message: str) -> str:
    """Return why a text is not RDF in the syntax of this name, from what a parser says of it."""
    return f"not valid {name}: {_said((*_RDF, *_XML), message)}"


def _said(known: tuple[tuple[re.Pattern[str], str], ...], message: str) -> str:
    for pattern, ours in known:
        if found := pattern.search(message):
            return ours.format(*(part or "" for part in found.groups()))
    return "it breaks the rules of this syntax"
