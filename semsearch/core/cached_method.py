"""A cache of a method that does not keep its object alive."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from weakref import WeakMethod

_Method = TypeVar("_Method", bound=Callable[..., Any])


def cached_method(maxsize: int | None, method: _Method) -> _Method:
    """Return a bound method with an LRU cache, for an attribute of its own object.

    A plain `lru_cache` refers to the object and the object to it. This cycle keeps the object's
    files open until the garbage collector runs.

    Args:
        maxsize: most results that are kept; None for all.
        method: the bound method, whose arguments are hashable.
    """
    referred = WeakMethod(method)

    @lru_cache(maxsize)
    def call(*arguments: Any) -> Any:  # noqa: ANN401
        found = referred()
        assert found is not None  # noqa: S101 - whoever calls this has it from the object
        return found(*arguments)

    return call  # type: ignore[return-value]
