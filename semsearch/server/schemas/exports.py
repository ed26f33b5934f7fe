"""JSON shape of what an export loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from semsearch.exporters.export import Loss
from semsearch.server.schemas.base import Wire


@dataclass(slots=True)
class WireExportLoss(Wire):
    """What a format cannot hold of an entry, or not as it is."""

    id: Annotated[str, Field(description="Of the entry.", examples=["deep-learning:dropout"])]
    lost: Annotated[
        tuple[str, ...],
        Field(
            description="The parts, by the names that an entry has for them; `entry` is all of it.",
            examples=[["see_also", "notation"]],
        ),
    ]

    @classmethod
    def of(cls, loss: Loss) -> Self:
        """Return the shape of a loss."""
        return cls(loss.id, loss.parts)
