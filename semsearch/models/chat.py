"""A chat server that speaks the protocol of OpenAI, as Ollama, vLLM, llama.cpp and many others do.

One POST to `URL/chat/completions` for each question; nothing of an answer is taken but its text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from semsearch.core.errors import ChatFailed, ChatRefused
from semsearch.models.openai_server import ATTEMPTS, FIRST_PAUSE_S, OpenAiServer

MAX_BYTES = 1 << 20
"""Of an answer; a dozen phrases take a few thousand."""

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
        """Check address and key; see `OpenAiServer`."""
        _ = self._server

    @property
    def _server(self) -> OpenAiServer:
        return OpenAiServer(
            url=self.url,
            noun="chat server",
            key=self.key,
            key_setting="SEMSEARCH_CHAT_KEY",
            failed=ChatFailed,
            refused=ChatRefused,
            input_refused=ChatRefused,
            max_bytes=MAX_BYTES,
            timeout_s=self.timeout_s,
            attempts=self.attempts,
            first_pause_s=self.first_pause_s,
        )

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
        body = {"model": self.model, "messages": messages, "stream": False}
        content = self._server.post("chat/completions", body)
        try:
            stated: Any = json.loads(content)
            text = stated["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError):
            text = None
        if not isinstance(text, str):
            raise ChatFailed(
                self._server.message(f"answers without text: {self._server.said(content)}")
            )
        return _THOUGHTS.sub("", text).strip()
