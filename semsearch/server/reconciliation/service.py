"""What the routes of both versions do: match, suggest and extend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from starlette.requests import Request

from semsearch.core.errors import InvalidQuestion
from semsearch.search.answer import SearchRequest
from semsearch.search.index_view import MAX_K
from semsearch.server.app_state import state_of
from semsearch.server.auth.keys import Caller
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http.problem_types import TOO_LARGE
from semsearch.server.http.problems import Refused
from semsearch.server.http.strict_requests import client_of
from semsearch.server.reconciliation.matching import candidates
from semsearch.server.reconciliation.properties import PROPERTIES
from semsearch.server.reconciliation.queries import (
    MAX_CANDIDATES,
    MAX_SEARCHES,
    EntityQuery,
    check_size,
)
from semsearch.server.reconciliation.visible_entries import VisibleEntries
from semsearch.server.request_context import RequestContext
from semsearch.server.schemas.reconciliation import (
    WireCandidate,
    WireExtension,
    WireExtensionRow,
    WireProperty,
    WirePropertyValue,
    WirePropertyValues,
    WireSuggestedEntity,
)
from semsearch.text.questions import check_question

MAX_EXTENSION_CHARS = 500_000
"""Most characters of an answer with properties. A small request can ask for 100 times as much."""

_MARKS = 10
"""Quotes, brackets and names of members around a text."""

RIVALS = 5
"""Hits asked for at least, so that another entry of the same name is among them."""


async def match(queries: Sequence[EntityQuery], request: Request) -> list[list[WireCandidate]]:
    """Return the candidates for each query, best first.

    Raises:
        Refused: the batch is too large.
        Overloaded: too much waits, or it took too long.
    """
    check_size(len(queries))
    check_size(sum(len(query.ids) for query in queries), MAX_SEARCHES, "ids")
    context = await RequestContext.refreshed(request)
    service = state_of(request).search_service
    client = client_of(request.scope)
    caller = caller_of(request)
    plans = await service.run_heavy(partial(_plans, queries, caller, context), client)
    searches = [one for plan in plans for one in plan]
    entries = VisibleEntries(context)
    made: list[list[WireCandidate]] = []
    async with service.answering(searches, client, further=len(queries)) as (found, batch):
        answers = iter(found)
        for query, plan in zip(queries, plans, strict=True):
            judge = partial(candidates, query, [next(answers) for _ in plan], entries)
            made.append(await service.run_heavy(judge, client, batch=batch))
    return made


def _plans(
    queries: Sequence[EntityQuery], caller: Caller, context: RequestContext
) -> list[list[SearchRequest]]:
    """Return the searches of each query: each text, in each glossary that it may be asked in.

    Raises:
        Refused: there are too many. They are counted before any is made.
    """
    existing = {info.name for info in context.glossaries()}
    glossaries = [_glossaries(query, caller, existing) for query in queries]
    count = sum(
        len(asked) * len(query.texts) for query, asked in zip(queries, glossaries, strict=True)
    )
    check_size(count, MAX_SEARCHES, "searches (names by glossaries)")
    return [
        [one for one in _searches(query, asked) if _is_askable(one, context)]
        for query, asked in zip(queries, glossaries, strict=True)
    ]


def _glossaries(query: EntityQuery, caller: Caller, existing: set[str]) -> list[str | None]:
    """Return the glossaries to ask, or None for all."""
    wanted = query.types or caller.glossaries
    return [one for one in wanted if one in existing] if wanted else [None]


def _searches(query: EntityQuery, glossaries: Iterable[str | None]) -> Iterator[SearchRequest]:
    k = MAX_CANDIDATES if query.conditions else max(query.limit, RIVALS)
    for glossary in glossaries:
        for text in query.texts:
            yield SearchRequest(text, k, glossary)


def _is_askable(search: SearchRequest, context: RequestContext) -> bool:
    """Whether a text can be asked. Cells of tables have anything in them."""
    try:
        context.glossary.check(search)
    except InvalidQuestion:
        return False
    return True


def suggest_entities(
    prefix: str, start: int, limit: int, context: RequestContext, caller: Caller
) -> list[WireSuggestedEntity]:
    """Return entries whose id is, or of whose names one begins with, what was typed."""
    typed = " ".join(prefix.split())
    found: dict[str, WireSuggestedEntity] = {}
    entries = VisibleEntries(context)
    if entry := entries.entry(typed):
        found[entry.id] = WireSuggestedEntity.of(entry.term, entry, entries.about)
    existing = [info.name for info in context.glossaries()]
    glossaries: list[str | None] = [*existing] if caller.glossaries else [None]
    k = min(start + limit, MAX_K)
    try:
        typed = check_question(typed)
    except InvalidQuestion:
        return list(found.values())[start : start + limit]
    for glossary in glossaries:
        for one in context.glossary.suggest(typed, k=k, glossary=glossary):
            shown = WireSuggestedEntity.of(one.name, one.entry, entries.about)
            found.setdefault(one.entry.id, shown)
    return list(found.values())[start : start + limit]


def extend(
    ids: Sequence[str], property_ids: Sequence[str], context: RequestContext
) -> WireExtension:
    """Return properties of entries. Those of unknown ids are empty.

    Raises:
        Refused: the answer would be too large.
    """
    entries = VisibleEntries(context)
    meta = [
        WireProperty(one, PROPERTIES[one].name if one in PROPERTIES else one)
        for one in property_ids
    ]
    rows, chars = [], 0
    for id_ in ids:
        row = WireExtensionRow(id_, _row(id_, property_ids, entries))
        chars += _chars(row)
        if chars > MAX_EXTENSION_CHARS:
            raise Refused(
                TOO_LARGE,
                f"the properties of {len(ids)} ids have more than {MAX_EXTENSION_CHARS:,} "
                "characters; send fewer ids, or fewer properties, in one request",
            )
        rows.append(row)
    return WireExtension(meta, rows)


def _chars(row: WireExtensionRow) -> int:
    """Return how many characters the JSON of a row has, about."""
    return sum(
        len(one.id) + _MARKS + sum(_MARKS + len(text) for v in one.values for text in _texts(v))
        for one in row.properties
    )


def _texts(value: WirePropertyValue) -> Iterator[str]:
    return filter(None, (value.text, value.id, value.name))


def _row(id: str, property_ids: Sequence[str], entries: VisibleEntries) -> list[WirePropertyValues]:
    entry = entries.entry(id)
    values = entries.values(entry, property_ids) if entry else {}
    made = partial(map, WirePropertyValue.of)
    return [WirePropertyValues(one, list(made(values.get(one, ())))) for one in property_ids]
