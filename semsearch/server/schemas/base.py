"""Base classes of the JSON shapes of answers, and of the models of requests.

A shape is a slotted dataclass that `of` makes from the library's own type and that
`pydantic.TypeAdapter` writes. The same class declares the shape in the interface description.
Shapes are not frozen, since making a frozen dataclass takes three times as long.
"""

from __future__ import annotations

import operator
from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field

_Item = TypeVar("_Item")

Listed = Annotated[list[_Item], Field(fail_fast=True)]
"""A list in a request, of which only the first fault is told: each costs up to 75 microseconds."""


class StrictModel(BaseModel):
    """A model that refuses unknown members."""

    model_config = ConfigDict(extra="forbid")


class BodyModel(StrictModel):
    """A model of a JSON body, which converts no types."""

    model_config = ConfigDict(strict=True)


class Wire:
    """A JSON shape. The interface description names it by its title: the class without `Wire`."""

    __slots__ = ()
    __pydantic_config__: ClassVar[ConfigDict]

    def __init_subclass__(cls) -> None:
        """Title the shape, and allow no other members."""
        title = cls.__name__.removeprefix("Wire")
        cls.__pydantic_config__ = ConfigDict(title=title, extra="forbid")


WRITTEN_IF_STATED = Field(default=None, exclude_if=operator.not_)
"""Leaves out a member that is empty or false."""

OptionalText = Annotated[str | None, WRITTEN_IF_STATED]
"""A text that most entries lack: the member is left out where it is empty.

The annotation has the default, so that `of` can give every member by position, which is fastest.
"""
OptionalNumber = Annotated[int | None, Field(default=None, exclude_if=lambda value: value is None)]
"""A number that few have: the member is left out where there is none."""
OptionalFlag = Annotated[bool | None, WRITTEN_IF_STATED]
"""What is true of few entries: the member is left out where it is false."""
OptionalTexts = Annotated[tuple[str, ...] | None, WRITTEN_IF_STATED]
"""Several texts that most entries lack: the member is left out where there is none."""
OptionalFields = Annotated[dict[str, str] | None, WRITTEN_IF_STATED]
"""Names and texts that most entries lack: the member is left out where there is none."""
