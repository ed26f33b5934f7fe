"""Requests to a server that speaks the protocol of OpenAI, as Ollama, vLLM and many others do.

One POST for each request. Redirects are not followed, since a key would go with them; a bounded
number of bytes is read, for a bounded time; and what may succeed later is tried again.
"""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from semsearch.core.errors import InvalidSetting, SemsearchError
from semsearch.core.http_address import is_http_address, shown_address
from semsearch.core.http_deadline import HTTP_FAILURES, BoundedConnection, Deadline
from semsearch.core.version import __version__

ATTEMPTS = 5
FIRST_PAUSE_S = 1.0
"""Before the second attempt; each further one waits twice as long, more or less, so that several do
not come at once."""
MAX_PAUSE_S = 60.0
"""Also if the server asks for more."""

_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""
_OF_INPUT = frozenset({400, 413, 422})
"""Answers that are about what was sent, such as a text that is too long for the model."""
_PIECE = 1 << 16
_SAID_CHARS = 200
"""Of what a server says, in a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAiServer:
    """Where requests go, as whom, and how patiently. Safe to use from several threads."""

    url: str
    """As `http://localhost:11434/v1`."""
    noun: str
    """What the server is called in messages, such as `chat server`."""
    key: str | None = field(default=None, repr=False)
    key_setting: str
    """The environment variable that the key is read from."""
    failed: type[SemsearchError]
    """Raised if the server does not answer, or not usably."""
    refused: type[SemsearchError]
    """Raised if it refuses all such requests."""
    input_refused: type[SemsearchError]
    """Raised if it refuses this request, and may answer others."""
    max_bytes: int
    """Most bytes of an answer."""
    timeout_s: float
    """From connecting to the last byte of the answer, for each attempt."""
    attempts: int = ATTEMPTS
    first_pause_s: float = FIRST_PAUSE_S

    def __post_init__(self) -> None:
        """Check address and key.

        Raises:
            InvalidSetting: the address is not one of http or https, or holds what belongs
                elsewhere; or the key cannot be sent.
        """
        if not is_http_address(self.url):
            article = "an" if self.noun[0] in "aeiou" else "a"
            raise InvalidSetting(
                f"{shown_address(self.url)} is not the address of {article} {self.noun}; write it "
                f"as http://localhost:11434/v1, and the key into {self.key_setting}"
            )
        if self.key is not None and not (self.key.isascii() and self.key.isprintable()):
            raise InvalidSetting(f"{self.key_setting} has characters that no key has")

    def post(self, path: str, body: Mapping[str, Any]) -> bytes:
        """Send a request, and return the content of the answer.

        Args:
            path: below the address, such as `chat/completions`.
            body: sent as JSON.

        Raises:
            SemsearchError: `failed`, `refused` or `input_refused`. No message contains the key.
        """
        sent = json.dumps(body).encode()
        for attempt in range(1, self.attempts + 1):
            try:
                status, after, content = self._post(path, sent)
            except HTTP_FAILURES as error:
                failed, wanted = f"cannot be reached ({error or type(error).__name__})", None
            else:
                if status == http.client.OK:
                    return self._bounded(content)
                failed, wanted = f"answers with status {status}: {self.said(content)}", after
                if status in _OF_INPUT:
                    raise self.input_refused(self.message(failed))
                if status not in _AGAIN:
                    raise self.refused(self.message(failed))
            if attempt < self.attempts:
                time.sleep(_pause(self.first_pause_s, attempt, wanted))
        tried = f", also at attempt {self.attempts}" if self.attempts > 1 else ""
        raise self.failed(self.message(f"{failed}{tried}"))

    def message(self, what: str) -> str:
        """Return a message about the server, without the key, which it may have said again."""
        return self._without_key(f"the {self.noun} {self.url} {what}")

    def said(self, content: bytes) -> str:
        """Return the beginning of what the server says, in one line, without the key."""
        text = content.decode("utf-8", "replace")
        try:
            error = json.loads(content)["error"]
            text = error["message"] if isinstance(error, dict) else str(error)
        except (ValueError, LookupError, TypeError, RecursionError):
            pass
        # a cut before would leave half a key
        line = " ".join(self._without_key(str(text)).split())
        return line[:_SAID_CHARS] or "nothing"

    def _without_key(self, text: str) -> str:
        return text.replace(self.key, "***") if self.key else text

    def _bounded(self, content: bytes) -> bytes:
        if len(content) > self.max_bytes:
            raise self.failed(self.message(f"answers with more than {self.max_bytes:,} bytes"))
        return content

    def _post(self, path: str, body: bytes) -> tuple[int, str | None, bytes]:
        parts = urlsplit(self.url)
        connection = BoundedConnection(
            parts.hostname or "",
            parts.port,
            is_https=parts.scheme == "https",
            deadline=Deadline(self.timeout_s),
        )
        headers = {"Content-Type": "application/json", "User-Agent": f"semsearch/{__version__}"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        try:
            connection.request("POST", f"{parts.path.rstrip('/')}/{path}", body, headers)
            response = connection.getresponse()
            content = self._read(response)
            return response.status, response.headers.get("Retry-After"), content
        finally:
            connection.close()

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """Read an answer, but no more than one byte too many."""
        content = bytearray()
        while piece := response.read(min(_PIECE, self.max_bytes + 1 - len(content))):
            content += piece
        if response.length and len(content) <= self.max_bytes:
            raise http.client.IncompleteRead(bytes(content), response.length)
        return bytes(content)


def _pause(first_s: float, attempt: int, wanted: str | None) -> float:
    """Return how long to wait: what the server asks for, else longer each time."""
    if wanted is not None and wanted.isdecimal():
        return min(float(wanted), MAX_PAUSE_S)
    return min(first_s * 2.0 ** (attempt - 1), MAX_PAUSE_S) * random.uniform(0.75, 1.25)  # noqa: S311
