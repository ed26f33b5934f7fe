"""Dictionaries of dictd are read as its own tools write them, and damaged ones refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.importers.dictionaries.dictd import Article, read_articles

DATA = Path(__file__).parents[1] / "data" / "dictd"


def written(folder: Path, index: bytes, text: bytes = b"leaven\n\n   It raises.\n") -> Path:
    """Write a dictionary and return its index."""
    (folder / "words.dict").write_bytes(text)
    path = folder / "words.index"
    path.write_bytes(index)
    return path


@pytest.mark.parametrize("kind", ["plain", "packed"])
def test_a_dictionary_is_read_plain_and_packed(kind: str) -> None:
    """Each article once, with all its headwords; what the dictionary says of itself is none."""
    articles = read_articles(DATA / kind / "bakery.index")
    assert [article.headwords for article in articles] == [
        ("sourdough starter", "starter"),
        ("crème",),
        ("proof",),
    ]
    assert (
        articles[1].text
        == "crème\n\n  1. <pastry> A filling.\n\n  2. {custard}.\n\n  (2023-12-01)\n\n"
    )


def test_numbers_have_base_64_with_the_highest_digit_first(tmp_path: Path) -> None:
    """`BA` is 64, `/` is 63 and `+` is 62; further columns are not read."""
    text = b"-" * 62 + b"ab" + b"c" * 63
    index = written(tmp_path, b"two\t+\tC\na\t+\tB\tA\nmany\tBA\t/\n", text)
    assert read_articles(index) == [
        Article(("a",), "a"),
        Article(("two",), "ab"),
        Article(("many",), "c" * 63),
    ]


def test_an_empty_index_has_no_articles(tmp_path: Path) -> None:
    """Nothing is wrong with it."""
    assert read_articles(written(tmp_path, b"")) == []


def test_articles_with_the_same_headword_stay_apart(tmp_path: Path) -> None:
    """Homonyms are two articles."""
    articles = read_articles(written(tmp_path, b"a\tA\tC\na\tC\tC\n"))
    assert articles == [Article(("a",), "le"), Article(("a",), "av")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"leaven", "is not a headword, an offset and a length"),
        (b"leaven\tA", "is not a headword, an offset and a length"),
        (b"leaven\tA\t", "is not a headword, an offset and a length"),
        (b"leaven\tA\t-1", "is not a headword, an offset and a length"),
        (b"leaven\tB\t/", "'leaven' ends at byte 64 of a text of 22; fetch the dictionary again"),
        (b"\xff\tA\tB", "is not a dictionary in UTF-8"),
    ],
)
def test_a_line_that_leads_nowhere_is_named(tmp_path: Path, line: bytes, reason: str) -> None:
    """The message has the line and what is wrong with it."""
    with pytest.raises(ImportFailed, match=reason) as caught:
        read_articles(written(tmp_path, b"leaven\tA\tG\n" + line + b"\n"))
    assert caught.value.line == 2


def test_a_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """Rather than guessed at."""
    with pytest.raises(ImportFailed, match="is not a dictionary in UTF-8"):
        read_articles(written(tmp_path, b"leaven\tA\tC\n", b"\xe9\xe8"))


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    """With what a folder has to hold."""
    index = written(tmp_path, b"")
    (tmp_path / "words.dict").unlink()
    with pytest.raises(
        ImportFailed,
        match=r"the text of this index, words\.dict or words\.dict\.dz, is not in the same folder",
    ):
        read_articles(index)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (b"\x1f\x8bno gzip", "is not a valid gzip file"),
        (gzip.compress(b"leaven " * 99, mtime=0)[:-12], "the compressed file is truncated"),
    ],
    ids=["no gzip", "broken off"],
)
def test_a_damaged_packed_text_is_refused(tmp_path: Path, damage: bytes, reason: str) -> None:
    """Whether it is something else or cut short."""
    index = written(tmp_path, b"leaven\tA\tG\n")
    (tmp_path / "words.dict.dz").write_bytes(damage)
    with pytest.raises(ImportFailed, match=reason):
        read_articles(index)
