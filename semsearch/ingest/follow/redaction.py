"""Quotes the followed service in messages: without the key, printable, in one line, short."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field

from semsearch.core.errors import UNREADABLE

MAX_QUOTE = 80
"""Most characters of a quote if the caller does not say otherwise."""
MAX_SAID = 300
"""Most characters of what a problem says."""
_MOST_BYTES = 1 << 16
"""Of content, of which only the beginning is quoted."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """Hides the access key in quotes; a service may send it back.

    Quotes are shortened last. A key that is cut in two would not be found any more.
    """

    key: str | None = field(default=None, repr=False)

    def quote(self, stated: str | bytes, most: int = MAX_QUOTE) -> str:
        """Return a text of the service as one line of printable characters without the key.

        Args:
            stated: the text, or content that may be no text.
            most: characters; what is longer ends with an ellipsis.
        """
        if isinstance(stated, bytes):
            hidden = stated.replace(self.key.encode(), b"***") if self.key else stated
            stated = hidden[:_MOST_BYTES].decode("utf-8", "replace")
        printable = "".join(sign if sign.isprintable() else " " for sign in stated)
        line = " ".join(printable.split())
        if self.key:
            line = line.replace(self.key, "***")
        return line if len(line) <= most else f"{line[: most - 1]}…"

    def said(self, content: bytes) -> str:
        """Return what a problem says, or the beginning of something else."""
        with suppress(*UNREADABLE):
            return self.quote(str(json.loads(content)["detail"]), MAX_SAID) or "nothing"
        return self.quote(content, MAX_SAID) or "nothing"
