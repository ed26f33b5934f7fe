"""Problem details (RFC 9457): their shape, and the exception by which a route refuses a request.

A detail says what was wrong and what to do. It does not repeat a rejected value, unless an error of
the library quotes it. What went wrong inside the service is logged, and never sent.
`problem_types.py` has the types, `error_responses.py` makes the responses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ConfigDict, Field
from starlette.exceptions import HTTPException

from semsearch.server.http.problem_types import INVALID_REQUEST, ProblemType
from semsearch.server.schemas.base import StrictModel

MEDIA_TYPE = "application/problem+json"

MAX_PARAMS = 10
"""Most faults that one answer lists, so that a huge bad request gets a small reply."""

MAX_NAME_CHARS = 64
"""Longest name of an unknown parameter that an answer repeats."""


class InvalidParam(StrictModel):
    """One fault of a request, with its place: a parameter's name or a JSON Pointer."""

    model_config = ConfigDict(title="Part")

    detail: str = Field(examples=["input should be less than or equal to 100"])
    parameter: str | None = Field(default=None, examples=["limit"])
    pointer: str | None = Field(default=None, description="JSON Pointer (RFC 6901) into the body.")


class Problem(StrictModel):
    """What every error answers (RFC 9457)."""

    type: str = Field(examples=[INVALID_REQUEST.uri])
    title: str = Field(examples=[INVALID_REQUEST.title])
    status: int = Field(examples=[INVALID_REQUEST.status])
    detail: str = Field(examples=["limit: input should be less than or equal to 100"])
    errors: list[InvalidParam] | None = Field(
        default=None, description="Each fault, where there are several."
    )
    request_id: str | None = Field(
        default=None, description="Where the server's log has the details."
    )


class Refused(HTTPException):
    """A request that the server refuses.

    Args:
        kind: the type of the problem.
        detail: what was wrong with this request.
        params: each fault with its place, where faults have one.
        headers: further headers of the response.
    """

    def __init__(
        self,
        kind: ProblemType,
        detail: str,
        params: Sequence[InvalidParam] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.status, detail, headers)
        self.kind = kind
        self.params = params
