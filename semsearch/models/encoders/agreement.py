"""Compares the exported copies of an encoder with a reference, and chooses between them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from semsearch.core.arrays import Encoded, Vectors
from semsearch.core.progress import Progress
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.onnx import Agreement, EncoderExport, OnnxEncoder
from semsearch.models.onnx.session import PRECISIONS

MIN_TOP10_OF_ENTRIES = 0.98
"""Least agreement of a copy that embeds definitions, in a fraction of the time."""

MIN_COSINE = 0.98
MIN_TOP10 = 0.85
"""Least agreement of a copy that embeds questions. int8 of all-MiniLM-L6-v2 reaches .99 and about
.95; a broken export is far below (`semsearch build` prints the figures)."""

_BATCH = 64
"""Texts that are embedded between two reports of progress."""

EXACT = Agreement(cosine=0.9999, top10=0.999)
"""From here on a copy can stand for the original."""


def compare_copies(
    reference: Encoder,
    export: EncoderExport,
    folder: Path,
    texts: Sequence[str],
    progress: Progress,
) -> EncoderExport:
    """Return the export with the precisions that agree with a reference on some texts.

    Args:
        reference: the original, or a copy that can stand for it.
        export: its copies.
        folder: of the export.
        texts: of the corpus.
        progress: reports the texts that are embedded: by each encoder as question and as entry.
    """
    copies = [name for name in PRECISIONS if f"{name}.onnx" in export.sha256]
    progress.start("comparing the copies of the encoder", 2 * (1 + len(copies)) * len(texts))

    def vectors(encode: Callable[[Sequence[str]], Encoded]) -> Vectors:
        found = []
        for start in range(0, len(texts) or 1, _BATCH):
            batch = texts[start : start + _BATCH]
            found.append(encode(batch).vectors)
            progress.advance(len(batch))
        return np.concatenate(found)

    agreement: dict[str, Agreement] = {}
    chosen = for_entries = "reference"
    entries = vectors(reference.encode_entries)
    questions = vectors(reference.encode_questions)
    for precision in copies:
        copied: Vectors | None = None
        with contextlib.suppress(Exception):  # a graph that cannot run does not agree
            encoder = OnnxEncoder(folder, export, precision)
            agreement[precision] = agree(questions, vectors(encoder.encode_questions), entries)
            copied = vectors(encoder.encode_entries)
        if for_entries == "reference" and copied is not None:
            near = nearest_shared(questions @ entries.T, questions @ copied.T)
            for_entries = precision if near >= MIN_TOP10_OF_ENTRIES else for_entries
        found = agreement.get(precision)
        if (
            chosen == "reference"
            and found
            and found.cosine >= MIN_COSINE
            and found.top10 >= MIN_TOP10
        ):
            chosen = precision
    return replace(export, agreement=agreement, precision=chosen, entries=for_entries)


def agree(reference: Vectors, copy: Vectors, entries: Vectors) -> Agreement:
    """Compare two sets of question vectors by the entries they find.

    Args:
        reference: (n, d) unit vectors of the original.
        copy: (n, d) unit vectors of the copy, in the same order.
        entries: (m, d) unit vectors of entries by the original.
    """
    cosine = float((reference * copy).sum(axis=1).mean())
    top10 = nearest_shared(reference @ entries.T, copy @ entries.T)
    return Agreement(cosine=round(cosine, 4), top10=round(top10, 4))


def nearest_shared(wanted: Vectors, got: Vectors) -> float:
    """Return the mean share of the ten nearest entries that two tables of cosines share.

    Args:
        wanted: (n, m) cosines of questions and entries.
        got: (n, m) others.
    """
    k = min(10, wanted.shape[1])
    tens = [np.argsort(-cosines, axis=1, kind="stable")[:, :k] for cosines in (wanted, got)]
    return float(np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(*tens, strict=True)]))


def compare_cached(
    export: EncoderExport, folder: Path, texts: Sequence[str], progress: Progress
) -> EncoderExport | None:
    """Return an export that was compared on other texts with its choice for these, and save it.

    The original need not be loaded: the fp32 copy stands for it.

    Args:
        export: copied from the cache.
        folder: of the export.
        texts: of the corpus.
        progress: as of `compare_copies`.

    Returns:
        The export; None if the fp32 copy was not close enough to the original.
    """
    exact = export.agreement.get("fp32")
    if exact is None or exact.cosine < EXACT.cosine or exact.top10 < EXACT.top10:
        return None
    found = compare_copies(OnnxEncoder(folder, export, "fp32"), export, folder, texts, progress)
    found = replace(found, agreement={**found.agreement, "fp32": exact})
    found.save(folder)
    return found
