"""Routes of the pages of entries and glossaries, and of their Markdown versions."""

from __future__ import annotations

import logging
from functools import partial
from itertools import chain, groupby
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from semsearch.core.entries import Entry
from semsearch.core.errors import EntryNotFound, StoredIndexError
from semsearch.exporters import TARGETS
from semsearch.index.files.alphabet import AlphabetPlace
from semsearch.search.browse import Alphabet, AlphabetPage, count_by_letter, letter_of
from semsearch.server.app_state import state_of
from semsearch.server.assistants.protocol import is_installed
from semsearch.server.auth.permissions import caller_of
from semsearch.server.entry_lists import listed_entries
from semsearch.server.http.error_responses import wants_page
from semsearch.server.http.paths import MCP_PATH
from semsearch.server.http.problem_types import ENTRY_NOT_FOUND, GLOSSARY_NOT_FOUND, NOT_FOUND
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.redirects import moved, successor_of
from semsearch.server.request_context import RequestContext, known_base_url
from semsearch.server.routes.parameters import EntryId
from semsearch.web import Site, render
from semsearch.web.entry_page import MAX_RELATED, entry_page_of
from semsearch.web.feed import MAX_ENTRIES, feed
from semsearch.web.listings import day_of, listed_glossaries
from semsearch.web.markdown_pages import MAX_LISTED, entry_markdown, llms, llms_full

MARKDOWN = "text/markdown"
PLAIN = "text/plain"
ATOM = "application/atom+xml"
_MARKDOWN_SUFFIX = ".md"
_TERMS_PER_PAGE = 150
"""Terms on one page of a glossary."""
_SIMILAR_NAMES = 5
MAX_COUNTED = 50_000
"""Entries of a glossary up to which its letters are counted and its terms filtered."""
MAX_FILTER_CHARS = 200

_log = logging.getLogger("semsearch.server")

router = APIRouter(include_in_schema=False, route_class=StrictRoute)


class AlphabetQuery(BaseModel):
    """Parameters of a page of a glossary, which ignores unknown ones as every page does."""

    letter: str = ""
    after: str = ""
    filter: str = ""


@router.get("/entry/{id:path}")
def entry_page(id: EntryId, request: Request) -> Response:
    """Return the page of an entry, or its Markdown version if the URL ends in `.md`."""
    context = RequestContext(request)
    try:
        entry = context.entry(id)
    except EntryNotFound:
        if successor := successor_of(request, id):
            return moved(context.site().entry(successor))
        if id.endswith(_MARKDOWN_SUFFIX):
            twin = id.removesuffix(_MARKDOWN_SUFFIX)
            if successor := successor_of(request, twin):
                site = context.site()
                return moved(site.root + site.markdown(successor))
            return _markdown(request, context, twin)
        if not wants_page(request.scope):
            raise
        return _missing(request, context, id)
    site = context.site()
    if entry.id != id:
        return RedirectResponse(site.entry(entry.id), 302)
    return context.respond_page(lambda: _entry_page(request, context, site, entry))


def _entry_page(request: Request, context: RequestContext, site: Site, entry: Entry) -> bytes:
    related = context.related(entry.id, MAX_RELATED)
    adjacent = context.glossary.alphabet(entry.glossary).adjacent(entry)
    return entry_page_of(site, related, adjacent, _changed_on(request, entry))


def _missing(request: Request, context: RequestContext, id: str) -> Response:
    """Return the page for an id that no entry has, with similar names and a search form."""
    words = " ".join(id.rpartition(":")[2].replace("-", " ").split())
    near = context.similar_names(words, _SIMILAR_NAMES)
    page = render("missing", context.site(), id=id, words=words, near=near)
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Authorization"}
    return HTMLResponse(page, ENTRY_NOT_FOUND.status, headers=headers)


def _changed_on(request: Request, entry: Entry) -> str:
    """Return the day of the last change of an entry, empty if there is no readable history."""
    editor = state_of(request).editor
    if not editor.has_store:
        return ""
    try:
        return day_of(editor.history(entry.id)[-1].at)
    except (StoredIndexError, EntryNotFound) as error:  # the page does without the day
        _log.warning("the history of %s cannot be read: %s", entry.id, error)
        return ""


