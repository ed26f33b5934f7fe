"""Where a build reports to."""

from __future__ import annotations

from typing import Protocol


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
