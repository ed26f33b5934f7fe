"""The scope that each route requires, and the guard before each route.

`create_app` fails if a route is missing from the table. A key is read only from the header
`Authorization: Bearer KEY` (RFC 6750).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from semsearch.core.errors import KeyRefused, StoredIndexError
from semsearch.server.auth.key_store import KeyRing
from semsearch.server.auth.keys import ANYBODY, Caller, KeyScope, is_key
from semsearch.server.auth.rate_limits import RateLimits, exceeded
from semsearch.server.http import problem_types
from semsearch.server.http.problems import Refused
from semsearch.server.http.route_templates import template_of
from semsearch.server.http.strict_requests import client_of, query_pairs
from semsearch.server.queueing.admission import Admission, class_of
from semsearch.server.queueing.batching import Client

OPEN = None
"""No key is required. Such a route says nothing about the index."""

SEARCH, EDIT, ADMIN = KeyScope

REQUIRED_SCOPES: Mapping[str, KeyScope | None] = {
    "search": SEARCH,
    "search_batch": SEARCH,
    "opened": SEARCH,
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
    "info": SEARCH,
    "places": SEARCH,
    "backup": SEARCH,
    "add": EDIT,
    "put": EDIT,
    "change": EDIT,
    "delete": EDIT,
    "restore": EDIT,
    "import_records": EDIT,
    "suggest_to_owner": SEARCH,
    "list_suggestions": EDIT,
    "decide_suggestion": EDIT,
    "suggestion_page": SEARCH,
    "gaps": EDIT,
    "ignore_questions": EDIT,
    "gaps_page": EDIT,
    "livez": OPEN,
    "readyz": OPEN,
    "landing": SEARCH,
    "theme_style": SEARCH,
    "logo": SEARCH,
    "entry_page": SEARCH,
    "history_page": SEARCH,
    "new_page": EDIT,
    "edit_page": EDIT,
    "conflict_page": EDIT,
    "glossaries_page": SEARCH,
    "glossary_page": SEARCH,
    "llms_page": SEARCH,
    "feed_page": SEARCH,
    "suggestions": SEARCH,
    "opensearch": OPEN,
    "widget_script": OPEN,
    "widget_page": OPEN,
    "llms_full_page": SEARCH,
    "mcp_endpoint": SEARCH,
    "reconcile": SEARCH,
    "reconcile_batch": SEARCH,
    "reconcile_draft": SEARCH,
    "reconcile_match": SEARCH,
    "reconcile_extend": SEARCH,
    "propose_properties": SEARCH,
    "suggest_entity": SEARCH,
    "suggest_property": SEARCH,
    "preview": SEARCH,
    "docs": OPEN,
    "problem": OPEN,
    "openapi": OPEN,
    "swagger": OPEN,
    "static": OPEN,
    "assets": OPEN,
}
"""The required scope by the name of the route's function or mount. `SEARCH` needs no key while
reading is open (`SEMSEARCH_READ`)."""

COSTLY = frozenset({"backup"})
"""Routes that need a key even where reading is open: each request copies the whole index."""
ALWAYS_KEYED = frozenset({"history", "history_page"}) | COSTLY
"""Routes that need a key even where reading is open, unless the setting `history` is `open`:
histories name editors, and have what was deleted. A copy has them, too."""

_KEY_NAMES = frozenset(
    ("access_token", "access_key", "api_key", "apikey", "api-key", "key", "token", "authorization")
)
"""Names of parameters for keys in other interfaces. This one has no such parameter."""

_log = logging.getLogger("semsearch.server")

_CHALLENGE = 'Bearer realm="semsearch"'


class Authenticator:
    """Finds the caller of a request by its key.

    Args:
        keys: looks up keys.
        is_open: whether anybody may read.
        keyed: routes that need a key nevertheless.
    """

    def __init__(
        self, keys: KeyRing, *, is_open: bool, keyed: frozenset[str] = ALWAYS_KEYED
    ) -> None:
        self._keys = keys
        self.is_open = is_open
        self._keyed = keyed

    def needs_no_key(self, route: str, needed: KeyScope | None) -> bool:
        """Return whether anybody may use a route that requires a scope."""
        is_open = self.is_open and route not in self._keyed
        return needed is OPEN or (is_open and ANYBODY.scope.includes(needed))

    def authenticate(self, scope: Scope, route: str, needed: KeyScope | None) -> Caller:
        """Return the caller of a request.

        An invalid key is refused even where reading is open, so that its holder learns about it.
        Credentials of another kind belong to a proxy, and are ignored.

        Raises:
            Refused: the key is missing or invalid, or its scope is not enough; the file of keys
                cannot be read.
        """
        if needed is OPEN:
            return ANYBODY
        key_text = _key_text(scope)
        if key_text is None:
            if self.needs_no_key(route, needed):
                return ANYBODY
            raise _challenge(problem_types.KEY_NEEDED, "send a key as Authorization: Bearer KEY")
        try:
            key = self._keys.find(key_text)
        except KeyRefused as error:
            raise _challenge(problem_types.KEY_REFUSED, str(error), error="invalid_token") from None
        except StoredIndexError as error:
            _log.error("a key cannot be checked: %s", error)
            raise Refused(
                problem_types.KEYS_UNREADABLE, "keys cannot be checked now; the log says why"
            ) from None
        if not key.scope.includes(needed):
            detail = f"this needs a key of scope {needed}; this one is of scope {key.scope}"
            raise _challenge(
                problem_types.NOT_PERMITTED,
                detail,
                error="insufficient_scope",
                needed_scope=str(needed),
            )
        return Caller.of(key)

    def close(self) -> None:
        """Close the key file."""
        self._keys.close()


class RouteGuard:
    """Middleware of one route that refuses callers without the required scope.

    Args:
        app: the application of the route.
        route: the route.
        authenticator: finds the caller.
        admission: the lines in which heavy requests and files are counted, by key or address.
        rates: limits of requests, if there are any. What needs no scope is not counted.
    """

    def __init__(
        self,
        app: ASGIApp,
        route: Route | Mount,
        authenticator: Authenticator,
        admission: Admission,
        rates: RateLimits | None = None,
    ) -> None:
        self._app = app
        self._admission = admission
        self._rates = rates
        self._route = route.name or ""
        self._template = template_of(route)
        self.needed = REQUIRED_SCOPES[self._route]
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it before its body is read."""
        scope["response"].route = self._template
        _refuse_key_in_address(scope)
        client = client_of(scope)
        try:
            caller = self._authenticator.authenticate(scope, self._route, self.needed)
        except Refused:
            await self._count(scope, client)
            raise
        if caller.id:
            client.party = f"key {caller.id}"
        scope["caller"] = caller
        await self._count(scope, client)
        with self._admission.entered(class_of(scope["method"], scope["path"]), client.party):
            await self._app(scope, receive, send)

    async def _count(self, scope: Scope, client: Client) -> None:
        """Count a request, also one whose key was refused, since keys are guessed so.

        Raises:
            Refused: there are too many.
        """
        if self._rates is None or self.needed is OPEN:
            return
        state = await self._rates.count(client.party)
        scope["response"].fields += [
            (b"ratelimit-policy", self._rates.policy),
            (b"ratelimit", b'"requests";r=%d;t=%d' % (state.remaining, state.reset_s)),
        ]
        if state.is_exceeded:
            raise exceeded(state.reset_s)


