"""Embeds the texts that have no vector yet, for builds and for edits.

No text is embedded twice with the same encoder: the store is asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from semsearch.core.arrays import Encoded
from semsearch.core.prefetch import prefetch
from semsearch.core.progress import Progress
from semsearch.index.manifest import StatedModels
from semsearch.index.passage_table import PassageTable
from semsearch.models import REFERENCE, WITHOUT_EXPORT, load_answering_encoder
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.onnx import EncoderExport
from semsearch.storage.embedding_cache import Embedded
from semsearch.storage.files.layout import IndexLayout

BATCH = 1024
"""Most texts embedded between two commits. A killed build loses at most one batch; smaller batches
take longer."""

WINDOW = 1 << 13
"""Texts are sorted by length inside windows of so many rows, not over the whole corpus. Sorting a
million texts at once scattered the vectors of neighbouring entries over gigabytes: writing a
generation then read 500 vectors a second from disk."""

BATCH_CHARS = 1 << 18
"""Most characters in a batch: while they are embedded, tokens take some 400 bytes of memory per
character."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """How definitions are embedded: key of their vectors in the store, precision, encoder."""

    key: str
    precision: str
    load: Callable[[], Encoder]

    @classmethod
    def choose(
        cls,
        layout: IndexLayout,
        model: str,
        fingerprint: str,
        export: EncoderExport | None,
        precision: str,
        reference: Callable[[], Encoder],
    ) -> Embedding:
        """Choose what embeds definitions: the encoder itself or its exported copy.

        Vectors of a copy have a key of their own, so that they never mix with the encoder's.

        Args:
            layout: of the index.
            model: the name of the encoder.
            fingerprint: its identity.
            export: its exported copy, which says whether it embeds; None for an encoder without
                one.
            precision: of an encoder without an exported copy.
            reference: loads the encoder itself.
        """
        if export is None or export.entries == REFERENCE:
            return cls(fingerprint, precision if export is None else REFERENCE, reference)
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
    def of(cls, layout: IndexLayout, manifest: StatedModels) -> Embedding:
        """Return how the definitions of a generation were embedded.

        Raises:
            IndexDamaged: the exported encoder is missing or altered.
        """
        folder = layout.encoder(manifest.fingerprint)
        has_export = manifest.precision not in WITHOUT_EXPORT
        sha256 = manifest.encoder_sha256
        export = (
            EncoderExport.load_stated(folder, manifest.fingerprint, sha256) if has_export else None
        )
        precision = REFERENCE if has_export else manifest.precision

        return cls.choose(
            layout,
            manifest.model,
            manifest.fingerprint,
            export,
            precision,
            lambda: encoder_of(layout, manifest, precision),
        )


def encoder_of(
    layout: IndexLayout, manifest: StatedModels, precision: str | None = None
) -> Encoder:
    """Load the encoder that embeds the questions of a generation, or a copy of another precision.

    Args:
        layout: of the index.
        manifest: of the generation.
        precision: see `load_answering_encoder`; that of the manifest by default.

    Raises:
        IndexDamaged: the exported files are missing or altered.
        EncoderMismatch: the model of that name is no longer the one of the index.
    """
    return load_answering_encoder(
        layout.encoder(manifest.fingerprint),
        model=manifest.model,
        fingerprint=manifest.fingerprint,
        precision=precision or manifest.precision,
        sha256=manifest.encoder_sha256,
    )


class KnownTexts(Protocol):
    """Knows which texts have vectors; `EmbeddedTexts` implements it."""

    def unknown(
        self, texts: Iterable[bytes], key: str, with_tokens: Collection[bytes]
    ) -> set[bytes]:
        """Return the texts that have not been embedded yet; see `EmbeddedTexts.unknown`."""
        ...


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Texts that are embedded together, and whether the tokens of each are stored.

    The last bits of a vector may depend on the texts that it is computed beside. So the same
    batches give the same vectors, wherever they are computed, also when an interrupted build goes
    on: batches are saved in their order, and what is left makes the same batches again.
    """

    texts: Sequence[str]
    with_tokens: Sequence[bool]


class BatchEncoder(Protocol):
    """Embeds batches: a thread of this process (`InThread`), or a cluster (`RayCluster`)."""

    def encode(self, batches: Iterable[TextBatch]) -> Iterator[Encoded]:
        """Yield the result of each batch, in their order.

        Tokens of texts that need none may be missing.
        """
        ...


@dataclass(frozen=True, slots=True)
class InThread:
    """Embeds in a thread, one batch ahead of what the caller saves."""

    load: Callable[[], Encoder]

    def encode(self, batches: Iterable[TextBatch]) -> Iterator[Encoded]:
        """Embed batches; see `BatchEncoder.encode`."""
        encoder = self.load()
        yield from prefetch(lambda batch: encoder.encode_entries(batch.texts), batches)


def embed_missing(
    texts: KnownTexts,
    passages: PassageTable,
    embedding: Embedding,
    progress: Progress,
    cluster: BatchEncoder | None = None,
) -> Iterator[Embedded]:
    """Embed each text that has no vector yet, and yield the results in batches.

    Args:
        texts: says which texts have vectors; the caller saves what is yielded.
        passages: the texts.
        embedding: embeds them.
        progress: reports each batch when the next one is requested.
        cluster: embeds the batches in its place.
    """
    rows: dict[bytes, int] = {}
    for row, text in enumerate(passages.hashes(passages.rows)):
        rows.setdefault(text, row)
    definitions = set(passages.hashes(passages.first_rows[:-1].tolist()))
    missing = texts.unknown(rows, embedding.key, definitions)
    # texts of similar length need little padding; neighbouring rows stay near each other in the
    # store
    wanted = sorted(missing, key=lambda t: (rows[t] // WINDOW, -passages.length(rows[t]), t))
    if not wanted:
        return
    progress.start("embedding", len(wanted))
    batches = list(_batches(wanted, lambda h: passages.length(rows[h])))
    made = (
        TextBatch([passages.text(rows[h]) for h in hashes], [h in definitions for h in hashes])
        for hashes in batches
    )
    results = (cluster or InThread(embedding.load)).encode(made)
    for hashes, encoded in zip(batches, results, strict=True):
        yield Embedded(embedding.key, hashes, encoded, definitions)
        progress.advance(len(hashes))


def _batches(texts: Sequence[bytes], length: Callable[[bytes], int]) -> Iterator[list[bytes]]:
    """Yield batches within `BATCH` texts and `BATCH_CHARS` characters, but at least one text."""
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
