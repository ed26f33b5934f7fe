"""Which reader reads which file."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.errors import UnknownFormat
from semsearch.importers import FORMATS, read_corpus
from semsearch.importers.formats import format_of, is_page, is_part
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
        ("openmetadata/bakery.csv", "openmetadata"),
        ("pages/kitchen/whisk.md", "page"),
        ("plain/weather.txt", "text"),
        ("rdf/bakery.jsonld", "json-ld"),
        ("rdf/bakery.rdf", "rdf-xml"),
        ("rdf/bakery.ttl", "turtle"),
        ("rst/bakery.md", "myst"),
        ("rst/bakery.rst", "sphinx"),
        ("stardict/bakery.ifo", "stardict"),
        ("tabular/saws.tsv", "table"),
        ("tabular/tools.csv", "table"),
        ("tbx/bakery-2008.xml", "tbx"),
        ("tbx/bakery-dct.tbx", "tbx"),
        ("vault/loaf/Crumb.md", "obsidian"),
        ("wordnet/data.noun", "wordnet"),
    ],
)
def test_a_file_is_known_by_what_stands_in_it(name: str, expected: str) -> None:
    """Every sample by its own suffix."""
    assert format_of(DATA / name).name == expected


@pytest.mark.parametrize(
    ("name", "suffix", "expected"),
    [
        ("rdf/bakery.ttl", ".vocabulary", "turtle"),
        ("rdf/bakery.rdf", ".xml", "rdf-xml"),
        ("rdf/bakery.rdf", "", "rdf-xml"),
        ("rdf/bakery.jsonld", ".json", "json-ld"),
        ("defined-terms/bakery.jsonld", ".json", "defined-terms"),
        ("tbx/bakery-dca.tbx", ".export", "tbx"),
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
    """Also where the file looks like something else; an unknown one is refused with those there are."""
    path = tmp_path / "a.md"
    path.write_text("term,definition\npeel,A shovel.\n")
    [entry] = read_corpus([path], format="table").entries
    assert (entry.term, entry.definition) == ("peel", "A shovel.")
    with pytest.raises(UnknownFormat) as caught:
        read_corpus([path], format="docx")
    assert caught.value.reason == f"no format is called 'docx'; there are {', '.join(FORMATS)}"


def test_a_folder_of_mixed_files_is_read(tmp_path: Path) -> None:
    """Each by its own reader, each file a glossary of its own."""
    for name in ("rdf/bakery.ttl", "tbx/bakery-dca.tbx", "tabular/tools.csv", "rst/lists.rst"):
        (tmp_path / Path(name).name).write_bytes((DATA / name).read_bytes())
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    corpus = read_corpus([tmp_path])
    assert sorted({entry.glossary for entry in corpus.entries}) == [
        *("bakery", "bakery-dca", "lists", "tools")
    ]


def test_every_format_has_a_name_and_says_what_it_is_for() -> None:
    """Names are short words; a suffix that several share ends with one that takes anything."""
    assert list(FORMATS) == [one.name for one in FORMATS.values()]
    assert all(one.about and one.suffixes for one in FORMATS.values())
    assert [name for name, one in FORMATS.items() if one.is_page] == ["obsidian", "page"]
    assert is_page(DATA / "vault" / "Poolish.md")
    assert not is_page(DATA / "markdown" / "lists.md")
    assert is_part(DATA / "wordnet" / "data.verb")
