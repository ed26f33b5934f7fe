"""The tree of errors."""

from __future__ import annotations

import re

from semsearch.core import errors, shared_store_errors
from semsearch.core.errors import SemsearchError


def test_the_error_tree_is_the_one_drawn() -> None:
    """Every error class stands in the drawing at the top of `errors`."""
    drawn = set(
        re.findall(r"[A-Z]\w+", (errors.__doc__ or "").split("\n\n", 2)[2].split("Messages")[0])
    )
    classes = {
        n
        for n, c in {**vars(errors), **vars(shared_store_errors)}.items()
        if isinstance(c, type) and issubclass(c, SemsearchError)
    }
    assert drawn == classes
