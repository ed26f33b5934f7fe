"""What the tools read: an index on this machine, or what the caller of a request may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from semsearch.core.answers import Related
from semsearch.search.answer import SearchRequest
from semsearch.search.glossary import Glossary
from semsearch.server.app_state import state_of
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http.strict_requests import client_of
from semsearch.server.request_context import RequestContext
from semsearch.server.search_service import SearchService
from semsearch.server.serialize import to_json
from semsearch.text.questions import check_question
from semsearch.web import Site

_T = TypeVar("_T")


class GlossaryReader(Protocol):
    """What the tools need of an index.

    Outputs are made in the threads that read, since entries may be long.
    """

    site: Site

    async def ask(
        self, question: str, limit: int, glossary: str | None, make: Callable[[bytes], _T]
    ) -> _T:
        """Return what `make` makes of the answer to a question as JSON; see `WireAnswer`.

        Raises:
            SemsearchError, Overloaded: as `Glossary.ask` and `SearchService.ask`.
        """
        ...

    async def related(self, id_or_name: str, limit: int, make: Callable[[Related], _T]) -> _T:
        """Return what `make` makes of an entry with its related entries.

        Raises:
            EntryNotFound: no entry that the caller may see has this id or name.
            Overloaded: too much waits.
        """
        ...


class LocalReader:
    """Reads an open index in threads.

    Args:
        glossary: the index.
        url: base URL of a service with its pages, with a slash at its end; empty if there is none.
    """

    def __init__(self, glossary: Glossary, url: str) -> None:
        self._glossary = glossary
        self.site = Site(url=url, address=url)

    async def ask(
        self, question: str, limit: int, glossary: str | None, make: Callable[[bytes], _T]
    ) -> _T:
        """Return what is made of the answer to a question."""
        ask = partial(self._glossary.ask, question, k=limit, glossary=glossary)
        return await run_in_threadpool(lambda: make(to_json(ask())))

    async def related(self, id_or_name: str, limit: int, make: Callable[[Related], _T]) -> _T:
        """Return what is made of an entry with its related entries."""
        related = partial(self._glossary.related, id_or_name, k=limit)
        return await run_in_threadpool(lambda: make(related()))


class RequestReader:
    """Reads what the caller of a request may see, in the lines of the service.

    Args:
        request: a permitted request.
        context: of the request, refreshed.
        site: of the request.
    """

    def __init__(self, request: Request, context: RequestContext, site: Site) -> None:
        self._request = request
        self._context = context
        self._service: SearchService = state_of(request).search_service
        self._client = client_of(request.scope)
        self.site = replace(site, url=site.address)

    @classmethod
    async def of(cls, request: Request) -> RequestReader:
        """Return the reader of a permitted request, with the latest revision of the index."""
        context = await RequestContext.refreshed(request)
        return cls(request, context, await run_in_threadpool(context.site))

    async def ask(
        self, question: str, limit: int, glossary: str | None, make: Callable[[bytes], _T]
    ) -> _T:
        """Return what is made of the answer to a question, as `/v1/search` gives it."""
        permitted = caller_of(self._request).searchable_glossary(glossary)
        search = SearchRequest(check_question(question), limit, permitted)
        reply = await self._service.ask(search, self._client)
        work = partial(make, reply.content)
        has_waited = not reply.is_cached
        return await self._service.page_workers.run(work, self._client, is_next=has_waited)

    async def related(self, id_or_name: str, limit: int, make: Callable[[Related], _T]) -> _T:
        """Return what is made of an entry with its related entries."""
        related = partial(self._context.related, id_or_name, limit)
        return await self._service.page_workers.run(lambda: make(related()), self._client)
