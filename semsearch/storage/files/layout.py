"""The names of all files and folders of an index, each defined once.

    index/
      store.db                  entries, their history and the vectors of their texts (SQLite);
                                generations are derived from it
      CURRENT                   number of the current generation, and the hash of its manifest
      calibration.json          how confidence is rescaled, if it was calibrated
      keys.db                   access keys, hashed (SQLite, mode 0600), if there are any
      keys.reserve              room for revoking a key on a full disk
      usage.db                  what keys have written today, if there are quotas (SQLite, 0600)
      questions.db              what readers asked, if that is recorded (SQLite, mode 0600)
      inbox.db                  what readers suggest, if that is on (SQLite, mode 0600)
      ACKNOWLEDGED              revision of the last acknowledged edit, a hint for readers
      FOLLOWS                   address of the service that a mirror follows, which takes no edits
      FOLLOWED                  when a mirror was last in step, a hint for people
      SHARED                    address of the shared store that the folder is a copy of (0600)
      IN_STEP, KEYS_COMPARED    how far a copy of a shared store has come, and its keys, hints
      LOCK                      held while a process writes the store or replaces CURRENT
      BUILDING                  held during a build; edits and publishing go on
      PUBLISHING                held while a generation is derived; edits go on
      COPYING, FOLLOWING        held by what makes a copy for a mirror, or keeps one of a store
      encoders/<fingerprint>/   exported encoder, written once for each model
      rerankers/<fingerprint>/  exported reranker, if one was chosen
      generations/<n>/          immutable files derived from the store
        entries.db              entries, names, passages, relations (SQLite, read-only)
        words.db                stems and where their postings are (SQLite, read-only)
        name_stems.i64          stems of names (see `index/files/name_stems.py`)
        name_starts.i64         where the stems of each entry begin
        name_words.i64          every stem of a name, ascending
        name_word_starts.i64    where the positions of each stem begin
        name_word_positions.i32 positions of the entries that have a stem in a name
        postings.i32, .f32      entries that contain a stem, and their weights
        vectors.f32             one float32 row for each passage
        engine.faiss            HNSW graph of the entries, if the index is large
        first_rows.i64          first row of each entry
        name_vectors.i8         one int8 row for each name that is embedded
        first_names.i64         first name of each entry
        phrases.i8              one int8 row for each asked-as phrase
        first_phrases.i64       first phrase of each entry
        phrase_keys.i64         hashes of the phrases (see `index/files/asked_as.py`)
        phrase_words.i64        hashes of the words of the phrases
        phrases.faiss           HNSW graph of the phrases, if there are many
        tokens.i8, tokens.db    tokens of definitions, and how many entries contain each
        token_*                 weights, starts and axes (see `index/files/tokens.py`)
        map.f32                 place of each entry on the semantic map
        MANIFEST.json           what built it, and the SHA-256 of the other files

A generation is written under a temporary name and renamed when it is complete; then CURRENT is
replaced. No file is changed in place, so a reader sees the old index or the new one, never half of
either.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from semsearch.storage.files.generation_layout import GenerationLayout


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """The files of an index folder."""

    root: Path

    @property
    def store(self) -> Path:
        """The source of truth (SQLite)."""
        return self.root / "store.db"

    @property
    def current(self) -> Path:
        """The pointer to the current generation."""
        return self.root / "CURRENT"

    @property
    def calibration(self) -> Path:
        """How confidence is rescaled."""
        return self.root / "calibration.json"

    @property
    def keys(self) -> Path:
        """The access keys (SQLite)."""
        return self.root / "keys.db"

    @property
    def usage(self) -> Path:
        """What keys have written today (SQLite)."""
        return self.root / "usage.db"

    @property
    def questions(self) -> Path:
        """What readers asked (SQLite)."""
        return self.root / "questions.db"

    @property
    def inbox(self) -> Path:
        """What readers suggest (SQLite)."""
        return self.root / "inbox.db"

    @property
    def acknowledged(self) -> Path:
        """The revision of the last acknowledged edit."""
        return self.root / "ACKNOWLEDGED"

    @property
    def follows(self) -> Path:
        """The service that the index follows, if it is a mirror."""
        return self.root / "FOLLOWS"

    @property
    def followed(self) -> Path:
        """When a mirror was last in step with that service."""
        return self.root / "FOLLOWED"

    @property
    def shared(self) -> Path:
        """The shared store that the index is a copy of, if it is one."""
        return self.root / "SHARED"

    @property
    def in_step(self) -> Path:
        """How far the copy of a shared store has come."""
        return self.root / "IN_STEP"

    @property
    def keys_compared(self) -> Path:
        """When the copied access keys were compared with the shared store last."""
        return self.root / "KEYS_COMPARED"

    @property
    def following(self) -> Path:
        """The lock of the process that keeps the copy of a shared store in step."""
        return self.root / "FOLLOWING"

    @property
    def lock(self) -> Path:
        """The lock for writing the store or replacing the current generation."""
        return self.root / "LOCK"

    @property
    def building(self) -> Path:
        """The lock of a build, from before the first text is embedded.

        Edits and publishing go on meanwhile.
        """
        return self.root / "BUILDING"

    @property
    def publishing(self) -> Path:
        """The lock for deriving a generation, in a build or without; edits go on meanwhile."""
        return self.root / "PUBLISHING"

    @property
    def copying(self) -> Path:
        """The lock for making a copy for a mirror, and sending it."""
        return self.root / "COPYING"

    @property
    def generations(self) -> Path:
        """The folder of all generations."""
        return self.root / "generations"

    def generation(self, number: int) -> GenerationLayout:
        """Return the layout of a generation by its number."""
        return GenerationLayout(self.generations / f"{number:06d}")

    def next_number(self) -> int:
        """Return the number of the next generation, higher than those of all folders."""
        names = [path.name for path in self.generations.iterdir()]
        return max((int(name) for name in names if name.isdigit()), default=0) + 1

    @property
    def encoders(self) -> Path:
        """The folder of all exported encoders."""
        return self.root / "encoders"

    def encoder(self, fingerprint: str) -> Path:
        """Return the folder of an exported encoder."""
        return self.encoders / fingerprint[:16]

    @property
    def rerankers(self) -> Path:
        """The folder of all exported rerankers."""
        return self.root / "rerankers"

    def reranker(self, fingerprint: str) -> Path:
        """Return the folder of an exported reranker."""
        return self.rerankers / fingerprint[:16]
