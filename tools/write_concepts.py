"""Write where the names of common concepts stand, and what their words speak of.

Run `python -m tools.write_concepts` after any change to `semsearch/text/concepts/`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from semsearch.text.common_questions import FOLDER, PLACES, write_places
from semsearch.text.stems import question_stems
from semsearch.text.word_topics import DIGEST_BYTES, FILE, TOPICS, topics_file

MIN_CONCEPTS = 3
"""Concepts that have a word which is written: rarer ones say little of topics."""


def texts_of(folder: Path) -> list[set[str]]:
    """Return the stems of each concept of a folder: names, definition and questions."""
    found: list[set[str]] = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            said = (one["term"], *one["aliases"], one["definition"], *one["questions"])
            found.append({stem for text in said for stem in question_stems(text)})
    return found


def topics_of(texts: Sequence[set[str]], digest: bytes) -> bytes:
    """Return the file of topics of some texts.

    The concepts are rows of unit length in a space of words weighed by their idf; the first right
    singular vectors are what the words speak of.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.linalg import svds

    counts = Counter(stem for stems in texts for stem in stems)
    idf = {
        stem: math.log(len(texts) / n) for stem, n in sorted(counts.items()) if n >= MIN_CONCEPTS
    }
    places = {stem: place for place, stem in enumerate(idf)}
    known = [sorted(places[stem] for stem in stems if stem in places) for stems in texts]
    weights = np.array(list(idf.values()))
    values = [weights[row] / max(float(np.linalg.norm(weights[row])), 1e-9) for row in known]
    ends = np.cumsum([0, *map(len, known)])
    matrix = csr_matrix(
        (np.concatenate(values), np.concatenate(known), ends), shape=(len(texts), len(idf))
    )
    _, _, vectors = svds(matrix, k=TOPICS, rng=np.random.default_rng(0))
    return topics_file(digest, idf, vectors.T.astype(np.float32))


def main() -> None:
    """Write both files."""
    write_places(FOLDER)
    digest = (FOLDER / PLACES).read_bytes()[:DIGEST_BYTES]
    FILE.write_bytes(topics_of(texts_of(FOLDER), digest))


if __name__ == "__main__":
    main()
