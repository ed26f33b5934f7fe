"""Writes lines of a log in a thread, so that no request waits for whoever reads the log."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TextIO

MAX_LINES = 10_000
"""Most lines that wait. While nobody reads the log, further ones are dropped and counted."""

PAUSE_S = 0.1
"""Seconds for which lines are gathered. A killed process loses what it logged in them."""

FLUSH_S = 1.0
"""Most seconds that the end of a process waits for a log that nobody reads."""


class LineWriter:
    """Writes lines to a stream, and never makes the caller wait.

    Args:
        stream: where lines go.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: deque[str] = deque()
        self._has_lines = threading.Event()
        self._is_closing = threading.Event()
        self._is_writing = False
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self.lost = 0
        """Lines that were dropped."""

    def write(self, line: str) -> None:
        """Take one line, with its end."""
        if len(self._lines) >= MAX_LINES:
            self.lost += 1
            return
        self._lines.append(line)
        self._has_lines.set()
        if self._thread is None:
            self._start()

    def flush(self) -> None:
        """Wait until all lines are written, at most `FLUSH_S`."""
        self._is_closing.set()
        until = time.monotonic() + FLUSH_S
        while (self._lines or self._is_writing) and time.monotonic() < until:
            time.sleep(0.005)
        self._is_closing.clear()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="semsearch-log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._has_lines.wait()
            self._is_closing.wait(PAUSE_S)
            self._has_lines.clear()
            self._is_writing = True
            taken = [self._lines.popleft() for _ in range(len(self._lines))]
            try:
                self._stream.write("".join(taken))
                self._stream.flush()
            except (OSError, ValueError):  # nobody reads it any more, or it is closed
                self.lost += len(taken)
            self._is_writing = False
