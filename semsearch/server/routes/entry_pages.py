"""Routes of the pages of entries and glossaries, and of their Markdown versions."""

from __future__ import annotations

import logging
from itertools import groupby
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from semsearch.core.entries import Entry
from semsearch.core.errors import EntryNotFound, StoredIndexError
from semsearch.exporters import TARGETS
from semsearch.ingest import Editor
from semsearch.search.browse import letter_of
from semsearch.server.entry_lists import listed_entries
from semsearch.server.http.error_responses import wants_page
from semsearch.server.http.problem_types import ENTRY_NOT_FOUND, GLOSSARY_NOT_FOUND, NOT_FOUND
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import RequestContext
from semsearch.server.routes.parameters import EntryId
from semsearch.web import Site, render
from semsearch.web.entry_page import MAX_RELATED, entry_page_of
from semsearch.web.markdown_pages import MAX_LISTED, entry_markdown, llms, llms_full

MARKDOWN = "text/markdown"
PLAIN = "text/plain"
_MARKDOWN_SUFFIX = ".md"
_TERMS_PER_PAGE = 150
"""Terms on one page of a glossary."""
_SIMILAR_NAMES = 5

_log = logging.getLogger("semsearch.server")

router = APIRouter(include_in_schema=False, route_class=StrictRoute)


class AlphabetQuery(BaseModel):
    """Parameters of a page of a glossary, which ignores unknown ones as every page does."""

    letter: str = ""
    after: str = ""


@router.get("/entry/{id:path}")
def entry_page(id: EntryId, request: Request) -> Response:
    """Return the page of an entry, or its Markdown version if the URL ends in `.md`."""
    context = RequestContext(request)
    try:
        entry = context.entry(id)
    except EntryNotFound:
        if id.endswith(_MARKDOWN_SUFFIX):
            return _markdown(request, context, id.removesuffix(_MARKDOWN_SUFFIX))
        if not wants_page(request.scope):
            raise
        return _missing(request, context, id)
    site = context.site()
    if entry.id != id:
        return RedirectResponse(site.entry(entry.id), 302)
    if context.is_not_modified:
        return context.not_modified()
    related = context.related(id, MAX_RELATED)
    adjacent = context.glossary.alphabet(entry.glossary).adjacent(entry)
    page = entry_page_of(site, related, adjacent, _changed_on(request, entry))
    return context.page(page)


def _missing(request: Request, context: RequestContext, id: str) -> Response:
    """Return the page for an id that no entry has, with similar names and a search form."""
    words = " ".join(id.rpartition(":")[2].replace("-", " ").split())
    near = context.similar_names(words, _SIMILAR_NAMES)
    page = render("missing", context.site(), id=id, words=words, near=near)
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Authorization"}
    return HTMLResponse(page, ENTRY_NOT_FOUND.status, headers=headers)


def _changed_on(request: Request, entry: Entry) -> str:
    """Return the day of the last change of an entry, empty if there is no readable history."""
    editor: Editor = request.app.state.editor
    if not editor.has_store:
        return ""
    try:
        return editor.history(entry.id)[-1].at[: len("2026-01-01")]
    except (StoredIndexError, EntryNotFound) as error:  # the page does without the day
        _log.warning("the history of %s cannot be read: %s", entry.id, error)
        return ""


def _markdown(request: Request, context: RequestContext, id: str) -> Response:
    related = context.related(id, MAX_RELATED)
    if context.is_not_modified:
        return context.not_modified()
    return context.ok(entry_markdown(context.site(), related).encode(), MARKDOWN)


@router.get("/glossary")
def glossaries_page(request: Request) -> Response:
    """Return the list of glossaries, or a redirect to the only one."""
    context = RequestContext(request)
    site = context.site()
    if len(site.glossaries) == 1:
        return RedirectResponse(site.glossary(site.glossaries[0].name), 302)
    if context.is_not_modified:
        return context.not_modified()
    return context.page(render("glossaries", site))


@router.get("/glossary/{name:path}")
def glossary_page(
    name: Annotated[str, Path()], query: Annotated[AlphabetQuery, Query()], request: Request
) -> Response:
    """Return entries of a glossary in alphabetical order."""
    context = RequestContext(request)
    site = context.site()
    entries = next((info.entries for info in site.glossaries if info.name == name), None)
    if entries is None:
        raise Refused(GLOSSARY_NOT_FOUND, "there is no glossary of this name")
    if context.is_not_modified:
        return context.not_modified()
    letters = request.app.state.page_cache.get(
        context.glossary.tag,
        ("letters", name),
        lambda: context.glossary.alphabet(name).letters(),
    )
    alphabet = context.glossary.alphabet(name)
    url = site.glossary(name)
    letter = query.letter or None
    after = context.entry_or_none(query.after)
    page = alphabet.page(letter=letter, after=after, limit=_TERMS_PER_PAGE)
    groups = [
        {"letter": first, "entries": list(group)}
        for first, group in groupby(page.entries, letter_of)
    ]
    return context.page(
        render(
            "glossary",
            site,
            name=name,
            entries=entries,
            letters=[
                {"letter": one, "href": f"{url}?{urlencode({'letter': one})}"} for one in letters
            ],
            letter=letter,
            groups=groups,
            downloads=_downloads(site, name),
            canonical=site.url and site.url + site.glossary_path(name) + _query(letter, after),
            next=page.next and url + _query(letter, page.next),
        )
    )


def _downloads(site: Site, name: str) -> list[dict[str, str]]:
    """Return the formats that a glossary can be downloaded in: name, description and URL."""
    export = f"{site.root}v1/glossaries/{quote(name, safe='')}/export"
    return [
        {
            "name": target.name,
            "about": target.about,
            "href": f"{export}?{urlencode({'format': target.name})}",
        }
        for target in TARGETS.values()
    ]


def _query(letter: str | None, after: Entry | None) -> str:
    """Return the query string of a page of a glossary, with its question mark."""
    parameters = {"letter": letter, "after": after and after.id}
    encoded = urlencode({name: value for name, value in parameters.items() if value})
    return encoded and f"?{encoded}"


@router.get("/llms.txt")
def llms_page(request: Request) -> Response:
    """Return /llms.txt: what this service is and where its entries are."""
    context = RequestContext(request)
    if context.is_not_modified:
        return context.not_modified()
    site = context.site()
    return context.ok(llms(site, listed_entries(context.glossary, site)).encode(), PLAIN)


@router.get("/llms-full.txt")
def llms_full_page(request: Request) -> Response:
    """Return /llms-full.txt: all entries in one text, unless there are too many."""
    context = RequestContext(request)
    site = context.site()
    if site.entries > MAX_LISTED:
        raise Refused(NOT_FOUND, f"there are more than {MAX_LISTED} entries; read /llms.txt")
    if context.is_not_modified:
        return context.not_modified()
    entries = (
        entry for listed in listed_entries(context.glossary, site).values() for entry in listed
    )
    return context.ok(llms_full(entries).encode(), PLAIN)
