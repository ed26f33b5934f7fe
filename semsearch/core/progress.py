"""Where a build reports to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")

LUMPS = 200
"""Times that a step is told about: to move a bar takes as long as to read an entry."""


class Progress(Protocol):
    """Told about each step of a build."""

    def start(self, step: str, total: int) -> None:
        """A step of `total` parts begins."""
        ...

    def advance(self, parts: int) -> None:
        """So many parts of the current step are done."""
        ...


class Silent:
    """A progress nobody watches."""

    def start(self, step: str, total: int) -> None:
        """Say nothing."""

    def advance(self, parts: int) -> None:
        """Say nothing."""


def track(items: Iterable[T], progress: Progress, step: str, total: int) -> Iterator[T]:
    """Yield the parts of a step that begins now, and tell how many are done."""
    progress.start(step, total)
    lump = -(-total // LUMPS) or 1
    count = 0
    for count, item in enumerate(items, start=1):
        yield item
        if count % lump == 0:
            progress.advance(lump)
    if count % lump:
        progress.advance(count % lump)
