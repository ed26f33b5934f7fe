"""The names of the files of one generation; `layout.py` says what is in each."""

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
        """Every file whose hash the manifest has, except those of the engines."""
        return (
            self.entries,
            self.words,
            self.postings,
            self.posting_weights,
            self.name_stems,
            self.name_starts,
            self.name_words,
            self.name_word_starts,
            self.name_word_positions,
            self.vectors,
            self.first_rows,
            self.name_vectors,
            self.first_names,
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
        """HNSW graph (FAISS), if the generation has one."""
        return self.root / "engine.faiss"

    @property
    def first_rows(self) -> Path:
        """Little-endian int64, one for each position and one at the end."""
        return self.root / "first_rows.i64"

    @property
    def name_vectors(self) -> Path:
        """int8, row after row: the vectors of names."""
        return self.root / "name_vectors.i8"

    @property
    def first_names(self) -> Path:
        """Little-endian int64, one for each position and one more."""
        return self.root / "first_names.i64"

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
        """Little-endian int64, one for each position and one at the end."""
        return self.root / "name_starts.i64"

    @property
    def name_words(self) -> Path:
        """Little-endian int64, ascending."""
        return self.root / "name_words.i64"

    @property
    def name_word_starts(self) -> Path:
        """Little-endian int64, one for each word and one more."""
        return self.root / "name_word_starts.i64"

    @property
    def name_word_positions(self) -> Path:
        """Little-endian int32, ascending within each word."""
        return self.root / "name_word_positions.i32"

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
        """Little-endian int64, one for each position and one at the end."""
        return self.root / "token_starts.i64"

    @property
    def token_axes(self) -> Path:
        """Little-endian float32."""
        return self.root / "token_axes.f32"

    @property
    def token_uses(self) -> Path:
        """Number of entries that contain each token (SQLite)."""
        return self.root / "tokens.db"

    @property
    def map(self) -> Path:
        """Little-endian float32, two for each position."""
        return self.root / "map.f32"

    @property
    def manifest(self) -> Path:
        """What built the generation, and the hashes of its files."""
        return self.root / "MANIFEST.json"
