"""Errors of a shared store."""

from __future__ import annotations

import pytest

from semsearch.core.errors import InvalidSetting, StoredIndexError
from semsearch.core.shared_store_errors import (
    IndexShared,
    SharedFileDamaged,
    StoreRewound,
    StoreUnavailable,
)


@pytest.mark.parametrize("error", [IndexShared, SharedFileDamaged, StoreRewound, StoreUnavailable])
def test_whoever_handles_errors_of_an_index_handles_them(error: type[StoredIndexError]) -> None:
    """Their callers need not know where the store is."""
    assert issubclass(error, StoredIndexError)


def test_a_damaged_file_may_be_there_again_and_a_lost_state_is_for_people() -> None:
    """The one is tried again, the other is a wrong setting."""
    assert issubclass(SharedFileDamaged, StoreUnavailable)
    assert issubclass(StoreRewound, InvalidSetting)
