"""Templates of paths, by which metrics, logs and rate limits name a route."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount, Route

NO_ROUTE = "none"
"""The route of requests that were refused before one was found, or that ask for nothing we have."""

OTHER = "other"
"""A method, a status or a problem that is not counted by itself."""


def template_of(route: BaseRoute) -> str:
    """Return the path of a route with the names of its parameters, as people write it.

    A mount of `/static` gives `/static/{path}`.
    """
    if isinstance(route, Mount):
        return f"{route.path}/{{path}}"
    return route.path_format if isinstance(route, Route) else NO_ROUTE