def _markdown(request: Request, context: RequestContext, id: str) -> Response:
    related = context.related(id, MAX_RELATED)
    changed = partial(_changed_on, request, related.entry)
    return context.respond_with(
        lambda: entry_markdown(context.site(), related, changed()).encode(), MARKDOWN
    )


@router.get("/glossary")
def glossaries_page(request: Request) -> Response:
    """Return the list of glossaries, or a redirect to the only one."""
    context = RequestContext(request)
    site = context.site()
    if len(site.glossaries) == 1:
        return RedirectResponse(site.glossary(site.glossaries[0].name), 302)
    return context.respond_page(
        lambda: render(
            "glossaries",
            site,
            glossaries=listed_glossaries(site.glossaries, context.languages_of),
            built=day_of(context.glossary.info().built_at),
        )
    )


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
    return context.respond_page(lambda: _glossary_page(context, site, name, entries, query))


def _glossary_page(
    context: RequestContext, site: Site, name: str, entries: int, query: AlphabetQuery
) -> bytes:
    alphabet = context.glossary.alphabet(name)
    letters, places = context.cached(
        ("letters", name), lambda: _letters(alphabet, is_counted=entries <= MAX_COUNTED)
    )
    url = site.glossary(name)
    letter = query.letter or None
    after = context.entry_or_none(query.after)
    filter_ = query.filter.strip()[:MAX_FILTER_CHARS] if places else ""
    if filter_:
        found = alphabet.containing(places, filter_, _TERMS_PER_PAGE + 1)
        page = AlphabetPage(found[:_TERMS_PER_PAGE], None)
    else:
        found = ()
        page = alphabet.page(letter=letter, after=after, limit=_TERMS_PER_PAGE)
    groups = [
        {"letter": first, "entries": list(group)}
        for first, group in groupby(page.entries, letter_of)
    ]
    return render(
        "glossary",
        site,
        name=name,
        entries=entries,
        languages=context.languages_of(name),
        built=day_of(context.glossary.info().built_at),
        may_filter=bool(places),
        filter=filter_,
        found=len(page.entries),
        found_more=len(found) > len(page.entries),
        letters=[
            {"letter": one, "count": number, "href": f"{url}?{urlencode({'letter': one})}"}
            for one, number in letters.items()
        ],
        letter=letter,
        groups=groups,
        downloads=_downloads(site, name),
        canonical=site.url and site.url + site.glossary_path(name) + _query(letter, after),
        next=page.next and url + _query(letter, page.next),
    )


def _letters(alphabet: Alphabet, *, is_counted: bool) -> tuple[dict[str, int], list[AlphabetPlace]]:
    """Return the letters with their numbers of entries and the places of all entries.

    Those of a large glossary are not counted: 0, and no places.
    """
    letters = alphabet.letters()
    places = alphabet.places() if is_counted else []
    counts = count_by_letter(places)
    return {letter: counts.get(letter, 0) for letter in letters}, places


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


@router.get("/feed.atom")
def feed_page(request: Request) -> Response:
    """Return the feed of changed entries, which needs to know the address of the service."""
    url = known_base_url(request)
    context = RequestContext(request)
    editor = state_of(request).editor
    glossaries = caller_of(request).glossaries
    return context.respond_with(
        lambda: feed(context.site(), url, editor.latest(MAX_ENTRIES, glossaries)), ATOM
    )


@router.get("/llms.txt")
def llms_page(request: Request) -> Response:
    """Return /llms.txt: what this service is and where its entries are."""
    context = RequestContext(request)
    return context.respond_with(lambda: _llms(context), PLAIN)


def _llms(context: RequestContext) -> bytes:
    site = context.site()
    assistants = MCP_PATH.removeprefix("/") if is_installed() else None
    entries = listed_entries(context.glossary, site)
    return llms(site, entries, assistants=assistants).encode()


@router.get("/llms-full.txt")
def llms_full_page(request: Request) -> Response:
    """Return /llms-full.txt: all entries in one text, unless there are too many."""
    context = RequestContext(request)
    site = context.site()
    if site.entries > MAX_LISTED:
        raise Refused(NOT_FOUND, f"there are more than {MAX_LISTED} entries; read /llms.txt")
    return context.respond_with(lambda: _llms_full(context, site), PLAIN)


def _llms_full(context: RequestContext, site: Site) -> bytes:
    entries = chain.from_iterable(listed_entries(context.glossary, site).values())
    return llms_full(entries).encode()
