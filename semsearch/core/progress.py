"""The interface for progress reports of long work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")

MAX_REPORTS = 200
"""Most reports of a step: moving a progress bar takes as long as reading an entry."""


class Progress(Protocol):
    """Receives a report of each step of a build."""

    def start(self, step: str, total: int) -> None:
        """Begin a step of `total` parts."""
        ...

    def advance(self, parts: int) -> None:
        """Count some parts of the current step as done."""
        ...


class Silent:
    """A progress that shows nothing."""

    def start(self, step: str, total: int) -> None:
        """Do nothing."""

    def advance(self, parts: int) -> None:
        """Do nothing."""


def track(items: Iterable[T], progress: Progress, step: str, total: int) -> Iterator[T]:
    """Yield the items of a step that begins now, and report how many are done."""
    progress.start(step, total)
    lump = -(-total // MAX_REPORTS) or 1
    count = 0
    for count, item in enumerate(items, start=1):
        yield item
        if count % lump == 0:
            progress.advance(lump)
    if count % lump:
        progress.advance(count % lump)
