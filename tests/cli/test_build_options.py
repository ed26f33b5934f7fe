"""`semsearch formats`, and what `semsearch build` says of what it reads.

Covers `cli/output/build`.
"""

from __future__ import annotations

import json
from pathlib import Path

from semsearch.importers import FORMATS
from tests.cli.running import run

TABLE = "term,definition\nPeel,A shovel for loaves.\nShovel,See Peel.\nLid,TODO\n"


def table(folder: Path) -> Path:
    """Write a table of an entry, another name of it, and a placeholder."""
    file = folder / "words.csv"
    file.write_text(TABLE)
    return file


def test_formats_are_listed() -> None:
    """`semsearch formats` lists names and suffixes, with --json for programs."""
    shown = run("formats").stdout.decode()
    assert all(name in shown for name in FORMATS)
    stated = json.loads(run("formats", "--json").stdout)
    assert [one["name"] for one in stated] == list(FORMATS)
    assert {
        "name": "turtle",
        "about": "SKOS or OWL as Turtle",
        "suffixes": [".ttl", ".turtle", ".nt"],
    } in stated


def test_a_dry_run_writes_nothing_but_the_report(tmp_path: Path) -> None:
    """Counts and reasons are shown; there is no index afterwards."""
    index, report = tmp_path / "index", tmp_path / "report.jsonl"
    asked = ("build", str(table(tmp_path)), "-i", str(index), "--dry-run", "--report", str(report))
    done = run(*asked)
    shown = " ".join(done.stdout.decode().split())
    assert (done.returncode, index.exists()) == (0, False)
    assert "the definition of 'Lid' is a placeholder: 'TODO'" in shown
    assert (
        "Dry run: 1 entry of 1 file would be taken, 1 records merged as other names, 1 refused; nothing was written"
        in shown
    )
    record_results = [json.loads(line)["outcome"] for line in report.read_text().splitlines()]
    assert record_results == ["taken", "merged", "skipped"]
    stated = json.loads(run(*asked, "--json").stdout)
    assert (stated["files"], stated["taken"]) == (1, 1)
    assert [line.rpartition(": ")[2] for line in stated["merged"]] == [
        "'Shovel' is another name of words:peel"
    ]


def test_what_entries_have_no_place_for_is_told(tmp_path: Path) -> None:
    """How often by a build and its dry run, of which entry by the report."""
    index, report, file = tmp_path / "index", tmp_path / "report.jsonl", tmp_path / "bread.ttl"
    file.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<peel> skos:prefLabel "Peel" ; skos:definition "A shovel." ; skos:exactMatch <http://b.example/p> .\n'
        '<lame> skos:prefLabel "Lame" ; skos:definition "A blade." ; skos:exactMatch <http://b.example/l> ;\n'
        '  skos:changeNote "Was: knife." .\n'
    )
    asked = ("build", str(file), "-i", str(index), "-m", "hashed", "--report", str(report))
    for more in ("--dry-run",), ():
        shown = " ".join(run(*asked, *more).stdout.decode().split())
        assert (
            "Left out: exactMatch in 2 entries (such as 'http://b.example/p'), "
            "changeNote in 1 entry (such as 'Was: knife.') (--report lists them)" in shown
        )
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(one["id"], one["left_out"]) for one in told] == [
        ("bread:peel", {"exactMatch": "http://b.example/p"}),
        ("bread:lame", {"exactMatch": "http://b.example/l", "changeNote": "Was: knife."}),
    ]
    stated = json.loads(run(*asked, "--dry-run", "--json").stdout)
    assert [one["parts"] for one in stated["left_out"]] == [
        {"exactMatch": "http://b.example/p"},
        {"exactMatch": "http://b.example/l", "changeNote": "Was: knife."},
    ]


def test_extra_fields_and_unread_files_are_told(tmp_path: Path) -> None:
    """A build and its dry run list them in words and as JSON; --strict fails on such a file."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    table(folder).write_text("term,definition,Owner\nPeel,A shovel.,Jane\nLame,A blade.,\n")
    (folder / "notes.pdf").write_text("x")
    asked = ("build", str(folder), "-i", str(tmp_path / "index"), "-m", "hashed")
    for more in ("--dry-run",), ():
        shown = " ".join(run(*asked, *more).stdout.decode().split())
        assert f"not read {folder / 'notes.pdf'}: no reader for .pdf: PDF keeps no terms" in shown
        assert "Kept as extra fields: Owner in 1 entry (such as 'Jane')" in shown
        stated = json.loads(run(*asked, *more, "--json").stdout)
        assert stated["extra"] == [{"name": "Owner", "entries": 1, "example": "Jane"}]
        assert [line.partition(": ")[0] for line in stated["unread"]] == [str(folder / "notes.pdf")]
        stopped = run(*asked, *more, "--strict")
        assert stopped.returncode == 2
        assert b"(the first of 1 files that were not read; nothing was built)" in stopped.stderr


def test_a_build_reports_each_record_also_when_it_stops(tmp_path: Path) -> None:
    """With --strict nothing is built, but the report is written."""
    index, report = tmp_path / "index", tmp_path / "report.jsonl"
    file = table(tmp_path)
    asked = ("build", str(file), "-i", str(index), "-m", "hashed", "--report", str(report))
    stopped = run(*asked, "--strict")
    assert (stopped.returncode, index.exists(), len(report.read_text().splitlines())) == (
        2,
        False,
        3,
    )
    done = run(*asked)
    assert done.returncode == 0
    assert "Merged: 1 records are other names of entries" in done.stdout.decode()
    assert json.loads(run(*asked, "--json").stdout)["merged"] == [
        f"{file}:3: 'Shovel' is another name of words:peel"
    ]


def test_a_format_can_be_named(tmp_path: Path) -> None:
    """One that is not known is refused with those there are."""
    file = tmp_path / "words.txt"
    file.write_text(TABLE)
    done = run("build", str(file), "--dry-run", "--format", "table", "--json")
    assert json.loads(done.stdout)["taken"] == 1
    refused = run("build", str(file), "--dry-run", "--format", "zzz")
    assert refused.returncode == 2
    assert b"no format is called 'zzz'; there are mediawiki, " in refused.stderr


def test_standard_input_is_a_glossary(tmp_path: Path) -> None:
    """Of the name before `=`, in the format that is named."""
    index = str(tmp_path / "index")
    table = b"term,definition\nPan,A flat vessel.\nPot,A deep vessel.\n"
    build = ("build", "-i", index, "--model", "hashed")
    done = run(*build, "tools=-", "--format", "table", stdin=table)
    assert (done.returncode, b"Entries: 2 new" in done.stdout) == (0, True)
    shown = json.loads(run("show", "tools:pan", "-i", index, "--json").stdout)
    assert shown["source"] == {"file": "stdin", "line": 2}
    done = run(*build, "-", stdin=table)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"standard input has no name that tells its format: add --format" in done.stderr
    done = run(*build, "-", "--format", "csv", stdin=table)
    assert done.stderr == b"semsearch: stdin: no format is called 'csv'; did you mean 'table'?\n"
    done = run(*build, "-", "--format", "jsonl", stdin=table)
    assert b"semsearch: stdin:1: no entry was found: not valid JSON" in done.stderr
    done = run(*build, "-", "a=-", "--format", "table", stdin=table)
    assert b"standard input, -, was named twice; it can be read once" in done.stderr
    done = run(*build, "https://example.org/a.csv")
    assert done.stderr.endswith(
        b"https://example.org/a.csv: an address is not read; download it, and name the file\n"
    )
