"""What was not read is named, with the way out.

Covers `importers/xml_roots`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed, UnknownFormat
from semsearch.importers import read_corpus
from semsearch.importers.report import RecordOutcome, record_results
from tests.importers.support import DATA

UNREAD = {
    "a.pdf": "no reader for .pdf: PDF keeps no terms apart; export the glossary from its source as CSV, Markdown or TBX",
    "b.foo": "no reader for .foo; name its format with --format; `semsearch formats` lists them",
    "c.yaml": "nothing in it marks a glossary; name its format with --format; `semsearch formats` lists them",
    "d.csv": "the file is empty",
    "e.xml": "the root element <tmx> (a translation memory) is of no format that is read; it has no definitions; "
    "export the termbase as TBX",
    "f.xml": "the root element <Unheard> is of no format that is read; export it as TBX, SKOS or CSV, or name its "
    "format with --format; `semsearch formats` lists them",
    "g": "no reader for files without a suffix; name its format with --format; `semsearch formats` lists them",
    "h.csv": "the file is empty; the first row must name the columns",
}
CONTENT = {
    "c.yaml": "port: 80\n",
    "d.csv": "",
    "e.xml": '<?xml version="1.0"?>\n<!-- x -->\n<tmx version="1.4"/>',
    "f.xml": '<n:Unheard xmlns:n="urn:n"/>',
    "h.csv": "\n\n\n\n\n",
}


def _corpus(folder: Path) -> Path:
    """Make a folder with one glossary and files that are none, some of which are not worth a word."""
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
        (folder / name).write_text("x")
    return folder


def test_files_of_a_folder_that_are_not_read_are_named(tmp_path: Path) -> None:
    """Each with the reason; texts about the glossary, images and settings are none."""
    folder = _corpus(tmp_path / "corpus")
    corpus = read_corpus([folder])
    found = {Path(one.file).name: one.reason for one in corpus.unread}
    assert found == UNREAD
    assert (corpus.files, len(corpus.entries)) == (1, 1)
    results = [one for one in record_results(corpus) if one.fate is RecordOutcome.UNREAD]
    assert [(Path(one.source.file).name, one.reason) for one in results] == [
        (Path(one.file).name, one.reason) for one in corpus.unread
    ]
    with pytest.raises(ImportFailed, match=r"a\.pdf: .* \(the first of 8 files that were not read"):
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
    (tmp_path / "a.xml").write_text("<mtf><conceptGrp/></mtf>")
    with pytest.raises(UnknownFormat, match=r"<mtf> \(MultiTerm\) is of no format .* as TBX"):
        read_corpus([tmp_path / "a.xml"])


def test_little_from_much_is_noted(tmp_path: Path) -> None:
    """One entry from a table or from a long file; not one from a page, nor refusals that speak for themselves."""
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
    fates = [one.fate for one in record_results(corpus)]
    assert fates.count(RecordOutcome.NOTED) == 2
