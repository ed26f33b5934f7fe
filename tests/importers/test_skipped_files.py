"""What was not read is named, with the way out.

Covers `importers/xml_roots`.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed, InvalidSetting, UnknownFormat
from semsearch.importers import read_corpus
from semsearch.importers.report import RecordOutcome, record_results
from tests.importers.support import DATA

UNREAD = {
    "a.pdf": "no reader for .pdf: PDF keeps no terms apart; export the glossary from its source as CSV, Markdown or TBX",
    "b.foo": "no reader for .foo; export it as CSV, Markdown, TBX or SKOS, or name its format with --format; `semsearch formats` lists them",
    "c.yaml": "nothing in it marks a glossary; export it as CSV, Markdown, TBX or SKOS, or name its format with --format; `semsearch formats` lists them",
    "c2.html": "nothing in it marks a glossary; if its headings or words in bold are terms, write Glossary into its title, or name the file itself: semsearch build FILE",
    "d.csv": "the file is empty",
    "e.xml": "the root element <tmx> (a translation memory) is of no format that is read; it has no definitions; "
    "export the termbase as TBX",
    "f.xml": "the root element <Unheard> is of no format that is read; export it as CSV, Markdown, TBX or SKOS, or name its "
    "format with --format; `semsearch formats` lists them",
    "g": "no reader for files without a suffix; export it as CSV, Markdown, TBX or SKOS, or name its format with --format; `semsearch formats` lists them",
    "h.csv": "the file is empty; the first row must name the columns",
}
CONTENT = {
    "c.yaml": "port: 80\n",
    "c2.html": "<html><p>Imprint</p></html>",
    "d.csv": "",
    "e.xml": '<?xml version="1.0"?>\n<!-- x -->\n<tmx version="1.4"/>',
    "f.xml": '<n:Unheard xmlns:n="urn:n"/>',
    "h.csv": "\n\n\n\n\n",
}


def _corpus(folder: Path) -> Path:
    """Make a folder with one glossary and other files, some of which need no report."""
    folder.mkdir()
    (folder / "words.csv").write_text("term,definition\nPeel,A shovel.\n")
    for name in UNREAD:
        (folder / name).write_text(CONTENT.get(name, "x"))
    silent = (
        "README.md",
        "LICENSE",
        "logo.PNG",
        "semsearch.toml",
        ".DS_Store",
        "~$words.xlsx",
        "Thumbs.db",
    )
    for name in silent:
        (folder / name).write_text("# x")
    return folder


def test_files_of_a_folder_that_are_not_read_are_named(tmp_path: Path) -> None:
    """Each with the reason; texts about the glossary, images and settings are none."""
    folder = _corpus(tmp_path / "corpus")
    corpus = read_corpus([folder])
    found = {Path(one.file).name: one.reason for one in corpus.unread}
    assert found == UNREAD
    assert (corpus.files, len(corpus.entries)) == (1, 1)
    results = [one for one in record_results(corpus) if one.outcome is RecordOutcome.UNREAD]
    assert [(Path(one.source.file).name, one.reason) for one in results] == [
        (Path(one.file).name, one.reason) for one in corpus.unread
    ]
    with pytest.raises(ImportFailed, match=r"a\.pdf: .* \(the first of 9 files that were not read"):
        corpus.check_complete()


def test_a_named_format_reads_its_suffixes_only(tmp_path: Path) -> None:
    """The other files of the folder are named."""
    (tmp_path / "a.csv").write_text("term,definition\nPeel,A shovel.\n")
    (tmp_path / "b.md").write_text("# Lame\n\nA blade.\n")
    (one,) = read_corpus([tmp_path], format="table").unread
    assert str(one) == f"{tmp_path / 'b.md'}: --format table reads only .csv, .tsv"


def test_a_folder_without_a_glossary_says_what_it_has(tmp_path: Path) -> None:
    """So does one in which all that could be read is empty."""
    (tmp_path / "a.xls").write_text("x")
    with pytest.raises(ImportFailed, match=r"as a glossary; a\.xls: no reader for \.xls: save it"):
        read_corpus([tmp_path])
    (tmp_path / "b.csv").write_text("\n\n\n\n")
    with pytest.raises(ImportFailed, match=r"a\.xls: no entry was found: no reader for \.xls"):
        read_corpus([tmp_path])


@pytest.mark.parametrize("folder", ["dictd", "stardict", "wordnet"])
def test_the_other_files_of_a_dictionary_are_read_with_it(folder: str) -> None:
    """Nobody has to be told of them."""
    assert [Path(one.file).name for one in read_corpus([f"x={DATA / folder}"]).unread] == []


def test_a_file_named_directly_says_what_its_root_is(tmp_path: Path) -> None:
    """The message is ours, whatever reads RDF."""
    (tmp_path / "a.xml").write_text("<xliff><file/></xliff>")
    with pytest.raises(UnknownFormat, match=r"<xliff> \(a file to translate\) is of no .* TBX"):
        read_corpus([tmp_path / "a.xml"])


def test_little_from_much_is_noted(tmp_path: Path) -> None:
    """One entry from a table or a long file is noted; one from a page or beside refusals is not."""
    rows = "".join(f"| term {n} | meaning {n} |\n" for n in range(12))
    (tmp_path / "table.md").write_text(f"# Words\n\n## All\n\nHere:\n\n{rows}")
    (tmp_path / "long.jsonl").write_text(json.dumps({"term": "a", "definition": "b c " * 1500}))
    (tmp_path / "page.md").write_text(f"---\ntitle: a\n---\n{'word ' * 2000}")
    (tmp_path / "short.csv").write_text("term,definition\nPeel,A shovel.\n")
    (tmp_path / "refused.csv").write_text("term,definition\nPeel,A.\n" + "x,\n" * 2000)
    corpus = read_corpus([tmp_path])
    notes = {Path(note.source.file).name: note.text for note in corpus.notes}
    more = "if there are more, name its format with --format; `semsearch formats` lists them"
    assert notes == {
        "long.jsonl": f"only one entry in 6,031 bytes, read as jsonl; {more}",
        "table.md": f"only one entry in 12 rows of a table, read as markdown; {more}",
    }
    outcomes = [one.outcome for one in record_results(corpus)]
    assert outcomes.count(RecordOutcome.NOTED) == 2


DAMAGED = {
    "bad.xlsx": (
        b"PK\x03\x04 cut",
        "is no complete zip package; save it again, or fetch it again",
        0,
    ),
    "locked.xlsx": (
        b"\xd0\xcf\x11\xe0" + bytes(600),
        "is of an old office program or protected by a password; save it without one as .xlsx, .ods, .docx or .odt",
        0,
    ),
    "list.json": (b'[\n{"term": }\n]', "not valid JSON: a value is missing at column 10", 2),
    "cut.csv": (
        b'term,definition\nPeel,"A shovel.\n',
        "not valid CSV: a quote is never closed; check the quotes",
        2,
    ),
    "words.ttl": (
        b"@prefix x <y>",
        "not valid Turtle: a prefix is declared wrongly; write @prefix name: <address> .",
        1,
    ),
    "other.csv": (
        b"a,b\nc,d\n",
        "no term and no definition column; the columns are: a, b; map them with --columns term=...,definition=..., or, where no row names the columns, --columns 1=term,2=definition",
        1,
    ),
}
"""Content, reason and line of files of which nothing can be read."""


def _damaged(folder: Path) -> Path:
    folder.mkdir()
    whole = (DATA / "tables" / "glossary_table.docx").read_bytes()
    (folder / "words.csv").write_text("term,definition\nPeel,A shovel.\n")
    (folder / "cut.docx").write_bytes(whole[: len(whole) // 2])
    for name, (content, _, _) in DAMAGED.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("prefix", ["", "all="])
def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, prefix: str) -> None:
    """It is named with its reason and line, in the report too; `--strict` refuses it."""
    folder = _damaged(tmp_path / "corpus")
    corpus = read_corpus([f"{prefix}{folder}"])
    assert [entry.term for entry in corpus.entries] == ["Peel"]
    found = {Path(one.file).name: (one.reason, one.line) for one in corpus.unread}
    expected = {name: (reason, line) for name, (_, reason, line) in DAMAGED.items()}
    assert found == {**expected, "cut.docx": (DAMAGED["bad.xlsx"][1], 0)}
    assert (corpus.files, all(one.glossary for one in corpus.unread)) == (1, True)
    results = [one for one in record_results(corpus) if one.outcome is RecordOutcome.UNREAD]
    assert {(Path(one.source.file).name, one.source.line) for one in results} == {
        (name, line) for name, (_, line) in found.items()
    }
    for check in (corpus.check_complete, corpus.check_readable):
        with pytest.raises(ImportFailed, match=r"bad\.xlsx: is no complete zip package"):
            check()


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_named_directly_or_alone_must_be_readable(tmp_path: Path, name: str) -> None:
    """There is nothing else to go on with."""
    (tmp_path / name).write_bytes(DAMAGED[name][0])
    start = re.escape(DAMAGED[name][1])
    with pytest.raises(ImportFailed, match=start):
        read_corpus([DATA / "tabular", tmp_path / name])
    with pytest.raises(ImportFailed, match=f"no entry was found: {start}"):
        read_corpus([tmp_path])


def test_a_wrong_option_is_no_fault_of_a_file(tmp_path: Path) -> None:
    """The user learns of it, and not of every file."""
    _damaged(tmp_path / "corpus")
    with pytest.raises(InvalidSetting, match="'word' is no field"):
        read_corpus([tmp_path / "corpus"], columns={"word": "a"})


def test_a_file_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system says so before it is opened."""
    (tmp_path / "a.md").write_text("# Lame\n\nA blade.\n")
    (tmp_path / "b.yaml").write_text("terms:\n- term: a\n")
    is_allowed = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: is_allowed(path, mode) and Path(path).name != "b.yaml"
    )
    corpus = read_corpus([tmp_path])
    assert [str(one) for one in corpus.unread] == [
        f"{tmp_path / 'b.yaml'}: cannot be read: permission denied"
    ]
