"""The scope that each route requires, and the guard before each route.

`create_app` fails if a route is missing from the table. A key is read only from the header
`Authorization: Bearer KEY` (RFC 6750).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from semsearch.core.errors import KeyRefused
from semsearch.server.auth.key_store import KeyRing
from semsearch.server.auth.keys import ANYBODY, Caller, KeyScope, is_key
from semsearch.server.http import problem_types, problems
from semsearch.server.http.openapi import example
from semsearch.server.http.problems import Refused

OPEN = None
"""No key is required. Such a route says nothing about the index."""

SEARCH, EDIT, ADMIN = KeyScope

REQUIRED_SCOPES: Mapping[str, KeyScope | None] = {
    "search": SEARCH,
    "search_batch": SEARCH,
    "suggest": SEARCH,
    "related": SEARCH,
    "map_part": SEARCH,
    "map_question": SEARCH,
    "similarity": SEARCH,
    "map_page": SEARCH,
    "entry": SEARCH,
    "glossaries": SEARCH,
    "export_glossary": SEARCH,
    "export_losses": SEARCH,
    "history": SEARCH,
    "changes": SEARCH,
    "add": EDIT,
    "put": EDIT,
    "change": EDIT,
    "delete": EDIT,
    "restore": EDIT,
    "import_records": EDIT,
    "livez": OPEN,
    "readyz": OPEN,
    "landing": SEARCH,
    "entry_page": SEARCH,
    "glossaries_page": SEARCH,
    "glossary_page": SEARCH,
    "llms_page": SEARCH,
    "suggestions": SEARCH,
    "opensearch": OPEN,
    "widget_script": OPEN,
    "widget_page": OPEN,
    "llms_full_page": SEARCH,
    "docs": OPEN,
    "problem": OPEN,
    "openapi": OPEN,
    "swagger": OPEN,
    "static": OPEN,
    "assets": OPEN,
}
"""The required scope by the name of the route's function or mount. `SEARCH` needs no key while
reading is open (`SEMSEARCH_READ`)."""

_KEY_NAMES = frozenset(
    ("access_token", "access_key", "api_key", "apikey", "api-key", "key", "token", "authorization")
)
"""Names of parameters for keys in other interfaces. This one has no such parameter."""

_CHALLENGE = 'Bearer realm="semsearch"'


class Authenticator:
    """Finds the caller of a request by its key.

    Args:
        keys: looks up keys.
        is_open: whether anybody may read.
    """

    def __init__(self, keys: KeyRing, *, is_open: bool) -> None:
        self._keys = keys
        self.is_open = is_open

    def authenticate(self, scope: Scope, needed: KeyScope | None) -> Caller:
        """Return the caller of a request.

        An invalid key is refused even where reading is open, so that its holder learns about it.
        Credentials of another kind belong to a proxy, and are ignored.

        Raises:
            Refused: the key is missing or invalid, or its scope is not enough.
        """
        if needed is OPEN:
            return ANYBODY
        key_text = _key_text(scope)
        if key_text is None:
            if self.is_open and ANYBODY.scope.includes(needed):
                return ANYBODY
            raise _challenge(problem_types.KEY_NEEDED, "send a key as Authorization: Bearer KEY")
        try:
            key = self._keys.find(key_text)
        except KeyRefused as error:
            raise _challenge(problem_types.KEY_REFUSED, str(error), "invalid_token") from None
        if not key.scope.includes(needed):
            detail = f"this needs a key of scope {needed}; this one is of scope {key.scope}"
            raise _challenge(
                problem_types.NOT_PERMITTED, detail, f'insufficient_scope", scope="{needed}'
            )
        return Caller.of(key)

    def close(self) -> None:
        """Close the key file."""
        self._keys.close()


class RouteGuard:
    """Middleware of one route that refuses callers without the required scope.

    Args:
        app: the application of the route.
        needed: the required scope.
        authenticator: finds the caller.
    """

    def __init__(self, app: ASGIApp, needed: KeyScope | None, authenticator: Authenticator) -> None:
        self._app = app
        self.needed = needed
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it before its body is read."""
        _refuse_key_in_address(scope)
        scope["caller"] = self._authenticator.authenticate(scope, self.needed)
        await self._app(scope, receive, send)


def guard(routes: Iterable[BaseRoute], authenticator: Authenticator) -> None:
    """Put a guard before each route.

    Raises:
        TypeError: a route is missing from the table.
    """
    for route in routes:
        if not isinstance(route, Route | Mount) or route.name not in REQUIRED_SCOPES:
            raise TypeError(f"{route!r} is missing from {__name__}.REQUIRED_SCOPES; add its scope")
        route.app = RouteGuard(route.app, REQUIRED_SCOPES[route.name or ""], authenticator)


def caller_of(request: Request) -> Caller:
    """Return the caller of a permitted request."""
    caller: Caller = request.scope["caller"]
    return caller


def _key_text(scope: Scope) -> str | None:
    """Return the text that is sent as a key, if any.

    Raises:
        Refused: the header `Authorization` is sent more than once.
    """
    stated = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(stated) > 1:
        raise Refused(
            problem_types.MALFORMED_REQUEST, "the header Authorization is sent more than once"
        )
    kind, _, credentials = stated[0].decode("latin-1").partition(" ") if stated else ("", "", "")
    return credentials.strip(" ") if kind.lower() == "bearer" else None


def _challenge(kind: problem_types.ProblemType, detail: str, error: str = "") -> Refused:
    challenge = f'{_CHALLENGE}, error="{error}"' if error else _CHALLENGE
    return Refused(kind, detail, headers={"WWW-Authenticate": challenge})


def _refuse_key_in_address(scope: Scope) -> None:
    """Refuse a key in the path or in any parameter, without repeating it."""
    query: bytes = scope["query_string"]
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else []
    words = [*scope["path"].split("/"), *(word for pair in pairs for word in pair)]
    if any(map(is_key, words)) or any(name.lower() in _KEY_NAMES for name, _ in pairs):
        raise Refused(
            problem_types.KEY_IN_ADDRESS,
            "send a key as Authorization: Bearer KEY, never in an address; logs and histories keep "
            "those, so revoke it if it is one",
        )


def describe(schema: dict[str, Any], routes: Iterable[BaseRoute], *, is_open: bool) -> None:
    """Add the required scope of each operation, and its refusals, to an interface description.

    Args:
        schema: the description, which this changes.
        routes: all routes.
        is_open: whether anybody may read.
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
            operation["security"] = _security(needed, is_open=is_open)
            for kind in _REFUSALS if needed else (problem_types.KEY_IN_ADDRESS,):
                _declare(operation["responses"], kind)


_REFUSALS = (
    problem_types.KEY_IN_ADDRESS,
    problem_types.KEY_NEEDED,
    problem_types.KEY_REFUSED,
    problem_types.NOT_PERMITTED,
)


def _security(needed: KeyScope | None, *, is_open: bool) -> list[dict[str, list[str]]]:
    """Return the security requirements of an operation, of which one must be met."""
    if needed is OPEN:
        return []
    key = {"accessKey": [str(needed)]}
    return [{}, key] if is_open and ANYBODY.scope.includes(needed) else [key]


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
