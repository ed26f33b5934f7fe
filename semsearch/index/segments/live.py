"""The overlay: entries that were changed since a generation was published, as a segment of its own.

It is derived from the store like a generation, but lies in memory, and takes from the generation what is counted over
all entries: the axes and the weights of tokens, and the mean length. Relations, which lead from layer to layer, are not in it
(`layered_relations`).
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
from semsearch.core.index_info import EngineInfo
from semsearch.core.progress import Silent
from semsearch.index.ann.engine import FLAT
from semsearch.index.files.entry_table import write_snapshot
from semsearch.index.files.phrases import write_phrases
from semsearch.index.files.postings import write_words
from semsearch.index.files.tokens import ReferenceTokens, write_tokens
from semsearch.index.manifest import Manifest
from semsearch.index.passage_table import PassageTable
from semsearch.index.segments.segment import Segment
from semsearch.storage.embedding_cache import EmbeddedTexts, copy_vectors
from semsearch.storage.layout import GenerationLayout

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it
"""Files here never reach a disk; where there is no such folder, they lie among the temporary ones."""


MOST_PENDING = 256
"""Changes that are shown beside a generation before the next one is due: each edit derives all of them anew, which
takes a tenth of a second for so many."""


MOST_IN_MEMORY = 4096
"""Entries whose files lie in memory, some 10 kB each: a container has 64 MB of it unless told otherwise."""


@dataclass(frozen=True, slots=True)
class LiveSegment:
    """What has changed: the entries that are new or different, if any, and the old positions of all that changed."""

    segment: Segment | None
    deleted: Numbers
    missing: int = 0
    """Changes that are not in it, since the encoder that answers has not embedded them."""


def derive_live_segment(
    generation: Segment, manifest: Manifest, changes: Sequence[Changed], texts: EmbeddedTexts
) -> LiveSegment:
    """Derive what was changed since a generation.

    A build that embeds with another encoder writes what has changed in its corpus before its generation answers. Of that the
    texts are not embedded by the encoder that answers until then, and such entries stay as they were.

    Args:
        generation: its files.
        manifest: what it is.
        changes: of the store since the revision that it shows.
        texts: the vectors in the store.
    """
    try:
        return _overlay(generation, manifest, changes, texts)
    except KeyError:
        embedded = [one for one in changes if _is_embedded(one.entry, texts, manifest.embedded_by)]
        overlay = _overlay(generation, manifest, embedded, texts)
        return replace(overlay, missing=len(changes) - len(embedded))


def _is_embedded(entry: Entry | None, texts: EmbeddedTexts, key: str) -> bool:
    if entry is None:
        return True
    built = PassageTable([entry], Silent())
    hashes = built.hashes(built.rows)
    return not texts.unknown(hashes, key, hashes[:1])


def _overlay(
    generation: Segment, manifest: Manifest, changes: Sequence[Changed], texts: EmbeddedTexts
) -> LiveSegment:
    old = (generation.snapshot.position_of(changed.id) for changed in changes)
    deleted = np.array(sorted(position for position in old if position is not None), dtype=np.int64)
    entries = [changed.entry for changed in changes if changed.entry is not None]
    return LiveSegment(_segment(generation, manifest, entries, texts) if entries else None, deleted)


def _segment(
    generation: Segment, manifest: Manifest, entries: Sequence[Entry], texts: EmbeddedTexts
) -> Segment:
    silent = Silent()
    built = PassageTable(entries, silent)
    beside = ReferenceTokens(
        generation.tokens, {n: len(r) for n, r in generation.snapshot.glossaries().items()}
    )
    key = manifest.embedded_by
    in_memory = len(entries) <= MOST_IN_MEMORY and os.access(_MEMORY, os.W_OK)
    folder = _MEMORY if in_memory else None
    # what is open stays readable when its name is gone, so nothing is left behind whatever ends the process
    with tempfile.TemporaryDirectory(prefix="semsearch-", dir=folder) as made:
        files = GenerationLayout(Path(made))
        passages = built.hashes(built.passage_rows)
        copy_vectors(texts, passages, key, manifest.dim, files.vectors)
        write_phrases(files, built, lambda some: texts.vectors(some, key, manifest.dim), silent)
        write_tokens(
            files,
            built.glossaries(),
            lambda positions: texts.tokens(built.hashes_of_wholes(positions), key),
            silent,
            beside=beside,
        )
        write_snapshot(files, built.passages(), [], progress=silent, total=len(built.entries))
        write_words(files, built.entries, silent, mean_words=manifest.mean_words)
        flat = EngineInfo(FLAT, "", 1.0, 0, 0)
        return Segment.open(files, manifest.dim, flat, flat)
