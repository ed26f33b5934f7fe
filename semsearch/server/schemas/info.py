"""JSON shape of how a service stands: what it shows, and what it follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from semsearch.core.index_info import FollowInfo, IndexInfo
from semsearch.server.schemas.base import Wire


@dataclass(slots=True)
class WireFollowInfo(Wire):
    """What a mirror follows, and how it stands."""

    url: Annotated[
        str | None,
        Field(
            description="Its address, for keys that may edit; null for others.",
            examples=["https://glossary.example.org"],
        ),
    ]
    position: Annotated[
        int, Field(description="The revision up to which it has all changes.", examples=[21])
    ]
    in_step_ago_s: Annotated[
        float | None,
        Field(
            description="Seconds since it last had all changes; null if it never had.",
            examples=[0.4],
        ),
    ]
    has_problem: Annotated[
        bool,
        Field(
            description="Whether it cannot follow at the moment; `semsearch info` says why.",
            examples=[False],
        ),
    ]

    @classmethod
    def of(cls, follows: FollowInfo, *, shows_url: bool) -> Self:
        """Return the shape of it."""
        url = follows.url if shows_url else None
        return cls(url, follows.position, follows.in_step_ago_s, bool(follows.problem))


@dataclass(slots=True)
class WireServiceInfo(Wire):
    """The state that a service shows."""

    generation: Annotated[int, Field(examples=[3])]
    revision: Annotated[
        int, Field(description="Of the store, with the edits that are shown.", examples=[21])
    ]
    model: Annotated[str, Field(examples=["semsearch-definitions-v4"])]
    fingerprint: Annotated[str, Field(description="Of the encoder.", examples=["4c01e7f2"])]
    presentation: Annotated[
        str,
        Field(description="Changes with titles, colours and logo.", examples=["9be1c07d52a8f3e4"]),
    ]
    common_questions: Annotated[
        str,
        Field(
            description="Changes with the questions of common concepts that entries are found by; "
            "empty if the index was built without them.",
            examples=["1-5f0c2a9d41b7e836"],
        ),
    ]
    follows: Annotated[
        WireFollowInfo | None, Field(description="The service that it mirrors, if it does.")
    ]

    @classmethod
    def of(
        cls, info: IndexInfo, presentation: str, follows: FollowInfo | None, *, shows_url: bool
    ) -> Self:
        """Return the shape of an open index.

        Args:
            info: of it.
            presentation: a hash of how it is shown.
            follows: what it follows now.
            shows_url: whether the caller may see the address of that, which may be an inner one.
        """
        return cls(
            info.generation,
            info.revision,
            info.model,
            info.fingerprint,
            presentation,
            info.common_questions.digest,
            WireFollowInfo.of(follows, shows_url=shows_url) if follows else None,
        )
