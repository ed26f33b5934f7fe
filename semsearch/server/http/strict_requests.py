"""Parses requests more strictly than FastAPI does.

FastAPI replaces bytes that are not UTF-8, and takes the last of two parameters of one name. FastAPI
therefore only declares the routes, and this module parses their URLs and bodies (`strict_json`).
"""

from __future__ import annotations

import email.message
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from inspect import iscoroutinefunction
from typing import Annotated, Any, NoReturn, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl, unquote_to_bytes

from fastapi import params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from semsearch.server.http import problem_types, problems
from semsearch.server.http.min_revision import RevisionQuery
from semsearch.server.http.problems import InvalidParam, Refused
from semsearch.server.http.strict_json import parse_json, refuse_body
from semsearch.server.queueing.admission import RequestClass, class_of
from semsearch.server.queueing.batching import Client
from semsearch.server.search_service import SHORT_CHARS, SearchService

MAX_BODY_BYTES = 256 * 1024
"""Room for 64 questions of 1,000 characters with four bytes each."""

MAX_LINES_BYTES = 4 * 1024 * 1024
"""Some ten thousand definitions. Embedding them takes a minute, in which other edits wait."""

MAX_LINES = 50_000
"""Lines of that much, if a definition has 80 bytes. Who sends shorter ones gets a reason for each,
and kept the thread of edits for minutes."""

LINES_TYPES = ("application/jsonl", "application/x-ndjson", "application/ndjson")

FORM_TYPE = "application/x-www-form-urlencoded"

MAX_FIELDS = 100
"""Most parameters of a URL, or fields of a form. Valid requests have ten."""

_Model = TypeVar("_Model")


class StrictRoute(APIRoute):
    """A route whose URL and body this module parses.

    A plain function runs in a worker thread; a coroutine hands its work to the threads itself.

    The function may take the request, path parameters, a query model and a body model. A route that
    takes anything else fails when it is declared. FastAPI would resolve the declaration again for
    each request: an empty GET takes 0.07 ms of processor time with it and 0.02 here.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
        super().__init__(path, endpoint, **options)
        self._inputs = _Inputs(endpoint)
        self._is_async = iscoroutinefunction(endpoint)
        self.app = self._respond

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Parse the request, run the function, and send its response."""
        given = await self._inputs.read(Request(scope, receive))
        service: SearchService = scope["app"].state.search_service
        if wanted := _min_revision(given):
            await service.revision_waiters.wait(wanted, client_of(scope))
        response: Response
        if self._is_async:
            response = await self.endpoint(**given)
        else:
            work = partial(self.endpoint, **given)
            if class_of(scope["method"], scope["path"]) is RequestClass.HEAVY:
                response = await service.run_heavy(work, client_of(scope))
            else:
                cost = 1 + len(scope["query_string"]) // SHORT_CHARS
                response = await service.page_workers.run(work, client_of(scope), cost=cost)
        await response(scope, receive, send)


def _min_revision(given: Mapping[str, Any]) -> int:
    """Return the revision that the parameters ask for, 0 for any."""
    models = (model for model in given.values() if isinstance(model, RevisionQuery))
    return next((model.min_revision for model in models), 0)


def client_of(scope: Scope) -> Client:
    """Return the client of a request. `BoundedProtocol` notes when it disconnects."""
    extension = scope.get("extensions", {}).get("semsearch.client", {})
    client: Client = extension.get("is") or Client()
    return client


class _Inputs:
    """The parameters of a route's function, by their type hints."""

    def __init__(self, endpoint: Callable[..., Any]) -> None:
        self._requests: list[str] = []
        self._queries: dict[str, TypeAdapter[BaseModel]] = {}
        self._bodies: dict[str, TypeAdapter[BaseModel]] = {}
        hints = get_type_hints(endpoint, include_extras=True)
        del hints["return"]
        for name, hint in hints.items():
            kind, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
            if kind is Request:
                self._requests.append(name)
            elif [type(mark) for mark in marks] == [params.Query]:
                self._queries[name] = TypeAdapter(kind)
            elif issubclass(kind, BaseModel) and not marks:
                self._bodies[name] = TypeAdapter(kind)
            elif kind is not str or [type(mark) for mark in marks] != [params.Path]:
                raise TypeError(
                    f"{endpoint.__name__} takes {name}, which a StrictRoute cannot parse"
                )

    async def read(self, request: Request) -> dict[str, Any]:
        """Return the arguments of the function.

        Raises:
            Refused: the URL or the body is malformed.
            RequestValidationError: a parameter or a member of the body is not valid.
        """
        parameters = parse_query(request.scope)
        given: dict[str, Any] = dict(request.path_params)
        faults: list[Any] = []
        for name in self._requests:
            given[name] = request
        for name, model in self._queries.items():
            given[name] = validated(model, parameters, ("query",), faults)
        for name, model in self._bodies.items():
            body = parse_json(await read_body(request))
            given[name] = validated(model, body, ("body",), faults)
        if faults:
            raise RequestValidationError(faults)
        return given


