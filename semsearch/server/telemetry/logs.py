"""The log of a service: a line a request, and what else happens, on standard error.

A line names the route of a request and never its address, which may have what somebody asked.
Refusals and repeated messages are sampled. Only the command `serve` sets this up.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from semsearch.core.settings import Settings
from semsearch.server.telemetry.line_format import FieldValue, LineFormatter, LogFormat, format_line
from semsearch.server.telemetry.line_writer import LineWriter
from semsearch.server.telemetry.sampling import LineSampler

_PACKAGE = "semsearch"


class RequestLog:
    """Writes a line for each request, and of problems some.

    Args:
        writer: takes the lines.
        style: for programs or for people.
        level: the least level that is written.
        sampler: of problems.
    """

    def __init__(
        self, writer: LineWriter, style: LogFormat, level: int, sampler: LineSampler
    ) -> None:
        self._writer = writer
        self._style = style
        self._level = level
        self._sampler = sampler

    @property
    def has_requests(self) -> bool:
        """Whether ordinary requests are written."""
        return self._level <= logging.INFO

    @property
    def sampled(self) -> int:
        """Lines that were left out, since there were many of their kind."""
        return self._sampler.dropped

    @property
    def blocked(self) -> int:
        """Lines that were lost, since nobody read the log."""
        return self._writer.lost

    def request(
        self, fields: dict[str, FieldValue], problem: str, *, is_failure: bool = False
    ) -> None:
        """Write a line about a request that was answered.

        Args:
            fields: of the line, which this may add to.
            problem: the type of the problem that was the answer, or empty.
            is_failure: whether the service is to blame.
        """
        level = logging.ERROR if is_failure else logging.INFO
        if level < self._level:
            return
        if problem:
            left_out = self._sampler.admit(problem)
            if left_out is None:
                return
            fields["problem"] = problem
            if left_out:
                fields["left_out_before"] = left_out
        name = "error" if is_failure else "info"
        self._writer.write(format_line(name, "request", fields, self._style))


class _RepeatFilter(logging.Filter):
    """Leaves out records of a kind that comes too often.

    A kind is a message, and the type and place of its exception: all failures of requests have one
    message, and a frequent failure must not hide the traceback of another.
    """

    def __init__(self, sampler: LineSampler) -> None:
        super().__init__()
        self._sampler = sampler

    def filter(self, record: logging.LogRecord) -> bool:
        left_out = self._sampler.admit((record.name, record.msg, *_place_of(record)))
        record.repeats = left_out
        return left_out is not None


def _place_of(record: logging.LogRecord) -> tuple[str, ...]:
    """Return the type and the last frame of the exception of a record; empty if it has none."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return ()
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    frames = [*traceback.walk_tb(error.__traceback__)]
    if not frames:
        return (kind,)
    frame, line = frames[-1]
    return kind, frame.f_code.co_filename, str(line)


class _LineHandler(logging.Handler):
    """Gives records of Python's logging to what writes lines.

    Args:
        stream: takes lines.
        style: for programs or for people.
        sampler: of messages that come too often.
        is_flushed: whether each line is written at once.
    """

    def __init__(
        self,
        stream: TextIO | LineWriter,
        style: LogFormat,
        sampler: LineSampler,
        *,
        is_flushed: bool,
    ) -> None:
        super().__init__()
        self._stream = stream
        self._is_flushed = is_flushed
        self.setFormatter(LineFormatter(style))
        self.addFilter(_RepeatFilter(sampler))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            self._stream.write(self.format(record) + "\n")
            if self._is_flushed:
                self._stream.flush()
        except Exception:  # as all handlers of logging do it
            self.handleError(record)

    def flush(self) -> None:
        """Wait until what was taken is written."""
        with suppress(ValueError):  # the stream is closed
            self._stream.flush()


@contextmanager
def opened_log(settings: Settings) -> Iterator[RequestLog]:
    """Send the log of this process through a thread to standard error, inside the block."""
    writer = LineWriter(sys.stderr)
    sampler = LineSampler()
    handler = _LineHandler(writer, settings.log_format, sampler, is_flushed=False)
    with _handled(settings, handler):
        try:
            yield RequestLog(writer, settings.log_format, _level(settings), sampler)
        finally:
            writer.flush()


@contextmanager
def opened_supervisor_log(settings: Settings) -> Iterator[None]:
    """Send the log of a process that may have no thread to standard error, inside the block."""
    handler = _LineHandler(sys.stderr, settings.log_format, LineSampler(), is_flushed=True)
    with _handled(settings, handler):
        yield


def _level(settings: Settings) -> int:
    return logging.getLevelNamesMapping()[settings.log_level.upper()]


@contextmanager
def _handled(settings: Settings, handler: _LineHandler) -> Iterator[None]:
    """Give a handler all records inside the block, in place of that of the process that forked."""
    root, ours = logging.getLogger(), logging.getLogger(_PACKAGE)
    before = root.handlers[:], root.level, ours.level
    root.handlers[:] = [one for one in root.handlers if not isinstance(one, _LineHandler)]
    root.addHandler(handler)
    ours.setLevel(_level(settings))
    root.setLevel(max(_level(settings), logging.WARNING))  # libraries tell too much
    try:
        yield
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        ours.setLevel(before[2])
