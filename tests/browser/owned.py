"""An index whose owner edits it: entries with a history, recorded questions, suggestions.

Nothing that a state of a page does is saved, so tests may look at them in any order.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from semsearch.core.entries import Details
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now
from semsearch.storage.feedback.inbox import InboxState, Sender, decide, suggest
from semsearch.storage.feedback.question_log import RecordedQuestion, record

OPTIONS = ("--record-questions", "--suggestions")
"""Of the service."""
_ASKED = (
    *["how do I keep soup warm on a long voyage?"] * 4,
    "keep the soup warm for hours",
    "call [number] about the galley",
    "xylophone quartet lessons",
    "what is the word for a very long question that somebody writes in one go without a stop, so "
    "that it has to be broken into several lines on every screen",
)


@dataclass(frozen=True, slots=True)
class OwnedIndex:
    """The index: a key to edit it, and what stands in paths of its pages by name."""

    folder: Path
    key: str
    names: dict[str, str]


def prepare(pages_index: Path, folder: Path) -> OwnedIndex:
    """Copy an index and let owners and readers use it."""
    index = Path(shutil.copytree(pages_index, folder / "owned"))
    with Editor(index) as editor:
        ann, bob = editor.as_author("Ann"), editor.as_author("Bob")
        ann.change(
            "kitchen:ladle",
            definition="A ladle is a deep round spoon with a long handle for serving soup.",
            aliases=["dipper"],
        )
        bob.change(
            "kitchen:ladle",
            definition="A ladle is a deep spoon with a long handle. It serves soup and stew.",
            details={"status": "approved", "extra": {"Owner": "Jane Doe"}},
        )
        ann.add("kitchen", Draft("Spurtle", "A rod that stirs porridge.", details=Details()))
        bob.change("kitchen:spurtle", term="Porridge stick")
        bob.delete("kitchen:spurtle")
    now = utc_now()
    batch = [
        RecordedQuestion(
            now - timedelta(days=n), text, "", "page", "no close match", 0.1, ("kitchen:ladle",)
        )
        for n, text in enumerate(_ASKED)
    ]
    record(index / "questions.db", batch, now, timedelta(days=90))
    inbox = index / "inbox.db"
    missing = suggest(
        inbox, "kitchen", "Spatula", "A flat tool\nfor turning food.", now, sender=Sender(b"one")
    )
    change = suggest(
        inbox,
        "kitchen",
        "Ladle",
        "It is not only for soup.",
        now,
        "kitchen:ladle",
        sender=Sender(b"two"),
    )
    refused = suggest(inbox, "kitchen", "Fork", "Everybody knows it.", now, sender=Sender(b"three"))
    assert missing is not None
    assert change is not None
    assert refused is not None
    decide(inbox, refused.id, InboxState.REFUSED, "It stands in the glossary of cutlery.", "Ann")
    _, made = KeyStore(index / "keys.db").create(
        name="Ann", scope=KeyScope.EDIT, glossaries=(), now=now
    )
    return OwnedIndex(index, made.text, {"open": missing.id, "refused": refused.id})