def guard(
    routes: Iterable[BaseRoute],
    authenticator: Authenticator,
    admission: Admission,
    rates: RateLimits | None = None,
) -> None:
    """Put a guard before each route.

    Raises:
        TypeError: a route is missing from the table.
    """
    for route in routes:
        if not isinstance(route, Route | Mount) or route.name not in REQUIRED_SCOPES:
            raise TypeError(f"{route!r} is missing from {__name__}.REQUIRED_SCOPES; add its scope")
        route.app = RouteGuard(route.app, route, authenticator, admission, rates)


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


def _challenge(
    kind: problem_types.ProblemType, detail: str, *, error: str = "", needed_scope: str = ""
) -> Refused:
    """Return a refusal that says which key would do (RFC 6750, section 3)."""
    challenge = _CHALLENGE
    if error:
        challenge += f', error="{error}"'
    if needed_scope:
        challenge += f', scope="{needed_scope}"'
    return Refused(kind, detail, headers={"WWW-Authenticate": challenge})


def _refuse_key_in_address(scope: Scope) -> None:
    """Refuse a key in the path or in any parameter, without repeating it."""
    pairs = query_pairs(scope)
    words = [*scope["path"].split("/"), *(word for pair in pairs for word in pair)]
    if any(map(is_key, words)) or any(name.lower() in _KEY_NAMES for name, _ in pairs):
        raise Refused(
            problem_types.KEY_IN_ADDRESS,
            "send a key as Authorization: Bearer KEY, never in an address; logs and histories keep "
            "those, so revoke it if it is one",
        )
