"""Error responses: a problem detail for programs, a page for people with a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from semsearch.core.presentation import Presentation
from semsearch.server.http import problem_types
from semsearch.server.http.paths import is_api
from semsearch.server.http.problem_types import ProblemType
from semsearch.server.http.problems import MAX_PARAMS, MEDIA_TYPE, InvalidParam, Problem
from semsearch.web import Site, render
from semsearch.web.render import root_of

TOO_MANY_WAIT = "too many requests wait; ask again in a second"
_PAGE_KINDS = {401: "key", 403: "key", 404: "missing", 503: "overloaded"}


def wants_page(scope: Scope) -> bool:
    """Whether a request accepts HTML and its path is not of the HTTP interface."""
    if is_api(scope["path"]) or scope["method"] not in {"GET", "HEAD"}:
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def refuse(
    scope: Scope,
    kind: ProblemType,
    detail: str,
    params: Sequence[InvalidParam] = (),
    *,
    request_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response to a request that was refused or failed. Caches never store it."""
    if "response" in scope:
        scope["response"].problem = kind.slug
    if wants_page(scope):
        is_open = scope["app"].state.is_open
        return error_page(kind, detail, open_site(scope), is_open=is_open, headers=headers)
    return problem_response(kind, detail, params, request_id=request_id, headers=headers)


def problem_response(
    kind: ProblemType,
    detail: str,
    params: Sequence[InvalidParam] = (),
    *,
    request_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response to a program for one problem. Caches never store it."""
    problem = Problem(
        type=kind.uri,
        title=kind.title,
        status=kind.status,
        detail=detail,
        errors=list(params[:MAX_PARAMS]) or None,
        request_id=request_id,
    )
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=kind.status,
        media_type=MEDIA_TYPE,
        headers={**kind.headers, **(headers or {})},
    )


def page_root(scope: Scope) -> str:
    """Return the relative URL from the requested page to the start of the site."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return root_of(path.decode("latin-1"))


def open_site(scope: Scope) -> Site:
    """Return the site of a page that needs no key.

    It has the texts and colours of the owner only where anybody may read.
    """
    state = scope["app"].state
    about = state.glossary.presentation if state.is_open else Presentation()
    return Site(page_root(scope), about=about)


def error_page(
    kind: ProblemType,
    detail: str,
    site: Site,
    *,
    is_open: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the page of a problem, which shows no entry of the index.

    Args:
        kind: of the problem.
        detail: what is wrong.
        site: of the page.
        is_open: whether anybody may read, so that a page that needs a key is one of editors.
        headers: further headers of the response.
    """
    page = render(
        "error",
        site,
        status=kind.status,
        kind=_PAGE_KINDS.get(kind.status, "error"),
        title=kind.title,
        detail=_sentence(kind, detail, is_open=is_open),
        is_open=is_open,
    )
    sent = {"Cache-Control": "no-store", "Vary": "Accept", **kind.headers, **(headers or {})}
    return HTMLResponse(page, kind.status, headers=sent)


def _sentence(kind: ProblemType, detail: str, *, is_open: bool) -> str:
    """Return a detail as a sentence. About keys it omits advice for programs and operators."""
    if kind is problem_types.KEY_NEEDED:
        readers = "Anybody may read here, but this page is for people who have a key to edit"
        return readers if is_open else "Only people who have a key may read here"
    if kind is problem_types.KEY_REFUSED:
        detail = detail.partition(";")[0]
    return detail[:1].upper() + detail[1:]
