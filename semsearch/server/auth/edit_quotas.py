"""What a key of scope edit may write in a day (UTC), counted in `usage.db` beside the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path

from semsearch.core.settings import Settings
from semsearch.server.auth.keys import Caller, KeyScope, utc_now
from semsearch.server.http import problem_types
from semsearch.server.http.problems import Refused
from semsearch.storage.database import open_for_writing, transaction, translate_corruption
from semsearch.storage.files.io_errors import translate_os_errors

_MIGRATIONS = (
    """
    CREATE TABLE usage (
        key TEXT NOT NULL PRIMARY KEY,
        day TEXT NOT NULL,
        edits INTEGER NOT NULL,
        entries INTEGER NOT NULL,
        bytes INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)


@dataclass(frozen=True, slots=True)
class EditSize:
    """What an edit writes, or a key may write in a day: records, added entries, bytes sent."""

    edits: int = 1
    entries: int = 0
    bytes: int = 0


class EditQuotas:
    """Counts what each key writes.

    Args:
        file: `usage.db`, made when the first edit is counted.
        settings: have the quotas; 0 sets none.
        clock: returns the time.
    """

    def __init__(
        self, file: Path, settings: Settings, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._file = file
        self._clock = clock
        self._quota = EditSize(
            settings.edits_per_day, settings.entries_per_day, settings.edit_bytes_per_day
        )

    def bind(self, caller: Caller) -> bool:
        """Whether the edits of a caller are counted; those of an admin are not."""
        return any(astuple(self._quota)) and caller.scope is KeyScope.EDIT

    @contextmanager
    def charged(self, caller: Caller, size: EditSize) -> Iterator[None]:
        """Count an edit before it is made, and take it back if it fails.

        Raises:
            Refused: it is more than the key may still write today.
            StoredIndexError: the file cannot be written or is damaged.
        """
        self._add(caller.id, size, is_bound=True)
        try:
            yield
        except BaseException:
            self._add(caller.id, EditSize(-size.edits, -size.entries, -size.bytes))
            raise

    def _add(self, key: str, size: EditSize, *, is_bound: bool = False) -> None:
        now = self._clock()
        day = now.date().isoformat()
        with translate_os_errors(self._file.parent), translate_corruption(self._file):
            self._file.touch(mode=0o600)
            with (
                closing(open_for_writing(self._file, _MIGRATIONS)) as connection,
                transaction(connection),
            ):
                found = connection.execute(
                    "SELECT edits, entries, bytes FROM usage WHERE key = ? AND day = ?", (key, day)
                ).fetchone()
                used = [
                    max(0, before + more)
                    for before, more in zip(found or (0, 0, 0), astuple(size), strict=True)
                ]
                if is_bound:
                    self._check(EditSize(*used), size, now)
                connection.execute("REPLACE INTO usage VALUES (?, ?, ?, ?, ?)", (key, day, *used))

    def _check(self, used: EditSize, size: EditSize, now: datetime) -> None:
        for field in fields(EditSize):
            most, wanted = getattr(self._quota, field.name), getattr(used, field.name)
            if most and wanted > most and getattr(size, field.name):
                midnight = now.replace(hour=0, minute=0, second=0) + timedelta(days=1)
                rest = midnight - now
                raise Refused(
                    problem_types.QUOTA_USED,
                    f"this key may write {most:,} {field.name} a day (UTC), and with this edit it "
                    f"would be {wanted:,}",
                    headers={"Retry-After": str(max(1, int(rest.total_seconds())))},
                )
