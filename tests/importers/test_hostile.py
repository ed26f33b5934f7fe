"""Hostile files: each ends in a clear error, soon, in little memory; no other file is opened.

Covers `importers/xml_safety`.
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

import pytest

from benchmarks.fuzz import SAMPLES, SECONDS
from semsearch.core.errors import ImportFailed, SemsearchError
from semsearch.importers import read_corpus
from semsearch.importers.dictionaries.dictd import DIGITS
from semsearch.importers.files.text_files import MAX_BYTES
from tests.cpu_time import SLACK, cpu_time_at_most
from tests.importers.office_files import open_document, package, sheet, word, workbook

LAUGHS = "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))
BOMB = f"<!DOCTYPE tbx [<!ENTITY a0 'ha'>{LAUGHS}]><tbx>&a9;</tbx>"
GROWTH = f"<!DOCTYPE tbx [<!ENTITY a '{'x' * 100_000}'>]><tbx>{'&a;' * 1000}</tbx>"
INDIRECT = "".join(f"<!ENTITY a{n + 1} '{f'&#38;a{n};' * 10}'>" for n in range(9))
FOREIGN = '<!DOCTYPE tbx [<!ENTITY a SYSTEM "file:///etc/passwd">]><tbx>&a;</tbx>'
DEEP = 100_000


@pytest.mark.parametrize("suffix", [".tbx", ".rdf"])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BOMB, "the entity 'a1' is made of other entities"),
        (f"<!DOCTYPE tbx [<!ENTITY a0 'ha'>{INDIRECT}]><tbx>&a9;</tbx>", "the entity 'a1' is made of other entities"),
        (GROWTH, "its entities stand for more than 1 MiB of text"),
        (f"<!DOCTYPE tbx [<!ENTITY a '<b/>'>]><tbx>{'&a;' * 1000}</tbx>", "the entity 'a' is made of other entities or of elements"),
        (f"<!DOCTYPE tbx [<!ATTLIST b c CDATA '{'x' * 5000}'>]><tbx>{'<b/>' * 90_000}</tbx>", "the default of the attribute 'c' of <b> is too long"),
        (f"<tbx xmlns='{'x' * 90_000}'>{'<b/>' * 90_000}</tbx>", "xmlns is 'x{40}'… of 90,000 characters"),
        (f"<tbx xml:base='{'x' * 90_000}'>{'<b/>' * 90_000}</tbx>", "xml:base is 'x{40}'… of 90,000 characters"),
        (f"<tbx {' '.join(f'xmlns:a{n}={n!r}' for n in map(str, range(9999)))}/>", "declares more than 1,000 namespaces"),
        (FOREIGN, "the entity 'a' leads to another file, which is not read"),
        ('<!DOCTYPE t [<!ENTITY % p "x">]><tbx/>', "the entity 'p' leads to another file"),
        ("<a>" * DEEP, "nested too deeply to be a glossary"),
        ("<é>" * DEEP, "nested too deeply to be a glossary"),
        ("<a b='>'>" * DEEP, "nested too deeply to be a glossary"),
    ],
)  # fmt: skip
def test_xml_that_unfolds_is_refused(tmp_path: Path, suffix: str, text: str, reason: str) -> None:
    """Before any parser sees it, with what to do."""
    file = tmp_path / f"a{suffix}"
    file.write_text(text)
    with cpu_time_at_most(SECONDS), pytest.raises(ImportFailed, match=reason):
        read_corpus([file], format="tbx" if suffix == ".tbx" else "rdf-xml")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", "<a> <b> " + "[ <c> " * DEEP),
        ("a.ttl", "<a> <b> " + "(" * DEEP),
        ("a.jsonld", "[" * DEEP),
        ("b.jsonld", '{"@context":"https://schema.org","@type":"DefinedTerm","a":' + "[" * DEEP),
        ("c.jsonld", '{"@context":{},"@id":"a","a":' + '{"a":' * DEEP),
        ("a.json", "[" * DEEP),
        ("a.yml", "terms: " + "[" * DEEP),
        ("a.yaml", "- term: " + "{a: " * DEEP),
        ("b.json", '[{"word": "a", "lang_code": "en", "senses": ' + '[{"a":' * DEEP),
        ("a.rst", "\n".join(" " * n + "a" for n in range(500))),
        ("a.rst", "* " * 4000),
    ],
)
def test_brackets_in_brackets_are_refused(tmp_path: Path, name: str, text: str) -> None:
    """In all formats that have some: too deep, or broken off."""
    file = tmp_path / name
    file.write_text(text)
    nested = pytest.raises(ImportFailed, match="nested too deeply to be a glossary")
    with cpu_time_at_most(SECONDS), nested:
        read_corpus([file])


@pytest.mark.process
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<dl><dt>" * 20_000),
        ("a.html", "<dl><dt>a<dd>" + "<b>" * 60_000),
        ("b.html", "DefinedTerm application/ld+json" + "<script application/ld+json>" * 8000),
        ("a.md", "```{glossary}\na\n  " + "{a}`b" * 20_000),
        ("a.rst", "*a `b |c _`d " * 700),
        ("a.rst", "\n".join(["a", "="] * 100_000)),
        ("a.rst", ".. glossary::\n" + "```{glossary}\n" * 14_000),
        ("a.ttl", "'''" * 60_000),
        ("a.ttl", '"a" ' * 60_000),
        ("a.ifo", "StarDict's dict ifo file\n" + "a=b\n" * 60_000),
        ("a.noun", "00000001 00 n 01 a 0 000 | b\n" + "x" * 200_000),
        ("a.tbx", "<tbx>" + "<!--" * 60_000),
        ("a.yml", "a: &a [b]\nc: [*a, *a]"),
        ("a.tex", "\\newglossaryentry{" * 6000),
        ("a.tex", "\\newglossaryentry{a}{" * 5000 + "}" * 5000),
        ("a.tex", "\\newglossaryentry{a}{name=a,description={" + "\\(" * 1_000_000 + "}}"),
        ("a.tex", "\\newglossaryentry{a}{name=a,description={" + "\\[" * 1_000_000 + "}}"),
        ("a.adoc", "A:: b\n" + "b\n" * 900_000),
        ("a.adoc", "A:: b\n+\n|===\n" + "|b\n" * 900_000 + "|==="),
        ("a.adoc", "a:: " + "*a " * 30_000 + "<<" * 9000 + "\nb:"),
        ("a.wiki", "{{" * 50_000),
        ("a.wiki", ";a\n:" + "<!-- <ref " * 10_000),
        ("a.mediawiki", "[[" * 50_000),
        ("a.json", '{"' + '\\"' * 50_000),
        ("a.xdxf", "<xdxf><ar>" + "<k>a</k>" * 12_000 + "</ar></xdxf>"),
        ("a.dita", "<glossgroup><glossentry><glossdef/></glossentry>" + "<a>" * 30_000),
    ],
)
def test_repeated_openings_take_linear_time(tmp_path: Path, name: str, text: str) -> None:
    """Nothing closes them, or there are too many."""
    file = tmp_path / name
    file.write_text(text)
    with cpu_time_at_most(SECONDS), pytest.raises(SemsearchError):
        read_corpus([file])


@pytest.mark.process
@pytest.mark.parametrize("name", ["dictd", "stardict"])
def test_a_packed_bomb_is_refused(tmp_path: Path, name: str) -> None:
    """It is unpacked no further than may be kept."""
    bomb = gzip.compress(bytes(MAX_BYTES + 1), 9)
    (tmp_path / "a.dict.dz").write_bytes(bomb)
    if name == "dictd":
        file = tmp_path / "a.index"
        file.write_text("a\tA\tB\n")
    else:
        file = tmp_path / "a.ifo"
        file.write_text("StarDict's dict ifo file\n")
        (tmp_path / "a.idx").write_bytes(b"a\0" + bytes(8))
    with pytest.raises(
        ImportFailed, match=r"a\.dict\.dz: its .* bytes unpack to more than 8,388,608"
    ):
        read_corpus([file])


def _overlapping_dictd(folder: Path) -> Path:
    folder.joinpath("a.dict").write_bytes(b"a word " * 60_000)
    lines = (f"w{n}\t{DIGITS[n // 64]}{DIGITS[n % 64]}\tBX5A\n" for n in range(4096))
    folder.joinpath("a.index").write_text("".join(lines))
    return folder / "a.index"


def _overlapping_stardict(folder: Path) -> Path:
    about = "StarDict's dict ifo file\nversion=2.4.2\nsametypesequence=m\n"
    folder.joinpath("a.ifo").write_text(about)
    folder.joinpath("a.dict").write_bytes(b"a word " * 60_000)
    words = (b"w%d\0" % n + struct.pack(">II", n, 360_000) for n in range(20_000))
    folder.joinpath("a.idx").write_bytes(b"".join(words))
    return folder / "a.ifo"


def _empty_members(folder: Path) -> Path:
    folder.joinpath("a.dict.dz").write_bytes(gzip.compress(b"") * 50_000)
    folder.joinpath("a.index").write_text("word\tA\tB\n")
    return folder / "a.index"


def _many_headwords(folder: Path) -> Path:
    _overlapping_stardict(folder)
    folder.joinpath("a.idx").unlink()
    folder.joinpath("a.idx.gz").write_bytes(gzip.compress((b"a\0" + bytes(8)) * 800_000))
    return folder / "a.ifo"


def _many_synonyms(folder: Path) -> Path:
    _overlapping_stardict(folder)
    folder.joinpath("a.idx").write_bytes(b"a\0" + bytes(7) + b"\1")
    folder.joinpath("a.syn.dz").write_bytes(gzip.compress((b"a\0" + bytes(4)) * 1_300_000))
    return folder / "a.ifo"


def _many_entities(folder: Path) -> Path:
    declared = "\n".join(f"<!ENTITY e{n} 'x'>" for n in range(50_000))
    folder.joinpath("a.tbx").write_text(f"<!DOCTYPE tbx [{declared}]><tbx><a>b</a></tbx>")
    return folder / "a.tbx"


@pytest.mark.process
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_overlapping_dictd, "its articles overlap: together they have 1,474,560,000 bytes of 420,000"),
        (_overlapping_stardict, "its articles overlap: together they have 7,200,000,000 bytes"),
        (_many_headwords, r"a\.idx\.gz: has more than 5\d,\d{3} names in \d+,\d{3} bytes"),
        (_many_synonyms, r"a\.syn\.dz: has more than 5\d,\d{3} names in \d+,\d{3} bytes"),
        (_empty_members, "consists of more than 10,000 gzip files; pack it as one"),
        (_many_entities, "nothing in this file reads as an entry"),
    ],
)  # fmt: skip
def test_what_costs_the_square_of_its_size_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], reason: str
) -> None:
    """A megabyte of it takes no 2 s and no 50 MB."""
    file = make(tmp_path)
    assert sum(part.stat().st_size for part in tmp_path.iterdir()) < 1_300_000
    tracemalloc.start()
    with cpu_time_at_most(SECONDS):
        try:
            with pytest.raises(ImportFailed, match=reason):
                read_corpus([file])
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 50 * 2**20


def _padded(path: Path) -> None:
    """Add what no program can pack, so that the ratio is one of sound files."""
    with ZipFile(path, "a") as file:
        file.writestr("media", os.urandom(900_000))


REPEATED = '<table:table-row><table:table-cell table:number-columns-repeated="9999"><text:p>a</text:p></table:table-cell></table:table-row>'
TERMS = [("Term", "Definition"), ("a", "b")]


def _grid(path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" t="b"><v>1</v></c></row></sheetData>'
    workbook(path, {"A": sheet(TERMS).replace("</sheetData>", far)})


def _shared(path: Path) -> None:
    cells = "".join(f'<row r="{n}"><c r="B{n}" t="s"><v>0</v></c></row>' for n in range(3, 9000))
    xml = sheet(TERMS).replace("</sheetData>", f"{cells}</sheetData>")
    workbook(path, {"A": xml}, strings=f"<si><t>{'x' * 30_000}</t></si>")


def _unplaced(path: Path) -> None:
    far = f'<row r="40000">{"<c><v>1</v></c>" * 100}</row></sheetData>'
    workbook(path, {"A": sheet(TERMS).replace("</sheetData>", far)})


def _unplaced_rows(path: Path) -> None:
    far = f'{"<row></row>" * 30_000}<row><c r="CV9"><v>1</v></c></row></sheetData>'
    workbook(path, {"A": sheet(TERMS).replace("</sheetData>", far)})


def _hidden_row(path: Path) -> None:
    far = f'<row s=">" r="00000000040000">{"<c><v>1</v></c>" * 100}</row></sheetData>'
    workbook(path, {"A": sheet(TERMS).replace("</sheetData>", far)})


def _many_sheets(path: Path) -> None:
    far = '<row r="30000"><c r="AD30000"><v>1</v></c></row></sheetData>'
    xml = sheet(TERMS).replace("</sheetData>", far)
    workbook(path, dict.fromkeys("ABC", xml))


def _same_names(path: Path) -> None:
    workbook(path, {"A": sheet(TERMS), 'B" x="': sheet(TERMS)})
    with ZipFile(path) as file:
        parts = {name: file.read(name).decode() for name in file.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace('name="B" x=""', 'name="A"')
    package(path, parts)


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("a.xlsx", _unplaced, "the sheet 'A' reaches to row 40,000 and column 102; delete"),
        ("a.xlsx", _hidden_row, "the sheet 'A' reaches to row 40,000 and column 102; delete"),
        ("a.xlsx", _unplaced_rows, "the sheet 'A' reaches to row 30,010 and column 100; delete"),
        ("a.xlsx", _many_sheets, "the sheet 'C' reaches to row 30,000 and column 30; delete"),
        ("a.xlsx", _same_names, "the workbook is damaged; open it and save it again"),
        ("a.xlsx", _grid, "the sheet 'A' reaches to row 1,048,576 and column 16,384; delete"),
        ("a.xlsx", _shared, "the sheet 'A' holds more than 8 MiB of text; split it"),
        ("a.xlsx", lambda p: workbook(p, {"A": sheet([*TERMS] * 3000, merged="A1:A5000") + '<mergeCell ref="A2:A6000"/>' * 90}), "more than 100,000 cells are merged or repeated"),
        ("a.ods", lambda p: open_document(p, f"<table:table>{REPEATED * 5000}</table:table>"), "more than 100,000 cells are merged or repeated"),
        ("a.xlsx", lambda p: package(p, {"xl/workbook.xml": " " * 30_000_000}), "its 29,"),
        ("a.docx", lambda p: _padded(word(p, "<w:p/>" * 3_000_000)), "the part 'word/document.xml' has too many elements for a document of"),
        ("a.docx", lambda p: _padded(word(p, "<w:x>" * 900_000)), "nested too deeply to be a glossary"),
        ("a.odt", lambda p: _padded(open_document(p, "<text:s/>" * 2_000_000)), "the part 'content.xml' has too many elements for"),
        ("a.ods", lambda p: _padded(open_document(p, "<table:table-row/>" * 2_000_000)), "the part 'content.xml' has too many elements for"),
        ("a.xlsx", lambda p: _padded(workbook(p, {"A": sheet(TERMS) + "<a/>" * 6_000_000})), "the part 'xl/worksheets/sheet1.xml' has too many elements for"),
        ("a.xlsx", lambda p: workbook(p, {"A": sheet(TERMS).replace("</sheetData>", f"<row {'a=^^ ' * 90_000}/></sheetData>".replace("^", '"'))}), "the part 'xl/worksheets/sheet1.xml' has too long a tag"),
        ("a.xlsx", lambda p: workbook(p, {f"A{n}": sheet([]) for n in range(2_000)}), "has 2,000 sheets; split it into 1,000 each"),
        ("a.docx", lambda p: word(p, "<w:tbl>" * 200_000), "nested too deeply to be a glossary"),
        ("a.docx", lambda p: package(p, {"word/document.xml": BOMB}), "its XML declares a document type"),
        ("a.docx", lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(99)), "is of an old office program or protected by a password"),
        ("a.xlsx", lambda p: p.write_bytes(b"PK\x03\x04" + bytes(99)), "is no complete zip package"),
        ("a.xlsx", lambda p: package(p, {"a.xml": "<a/>"}), "is no workbook"),
        ("a.csv", lambda p: p.write_text("term," + "definition," * 9000 + "\na,b\n"), "9,002 columns; a glossary has at most 256"),
    ],
)  # fmt: skip
def test_tables_that_unfold_are_refused(
    tmp_path: Path, name: str, make: Callable[[Path], object], reason: str
) -> None:
    """Before their cells are made, with what to do."""
    file = tmp_path / name
    make(file)
    with cpu_time_at_most(SECONDS):
        with pytest.raises(ImportFailed) as caught:
            read_corpus([file])
        assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"@context": "http://x.example/c.jsonld", "@id": "a"}', "'http://x.example/c.jsonld' is in another file"),
        ('[{"@context": ["file:///etc/passwd"]}]', "'file:///etc/passwd' is in another file"),
        ('{"@context": {"@import": "http://x.example/c"}}', "'http://x.example/c' is in another file"),
        ('{"@context": {"a": {"@id": "b:b", "@context": "http://x.example/d"}}}', "x.example/d' is in another file"),
    ],
)  # fmt: skip
def test_contexts_are_not_fetched(tmp_path: Path, text: str, reason: str) -> None:
    """The message says what to do instead."""
    file = tmp_path / "a.jsonld"
    file.write_text(text)
    with pytest.raises(ImportFailed, match=f"{reason} and is not fetched; write it into the file"):
        read_corpus([file])


def test_directives_that_read_files_are_left_out(tmp_path: Path) -> None:
    """No include, no raw, no table of a file; what stands around them is read."""
    (tmp_path / "secret.txt").write_text("password")
    body = "\n".join(
        f"      .. {directive}" + "\n"
        for directive in (
            "include:: secret.txt",
            "raw:: html\n         :file: secret.txt",
            "csv-table::\n         :file: secret.txt",
            "literalinclude:: secret.txt",
        )
    )
    file = tmp_path / "a.rst"
    file.write_text(f".. glossary::\n\n   leaven\n      It raises.\n\n{body}\n      It stays.\n")
    [entry] = read_corpus([file]).entries
    assert entry.definition == "It raises.\n\nIt stays."


@pytest.mark.fuzz
@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_files_end_in_a_clear_error(name: str) -> None:
    """500 of each format: no other exception, bounded time and memory, no other file opened."""
    bounds = ["--files", "500", "--seconds", str(SLACK * SECONDS)]
    command = [sys.executable, "-W", "error", "-m", "benchmarks.fuzz", "--format", name, *bounds]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert done.stdout.count(" 0 faults") == 1


@pytest.mark.process
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "# a\n" * 25_000),
        ("a.md", "a\n: b\n\n" * 14_000),
        ("a.md", "a\n\n" * 33_000),
        ("a.md", "> a\n\n" * 20_000),
        ("a.md", "```{glossary}\n" + "a\n  b\n" * 15_000 + "```\n"),
        ("a.csv", "term,definition\n" + "a,b\n" * 25_000),
        ("a.html", "<dl>" + "<dt>a<dd>b" * 10_000),
        ("a.html", "<table><tr><th>term<th>definition" + "<tr><td rowspan=99>a<td>b" * 4_000),
        ("a.md", "term | definition\n--- | ---\n" + "a | b\n" * 16_000),
        ("a.adoc", "A:: b\n" * 85_000),
    ],
)
def test_many_tiny_blocks_are_read_in_time(tmp_path: Path, name: str, text: str) -> None:
    """Parsers make trees of 100 kB of them; the garbage collector is on again afterwards."""
    file = tmp_path / name
    file.write_text(text)
    with cpu_time_at_most(SECONDS), suppress(ImportFailed):
        read_corpus([file])
    assert gc.isenabled()


@pytest.mark.process
def test_a_long_list_of_json_ld_is_held_once(tmp_path: Path) -> None:
    """In the graph that is read, and in no other."""
    held = {"@list": [{"@id": f"http://x.example/{n}"} for n in range(10_000)]}
    concept = {"@id": "http://x.example/a", "@type": "Concept", "prefLabel": "a", "definition": "b"}
    context = {"@vocab": "http://www.w3.org/2004/02/skos/core#"}
    file = tmp_path / "a.jsonld"
    file.write_text(json.dumps({"@context": context, **concept, "memberList": held}))
    read_corpus([file])  # what is imported does not count
    tracemalloc.start()
    try:
        assert len(read_corpus([file]).entries) == 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 38 * 2**20


@pytest.mark.process
def test_a_workbook_of_many_rows_is_read_in_time(tmp_path: Path) -> None:
    """A row without a definition costs little."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(3, 250_000))
    file = tmp_path / "a.xlsx"
    workbook(file, {"A": sheet(TERMS).replace("</sheetData>", f"{rows}</sheetData>")})
    with cpu_time_at_most(SECONDS):
        assert len(read_corpus([file]).refusals) == 249_997
