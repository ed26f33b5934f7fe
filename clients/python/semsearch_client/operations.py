"""What both clients can do, written once: each operation is a coroutine over `Exchange`.

`AsyncClient` returns the coroutine. `Client` runs it to its end, since what it awaits blocks.
"""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)

from semsearch_client.arguments import path_part
from semsearch_client.decoding import decode
from semsearch_client.errors import ConflictError
from semsearch_client.exchange import Exchange, read, unexpected
from semsearch_client.models import (
    Answer,
    Change,
    DeletedEntry,
    EntryContent,
    EntryPatch,
    GlossaryInfo,
    NewEntry,
    Related,
    ServiceInfo,
    StoredEntry,
    Suggestion,
    Version,
)

if TYPE_CHECKING:
    import httpx2

    from semsearch_client.client import AsyncClient, Client

P = ParamSpec("P")
T = TypeVar("T")

TEACH_TRIES = 3
"""How often a phrase is added to an entry that others change at the same time."""


class Operation(Generic[P, T]):
    """A method that `Client` has as a function and `AsyncClient` as a coroutine function."""

    def __init__(self, function: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        self._function = function

    @overload
    def __get__(self, client: None, owner: type) -> Callable[..., Coroutine[Any, Any, T]]: ...

    @overload
    def __get__(self, client: Client, owner: type) -> Callable[P, T]: ...

    @overload
    def __get__(self, client: AsyncClient, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, client: Exchange | None, owner: type) -> Any:
        if client is None:  # `help(Client.search)`
            return self._function

        @functools.wraps(self._function)
        def bound(*args: P.args, **kwargs: P.kwargs) -> T | Coroutine[Any, Any, T]:
            return client._finish(self._function(client, *args, **kwargs))

        return bound


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes, and where to go on."""

    changes: list[Change]
    position: str
    """`since` of the next request."""
    is_partial: bool
    """Whether the key is restricted, so that changes of other glossaries are missing."""


class SuggestOptions(TypedDict, total=False):
    """Which entries are asked, and how many are wanted."""

    limit: int
    glossary: str
    lang: str
    """Of the definition or a name (BCP 47)."""


class SearchOptions(SuggestOptions, total=False):
    """The same, and from which confidence (0 to 1) a hit is called a match."""

    min_confidence: float


class Operations(Exchange):
    """The operations of the API, which raise `SemsearchClientError`."""

    @Operation
    async def search(self, question: str, **options: Unpack[SearchOptions]) -> Answer:
        """Answer a question in plain language, a term or an acronym."""
        return read(Answer, await self._ask("GET", "/v1/search", {"q": question, **options}))

    @Operation
    async def search_many(
        self, questions: Sequence[str], **options: Unpack[SearchOptions]
    ) -> list[Answer]:
        """Answer up to 64 questions, in their order."""
        body = {"questions": list(questions), **options}
        return read(list[Answer], await self._ask("POST", "/v1/search", body=body))

    @Operation
    async def suggest(self, typed: str, **options: Unpack[SuggestOptions]) -> list[Suggestion]:
        """Return entries with a name that begins with what was typed."""
        return read(
            list[Suggestion], await self._ask("GET", "/v1/suggest", {"q": typed, **options})
        )

    @Operation
    async def entry(self, id: str) -> StoredEntry:
        """Return an entry by its id, or by its term, an alias or an acronym."""
        return await self._entry(id)

    @Operation
    async def related(self, id: str, *, limit: int | None = None) -> Related:
        """Return the entries related to one, by its id or a name."""
        path = _entry_path(id, "/related")
        return read(Related, await self._ask("GET", path, {"limit": limit}))

    @Operation
    async def history(self, id: str) -> list[Version]:
        """Return the versions of an entry, the oldest first; it may be deleted."""
        return read(list[Version], await self._ask("GET", _entry_path(id, "/history")))

    @Operation
    async def glossaries(self) -> list[GlossaryInfo]:
        """Return the glossaries with the number of their entries."""
        return read(list[GlossaryInfo], await self._ask("GET", "/v1/glossaries"))

    @Operation
    async def export(self, glossary: str, format: str = "jsonl") -> bytes:
        """Return all entries of a glossary, as a file of one of the formats that are written."""
        path = f"/v1/glossaries/{path_part('the name of a glossary', glossary)}/export"
        return (await self._ask("GET", path, {"format": format})).content

    @Operation
    async def changes(self, since: str = "0", *, limit: int | None = None) -> ChangePage:
        """Return what has become of entries since a position; all of them with 0.

        Go on with the `position` of the page until a page has no changes. A `ProblemError` with the
        slug `position-gone` says that the index was made anew: begin again with 0.
        """
        params = {"since": since, "limit": limit}
        response = await self._ask("GET", "/v1/changes", params)
        headers = response.headers
        try:
            lines = response.content.splitlines()
            found = [decode(Change, json.loads(line)) for line in lines]
            is_partial = headers.get("Semsearch-Feed") == "partial"
            return ChangePage(found, headers["Semsearch-Position"], is_partial)
        except (ValueError, KeyError) as error:
            raise unexpected(response, error) from error

    @Operation
    async def info(self) -> ServiceInfo:
        """Return which state of the index the service shows."""
        return read(ServiceInfo, await self._ask("GET", "/v1/info"))

    @Operation
    async def add_entry(
        self, *, idempotency_key: str | None = None, **entry: Unpack[NewEntry]
    ) -> StoredEntry:
        """Add an entry at the end of its glossary, which is created if it does not exist."""
        return await self._edit("POST", "/v1/entries", entry, None, idempotency_key)

    @Operation
    async def change_entry(
        self,
        id: str,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **changes: Unpack[EntryPatch],
    ) -> StoredEntry:
        """Change the given members of an entry; None removes one.

        Args:
            id: of the entry.
            if_match: the `etag` of the entry as it was read. The edit is refused with
                `ConflictError` if somebody has changed the entry since.
            idempotency_key: the service carries out only the first of the edits that have it; by
                default one that only this call has.
            **changes: the members.
        """
        return await self._edit("PATCH", _entry_path(id), changes, if_match, idempotency_key)

    @Operation
    async def replace_entry(
        self,
        id: str,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **content: Unpack[EntryContent],
    ) -> StoredEntry:
        """Give an entry all its content, or add it under this id; see `change_entry`."""
        return await self._edit("PUT", _entry_path(id), content, if_match, idempotency_key)

    @Operation
    async def delete_entry(
        self,
        id: str,
        *,
        if_match: str | None = None,
        successor: str | None = None,
        idempotency_key: str | None = None,
    ) -> DeletedEntry:
        """Delete an entry; the address of one with a successor leads there. See `change_entry`."""
        headers = {"If-Match": if_match, "Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        params = {"successor": successor}
        return read(DeletedEntry, await self._ask("DELETE", _entry_path(id), params, headers))

    @Operation
    async def teach(self, id: str, question: str) -> StoredEntry:
        """Add a phrase by which people ask for an entry, given by its id or a name."""
        tries = 0
        while True:
            entry = await self._entry(id)
            changes = {"asked_as": [*(entry.asked_as or ()), question]}
            try:
                return await self._edit("PATCH", _entry_path(entry.id), changes, entry.etag)
            except ConflictError:
                tries += 1
                if tries == TEACH_TRIES:
                    raise

    async def _entry(self, id: str) -> StoredEntry:
        response = await self._ask("GET", _entry_path(id))
        return read(StoredEntry, response, etag=_etag(response))

    async def _edit(
        self,
        method: str,
        path: str,
        body: object,
        if_match: str | None,
        idempotency_key: str | None = None,
    ) -> StoredEntry:
        headers = {"If-Match": if_match, "Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        response = await self._ask(method, path, headers=headers, body=body)
        return read(StoredEntry, response, etag=_etag(response))


def _entry_path(id: str, behind: str = "") -> str:
    return f"/v1/entries/{path_part('an id or a name', id)}{behind}"


def _etag(response: httpx2.Response) -> str | None:
    """Return the ETag for `if_match`, not weak as a proxy that compresses makes it."""
    stated = response.headers.get("ETag")
    return None if stated is None else str(stated).removeprefix("W/")
