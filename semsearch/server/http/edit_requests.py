"""Edits are carried out: who may, once or again, and what is answered when the disk fails."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from semsearch.core.entries import Changed
from semsearch.core.errors import (
    AnsweredBefore,
    EntryConflict,
    IndexBusy,
    IndexFull,
    IndexUnwritable,
    StoredIndexError,
)
from semsearch.ingest import Editor, IdempotentRequest, ImportReport
from semsearch.server.auth.keys import Caller
from semsearch.server.auth.permissions import caller_of
from semsearch.server.batching import Workers
from semsearch.server.http import problems
from semsearch.server.http.preconditions import unmet
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import client_of

WAITING = 32
"""Edits that may wait for the one that is made; an edit takes a tenth of a second."""
PATIENCE_S = 10.0

MAX_KEY_CHARS = 255
"""Of the header `Idempotency-Key`."""

EditWorker = Workers[None, None]
Result = TypeVar("Result", Changed, ImportReport)

_log = logging.getLogger("semsearch.server")
_FAILURES: tuple[tuple[type[StoredIndexError], problems.ProblemType], ...] = (
    (IndexBusy, problems.BUSY),
    (IndexFull, problems.NO_ROOM),
    (IndexUnwritable, problems.NOT_WRITABLE),
    (StoredIndexError, problems.NOT_EDITABLE),
)


def edit_worker() -> EditWorker:
    """Return the thread that edits are made in, one after the other; questions never wait for it."""
    return Workers(1, _no_questions, waiting=WAITING, patience=PATIENCE_S)


def _no_questions(questions: Sequence[None]) -> list[None]:
    return list(questions)


@dataclass(frozen=True, slots=True)
class StoredReply:
    """What an edit is answered with, now and when it is sent again."""

    status: int
    content: bytes
    headers: dict[str, str]

    def to_bytes(self) -> bytes:
        """Return it as it is kept: a line of JSON, then the content."""
        head = json.dumps({"status": self.status, "headers": self.headers})
        return head.encode() + b"\n" + self.content

    @classmethod
    def of_bytes(cls, kept: bytes) -> StoredReply:
        """Return the reply that `to_bytes` was made of."""
        head, _, content = kept.partition(b"\n")
        stated = json.loads(head)
        return cls(stated["status"], content, stated["headers"])

    def response(self) -> Response:
        """Return the response."""
        return Response(
            self.content, self.status, media_type="application/json", headers=self.headers
        )


async def run_edit(
    request: Request,
    content: bytes,
    act: Callable[[Editor], Result],
    reply: Callable[[Result], StoredReply],
) -> Response:
    """Make an edit in its lane, or answer as before if it has been made under the same `Idempotency-Key`.

    Args:
        request: that asks for it; its caller is who edits.
        content: of its body.
        act: makes the edit.
        reply: what it is answered with.

    Raises:
        Refused: it cannot be done now, or its key stands for another request.
        Overloaded: too many edits wait.
    """
    done = await request.app.state.edits.run(
        lambda: _done(request, content, act, reply), client_of(request.scope)
    )
    response: Response = done.response()
    return response


def _done(
    request: Request,
    content: bytes,
    act: Callable[[Editor], Result],
    reply: Callable[[Result], StoredReply],
) -> StoredReply:
    editor: Editor = request.app.state.editor
    who = name_of(caller_of(request))
    key = _key(request)
    with in_words():
        if key is None:
            return reply(act(editor.as_author(who)))
        digest = _digest(request, content)
        known = _known(editor.as_author(who), key, digest)
        if known is not None:
            return known
        once = IdempotentRequest(key, digest, lambda result: reply(result).to_bytes())  # type: ignore[arg-type]
        try:
            return reply(act(editor.as_author(who, once)))
        except AnsweredBefore:
            known = _known(editor.as_author(who), key, digest)
            if known is None:
                raise
            return known


def _known(editor: Editor, key: str, digest: bytes) -> StoredReply | None:
    """Return what a request was answered with, if its key is known.

    Raises:
        Refused: the key was sent with another request.
    """
    answered = editor.answered(key)
    if answered is None:
        return None
    if answered.digest != digest:
        raise Refused(problems.KEY_REUSED, problems.KEY_REUSED.meaning)
    known = StoredReply.of_bytes(answered.answer)
    return StoredReply(
        known.status, known.content, {**known.headers, "Idempotency-Replayed": "true"}
    )


def _key(request: Request) -> str | None:
    stated = request.headers.getlist("idempotency-key")
    if not stated:
        return None
    if len(stated) > 1 or not 1 <= len(stated[0]) <= MAX_KEY_CHARS or not stated[0].isprintable():
        raise Refused(
            problems.INVALID_REQUEST,
            f"Idempotency-Key is sent once and has 1 to {MAX_KEY_CHARS} characters",
        )
    return stated[0]


def _digest(request: Request, content: bytes) -> bytes:
    """Return a hash of all that a request asks for; its conditions held when it was carried out."""
    scope = request.scope
    asked = (scope["method"].encode(), scope["path"].encode(), scope["query_string"], content)
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in asked)).digest()


def name_of(caller: Caller) -> str:
    """Return who edits, for the history: names may be given twice, ids are not."""
    return f"{caller.name} ({caller.id})" if caller.name else caller.id


@contextmanager
def conditional(request: Request) -> Iterator[None]:
    """Answer an edit whose entry is of another revision as its condition asks for.

    Raises:
        Refused: it is.
    """
    try:
        yield
    except EntryConflict as error:
        raise unmet(request, error.expected, str(error)) from None


@contextmanager
def in_words() -> Iterator[None]:
    """Say why the store cannot be read or written without naming its files, which the log does.

    Raises:
        Refused: it cannot.
    """
    try:
        yield
    except StoredIndexError as error:
        kind = next(kind for of, kind in _FAILURES if isinstance(error, of))
        _log.warning("%s: %s", kind.title, error)
        headers = {"Retry-After": "1"} if kind is problems.BUSY else None
        raise Refused(kind, kind.meaning, headers=headers) from error
