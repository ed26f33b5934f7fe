"""Records what readers ask, off the path of answers, if the owner turned that on.

A route appends to a bounded queue; a thread redacts, shortens and writes a batch every few seconds.
Questions that the queue has no room for, or that cannot be written, are lost and counted. What is
recorded are questions of the page and of `/v1/search`: no names while one types, no questions of
assistants or tables.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic_core import from_json
from starlette.requests import Request

from semsearch.core.errors import StoredIndexError
from semsearch.core.settings import Settings
from semsearch.search.answer import SearchRequest
from semsearch.server.app_state import state_of
from semsearch.server.auth.keys import utc_now
from semsearch.storage.feedback.question_log import MAX_HITS, OpenedHit, RecordedQuestion, record
from semsearch.storage.feedback.recorded_text import recorded_load, recorded_text, typed_digests

MAX_WAITING = 1_000
"""Most questions that wait for the thread."""
MAX_WAITING_BYTES = 16_000_000
"""Most bytes of their answers, which wait with them. One of ten hits has some 10 kB."""
INTERVAL_S = 2.0
"""Seconds between two batches."""
RETRY_S = 10.0
"""Seconds for which an opened hit waits for its question, which another process may write later."""

RECORDS_NOTHING = "this service records no questions"
"""Detail of a refusal where recording is off."""

PAGE_LOAD = "x-page-load"
"""Header in which the search page sends a random number that is new each time it is loaded."""
_AGAIN = "again"
"""Its value when the page asks once more what it shows already."""
_PAGE_LOAD = re.compile(r"[0-9a-f]{8,32}")

_log = logging.getLogger("semsearch.server")


@dataclass(frozen=True, slots=True)
class _Asked:
    at: datetime
    search: SearchRequest
    source: str
    page_load: str
    answer: bytes


class QuestionRecorder:
    """Writes questions into `questions.db`.

    Args:
        file: the database, made with the first question.
        days: for which questions are kept.
        clock: returns the time, UTC to the second.
        interval_s: seconds between two batches.
    """

    def __init__(
        self,
        file: Path,
        days: int,
        clock: Callable[[], datetime] = utc_now,
        interval_s: float = INTERVAL_S,
    ) -> None:
        self._file = file
        self._keep = timedelta(days=days)
        self._clock = clock
        self._interval_s = interval_s
        self._waiting: deque[_Asked | OpenedHit] = deque()
        self._appended_bytes = 0  # only the event loop writes it, and only the thread the next one
        self._taken_bytes = 0
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None
        self._unmatched: list[OpenedHit] = []
        self.written = 0
        """Questions and opened hits that were written; a hit of no question is never counted."""
        self._refused = 0
        self._failed = 0

    @property
    def lost(self) -> int:
        """Those that were not: too many waited, or the file could not be written."""
        return self._refused + self._failed

    def start(self) -> None:
        """Start the thread that writes."""
        self._thread = threading.Thread(target=self._run, name="questions", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, and end the thread. Blocks."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join()
        self._write()

    def asked(self, search: SearchRequest, answer: bytes, source: str, page_load: str = "") -> None:
        """Record a question soon.

        Args:
            search: the question.
            answer: as JSON.
            source: `page` or `api`.
            page_load: the header `PAGE_LOAD`, if there is one.
        """
        if page_load != _AGAIN:
            one = _Asked(self._clock(), search, source, page_load, answer)
            self._append(one, len(answer))

    def opened(self, question: str, glossary: str | None, id_: str, page_load: str) -> None:
        """Record soon that the reader of an answer has opened a hit."""
        text = recorded_text(question)
        load = recorded_load(_number_of(page_load))
        self._append(OpenedHit(self._clock(), text, glossary or "", load, id_))

    def _append(self, one: _Asked | OpenedHit, size: int = 0) -> None:
        waiting_bytes = self._appended_bytes - self._taken_bytes + size
        if len(self._waiting) >= MAX_WAITING or waiting_bytes > MAX_WAITING_BYTES:
            self._refused += 1
            return
        self._appended_bytes += size
        self._waiting.append(one)

    def _run(self) -> None:
        while not self._ends.wait(self._interval_s):
            self._write()

    def _write(self) -> None:
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not batch and not self._unmatched:
            return
        self._taken_bytes += sum(len(one.answer) for one in batch if isinstance(one, _Asked))
        count = len(batch) + len(self._unmatched)
        again, self._unmatched = self._unmatched, []
        try:
            done = [_recorded(one) if isinstance(one, _Asked) else one for one in batch]
            unmatched = record(self._file, [*done, *again], self._clock(), self._keep)
        except StoredIndexError as error:
            self._failed += count
            _log.warning("%d questions could not be recorded: %s", count, error)
        except Exception:  # recording must never end because of one question
            self._failed += count
            _log.exception("%d questions could not be recorded", count)
        else:
            self.written += count - len(unmatched)
            since = self._clock() - timedelta(seconds=RETRY_S)
            self._unmatched = [hit for hit in unmatched if hit.at > since][-MAX_WAITING:]


def recorder_of(settings: Settings, file: Path) -> QuestionRecorder | None:
    """Return what records questions, or None if they are not to be recorded."""
    return QuestionRecorder(file, settings.question_days) if settings.record_questions else None


def note_question(request: Request, search: SearchRequest, answer: bytes, source: str) -> None:
    """Record an answered question if that is on, unless a browser only fetched it in advance."""
    recorder = state_of(request).question_recorder
    if recorder is not None and "sec-purpose" not in request.headers:
        recorder.asked(search, answer, source, request.headers.get(PAGE_LOAD, ""))


def _recorded(asked: _Asked) -> RecordedQuestion:
    answer: dict[str, Any] = from_json(asked.answer)
    hits = answer["hits"]
    scores = [hit["score"] for hit in hits[:2]]
    repaired = answer["repaired"]
    page_load = _number_of(asked.page_load)
    return RecordedQuestion(
        asked.at,
        recorded_text(asked.search.question),
        asked.search.glossary or "",
        asked.source,
        answer["verdict"],
        answer["confidence"],
        tuple(hit["id"] for hit in hits[:MAX_HITS]),
        round(scores[0] - scores[1], 4) if len(scores) == 2 else None,
        recorded_text(repaired) if repaired else "",
        page_load=recorded_load(page_load),
        typed=typed_digests(asked.search.question, page_load),
        asked_for=asked.search.k,
    )


def _number_of(page_load: str) -> str:
    return page_load if _PAGE_LOAD.fullmatch(page_load) else ""
