"""The files by which pages without a service find entries by meaning.

A browser adds the vectors of the word pieces of a question (`models/encoders/static.py`) and
compares the sum with the definition, its first sentence and the phrases of every entry, whose
vectors are those of the index. BM25 over the same pieces joins it. `web/static/meaning.js` computes
that, and `benchmarks/quality/static_sites.py` the same to measure it.

Both files are arrays behind a header (`packed`): little-endian uint32 with the length of the JSON,
the JSON, and each array from the next multiple of 4 bytes on. Its `arrays` lists their names, types
and lengths.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry
from semsearch.models.encoders.onnx import OnnxEncoder
from semsearch.models.encoders.static import StaticEncoder
from semsearch.models.encoders.static_cache import static_encoder_of
from semsearch.ranking.late_interaction import idf
from semsearch.search.index_view import IndexView
from semsearch.storage.int8 import to_int8
from semsearch.text.common_questions import bundled
from semsearch.text.passages import embedded_names, phrases_of, text_of

MAX_BYTES = 12_000_000
"""Most bytes of each file."""

_K1, _B = 1.2, 0.75
"""The usual parameters of BM25 (Robertson and Zaragoza, 2009)."""


@dataclass(frozen=True, slots=True)
class StaticWeights:
    """Weights of the parts of the score, which browsers read from the file of the entries.

    Fitted on the tuning halves of the questions for five glossaries
    (`python -m benchmarks.quality.static_sites SHARED FOLDER --fit`).

    `definition`, `lead` and `asked` weigh cosines, `no_phrases` is what an entry without phrases
    has instead, `words` weighs BM25, `named` the share of a name that a description contains: it
    names a neighbour. Below `least` nothing matches well.
    """

    definition: float = 6.35
    lead: float = 5.83
    asked: float = 2.68
    no_phrases: float = 2.35
    words: float = 0.29
    named: float = -4.46
    least: float = 9.15


WEIGHTS = StaticWeights()


@dataclass(frozen=True, slots=True)
class StaticSearch:
    """The files, or why there are none: `lacking` ends the sentence "no search by meaning, ..."."""

    words: bytes = b""
    """The word pieces and their vectors, the same for all sites of an encoder."""
    entries: bytes = b""
    """The entries; its header names the file of the words."""
    lacking: str = ""

    @property
    def words_file(self) -> str:
        """The name of the file of the words, which changes with its content."""
        return words_file(self.words)


def words_file(content: bytes) -> str:
    """Return the name of the file of the words, so that no cache serves one of other entries."""
    return f"meaning-words-{hashlib.sha256(content).hexdigest()[:12]}.bin"


def static_search_of(view: IndexView, path_of: Callable[[str], str]) -> StaticSearch:
    """Return the files for all entries of a view.

    Args:
        view: of the index.
        path_of: returns the path of the page of an id.

    Raises:
        ModelRefused: others may write to the cache of static encoders.
    """
    encoder, model = view.encoder.encoder, view.manifest.model
    if not isinstance(encoder, OnnxEncoder):
        return StaticSearch(lacking=f"since the encoder {model} has no exported copy")
    static = static_encoder_of(encoder, bundled())
    if static is None:
        return StaticSearch(
            lacking=f"since the encoder {model} has no vocabulary of lower-case English word pieces"
        )
    positions = view.retriever.positions()
    if 2 * len(positions) * static.axes.shape[1] > MAX_BYTES:
        return StaticSearch(lacking=_too_large(len(positions)))
    words = packed(
        {"pieces": static.pieces}, {"scales": static.scales, "rows": static.rows.ravel()}
    )
    entries = _entries_file(view, positions, static, path_of, words_file(words))
    if len(entries) > MAX_BYTES:
        return StaticSearch(lacking=_too_large(len(positions)))
    return StaticSearch(words, entries)


def packed(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return a header and arrays of float32, int32 and int8 as one file."""
    stated = [[name, array.dtype.name, array.size] for name, array in arrays.items()]
    text = json.dumps({**header, "arrays": stated}, ensure_ascii=False, separators=(",", ":"))
    content = text.encode("utf-8", "replace")
    file = bytearray(len(content).to_bytes(4, "little") + content)
    for array in arrays.values():
        file += bytes(-len(file) % 4)
        file += array.astype(array.dtype.newbyteorder("<")).tobytes()
    return bytes(file)


