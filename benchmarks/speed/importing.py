"""Measures the reading of whole dictionaries: completeness, time and memory.

The expected number of entries is counted apart from the readers: an article for each place in a
dictionary that its index names, a synset for each line of WordNet that does not begin with blanks.
Each dictionary is read by a process of its own, as `semsearch build` reads it. WordNet and a
Markdown file are also read with the cyclic garbage collector on, which importers turn off. A table
of 100,000 rows is read as CSV and as a workbook of Excel, side by side.

    python -m benchmarks.speed.importing --dictionaries build/dicts
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.speed.bars import Bar, finish
from semsearch.importers import read_corpus

SECONDS, MEGABYTES = 60, 500
"""Bars of WordNet."""
ROWS = 100_000
"""Of the table that is read as CSV and as .xlsx."""
XLSX_RATIO = 3
"""Bar: how many times the CPU time of CSV the workbook may take."""
_ABOUT = ("00database", "00-database")
LONGEST = {"foldoc": 1}
"""Articles that are longer than a definition may be."""
HEADINGS = 20_000
"""Terms of the Markdown file, 1.7 MB."""


def main() -> None:
    """Measure every dictionary that is there, and end with 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dictionaries", type=Path, default=Path("build/dicts"))
    parser.add_argument("--output", type=Path, default=Path("build/importing.json"))
    parser.add_argument("--read", help=argparse.SUPPRESS)
    parser.add_argument("--collected", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        print(json.dumps(_read(given.read, is_collected=given.collected)))
        return
    measured = {name: _measure(name, given.dictionaries) for name in ("foldoc", "jargon", "vera")}
    measured["wordnet"] = _measure("wordnet", given.dictionaries)
    tables = _tables()
    found = {
        "dictionaries": measured,
        "collector": _with_the_collector(given.dictionaries),
        "tables": tables,
    }
    sys.exit(finish(found, [*_bars(measured), *_table_bars(tables)], given.output))


def _measure(name: str, folder: Path) -> dict[str, float]:
    path = folder / "wordnet" if name == "wordnet" else folder / f"{name}.index"
    found = _in_a_process(f"{name}={path}")
    return {**found, "counted": _synsets(path) if name == "wordnet" else _articles(path)}


def _in_a_process(path: str, *more: str) -> dict[str, float]:
    command = [sys.executable, "-m", __spec__.name, "--read", path, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _with_the_collector(folder: Path) -> dict[str, dict[str, float]]:
    """Return seconds and megabytes of reading with and without the collector of cycles."""
    with TemporaryDirectory() as made:
        markdown = Path(made) / "terms.md"
        markdown.write_text(
            "".join(
                f"## term {n}\n\nA *definition* of some words, and [a link](#term-{n // 2}).\n\n"
                for n in range(HEADINGS)
            )
        )
        read = {}
        for name, path in ("markdown", markdown), ("wordnet", folder / "wordnet"):
            for how, more in ("off", ()), ("on", ("--collected",)):
                found = _in_a_process(f"{name}={path}", *more)
                kept = {part: found[part] for part in ("entries", "cpu_seconds", "megabytes")}
                read[f"{name}, collector {how}"] = kept
                print(f"{name}, collector {how}: {kept}")
    return read


def _tables() -> dict[str, dict[str, float]]:
    """Return what reading the same table takes as CSV and as .xlsx."""
    header = ("Term", "Definition", "Synonyms", "Category")
    rows = [
        (f"term {n}", f"The definition of term {n}, of some words.", f"name {n}", f"group {n % 50}")
        for n in range(ROWS)
    ]
    read = {}
    with TemporaryDirectory() as made:
        for path in (Path(made) / "table.csv", Path(made) / "table.xlsx"):
            if path.suffix == ".csv":
                with path.open("w", newline="") as file:
                    csv.writer(file).writerows((header, *rows))
            else:
                write_workbook(path, (header, *rows))
            found = _in_a_process(f"table={path}")
            read[path.suffix] = {**found, "bytes": path.stat().st_size}
            print(f"{ROWS:,} rows of {len(header)} columns, {path.suffix}: {read[path.suffix]}")
    return read


def write_workbook(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write a workbook as Excel does, with shared texts; rows have at most 26 columns."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = {text: n for n, text in enumerate(dict.fromkeys(t for row in rows for t in row))}
    cells = (
        "".join(
            f'<c r="{chr(65 + column)}{line}" t="s"><v>{numbers[text]}</v></c>'
            for column, text in enumerate(row)
        )
        for line, row in enumerate(rows, 1)
    )
    sheet = "".join(f'<row r="{line}">{row}</row>' for line, row in enumerate(cells, 1))
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in numbers)
    related = f'<Relationship Id="r1" Type="{office}'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Override PartName='
        f'"/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">{related}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="A" '
        'sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{related}'
        f'/worksheet" Target="sheet.xml"/><Relationship Id="r2" Type="{office}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
        "xl/sheet.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{texts}</sst>',
    }
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)


def _read(path: str, *, is_collected: bool) -> dict[str, float]:
    if is_collected:
        vars(gc)["disable"] = lambda: None  # importers turn it off; here it stays
    start = time.perf_counter()
    corpus = read_corpus([path])
    seconds = time.perf_counter() - start
    cpu_seconds = time.process_time()
    duplicates = sum(refusal.reason.startswith("duplicate of") for refusal in corpus.refusals)
    placeholders = sum("is a placeholder" in refusal.reason for refusal in corpus.refusals)
    return {
        "entries": len(corpus.entries),
        "merged": len(corpus.merged),
        "refused": len(corpus.refusals),
        "duplicates_and_placeholders": duplicates + placeholders,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _articles(index: Path) -> int:
    rows = (line.split("\t") for line in index.read_text(encoding="utf-8").splitlines())
    return len({(start, length) for name, start, length in rows if not name.startswith(_ABOUT)})


def _synsets(folder: Path) -> int:
    files = (folder / f"data.{part}" for part in ("noun", "verb", "adj", "adv"))
    return sum(line[:1].isdigit() for file in files for line in file.read_text().splitlines())


def _bars(measured: dict[str, dict[str, float]]) -> Sequence[Bar]:
    bars = []
    for name, found in measured.items():
        accounted = found["entries"] + found["merged"] + found["duplicates_and_placeholders"]
        lost = found["counted"] - accounted - LONGEST.get(name, 0)
        bars.append(
            Bar(
                name=f"{name}: records neither taken nor merged, nor twice there",
                reached=abs(lost),
                asked=0,
            )
        )
    wordnet = measured["wordnet"]
    bars.append(Bar(name="wordnet: time", reached=wordnet["seconds"], asked=SECONDS, unit="s"))
    bars.append(
        Bar(name="wordnet: memory", reached=wordnet["megabytes"], asked=MEGABYTES, unit="MB")
    )
    return bars


def _table_bars(read: dict[str, dict[str, float]]) -> Sequence[Bar]:
    ratio = read[".xlsx"]["cpu_seconds"] / read[".csv"]["cpu_seconds"]
    missing = sum(abs(ROWS - one["entries"]) for one in read.values())
    return [
        Bar(name="tables: rows that are no entries", reached=missing, asked=0),
        Bar(name="tables: CPU of .xlsx / CSV", reached=round(ratio, 2), asked=XLSX_RATIO),
    ]


if __name__ == "__main__":
    main()
