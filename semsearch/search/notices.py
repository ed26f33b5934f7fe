"""Notices of answers: what somebody who reads an answer should know about how it was found."""

from __future__ import annotations

from semsearch.core.answers import Notice, NoticeKind

WORDS_ONLY = Notice(
    NoticeKind.WORDS_ONLY,
    "The encoder does not answer at the moment, so this was found by words and names only.",
)
"""Says nothing of the server, which readers need not know; the log does."""
