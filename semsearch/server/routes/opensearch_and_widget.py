"""Routes for searching from elsewhere.

The address bar of a browser uses OpenSearch 1.1; pages of other sites use the widget and CORS.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Annotated
from xml.sax.saxutils import escape

from fastapi import APIRouter, FastAPI, Query, Request
from pydantic import BaseModel
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from semsearch.server.auth.permissions import caller_of
from semsearch.server.http.error_responses import page_root
from semsearch.server.http.paths import is_api
from semsearch.server.http.problem_types import NOT_FOUND
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import RequestContext, base_url
from semsearch.server.routes.parameters import checked
from semsearch.web import Site, render
from semsearch.web.entry_view import summary
from semsearch.web.urls import entry_path

OPENSEARCH = "application/opensearchdescription+xml"
SUGGESTIONS = "application/x-suggestions+json"
_MAX_SUGGESTIONS = 8
_WIDGET = Path(__file__).parents[2] / "web" / "static" / "widget.js"

_DESCRIPTION = """\
<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>semsearch</ShortName>
  <Description>Ask a glossary in plain language</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Image width="16" height="16" type="image/svg+xml">{url}static/favicon.svg</Image>
  <Url type="text/html" template="{url}?q={{searchTerms}}"/>
  <Url type="application/x-suggestions+json" template="{url}suggestions?q={{searchTerms}}"/>
  <Url type="application/opensearchdescription+xml" rel="self" template="{url}opensearch.xml"/>
</OpenSearchDescription>
"""

router = APIRouter(include_in_schema=False, route_class=StrictRoute)


class SuggestionsQuery(BaseModel):
    """Text typed into an address bar."""

    q: str = ""


@router.get("/opensearch.xml")
def opensearch(request: Request) -> Response:
    """Describe the search to browsers."""
    url = base_url(request)
    if not url:
        raise Refused(
            NOT_FOUND, "the service does not know its public address; SEMSEARCH_PUBLIC_URL sets it"
        )
    return Response(
        _DESCRIPTION.format(url=escape(url, {'"': "&quot;"})),
        media_type=OPENSEARCH,
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/suggestions")
def suggestions(query: Annotated[SuggestionsQuery, Query()], request: Request) -> Response:
    """Return suggestions for an address bar.

    They are four columns: the typed text, names, beginnings of definitions, URLs.
    """
    glossary = caller_of(request).searchable_glossary(None)
    context = RequestContext(request)
    if context.is_not_modified:
        return context.not_modified()
    typed = query.q.strip()
    found = []
    if typed:
        found = context.glossary.suggest(
            checked(typed, parameter="q"), k=_MAX_SUGGESTIONS, glossary=glossary
        )
    url = base_url(request)
    columns = [
        query.q,
        [one.name for one in found],
        [summary(one.entry) for one in found],
        [url + entry_path(one.entry.id) for one in found] if url else [],
    ]
    return context.ok(json.dumps(columns, ensure_ascii=False).encode(), SUGGESTIONS)


@router.get("/widget.js")
def widget_script(request: Request) -> Response:
    """Return the script that pages of other sites include."""
    headers = {
        "Cache-Control": "public, max-age=3600",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(_widget(), media_type="text/javascript", headers=headers)


@cache
def _widget() -> bytes:
    return _WIDGET.read_bytes()


@router.get("/widget")
def widget_page(request: Request) -> Response:
    """Return the page that shows the widget and the HTML to copy."""
    url = base_url(request) or "https://glossary.example.org/"
    page = render("widget", Site(page_root(request.scope)), address=url, sample=_sample(request))
    return HTMLResponse(page, headers={"Cache-Control": "no-cache"})


def _sample(request: Request) -> str:
    """Return a term to show, which is none of the index if reading needs a key."""
    if not request.app.state.is_open:
        return "glossary"
    glossary = request.app.state.glossary
    first = glossary.alphabet(glossary.info().glossaries[0].name).page(limit=1).entries
    return first[0].term if first else "glossary"


def allow_origins(app: FastAPI, origins: str) -> None:
    """Permit pages of other origins to read the HTTP interface, with a key too, but not to edit."""
    app.add_middleware(
        _ApiCors,
        allow_origins=re.split(r"\s*,\s*", origins.strip()),
        allow_methods=["GET", "HEAD"],
        allow_headers=["Authorization", "If-None-Match"],
        expose_headers=["ETag", "Server-Timing", "X-Request-Id"],
        max_age=3600,
    )


class _ApiCors(CORSMiddleware):
    """CORS for the HTTP interface only. Pages and documentation are not shared."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and is_api(scope["path"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)
