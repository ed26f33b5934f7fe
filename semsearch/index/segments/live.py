"""The live segment: entries changed since the current generation, so that edits are found at once.

It is derived from the store like a generation, but lies in memory. The axes and weights of tokens
and the mean length are the generation's, so that scores of both segments are comparable. It has no
relations, since these lead from one segment to the other; see `multi_relations.py`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.entries import Changed, Entry
from semsearch.core.progress import Silent
from semsearch.index.ann.engine import FLAT
from semsearch.index.embedded_questions import embedded_questions
from semsearch.index.files.tokens import ReferenceTokens
from semsearch.index.manifest import Manifest
from semsearch.index.passage_table import PassageTable
from semsearch.index.segment_writer import (
    ScoringReference,
    StoredEmbeddings,
    write_segment,
    write_vectors,
)
from semsearch.index.segments.segment import Segment
from semsearch.storage.embedding_cache import EmbeddedTexts
from semsearch.storage.files.generation_layout import GenerationLayout

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it
"""Files here never reach a disk. Where the folder is missing, the temporary folder is used."""


MAX_PENDING = 256
"""Changes after which the next generation is due. Each edit derives the live segment again, which
takes a tenth of a second for so many."""


MAX_IN_MEMORY = 4096
"""Most entries whose files lie in memory, some 10 kB each; a container has 64 MB of it by
default."""


@dataclass(frozen=True, slots=True)
class LiveSegment:
    """The new and changed entries, and the positions in the generation that they replace."""

    segment: Segment | None
    deleted: Numbers
    missing: int = 0
    """Changes left out because the current encoder has not embedded them."""


def derive_live_segment(
    generation: Segment, manifest: Manifest, changes: Sequence[Changed], texts: EmbeddedTexts
) -> LiveSegment:
    """Derive the changes since a generation.

    A build with another encoder stores changed entries before its generation is published. Until
    then the current encoder has no vectors of them, and these entries are left out.

    Args:
        generation: its open files.
        manifest: its manifest.
        changes: of the store since the revision of the manifest.
        texts: the vectors in the store.
    """
    try:
        return _derive(generation, manifest, changes, texts)
    except KeyError:
        embedded = [change for change in changes if _is_embedded(change.entry, texts, manifest)]
        live = _derive(generation, manifest, embedded, texts)
        return replace(live, missing=len(changes) - len(embedded))


def _is_embedded(entry: Entry | None, texts: EmbeddedTexts, manifest: Manifest) -> bool:
    if entry is None:
        return True
    passages = _passages([entry], texts, manifest)
    hashes = passages.hashes(passages.rows)
    return not texts.unknown(hashes, manifest.embedded_by, hashes[:1])


def _passages(entries: Sequence[Entry], texts: EmbeddedTexts, manifest: Manifest) -> PassageTable:
    common = embedded_questions(manifest.common_questions, texts, manifest.embedded_by)
    return PassageTable(entries, Silent(), common)


def _derive(
    generation: Segment, manifest: Manifest, changes: Sequence[Changed], texts: EmbeddedTexts
) -> LiveSegment:
    old = (generation.entry_table.position_of(changed.id) for changed in changes)
    deleted = np.array(sorted(position for position in old if position is not None), dtype=np.int64)
    entries = [changed.entry for changed in changes if changed.entry is not None]
    return LiveSegment(_segment(generation, manifest, entries, texts) if entries else None, deleted)


def _segment(
    generation: Segment, manifest: Manifest, entries: Sequence[Entry], texts: EmbeddedTexts
) -> Segment:
    passages = _passages(entries, texts, manifest)
    sizes = {name: len(range_) for name, range_ in generation.entry_table.glossaries().items()}
    reference = ScoringReference(ReferenceTokens(generation.tokens, sizes), manifest.mean_words)
    embeddings = StoredEmbeddings(texts, manifest.embedded_by, manifest.dim)
    in_memory = len(entries) <= MAX_IN_MEMORY and os.access(_MEMORY, os.W_OK)
    parent = _MEMORY if in_memory else None
    # open files stay readable after they are removed, so nothing is left behind if the process dies
    with tempfile.TemporaryDirectory(prefix="semsearch-", dir=parent) as folder:
        files = GenerationLayout(Path(folder))
        write_vectors(files, passages, embeddings, Silent())
        written = write_segment(
            files, passages, embeddings, Silent(), engine=FLAT, reference=reference
        )
        return Segment.open(files, manifest.dim, written.engine, written.phrase_engine)
