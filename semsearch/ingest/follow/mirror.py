"""A mirror: applies the changes of the service that it follows, a page or a build at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.closeable import Closeable
from semsearch.core.entries import Changed
from semsearch.core.errors import IndexBusy, InvalidEntry, NoEntryLeft, SourceRefused
from semsearch.core.index_info import FollowInfo
from semsearch.core.progress import Silent
from semsearch.index.manifest import read_manifest
from semsearch.ingest.edit_session import EditSession
from semsearch.ingest.follow.answers import FeedPage
from semsearch.ingest.follow.redaction import MAX_SAID
from semsearch.ingest.follow.service import FollowedService
from semsearch.ingest.purge import erase_mirrored
from semsearch.storage.files.following import check_follows, follow_info, note_followed
from semsearch.storage.files.layout import IndexLayout

PAGE = 500
"""Most changes of one transaction. Readers wait while it commits, some 50 ms."""
MAX_TOGETHER_BYTES = 32 << 20
"""Most bytes of changes that are applied together after a build, some 30,000 entries; more are
applied in several parts. The transaction of 20,700 changes took 0.33 s, in which readers wait."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one look at the service brought."""

    changes: int
    """Changes that were applied."""
    is_built: bool
    """Whether the service was built, so that the order of entries may be another one."""
    is_in_step: bool
    """Whether the mirror has all changes now."""


