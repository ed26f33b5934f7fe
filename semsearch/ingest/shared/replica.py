"""Reading a shared store from a replica of PostgreSQL, so that the primary only takes edits.

A replica is read if it is as new as the primary, for which it has a moment. Otherwise the copy of a
server reads the primary. Access keys are always those of the primary: a replica that has lost it
would go on with keys that were revoked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from semsearch.core.errors import FormatTooNew, FormatTooOld, IndexBusy, InvalidSetting
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.index.shared_files import shared_generation
from semsearch.storage.entry_reader import EntryReader

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

LAG_S = 1.0
"""Seconds that a replica has to show what the primary has."""
AWAY_S = 10.0
"""Seconds for which one that did not answer is not asked again, since asking may take seconds."""
_LOOK_S = 0.02
"""Seconds between two looks at it."""

_log = logging.getLogger("semsearch")


class ReadReplica:
    """A replica of a shared store; for one thread at a time."""

    def __init__(self, database: SharedDatabase) -> None:
        """Take its address; nothing is done yet."""
        self.database = database
        self._not_before = 0.0
        self.problem = ""
        """Why the primary is read instead; empty if it is not."""

    @contextmanager
    def newest(self, primary: EntryReader) -> Iterator[EntryReader]:
        """Yield the store of the replica if it is as new as the primary, else the primary.

        A replica that was too old before is not waited for.
        """
        with ExitStack() as stack:
            yield self._found(primary, stack) or primary

    def _found(self, primary: EntryReader, stack: ExitStack) -> EntryReader | None:
        """Open the replica and wait for it; note what is wrong otherwise."""
        from semsearch.storage.postgres.migrating import open_store  # noqa: PLC0415 - an extra

        if time.monotonic() < self._not_before:
            return None
        patience_s = 0.0 if self.problem else LAG_S
        name = self.database.name
        try:
            replica = stack.enter_context(closing(open_store(self.database)))
            if _comes(replica, primary, patience_s):
                self._note("")
                return replica
            self._note(f"the read replica {name} is behind; the primary is read instead")
        except StoreUnavailable:
            self._not_before = time.monotonic() + AWAY_S
            self._note(f"the read replica {name} does not answer; the primary is read instead")
        except (FormatTooOld, FormatTooNew, IndexBusy, InvalidSetting) as error:
            self._note(f"the read replica {name} cannot be used ({error}); the primary is read")
        return None

    def _note(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            if problem:
                _log.warning("%s", problem)
            else:
                _log.info("the read replica %s is read again", self.database.name)


def _comes(replica: EntryReader, primary: EntryReader, patience_s: float) -> bool:
    """Wait until a replica has everything that the primary had at the beginning."""
    identity, revision = primary.revision
    newest = _generation(primary)
    until = time.monotonic() + patience_s
    while True:
        own, reached = replica.revision
        if own == identity and reached >= revision and _generation(replica) >= newest:
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(_LOOK_S)


def _generation(store: EntryReader) -> int:
    found = shared_generation(store.connection)
    return found.number if found else 0
