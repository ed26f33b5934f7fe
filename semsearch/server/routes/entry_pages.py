"""The pages that are read: an entry, the alphabet of a glossary, and their twins in Markdown."""

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
from semsearch.server.http.error_responses import wants_page
from semsearch.server.http.problems import ENTRY_NOT_FOUND, GLOSSARY_NOT_FOUND, NOT_FOUND, Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import Service
from semsearch.server.routes.pages import HTML, site_of
from semsearch.server.routes.parameters import EntryId
from semsearch.web import render
from semsearch.web.entry_page import entry_page_of
from semsearch.web.markdown_view import MOST_LISTED, entry_twin, llms, llms_full
from semsearch.web.render import Site

MARKDOWN = "text/markdown"
PLAIN = "text/plain"
_TWIN = ".md"
_MOST_RELATED = 100
_ON_A_PAGE = 150
"""Terms on a page of the alphabet."""
_RESEMBLING = 5

_log = logging.getLogger("semsearch.server")

router = APIRouter(include_in_schema=False, route_class=StrictRoute)


class AlphabetQuery(BaseModel):
    """Which page of the alphabet. Whatever else an address has, as links that are passed on do, changes nothing."""

    letter: str = ""
    after: str = ""


@router.get("/entry/{id:path}")
def entry_page(id: EntryId, request: Request) -> Response:
    """Return the page of an entry, or with `.md` its twin in Markdown."""
    service = Service(request)
    try:
        entry = service.entry(id)
    except EntryNotFound:
        if id.endswith(_TWIN):
            return _twin(request, service, id.removesuffix(_TWIN))
        if not wants_page(request.scope):
            raise
        return _missing(request, service, id)
    site = site_of(request, service)
    if entry.id != id:
        return RedirectResponse(site.entry(entry.id), 302)
    if service.is_not_modified:
        return service.not_modified()
    related = service.related(id, _MOST_RELATED)
    beside = service.glossary.alphabet(entry.glossary).adjacent(entry)
    page = entry_page_of(site, related, beside, _changed(request, entry))
    return service.found(page, HTML)


def _missing(request: Request, service: Service, id: str) -> Response:
    """Return the page for an id that no entry has: it may be a name misspelt, or words to ask for."""
    words = " ".join(id.rpartition(":")[2].replace("-", " ").split())
    near = service.resembling(words, _RESEMBLING)
    page = render("missing", site_of(request, service), id=id, words=words, near=near)
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Authorization"}
    return HTMLResponse(page, ENTRY_NOT_FOUND.status, headers=headers)


def _changed(request: Request, entry: Entry) -> str:
    """Return the day on which an entry was last changed, none where the index has no history that can be read."""
    editor: Editor = request.app.state.editor
    if not editor.has_store:
        return ""
    try:
        return editor.history(entry.id)[-1].at[: len("2026-01-01")]
    except (StoredIndexError, EntryNotFound) as error:  # the entry is shown all the same
        _log.warning("when %s was changed cannot be told: %s", entry.id, error)
        return ""


def _twin(request: Request, service: Service, id: str) -> Response:
    related = service.related(id, _MOST_RELATED)
    if service.is_not_modified:
        return service.not_modified()
    return service.found(entry_twin(site_of(request, service), related).encode(), MARKDOWN)


@router.get("/glossary")
def glossaries_page(request: Request) -> Response:
    """Return the choice of a glossary; where there is one, its alphabet."""
    service = Service(request)
    site = site_of(request, service)
    if len(site.glossaries) == 1:
        return RedirectResponse(site.glossary(site.glossaries[0].name), 302)
    if service.is_not_modified:
        return service.not_modified()
    return service.found(render("glossaries", site), HTML)


@router.get("/glossary/{name:path}")
def glossary_page(
    name: Annotated[str, Path()], query: Annotated[AlphabetQuery, Query()], request: Request
) -> Response:
    """Return entries of a glossary in alphabetical order."""
    service = Service(request)
    site = site_of(request, service)
    entries = next((info.entries for info in site.glossaries if info.name == name), None)
    if entries is None:
        raise Refused(GLOSSARY_NOT_FOUND, "there is no glossary of this name")
    if service.is_not_modified:
        return service.not_modified()
    letters = request.app.state.kept.get(
        service.glossary.tag,
        ("letters", name),
        lambda: service.glossary.alphabet(name).letters(),
    )
    alphabet = service.glossary.alphabet(name)
    address = site.glossary(name)
    letter = query.letter or None
    after = found_entry(service, query.after)
    page = alphabet.page(letter=letter, after=after, limit=_ON_A_PAGE)
    groups = [
        {"letter": one, "entries": list(own)} for one, own in groupby(page.entries, letter_of)
    ]
    return service.found(
        render(
            "glossary",
            site,
            name=name,
            entries=entries,
            letters=[
                {"letter": one, "href": f"{address}?{urlencode({'letter': one})}"}
                for one in letters
            ],
            letter=letter,
            groups=groups,
            downloads=_downloads(site, name),
            canonical=site.url and site.url + site.glossary_path(name) + _query(letter, after),
            next=page.next and address + _query(letter, page.next),
        ),
        HTML,
    )


def _downloads(site: Site, name: str) -> list[dict[str, str]]:
    """Return the files that a glossary can be taken away as: what each is called and is, and its address."""
    whole = f"{site.root}v1/glossaries/{quote(name, safe='')}/export"
    return [
        {"name": one.name, "about": one.about, "href": f"{whole}?{urlencode({'format': one.name})}"}
        for one in TARGETS.values()
    ]


def _query(letter: str | None, after: Entry | None) -> str:
    """Return the parameters of a page of the alphabet, with their question mark."""
    asked = {"letter": letter, "after": after and after.id}
    said = urlencode({name: value for name, value in asked.items() if value})
    return said and f"?{said}"


def found_entry(service: Service, id: str) -> Entry | None:
    """Return the entry that a page before ended with; None, and all begins anew, if it has gone."""
    try:
        return service.entry(id) if id else None
    except EntryNotFound:
        return None


@router.get("/llms.txt")
def llms_page(request: Request) -> Response:
    """Return what this service is and where its entries are, for a language model."""
    service = Service(request)
    if service.is_not_modified:
        return service.not_modified()
    site = site_of(request, service)
    return service.found(llms(site, _listed(site, service)).encode(), PLAIN)


@router.get("/llms-full.txt")
def llms_full_page(request: Request) -> Response:
    """Return all entries in one text, where they are few."""
    service = Service(request)
    site = site_of(request, service)
    if site.entries > MOST_LISTED:
        raise Refused(NOT_FOUND, f"there are more than {MOST_LISTED} entries; read /llms.txt")
    if service.is_not_modified:
        return service.not_modified()
    entries = (entry for own in _listed(site, service).values() for entry in own)
    return service.found(llms_full(entries).encode(), PLAIN)


def _listed(site: Site, service: Service) -> dict[str, tuple[Entry, ...]]:
    few = site.entries <= MOST_LISTED
    return {
        info.name: service.glossary.alphabet(info.name).page(limit=MOST_LISTED).entries
        if few
        else ()
        for info in site.glossaries
    }
