"""Tests of the base of classes that are closed at the end of a `with` block."""

import pytest

from semsearch.core.closeable import Closeable


class _File(Closeable):
    """Remembers whether it was closed."""

    is_closed = False

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True


def test_the_block_gets_the_object_and_closes_it() -> None:
    """`with` gives the object itself."""
    file = _File()
    with file as opened:
        assert opened is file
        assert not file.is_closed
    assert file.is_closed


def test_an_error_closes_it_and_passes() -> None:
    """An error is neither hidden nor does it leave the object open."""
    file = _File()
    with pytest.raises(KeyError), file:
        raise KeyError
    assert file.is_closed
