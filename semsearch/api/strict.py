"""Strict requests: what FastAPI would let pass, guess at or fail on is refused before it.

FastAPI reads bytes that are not UTF-8 as replacement characters, takes the last of two equal
names, and accepts NaN, UTF-16 and lone surrogates in JSON; the last end in a status 500.
"""

from __future__ import annotations

import email.message
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote_to_bytes

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from semsearch.api import problems
from semsearch.api.problems import Part, Refused

MAX_DEPTH = 32
"""Levels of a JSON body; ours have two."""


class StrictRoute(APIRoute):
    """A route that checks address and body before FastAPI reads them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the checks before FastAPI's handler."""
        handler = super().get_route_handler()
        takes_body = self.body_field is not None

        async def strict(request: Request) -> Response:
            check_address(request.scope)
            if takes_body:
                check_media_type(request.headers.get("content-type", ""))
                parse_json(await request.body())
            return await handler(request)

        return strict


def check_address(scope: Scope) -> None:
    """Refuse an address that is not UTF-8, or that gives a parameter twice."""
    query: bytes = scope["query_string"]
    path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    for what, raw in (("path", path), ("query", query)):
        try:
            unquote_to_bytes(raw).decode("utf-8")
            raw.decode("ascii")
        except UnicodeDecodeError:
            raise Refused(
                problems.MALFORMED_URL,
                f"the {what} holds bytes that are not percent-encoded UTF-8",
            ) from None
    counts = Counter(name for name, _ in parse_qsl(query.decode("ascii"), keep_blank_values=True))
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        parts = [
            Part(detail="given more than once", parameter=name[: problems.MAX_NAME_CHARS])
            for name in twice
        ]
        raise Refused(problems.INVALID_REQUEST, "a parameter is given more than once", parts)


def check_media_type(content_type: str) -> None:
    """Refuse a body that is not declared to be JSON in UTF-8."""
    message = email.message.Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    is_json = message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )
    charset = message.get_content_charset("utf-8")
    if not content_type or not is_json or charset not in ("utf-8", "us-ascii"):
        raise Refused(
            problems.UNSUPPORTED_MEDIA_TYPE, "send Content-Type: application/json, in UTF-8"
        )


def parse_json(raw: bytes) -> object:
    """Read a JSON value, strictly.

    Args:
        raw: the body of a request.

    Returns:
        What `json.loads` makes of it.

    Raises:
        Refused: it is not UTF-8 or not JSON, holds NaN, Infinity, a number beyond all range, a name
            twice in one object or a lone surrogate, or is deeper than `MAX_DEPTH`.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except UnicodeDecodeError:
        _refuse("the body is not UTF-8")
    except json.JSONDecodeError as error:
        _refuse(f"the body is not JSON: {error.msg} at character {error.pos}")
    except ValueError:
        _refuse("the body holds a number of too many digits")
    except RecursionError:
        _refuse(f"the body has more than {MAX_DEPTH} levels")
    if not _fits(value, MAX_DEPTH):
        _refuse(f"the body has more than {MAX_DEPTH} levels")
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        _refuse("the body holds a lone surrogate, which is not text")
    except ValueError:
        _refuse("the body holds a number that is out of range")
    return value


def _refuse(detail: str) -> NoReturn:
    raise Refused(problems.MALFORMED_BODY, detail) from None


def _no_constant(name: str) -> NoReturn:
    _refuse(f"the body holds {name}, which is not JSON")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        _refuse("the body has an object with a name that occurs twice")
    return members


def _fits(value: object, room: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return room > 0 and all(_fits(part, room - 1) for part in inner)
