"""Runs edits: one at a time, and once for each `Idempotency-Key`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from semsearch.core.entries import Changed
from semsearch.core.errors import EntryConflict, EntryError
from semsearch.ingest import Editor, IdempotentRequest, ImportReport
from semsearch.ingest.bulk import Outcome
from semsearch.server.app_state import state_of
from semsearch.server.auth.edit_quotas import EditQuotas, EditSize
from semsearch.server.auth.keys import Caller
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http import problem_types
from semsearch.server.http.preconditions import unmet
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import client_of
from semsearch.server.queueing.batching import Workers, work_only
from semsearch.server.queueing.waiting_line import WaitingLine

WAITING = 32
"""Most edits in the queue. One takes some 10 ms (`make bench-edits`)."""
PATIENCE_S = 10.0
"""Seconds that an edit may wait."""

MAX_KEY_CHARS = 255
"""Longest `Idempotency-Key`."""

Result = TypeVar("Result", Changed, ImportReport)


def edit_worker() -> Workers[None, None]:
    """Return the thread that makes all edits, one by one. Questions use other threads."""
    return work_only(1, WaitingLine(1, WAITING, PATIENCE_S))


@dataclass(frozen=True, slots=True)
class StoredReply:
    """The answer to an edit, stored for repetitions of the request."""

    status: int
    content: bytes
    headers: dict[str, str]

    def to_bytes(self) -> bytes:
        """Return the stored form: a line of JSON, then the content."""
        head = json.dumps({"status": self.status, "headers": self.headers})
        return head.encode() + b"\n" + self.content

    @classmethod
    def of_bytes(cls, stored: bytes) -> StoredReply:
        """Return the reply of a stored form."""
        head, _, content = stored.partition(b"\n")
        members = json.loads(head)
        return cls(members["status"], content, members["headers"])

    def response(self) -> Response:
        """Return the response."""
        return Response(
            self.content, self.status, media_type="application/json", headers=self.headers
        )


@dataclass(slots=True)
class _Edit(Generic[Result]):
    """One edit of a request, which the thread of edits makes; see `run_edit`."""

    request: Request
    content: bytes
    edit: Callable[[Editor], Result]
    reply: Callable[[Result], StoredReply]
    size: Callable[[Editor], EditSize]
    once: IdempotentRequest | None
    result: Result | None = None
    """What was changed; None if an earlier answer was repeated."""

    def run(self) -> StoredReply:
        """Make the edit, or find the answer to the same request with the same key."""
        caller = caller_of(self.request)
        editor = state_of(self.request).editor.as_author(author_of(caller), self.once)
        if self.once is not None:
            return self.reply(self._charged(editor, caller))
        key = _idempotency_key(self.request)
        if key is None:
            return self.reply(self._charged(editor, caller))
        digest = _digest(self.request, self.content)
        if stored := _stored_reply(editor, key, digest):
            return stored
        once = IdempotentRequest(key, digest, self._to_store)
        try:
            return self.reply(self._charged(editor.as_author(author_of(caller), once), caller))
        except (EntryError, Refused):  # perhaps it was executed since it was looked up
            if stored := _stored_reply(editor, key, digest):
                return stored
            raise

    def _charged(self, editor: Editor, caller: Caller) -> Result:
        """Make the edit at the cost of the key's quota, if it has one."""
        quotas: EditQuotas = state_of(self.request).edit_quotas
        if not quotas.bind(caller):
            self.result = self.edit(editor)
        else:
            with quotas.charged(caller, self.size(editor)):
                self.result = self.edit(editor)
        return self.result

    def _to_store(self, result: Changed | ImportReport) -> bytes:
        return self.reply(result).to_bytes()  # type: ignore[arg-type]


async def run_edit(
    request: Request,
    content: bytes,
    edit: Callable[[Editor], Result],
    reply: Callable[[Result], StoredReply],
    size: Callable[[Editor], EditSize],
    *,
    once: IdempotentRequest | None = None,
) -> Response:
    """Make an edit, or repeat the answer if its `Idempotency-Key` was used for the same request.

    Args:
        request: the request, whose caller is the author of the edit.
        content: of the body.
        edit: makes the edit.
        reply: makes the answer from the result.
        size: what the edit writes, for the quota of the key.
        once: what the edit executes, in the place of an `Idempotency-Key`.

    Raises:
        AnsweredBefore: `once` was executed before.
        Refused: the key was used for another request, or its quota is used.
        StoredIndexError: the store cannot be edited now.
        Overloaded: too many edits wait.
    """
    one = _Edit(request, content, edit, reply, size, once)
    stored = await state_of(request).edit_worker.run(one.run, client_of(request.scope))
    if one.result is not None:
        written, deleted = _count(one.result)
        state_of(request).telemetry.edited(written=written, deleted=deleted)
    response: Response = stored.response()
    return response


def _count(result: Changed | ImportReport) -> tuple[int, int]:
    """Return how many entries an edit has written, and how many it has deleted."""
    if isinstance(result, Changed):
        return int(result.entry is not None), int(result.entry is None)
    outcomes = [record.outcome for record in result.records if result.is_applied]
    return sum(one in {Outcome.ADDED, Outcome.CHANGED} for one in outcomes), 0


def _stored_reply(editor: Editor, key: str, digest: bytes) -> StoredReply | None:
    """Return the stored answer to an earlier request with the same key.

    Raises:
        Refused: the earlier request was another one.
    """
    answered = editor.answered(key)
    if answered is None:
        return None
    if answered.digest != digest:
        raise Refused(problem_types.KEY_REUSED, problem_types.KEY_REUSED.meaning)
    stored = StoredReply.of_bytes(answered.answer)
    return replace(stored, headers={**stored.headers, "Idempotency-Replayed": "true"})


def _idempotency_key(request: Request) -> str | None:
    keys = request.headers.getlist("idempotency-key")
    if not keys:
        return None
    if len(keys) > 1 or not 1 <= len(keys[0]) <= MAX_KEY_CHARS or not keys[0].isprintable():
        raise Refused(
            problem_types.INVALID_REQUEST,
            f"Idempotency-Key is sent once and has 1 to {MAX_KEY_CHARS} characters",
        )
    return keys[0]


def _digest(request: Request, content: bytes) -> bytes:
    """Return a hash of a request without its preconditions, which held when it was made."""
    scope = request.scope
    parts = (scope["method"].encode(), scope["path"].encode(), scope["query_string"], content)
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).digest()


def author_of(caller: Caller) -> str:
    """Return the author for the history. Two keys may have one name, but never one id."""
    return f"{caller.name} ({caller.id})" if caller.name else caller.id


@contextmanager
def conditional(request: Request) -> Iterator[None]:
    """Refuse an edit whose entry has another revision than its precondition states.

    Raises:
        Refused: the revision is another one.
    """
    try:
        yield
    except EntryConflict as error:
        raise unmet(request, error.expected, str(error)) from None
