"""What a route works with: the index as the caller may see it, and the caching headers."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from semsearch.core.answers import Related
from semsearch.core.checksums import text_hash
from semsearch.core.entries import Entry
from semsearch.core.errors import EntryNotFound, InvalidQuestion
from semsearch.core.index_info import GlossaryInfo
from semsearch.core.settings import Settings
from semsearch.core.version import __version__
from semsearch.search.glossary import Glossary
from semsearch.search.index_view import MAX_K
from semsearch.server.app_state import state_of
from semsearch.server.auth.exposure import is_local
from semsearch.server.auth.keys import Caller
from semsearch.server.auth.permissions import caller_of
from semsearch.server.http.error_responses import page_root
from semsearch.server.http.min_revision import REVISION_HEADER
from semsearch.server.http.preconditions import is_current
from semsearch.server.http.problem_types import NOT_FOUND
from semsearch.server.http.problems import Refused
from semsearch.server.page_cache import PageCache
from semsearch.server.serialize import to_json
from semsearch.web import Site

VARY = "Accept, Authorization"
"""Request headers that answers depend on."""

T = TypeVar("T")


class RequestContext:
    """The index for one request.

    It hides the glossaries that the caller's key does not permit.
    """

    def __init__(self, request: Request, *, refresh: bool = True) -> None:
        """Make the context of a permitted request.

        Args:
            request: the request.
            refresh: whether to show the latest revision first, which may wait for a writer. A
                coroutine awaits `refreshed` instead.
        """
        state = state_of(request)
        self.glossary: Glossary = state.glossary
        self._request = request
        self._page_cache: PageCache = state.page_cache
        self._caller = caller_of(request)
        if refresh:
            self.glossary.refresh(wait=False)
        permitted = self._caller.glossaries
        tag = self.glossary.tag_of(permitted) if permitted else self.glossary.tag
        etag = _etag(f"{tag}-{__version__}-{state.settings_tag}", self._caller)
        self.shown = {REVISION_HEADER: str(self.glossary.revision)}
        """The header that says which revision of the store an answer shows at least."""
        self.caching = {"ETag": etag, "Cache-Control": "no-cache", "Vary": VARY, **self.shown}
        self.is_not_modified = is_current(request, etag)

    @classmethod
    async def refreshed(cls, request: Request) -> RequestContext:
        """Make the context in a coroutine. If the index has changed, a thread refreshes it."""
        await state_of(request).search_service.refresh()
        return cls(request, refresh=False)

    def respond(self, make: Callable[[], object]) -> Response:
        """Return the JSON of a value, which is made unless the client's copy is up to date."""
        return self.respond_with(lambda: to_json(make()))

    def respond_page(self, make: Callable[[], bytes]) -> Response:
        """Return a page, which is made unless the client's copy is up to date."""
        return self.respond_with(make, "text/html")

    def respond_with(
        self, make: Callable[[], bytes], media_type: str = "application/json"
    ) -> Response:
        """Return content, JSON by default, which is made unless the client's copy is up to date."""
        return self.not_modified() if self.is_not_modified else self.ok(make(), media_type)

    def not_modified(self) -> Response:
        """Return the answer to a client whose copy is up to date."""
        return Response(status_code=304, headers=self.caching)

    def ok(self, content: bytes, media_type: str = "application/json") -> Response:
        """Return content, JSON by default, that a client may store and revalidate by its ETag."""
        return Response(content, media_type=media_type, headers=self.caching)

    def passing(self, content: bytes, media_type: str = "application/json") -> Response:
        """Return content that will soon be another, so that no client may store it."""
        headers = {"Cache-Control": "no-store", "Vary": VARY, **self.shown}
        return Response(content, media_type=media_type, headers=headers)

    def cached(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return a value that pages need, computed once for each state of the index."""
        return self._page_cache.get(self.glossary.tag, key, compute)

    def entry(self, id_or_name: str) -> Entry:
        """Return one entry of the glossaries that the caller may use.

        Raises:
            EntryNotFound: none of these entries has this id or name.
        """
        try:
            return self.glossary.entry(id_or_name, self._caller.glossaries)
        except InvalidQuestion:
            raise self._not_found() from None
        except EntryNotFound:
            if self._caller.glossaries:
                raise self._not_found() from None
            raise

    def _not_found(self) -> EntryNotFound:
        names = self._caller.glossaries
        among = f"; this key is for {', '.join(names)} only" if names else ""
        return EntryNotFound(f"there is no entry with this id or name{among}")

    def entry_or_none(self, id: str) -> Entry | None:
        """Return the entry of an id that a link states, or None if it is empty or has gone."""
        try:
            return self.entry(id) if id else None
        except EntryNotFound:
            return None

    def similar_names(self, name: str, limit: int) -> list[Entry]:
        """Return entries whose names resemble a misspelt one, of glossaries the caller may use."""
        permitted = self._caller.glossaries
        existing = [info.name for info in self.glossaries()]
        searched = [one for one in permitted if one in existing] if permitted else [None]
        try:
            found = [
                suggestion.entry
                for glossary in searched
                for suggestion in self.glossary.suggest(
                    name, k=limit, glossary=glossary, misspelt=True
                )
            ]
        except InvalidQuestion:
            return []
        return found[:limit]

    def related(self, id_or_name: str, limit: int) -> Related:
        """Return the related entries of glossaries that the caller may use.

        Linked entries always are of the same glossary. Similar ones may be of another.

        Raises:
            EntryNotFound: as for `entry`.
        """
        entry = self.entry(id_or_name)
        if not self._caller.glossaries:
            return self.glossary.related(entry.id, k=limit)
        found = self.glossary.related(entry.id, k=MAX_K)
        similar = [near for near in found.similar if self._caller.may_use(near.entry.glossary)]
        return replace(
            found,
            similar=tuple(replace(near, rank=i) for i, near in enumerate(similar[:limit], 1)),
            see_also=found.see_also[:limit],
            mentions=found.mentions[:limit],
            mentioned_by=found.mentioned_by[:limit],
        )

    def languages(self) -> list[str]:
        """Return the tags of the languages of definitions that the caller may see, sorted."""
        return sorted({tag for info in self.glossaries() for tag in self.languages_of(info.name)})

    def languages_of(self, glossary: str) -> tuple[str, ...]:
        """Return the tags of the languages of one glossary."""
        return self.cached("languages", self._languages).get(glossary, ())

    def _languages(self) -> dict[str, tuple[str, ...]]:
        names = [info.name for info in self.glossary.info().glossaries]
        return {name: self.glossary.languages(name) for name in names}

    def glossaries(self) -> list[GlossaryInfo]:
        """Return the glossaries that the caller may use."""
        glossary = self.glossary
        infos = self._page_cache.get(glossary.tag, "glossaries", lambda: glossary.info().glossaries)
        return [info for info in infos if self._caller.may_use(info.name)]

    def site(self) -> Site:
        """Return what the pages of this request share."""
        return Site(
            page_root(self._request.scope),
            _public_url(self._request),
            base_url(self._request),
            tuple(self.glossaries()),
            about=self.glossary.presentation,
            may_edit=self._caller.may_edit,
            takes_suggestions=state_of(self._request).settings.suggestions,
            is_recording=state_of(self._request).question_recorder is not None,
        )


def settings_tag(settings: Settings, *, is_open: bool, has_assistants: bool) -> str:
    """Return a hash of what pages depend on beside the index, as a part of their `ETag`.

    Args:
        settings: the public URL is in links of pages, feeds and /llms.txt; pages say
            whether questions are recorded and suggestions taken.
        is_open: whether anybody may read, which examples show.
        has_assistants: whether /llms.txt names the address of assistants.
    """
    return text_hash(
        repr(
            (
                settings.public_url,
                is_open,
                has_assistants,
                settings.record_questions,
                settings.suggestions,
            )
        )
    ).hex()[:8]


def base_url(request: Request) -> str:
    """Return the URL of the service with a slash at its end, empty if it is not known.

    It is the public URL of the settings. Without one, a request to a loopback address states it.
    The host of other requests is not trusted.
    """
    if url := _public_url(request):
        return url
    requested = request.base_url
    return str(requested) if is_local(requested.hostname or "") else ""


def known_base_url(request: Request) -> str:
    """Return `base_url` for an answer that needs it.

    Raises:
        Refused: the URL of the service is not known.
    """
    if url := base_url(request):
        return url
    raise Refused(
        NOT_FOUND, "the service does not know its public address; SEMSEARCH_PUBLIC_URL sets it"
    )


def _public_url(request: Request) -> str:
    settings = state_of(request).settings
    return settings.base_url


def _etag(index_tag: str, caller: Caller) -> str:
    """Return the quoted tag of the answers to a caller.

    They depend on the glossaries of the key, and pages on whether it may edit.

    A browser revalidates with the tag it has even when the header that `Vary` names has changed.
    """
    seen = sorted(map(repr, caller.glossaries))
    if caller.may_edit:
        seen.append("edit")
    own = f"-{text_hash(' '.join(seen)).hex()[:8]}" if seen else ""
    return f'"{index_tag}{own}"'
