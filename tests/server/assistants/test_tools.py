"""The tools without the protocol: shapes, bounds and what they read.

Covers `server/assistants/outputs`, `server/assistants/readers`.
"""

from __future__ import annotations

import json

import anyio
import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from semsearch.core.answers import Related
from semsearch.core.entries import Details, Entry, Source
from semsearch.core.errors import EntryNotFound, InvalidQuestion
from semsearch.search.glossary import Glossary
from semsearch.server.assistants.outputs import DEFINITION_CHARS, FetchOutput, SearchOutput
from semsearch.server.assistants.readers import LocalReader
from semsearch.server.assistants.tools import INSTRUCTIONS, TOOLS
from semsearch.server.serialize import to_json
from semsearch.web import Site

URL = "https://words.example/"
ARGUMENTS = {
    "search": {"query": "whisk"},
    "fetch": {"id": "whisk"},
    "related_terms": {"id": "whisk"},
}


@pytest.mark.parametrize("name", TOOLS)
def test_outputs_are_of_their_schemas(glossary: Glossary, name: str) -> None:
    """A client may hold what a tool returns against the schema that it declares."""
    tool = TOOLS[name]
    output = anyio.run(tool.call, ARGUMENTS[name], LocalReader(glossary, URL))
    schema = tool.output_schema
    assert schema["type"] == "object"
    Draft202012Validator(schema).validate(output)
    assert tool.output_schema is schema, "each list of the tools would make it anew"
    Draft202012Validator(tool.input_schema).validate(ARGUMENTS[name])
    assert json.loads(json.dumps(output)) == output


def test_three_tools_with_a_line_each() -> None:
    """The descriptions cost an assistant little, and the instructions forbid inventing."""
    assert list(TOOLS) == ["search", "fetch", "related_terms"]
    assert all(0 < len(tool.about) <= 90 and "\n" not in tool.about for tool in TOOLS.values())
    assert "Never invent a definition" in INSTRUCTIONS
    assert "no_close_match" in INSTRUCTIONS


def test_the_search_is_that_of_python(glossary: Glossary) -> None:
    """The same hits in the same order, with confidence and verdict."""
    answer = glossary.ask("tool that beats air into eggs", k=4)
    arguments = {"query": answer.query, "limit": 4}
    found = anyio.run(TOOLS["search"].call, arguments, LocalReader(glossary, URL))
    assert [one["id"] for one in found["results"]] == [hit.entry.id for hit in answer.hits]
    assert (found["verdict"], found["confidence"]) == (answer.verdict, answer.confidence)
    assert found["results"][0]["url"] == "https://words.example/entry/kitchen:whisk"


def test_long_definitions_are_cut_in_lists_and_whole_when_fetched() -> None:
    """A list never fills the context of an assistant."""
    entry = Entry(
        "kitchen:roux",
        "Roux",
        "Flour and fat. " * 100,
        "kitchen",
        source=Source("/home/ann/kitchen.md", 7),
        details=Details(category="sauces", status="approved"),
    )
    hit = {
        "id": entry.id,
        "term": entry.term,
        "definition": entry.definition,
        "glossary": "kitchen",
        "matched_by": "exact",
        "similarity": 1.0,
        "status": "deprecated: use panade",
        "outdated": True,
    }
    answer = {"verdict": "exact", "confidence": 1.0, "no_close_match": False, "repaired": None}
    (result,) = SearchOutput.of(json.dumps({**answer, "hits": [hit]}).encode(), Site()).results
    assert DEFINITION_CHARS - 20 < len(result.definition) <= DEFINITION_CHARS
    assert result.definition.endswith(" …")
    assert not result.url
    assert (result.status, result.outdated) == ("deprecated: use panade", True)
    whole = FetchOutput.of(Related(entry, (), (), (), ()), Site())
    assert whole.text.count("Flour and fat.") == 100
    assert whole.metadata == {
        "glossary": "kitchen",
        "language": "en",
        "category": "sauces",
        "status": "approved",
        "source": "kitchen.md:7",
    }


def test_what_cannot_be_asked(glossary: Glossary) -> None:
    """Arguments are checked, and errors are those of the library."""
    reader = LocalReader(glossary, "")
    for name, arguments in (
        ("search", {}),
        ("search", {"query": "soup", "limit": 0}),
        ("search", {"query": "soup", "lang": "en"}),
        ("fetch", {"id": ""}),
    ):
        with pytest.raises(ValidationError):
            anyio.run(TOOLS[name].call, arguments, reader)
    with pytest.raises(InvalidQuestion):
        anyio.run(TOOLS["search"].call, {"query": " "}, reader)
    with pytest.raises(EntryNotFound):
        anyio.run(TOOLS["related_terms"].call, {"id": "spoon"}, reader)


def test_answers_may_have_members_that_a_tool_leaves_out(glossary: Glossary) -> None:
    """The shape of an answer may grow."""
    answer = json.loads(to_json(glossary.ask("whisk")))
    assert SearchOutput.of(json.dumps({**answer, "new": 1}).encode(), Site()).verdict == "exact"
