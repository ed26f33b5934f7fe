"""Declarations of responses and headers for the interface description."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

from semsearch.server.http import problem_types, problems
from semsearch.server.http.min_revision import REVISION_HEADER
from semsearch.server.http.problems import Problem
from semsearch.server.http.strict_requests import LINES_TYPES

SHOWN_HEADER = {
    REVISION_HEADER: {
        "description": "The revision of the store that this answer shows, or that an edit has made; "
        "`min_revision` of a later request.",
        "schema": {"type": "integer"},
    }
}
CACHED_HEADERS = {
    "ETag": {
        "description": "Changes with the index and with the version of semsearch.",
        "schema": {"type": "string"},
    },
    **SHOWN_HEADER,
}
EDITED_HEADER = {
    REVISION_HEADER: {
        "description": "The revision of the store that the edit has made, `min_revision` of a later "
        "request; absent if nothing was edited.",
        "schema": {"type": "integer"},
    }
}


def example(kind: problem_types.ProblemType) -> dict[str, Any]:
    """Return an example of a problem for the interface description, by its slug."""
    members = {"type": kind.uri, "title": kind.title, "status": kind.status, "detail": kind.meaning}
    return {kind.slug: {"summary": kind.title, "value": members}}


def errors(*kinds: problem_types.ProblemType) -> dict[int | str, dict[str, Any]]:
    """Declare error responses, joined where several have one status."""
    after = {"description": "Seconds after which to ask again.", "schema": {"type": "integer"}}
    responses: dict[int | str, dict[str, Any]] = {}
    for kind in (*kinds, problem_types.INTERNAL):
        known = responses.get(kind.status)
        title = f"{known['description']}; or: {kind.title}" if known else kind.title
        shown = known["content"]["application/json"]["examples"] if known else {}
        responses[kind.status] = {
            "model": Problem,
            "description": title,
            "content": {"application/json": {"examples": shown | example(kind)}},
        }
        if kind.headers or (known and "headers" in known):
            responses[kind.status]["headers"] = {"Retry-After": after}
    return responses


def refusals(*kinds: problem_types.ProblemType) -> dict[int | str, dict[str, Any]]:
    """Declare the error responses of a route that runs in a worker thread."""
    return errors(*kinds, problem_types.OVERLOADED)


def ok(description: str, example: object) -> dict[int | str, dict[str, Any]]:
    """Declare the response to a GET, which a client may store and revalidate by its ETag."""
    responses = answered(example, description=description, headers=CACHED_HEADERS)
    responses[304] = {"description": "The client holds this answer already."}
    return responses


def answered(
    example: object,
    status: int = 200,
    *,
    description: str = "",
    headers: dict[str, Any] | None = None,
) -> dict[int | str, dict[str, Any]]:
    """Declare the example of a response, what it is if the summary does not say it, its headers."""
    stated: dict[str, Any] = {"description": description} if description else {}
    if headers:
        stated["headers"] = headers
    return {status: {**stated, "content": {"application/json": {"example": example}}}}


class JsonLines(JSONResponse):
    """Serialized JSON Lines. As a `JSONResponse` it makes FastAPI describe the shape of a line."""

    media_type = LINES_TYPES[0]

    def render(self, content: bytes) -> bytes:
        """Return the lines as they are."""
        return content


FEED_HEADERS = {
    **SHOWN_HEADER,
    "Semsearch-Position": {
        "description": "Where to go on from: `since` of the next request.",
        "schema": {"type": "string"},
    },
    "Semsearch-Built": {
        "description": "The revision of the last build, which may have changed the order of "
        "entries: /v1/changes/places tells it.",
        "schema": {"type": "integer"},
    },
    "Semsearch-Feed": {
        "description": "`partial` if the key is restricted to some glossaries, so that changes of the "
        "others are missing; absent otherwise.",
        "schema": {"type": "string", "enum": ["partial"]},
    },
    "ETag": {
        "description": "Changes with every change of the index. A key that is restricted to some "
        "glossaries gets none.",
        "schema": {"type": "string"},
    },
}


def lines_of(
    description: str, example: object, headers: dict[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    """Declare a response of JSON Lines, by an example of one line, and its headers."""
    content = {LINES_TYPES[0]: {"example": example}}
    return {200: {"description": description, "content": content, "headers": headers or {}}}


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", "examples": [example]},
    }


IF_MATCH = _header(
    "If-Match",
    "The ETag of the entry that the edit was made from; `*` takes any. Needed where the entry is "
    "there.",
    '"0123456789ab-21"',
)
IF_NONE_MATCH = _header("If-None-Match", "`*`: only add, never replace.", "*")
IDEMPOTENCY_KEY = _header(
    "Idempotency-Key",
    "What the client calls this request. Sent again within a day it is answered as before and not "
    "carried out again.",
    "5f1c9e4e-1d4a-4e57-9d0f-6f5f1f6f7f10",
)


def edited(status: int, description: str, example: object) -> dict[int | str, dict[str, Any]]:
    """Declare the response to an edit that leaves an entry, with its ETag."""
    etag = {"description": "Of the entry, for the next edit.", "schema": {"type": "string"}}
    return answered(
        example, status, description=description, headers={"ETag": etag, **SHOWN_HEADER}
    )


def failures(*kinds: problem_types.ProblemType) -> dict[int | str, dict[str, Any]]:
    """Declare the error responses of an edit."""
    return refusals(
        problem_types.MALFORMED_URL,
        *kinds,
        problem_types.INVALID_REQUEST,
        problem_types.KEY_REUSED,
        problem_types.QUOTA_USED,
        problem_types.BUSY,
        problem_types.STORE_AWAY,
        problem_types.NOT_WRITABLE,
        problem_types.NOT_EDITABLE,
        problem_types.FOLLOWS,
        problem_types.NO_ROOM,
        problem_types.ENCODER_AWAY,
    )


def headers(*stated: dict[str, Any]) -> dict[str, Any]:
    """Declare the request headers of a route."""
    return {"parameters": list(stated)}


_REFERENCE = "#/components/schemas/"


def name_by_title(description: dict[str, Any]) -> None:
    """Name each component of an interface description by its title, which need not be its class."""
    components = description["components"]["schemas"]
    titles = {name: schema.get("title", name) for name, schema in components.items()}
    named = {titles[name]: components[name] for name in sorted(components, key=titles.__getitem__)}
    description["components"]["schemas"] = named
    _rename_references(description, titles)


def _rename_references(part: object, titles: dict[str, str]) -> None:
    if isinstance(part, list):
        for inner in part:
            _rename_references(inner, titles)
    elif isinstance(part, dict):
        reference = part.get("$ref", "")
        if isinstance(reference, str) and reference.startswith(_REFERENCE):
            part["$ref"] = _REFERENCE + titles[reference.removeprefix(_REFERENCE)]
        for inner in part.values():
            _rename_references(inner, titles)


def declare_problems(description: dict[str, Any]) -> None:
    """Declare every error response as a problem; FastAPI declares the media type of the answer."""
    for path in description["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    declared: dict[str, Any] = {}
                    for media_type in response["content"].values():
                        declared |= media_type
                    response["content"] = {problems.MEDIA_TYPE: declared}
