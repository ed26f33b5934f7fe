"""Routes for searching from elsewhere.

The address bar of a browser uses OpenSearch 1.1; pages of other sites use the widget and CORS.
"""

from __future__ import annotations

import json
from typing import Annotated
from xml.sax.saxutils import escape

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, Response

from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http.error_responses import open_site
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import RequestContext, base_url, known_base_url
from semsearch.server.routes.parameters import checked
from semsearch.web import render
from semsearch.web.assets import widget_script as script
from semsearch.web.display import cut
from semsearch.web.entry_view import summary
from semsearch.web.urls import entry_path

OPENSEARCH = "application/opensearchdescription+xml"
SUGGESTIONS = "application/x-suggestions+json"
_MAX_SUGGESTIONS = 8
_SHORT_NAME_CHARS, _LONG_NAME_CHARS = 16, 48
"""Longest names that OpenSearch 1.1 allows."""

_DESCRIPTION = """\
<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>{short_name}</ShortName>
  <LongName>{long_name}</LongName>
  <Description>{description}</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Image width="16" height="16" type="{icon_type}">{url}{icon}</Image>
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
    url = known_base_url(request)
    site = open_site(request.scope)
    about = site.about
    stated = _DESCRIPTION.format(
        url=escape(url, {'"': "&quot;"}),
        short_name=escape(cut(about.title, _SHORT_NAME_CHARS)),
        long_name=escape(cut(about.title, _LONG_NAME_CHARS)),
        description=escape(about.description or "Ask a glossary in plain language"),
        icon=site.icon_path(is_open=True),
        icon_type=about.logo_type if about.logo else "image/svg+xml",
    )
    return Response(
        stated,
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
    return context.respond_with(
        lambda: _suggestions(query.q, context, glossary, base_url(request)), SUGGESTIONS
    )


def _suggestions(q: str, context: RequestContext, glossary: str | None, url: str) -> bytes:
    typed = q.strip()
    found = []
    if typed:
        found = context.glossary.suggest(
            checked(typed, parameter="q"), k=_MAX_SUGGESTIONS, glossary=glossary
        )
    columns = [
        q,
        [one.name for one in found],
        [summary(one.entry) for one in found],
        [url + entry_path(one.entry.id) for one in found] if url else [],
    ]
    return json.dumps(columns, ensure_ascii=False).encode()


@router.get("/widget.js")
def widget_script(request: Request) -> Response:
    """Return the script that pages of other sites include."""
    headers = {
        "Cache-Control": "public, max-age=3600",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    about = open_site(request.scope).about
    return Response(script(about), media_type="text/javascript", headers=headers)


@router.get("/widget")
def widget_page(request: Request) -> Response:
    """Return the page that shows the widget and the HTML to copy."""
    url = base_url(request) or "https://glossary.example.org/"
    page = render(
        "widget",
        open_site(request.scope),
        address=url,
        sample=_sample(request),
        is_open=state_of(request).is_open,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-cache"})


def _sample(request: Request) -> str:
    """Return a term to show, which is none of the index if reading needs a key."""
    if not state_of(request).is_open:
        return "glossary"
    glossary = state_of(request).glossary
    first = glossary.alphabet(glossary.info().glossaries[0].name).page(limit=1).entries
    return first[0].term if first else "glossary"
