"""What a route works with: the index, what the client holds of it, and what the caller may see."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from semsearch.core.answers import Related
from semsearch.core.entries import Entry
from semsearch.core.errors import EntryNotFound, InvalidQuestion
from semsearch.core.index_info import GlossaryInfo
from semsearch.core.version import __version__
from semsearch.search.glossary import MAX_K, Glossary
from semsearch.server.auth.keys import Caller
from semsearch.server.auth.permissions import caller_of
from semsearch.server.page_cache import PageCache
from semsearch.text.normalise import text_hash


class Service:
    """What one request works with.

    To a caller who is restricted to some glossaries the entries of the others are not there.
    """

    def __init__(self, request: Request, *, follows: bool = True) -> None:
        """Take a request that was let through.

        Args:
            request: whose.
            follows: whether to show what the index holds now, which may wait for a writer; a coroutine has waited before.
        """
        state = request.app.state
        self.glossary: Glossary = state.glossary
        self._kept: PageCache = state.kept
        self._caller = caller_of(request)
        if follows:
            self.glossary.follow(wait=False)
        etag = _etag(f'"{self.glossary.tag}-{__version__}"', self._caller)
        self.caching = {
            "ETag": etag,
            "Cache-Control": "no-cache",
            "Vary": "Accept, Authorization",
        }
        held = ",".join(request.headers.getlist("if-none-match"))
        self.is_not_modified = etag in (tag.strip().removeprefix("W/") for tag in held.split(","))

    def not_modified(self) -> Response:
        """Return the answer that the client already has it."""
        return Response(status_code=304, headers=self.caching)

    def found(self, content: bytes, media_type: str = "application/json") -> Response:
        """Return content, JSON by default, that may be kept and asked for again by its ETag."""
        return Response(content, media_type=media_type, headers=self.caching)

    def entry(self, id_or_name: str) -> Entry:
        """Return one entry. A name that leads to an entry of a glossary the caller may not use leads nowhere.

        Raises:
            EntryNotFound: nothing that the caller may see has this id or name.
        """
        try:
            found = self.glossary.entry(id_or_name)
        except InvalidQuestion:
            raise self._unknown() from None
        except EntryNotFound:
            if self._caller.glossaries:  # the message may suggest a name of another glossary
                raise self._unknown() from None
            raise
        if not self._caller.may_use(found.glossary):
            raise self._unknown()
        return found

    def _unknown(self) -> EntryNotFound:
        names = self._caller.glossaries
        among = f"; this key is for {', '.join(names)} only" if names else ""
        return EntryNotFound(f"there is no entry with this id or name{among}")

    def resembling(self, name: str, limit: int) -> list[Entry]:
        """Return entries with a name that one which is not there resembles; none of what the caller may not use."""
        within = self._caller.glossaries
        known = [one.name for one in self.glossaries()]
        scopes = [name for name in within if name in known] if within else [None]
        try:
            found = [
                one.entry
                for scope in scopes
                for one in self.glossary.suggest(name, k=limit, glossary=scope, misspelt=True)
            ]
        except InvalidQuestion:
            return []
        return found[:limit]

    def related(self, id_or_name: str, limit: int) -> Related:
        """Return the related entries; those linked are of the same glossary, similar ones may be of another.

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
        """Return the languages of the definitions that the caller may see, as tags, sorted."""
        known = self._kept.get(self.glossary.tag, "languages", self._languages)
        mine = (known.get(one.name, ()) for one in self.glossaries())
        return sorted({tag for tags in mine for tag in tags})

    def _languages(self) -> dict[str, tuple[str, ...]]:
        names = [one.name for one in self.glossary.info().glossaries]
        return {name: self.glossary.languages(name) for name in names}

    def glossaries(self) -> list[GlossaryInfo]:
        """Return the glossaries that the caller may use."""
        glossary = self.glossary
        known = self._kept.get(glossary.tag, "glossaries", lambda: glossary.info().glossaries)
        return [one for one in known if self._caller.may_use(one.name)]


def _etag(of_index: str, caller: Caller) -> str:
    """Return the tag of the answers that a caller gets; one of other glossaries, or who may edit, would get others.

    A browser asks with the tag that it holds also when the header is not the same any more (`Vary`).
    """
    seen = [*sorted(map(repr, caller.glossaries)), *["edit"] * caller.may_edit]
    if not seen:
        return of_index
    return f'{of_index[:-1]}-{text_hash(" ".join(seen)).hex()[:8]}"'
