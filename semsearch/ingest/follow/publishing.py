"""Publishes what a mirror has applied, in a process of its own, so that following goes on."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from semsearch.core.closeable import Closeable
from semsearch.core.own_command import own_command
from semsearch.index.ann.engine import FLAT_UP_TO
from semsearch.ingest.publish import NOTHING_DONE, pending
from semsearch.storage.files.layout import IndexLayout

QUIET_S = 60.0
"""Seconds without changes after which a small index is published."""
PATIENCE_S = 10.0
"""Seconds that `semsearch publish` has to end when following ends; killing it loses nothing."""
_NICENESS = 10


class BackgroundPublisher(Closeable):
    """Runs `semsearch publish` when it is due.

    Args:
        layout: of the index.
        tell: is told when publishing fails.
    """

    def __init__(self, layout: IndexLayout, tell: Callable[[str], None]) -> None:
        self._layout = layout
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None
        self._is_wanted = False
        self._changed_at = time.monotonic()
        self._is_looked_at = True

    def changed(self, *, is_built: bool) -> None:
        """Take note of changes; a build of the followed service is published at once."""
        self._is_wanted |= is_built or pending(self._layout).is_due
        self._changed_at = time.monotonic()
        self._is_looked_at = False

    def look(self) -> None:
        """Start publishing if it is due and not under way."""
        if self._process is not None:
            if self._process.poll() is None:
                return
            self._end(self._process)
        is_quiet = time.monotonic() - self._changed_at >= QUIET_S and not self._is_looked_at
        if is_quiet:
            self._is_looked_at = True
            now = pending(self._layout)
            self._is_wanted |= now.changes > 0 and now.entries <= FLAT_UP_TO
        if self._is_wanted:
            self._is_wanted = False
            self._start()

    def close(self) -> None:
        """Stop what is under way."""
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        self._process = None

    def _start(self) -> None:
        index = str(self._layout.root.resolve())
        self._process = subprocess.Popen(  # noqa: S603 - our own
            own_command("publish", "--index", index, "--exit-code"),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        with suppress(OSError, AttributeError):  # Windows has no such call
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICENESS)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        _, stderr = process.communicate()
        if process.returncode not in (0, NOTHING_DONE):
            last = stderr.decode(errors="replace").strip().rpartition("\n")[2]
            self._tell(f"the changes were not published and remain in the store: {last}")
