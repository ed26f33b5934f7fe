"""All errors that semsearch raises on purpose, in one tree.

The errors know nothing of HTTP or of the command line. Each has one table from error to HTTP status
(`server/http/exception_handlers.py`) or exit code (`cli`).

    SemsearchError
    ├── InvalidQuestion
    ├── InvalidSetting
    ├── ImportFailed            UnknownFormat  EmptyFile
    ├── EntryError              EntryNotFound  EntryConflict  InvalidEntry
    │                           AnsweredBefore  GlossaryNotFound
    │                           LanguageNotFound  PositionGone  NoEntryLeft
    ├── AccessError             KeyRefused  KeyNotFound  NotPermitted
    ├── StoredIndexError        IndexMissing  IndexDamaged  IndexBusy
    │                           PublishingUnderWay  IndexUnwritable  IndexFull
    │                           IndexForbidden  IndexFollows  FollowingStopped
    │                           FormatTooOld  FormatTooNew  EncoderMismatch
    │                           StoreUnavailable  StoreRewound  SharedFileDamaged
    │                           IndexShared (the last four in `shared_store_errors.py`)
    ├── EncoderError            ModelRefused  EncoderUnavailable  TextRefused  ClusterFailed
    ├── EngineError             DimensionMismatch
    ├── ChatFailed              ChatRefused
    ├── SourceFailed            SourceRefused
    ├── TooManySuggestions
    ├── WorkerFailed
    └── MissingExtra

Messages name what is wrong, the value, the place, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from semsearch.core.near_names import near_or_known
from semsearch.core.users import user_number

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading JSON that anybody may have written raises, and using its members: it may be nested
too deeply, and `Infinity` is no whole number."""


class SemsearchError(Exception):
    """Base of all errors raised on purpose; the text may be shown to users."""


class InvalidQuestion(SemsearchError):
    """A question that is empty, too long, or not text."""


class InvalidSetting(SemsearchError):
    """A setting or argument outside its documented range."""


class ImportFailed(SemsearchError):
    """A source file that cannot be read as a glossary at all.

    Args:
        reason: what is wrong and what to do, without the place.
        file: the file, as the user named it.
        line: the line, from 1, if known.
    """

    def __init__(self, reason: str, file: str | Path, line: int | None = None) -> None:
        place = f"{file}:{line}" if line else str(file)
        super().__init__(f"{place}: {reason}")
        self.reason = reason
        self.file = str(file)
        self.line = line


class UnknownFormat(ImportFailed):
    """A file in a format that no importer reads."""


class EmptyFile(ImportFailed):
    """A file with nothing in it; a folder may have some, which are reported as unread."""


class EntryError(SemsearchError):
    """An error about one entry or one glossary."""


class EntryNotFound(EntryError):
    """No entry has this id or name."""


class EntryConflict(EntryError):
    """An entry was changed since the revision that an edit was based on.

    Args:
        id_: of the entry.
        expected: the revision the edit expects; 0 if the entry must not exist.
        found: its present revision; 0 if there is no such entry.
    """

    def __init__(self, id_: str, expected: int, found: int) -> None:
        if not found:
            conflict = f"there is no entry {id_!r} any more, revision {expected} of it was expected"
        elif not expected:
            conflict = f"there is an entry {id_!r} already, of revision {found}"
        else:
            conflict = f"the entry {id_!r} has revision {found}, not {expected} as expected"
        super().__init__(
            f"{conflict}; nothing was changed: look at what is there now and edit that"
        )
        self.id = id_
        self.expected = expected
        self.found = found


class InvalidEntry(EntryError):
    """An entry that importers would refuse, too."""


class AnsweredBefore(EntryError):
    """An edit request whose idempotency key was used before."""


class GlossaryNotFound(EntryError):
    """No glossary of the index has this name."""

    @classmethod
    def among(cls, name: str, known: Iterable[str]) -> Self:
        """Return the error for a name that is none of the known ones."""
        return cls(
            f"there is no glossary {name!r} in this index{near_or_known(name, sorted(known))}"
        )


class LanguageNotFound(EntryError):
    """No entry that may answer is in this language."""


class PositionGone(EntryError):
    """A place in the changes of a store that is no longer there."""

    def __init__(self) -> None:
        super().__init__(
            "this place in the changes is not of the present store, which was made anew or restored "
            "from a backup; read all entries with since=0, and replace your copy by them"
        )


class AccessError(SemsearchError):
    """An error about permissions. No message contains a key."""


class KeyRefused(AccessError):
    """The presented key does not belong to this index, has expired, or was revoked."""


