"""`http/dispatcher`: which routes are direct, and what becomes of errors."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from semsearch.server.http.dispatcher import DIRECT_PATHS, Application
from semsearch.server.http.exception_handlers import handle_problems
from tests.server.conftest import check_common_headers, problem_of


async def _path(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {'router' in request.scope}")


async def _refused(request: Request) -> Response:
    raise HTTPException(404)


async def _broken_off(request: Request) -> Response:
    async def parts() -> object:
        yield b"a part"
        raise HTTPException(404)

    return StreamingResponse(parts())  # type: ignore[arg-type]


@pytest.fixture
def http() -> TestClient:
    """Return a client of an application with a direct path and others."""
    routes = [
        Route("/direct", _path),
        Route("/other", _path),
        Route("/refused", _refused),
        Route("/broken-off", _broken_off),
    ]
    paths = ["/direct", "/refused", "/broken-off"]
    app = Application(routes=routes, direct_paths=paths, openapi_url=None)
    handle_problems(app)
    return TestClient(app)


def test_a_direct_path_skips_the_router(http: TestClient) -> None:
    """Any other request goes through it: of another path or method."""
    answer = http.get("/direct")
    check_common_headers(answer.headers)
    assert answer.text == "GET False"
    assert http.head("/direct").headers["content-length"] == answer.headers["content-length"]
    assert http.get("/other").text == "GET True"
    assert problem_of(http.post("/direct"), 405, "method-not-allowed")["detail"] == (
        "this address takes GET, HEAD"
    )


def test_an_error_is_answered_unless_the_answer_has_begun(http: TestClient) -> None:
    """A second head would be no HTTP."""
    problem_of(http.get("/refused"), 404, "not-found")
    with pytest.raises(HTTPException):
        http.get("/broken-off")


def test_every_direct_path_has_a_route(app: FastAPI) -> None:
    """A path that is misspelt in the table would be slow, and nothing else would say so."""
    found = {getattr(route, "path", "") for route in app.routes}
    assert found >= DIRECT_PATHS