def validated(
    model: TypeAdapter[_Model], value: object, place: tuple[str, ...], faults: list[Any]
) -> _Model | None:
    """Return the model of a value, or None after adding its faults to `faults`.

    Args:
        model: validates the value.
        value: of JSON, or the parameters of a URL.
        place: of the value in the request: `("body",)`, or `("query",)` and further steps.
        faults: of the request, for a `RequestValidationError`.
    """
    try:
        return model.validate_python(value, from_attributes=True)
    except ValidationError as error:
        stated = error.errors(include_url=False, include_input=False, include_context=False)
        faults += [{**fault, "loc": (*place, *fault["loc"])} for fault in stated]
        return None


def query_pairs(scope: Scope) -> list[tuple[str, str]]:
    """Return the names and values of a query, parsed at the first call; see `parse_query`.

    Raises:
        Refused: there are more than `MAX_FIELDS`.
    """
    pairs: list[tuple[str, str]] | None = scope.get("query_pairs")
    if pairs is None:
        if scope["query_string"].count(b"&") >= MAX_FIELDS:
            detail = f"the query has more than {MAX_FIELDS} parameters"
            raise Refused(problem_types.MALFORMED_URL, detail)
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        scope["query_pairs"] = pairs
    return pairs


def parse_query(scope: Scope) -> Mapping[str, str]:
    """Return the query parameters of a URL.

    Raises:
        Refused: the URL is not UTF-8, has a parameter twice, or more than `MAX_FIELDS`.
    """
    query: bytes = scope["query_string"]
    path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    for what, raw in (("path", path), ("query", query)):
        try:
            raw.decode("ascii")
            if b"%" in raw:
                unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(
                problem_types.MALFORMED_URL,
                f"the {what} holds bytes that are not percent-encoded UTF-8",
            ) from None
    pairs = query_pairs(scope)
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        params = [
            InvalidParam(detail="given more than once", parameter=name[: problems.MAX_NAME_CHARS])
            for name, count in counts.items()
            if count > 1
        ]
        raise Refused(problem_types.INVALID_REQUEST, "a parameter is given more than once", params)
    return parameters


async def read_body(request: Request) -> bytes:
    """Return a body of a JSON media type.

    Raises:
        Refused: the media type is another one, or the body has more than `MAX_BODY_BYTES`, declared
            or received.
    """
    return await _read(request, MAX_BODY_BYTES, check_media_type)


async def read_lines(request: Request) -> str:
    """Return a body of the media type JSON Lines.

    Raises:
        Refused: the media type is another one, or the body has more than `MAX_LINES_BYTES` or
            `MAX_LINES` or is not UTF-8.
    """
    body = await _read(request, MAX_LINES_BYTES, _check_lines)
    if body.count(b"\n") > MAX_LINES:
        raise Refused(
            problem_types.TOO_LARGE,
            f"the body has more than {MAX_LINES:,} lines; send several smaller requests",
        )
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        refuse_body("the body is not UTF-8")


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form in a body.

    Raises:
        Refused: the body is no form in UTF-8, has more than `MAX_BODY_BYTES` or `MAX_FIELDS`, or a
            field twice.
    """
    body = await _read(request, MAX_BODY_BYTES, _check_form)
    if body.count(b"&") >= MAX_FIELDS:
        refuse_body(f"the body has more than {MAX_FIELDS} fields")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError:  # UnicodeDecodeError is one
        refuse_body("the body is no form in UTF-8")
    fields = dict(pairs)
    if len(fields) < len(pairs):
        refuse_body("the body has a field twice")
    return fields


async def _read(request: Request, max_bytes: int, check: Callable[[str], None]) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_bytes:
        _refuse_large(max_bytes)
    check(request.headers.get("content-type", ""))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            _refuse_large(max_bytes)
    return bytes(body)


def _refuse_large(max_bytes: int) -> NoReturn:
    raise Refused(
        problem_types.TOO_LARGE,
        f"the body has more than {max_bytes:,} bytes; send several smaller requests",
    )


def _check_lines(content_type: str) -> None:
    message = email.message.Message()
    message["content-type"] = content_type
    charset = message.get_content_charset("utf-8")
    if message.get_content_type() not in LINES_TYPES or charset not in ("utf-8", "us-ascii"):
        raise Refused(
            problem_types.UNSUPPORTED_MEDIA_TYPE, "send Content-Type: application/jsonl, in UTF-8"
        )


def _check_form(content_type: str) -> None:
    message = email.message.Message()
    message["content-type"] = content_type
    charset = message.get_content_charset("utf-8")
    if message.get_content_type() != FORM_TYPE or charset not in ("utf-8", "us-ascii"):
        raise Refused(
            problem_types.UNSUPPORTED_MEDIA_TYPE, f"send Content-Type: {FORM_TYPE}, in UTF-8"
        )


def check_media_type(content_type: str) -> None:
    """Refuse a body whose media type is not JSON in UTF-8."""
    message = email.message.Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    is_json = message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )
    charset = message.get_content_charset("utf-8")
    if not content_type or not is_json or charset not in ("utf-8", "us-ascii"):
        raise Refused(
            problem_types.UNSUPPORTED_MEDIA_TYPE, "send Content-Type: application/json, in UTF-8"
        )
