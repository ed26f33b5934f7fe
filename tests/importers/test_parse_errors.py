"""No text of a library reaches a message."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import yaml
from lxml import etree

from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from semsearch.importers.parse_errors import (
    csv_reason,
    json_reason,
    rdf_reason,
    xml_reason,
    yaml_reason,
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1,", "a value is missing at column 4"),
        ("{a", "a key in double quotes is expected at column 2"),
        ('{"a" 1', "':' is expected at column 6"),
        ("[1 2", "',' is expected at column 4"),
        ("1 2", "something follows the end at column 3"),
        ('"a', "a text has no closing quote at column 1"),
        ('"\\x"', "an escape that JSON does not have at column 2"),
        ('"\n"', "a line break or another control character in a text at column 2"),
    ],
)
def test_json(text: str, reason: str) -> None:
    """The column stays."""
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert json_reason(caught.value) == f"not valid JSON: {reason}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('a,"b', "a quote is never closed"),
        ('"a"b,c', "a quote is closed in the middle of a cell"),
        (
            "a" * 200_000,
            "a cell has more than 131,072 characters, often since a quote is never closed",
        ),
    ],
)
def test_csv(text: str, reason: str) -> None:
    """All of them may come from a stray quote."""
    with pytest.raises(csv.Error) as caught:
        list(csv.reader(io.StringIO(text), strict=True))
    assert csv_reason(caught.value) == f"not valid CSV: {reason}; check the quotes"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: b: c", "a colon inside a text; put the text in quotes"),
        ("a:\n\t- b", "a tab at the beginning of a line; indent with spaces"),
        ("a: @b", "a text begins with a sign that YAML reserves; put it in quotes"),
        ('a: "b', "a quote or a bracket is never closed"),
        ("a: [b", "a bracket is never closed, or a comma is missing"),
        ("a: 1\n b: 2\n- c", "a colon inside a text; put the text in quotes"),
        ('a: "\\q"', "a backslash in double quotes; use single quotes"),
        ("- a\nb: c", "the lines of a list or a mapping are indented unequally"),
        ("? [a]\n: b", "a list or a mapping is a key"),
    ],
)
def test_yaml(text: str, reason: str) -> None:
    """With the way out."""
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.load(text, Loader=yaml.BaseLoader)
    assert yaml_reason(caught.value) == f"not valid YAML: {reason}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<a><b></a>", "<b> is closed by the end of another element"),
        ("<a><b/>", "<a> is never closed"),
        ("a", "it does not begin with an element"),
        ("<a/><b/>", "something follows the end of the root element"),
        ("<a>&</a>", "an ampersand that is no entity; write &amp;"),
        ("<a>&nbsp;</a>", "an ampersand that is no entity; write &amp;"),
        ("<a b=c/>", "an attribute without quotes"),
        ("<a>\x01</a>", "a character that XML forbids"),
        ("<a b/>", "an attribute without quotes"),
        ("<a < b</a>", "a tag is damaged, or < is not written as &lt;"),
        ("<a><![CDATA[b</a>", "a part is never closed"),
    ],
)
def test_xml(text: str, reason: str) -> None:
    """Elements are named."""
    with pytest.raises(etree.XMLSyntaxError) as caught:
        etree.fromstring(text)
    assert xml_reason(caught.value.msg) == f"not well-formed XML: {reason}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<a> <b> b:c .", "the prefix b: is not declared"),
        ('<a> <b> "c\n" .', "a text is not closed on its line"),
        ("@prefix a <b> .", "a prefix is declared wrongly; write @prefix name: <address> ."),
        ("<a> <b> <c .", "an address has no closing >"),
        ('<a> <b> "c"@! .', "behind @ there is no language tag"),
        ("<a> <b> [ <c> <d> .", "a bracket is not closed"),
        ("<a> <b> .", "a value is missing, or a name is misspelt"),
        ("<a> <b> <c>", "it ends too early; a quote, a bracket or a full stop is missing"),
        ("<a> <b> <c> <d> .", "a full stop is missing or misplaced"),
    ],
)
def test_turtle(tmp_path: Path, text: str, reason: str) -> None:
    """As its users would say it, with the line."""
    file = tmp_path / "a.ttl"
    file.write_text(text)
    with pytest.raises(ImportFailed) as caught:
        read_corpus([file])
    assert caught.value.reason == f"not valid Turtle: {reason}"


def test_rdf_without_a_known_reason() -> None:
    """The text of the library stays out."""
    unknown = "not valid Turtle: it breaks the rules of this syntax"
    assert rdf_reason("Turtle", "'NoneType' object has no attribute 'x'") == unknown
