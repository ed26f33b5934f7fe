"""The pages that are read: an entry, the alphabet of a glossary, and their twins in Markdown."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from semsearch.alphabet import letter_of
from semsearch.api.pages import HTML, site_of
from semsearch.api.problems import GLOSSARY_NOT_FOUND, NOT_FOUND, Refused
from semsearch.api.service import Service
from semsearch.api.strict import read_address
from semsearch.errors import EntryNotFound
from semsearch.pages import render
from semsearch.pages.entry import defined_term, is_embedding, linked, others, summary
from semsearch.pages.markdown import MOST_LISTED, entry_twin, llms, llms_full
from semsearch.pages.rendering import Site, entry_path, glossary_path
from semsearch.types import Entry, Related

MARKDOWN = "text/markdown"
PLAIN = "text/plain"
_TWIN = ".md"
_MOST_RELATED = 100
_SIMILAR = 10
_ON_A_PAGE = 150
"""Terms on a page of the alphabet."""

router = APIRouter(include_in_schema=False)


@router.get("/entry/{id:path}")
def entry_page(id: str, request: Request) -> Response:
    """Return the page of an entry, or with `.md` its twin in Markdown."""
    service = Service(request)
    read_address(request.scope)
    try:
        entry = service.entry(id)
    except EntryNotFound:
        if not id.endswith(_TWIN):
            raise
        return _twin(request, service, id.removesuffix(_TWIN))
    site = site_of(request, service)
    if entry.id != id:
        return RedirectResponse(site.entry(entry.id), 302)
    if service.is_held:
        return service.not_modified()
    return service.found(_page_of(site, service, service.related(id, _MOST_RELATED)), HTML)


def _twin(request: Request, service: Service, id: str) -> Response:
    related = service.related(id, _MOST_RELATED)
    if service.is_held:
        return service.not_modified()
    return service.found(entry_twin(site_of(request, service), related).encode(), MARKDOWN)


def _page_of(site: Site, service: Service, related: Related) -> bytes:
    entry = related.entry
    address = site.url or site.root
    return render(
        "entry",
        site,
        entry=entry,
        path=entry_path(entry.id),
        summary=summary(entry),
        text=linked(related),
        see_also=others(related.see_also),
        mentions=others(related.mentions),
        mentioned_by=others(related.mentioned_by),
        similar=related.similar[:_SIMILAR],
        is_embedding=is_embedding(entry),
        beside=service.glossary.alphabet(entry.glossary).beside(entry),
        defined_term=defined_term(
            entry, address + entry_path(entry.id), address + glossary_path(entry.glossary)
        ),
    )


@router.get("/glossary")
def glossaries_page(request: Request) -> Response:
    """Return the choice of a glossary; where there is one, its alphabet."""
    service = Service(request)
    site = site_of(request, service)
    if len(site.glossaries) == 1:
        return RedirectResponse(site.root + glossary_path(site.glossaries[0].name), 302)
    if service.is_held:
        return service.not_modified()
    return service.found(render("glossaries", site), HTML)


@router.get("/glossary/{name:path}")
def glossary_page(name: str, request: Request) -> Response:
    """Return entries of a glossary in alphabetical order."""
    service = Service(request)
    address = read_address(request.scope)
    site = site_of(request, service)
    entries = next((info.entries for info in site.glossaries if info.name == name), None)
    if entries is None:
        raise Refused(GLOSSARY_NOT_FOUND, "there is no glossary of this name")
    if service.is_held:
        return service.not_modified()
    alphabet = service.glossary.alphabet(name)
    letters = alphabet.letters()
    letter = address.get("letter") or None
    after = found_entry(service, address.get("after", ""))
    page = alphabet.page(letter=letter, after=after, limit=_ON_A_PAGE)
    groups = [
        {"letter": one, "entries": list(own)} for one, own in groupby(page.entries, letter_of)
    ]
    following = {"letter": letter, "after": page.next.id} if page.next else None
    return service.found(
        render(
            "glossary",
            site,
            name=name,
            entries=entries,
            letters=letters,
            letter=letter,
            groups=groups,
            next={key: value for key, value in following.items() if value} if following else None,
        ),
        HTML,
    )


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
    if service.is_held:
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
    if service.is_held:
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
