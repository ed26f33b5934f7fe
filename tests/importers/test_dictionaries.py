"""Dictionaries of dictd and StarDict, and the database of WordNet.

Covers `importers/dictionaries/stardict`, `importers/dictionaries/wordnet`.
"""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from semsearch.core.entries import Details
from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from tests.importers.support import DATA


@pytest.mark.parametrize("kind", ["plain", "packed"])
def test_articles_of_dictd_are_entries(kind: str) -> None:
    """The headword above the article is the term, the others are names, and braces are links.

    Lines that were broken for a terminal are joined.
    """
    corpus = read_corpus([DATA / "dictd" / kind / "bakery.index"])
    found = {e.term: (e.aliases, e.see_also) for e in corpus.entries}
    assert found["Starter"][0] == ("sourdough starter",)
    creme = next(e for e in corpus.entries if e.term == "crème")
    assert (creme.definition, creme.see_also) == (
        "1. <pastry> A filling.\n\n2. custard.\n\n(2023-12-01)",
        ("custard",),
    )


def test_an_article_that_only_repeats_its_headword_is_refused(tmp_path: Path) -> None:
    """So is one of blanks; the first line is the term, with its capitals."""
    (tmp_path / "a.dict").write_text("ABC\n  Letters.\nDEF\n\n  \n")
    (tmp_path / "a.index").write_text("abc\tA\tO\ndef\tO\tI\n")
    corpus = read_corpus([tmp_path / "a.index"])
    assert [(e.term, e.definition) for e in corpus.entries] == [("ABC", "Letters.")]
    assert [(r.source.line, r.reason) for r in corpus.refusals] == [(2, "no definition of 'DEF'")]


def test_articles_of_stardict_are_entries() -> None:
    """Shared articles and synonyms are aliases; markup becomes words, sounds are left out."""
    corpus = read_corpus([DATA / "stardict" / "bakery.ifo"])
    assert [(e.term, e.definition, e.aliases) for e in corpus.entries] == [
        ("leaven", "Fermented dough that makes new dough rise.", ("starter", "levain")),
        ("crumb", "The inside\nof a loaf.", ()),
    ]
    assert [r.reason for r in corpus.refusals] == ["no definition of 'peel'"]


def stardict(folder: Path, about: str, index: bytes, text: bytes) -> Path:
    """Write a dictionary."""
    (folder / "a.ifo").write_text(f"StarDict's dict ifo file\n{about}")
    (folder / "a.idx").write_bytes(index)
    (folder / "a.dict").write_bytes(text)
    return folder / "a.ifo"


def test_fields_of_stardict_are_taken_apart(tmp_path: Path) -> None:
    """Types stated once for all: the last field ends with the article; 64 bits for large ones."""
    index = b"a\0" + struct.pack(">QI", 0, 14)
    about = "sametypesequence=tm\nidxoffsetbits=64\nlang=de\n"
    [entry] = read_corpus([stardict(tmp_path, about, index, b"pi:l\0A shovel.")]).entries
    assert (entry.definition, entry.language) == ("A shovel.", "de")
    index = b"a\0" + struct.pack(">II", 0, 18)
    binary = b"W\x00\x00\x00\x03wavmA shovel.\0"
    [entry] = read_corpus([stardict(tmp_path, "", index, binary)]).entries
    assert entry.definition == "A shovel."


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        (b"a", r"a\.idx: is truncated at byte 0; fetch the dictionary again"),
        (b"a\0\0\0", r"a\.idx: is truncated at byte 0"),
        (b"a\0" + struct.pack(">II", 1, 9), "'a' ends at byte 10 of a text of 1"),
    ],
)
def test_a_damaged_stardict_is_named(tmp_path: Path, index: bytes, reason: str) -> None:
    """With what leads nowhere."""
    with pytest.raises(ImportFailed, match=reason):
        read_corpus([stardict(tmp_path, "", index, b"x")])


def test_a_stardict_without_its_files_names_them(tmp_path: Path) -> None:
    """All have to lie together."""
    file = stardict(tmp_path, "", b"", b"")
    (tmp_path / "a.dict").unlink()
    with pytest.raises(ImportFailed, match=r"a\.dict\.dz or a\.dict is not in the same folder"):
        read_corpus([file])
    (tmp_path / "a.ifo").write_text("something else")
    with pytest.raises(ImportFailed, match="is not the description of a StarDict dictionary"):
        read_corpus([file])


def test_synsets_are_entries_of_one_glossary() -> None:
    """All data files of a folder; pointers are relations, quoted usages examples."""
    corpus = read_corpus([DATA / "wordnet"])
    assert {entry.glossary for entry in corpus.entries} == {"wordnet"}
    found = {entry.id.partition(":")[2]: entry for entry in corpus.entries}
    assert sorted(found) == [
        *("a00000400", "a00000500", "n00000100", "n00000200", "n00000300", "v00000100")
    ]
    leaven = found["n00000100"]
    assert (leaven.term, leaven.aliases) == ("leaven", ("sourdough starter",))
    assert leaven.definition == "a culture that raises dough; it is kept warm"
    assert leaven.details == Details(
        category="noun.food",
        examples=("feed the leaven", "a leaven of rye"),
        broader=("n00000200",),
        narrower=("n00000300",),
        related=("v00000100",),
    )
    assert found["n00000300"].see_also == ("n00000200",)
    assert found["a00000400"].term == "risen"


@pytest.mark.parametrize("line", ["00000100 13 n 01 a 0 000", "00000100 13 n zz a | b", "x | y"])
def test_a_line_that_is_no_synset_is_named(tmp_path: Path, line: str) -> None:
    """The message has the line."""
    (tmp_path / "data.noun").write_text(f"  1 licence\n{line}\n")
    with pytest.raises(ImportFailed, match=r"data\.noun:2: is no synset"):
        read_corpus([tmp_path / "data.noun"])
