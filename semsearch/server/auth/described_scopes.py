"""Declares the scope that each operation requires, and how it refuses, in the description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from semsearch.server.auth.keys import KeyScope
from semsearch.server.auth.permissions import OPEN, REQUIRED_SCOPES, Authenticator
from semsearch.server.http import problem_types, problems
from semsearch.server.http.openapi import example
from semsearch.server.http.paths import HEALTH_PATHS


def describe(
    schema: dict[str, Any], routes: Iterable[BaseRoute], authenticator: Authenticator
) -> None:
    """Add the required scope of each operation, and its refusals, to an interface description.

    Args:
        schema: the description, which this changes.
        routes: all routes.
        authenticator: knows which of them need no key.
    """
    schema["components"]["securitySchemes"] = {
        "accessKey": {
            "type": "http",
            "scheme": "bearer",
            "description": "An access key, made with `semsearch keys create`.",
        }
    }
    for route in routes:
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        needed = REQUIRED_SCOPES[route.name]
        for method in route.methods or ():
            operation = schema["paths"][route.path_format][method.lower()]
            is_free = authenticator.needs_no_key(route.name, needed)
            operation["security"] = _security(needed, is_free=is_free)
            for kind in _refusals(route, needed):
                _declare(operation["responses"], kind)


def _refusals(route: APIRoute, needed: KeyScope | None) -> Iterator[problem_types.ProblemType]:
    """Yield what may be refused before the function of a route is called."""
    yield from _REFUSALS if needed else (problem_types.KEY_IN_ADDRESS,)
    yield problem_types.LARGE_HEAD
    if route.path not in HEALTH_PATHS:
        yield problem_types.WRONG_HOST
        yield problem_types.TOO_MANY_CONNECTIONS
    if "{" in route.path:  # a line break, among others, is in no path of a route
        yield problem_types.NOT_FOUND


_REFUSALS = (
    problem_types.KEY_IN_ADDRESS,
    problem_types.KEY_NEEDED,
    problem_types.KEY_REFUSED,
    problem_types.NOT_PERMITTED,
    problem_types.TOO_MANY_REQUESTS,
    problem_types.KEYS_UNREADABLE,
)


def _security(needed: KeyScope | None, *, is_free: bool) -> list[dict[str, list[str]]]:
    """Return the security requirements of an operation, of which one must be met."""
    if needed is OPEN:
        return []
    key = {"accessKey": [str(needed)]}
    return [{}, key] if is_free else [key]


def _declare(responses: dict[str, Any], kind: problem_types.ProblemType) -> None:
    """Declare a problem, joined with others of the same status."""
    known = responses.setdefault(
        str(kind.status),
        {
            "description": "",
            "content": {
                problems.MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {},
                }
            },
        },
    )
    known["description"] += f"; or: {kind.title}" if known["description"] else kind.title
    known["content"][problems.MEDIA_TYPE]["examples"] |= example(kind)
    if kind.status == problem_types.KEY_NEEDED.status:
        challenge = {"description": "How to ask (RFC 6750).", "schema": {"type": "string"}}
        known["headers"] = {"WWW-Authenticate": challenge}
