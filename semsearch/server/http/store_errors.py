"""Errors of the files of an index as problems. Only the log names the files."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response

from semsearch.core.errors import (
    IndexBusy,
    IndexFollows,
    IndexFull,
    IndexUnwritable,
    StoredIndexError,
)
from semsearch.core.shared_store_errors import StoreRewound, StoreUnavailable
from semsearch.server.http import problem_types
from semsearch.server.http.error_responses import refuse

_PROBLEM_OF_ERROR: tuple[tuple[type[StoredIndexError], problem_types.ProblemType], ...] = (
    (IndexFollows, problem_types.FOLLOWS),
    (IndexBusy, problem_types.BUSY),
    (StoreUnavailable, problem_types.STORE_AWAY),
    (StoreRewound, problem_types.STORE_AWAY),  # perhaps a former primary
    (IndexFull, problem_types.NO_ROOM),
    (IndexUnwritable, problem_types.NOT_WRITABLE),
    (StoredIndexError, problem_types.NOT_EDITABLE),
)
"""The first that an error is an instance of counts."""

_log = logging.getLogger("semsearch.server")


def problem_type_of(error: Exception) -> problem_types.ProblemType:
    """Return the type of the problem that an error of the files of an index is."""
    return next(kind for type_, kind in _PROBLEM_OF_ERROR if isinstance(error, type_))


async def on_stored_index_error(request: Request, error: Exception) -> Response:
    """Answer a request for which a file of the index cannot be read or written."""
    kind = problem_type_of(error)
    _log.warning("%s: %s", kind.title, error)
    if isinstance(error, IndexFollows):
        return refuse(request.scope, kind, f"this index follows {error.url}; send the edit there")
    return refuse(request.scope, kind, kind.meaning)
