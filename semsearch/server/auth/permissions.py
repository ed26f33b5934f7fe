"""Who may use which route: one table of decisions, and the gate that each route stands behind.

A route that has no decision keeps the application from being made. A key is read from the header
`Authorization: Bearer KEY` (RFC 6750) and from nowhere else.
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
from semsearch.server.http import problems
from semsearch.server.http.problems import Refused

OPEN = None
"""The decision that nobody is asked for a key: nothing of the index is said there."""

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
"""What a key must be for to use a route, by the name of its function or mount. `SEARCH` is waived while reading is
open (`SEMSEARCH_READ`), `EDIT` and `ADMIN` never are."""

_KEY_NAMES = frozenset(
    ("access_token", "access_key", "api_key", "apikey", "api-key", "key", "token", "authorization")
)
"""Parameters that are given a key elsewhere; none of ours is called so."""

_CHALLENGE = 'Bearer realm="semsearch"'


class Authenticator:
    """Decides who is let in.

    Args:
        keys: looks keys up.
        is_open: whether anybody may read.
    """

    def __init__(self, keys: KeyRing, *, is_open: bool) -> None:
        self._keys = keys
        self.is_open = is_open

    def admit(self, scope: Scope, needed: KeyScope | None) -> Caller:
        """Return who sent a request.

        A key that is sent is judged also where none is needed for reading, so that nobody goes on believing in one
        that is not good. Credentials of another kind are those of a proxy.

        Raises:
            Refused: a key is missing, not good, or not for this.
        """
        if needed is OPEN:
            return ANYBODY
        shown = _shown(scope)
        if shown is None:
            if self.is_open and ANYBODY.scope.includes(needed):
                return ANYBODY
            raise _challenge(problems.KEY_NEEDED, "send a key as Authorization: Bearer KEY")
        try:
            key = self._keys.find(shown)
        except KeyRefused as error:
            raise _challenge(problems.KEY_REFUSED, str(error), "invalid_token") from None
        if not key.scope.includes(needed):
            detail = f"this needs a key of scope {needed}; this one is of scope {key.scope}"
            raise _challenge(
                problems.NOT_PERMITTED, detail, f'insufficient_scope", scope="{needed}'
            )
        return Caller.of(key)

    def close(self) -> None:
        """Close the file of keys."""
        self._keys.close()


class RouteGuard:
    """Stands before one route, and lets those through who may use it.

    Args:
        app: what the route does.
        needed: the decision for this route.
        door: decides who is let in.
    """

    def __init__(self, app: ASGIApp, needed: KeyScope | None, door: Authenticator) -> None:
        self._app = app
        self.needed = needed
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it before anything of it is read but its head."""
        _refuse_key_in_address(scope)
        scope["caller"] = self._door.admit(scope, self.needed)
        await self._app(scope, receive, send)


def guard(routes: Iterable[BaseRoute], door: Authenticator) -> None:
    """Put a gate before each route.

    Raises:
        TypeError: a route has no decision.
    """
    for route in routes:
        if not isinstance(route, Route | Mount) or route.name not in REQUIRED_SCOPES:
            raise TypeError(f"{route!r} has no decision; state one in {__name__}.REQUIRED_SCOPES")
        route.app = RouteGuard(route.app, REQUIRED_SCOPES[route.name or ""], door)


def caller_of(request: Request) -> Caller:
    """Return who sent a request that was let through."""
    caller: Caller = request.scope["caller"]
    return caller


def _shown(scope: Scope) -> str | None:
    """Return what is sent as a key, if anything is.

    Raises:
        Refused: there is more than one header `Authorization`.
    """
    stated = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(stated) > 1:
        raise Refused(problems.MALFORMED_REQUEST, "the header Authorization is sent more than once")
    kind, _, shown = stated[0].decode("latin-1").partition(" ") if stated else ("", "", "")
    return shown.strip(" ") if kind.lower() == "bearer" else None


def _challenge(kind: problems.ProblemType, detail: str, error: str = "") -> Refused:
    said = f'{_CHALLENGE}, error="{error}"' if error else _CHALLENGE
    return Refused(kind, detail, headers={"WWW-Authenticate": said})


def _refuse_key_in_address(scope: Scope) -> None:
    """Refuse a key in the path or in a parameter, whatever that is called, without repeating it."""
    query: bytes = scope["query_string"]
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else []
    words = [*scope["path"].split("/"), *(word for pair in pairs for word in pair)]
    if any(map(is_key, words)) or any(name.lower() in _KEY_NAMES for name, _ in pairs):
        raise Refused(
            problems.KEY_IN_ADDRESS,
            "send a key as Authorization: Bearer KEY, never in an address; logs and histories keep those, so "
            "revoke it if it is one",
        )


def describe(schema: dict[str, Any], routes: Iterable[BaseRoute], *, is_open: bool) -> None:
    """Add to an interface description what each operation needs, and how it is refused.

    Args:
        schema: the description, which is changed.
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
            for kind in _REFUSALS if needed else (problems.KEY_IN_ADDRESS,):
                _declare(operation["responses"], kind)


_REFUSALS = (
    problems.KEY_IN_ADDRESS,
    problems.KEY_NEEDED,
    problems.KEY_REFUSED,
    problems.NOT_PERMITTED,
)


def _security(needed: KeyScope | None, *, is_open: bool) -> list[dict[str, list[str]]]:
    """Return the alternatives of an operation: a key with a scope, or nothing."""
    if needed is OPEN:
        return []
    key = {"accessKey": [str(needed)]}
    return [{}, key] if is_open and ANYBODY.scope.includes(needed) else [key]


def _declare(responses: dict[str, Any], kind: problems.ProblemType) -> None:
    """Declare a problem; several of one status are joined."""
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
    known["content"][problems.MEDIA_TYPE]["examples"] |= problems.example(kind)
    if kind.status == problems.KEY_NEEDED.status:
        said = {"description": "How to ask (RFC 6750).", "schema": {"type": "string"}}
        known["headers"] = {"WWW-Authenticate": said}
