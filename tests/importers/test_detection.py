"""Which reader reads which file.

Covers `importers/formats/detection`, `importers/formats/format_lookup`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import UnknownFormat
from semsearch.importers import FORMATS, read_corpus
from semsearch.importers.files.text_files import begins
from semsearch.importers.formats import detection
from semsearch.importers.formats.format_lookup import format_of, is_page, is_part
from semsearch.text.slugs import slug
from tests.importers.support import DATA


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("datahub/bakery.yml", "datahub"),
        ("defined-terms/bakery.jsonld", "defined-terms"),
        ("defined-terms/page.html", "defined-terms"),
        ("dictd/plain/bakery.index", "dictd"),
        ("html/bakery.html", "html"),
        ("json/lines.jsonl", "jsonl"),
        ("json/wrapped.json", "json"),
        ("markdown/headings.md", "markdown"),
        ("obo/bakery.obo", "obo"),
        ("notion/Leaven 0123456789abcdef0123456789abcdef.md", "notion"),
        ("openmetadata/bakery.csv", "openmetadata"),
        ("pages/kitchen/whisk.md", "page"),
        ("plain/weather.txt", "text"),
        ("rdf/bakery.jsonld", "json-ld"),
        ("rdf/bakery.rdf", "rdf-xml"),
        ("rdf/bakery.ttl", "turtle"),
        ("rst/bakery.md", "myst"),
        ("rst/bakery.rst", "sphinx"),
        ("stardict/bakery.ifo", "stardict"),
        ("tables/anki.txt", "text-table"),
        ("tables/gdocs_table.md", "markdown-table"),
        ("tables/glossary.ods", "spreadsheet"),
        ("tables/glossary.xlsx", "spreadsheet"),
        ("tables/table.adoc", "asciidoc"),
        ("tables/glossary_headings.docx", "document"),
        ("tables/glossary_table.docx", "document"),
        ("tables/glossary_table.odt", "document"),
        ("tables/iate.csv", "table"),
        ("tables/memoq.csv", "table"),
        ("tables/multiterm.csv", "table"),
        ("tables/pyglossary.csv", "table"),
        ("tables/sep.csv", "table"),
        ("tables/table.html", "html-table"),
        ("tables/unicode_text.txt", "text-table"),
        ("tabular/saws.tsv", "table"),
        ("tabular/tools.csv", "table"),
        ("tbx/bakery-2008.xml", "tbx"),
        ("tbx/bakery-dct.tbx", "tbx"),
        ("vault/loaf/Crumb.md", "obsidian"),
        ("wordnet/data.noun", "wordnet"),
        ("plain/lines.txt", "term-lines"),
        ("html/headings.html", "html"),
        ("json/answer.json", "json"),
        ("tables/readme.md", "markdown"),
        ("plain/contract.txt", "term-lines"),
        ("rst/sections.rst", "sphinx"),
    ],
)
def test_a_file_is_known_by_what_stands_in_it(name: str, expected: str) -> None:
    """Every sample by its own suffix."""
    assert format_of(DATA / name).name == expected


def test_no_other_sample_is_a_table() -> None:
    """Lists of parameters in pages, tabs in dictionaries and bars in text make none."""
    tables = ("tables", "tabular", "openmetadata")
    others = [
        path
        for path in DATA.rglob("*")
        if path.is_file() and path.relative_to(DATA).parts[0] not in tables
    ]
    for path in others:
        start = begins(path)
        for knows in (detection.text_table, detection.markdown_table, detection.html_table):
            assert not knows(path, start), (path, knows.__name__)
    assert len(others) > 30


@pytest.mark.parametrize(
    ("name", "suffix", "expected"),
    [
        ("rdf/bakery.ttl", ".vocabulary", "turtle"),
        ("rdf/bakery.rdf", ".xml", "rdf-xml"),
        ("rdf/bakery.rdf", "", "rdf-xml"),
        ("rdf/bakery.jsonld", ".json", "json-ld"),
        ("defined-terms/bakery.jsonld", ".json", "defined-terms"),
        ("tbx/bakery-dca.tbx", ".export", "tbx"),
        ("obo/bakery.obo", ".txt", "obo"),
        ("obo/bakery.obo", "", "obo"),
        ("rst/bakery.rst", ".txt", "sphinx"),
        ("html/bakery.html", ".page", "html"),
        ("wordnet/data.noun", ".db", "wordnet"),
        ("datahub/bakery.yml", ".conf", "datahub"),
        ("openmetadata/bakery.csv", ".export", "openmetadata"),
    ],
)
def test_a_suffix_is_only_a_hint(tmp_path: Path, name: str, suffix: str, expected: str) -> None:
    """The same files under other names."""
    path = tmp_path / f"a{suffix}"
    path.write_bytes((DATA / name).read_bytes())
    assert format_of(path).name == expected


def test_a_named_format_is_taken_at_its_word(tmp_path: Path) -> None:
    """A file that looks otherwise is read so too; an unknown format is refused with a list."""
    path = tmp_path / "a.md"
    path.write_text("term,definition\npeel,A shovel.\n")
    [entry] = read_corpus([path], format="table").entries
    assert (entry.term, entry.definition) == ("peel", "A shovel.")
    with pytest.raises(UnknownFormat) as caught:
        read_corpus([path], format="zzz")
    assert caught.value.reason == f"no format is called 'zzz'; there are {', '.join(FORMATS)}"


@pytest.mark.parametrize(
    ("suffix", "name"),
    [("csv", "table"), ("CSV", "table"), ("docx", "document"), ("md", "markdown")],
)
def test_a_suffix_is_no_format(tmp_path: Path, suffix: str, name: str) -> None:
    """The format that reads most of its files is named."""
    path = tmp_path / "a.csv"
    path.write_text("term,definition\npeel,A shovel.\n")
    with pytest.raises(UnknownFormat, match=f"'{suffix}'; did you mean '{name}'"):
        read_corpus([path], format=suffix)


def test_a_folder_of_mixed_files_is_read(tmp_path: Path) -> None:
    """Each by its own reader, each file a glossary of its own."""
    for name, sample in {
        "bakery.ttl": "rdf/bakery.ttl",
        "terms.tbx": "tbx/bakery-dca.tbx",
        "tools.csv": "tabular/tools.csv",
        "words.rst": "rst/bakery.rst",
        "page.html": "html/bakery.html",
        "groups.yml": "datahub/bakery.yml",
    }.items():
        (tmp_path / name).write_bytes((DATA / sample).read_bytes())
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    corpus = read_corpus([tmp_path])
    assert sorted({entry.glossary for entry in corpus.entries}) == [
        *("bakery", "groups", "page", "terms", "tools", "words")
    ]


def test_settings_and_pages_in_a_folder_are_no_glossaries(tmp_path: Path) -> None:
    """They leave a folder of Markdown pages one glossary; they are read if the user names them."""
    for name, text in {
        "mkdocs.yml": "site_name: Words\n",
        "index.html": "<p>Words</p>",
        "sitemap.xml": "<urlset/>",
        "guide.rst": "Guide\n=====\n",
        "words.index": "peel\tA\tB\n",
        "peel.md": "---\ntitle: Peel\n---\nA shovel.\n",
    }.items():
        (tmp_path / name).write_text(text)
    corpus = read_corpus([f"kitchen={tmp_path}"])
    assert ([entry.id for entry in corpus.entries], corpus.files) == (["kitchen:peel"], 1)
    [entry] = read_corpus([tmp_path]).entries
    assert entry.glossary == slug(tmp_path.name)
    [named] = read_corpus([tmp_path / "mkdocs.yml"]).entries
    assert named.term == "site_name"


def test_a_named_format_reads_the_files_of_its_suffixes(tmp_path: Path) -> None:
    """And no others of a folder."""
    (tmp_path / "a.rst").write_text("peel\n    A shovel.\n")
    (tmp_path / "b.csv").write_text("term,definition\nlid,A cover.\n")
    assert [e.term for e in read_corpus([tmp_path], format="sphinx").entries] == ["peel"]


def test_every_format_has_a_name_and_says_what_it_is_for() -> None:
    """Names are short words; a suffix that several share ends with one that takes anything."""
    assert list(FORMATS) == [one.name for one in FORMATS.values()]
    assert all(one.about and one.suffixes for one in FORMATS.values())
    assert [name for name, one in FORMATS.items() if one.is_page] == ["obsidian", "notion", "page"]
    assert is_page(DATA / "vault" / "Poolish.md")
    assert not is_page(DATA / "markdown" / "lists.md")
    assert is_part(DATA / "wordnet" / "data.verb")
