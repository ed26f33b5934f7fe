"""Decides on suggestions of readers: once for each, whoever decides and whatever is interrupted.

Accepting may edit an entry. The transaction of that edit also writes who accepted the suggestion.
Decisions hold the lock of edits and go in one order: look whether the suggestion is open, edit,
note the decision in the inbox. If a process ends before the note, the next decision makes it.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from semsearch.core.entries import Changed
from semsearch.core.errors import AnsweredBefore
from semsearch.importers.clean_text import clean_text
from semsearch.ingest import Editor, IdempotentRequest, ImportReport
from semsearch.server.app_state import state_of
from semsearch.server.auth.edit_quotas import EditSize
from semsearch.server.auth.permissions import caller_of
from semsearch.server.feedback.open_suggestions import inbox_file
from semsearch.server.http import problem_types
from semsearch.server.http.edit_requests import StoredReply, author_of, conditional, run_edit
from semsearch.server.http.min_revision import REVISION_HEADER
from semsearch.server.http.preconditions import expected_revision
from semsearch.server.http.problems import InvalidParam, Refused
from semsearch.server.http.strict_requests import client_of
from semsearch.server.schemas.inbox import Decision
from semsearch.server.serialize import to_json
from semsearch.storage.feedback import inbox
from semsearch.storage.feedback.inbox import InboxState, ReaderSuggestion
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.idempotency import ACCEPTED_SUGGESTIONS

REPLAYED = {"Idempotency-Replayed": "true"}


def decide(request: Request, one: ReaderSuggestion, decision: Decision) -> bytes:
    """Accept or refuse a suggestion, which edits nothing, and return it as it is then, as JSON.

    What a decision adds or changes was edited before.

    Raises:
        Refused: it was decided otherwise, without that edit, or by somebody else.
        InvalidSetting: it is refused without a reason.
        StoredIndexError: the index or the inbox cannot be written.
    """
    state = InboxState.ACCEPTED if decision.accepted else InboxState.REFUSED
    author, reason = author_of(caller_of(request)), clean_text(decision.reason)
    editor, file = state_of(request).editor, inbox_file(request)
    with translate_os_errors(file.parent), editor.deciding(one.id) as accepted_by:
        if accepted_by is None and (decision.add is not None or decision.change is not None):
            is_decided = False  # accepted without an edit: this one would be lost
        elif accepted_by is None:
            is_decided = inbox.decide(file, one.id, state, reason, author)
        else:  # by an edit, which the inbox may not know of yet
            is_decided = accepted_by == author and state is InboxState.ACCEPTED
            inbox.note_accepted(file, one.id, accepted_by, reason if is_decided else "")
    if not is_decided:
        raise Refused(
            problem_types.CONDITION_FAILED,
            "the suggestion was decided otherwise, or by somebody else",
        )
    return to_json(inbox.find(file, one.id) or one)


async def decide_in_turn(request: Request, one: ReaderSuggestion, decision: Decision) -> bytes:
    """Decide in the thread of edits: it waits for the lock of edits, which others may hold.

    Raises:
        Overloaded: too many edits wait.
        Refused, InvalidSetting, StoredIndexError: see `decide`.
    """
    worker = state_of(request).edit_worker
    return await worker.run(lambda: decide(request, one, decision), client_of(request.scope))


async def accept_by_edit(
    request: Request, one: ReaderSuggestion, decision: Decision, headers: dict[str, str]
) -> Response:
    """Edit the entry of a suggestion, and accept it. A repeated request edits nothing.

    Args:
        request: the request, whose caller is the author of the edit.
        one: the suggestion.
        decision: what is added or changed.
        headers: of the answer.

    Raises:
        Refused: it was decided otherwise or by somebody else, or the edit is refused.
        StoredIndexError: the store cannot be edited now.
    """
    edit = _edit_of(request, one, decision)
    file, author = inbox_file(request), author_of(caller_of(request))

    def check_open(_result: Changed | ImportReport) -> bytes:
        """Return who accepts it, inside the transaction of the edit."""
        present = inbox.find(file, one.id)
        if present is None or present.state is not InboxState.OPEN:
            raise AnsweredBefore(f"the suggestion {one.id} was decided before")
        return author.encode()

    def reply(changed: Changed) -> StoredReply:
        shown = {REVISION_HEADER: str(changed.revision)}
        return StoredReply(200, decide(request, one, decision), {**headers, **shown})

    def replay() -> StoredReply:
        """Return the decision that was made; the present revision shows its edit."""
        decided = decide(request, one, decision)
        shown = {REVISION_HEADER: str(state_of(request).editor.revision())}
        return StoredReply(200, decided, {**headers, **shown, **REPLAYED})

    content = decision.model_dump_json(exclude_unset=True).encode()
    size = EditSize(entries=int(decision.add is not None), bytes=len(content))
    once = IdempotentRequest(one.id, b"", check_open, ACCEPTED_SUGGESTIONS)
    try:
        return await run_edit(request, content, edit, reply, lambda _: size, once=once)
    except AnsweredBefore:
        return (
            await state_of(request).edit_worker.run(replay, client_of(request.scope))
        ).response()


def _edit_of(
    request: Request, one: ReaderSuggestion, decision: Decision
) -> Callable[[Editor], Changed]:
    """Return what edits the entry of a suggestion, unless that was done before."""
    add, change = decision.add, decision.change
    if (add if one.entry else change) is not None or (add is None and change is None):
        member, other = ("add", "change") if one.entry else ("change", "add")
        detail = f"this suggestion is accepted with {other!r}, not with {member!r}"
        param = InvalidParam(detail=detail, pointer=f"/{member}")
        raise Refused(problem_types.INVALID_REQUEST, detail, [param])

    def edit(editor: Editor) -> Changed:
        if editor.accepted_by(one.id) is not None:
            raise AnsweredBefore(f"the suggestion {one.id} was accepted before")
        if add is not None:
            return editor.add(one.glossary, add.draft())
        with conditional(request):
            revision = expected_revision(request, editor, one.entry)
            changes = change.changes() if change is not None else {}
            return editor.change(one.entry, **changes, expected=revision)

    return edit
