"""The review file: a line for each generated phrase, accepted or with the reason against it.

    {"id": "ai:dropout", "term": "Dropout", "phrase": "random switching off", "kept": true}
    {"id": "ai:dropout", "term": "Dropout", "phrase": "how dropout works", "kept": false,
     "reason": "…"}

A reviewer sets `kept`, changes phrases, or removes lines. An incomplete last line is dropped when
the file is reopened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from semsearch.core.errors import EntryNotFound, InvalidSetting
from semsearch.core.progress import Progress, track
from semsearch.importers.records_to_entries import MAX_PHRASES, clean_phrases
from semsearch.ingest.editor import Editor
from semsearch.text.normalise import fold


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A line: a phrase for an entry, and the reason if it is not accepted."""

    id: str
    term: str
    phrase: str
    kept: bool
    reason: str = ""

    def line(self) -> str:
        """Return it as a line of the file."""
        stated = {
            name: value for name, value in asdict(self).items() if value != "" or name == "phrase"
        }
        return json.dumps(stated, ensure_ascii=False) + "\n"


class ReviewFile:
    """An open review file, to be appended to."""

    def __init__(self, lines: Iterable[ReviewLine], stream: IO[str]) -> None:
        self.ids: set[str] = set()
        """The entries that have a line."""
        self.phrases: dict[str, str] = {}
        """The phrases that are kept, folded, with their terms."""
        for line in lines:
            self.ids.add(line.id)
            if line.kept:
                self.phrases[fold(line.phrase)] = line.term
        self._stream = stream

    @classmethod
    @contextmanager
    def open(cls, file: Path) -> Iterator[ReviewFile]:
        """Open a file, which is made if it is not there, for as long as it is appended to.

        Raises:
            InvalidSetting: it is no review file, or cannot be read or written.
        """
        try:
            _drop_torn_line(file)
            known = list(read_review(file)) if file.exists() else []
            with file.open("a", encoding="utf-8") as stream:
                yield cls(known, stream)
        except OSError as error:
            raise InvalidSetting(
                f"the review file {file} cannot be written ({error.strerror}); name another with --review"
            ) from error

    def append(self, lines: Iterable[ReviewLine]) -> None:
        """Write lines to the disk, all at once."""
        self._stream.write("".join(line.line() for line in lines))
        self._stream.flush()
        os.fsync(self._stream.fileno())


def _drop_torn_line(file: Path) -> None:
    """Truncate an incomplete last line left by a killed process."""
    if file.exists():
        content = file.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content) and not _is_json(content[whole:]):
            os.truncate(file, whole)
        elif whole < len(content):  # an editor left the last line without an end
            with file.open("ab") as stream:
                stream.write(b"\n")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def read_review(file: Path) -> Iterator[ReviewLine]:
    """Yield the lines of a review file.

    Raises:
        InvalidSetting: it cannot be read, or a line is none of such a file.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"the review file {file} cannot be read: {error}") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _reviewed(line, f"{file}:{number}")


def _reviewed(line: str, place: str) -> ReviewLine:
    try:
        stated = json.loads(line)
        found = ReviewLine(
            stated["id"],
            stated.get("term", ""),
            stated["phrase"],
            stated["kept"],
            stated.get("reason", ""),
        )
        texts = (found.id, found.term, found.phrase, found.reason)
        is_good = all(isinstance(text, str) for text in texts) and isinstance(found.kept, bool)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        is_good = False
    if not is_good:
        raise InvalidSetting(
            f'{place}: no line of a review file; one is like {{"id": "g:dropout", "phrase": "…", "kept": true}}'
        )
    return found


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """Numbers of changed entries and stored phrases, and ids of entries that no longer exist."""

    entries: int
    phrases: int
    missing: tuple[str, ...]
    left_out: int
    """Phrases above the most that an entry can have."""


def apply_review(editor: Editor, file: Path, progress: Progress) -> ReviewReport:
    """Store the accepted phrases of a review file, one edit for each entry. Idempotent.

    Raises:
        InvalidSetting: it is no review file.
        InvalidEntry: a phrase that somebody changed is too long.
    """
    kept: dict[str, list[str]] = {}
    for line in read_review(file):
        if line.kept:
            kept.setdefault(line.id, []).append(line.phrase)
    entries = phrases = left_out = 0
    missing: list[str] = []
    for id_, new in track(list(kept.items()), progress, "storing phrases", len(kept)):
        try:
            found = editor.entry(id_)
        except EntryNotFound:
            missing.append(id_)
            continue
        known = found.entry.details.asked_as
        every = clean_phrases((*known, *new))
        wanted = every[:MAX_PHRASES]
        left_out += len(every) - len(wanted)
        if wanted != known:
            editor.change(id_, details={"asked_as": wanted}, expected=found.revision)
            entries += 1
            phrases += len(wanted) - len(known)
    return ReviewReport(entries, phrases, tuple(missing), left_out)
