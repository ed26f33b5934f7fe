"""Requests to edit entries: their bodies, and the parameters of an import."""

from __future__ import annotations

from typing import Any

import pydantic_core
from pydantic import Field, model_validator

from semsearch.core.entries import DETAILS, NO_DETAILS, Details
from semsearch.ingest.drafts import Draft
from semsearch.server.schemas.base import BodyModel, Listed, StrictModel

_Names = Listed[str]


class EntryContent(BodyModel):
    """The complete content of an entry. Omitted members become empty."""

    term: str = Field(examples=["Dropout"])
    definition: str = Field(examples=["Random neurons are ignored during training."])
    aliases: _Names = Field(default=[], examples=[["dropout regularization"]])
    language: str = Field(default="en", examples=["en"])
    see_also: _Names = Field(
        default=[],
        description="Entries it links to, by id or name.",
        examples=[["deep-learning:overfitting"]],
    )

    category: str = Field(default="", examples=["training"])
    notation: str = Field(
        default="", description="Its code in a classification.", examples=["DL-07"]
    )
    status: str = Field(default="", examples=["approved"])
    iri: str = Field(
        default="",
        description="IRI of the concept, or the id of its entry in the main language.",
        examples=["https://example.org/terms/dropout"],
    )
    examples: _Names = Field(default=[], description="Examples of its use.", examples=[[]])
    sources: _Names = Field(default=[], description="Sources of the definition.", examples=[[]])
    broader: _Names = Field(default=[], description="By id or name, as `see_also`.", examples=[[]])
    narrower: _Names = Field(default=[], description="By id or name.", examples=[[]])
    related: _Names = Field(default=[], description="By id or name.", examples=[[]])
    hidden_labels: _Names = Field(
        default=[], description="Names that find it and are not shown.", examples=[[]]
    )
    name_languages: _Names = Field(
        default=[],
        description="Names in another language than the definition, with their tags.",
        examples=[["Ausfall@de"]],
    )
    asked_as: _Names = Field(
        default=[],
        description="Phrases by which people ask for it, at most 64 of 300 characters.",
        examples=[["what stops a network from memorising its data?"]],
    )
    markdown: str = Field(
        default="",
        description="The definition in Markdown; its plain text is the definition.",
        examples=["Random neurons are **ignored** during training."],
    )
    extra: dict[str, str] = Field(
        default={},
        description="Other fields, by name: at most 64 of 2,000 characters.",
        examples=[{"Owner": "Jane Doe"}],
    )

    def draft(self) -> Draft:
        """Return the draft of the entry."""
        aliases, see_also = tuple(self.aliases), tuple(self.see_also)
        details = Details.of({name: getattr(self, name) for name in DETAILS})
        return Draft(self.term, self.definition, aliases, self.language, see_also, details)


class NewEntry(EntryContent):
    """An entry to be added."""

    glossary: str = Field(
        description="The glossary; created if it does not exist.", examples=["deep-learning"]
    )
    id: str | None = Field(
        default=None,
        description="Its id behind the glossary; made of the term by default.",
        examples=["dropout"],
    )


class EntryPatch(BodyModel):
    """A change of an entry (JSON Merge Patch, RFC 7396): null removes a member."""

    term: str | None = Field(default=None, examples=["Dropout"])
    definition: str | None = Field(default=None, examples=["Random neurons are ignored."])
    aliases: _Names | None = Field(default=None, examples=[[]])
    language: str | None = Field(default=None, examples=["en"])
    see_also: _Names | None = Field(default=None, examples=[[]])
    category: str | None = Field(default=None, examples=["training"])
    notation: str | None = Field(default=None, examples=["DL-07"])
    status: str | None = Field(default=None, examples=["approved"])
    iri: str | None = Field(default=None, examples=["https://example.org/terms/dropout"])
    examples: _Names | None = Field(default=None, examples=[[]])
    sources: _Names | None = Field(default=None, examples=[[]])
    broader: _Names | None = Field(default=None, examples=[[]])
    narrower: _Names | None = Field(default=None, examples=[[]])
    related: _Names | None = Field(default=None, examples=[[]])
    hidden_labels: _Names | None = Field(default=None, examples=[[]])
    name_languages: _Names | None = Field(default=None, examples=[[]])
    asked_as: _Names | None = Field(default=None, examples=[[]])
    markdown: str | None = Field(
        default=None,
        description="Given alone, the definition becomes its plain text; a new definition without "
        "it removes it.",
        examples=["Random neurons are **ignored**."],
    )
    extra: dict[str, str | None] | None = Field(
        default=None,
        description="Merged with the present fields; null removes one, or all of them.",
        examples=[{"Owner": "Jane Doe", "Team": None}],
    )

    @model_validator(mode="after")
    def _require_term_and_definition(self) -> EntryPatch:
        for name in ("term", "definition"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise pydantic_core.PydanticCustomError(
                    "needed", f"an entry has a {name}, which cannot be removed"
                )
        return self

    def changes(self) -> dict[str, Any]:
        """Return the new values of the given members; null becomes the value of an empty one."""
        if_removed = {"aliases": (), "language": "en", "see_also": ()}
        given = {name: getattr(self, name) for name in self.model_fields_set}
        details = {name: given.pop(name) for name in DETAILS if name in given}
        return {
            **{name: if_removed[name] if v is None else v for name, v in given.items()},
            "details": {
                name: getattr(NO_DETAILS, name) if v is None else _detail(v)
                for name, v in details.items()
            },
        }


def _detail(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class RestoredRevision(BodyModel):
    """The revision to restore."""

    revision: int = Field(
        ge=1, lt=2**63, description="One that the history lists, or any since.", examples=[21]
    )


class DeletionQuery(StrictModel):
    """Parameters of a deletion."""

    successor: str | None = Field(
        default=None,
        max_length=1000,
        description="Id of another entry of its glossary, into which it was merged: the address of "
        "the deleted entry leads there.",
        examples=["deep-learning:dropout"],
    )


class ImportQuery(StrictModel):
    """Parameters of an import."""

    glossary: str = Field(
        min_length=1,
        max_length=300,
        description="Name of the glossary that receives the entries.",
        examples=["deep-learning"],
    )
    dry_run: bool = Field(
        default=False, description="Only report what would be done.", examples=[True]
    )
    strict: bool = Field(
        default=False, description="Import nothing when a record is refused.", examples=[True]
    )