class KeyNotFound(AccessError):
    """No key of the index has this id."""


class NotPermitted(AccessError):
    """A valid key without permission for this action."""


class StoredIndexError(SemsearchError):
    """An error about the index folder as a whole."""


class IndexMissing(StoredIndexError):
    """There is no index at this path."""


class IndexDamaged(StoredIndexError):
    """A file of the index is missing, truncated or altered."""


class IndexBusy(StoredIndexError):
    """Another process is building or editing this index."""


class PublishingUnderWay(IndexBusy):
    """Another process is publishing the edits of this index."""


class IndexUnwritable(StoredIndexError):
    """The index folder cannot be written: disk full, no permission, or not a folder."""


class IndexFull(IndexUnwritable):
    """The disk of the index folder is full."""


class IndexForbidden(StoredIndexError):
    """The permissions of a file of the index keep this process from reading it.

    Args:
        error: the refusal of the system.
    """

    def __init__(self, error: PermissionError) -> None:
        super().__init__(
            f"{error.filename} may not be read by this process (user {user_number()}): permission "
            "denied; allow others to read the index (`chmod -R a+rX`, but not of keys.db), or run "
            "semsearch as the user it belongs to"
        )


class IndexFollows(StoredIndexError):
    """The index is a mirror of another service, and takes no edits of its own.

    Args:
        root: the index folder.
        url: of the service that it follows.
    """

    def __init__(self, root: Path, url: str) -> None:
        super().__init__(
            f"the index in {root} follows {url}; edit there, or stop following with "
            f"`semsearch follow --stop --index {root}`"
        )
        self.url = url


class FollowingStopped(StoredIndexError):
    """The index does not follow a service any more, since somebody stopped it."""


class FormatTooOld(StoredIndexError):
    """The index was written by an older version and must be built again."""


class FormatTooNew(StoredIndexError):
    """The index was written by a newer version of semsearch."""


class EncoderMismatch(StoredIndexError):
    """The index was built with another encoder than the requested one."""


class EncoderError(SemsearchError):
    """An encoder that cannot be loaded or used."""


class ModelRefused(EncoderError):
    """A model that is unsafe to load, or not the one it claims to be."""


class EncoderUnavailable(EncoderError):
    """An embeddings server does not answer, or not with vectors of the model of the index."""


class ClusterFailed(EncoderError):
    """The Ray cluster of a build cannot be reached, or cannot embed."""


class TextRefused(EncoderUnavailable):
    """An embeddings server refuses these texts, and may embed others."""


class ChatFailed(SemsearchError):
    """A chat server did not answer, or not with text, however often it was asked."""


class ChatRefused(ChatFailed):
    """A chat server refuses all such requests: unknown model, or a missing or invalid key."""


class NoEntryLeft(InvalidEntry):
    """Changes would leave an index without entries; nothing was changed."""


class SourceFailed(SemsearchError):
    """The service that an index follows did not answer, or cannot for now.

    Args:
        reason: what is wrong, with the address.
        retry_after_s: seconds after which the service asks to be asked again, if it says.
    """

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class SourceRefused(SourceFailed):
    """The service that an index follows will answer the same way until somebody changes something.

    The message says what.
    """


class EngineError(SemsearchError):
    """A nearest-neighbour engine was called with invalid arguments."""


class DimensionMismatch(EngineError):
    """Vectors of another length than the index holds."""


class TooManySuggestions(SemsearchError):
    """A reader, or a network, has made as many suggestions as it may within an hour.

    Args:
        retry_after_s: seconds after which the next one is taken.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            "this key, address or network has made as many suggestions as it may; go on in "
            f"{retry_after_s} s"
        )
        self.retry_after_s = retry_after_s


class WorkerFailed(SemsearchError):
    """A process of the service ended before it could answer."""


class MissingExtra(SemsearchError):
    """A library that this call needs is not installed.

    Args:
        library: the missing library.
        purpose: what needs it.
        extra: the optional dependencies that have it; those of building by default.
    """

    def __init__(self, library: str, purpose: str, extra: str = "build") -> None:
        super().__init__(
            f"{purpose} needs {library}, which is not installed here; {how_to_install(extra)}"
        )
        self.library = library


def how_to_install(extra: str = "") -> str:
    """Return what a message says to do where libraries are missing.

    Args:
        extra: the optional dependencies that have them; without, those that are always needed.
    """
    what = f"'.[{extra}]'" if extra else "."
    return f"run `pip install {what}` in the checkout of semsearch"
