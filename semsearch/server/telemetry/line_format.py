"""Lines of the log: as JSON or for people, without secrets and without what somebody asked.

An exception is written with its type and where it happened, never with its text, which may quote a
question or a key. Errors of the system and of SQLite keep theirs: it names what failed.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import time
import traceback
from collections.abc import Iterator, Mapping
from json.encoder import encode_basestring_ascii
from typing import Literal

from semsearch.server.auth.keys import PREFIX

LogFormat = Literal["console", "json"]
FieldValue = str | int | float

_SECRETS = re.compile(rf"({PREFIX}[0-9a-f]{{1,12}}_)[0-9a-f]+|(://)[^/\s@]*@")
"""Access keys behind their public id, and what addresses say before the host."""

_PLAIN = (int, float)
"""Types whose `repr` is JSON. That of a subclass, such as of an enumeration, need not be."""

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}
"""Characters that would begin a line or steer a terminal."""


def format_line(level: str, event: str, fields: Mapping[str, FieldValue], style: LogFormat) -> str:
    """Return a line with its end.

    Args:
        level: such as `info`.
        event: what happened.
        fields: its circumstances; their names are our own.
        style: for programs or for people.
    """
    if style == "json":
        head = {"time": _now(), "level": level, "event": event}
        members = [f'"{name}": {_json(value)}' for name, value in {**head, **fields}.items()]
        line = f"{{{', '.join(members)}}}"
    else:
        shown = [f"{name}={_shown(value)}" for name, value in fields.items() if name != "traceback"]
        line = " ".join([_now(), f"{level:<7}", event.translate(_CONTROLS), *shown])
        if trace := fields.get("traceback"):
            line = f"{line}\n{trace}"
    return without_secrets(line) + "\n"


def without_secrets(text: str) -> str:
    """Return a text without access keys and without passwords of addresses."""
    if PREFIX not in text and "://" not in text:
        return text
    return _SECRETS.sub(lambda found: f"{found[1] or found[2]}...", text)


def _json(value: FieldValue) -> str:
    """Return a value as `json.dumps` does, which takes three times as long."""
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    return repr(value) if type(value) in _PLAIN else json.dumps(value)


def _shown(value: FieldValue) -> str:
    if not isinstance(value, str):
        return _json(value)
    if value.isalnum():
        return value
    text = value.translate(_CONTROLS)
    return f'"{text}"' if " " in text or not text else text


_second = (0, "")
"""The second of the last line, and its text."""


def _now() -> str:
    """Return the time in UTC, to the millisecond. Most lines have the second of another."""
    global _second  # noqa: PLW0603 - one that another thread replaces is right, too
    now = time.time()
    second, shown = _second
    if second != int(now):
        second = int(now)
        shown = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        _second = (second, shown)
    return f"{shown}.{int((now - second) * 1000):03d}Z"


class LineFormatter(logging.Formatter):
    """Formats records of Python's logging as lines of this log.

    Args:
        style: for programs or for people.
    """

    def __init__(self, style: LogFormat) -> None:
        super().__init__()
        self._lines_as = style

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record without its end, which the handler writes."""
        fields: dict[str, FieldValue] = {"logger": record.name}
        if repeats := getattr(record, "repeats", 0):
            fields["left_out_before"] = repeats
        if record.exc_info and record.exc_info[1] is not None:
            fields["traceback"] = traceback_without_text(record.exc_info[1])
        level = record.levelname.lower()
        return format_line(level, record.getMessage(), fields, self._lines_as).removesuffix("\n")


def traceback_without_text(error: BaseException) -> str:
    """Return where an exception happened, and its type, with those that caused it, first first."""
    return "\n".join(_traces(error, set()))


def _traces(error: BaseException, seen: set[int]) -> Iterator[str]:
    if id(error) in seen:
        return
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _traces(before, seen)
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    yield f"{type(error).__module__}.{type(error).__qualname__}{_safe_text(error)}"


def _safe_text(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f": [Errno {error.errno}] {error.strerror}"
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorname", None):
        return f": {error.sqlite_errorname}"
    return ""
