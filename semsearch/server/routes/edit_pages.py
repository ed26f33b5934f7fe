"""Routes of the pages on which entries are added, changed, deleted and restored.

The pages change nothing: their script sends edits to the HTTP interface. A browser never sends an
access key by itself, so no other site can use these pages in the name of a reader.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, Response

from semsearch.core.entries import StoredEntry, Version
from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http.preconditions import etag
from semsearch.server.http.strict_requests import StrictRoute
from semsearch.server.request_context import VARY, RequestContext
from semsearch.server.routes.parameters import ExactId
from semsearch.server.schemas.base import BodyModel
from semsearch.web import Site, render
from semsearch.web.edit_form import MARKDOWN, form_fields, merged, shown_versions, texts_of

_UNCACHED = {"Cache-Control": "no-store", "Vary": VARY}

router = APIRouter(include_in_schema=False, route_class=StrictRoute)


class NewPageQuery(BaseModel):
    """What the form of a new entry begins with."""

    glossary: str = ""
    term: str = ""
    asked: str = ""


class UnsavedForm(BodyModel):
    """A form that was not saved, since its entry has another revision by now."""

    revision: int = Field(ge=1, lt=2**63)
    fields: dict[str, str]
    """Texts by the names of fields."""


@router.get("/new")
def new_page(query: Annotated[NewPageQuery, Query()], request: Request) -> Response:
    """Return the form of a new entry."""
    site = RequestContext(request).site()
    shown = {"term": query.term.strip(), "asked_as": query.asked.strip()}
    glossary = query.glossary or site.about.default_glossary
    return _page(site, {}, shown, glossary=glossary)


@router.get("/edit/{id:path}")
def edit_page(id: ExactId, request: Request) -> Response:
    """Return the form of an entry, with the revision that a change is made from."""
    stored = _stored(request, id)
    texts = texts_of(stored.entry)
    return _page(_site(request), texts, texts, **_of(request, stored))


@router.post("/edit/{id:path}")
def conflict_page(id: ExactId, body: UnsavedForm, request: Request) -> Response:
    """Return the form of an entry with a change that was not saved, and both texts of conflicts."""
    stored = _stored(request, id)
    versions = _versions(request, id)
    then = [one.entry for one in versions if one.revision <= body.revision]
    base = texts_of(then[-1]) if then and then[-1] else {}
    theirs = texts_of(stored.entry)
    texts, conflicts = merged(base, theirs, body.fields)
    return _page(
        _site(request),
        theirs,
        texts,
        conflict={
            "who": versions[-1].who,
            "at": versions[-1].at,
            "day": versions[-1].at.partition("T")[0],
        },
        conflicts=conflicts,
        **_of(request, stored),
    )


@router.get("/history/{id:path}")
def history_page(id: ExactId, request: Request) -> Response:
    """Return the versions of an entry, which may be deleted, with what each has changed."""
    caller_of(request).check_visible(id)
    versions = _versions(request, id)
    last = versions[-1]
    named = next(one.entry for one in reversed(versions) if one.entry)
    page = render(
        "history",
        _site(request),
        id=id,
        name=named.term,
        exists=last.entry is not None,
        etag=etag(state_of(request).editor, last.revision) if last.entry else "",
        versions=shown_versions(versions),
    )
    return HTMLResponse(page, headers=_UNCACHED)


def _stored(request: Request, id: str) -> StoredEntry:
    """Return an entry that the caller may edit.

    Raises:
        EntryNotFound: there is none.
    """
    caller_of(request).check_visible(id)
    editor = state_of(request).editor
    return editor.entry(id)


def _versions(request: Request, id: str) -> list[Version]:
    editor = state_of(request).editor
    return editor.history(id)


def _site(request: Request) -> Site:
    return RequestContext(request).site()


def _of(request: Request, stored: StoredEntry) -> dict[str, object]:
    """Return what the form of an existing entry states about it."""
    tag = etag(state_of(request).editor, stored.revision)
    return {"id": stored.entry.id, "etag": tag, "revision": stored.revision}


def _page(site: Site, stored: dict[str, str], shown: dict[str, str], **context: object) -> Response:
    given: dict[str, object] = {
        "id": "",
        "etag": "",
        "revision": 0,
        "glossary": "",
        "conflict": None,
        "conflicts": [],
        **context,
    }
    page = render(
        "edit",
        site,
        fields=form_fields(stored, shown),
        is_markdown=bool(shown.get(MARKDOWN)),
        was_markdown=stored.get(MARKDOWN, ""),
        **given,
    )
    return HTMLResponse(page, headers=_UNCACHED)
