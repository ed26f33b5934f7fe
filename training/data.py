"""Write the training data: `make training-data`.

    python -m training.data FOLDER [--shared FOLDER] [--foldoc INDEX]

FOLDER gets `sources/` (fetched packages), `pairs.jsonl`, `dev.jsonl` and `data.json` (counts, also
of what was left out). Texts that share a run of words with the glossaries and questions in the
shared folder, or with the articles of FOLDOC on terms of MDN, are left out; without these, only
`--unchecked` goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

from semsearch.core.checksums import sha256_of
from semsearch.importers.dictionaries.dictd import read_articles
from semsearch.text.normalise import fold
from training import jargon, matching, pairs, technical, webster, wordnet
from training.base import base_encoder
from training.overlaps import Overlaps, asked_articles, evaluation_texts
from training.senses import Sense, TrainingPair
from training.sources import SOURCES, fetch

DEV_MATCHED = 1500
DEV_ENTRIES = 300
"""Meanings held out for development: those with the lowest hashes."""
_DICTD = "usr/share/dictd"
_ALIKE = 0.8
"""Largest share of a document's words that its query may repeat; above it the pair teaches nothing.
A query may be a part of a longer document."""


def main() -> int:
    """Fetch, match and write the data, and print the counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--foldoc", type=Path, default=Path("build/dicts/foldoc.index"))
    parser.add_argument("--unchecked", action="store_true", help="where these two are missing")
    given = parser.parse_args()
    missing = [path for path in (given.shared, given.foldoc) if not path.exists()]
    if missing and not given.unchecked:
        parser.error(
            f"{missing[0]} is missing, so what answers are measured on cannot be kept out (--unchecked)"
        )
    folders = {source.package: fetch(source, given.folder / "sources") for source in SOURCES}
    counted: dict[str, dict[str, int]] = {}
    forbidden = _forbidden(given.shared, given.foldoc, counted)
    matches = _matches(folders, given.folder, counted)
    entries = _entries(folders, forbidden, counted)
    made = [
        *(pair for match in matches for pair in pairs.of_match(match)),
        *(pair for entry in entries for pair in pairs.of_entry(entry)),
    ]
    dropped: Counter[str] = Counter()
    good = [*good_pairs(made, forbidden, dropped)]
    held = held_out(pair.sense for pair in good if pair.kind == "cross")[:DEV_MATCHED]
    held += held_out(pair.sense for pair in good if pair.kind == "inner")[:DEV_ENTRIES]
    counted["dropped pairs"] = dict(dropped)
    write(given.folder, good, set(held), counted)
    return 0


def _forbidden(shared: Path, foldoc: Path, counted: dict[str, dict[str, int]]) -> Overlaps:
    found = Overlaps()
    if shared.exists():
        found.add(evaluation_texts(shared))
    own = len(found)
    glossary = shared / "glossaries/mdn"
    if foldoc.exists() and glossary.exists():
        found.add(asked_articles(read_articles(foldoc), glossary))
    counted["forbidden runs"] = {"evaluation": own, "foldoc": len(found) - own}
    return found


def _matches(
    folders: dict[str, Path], folder: Path, counted: dict[str, dict[str, int]]
) -> list[matching.MatchedSense]:
    left: Counter[str] = Counter()
    index = folders["dict-gcide"] / _DICTD / "gcide.index"
    ours = [*webster.read_senses(read_articles(index, errors="replace"), left)]
    theirs = [*wordnet.read_senses(folders["wordnet-base"] / "usr/share/wordnet")]
    encoder = base_encoder(folder / "encoder", [sense.definition for sense in theirs[:200]])
    embed = matching.kept(encoder, folder / "vectors.npz")
    found = matching.match(ours, theirs, embed)
    counted["webster, paragraphs left out"] = dict(left.most_common(12))
    counted["meanings"] = {"webster": len(ours), "wordnet": len(theirs), "matched": len(found)}
    return found


def _entries(
    folders: dict[str, Path], forbidden: Overlaps, counted: dict[str, dict[str, int]]
) -> list[Sense]:
    articles = read_articles(folders["dict-jargon"] / _DICTD / "jargon.index")
    found = [*jargon.read_senses(articles), *technical.read_senses(folders)]
    kept = [sense for sense in found if not forbidden.has(sense.definition)]
    counted["entries"] = dict(Counter(sense.source for sense in kept))
    over = Counter(s.source for s in found) - Counter(s.source for s in kept)
    counted["entries that share a run with what is measured"] = dict(over)
    return kept


def good_pairs(
    made: Iterable[TrainingPair], forbidden: Overlaps, dropped: Counter[str]
) -> Iterator[TrainingPair]:
    """Yield useful pairs: each query once, each document for one meaning."""
    queries: set[str] = set()
    owners: dict[str, str] = {}
    for pair in made:
        query, document = fold(pair.query), fold(pair.document)
        reason = ""
        if len(query.split()) < pairs.MIN_QUERY_WORDS and pair.kind != "terms":
            reason = "short query"
        elif query in queries:
            reason = "query there already"
        elif owners.setdefault(document, pair.sense) != pair.sense:
            reason = "document of another meaning"
        elif _alike(query, document):
            reason = "query and document alike"
        elif forbidden.has(pair.query) or forbidden.has(pair.document):
            reason = "shares a run with what is measured"
        if reason:
            dropped[reason] += 1
        else:
            queries.add(query)
            yield pair


def _alike(query: str, document: str) -> bool:
    ours, theirs = set(query.split()), set(document.split())
    return len(ours & theirs) >= _ALIKE * len(theirs)


def held_out(senses: Iterable[str]) -> list[str]:
    """Return meanings in the order of their hash.

    The first ones are held out, whatever else is read.
    """
    return sorted(set(senses), key=lambda s: hashlib.sha256(f"dev {s}".encode()).digest())


def write(
    folder: Path, good: Sequence[TrainingPair], held: set[str], counted: dict[str, dict[str, int]]
) -> None:
    """Write the pairs in a fixed random order, and the counts.

    Of meanings held out only the pairs of plain definitions go into `dev.jsonl`; the others go
    nowhere.
    """
    files: dict[str, list[TrainingPair]] = defaultdict(list)
    for pair in good:
        if pair.sense not in held:
            files["pairs"].append(pair)
        elif pair.kind in {"cross", "inner"}:
            files["dev"].append(pair)
    for name, chosen in files.items():
        Random(0).shuffle(chosen)  # noqa: S311 - the same order every time
        lines = [json.dumps(asdict(pair), ensure_ascii=False) + "\n" for pair in chosen]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        counted[f"{name} by kind"] = dict(Counter(pair.kind for pair in chosen))
        counted[f"{name} by source"] = dict(Counter(pair.source for pair in chosen))
    sources = [asdict(source) for source in SOURCES]
    digests = {f"{name}.jsonl": sha256_of(folder / f"{name}.jsonl") for name in files}
    summary = {"sha256": digests, "threshold": matching.THRESHOLD, **counted, "sources": sources}
    (folder / "data.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    for title, counts in counted.items():
        print(f"{title}: " + ", ".join(f"{name} {n:,}" for name, n in counts.items()))
    print(digests)


if __name__ == "__main__":
    sys.exit(main())
