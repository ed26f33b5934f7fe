"""Measure the search by meaning of exported sites, with the judged questions of five glossaries.

    python -m benchmarks.quality.static_sites SHARED FOLDER [--fit]

The glossaries of SHARED are exported from the indexes in FOLDER (`glossaries.py`). `StaticSite`
reads the two files as a browser does and computes the same as `meaning.js`; the browser test
compares both. Beside it stand the full search, words alone, and the site without single parts.
`--fit` first fits the weights to the tuning halves and prints them; what is printed then uses
them. Names come first on a site as in the full search, and are found by what was typed as a whole,
so no question here finds one.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.glossaries import opened
from semsearch.models.encoders.static import StaticEncoder
from semsearch.quality.evaluation.judgements import is_tuning
from semsearch.quality.evaluation.outcomes import collect
from semsearch.quality.evaluation.questions import JudgedQuestion, prepare
from semsearch.ranking.weights import ABLATIONS
from semsearch.search.static_search import WEIGHTS, StaticWeights

RANKS = 10
RARE = 1.5
"""IDF from which a piece of a question counts as content; as in `meaning.js`."""
REST = 4
"""Pieces of content beside a name of a question that describes something; as in `meaning.js`."""
FITTED = ("definition", "lead", "asked", "no_phrases", "words", "named")
VARIANTS: dict[str, dict[str, float]] = {
    "site": {},
    "- definition and lead": {"definition": 0, "lead": 0},
    "- lead": {"lead": 0},
    "- phrases": {"asked": 0, "no_phrases": 0},
    "- words": {"words": 0},
    "- named": {"named": 0},
    "words and named only": {"definition": 0, "lead": 0, "asked": 0, "no_phrases": 0},
    "words only": {"definition": 0, "lead": 0, "asked": 0, "no_phrases": 0, "named": 0},
}


def unpacked(file: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the arrays of a file; see `static_search.packed`."""
    end = 4 + int.from_bytes(file[:4], "little")
    header = json.loads(file[4:end])
    arrays = {}
    for name, kind, size in header["arrays"]:
        start = end + -end % 4
        dtype = np.dtype(kind).newbyteorder("<")
        arrays[name] = np.frombuffer(file, dtype, size, start)
        end = start + size * dtype.itemsize
    return header, arrays


class StaticSite:
    """The two files of an export, searched as `meaning.js` does."""

    def __init__(self, words: bytes, entries: bytes) -> None:
        """Read the files."""
        header, found = unpacked(words)
        self.header, self.arrays = unpacked(entries)
        size = self.header["dimensions"]
        pieces = tuple(header["pieces"])
        self._rows = found["rows"].reshape(-1, size) * found["scales"][:, np.newaxis]
        nothing = np.empty((0, 0), dtype=np.float32)
        self._encoder = StaticEncoder(pieces, found["rows"], found["scales"], nothing, nothing)
        self._vectors = {
            name: self.arrays[name].reshape(-1, size) / 127
            for name in ("definitions", "leads", "phrases")
        }
        self.paths = [path for _, path in self.header["entries"]]
        self._places = {int(p): i for i, p in enumerate(self.arrays["posting_pieces"])}

    def numbers(self, question: str) -> list[int]:
        """Return the numbers of the word pieces of a question."""
        return self._encoder.numbers([question])[0]

    def parts(self, question: str) -> NDArray[np.float64]:
        """Return the parts of the score of every entry, (n, 6), in the order of `FITTED`."""
        numbers = self.numbers(question)
        total = self._rows[numbers].sum(axis=0)
        vector = total / max(float(np.linalg.norm(total)), 1e-9)
        found = np.zeros((len(self.paths), len(FITTED)))
        found[:, 0] = self._vectors["definitions"] @ vector
        found[:, 1] = self._vectors["leads"] @ vector
        starts = self.arrays["phrase_starts"]
        has_phrases = starts[1:] > starts[:-1]
        if has_phrases.any():
            cosines = self._vectors["phrases"] @ vector
            found[has_phrases, 2] = np.maximum.reduceat(cosines, starts[:-1][has_phrases])
        found[:, 3] = ~has_phrases
        for number in numbers:
            place = self._places.get(number)
            if place is not None:
                own = slice(*self.arrays["posting_starts"][place : place + 2])
                found[self.arrays["posting_entries"][own], 4] += self.arrays["posting_weights"][own]
        self._add_named(set(numbers), found[:, 5])
        return found

    def _add_named(self, numbers: set[int], named: NDArray[np.float64]) -> None:
        idf = self.arrays["posting_idf"]
        content = sum(n not in self._places or idf[self._places[n]] > RARE for n in numbers)
        starts, pieces = self.arrays["name_starts"], self.arrays["name_pieces"]
        for name, entry in enumerate(self.arrays["name_entries"]):
            own = pieces[starts[name] : starts[name + 1]].tolist()
            shared = len(numbers.intersection(own))
            if shared:
                rest = min(1, max(0, content - shared) / REST)
                named[entry] = max(named[entry], shared / len(own) * rest)


@dataclass(frozen=True, slots=True)
class AskedSite:
    """A question, the parts of the scores of all entries, and which of these are right."""

    question: JudgedQuestion
    parts: NDArray[np.float64]
    right: list[int]


