"""Errors of a shared store and of the copies that servers keep of it."""

from __future__ import annotations

from semsearch.core.errors import InvalidSetting, StoredIndexError


class StoreUnavailable(StoredIndexError):
    """The shared store does not answer now; what was asked for may be tried again."""


class SharedFileDamaged(StoreUnavailable):
    """A file of a generation is missing where a shared store has its files, or damaged there."""


class StoreRewound(StoredIndexError, InvalidSetting):
    """The store lacks changes that a copy of it has: another one, a former state, or primary."""


class IndexShared(StoredIndexError):
    """The index folder is a copy of a shared store, to which this cannot be done."""
