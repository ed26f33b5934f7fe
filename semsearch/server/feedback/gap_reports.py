"""Makes the report of gaps for a caller, between other questions.

Recorded questions are asked again in the line of batches, and the thread of heavy requests does the
rest, so readers hardly notice. A key that is restricted to glossaries gets what was asked of these
alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic_core import from_json
from starlette.requests import Request

from semsearch.core.entries import Entry
from semsearch.insights.open_questions import AnswerNow
from semsearch.insights.report import GapReport, PendingReport, ReportedEntries
from semsearch.search.answer import SearchRequest
from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http.strict_requests import client_of
from semsearch.server.request_context import RequestContext
from semsearch.storage.feedback import question_log
from semsearch.storage.files.layout import IndexLayout

ASKED_AT_ONCE = 100
"""Questions of a batch. The answers to all of them have more bytes than a batch may have."""


async def report_for(request: Request, since: datetime | None) -> GapReport:
    """Return the report that the caller of a request may see.

    Raises:
        StoredIndexError: what was recorded cannot be read.
        Overloaded: it would take too long beside others.
    """
    context = await RequestContext.refreshed(request)
    service = state_of(request).search_service
    client = client_of(request.scope)
    pending = await service.run_heavy(partial(_pending, request, context, since), client)
    answers: list[AnswerNow] = []
    for start in range(0, len(pending.asked), ASKED_AT_ONCE):
        part = pending.asked[start : start + ASKED_AT_ONCE]
        searches = [SearchRequest(one.text, glossary=one.glossary or None) for one in part]
        found = await service.ask_all(searches, client)
        answers += await service.run_heavy(partial(_answers_now, found), client)
    return await service.run_heavy(partial(_finished, context, pending, answers), client)


def questions_file(request: Request) -> Path:
    """Return where the questions of the index are recorded."""
    return IndexLayout(Path(state_of(request).glossary.info().path)).questions


def _pending(request: Request, context: RequestContext, since: datetime | None) -> PendingReport:
    permitted = caller_of(request).glossaries
    records = question_log.read(questions_file(request), since)
    seen = [one for one in records if not permitted or one.glossary in permitted]
    return PendingReport.of(seen, [info.name for info in context.glossaries()])


def _answers_now(answers: Sequence[bytes]) -> list[AnswerNow]:
    contents: list[dict[str, Any]] = [from_json(one) for one in answers]
    return [AnswerNow(one["verdict"], tuple(hit["id"] for hit in one["hits"])) for one in contents]


def _finished(
    context: RequestContext, pending: PendingReport, answers: Sequence[AnswerNow]
) -> GapReport:
    infos = context.glossaries()

    def everything() -> Iterator[Entry]:
        return chain.from_iterable(
            context.glossary.alphabet(info.name).everything() for info in infos
        )

    count = sum(info.entries for info in infos)
    entries = ReportedEntries(context.entry_or_none, count, everything)
    return pending.finish(answers, context.glossary.encode, entries)
