"""The three tools: `search`, `fetch` and `related_terms`. None of them changes anything.

This module knows nothing of the protocol; `protocol.py` offers the tools.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import Field, TypeAdapter

from semsearch.server.assistants.outputs import FetchOutput, RelatedOutput, SearchOutput
from semsearch.server.assistants.readers import GlossaryReader
from semsearch.server.schemas.base import StrictModel, Wire
from semsearch.text.questions import MAX_QUESTION_CHARS

_Json = dict[str, Any]
"""An output as JSON values."""
_Make = Callable[[Any], _Json]

MAX_RESULTS = 20
"""Most entries that a tool lists."""
DEFAULT_RESULTS = 5
RELATED_IN_TEXT = 5
"""Related entries of each kind in the text of an entry."""

INSTRUCTIONS = """\
This server holds glossaries: terms with definitions that their owners wrote. Use `search` with a \
term, an acronym or a description in plain language, `fetch` for a whole entry, and `related_terms` \
for what is near an entry.
Never invent a definition, and never add to one from other knowledge: a term means here what its \
entry says.
If `no_close_match` is true, say that the glossary has no entry for it; the results are only the \
nearest entries, so offer them as such. If `verdict` is `possible`, say that the answer is uncertain.
If a result is `outdated`, say so, with its `status`, which may name the term to use.
Quote definitions as they stand, and cite `url` if there is one.
"""


class SearchArguments(StrictModel):
    """Arguments of `search`."""

    query: str = Field(
        min_length=1,
        max_length=MAX_QUESTION_CHARS,
        description="A term, an acronym, or a description in plain language.",
    )
    limit: int = Field(DEFAULT_RESULTS, ge=1, le=MAX_RESULTS, description="Results wanted.")
    glossary: str | None = Field(None, description="Search only this glossary; all by default.")


class FetchArguments(StrictModel):
    """Arguments of `fetch`."""

    id: str = Field(min_length=1, description="The id of an entry, or its term, alias or acronym.")


class RelatedArguments(StrictModel):
    """Arguments of `related_terms`."""

    id: str = Field(min_length=1, description="The id of an entry, or its term, alias or acronym.")
    limit: int = Field(DEFAULT_RESULTS, ge=1, le=MAX_RESULTS, description="Entries of each kind.")


async def search(given: SearchArguments, reader: GlossaryReader, make: _Make) -> _Json:
    """Return what is made of the answer to a query."""
    return await reader.ask(given.query, given.limit, given.glossary, make)


async def fetch(given: FetchArguments, reader: GlossaryReader, make: _Make) -> _Json:
    """Return what is made of one entry."""
    return await reader.related(given.id, RELATED_IN_TEXT, make)


async def related_terms(given: RelatedArguments, reader: GlossaryReader, make: _Make) -> _Json:
    """Return what is made of the entries related to one."""
    return await reader.related(given.id, given.limit, make)


@dataclass(frozen=True)
class GlossaryTool:
    """A tool: its name, one line about it, and what it takes, reads and returns."""

    name: str
    about: str
    arguments: type[StrictModel]
    read: Callable[[Any, GlossaryReader, _Make], Awaitable[_Json]]
    output: type[SearchOutput | FetchOutput | RelatedOutput]

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.output)

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments."""
        return self.arguments.model_json_schema()

    @cached_property
    def output_schema(self) -> dict[str, Any]:
        """JSON Schema of the structured output."""
        return self._adapter.json_schema()

    async def call(self, arguments: Mapping[str, Any], reader: GlossaryReader) -> _Json:
        """Run the tool and return its output as JSON values.

        Raises:
            pydantic.ValidationError: an argument is not valid.
            SemsearchError, Overloaded: see `GlossaryReader`.
        """
        given = self.arguments.model_validate(dict(arguments))
        return await self.read(
            given, reader, lambda found: self._write(self.output.of(found, reader.site))
        )

    def _write(self, output: Wire) -> _Json:
        values: _Json = self._adapter.dump_python(output, mode="json")
        return values


TOOLS = {
    tool.name: tool
    for tool in (
        GlossaryTool(
            "search",
            "Search the glossaries for a term, an acronym or a description in plain language.",
            SearchArguments,
            search,
            SearchOutput,
        ),
        GlossaryTool(
            "fetch",
            "Fetch one glossary entry, whole, by its id or name.",
            FetchArguments,
            fetch,
            FetchOutput,
        ),
        GlossaryTool(
            "related_terms",
            "List what authors link to a glossary entry, and entries of similar meaning.",
            RelatedArguments,
            related_terms,
            RelatedOutput,
        ),
    )
}
"""The tools by name, in the order in which they are listed."""