def scores(parts: NDArray[np.float64], weights: StaticWeights) -> NDArray[np.float64]:
    """Return the fused score of every entry."""
    fused: NDArray[np.float64] = parts @ np.array([getattr(weights, name) for name in FITTED])
    return fused


def fit(asked: Sequence[AskedSite]) -> StaticWeights:
    """Fit the weights so that right entries are likely, by the softmax of all scores."""
    from scipy.optimize import minimize

    chosen = [one for one in asked if one.right and is_tuning(one.question.query)]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros(len(FITTED))
        for one in chosen:
            fused = one.parts @ weights
            shares = np.exp(fused - fused.max())
            shares /= shares.sum()
            right = shares[one.right].sum() + 1e-12
            meant = np.zeros_like(shares)
            meant[one.right] = shares[one.right] / right
            total -= np.log(right)
            slope -= one.parts.T @ (meant - shares)
        penalty = 1e-3 * weights
        return total / len(chosen) + float(weights @ penalty), slope / len(chosen) + 2 * penalty

    found = minimize(loss, np.zeros(len(FITTED)), jac=True, method="L-BFGS-B").x
    rounded = {name: round(float(value), 2) for name, value in zip(FITTED, found, strict=True)}
    weights = replace(WEIGHTS, **rounded)
    return replace(weights, least=_least(chosen, asked, weights))


def _least(
    chosen: Sequence[AskedSite], asked: Sequence[AskedSite], weights: StaticWeights
) -> float:
    """Return the score that best separates right first hits from unanswerable questions."""
    hopeless = [o for o in asked if not o.question.is_answerable and is_tuning(o.question.query)]
    good = [float(found.max()) for o in chosen if _rank(found := scores(o.parts, weights), o) == 1]
    bad = [float(scores(o.parts, weights).max()) for o in hopeless]
    at = sorted({*good, *bad})
    shares = [
        float(np.mean([x >= cut for x in good]) + np.mean([x < cut for x in bad])) for cut in at
    ]
    return round(at[int(np.argmax(shares))], 2)


def _rank(fused: NDArray[np.float64], one: AskedSite) -> int | None:
    order = np.argsort(-fused, kind="stable")[:RANKS].tolist()
    return next((rank for rank, place in enumerate(order, 1) if place in one.right), None)


def main() -> int:
    """Print how often the first hit is right, in each half, and what is said not to match."""
    parser = ArgumentParser(prog="python -m benchmarks.quality.static_sites")
    parser.add_argument("shared", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fit", action="store_true", help="fit the weights to the tuning halves")
    given = parser.parse_args()
    asked: list[AskedSite] = []
    ranks: dict[str, list[int | None]] = {"full search": [], "full search, words only": []}
    for name, glossary, judgements in opened(given.shared, given.folder):
        questions, _ = prepare(glossary, judgements)
        files = glossary.static_search(str)
        if files.lacking:
            sys.exit(f"{name}: no search by meaning, {files.lacking}")
        print(f"{name}: {len(files.words):,} bytes for words, {len(files.entries):,} for entries")
        site = StaticSite(files.words, files.entries)
        places = {path: place for place, path in enumerate(site.paths)}
        for one in questions:
            right = [places[id_] for id_ in one.right if id_ in places]
            asked.append(AskedSite(one, site.parts(one.query), right))
        words = glossary.with_weights(ABLATIONS["words only"])
        ranks["full search"] += [one.rank for one in collect(glossary, questions)]
        ranks["full search, words only"] += [one.rank for one in collect(words, questions)]
    weights = fit(asked) if given.fit else WEIGHTS
    print(weights)
    for title, changed in VARIANTS.items():
        varied = replace(weights, **changed)
        ranks[title] = [_rank(scores(one.parts, varied), one) for one in asked]
    for title, found in ranks.items():
        print(f"{title:28}" + "".join(_shares(asked, found, half) for half in (True, False)))
    for is_answerable in (True, False):
        chosen = [
            one
            for one in asked
            if one.question.is_answerable == is_answerable and not is_tuning(one.question.query)
        ]
        weak = sum(float(scores(one.parts, weights).max()) < weights.least for one in chosen)
        kind = "answerable" if is_answerable else "unanswerable"
        print(f"said to match badly: {weak} of {len(chosen)} {kind} questions, reporting halves")
    return 0


def _shares(asked: Sequence[AskedSite], ranks: Sequence[int | None], is_tuned: bool) -> str:
    """Return acc@1 and MRR@10 of a half, each the mean over the glossaries."""
    by_glossary: dict[str, list[int | None]] = {}
    for one, rank in zip(asked, ranks, strict=True):
        if one.question.is_answerable and is_tuning(one.question.query) == is_tuned:
            by_glossary.setdefault(one.question.glossary, []).append(rank)
    first = np.mean([np.mean([rank == 1 for rank in own]) for own in by_glossary.values()])
    mrr = np.mean([np.mean([1 / r if r else 0 for r in own]) for own in by_glossary.values()])
    half = "tuning" if is_tuned else "reporting"
    return f"   {half}: acc@1 {first:.3f} MRR {mrr:.3f}"


if __name__ == "__main__":
    sys.exit(main())
