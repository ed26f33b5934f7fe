"""Measures what an entry and a question cost, for the plan of `scale_plan`.

    python -m benchmarks.speed.entry_costs --wordnet build/dicts/wordnet --store URL

Two glossaries of WordNet are built, and the difference between them counts: a build has a fixed
cost as well. Times are those of the processor, so that other work beside it matters less. The
database is an empty one. What a search takes in larger sizes, and their graph of nearest
neighbours, are those of `make bench-growth`, from `docs/benchmark.json`. All of it is printed, and
written into the file that is named.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.speed import hardware, questions
from semsearch.core.entries import Entry
from semsearch.core.progress import Silent
from semsearch.importers import read_corpus
from semsearch.index.manifest import load_manifest
from semsearch.ingest.build import build_index
from semsearch.ingest.shared.local_copy import database_of, opened
from semsearch.ingest.shared.moves import copy_into_store
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres.migrating import migrate

SIZES = (500, 4500)
ASKED = 100
GROWTH = Path("docs/benchmark.json")
OUTPUT = Path("docs/scale.json")
TABLES = {"rows": ("entry", "history"), "embeddings": ("embedding",), "files": ("file_part",)}


def main() -> int:
    """Measure, write and print JSON, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordnet", type=Path, required=True, help="folder of data.noun")
    parser.add_argument("--store", required=True, help="address of an empty database")
    parser.add_argument("--model", default="default", help="as `semsearch build` takes it")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    given = parser.parse_args()
    entries = read_corpus([given.wordnet]).entries
    step = len(entries) // SIZES[1]
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(entries[::step][: SIZES[1]], given.model, given.store, Path(folder))
    text = json.dumps({**measured, "growth": growth(GROWTH)}, indent=2) + "\n"
    given.output.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def measure(entries: Sequence[Entry], model: str, url: str, folder: Path) -> dict[str, Any]:
    """Return what an entry costs, by two builds.

    Args:
        entries: of the larger glossary; the smaller one has the first ones of them.
        model: the encoder.
        url: of an empty database.
        folder: an empty one.
    """
    fewer = entries[: max(1, len(entries) * SIZES[0] // SIZES[1])]
    small, large = folder / "small", folder / "large"
    _build(entries[:1], model, large)  # exports the encoder
    if (large / "encoders").exists():
        shutil.copytree(large / "encoders", small / "encoders")
    before, after = _costs(fewer, model, small), _costs(entries, model, large)
    more = len(entries) - len(fewer)
    each = {name: (after[name] - before[name]) / more for name in after}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": hardware.describe(),
        "model": model,
        "entries": [len(fewer), len(entries)],
        "per_entry": {**each, **_in_postgres(large, url, len(entries))},
        "question_ms": _question_ms(large),
    }


def growth(path: Path) -> list[dict[str, float]]:
    """Return the sizes that `make bench-growth` has measured, with what a question takes there."""
    sizes = json.loads(path.read_text(encoding="utf-8"))["growth"]["sizes"]
    return [
        {
            "entries": size["entries"],
            "search_ms": round(size["search"], 2),
            "encode_ms": round(statistics.median(size["encode_ms"]), 2),
            "resident_mb": round(size["resident_mb"]),
            "graph_mb": round(size["info"]["engine"]["bytes"] / 1e6, 2),
            "recall_at_10": round(size["recall"], 3),
        }
        for size in sizes
    ]


def _build(entries: Sequence[Entry], model: str, index: Path) -> int:
    report = build_index(list(entries), index, model=model, common_questions=False)
    return report.embedded


def _costs(entries: Sequence[Entry], model: str, index: Path) -> dict[str, float]:
    began = time.process_time()
    embedded = _build(entries, model, index)
    spent = time.process_time() - began
    layout = IndexLayout(index)
    number = load_manifest(layout)[0].generation
    files = [path for path in layout.generation(number).root.rglob("*") if path.is_file()]
    return {
        "texts": float(embedded),
        "build_ms": spent * 1000,
        "store_bytes": float(layout.store.stat().st_size),
        "generation_bytes": float(sum(path.stat().st_size for path in files)),
    }


def _in_postgres(index: Path, url: str, entries: int) -> dict[str, float]:
    database = database_of(url)
    migrate(database)
    copy_into_store(IndexLayout(index), database, Silent())
    with opened(database) as store:
        return {
            f"postgres_{name}_bytes": sum(
                store.connection.execute(f"SELECT pg_total_relation_size('{table}')").fetchone()[0]
                for table in tables
            )
            / entries
            for name, tables in TABLES.items()
        }


def _question_ms(index: Path) -> float:
    asked = list(islice(questions.crossed(questions.own()), ASKED))
    with Glossary.open(index) as glossary:
        glossary.ask("what is asked first loads the encoder")
        began = time.process_time()
        for question in asked:
            glossary.ask(question)
        return (time.process_time() - began) * 1000 / len(asked)


if __name__ == "__main__":
    raise SystemExit(main())
