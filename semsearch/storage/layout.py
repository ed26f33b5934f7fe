"""Every file name under an index folder, each defined once.

    index/
      store.db                  the truth: entries, their history and the vectors of their texts (SQLite)
      CURRENT                   which generation answers, and the hash of its manifest
      calibration.json          how confidence is bent to real questions, if it is
      keys.db                   who may do what: access keys, hashed (SQLite, mode 0600), if there are any
      ACKNOWLEDGED              the revision of the last edit that is over: a hint for who reads beside a writer
      LOCK                      held by the one process that writes the store, or makes another generation answer
      BUILDING                  held by the one that builds, while others edit and publish
      PUBLISHING                held by the one that derives a generation, while others edit
      encoders/<fingerprint>/   the exported encoder, written once for each model
      rerankers/<fingerprint>/  the exported reranker, where one was chosen
      generations/<n>/          immutable, self-contained, derived from the store
        entries.db              entries, names, passages, relations (SQLite, read-only)
        words.db                stems and where their postings are (SQLite, read-only)
        name_stems.i64          what the names of entries say (see `storage.name_stems`), with
        name_starts.i64         where that of each entry begins
        postings.i32, .f32      which entries use a stem, and how much that counts
        vectors.f32             one float32 row for each passage
        engine.faiss            what finds them, where comparing all would take too long
        first_rows.i64          which of them is the first of each entry
        phrases.i8              one int8 row for each phrase that people ask with, and
        first_phrases.i64       which of them is the first of each entry
        phrase_keys.i64         what phrases say, and
        phrase_words.i64        in which words, as numbers (see `index.files.phrases`)
        phrases.faiss           what finds them, where comparing all would take too long
        tokens.i8, tokens.db    tokens of definitions, and how many entries use each; with
        token_*                 what belongs to them (see `storage.tokens`)
        MANIFEST.json           what built it, and the SHA-256 of the files beside it

A generation is written beside the others under a temporary name and renamed when it is
whole; then CURRENT is replaced. Nothing is ever changed in place, so a reader sees the old
index or the new one and never half of either.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class GenerationLayout:
    """The files of one generation."""

    root: Path

    @property
    def entries(self) -> Path:
        """Entries, names, passages and relations (SQLite)."""
        return self.root / "entries.db"

    @property
    def words(self) -> Path:
        """Stems (SQLite)."""
        return self.root / "words.db"

    @property
    def postings(self) -> Path:
        """Little-endian int32."""
        return self.root / "postings.i32"

    @property
    def posting_weights(self) -> Path:
        """Little-endian float32."""
        return self.root / "postings.f32"

    @property
    def parts(self) -> tuple[Path, ...]:
        """Every file that the manifest vouches for, besides those of the engines."""
        return (
            self.entries,
            self.words,
            self.postings,
            self.posting_weights,
            self.name_stems,
            self.name_starts,
            self.vectors,
            self.first_rows,
            self.phrases,
            self.first_phrases,
            self.phrase_keys,
            self.phrase_words,
            self.tokens,
            self.token_weights,
            self.token_starts,
            self.token_axes,
            self.token_uses,
            self.map,
        )

    @property
    def vectors(self) -> Path:
        """Little-endian float32, row after row."""
        return self.root / "vectors.f32"

    @property
    def engine(self) -> Path:
        """A file of FAISS, if the generation has one."""
        return self.root / "engine.faiss"

    @property
    def first_rows(self) -> Path:
        """Little-endian int64, one for each position and one more."""
        return self.root / "first_rows.i64"

    @property
    def phrases(self) -> Path:
        """int8, row after row: the vectors of phrases."""
        return self.root / "phrases.i8"

    @property
    def first_phrases(self) -> Path:
        """Little-endian int64, one for each position and one more."""
        return self.root / "first_phrases.i64"

    @property
    def phrase_keys(self) -> Path:
        """Little-endian int64, one for each phrase."""
        return self.root / "phrase_keys.i64"

    @property
    def phrase_words(self) -> Path:
        """Little-endian int64, ascending."""
        return self.root / "phrase_words.i64"

    @property
    def phrase_engine(self) -> Path:
        """A file of FAISS, if the generation has one for its phrases."""
        return self.root / "phrases.faiss"

    @property
    def name_stems(self) -> Path:
        """Little-endian int64."""
        return self.root / "name_stems.i64"

    @property
    def name_starts(self) -> Path:
        """Little-endian int64, one for each position and one more."""
        return self.root / "name_starts.i64"

    @property
    def tokens(self) -> Path:
        """int8, row after row."""
        return self.root / "tokens.i8"

    @property
    def token_weights(self) -> Path:
        """Little-endian float32, one for each token."""
        return self.root / "token_weights.f32"

    @property
    def token_starts(self) -> Path:
        """Little-endian int64, one for each position and one more."""
        return self.root / "token_starts.i64"

    @property
    def token_axes(self) -> Path:
        """Little-endian float32."""
        return self.root / "token_axes.f32"

    @property
    def token_uses(self) -> Path:
        """How many entries use a token (SQLite)."""
        return self.root / "tokens.db"

    @property
    def map(self) -> Path:
        """Little-endian float32, two for each position: its place on the map."""
        return self.root / "map.f32"

    @property
    def manifest(self) -> Path:
        """What built the generation."""
        return self.root / "MANIFEST.json"


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """The files of an index folder."""

    root: Path

    @property
    def store(self) -> Path:
        """The truth."""
        return self.root / "store.db"

    @property
    def current(self) -> Path:
        """The pointer to the generation that answers."""
        return self.root / "CURRENT"

    @property
    def calibration(self) -> Path:
        """How confidence is bent to real questions."""
        return self.root / "calibration.json"

    @property
    def keys(self) -> Path:
        """The access keys (SQLite)."""
        return self.root / "keys.db"

    @property
    def acknowledged(self) -> Path:
        """The revision of the last edit that is over."""
        return self.root / "ACKNOWLEDGED"

    @property
    def lock(self) -> Path:
        """The writer's lock."""
        return self.root / "LOCK"

    @property
    def building(self) -> Path:
        """The lock of whoever builds, from before the first text is embedded; others may edit and publish."""
        return self.root / "BUILDING"

    @property
    def publishing(self) -> Path:
        """The lock of whoever derives a generation, in a build or without; others may edit."""
        return self.root / "PUBLISHING"

    @property
    def generations(self) -> Path:
        """The folder of all generations."""
        return self.root / "generations"

    def generation(self, number: int) -> GenerationLayout:
        """One generation by its number."""
        return GenerationLayout(self.generations / f"{number:06d}")

    def next_number(self) -> int:
        """Return the number of the next generation, which no folder has had that is still there."""
        names = [path.name for path in self.generations.iterdir()]
        return max((int(name) for name in names if name.isdigit()), default=0) + 1

    @property
    def encoders(self) -> Path:
        """The folder of all exported encoders."""
        return self.root / "encoders"

    def encoder(self, fingerprint: str) -> Path:
        """The folder of one exported encoder."""
        return self.encoders / fingerprint[:16]

    @property
    def rerankers(self) -> Path:
        """The folder of all exported rerankers."""
        return self.root / "rerankers"

    def reranker(self, fingerprint: str) -> Path:
        """The folder of one exported reranker."""
        return self.rerankers / fingerprint[:16]
