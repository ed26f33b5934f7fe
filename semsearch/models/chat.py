"""A chat server that speaks the protocol of OpenAI, as Ollama, vLLM, llama.cpp and many others do.

One POST to `URL/chat/completions` for each question. Redirects are not followed, since a key would
go with them; nothing of an answer is taken but its text, and no more than a bounded number of bytes
is read.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from semsearch.core.errors import ChatFailed, ChatRefused, InvalidSetting
from semsearch.core.version import __version__

MAX_BYTES = 1 << 20
"""Of an answer; a dozen phrases take a few thousand."""
ATTEMPTS = 5
FIRST_PAUSE_S = 1.0
"""Before the second attempt; each further one waits twice as long, more or less, so that several do
not come at once."""
MAX_PAUSE_S = 60.0
"""Also if the server asks for more."""

_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""
_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
"""What some models write before they answer."""


@dataclass(frozen=True, slots=True)
class ChatServer:
    """Where questions go, and as whom they are asked. Safe to use from several threads."""

    url: str
    """As `http://localhost:11434/v1`."""
    model: str
    key: str | None = field(default=None, repr=False)
    timeout_s: float = 120.0
    """A model on a processor takes a minute for a dozen sentences."""
    attempts: int = ATTEMPTS
    first_pause_s: float = FIRST_PAUSE_S

    def __post_init__(self) -> None:
        """Check the address.

        Raises:
            InvalidSetting: it is not one of http or https, or holds what belongs elsewhere.
        """
        try:
            parts = urlsplit(self.url)
            is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
            is_good = is_good and not (parts.query or parts.fragment or parts.username)
            _ = parts.port
        except ValueError:
            is_good = False
        if not is_good:
            raise InvalidSetting(
                f"{self.url!r} is not the address of a chat server; write it as http://localhost:11434/v1, and the key "
                "into SEMSEARCH_CHAT_KEY"
            )
        if self.key is not None and not (self.key.isascii() and self.key.isprintable()):
            raise InvalidSetting("SEMSEARCH_CHAT_KEY has characters that no key has")

    def complete(self, system: str, question: str) -> str:
        """Return what the model says.

        Args:
            system: how it is to answer.
            question: what it is asked.

        Raises:
            ChatFailed: it did not answer, or without text, at the last attempt.
            ChatRefused: it will not answer at all.
        """
        messages = [{"role": "system", "content": system}, {"role": "user", "content": question}]
        body = json.dumps({"model": self.model, "messages": messages, "stream": False}).encode()
        for attempt in range(1, self.attempts + 1):
            try:
                status, after, content = self._post(body)
            except (OSError, http.client.HTTPException) as error:
                failed, wanted = f"cannot be reached ({error or type(error).__name__})", None
            else:
                if status == http.client.OK:
                    return self._text(content)
                failed, wanted = f"answers with status {status}: {_said(content)}", after
                if status not in _AGAIN:
                    raise ChatRefused(self._secret(f"the chat server {self.url} {failed}"))
            if attempt < self.attempts:
                time.sleep(_pause(self.first_pause_s, attempt, wanted))
        raise ChatFailed(
            self._secret(f"the chat server {self.url} {failed}, also at attempt {self.attempts}")
        )

    def _post(self, body: bytes) -> tuple[int, str | None, bytes]:
        parts = urlsplit(self.url)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(parts.hostname or "", parts.port, timeout=self.timeout_s)
        headers = {"Content-Type": "application/json", "User-Agent": f"semsearch/{__version__}"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        try:
            connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", body, headers)
            response = connection.getresponse()
            content = response.read(MAX_BYTES + 1)
            if response.length and len(content) <= MAX_BYTES:
                raise http.client.IncompleteRead(content, response.length)
            return response.status, response.headers.get("Retry-After"), content
        finally:
            connection.close()

    def _text(self, content: bytes) -> str:
        """Return the text of an answer."""
        if len(content) > MAX_BYTES:
            raise ChatFailed(
                f"the chat server {self.url} answers with more than {MAX_BYTES:,} bytes"
            )
        try:
            stated: Any = json.loads(content)
            text = stated["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError):
            text = None
        if not isinstance(text, str):
            raise ChatFailed(
                self._secret(f"the chat server {self.url} answers without text: {_said(content)}")
            )
        return _THOUGHTS.sub("", text).strip()

    def _secret(self, message: str) -> str:
        """Return a message without the key, which a server may have said again."""
        return message.replace(self.key, "***") if self.key else message


def _pause(first_s: float, attempt: int, wanted: str | None) -> float:
    """Return how long to wait: what the server asks for, else longer each time."""
    if wanted is not None and wanted.isdecimal():
        return min(float(wanted), MAX_PAUSE_S)
    return min(first_s * 2.0 ** (attempt - 1), MAX_PAUSE_S) * random.uniform(0.75, 1.25)  # noqa: S311


def _said(content: bytes) -> str:
    """Return the beginning of what a server says, in one line."""
    text = content[:2_000].decode("utf-8", "replace")
    try:
        error = json.loads(content)["error"]
        text = error["message"] if isinstance(error, dict) else str(error)
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    return " ".join(str(text).split())[:200] or "nothing"
