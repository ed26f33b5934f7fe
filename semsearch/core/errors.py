"""Every error semsearch raises on purpose, in one tree.

The tree knows nothing of HTTP or of the command line: each edge has one table from error
to status (`api.problems`) or exit code (`cli`).

    SemsearchError
    ├── InvalidQuestion
    ├── InvalidSetting
    ├── ImportFailed            UnknownFormat
    ├── EntryError              EntryNotFound  EntryConflict  InvalidEntry
    │                           AnsweredBefore  GlossaryNotFound
    │                           LanguageNotFound
    ├── AccessError             KeyRefused  KeyNotFound  NotPermitted
    ├── StoredIndexError        IndexMissing  IndexDamaged  IndexBusy
    │                           IndexUnwritable  IndexFull
    │                           FormatTooOld  FormatTooNew  EncoderMismatch
    ├── EncoderError            ModelRefused
    ├── EngineError             DimensionMismatch
    ├── ChatFailed              ChatRefused
    ├── WorkerFailed
    └── MissingExtra

Messages say what was wrong, with which value, where, and what to do about it.
"""

from __future__ import annotations

from pathlib import Path


class SemsearchError(Exception):
    """Base of every error raised on purpose; its text is fit to show to a person."""


class InvalidQuestion(SemsearchError):
    """A question that cannot be asked: empty, too long, or not text."""


class InvalidSetting(SemsearchError):
    """A setting or argument outside its documented range."""


class ImportFailed(SemsearchError):
    """A source file that cannot be read as a glossary at all.

    Args:
        reason: what is wrong and what to do, without the place.
        file: the file, as the user named it.
        line: the line, from 1, where known.
    """

    def __init__(self, reason: str, file: str | Path, line: int | None = None) -> None:
        place = f"{file}:{line}" if line else str(file)
        super().__init__(f"{place}: {reason}")
        self.reason = reason
        self.file = str(file)
        self.line = line


class UnknownFormat(ImportFailed):
    """A file whose format no importer reads."""


class EntryError(SemsearchError):
    """Something about one entry or one glossary of an index."""


class EntryNotFound(EntryError):
    """No entry has this id or name."""


class EntryConflict(EntryError):
    """An entry is not of the revision that an edit was made from: somebody else changed it meanwhile.

    Args:
        id_: of the entry.
        expected: the revision that the edit expects; 0 expects that there is no such entry.
        found: the revision that it has; 0 when there is none.
    """

    def __init__(self, id_: str, expected: int, found: int) -> None:
        if not found:
            said = f"there is no entry {id_!r} any more, revision {expected} of it was expected"
        elif not expected:
            said = f"there is an entry {id_!r} already, of revision {found}"
        else:
            said = f"the entry {id_!r} has revision {found}, not {expected} as expected"
        super().__init__(f"{said}; nothing was changed: look at what is there now and edit that")
        self.id = id_
        self.expected = expected
        self.found = found


class InvalidEntry(EntryError):
    """An entry that cannot be taken, for a reason that an importer would give too."""


class AnsweredBefore(EntryError):
    """A request to edit that was carried out before, by another one of the same key."""


class GlossaryNotFound(EntryError):
    """No glossary of the index has this name."""


class LanguageNotFound(EntryError):
    """No entry that may answer is in this language."""


class AccessError(SemsearchError):
    """Something about who may do what. No message holds a key."""


class KeyRefused(AccessError):
    """What was shown is no key of this index, or one that has expired or was revoked."""


class KeyNotFound(AccessError):
    """No key of the index has this id."""


class NotPermitted(AccessError):
    """A key that is good, and does not permit this."""


class StoredIndexError(SemsearchError):
    """Something about the index folder as a whole."""


class IndexMissing(StoredIndexError):
    """There is no built index at this path."""


class IndexDamaged(StoredIndexError):
    """A file of the index is missing, truncated or altered."""


class IndexBusy(StoredIndexError):
    """Another process is building or editing this index."""


class IndexUnwritable(StoredIndexError):
    """The index folder cannot be written: no room, no rights, or not a folder."""


class IndexFull(IndexUnwritable):
    """The disk that the index folder lies on has no room left."""


class FormatTooOld(StoredIndexError):
    """The index was written by an older version and must be built again."""


class FormatTooNew(StoredIndexError):
    """The index was written by a newer version of semsearch."""


class EncoderMismatch(StoredIndexError):
    """The index was built by another encoder than the one asked for."""


class EncoderError(SemsearchError):
    """An encoder that cannot be loaded or used."""


class ModelRefused(EncoderError):
    """A model that is not safe to load, or is not the one it claims to be."""


class ChatFailed(SemsearchError):
    """A chat server did not answer, or not with text, however often it was asked."""


class ChatRefused(ChatFailed):
    """A chat server will not answer such requests at all: no such model, or a key that is missing or not good."""


class EngineError(SemsearchError):
    """A nearest-neighbour engine was used against its contract."""


class DimensionMismatch(EngineError):
    """Vectors of another length than the index holds."""


class WorkerFailed(SemsearchError):
    """A process of a service ended before it could answer."""


class MissingExtra(SemsearchError):
    """A library that this call needs is not installed.

    Args:
        library: the missing library.
        purpose: what it is needed for.
    """

    def __init__(self, library: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {library}, which is not installed here; "
            "this looks like a serve-only installation: run `pip install semsearch` in full"
        )
        self.library = library
