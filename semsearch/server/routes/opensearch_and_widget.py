"""Asking from elsewhere: the address bar of a browser (OpenSearch 1.1), and pages of other sites (the widget, CORS)."""

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
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from semsearch.server.auth.permissions import caller_of
from semsearch.server.http.error_responses import page_root
from semsearch.server.http.problems import NOT_FOUND, Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import Service
from semsearch.server.routes.pages import HTML, address_of
from semsearch.server.routes.parameters import checked
from semsearch.web import Site, render
from semsearch.web.entry_view import summary
from semsearch.web.urls import entry_path

OPENSEARCH = "application/opensearchdescription+xml"
SUGGESTIONS = "application/x-suggestions+json"
_OFFERED = 8
_INTERFACE = "/v1/"
_WIDGET = Path(__file__).parents[2] / "web" / "static" / "widget.js"

_DESCRIPTION = """\
<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>semsearch</ShortName>
  <Description>Ask a glossary in plain language</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Image width="16" height="16" type="image/svg+xml">{address}static/favicon.svg</Image>
  <Url type="text/html" template="{address}?q={{searchTerms}}"/>
  <Url type="application/x-suggestions+json" template="{address}suggestions?q={{searchTerms}}"/>
  <Url type="application/opensearchdescription+xml" rel="self" template="{address}opensearch.xml"/>
</OpenSearchDescription>
"""

router = APIRouter(include_in_schema=False, route_class=StrictRoute)


class Typed(BaseModel):
    """What has been typed into an address bar."""

    q: str = ""


@router.get("/opensearch.xml")
def opensearch(request: Request) -> Response:
    """Describe the search to browsers."""
    address = address_of(request)
    if not address:
        raise Refused(
            NOT_FOUND, "the service does not know its public address; SEMSEARCH_PUBLIC_URL sets it"
        )
    return Response(
        _DESCRIPTION.format(address=escape(address, {'"': "&quot;"})),
        media_type=OPENSEARCH,
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/suggestions")
def suggestions(query: Annotated[Typed, Query()], request: Request) -> Response:
    """Return names for an address bar: what was typed, names, beginnings of definitions, addresses."""
    within = caller_of(request).within(None)
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    typed = query.q.strip()
    found = []
    if typed:
        found = service.glossary.suggest(checked(typed, parameter="q"), k=_OFFERED, glossary=within)
    address = address_of(request)
    columns = [
        query.q,
        [one.name for one in found],
        [summary(one.entry) for one in found],
        [address + entry_path(one.entry.id) for one in found] if address else [],
    ]
    return service.found(json.dumps(columns, ensure_ascii=False).encode(), SUGGESTIONS)


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
    """Return the page that shows the widget, and what to copy."""
    address = address_of(request) or "https://glossary.example.org/"
    page = render(
        "widget", Site(page_root(request.scope)), address=address, sample=_sample(request)
    )
    return Response(page, media_type=HTML, headers={"Cache-Control": "no-cache"})


def _sample(request: Request) -> str:
    """Return a term to show; where reading needs a key, none of the index."""
    if not request.app.state.is_open:
        return "glossary"
    glossary = request.app.state.glossary
    first = glossary.alphabet(glossary.info().glossaries[0].name).page(limit=1).entries
    return first[0].term if first else "glossary"


def let_in(app: FastAPI, origins: str) -> None:
    """Let pages of other origins read the interface; they can send a key, and change nothing."""
    app.add_middleware(
        _Reading,
        allow_origins=re.split(r"\s*,\s*", origins.strip()),
        allow_methods=["GET", "HEAD"],
        allow_headers=["Authorization", "If-None-Match"],
        expose_headers=["ETag", "Server-Timing", "X-Request-Id"],
        max_age=3600,
    )


class _Reading(CORSMiddleware):
    """Cross-origin requests, for the interface alone: pages and documentation stay where they are."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].startswith(_INTERFACE):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)
