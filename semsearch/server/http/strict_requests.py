"""Parses requests more strictly than FastAPI does.

FastAPI replaces bytes that are not UTF-8, takes the last of two parameters of one name, and accepts
NaN, UTF-16 and lone surrogates in JSON; lone surrogates then end in a status 500. FastAPI therefore
only declares the routes, and this module parses their URLs and bodies.
"""

from __future__ import annotations

import email.message
import json
from collections.abc import Callable, Mapping
from functools import partial
from inspect import iscoroutinefunction
from typing import Annotated, Any, NoReturn, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl, unquote_to_bytes

from fastapi import params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from semsearch.server.batching import Client
from semsearch.server.http import problem_types, problems
from semsearch.server.http.problems import InvalidParam, Refused

MAX_BODY_BYTES = 256 * 1024
"""Room for 64 questions of 1,000 characters with four bytes each."""

MAX_LINES_BYTES = 4 * 1024 * 1024
"""Some ten thousand definitions. Embedding them takes a minute, in which other edits wait."""

LINES_TYPES = ("application/jsonl", "application/x-ndjson", "application/ndjson")

MAX_DEPTH = 32
"""Levels of a JSON body. Valid bodies have two."""


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
        response: Response
        if self._is_async:
            response = await self.endpoint(**given)
        else:
            work = partial(self.endpoint, **given)
            response = await scope["app"].state.search_service.workers.run(work, client_of(scope))
        await response(scope, receive, send)


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
            given[name] = _validated(model, parameters, "query", faults)
        for name, model in self._bodies.items():
            body = parse_json(await read_body(request))
            given[name] = _validated(model, body, "body", faults)
        if faults:
            raise RequestValidationError(faults)
        return given


def _validated(
    model: TypeAdapter[BaseModel], value: object, place: str, faults: list[Any]
) -> BaseModel | None:
    """Return the model of a value, or None after adding its faults to `faults`."""
    try:
        return model.validate_python(value, from_attributes=True)
    except ValidationError as error:
        stated = error.errors(include_url=False, include_input=False, include_context=False)
        faults += [{**fault, "loc": (place, *fault["loc"])} for fault in stated]
        return None


def parse_query(scope: Scope) -> Mapping[str, str]:
    """Return the query parameters of a URL.

    Raises:
        Refused: the URL is not UTF-8, or has a parameter twice.
    """
    query: bytes = scope["query_string"]
    path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    for what, raw in (("path", path), ("query", query)):
        try:
            unquote_to_bytes(raw).decode("utf-8")
            raw.decode("ascii")
        except UnicodeDecodeError:
            raise Refused(
                problem_types.MALFORMED_URL,
                f"the {what} holds bytes that are not percent-encoded UTF-8",
            ) from None
    pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True)
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        names = [name for name, _ in pairs]
        params = [
            InvalidParam(detail="given more than once", parameter=name[: problems.MAX_NAME_CHARS])
            for name in parameters
            if names.count(name) > 1
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
        Refused: the media type is another one, or the body has more than `MAX_LINES_BYTES` or is
            not UTF-8.
    """
    body = await _read(request, MAX_LINES_BYTES, _check_lines)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("the body is not UTF-8")


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


def parse_json(raw: bytes) -> object:
    """Parse a JSON value strictly.

    Args:
        raw: the body of a request.

    Returns:
        The value as `json.loads` returns it.

    Raises:
        Refused: the body is not UTF-8 or not JSON; it has NaN, Infinity, a number out of range, a
            name twice in one object or a lone surrogate; or it is deeper than `MAX_DEPTH`.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique_members
        )
    except UnicodeDecodeError:
        _refuse("the body is not UTF-8")
    except json.JSONDecodeError as error:
        _refuse(f"the body is not JSON: {error.msg} at character {error.pos}")
    except ValueError:
        _refuse("the body holds a number of too many digits")
    except RecursionError:
        _refuse(f"the body has more than {MAX_DEPTH} levels")
    if not _is_within_depth(value, MAX_DEPTH):
        _refuse(f"the body has more than {MAX_DEPTH} levels")
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        _refuse("the body holds a lone surrogate, which is not text")
    except ValueError:
        _refuse("the body holds a number that is out of range")
    return value


def _refuse(detail: str) -> NoReturn:
    raise Refused(problem_types.MALFORMED_BODY, detail) from None


def _refuse_constant(name: str) -> NoReturn:
    _refuse(f"the body holds {name}, which is not JSON")


def _unique_members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        _refuse("the body has an object with a name that occurs twice")
    return members


def _is_within_depth(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_within_depth(part, levels - 1) for part in inner)
