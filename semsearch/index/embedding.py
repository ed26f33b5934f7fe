"""Texts that have no vector yet are embedded: for a build all that changed, for an edit one or two."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from semsearch.core.prefetch import prefetch
from semsearch.core.progress import Progress
from semsearch.index.manifest import Manifest
from semsearch.index.passage_table import PassageTable
from semsearch.models import REFERENCE, load_answering_encoder
from semsearch.models.encoders import hashed
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.onnx import EncoderExport
from semsearch.storage.embedding_cache import Embedded
from semsearch.storage.layout import IndexLayout

BATCH = 1024
"""Most texts embedded between two commits, which a kill loses: writing fewer at a time takes longer."""

WINDOW = 1 << 13
"""Texts that are embedded by length: with those of a million entries in one order of lengths, deriving a generation reads
all over a store of gigabytes, 500 vectors a second where the disk is asked for each."""

BATCH_CHARS = 1 << 18
"""Most characters of them: their tokens take some 400 bytes of memory for each while they are embedded."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """What embeds definitions: the key of its vectors in the store, its precision, and the encoder, loaded if needed."""

    key: str
    precision: str
    load: Callable[[], Encoder]

    @classmethod
    def by(
        cls,
        layout: IndexLayout,
        model: str,
        fingerprint: str,
        export: EncoderExport | None,
        reference: Callable[[], Encoder],
    ) -> Embedding:
        """Choose what embeds definitions; a copy's vectors are kept apart from the reference's.

        Args:
            layout: of the index.
            model: the name of the encoder.
            fingerprint: its identity.
            export: its exported copy, which says whether it embeds; None for an encoder without a model.
            reference: loads the encoder itself.
        """
        if export is None or export.entries == REFERENCE:
            return cls(fingerprint, REFERENCE if export else hashed.NAME, reference)
        return cls(
            f"{fingerprint}-{export.entries}-{export.version}",
            export.entries,
            lambda: load_answering_encoder(
                layout.encoder(fingerprint),
                model=model,
                fingerprint=fingerprint,
                precision=export.entries,
            ),
        )

    @classmethod
    def of(cls, layout: IndexLayout, manifest: Manifest) -> Embedding:
        """Return what embedded the definitions of a generation.

        Raises:
            IndexDamaged: the exported encoder is missing or altered.
        """
        folder = layout.encoder(manifest.fingerprint)
        is_hashed = manifest.precision == hashed.NAME
        sha256 = manifest.encoder_sha256
        export = (
            None if is_hashed else EncoderExport.load_stated(folder, manifest.fingerprint, sha256)
        )
        precision = hashed.NAME if is_hashed else REFERENCE

        return cls.by(
            layout,
            manifest.model,
            manifest.fingerprint,
            export,
            lambda: encoder_of(layout, manifest, precision),
        )


def encoder_of(layout: IndexLayout, manifest: Manifest, precision: str | None = None) -> Encoder:
    """Load the encoder that answers questions of a generation, or another copy of it.

    Args:
        layout: of the index.
        manifest: of the generation.
        precision: of the copy, see `load_answering_encoder`; the one that answers by default.

    Raises:
        IndexDamaged: the exported files are missing or altered.
        EncoderMismatch: the model of that name is not the one of the index any more.
    """
    return load_answering_encoder(
        layout.encoder(manifest.fingerprint),
        model=manifest.model,
        fingerprint=manifest.fingerprint,
        precision=precision or manifest.precision,
        sha256=manifest.encoder_sha256,
    )


class Known(Protocol):
    """What has vectors of texts already; `EmbeddedTexts` does."""

    def unknown(
        self, texts: Iterable[bytes], key: str, with_tokens: Collection[bytes]
    ) -> set[bytes]:
        """Return which texts have not been embedded yet; see `EmbeddedTexts.unknown`."""
        ...


def embed_missing(
    texts: Known, passages: PassageTable, embedding: Embedding, progress: Progress
) -> Iterator[Embedded]:
    """Embed each text that has no vector yet once, and yield what came of some at a time.

    Args:
        texts: what is there; what is yielded is for the caller to save.
        passages: entries whose texts are wanted.
        embedding: what embeds them.
        progress: told about each batch when the next one is asked for.
    """
    rows: dict[bytes, int] = {}
    for row, text in enumerate(passages.hashes(passages.rows)):
        rows.setdefault(text, row)
    definition_vectors = set(passages.hashes(passages.first_rows[:-1].tolist()))
    missing = texts.unknown(rows, embedding.key, definition_vectors)
    # alike lengths pad little; what is written here together is read together when a generation is derived
    wanted = sorted(missing, key=lambda t: (rows[t] // WINDOW, -passages.length(rows[t]), t))
    if not wanted:
        return
    encoder = embedding.load()
    progress.start("embedding", len(wanted))

    def embed(hashes: Sequence[bytes]) -> Embedded:
        encoded = encoder.encode_entries([passages.text(rows[h]) for h in hashes])
        return Embedded(embedding.key, hashes, encoded, definition_vectors)

    for embedded in prefetch(embed, _batches(wanted, lambda h: passages.length(rows[h]))):
        yield embedded
        progress.advance(len(embedded.texts))


def _batches(texts: Sequence[bytes], length: Callable[[bytes], int]) -> Iterator[list[bytes]]:
    """Yield texts some at a time, as many as `BATCH` and `BATCH_CHARS` allow, at least one."""
    batch: list[bytes] = []
    chars = 0
    for text in texts:
        if batch and (len(batch) == BATCH or chars + length(text) > BATCH_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(text)
        chars += length(text)
    if batch:
        yield batch
