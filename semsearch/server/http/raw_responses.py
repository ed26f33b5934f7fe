"""Whole responses as bytes, for what a connection refuses without the application."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus

from starlette.responses import Response

from semsearch.server.http import problem_types
from semsearch.server.http.error_responses import TOO_MANY_WAIT, error_page, problem_response
from semsearch.server.http.middleware import SECURITY_HEADERS
from semsearch.web import Site

_DETAILS = {
    problem_types.MALFORMED_REQUEST.slug: "the bytes received are not an HTTP/1.1 request",
    problem_types.LARGE_HEAD.slug: "the head has more than 16 KiB or 100 fields; send less",
    problem_types.TOO_MANY_CONNECTIONS.slug: "too many connections are open, of this address or in "
    "all; close some",
}

_ALWAYS = {"Cache-Control": "no-store", **SECURITY_HEADERS}
_CLOSING = {"Connection": "close", **_ALWAYS}


def problem_bytes(kind: problem_types.ProblemType) -> bytes:
    """Return the response to what a connection refuses, which ends it."""
    return _bytes_of(problem_response(kind, _DETAILS[kind.slug], headers=_CLOSING))


@lru_cache(64)
def overload_bytes(page_root: str | None) -> bytes:
    """Return the response of an overloaded service as bytes: a problem, or a page at this place."""
    if page_root is None:
        response = problem_response(problem_types.OVERLOADED, TOO_MANY_WAIT)
    else:
        response = error_page(problem_types.OVERLOADED, TOO_MANY_WAIT, Site(page_root))
    response.headers.update(_ALWAYS)
    return _bytes_of(response)


def _bytes_of(response: Response) -> bytes:
    status = response.status_code
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode("ascii")]
    lines += [name + b": " + value for name, value in response.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(response.body)])
