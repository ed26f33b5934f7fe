"""JSON shapes of the inbox: what readers suggest, and what owners decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from semsearch.server.routes.parameters import GlossaryName
from semsearch.server.schemas.base import BodyModel, OptionalText, StrictModel, Wire
from semsearch.server.schemas.edits import EntryContent, EntryPatch
from semsearch.storage.feedback.inbox import InboxState, ReaderSuggestion

MAX_TERM_CHARS = 300
MAX_TEXT_CHARS = 2_000
MAX_ID_CHARS = 1_000

_ID = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


class NewSuggestion(BodyModel):
    """A missing term (`term` and `glossary`), or a change of an entry (`entry`)."""

    entry: str | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_ID_CHARS,
        description="The id of the entry to change.",
        examples=[None],
    )
    term: str | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_TERM_CHARS,
        description="The missing term.",
        examples=["Early stopping"],
    )
    glossary: GlossaryName | None = Field(
        default=None, description="Where the term is missing.", examples=["deep-learning"]
    )
    text: str = Field(
        min_length=1,
        max_length=MAX_TEXT_CHARS,
        description="What it means, or what should be changed.",
        examples=["Ending the training when the error on other data grows."],
    )

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        stated = (self.entry is not None, self.term is not None, self.glossary is not None)
        if stated not in ((True, False, False), (False, True, True)):
            raise ValueError("state an entry, or a term with its glossary")
        return self


class InboxQuery(StrictModel):
    """Parameters of the list."""

    state: InboxState = Field(
        default=InboxState.OPEN, description="Which suggestions.", examples=["open"]
    )


class Decision(BodyModel):
    """What becomes of a suggestion."""

    accepted: bool = Field(description="False refuses it.", examples=[False])
    reason: str = Field(
        default="",
        max_length=MAX_TEXT_CHARS,
        description="Needed to refuse; whoever suggested it may read it.",
        examples=["It is described at Epoch."],
    )
    add: EntryContent | None = Field(
        default=None,
        description="The entry that accepting a missing term adds to its glossary.",
        examples=[None],
    )
    change: EntryPatch | None = Field(
        default=None,
        description="What accepting a change changes of its entry.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _check_edit(self) -> Self:
        if not self.accepted and (self.add or self.change):
            raise ValueError("a suggestion that is refused edits no entry")
        return self


@dataclass(slots=True)
class WireInboxItem(Wire):
    """A suggestion of a reader."""

    id: Annotated[str, Field(description="Random; whoever has it may read this.", examples=[_ID])]
    made: Annotated[str, Field(examples=["2027-03-01T12:00:00+00:00"])]
    glossary: Annotated[str, Field(examples=["deep-learning"])]
    entry: Annotated[
        OptionalText,
        Field(description="The id of the entry to change.", examples=["deep-learning:epoch"]),
    ]
    term: Annotated[
        str, Field(description="The missing term, or that of the entry.", examples=["Epoch"])
    ]
    text: Annotated[str, Field(examples=["It can be a part of the data, too."])]
    state: Annotated[InboxState, Field(examples=["refused"])]
    reason: Annotated[
        OptionalText, Field(description="Of the decision.", examples=["That is a batch."])
    ]

    @classmethod
    def of(cls, one: ReaderSuggestion) -> Self:
        """Return the shape of a suggestion."""
        return cls(
            one.id,
            one.made.isoformat(),
            one.glossary,
            one.entry or None,
            one.term,
            one.text,
            one.state,
            one.reason or None,
        )
