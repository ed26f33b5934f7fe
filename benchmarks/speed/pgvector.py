"""Compares the engine pgvector with files: agreement of answers, times of the search stage, bytes.

    python -m benchmarks.speed.pgvector --store postgresql://owner@host/empty INDEX...

Each INDEX has files. Its vectors, tokens and passages are put into tables of the store as a
publication does it, and two copies of the open index answer the same questions in turn, one from
files and one from PostgreSQL. What is asked are the judged questions of the glossary that the index
is named after, with SHARED, or else sentences of its definitions: the last four words of one with
the first four of another one. With `--exact-up-to 0` the graph is used for small glossaries, too.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

import semsearch
from benchmarks.speed.questions import crossed
from semsearch.core.errors import SemsearchError
from semsearch.core.progress import Silent
from semsearch.index.manifest import load_manifest
from semsearch.index.pgvector import searcher, writing
from semsearch.index.pgvector.rows import moved_files
from semsearch.index.pgvector.shared import SharedCandidates
from semsearch.index.retrieval import Retriever
from semsearch.index.segments.segment import Segment
from semsearch.quality.evaluation.judgements import read_judgements
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres.candidates import install_pgvector
from semsearch.storage.postgres.database import SharedDatabase
from semsearch.storage.postgres.migrating import migrate

ASKED = 300
"""Questions of a glossary without judged ones."""
SHOWN = 10
"""Hits that are compared."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What was measured of one index; times are in milliseconds, bytes those of an entry."""

    index: str
    entries: int
    questions: int
    agreement: float
    """Share of the first ten hits that both have."""
    same_first: float
    """Share of the questions with the same first hit."""
    answered: tuple[float, float]
    """Share of the judged questions whose entry is the first hit, with files and with pgvector."""
    recall: float
    breadth: int
    put_s: float
    files_ms: float
    """Median of the search stage with files."""
    pgvector_ms: float
    files_p10_ms: float
    """What a tenth of the questions take at most, which other work disturbs least."""
    pgvector_p10_ms: float
    files_cpu_ms: float
    """Median processor time of the search stage with files."""
    pgvector_cpu_ms: float
    """The same with pgvector, without that of PostgreSQL."""
    nearest_ms: float
    """Median time in the statements that find entries and phrases."""
    data_ms: float
    """Median time in the statement that reads what is scored."""
    local_bytes: float
    """Of files that a server still has, without models and the store."""
    moved_bytes: float
    """Of files that it has no longer."""
    tables_bytes: float
    """Of tables and graphs in PostgreSQL."""