def _too_large(entries: int) -> str:
    return f"since {entries:,} entries would take more than {MAX_BYTES / 1e6:.0f} MB"


def _entries_file(
    view: IndexView,
    positions: Numbers,
    static: StaticEncoder,
    path_of: Callable[[str], str],
    words: str,
) -> bytes:
    retriever = view.retriever
    entries = retriever.entry_table.entries(positions.tolist())
    definitions, leads, phrases, texts = [], [], [], []
    for position, entry in zip(positions.tolist(), entries, strict=True):
        rows = retriever.rows_of(position)
        definitions.append(rows[0])
        leads.append(rows[min(1, len(rows) - 1)])
        phrases.append(retriever.phrases.vectors_of(position))
        own = phrases_of(entry)
        common = (
            retriever.entry_table.common_question(position, number)
            for number in range(len(phrases[-1]) - len(own))
        )
        texts.append(" ".join((text_of(entry), *embedded_names(entry), *own, *common)))
    vectors = {
        "definitions": retriever.vectors(np.array(definitions, dtype=np.int64)),
        "leads": retriever.vectors(np.array(leads, dtype=np.int64)),
        "phrases": np.concatenate([np.empty((0, retriever.dim), dtype=np.float32), *phrases]),
    }
    return packed(
        {
            "words": words,
            "dimensions": static.axes.shape[1],
            "entries": [[one.term, path_of(one.id)] for one in entries],
            "weights": asdict(WEIGHTS),
        },
        {
            **_postings(static.numbers(texts)),
            **_names(entries, static),
            "phrase_starts": _starts([len(found) for found in phrases]),
            **{name: to_int8(static.project(found)).ravel() for name, found in vectors.items()},
        },
    )


def _postings(texts: Sequence[Sequence[int]]) -> dict[str, NDArray[Any]]:
    """Return which entries have each piece, with its BM25 weight in them, and how rare it is."""
    mean = max(1.0, sum(map(len, texts)) / max(1, len(texts)))
    found = [
        (piece, position, uses * (_K1 + 1) / (uses + _K1 * (1 - _B + _B * len(text) / mean)))
        for position, text in enumerate(texts)
        for piece, uses in Counter(text).items()
    ]
    found.sort()
    pieces, counts = np.unique(
        np.array([piece for piece, _, _ in found], dtype=np.int32), return_counts=True
    )
    rarity = idf(counts.astype(np.int64), len(texts))
    weights = np.array([weight for _, _, weight in found], dtype=np.float32)
    return {
        "posting_pieces": pieces.astype(np.int32),
        "posting_starts": _starts(counts),
        "posting_idf": rarity,
        "posting_entries": np.array([position for _, position, _ in found], dtype=np.int32),
        "posting_weights": weights * rarity.repeat(counts),
    }


def _names(entries: Sequence[Entry], static: StaticEncoder) -> dict[str, NDArray[Any]]:
    """Return the different pieces of each name, and whose name it is."""
    owned = [(place, name) for place, one in enumerate(entries) for name in embedded_names(one)]
    split = [sorted(set(found)) for found in static.numbers([name for _, name in owned])]
    return {
        "name_entries": np.array([place for place, _ in owned], dtype=np.int32),
        "name_starts": _starts([len(found) for found in split]),
        "name_pieces": np.array([piece for found in split for piece in found], dtype=np.int32),
    }


def _starts(lengths: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