class MirrorIndex(Closeable):
    """The index of a mirror; for one thread at a time."""

    def __init__(self, index: Path, service: FollowedService, page: int = PAGE) -> None:
        """Take an index that follows a service.

        Args:
            index: its folder.
            service: which it follows.
            page: most changes of one transaction, at least 2.

        Raises:
            StoredIndexError: there is no index, or it is of another version.
        """
        self.layout = IndexLayout(index)
        self._service = service
        self._page = page
        self._session = EditSession(index, lambda _: None, Silent())
        self._etag = ""
        self._difference = ""
        self._is_to_erase = False

    def close(self) -> None:
        """Release the encoder."""
        self._session.close()

    def erase(self) -> None:
        """Finish a purge that was interrupted; do nothing if there was none.

        Erasing publishes the index. While it has no entry, it waits for those of the next page.
        """
        with self._session.reading() as store:
            self._is_to_erase = store.is_empty
        if not self._is_to_erase:
            erase_mirrored(self.layout, Silent())

    def step(self) -> Step:
        """Ask once for changes, and apply them.

        Raises:
            SourceFailed: there is no answer now. SourceRefused: there will be none.
            StoredIndexError: the index cannot be written, or does not follow the service any more.
        """
        check_follows(self.layout, self._service.url)
        with self._session.reading() as store:
            (identity, revision), last_build = store.revision, store.last_build
        page = self._service.changes(f"{identity[:12]}-{revision}", self._page, self._etag)
        if page is None:
            self._note(revision)
            return Step(0, is_built=False, is_in_step=True)
        self._check_position(page, identity, revision)
        found, page = self._with_whole_build(page, identity, last_build)
        is_whole = len(page.changes) < self._page
        # the last change of a page that is full waits for the next page: so the page that completes
        # the changes always raises the revision, and the order of a build is published with it
        changes, reached = (found, page.reached) if is_whole else (found[:-1], found[-2].revision)
        is_built = is_whole and page.built > last_build and reached > revision
        if changes or reached > revision:
            self._apply(revision, changes, reached, is_whole=is_whole, is_built=is_built)
        if is_whole:
            # an answer without changes holds until there are some; any other is asked but once
            self._etag = page.etag if reached == revision else ""
            self._note(reached)
        return Step(len(changes), is_built, is_whole)

    def _check_position(self, page: FeedPage, identity: str, behind: int) -> None:
        if not identity.startswith(page.identity) or page.reached < behind:
            raise SourceRefused(
                f"{self._service.url} answers with the position {page.identity}-{page.reached} "
                f"behind {identity[:12]}-{behind}; both need the same version of semsearch"
            )

    def _with_whole_build(
        self, page: FeedPage, identity: str, last_build: int
    ) -> tuple[tuple[Changed, ...], FeedPage]:
        """Return the changes of a page, and the page that they end with.

        If the service was built, further pages are read and embedded first, so that readers never
        see a part of the build; unless it has more than `MAX_TOGETHER_BYTES`.
        """
        found, size = list(page.changes), page.size
        while (
            len(page.changes) == self._page
            and page.built > last_build
            and size < MAX_TOGETHER_BYTES
            and (following := self._service.changes(f"{identity[:12]}-{page.reached}", self._page))
        ):
            self._check_position(following, identity, page.reached)
            with self._session.writing(follows=self._service.url) as work:
                work.embed(page.changes)
            page = following
            found += page.changes
            size += page.size
        return tuple(found), page

    def _apply(
        self,
        revision: int,
        changes: tuple[Changed, ...],
        reached: int,
        *,
        is_whole: bool,
        is_built: bool,
    ) -> None:
        """Apply changes in one transaction, together with the position behind them."""
        places = self._service.places() if is_built else None
        self._etag = ""
        with self._session.writing(follows=self._service.url) as work:
            if work.store.revision[1] != revision:
                raise IndexBusy(f"another process has changed the index in {self.layout.root}")
            try:
                work.mirror(changes, reached, places, may_be_empty=not is_whole)
            except NoEntryLeft as error:
                raise SourceRefused(
                    f"{self._service.url} has no entry any more, and an index cannot be empty; add "
                    "entries there, and run this again; the mirror stays as it is until then"
                ) from error
            except InvalidEntry as error:
                said = self._service.redaction.quote(str(error), MAX_SAID)
                raise SourceRefused(
                    f"{self._service.url} sends changes that cannot be: {said}; move the index "
                    "folder away, and run this again: that copies it anew"
                ) from error
        self._is_to_erase |= any(change.purged for change in changes)
        if self._is_to_erase:
            self.erase()

    def check(self) -> None:
        """Ask whether the service knows the position of this index.

        Raises:
            SourceFailed: there is no answer now. SourceRefused: it has another store.
        """
        with self._session.reading() as store:
            identity, revision = store.revision
        self._service.changes(f"{identity[:12]}-{revision}", self._page)

    def difference(self) -> str:
        """Return what only a new copy brings from the service; empty if there is nothing.

        Raises:
            SourceFailed: there is no answer now. SourceRefused: there will be none.
        """
        there, here = self._service.info(), read_manifest(self.layout)[0]
        self._difference = ""
        if there.fingerprint != here.fingerprint:
            self._difference = (
                f"{self._service.url} answers with another encoder ({there.model}) by now; move the "
                "index folder away and copy it anew to answer alike"
            )
        elif there.presentation != here.presentation.digest:
            self._difference = (
                f"{self._service.url} has other titles, colours or logos by now; move the index "
                "folder away and copy it anew to show them"
            )
        elif there.common_questions != here.common_questions:
            self._difference = (
                f"{self._service.url} {_built(there.common_questions, here.common_questions)} by "
                "now; move the index folder away and copy it anew to answer alike"
            )
        return self._difference

    def _note(self, position: int) -> None:
        now = time.time()
        state = FollowInfo(self._service.url, position, now, 0.0, self._difference)
        note_followed(self.layout, state)

    def note_problem(self, problem: str) -> None:
        """Note why the service does not answer; when the mirror was in step last stays."""
        known = follow_info(self.layout)
        if known is not None:
            at = known.in_step_at
            note_followed(self.layout, FollowInfo(known.url, known.position, at, None, problem))


def _built(there: str, here: str) -> str:
    """Return how a service was built whose common questions are others than here, in words."""
    if not there:
        return "was built without common questions"
    return f"was built with {'other ' if here else ''}common questions"
