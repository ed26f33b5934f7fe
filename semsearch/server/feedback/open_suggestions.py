"""The suggestions of readers that a caller may decide."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request

from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import problem_types
from semsearch.server.http.problems import Refused
from semsearch.storage.feedback import inbox
from semsearch.storage.feedback.inbox import InboxState, ReaderSuggestion
from semsearch.storage.files.layout import IndexLayout


def inbox_file(request: Request) -> Path:
    """Return where the suggestions for the index are."""
    return IndexLayout(Path(state_of(request).glossary.info().path)).inbox


def check_taken(request: Request) -> None:
    """Refuse a request to a service that takes no suggestions.

    Raises:
        Refused: it takes none.
    """
    if not state_of(request).settings.suggestions:
        raise Refused(problem_types.NOT_FOUND, "this service takes no suggestions")


def open_suggestions(
    request: Request, state: InboxState = InboxState.OPEN
) -> list[ReaderSuggestion]:
    """Return the suggestions in a state that the caller may decide.

    Raises:
        Refused: the service takes none.
        StoredIndexError: they cannot be read.
    """
    check_taken(request)
    caller = caller_of(request)
    found = inbox.listed(inbox_file(request), state)
    return [one for one in found if caller.may_use(one.glossary)]
