"""Exception handlers of the application: each error becomes a problem."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Mount

from semsearch.core.errors import (
    EncoderUnavailable,
    EntryNotFound,
    GlossaryNotFound,
    InvalidEntry,
    InvalidQuestion,
    InvalidSetting,
    LanguageNotFound,
    NotPermitted,
    PositionGone,
    SemsearchError,
    StoredIndexError,
)
from semsearch.server.http.error_responses import TOO_MANY_WAIT, refuse, wants_page
from semsearch.server.http.problem_types import (
    ENCODER_AWAY,
    ENTRY_NOT_FOUND,
    GLOSSARY_NOT_FOUND,
    INVALID_ENTRY,
    INVALID_QUESTION,
    INVALID_REQUEST,
    LANGUAGE_NOT_FOUND,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    NOT_PERMITTED,
    OVERLOADED,
    POSITION_GONE,
    TOO_LARGE,
    ProblemType,
)
from semsearch.server.http.problems import MAX_NAME_CHARS, MAX_PARAMS, InvalidParam, Refused
from semsearch.server.http.store_errors import on_stored_index_error
from semsearch.server.http.strict_requests import client_of
from semsearch.server.queueing.waiting_line import Overloaded

_log = logging.getLogger("semsearch.server")

FROM_ERROR: Mapping[type[SemsearchError], ProblemType] = {
    InvalidQuestion: INVALID_QUESTION,
    InvalidSetting: INVALID_REQUEST,
    EntryNotFound: ENTRY_NOT_FOUND,
    GlossaryNotFound: GLOSSARY_NOT_FOUND,
    LanguageNotFound: LANGUAGE_NOT_FOUND,
    NotPermitted: NOT_PERMITTED,
    InvalidEntry: INVALID_ENTRY,
    PositionGone: POSITION_GONE,
}
"""Errors that the request caused. Those of the files of an index are in `store_errors`; all others
are `INTERNAL`, since their text may name files."""

_FROM_STATUS: Mapping[int, ProblemType] = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 413: TOO_LARGE}


def handle_problems(app: Starlette) -> None:
    """Add the exception handlers to an application."""
    app.add_exception_handler(SemsearchError, _on_semsearch_error)
    app.add_exception_handler(StoredIndexError, on_stored_index_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Overloaded, _on_overload)


async def _on_overload(request: Request, error: Exception) -> Response:
    client_of(request.scope).is_refused = True
    return refuse(request.scope, OVERLOADED, TOO_MANY_WAIT)


async def _on_semsearch_error(request: Request, error: Exception) -> Response:
    if isinstance(error, EncoderUnavailable):  # its text names the address, for the log alone
        _log.warning("%s: %s", ENCODER_AWAY.title, error)
        return refuse(request.scope, ENCODER_AWAY, ENCODER_AWAY.meaning)
    for ancestor in type(error).__mro__:
        if kind := FROM_ERROR.get(ancestor):
            return refuse(request.scope, kind, str(error))
    raise error


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as registered above
    faults = error.errors()[:MAX_PARAMS]
    params = [_invalid_param(fault) for fault in faults]
    places = [param.parameter or param.pointer or "body" for param in params]
    detail = "; ".join(
        f"{place}: {param.detail}" for place, param in zip(places, params, strict=True)
    )
    return refuse(request.scope, INVALID_REQUEST, detail, params)


def described(fault: Mapping[str, Any], kind: str) -> str:
    """Return the text of one validation error of pydantic, without place and rejected value.

    Args:
        fault: the error.
        kind: what a value at this place is called, such as `member`.
    """
    if fault["type"] == "missing":
        return "this is required"
    if fault["type"] == "extra_forbidden":
        return f"there is no such {kind}"
    message = str(fault["msg"]).removeprefix("Value error, ")  # by a rule of ours
    return message[:1].lower() + message[1:]


def _invalid_param(fault: Mapping[str, Any]) -> InvalidParam:
    """Describe one validation error of pydantic without the rejected value."""
    where, *path = fault["loc"]
    detail = described(fault, "parameter" if where == "query" else "member")
    names = [_shortened(str(step)) for step in path]
    if where != "body":
        return InvalidParam(detail=detail, parameter=".".join(names))
    steps = (name.replace("~", "~0").replace("/", "~1") for name in names)
    return InvalidParam(detail=detail, pointer="".join(f"/{step}" for step in steps))


def _shortened(name: str) -> str:
    return name if len(name) <= MAX_NAME_CHARS else name[:MAX_NAME_CHARS] + "…"


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as registered above
    if isinstance(error, Refused):
        return refuse(request.scope, error.kind, error.detail, error.params, headers=error.headers)
    headers = dict(error.headers or {})
    kind = _FROM_STATUS.get(error.status_code)
    if kind is None:
        phrase = HTTPStatus(error.status_code).phrase
        kind = ProblemType("about:blank", error.status_code, phrase, phrase)
    detail = kind.title[:1].lower() + kind.title[1:]
    if kind is NOT_FOUND:
        detail = "there is nothing at this address"
        if not wants_page(request.scope):
            detail += "; /openapi.json lists the routes"
    if kind is METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request, headers.get("Allow", ""))
        detail = f"this address takes {headers['Allow']}"
    return refuse(request.scope, kind, detail, headers=headers)


def _allowed(request: Request, stated: str) -> str:
    """Return all methods of a path. The router states those of its first route only."""
    scope = {"type": "http", "path": request.scope["path"], "headers": [], "path_params": {}}
    methods = {method.strip() for method in stated.split(",")} - {""}
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for route in request.app.routes:
            asked = {**scope, "method": method, "root_path": request.app.root_path}
            if not isinstance(route, Mount) and route.matches(asked)[0] is Match.FULL:
                methods.add(method)
    if "GET" in methods:
        methods.add("HEAD")  # `middleware.OutermostMiddleware` answers it wherever GET is answered
    return ", ".join(sorted(methods))
