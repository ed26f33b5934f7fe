"""JSON shape of a glossary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from semsearch.core.index_info import GlossaryInfo
from semsearch.server.schemas.base import Wire


@dataclass(slots=True)
class WireGlossaryInfo(Wire):
    """One glossary of the index."""

    name: Annotated[str, Field(examples=["deep-learning"])]
    entries: Annotated[int, Field(examples=[20])]

    @classmethod
    def of(cls, info: GlossaryInfo) -> Self:
        """Return the shape of a glossary."""
        return cls(info.name, info.entries)
