"""`http/route_templates`: names of routes in metrics, logs and rate limits."""

from __future__ import annotations

import pytest
from starlette.responses import Response
from starlette.routing import BaseRoute, Host, Mount, Route, Router

from semsearch.server.http.route_templates import NO_ROUTE, template_of


async def _answer(_: object) -> Response:
    return Response()


@pytest.mark.parametrize(
    ("route", "template"),
    [
        (Route("/v1/entries/{id:path}", _answer), "/v1/entries/{id}"),
        (Mount("/static", Router()), "/static/{path}"),
        (Host("docs.example", Router()), NO_ROUTE),
    ],
)
def test_a_route_is_named_as_people_write_it(route: BaseRoute, template: str) -> None:
    """Parameters have no types, and what is neither a route nor a mount has no name."""
    assert template_of(route) == template
