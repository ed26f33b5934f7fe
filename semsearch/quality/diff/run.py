"""Runs a diff: reads two versions of a glossary and measures the differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Unpack

import numpy as np

from semsearch.core.entries import Entry
from semsearch.core.progress import Progress, Silent
from semsearch.importers import Corpus, CorpusOptions, read_corpus
from semsearch.index.scratch_index import embedding_source, vectors_of
from semsearch.quality.diff.matching import Difference, PairKind, differences
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from semsearch.text.passages import text_of


@dataclass(frozen=True, slots=True)
class DiffReport:
    """The differences by kind; reworded entries whose meaning moved farthest come first."""

    differences: tuple[Difference, ...]
    old: str
    """The compared versions, as the user named them."""
    new: str
    old_entries: int
    new_entries: int

    def of(self, kind: PairKind) -> tuple[Difference, ...]:
        """Return the differences of one kind."""
        return tuple(one for one in self.differences if one.kind is kind)


def diff(
    old: str | Path,
    new: str | Path,
    *,
    index: str | Path | None = None,
    model: str | None = None,
    progress: Progress | None = None,
    **options: Unpack[CorpusOptions],
) -> DiffReport:
    """Compare two versions of a glossary, or of several.

    Args:
        old: the old version: a file or folder, `NAME=PATH`, or an index, whose store is read.
        new: the new version, likewise. Glossaries match by name; if one is left over on each side,
            these match.
        index: an index whose encoder and vectors are used; by default `new` or `old`, if it is an
            index.
        model: the encoder, as for `build`; by default that of the index, or else the default one.
        progress: reports each step; silent by default.
        options: how files are read: `columns`, `format`, `language` and `follow_links`, as for
            `build`.

    Raises:
        ImportFailed: a file cannot be read, or no entry was found.
        StoredIndexError: an index cannot be read, or has another encoder than `model`.
        EncoderError: the encoder cannot be loaded.
    """
    reporter = progress or Silent()
    read_files = partial(read_corpus, progress=reporter, **options)
    read = [_entries(one, read_files) for one in (old, new)]
    found = differences(*read)
    indexes = (one for one in (index, new, old) if one is not None and is_index(one))
    embedding_index = index if index is not None else None if model else next(indexes, None)
    return DiffReport(
        tuple(_moved(found, embedding_index, model, reporter)), str(old), str(new), *map(len, read)
    )


def is_index(path: str | Path) -> bool:
    """Return whether a path is the folder of an index."""
    layout = IndexLayout(Path(path))
    return layout.current.is_file() and layout.store.is_file()


def _entries(path: str | Path, read_files: Callable[[list[str | Path]], Corpus]) -> Sequence[Entry]:
    if is_index(path):
        with closing(EntryReader(IndexLayout(Path(path)).store)) as reader:
            return list(reader.entries())
    corpus = read_files([path])
    corpus.check_readable()  # its entries would seem to be gone
    return corpus.entries


def _moved(
    found: Sequence[Difference], index: str | Path | None, model: str | None, progress: Progress
) -> list[Difference]:
    """Measure how far the reworded definitions moved, and sort them, farthest first."""
    reworded = [one for one in found if one.kind is PairKind.REWORDED]
    if not reworded:
        return list(found)
    texts = [text_of(entry) for one in reworded for entry in (one.old, one.new) if entry]
    vectors = vectors_of(texts, embedding_source(index, model), progress)
    cosines = np.einsum("nd,nd->n", vectors[::2], vectors[1::2])
    measured = [
        replace(one, moved=round(max(0.0, 1 - cosine), 4))
        for one, cosine in zip(reworded, cosines.tolist(), strict=True)
    ]
    measured.sort(key=lambda one: -(one.moved or 0))
    rest = iter(measured)
    return [next(rest) if one.kind is PairKind.REWORDED else one for one in found]
