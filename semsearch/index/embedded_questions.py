"""The common questions of an index where nothing is embedded: those that have a vector.

Builds and edits embed the questions of their version. Another version may have others, or another
rule. So whoever only derives files takes, of the questions that this version knows, those whose
vectors are in the store: an edit is never missing for the lack of a question's vector.
"""

from __future__ import annotations

from dataclasses import dataclass

from semsearch.core.checksums import text_hash
from semsearch.core.entries import Entry
from semsearch.storage.embedding_cache import EmbeddedTexts
from semsearch.text.common_questions import bundled


@dataclass(frozen=True, slots=True)
class EmbeddedQuestions:
    """The questions of this version that have a vector under a key.

    `digest` is what the index was built with, so that the next build sees whether it has others.
    """

    digest: str
    texts: EmbeddedTexts
    key: str

    def of(self, entry: Entry) -> tuple[str, ...]:
        """Return the questions of an entry that have a vector."""
        hashes = {text_hash(question): question for question in bundled().of(entry)}
        unknown = self.texts.unknown(hashes, self.key, ()) if hashes else set()
        return tuple(question for text, question in hashes.items() if text not in unknown)


def embedded_questions(digest: str, texts: EmbeddedTexts, key: str) -> EmbeddedQuestions | None:
    """Return the questions of an index with this digest; None if it was built without any."""
    return EmbeddedQuestions(digest, texts, key) if digest else None