def main() -> int:
    """Measure, print a line of JSON for each index, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("indexes", nargs="+", type=Path, metavar="INDEX")
    parser.add_argument("--store", required=True, help="address of a database to write into")
    parser.add_argument("--shared", type=Path, help="folder whose questions/NAME.jsonl are judged")
    parser.add_argument("--exact-up-to", type=int, help="rows up to which each is compared")
    given = parser.parse_args()
    if given.exact_up_to is not None:
        for module in (searcher, writing):
            vars(module)["EXACT_UP_TO"] = given.exact_up_to
    with closing(SharedDatabase(given.store)) as database:
        migrate(database)
        install_pgvector(database)
        for number, index in enumerate(given.indexes, 1):
            file = given.shared and given.shared / "questions" / f"{index.name}.jsonl"
            measured = compare(index, database, number, file if file and file.exists() else None)
            sys.stdout.write(json.dumps(asdict(measured)) + "\n")
            sys.stdout.flush()
    return 0


def compare(index: Path, database: SharedDatabase, number: int, judged: Path | None) -> Compared:
    """Measure one index.

    Args:
        index: its folder.
        database: gets the tables, and has pgvector.
        number: of the set of tables, which replaces another one of this number.
        judged: its judged questions; None asks sentences.
    """
    layout = IndexLayout(index)
    manifest, files = load_manifest(layout)
    began = time.perf_counter()
    put = writing.put_candidates(database, files, manifest.dim, number, Silent())
    put_s = time.perf_counter() - began
    breadth = max(put.engine.breadth, put.phrase_engine.breadth)
    with ExitStack() as stack:
        one = stack.enter_context(semsearch.open(index))
        two = stack.enter_context(semsearch.open(index))
        shared = SharedCandidates(database, put.name, files, manifest.dim, breadth)
        segment = Segment.open(files, manifest.dim, put.engine, put.phrase_engine, shared)
        stack.callback(segment.close)
        view = two._live.view
        two._live.view = replace(view, retriever=Retriever(segment, model=manifest.model))
        questions, wanted = _questions(one, judged)
        spent = _Spent(shared)
        hits: tuple[list[list[str]], list[list[str]]] = ([], [])
        times: tuple[list[float], list[float]] = ([], [])
        cpu: tuple[list[float], list[float]] = ([], [])
        for at, question in enumerate(questions):
            one.encode([question])
            two.encode([question])
            turn = ((one, 0), (two, 1)) if at % 2 else ((two, 1), (one, 0))
            for glossary, which in turn:
                spent.begin()
                began, began_cpu = time.perf_counter(), time.thread_time()
                answer = glossary.ask(question, k=SHOWN)
                times[which].append((time.perf_counter() - began) * 1000)
                cpu[which].append((time.thread_time() - began_cpu) * 1000)
                hits[which].append([hit.entry.id for hit in answer.hits])
                if which:
                    spent.end()
        answered = _answered(one, hits[0], wanted), _answered(one, hits[1], wanted)
    both = list(zip(*hits, strict=True))
    kept = sum(file.stat().st_size for file in files.root.iterdir())
    moved = sum(file.stat().st_size for file in moved_files(files))
    graphs = sum(file.stat().st_size for file in files.root.glob("*.faiss"))
    return Compared(
        index.name,
        manifest.entries,
        len(questions),
        statistics.fmean(len(set(a) & set(b)) / max(len(a), 1) for a, b in both),
        statistics.fmean(a[:1] == b[:1] for a, b in both),
        answered,
        put.engine.recall,
        put.engine.breadth,
        put_s,
        statistics.median(times[0]),
        statistics.median(times[1]),
        float(np.percentile(times[0], 10)),
        float(np.percentile(times[1], 10)),
        statistics.median(cpu[0]),
        statistics.median(cpu[1]),
        statistics.median(spent.nearest),
        statistics.median(spent.data),
        (kept - moved - graphs) / manifest.entries,
        (moved + graphs) / manifest.entries,
        _table_bytes(database, put.name) / manifest.entries,
    )


class _Spent:
    """Milliseconds of each question in the statements of a reader."""

    def __init__(self, shared: SharedCandidates) -> None:
        self.nearest: list[float] = []
        self.data: list[float] = []
        self._now = [0.0, 0.0]
        reader = shared._reader
        for place, name in enumerate(("nearest", "data")):
            setattr(reader, name, self._timed(getattr(reader, name), place))

    def begin(self) -> None:
        self._now[:] = 0.0, 0.0

    def end(self) -> None:
        self.nearest.append(self._now[0])
        self.data.append(self._now[1])

    def _timed(self, call, place: int):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        def timed(*given: object, **named: object) -> object:
            began = time.perf_counter()
            try:
                return call(*given, **named)
            finally:
                self._now[place] += (time.perf_counter() - began) * 1000

        return timed


def _questions(glossary: Glossary, judged: Path | None) -> tuple[list[str], list[set[str]]]:
    """Return questions, and the terms that each should find; none for sentences."""
    if judged is not None:
        judgements = [one for one in read_judgements(judged) if one.terms]
        return [one.query for one in judgements], [set(one.terms) for one in judgements]
    retriever = glossary._view.retriever
    positions = np.linspace(0, len(glossary) - 1, min(len(glossary), 4 * ASKED)).astype(int)
    texts = [entry.definition for entry in retriever.entry_table.entries(positions.tolist())]
    found = list(itertools.islice(crossed(texts), ASKED))
    return found, [set() for _ in found]


def _answered(glossary: Glossary, hits: list[list[str]], wanted: list[set[str]]) -> float:
    if not any(wanted):
        return float("nan")
    return statistics.fmean(
        bool(ids) and glossary.entry(ids[0]).term in terms
        for ids, terms in zip(hits, wanted, strict=True)
    )


def _table_bytes(database: SharedDatabase, name: str) -> int:
    with closing(database.connect()) as connection:
        row = connection.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
            "WHERE relkind = 'r' AND relname LIKE ?",
            (f"%\\_{name}%",),
        ).fetchone()
        return int(row[0])


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except SemsearchError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
