"""How an error is told: as a problem to programs, as a page to people who opened an address in a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from semsearch.server.http import problems
from semsearch.server.http.problems import InvalidParam, ProblemType
from semsearch.web import Site, render
from semsearch.web.render import root_of

_STATES = {401: "key", 403: "key", 404: "missing", 503: "overloaded"}
_INTERFACE = "/v1/"


def wants_page(scope: Scope) -> bool:
    """Say whether a request is for a page: its sender takes HTML, and no route of the interface is asked."""
    if scope["path"].startswith(_INTERFACE) or scope["method"] not in {"GET", "HEAD"}:
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def refuse(
    scope: Scope,
    kind: ProblemType,
    detail: str,
    parts: Sequence[InvalidParam] = (),
    *,
    request_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response to a request that is refused, or has failed; it is never stored by a cache."""
    if wants_page(scope):
        return error_page(kind, detail, root=page_root(scope), headers=headers)
    return problems.problem_response(kind, detail, parts, request_id=request_id, headers=headers)


def page_root(scope: Scope) -> str:
    """Return the way from the page that was asked for to the start of the site."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return root_of(path.decode("latin-1"))


def error_page(
    kind: ProblemType, detail: str, *, root: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the page that tells of a problem; it says nothing of the index."""
    page = render(
        "error",
        Site(root),
        status=kind.status,
        kind=_STATES.get(kind.status, "error"),
        title=kind.title,
        detail=_for_people(kind, detail),
    )
    sent = {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    return HTMLResponse(page, kind.status, headers=sent)


def _for_people(kind: ProblemType, detail: str) -> str:
    """Return a detail as a sentence; of keys without what programs and whoever runs the service have to do."""
    if kind is problems.KEY_NEEDED:
        return "Only people who have a key may read here"
    if kind is problems.KEY_REFUSED:
        detail = detail.partition(";")[0]
    return detail[:1].upper() + detail[1:]


def overload(scope: Scope) -> Response:
    """Return the response for more than can be done in time."""
    return refuse(scope, problems.OVERLOADED, problems.TOO_MANY_WAIT, headers=problems.ASK_AGAIN)
