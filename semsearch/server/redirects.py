"""Answers at the address of an entry that was renamed or merged."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from semsearch.core.errors import StoredIndexError
from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.request_context import VARY

_log = logging.getLogger("semsearch.server")


def successor_of(request: Request, id: str) -> str | None:
    """Return the id of the entry that has taken the place of one that is gone, or None.

    It is of the same glossary, of which a caller who may not use it learns nothing.
    """
    editor = state_of(request).editor
    if not editor.has_store or not caller_of(request).may_see(id):
        return None
    try:
        return editor.successor(id)
    except StoredIndexError as error:
        _log.warning("the redirects cannot be read: %s", error)
        return None


def moved(address: str) -> Response:
    """Return a redirect that is asked for again, since the entry may be restored."""
    headers = {"Cache-Control": "no-cache", "Vary": VARY}
    return RedirectResponse(address, 308, headers)
