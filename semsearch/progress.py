"""Where a build reports to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")

LUMP = 500
"""Parts told at once: to redraw a bar takes as long as to read an entry."""


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


def told(items: Iterable[T], progress: Progress, step: str, total: int) -> Iterator[T]:
    """Yield the parts of a step that begins now, and tell how many are done."""
    progress.start(step, total)
    count = 0
    for count, item in enumerate(items, start=1):
        yield item
        if count % LUMP == 0:
            progress.advance(LUMP)
    if count % LUMP:
        progress.advance(count % LUMP)
