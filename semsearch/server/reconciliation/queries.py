"""Query batches of both versions, read as the same `EntityQuery`.

Version 0.2 has an object of queries with `query` and `properties`, version 1.0-draft a list of
queries with `conditions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from semsearch.server.http.problem_types import TOO_LARGE
from semsearch.server.http.problems import Refused
from semsearch.server.schemas.base import BodyModel, Listed
from semsearch.text.questions import MAX_QUESTION_CHARS

MAX_QUERIES = 50
"""Most queries of one batch, as the manifest says."""
MAX_SEARCHES = 4 * MAX_QUERIES
"""Most searches of one batch: texts of its queries, each in every glossary that it names. It may
have as many ids beside them."""
MAX_CANDIDATES = 20
"""Most candidates for one query. A query that asks for more gets so many."""
DEFAULT_CANDIDATES = 5

NAME, ID = "name", "id"
"""What a condition is about if it is no property."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What the values of an entry should be."""

    about: str
    """`name`, `id`, or the id of a property."""
    values: tuple[str, ...]
    is_required: bool = False
    quantifier: Literal["any", "all", "none"] = "any"

    def is_met(self, stated: Sequence[str]) -> bool:
        """Whether the values of an entry, in lower case, are as they should be."""
        met = [value.strip().casefold() in stated for value in self.values]
        if self.quantifier == "none":
            return not any(met)
        return all(met) if self.quantifier == "all" else any(met)


@dataclass(frozen=True, slots=True)
class EntityQuery:
    """One query: what to ask, what must hold of the candidates, and how many are wanted.

    `texts` are asked as questions, `ids` are looked up.
    """

    texts: tuple[str, ...]
    ids: tuple[str, ...]
    conditions: tuple[Condition, ...]
    types: tuple[str, ...]
    limit: int

    @classmethod
    def of(cls, conditions: Sequence[Condition], types: Sequence[str], limit: int | None) -> Self:
        """Return the query with these conditions.

        Names and ids are asked for and are no conditions, unless they are excluded. Without any,
        the values of the properties are asked for.
        """
        wanted = [one for one in conditions if one.quantifier != "none"]
        names = [text for one in wanted if one.about == NAME for text in one.values]
        ids = [text for one in wanted if one.about == ID for text in one.values]
        others = [one for one in conditions if one not in wanted or one.about not in (NAME, ID)]
        if not (names or ids):
            names = [text for one in wanted for text in one.values]
        return cls(
            tuple(dict.fromkeys(" ".join(text.split())[:MAX_QUESTION_CHARS] for text in names)),
            tuple(dict.fromkeys((*ids, *(text for text in names if ":" in text)))),
            tuple(others),
            tuple(dict.fromkeys(types)),
            DEFAULT_CANDIDATES if limit is None else min(limit, MAX_CANDIDATES),
        )


class EntityValue(BaseModel):
    """A value that is an entity itself."""

    id: str
    name: str | None = None


_Value = str | int | float | bool | EntityValue
_Values = _Value | Listed[_Value]
_Limit = Annotated[int, Field(ge=1, description="Candidates wanted; 20 at most.", examples=[5])]


def _texts(values: _Values) -> tuple[str, ...]:
    listed = values if isinstance(values, list) else [values]
    return tuple(
        (value.name or value.id) if isinstance(value, EntityValue) else str(value)
        for value in listed
    )


class _StatedProperty(BaseModel):
    """A property and its values, in version 0.2."""

    pid: str
    v: _Values


class _Query(BodyModel):
    """A query of version 0.2."""

    query: str | None = None
    type: str | Listed[str] | None = None
    type_strict: Literal["any", "should", "all"] | None = None
    limit: _Limit | None = None
    properties: Listed[_StatedProperty] = Field(default=[])

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.query is None and not self.properties:
            raise ValueError("a query has `query` or `properties`")
        return self

    def read(self) -> EntityQuery:
        """Return the query."""
        named = [] if self.query is None else [Condition(NAME, (self.query,))]
        stated = [Condition(one.pid, _texts(one.v)) for one in self.properties]
        types = [self.type] if isinstance(self.type, str) else self.type or []
        return EntityQuery.of([*named, *stated], types, self.limit)


BATCH: TypeAdapter[dict[str, _Query]] = TypeAdapter(dict[str, _Query])
"""A batch of version 0.2: queries by keys that the client chooses."""


class MatchCondition(BaseModel):
    """What the name, the id or a property of an entry should be."""

    model_config = ConfigDict(strict=True, extra="ignore", title="MatchCondition")

    matchType: Literal["name", "id", "property"]
    propertyValue: _Values = Field(examples=["dropouts"])
    propertyId: str | None = Field(None, description="Needed if `matchType` is `property`.")
    required: bool = Field(False, description="Leave out candidates that do not meet it.")
    matchQuantifier: Literal["any", "all", "none"] = Field(
        "any", description="How many of the values must be met."
    )

    @model_validator(mode="after")
    def _names_a_property(self) -> Self:
        if self.matchType == "property" and self.propertyId is None:
            raise ValueError("a condition about a property has `propertyId`")
        return self

    def read(self) -> Condition:
        """Return the condition."""
        about = self.propertyId if self.matchType == "property" else self.matchType
        texts = _texts(self.propertyValue)
        return Condition(about or "", texts, self.required, self.matchQuantifier)


class MatchQuery(BodyModel):
    """A query of version 1.0-draft."""

    conditions: Listed[MatchCondition] = Field(min_length=1)
    type: str | None = Field(None, description="Only this glossary.", examples=["deep-learning"])
    limit: _Limit | None = None
    lang: str | None = Field(None, description="Of the texts; not used.")
    dir: str | None = Field(None, description="Of the texts; not used.")

    def read(self) -> EntityQuery:
        """Return the query."""
        types = [] if self.type is None else [self.type]
        return EntityQuery.of([one.read() for one in self.conditions], types, self.limit)


class MatchBatch(BodyModel):
    """A batch of version 1.0-draft."""

    queries: Listed[MatchQuery] = Field(description=f"{MAX_QUERIES} at most.")


def check_size(count: int, most: int = MAX_QUERIES, what: str = "queries") -> None:
    """Refuse a batch that asks for too much.

    Raises:
        Refused: it does.
    """
    if count > most:
        raise Refused(TOO_LARGE, f"{count:,} {what} are in one batch; send {most} at most")
