"""A build keeps the entries of files that it cannot read this time.

Covers `ingest/corpus_sync`.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.ingest import Editor
from semsearch.ingest.build_report import BuildReport
from semsearch.ingest.corpus_build import build
from semsearch.ingest.drafts import Draft
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout

_TOOLS = "term,definition\nPeel,A shovel.\nLame,A blade.\n"
_FRUIT = "term,definition\nPeel,The skin of a fruit.\nPith,The white of an orange.\n"
_DAMAGED = 'term,definition\nPeel,"A shov'


@pytest.fixture(name="corpus")
def fixture_corpus(tmp_path: Path) -> Path:
    """Make a corpus of two files."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.csv").write_text(_TOOLS)
    (folder / "b.csv").write_text(_FRUIT)
    return folder


def _build(corpus: Path, *, overwrite: bool = False, glossary: str = "") -> BuildReport:
    named = f"{glossary}={corpus}" if glossary else corpus
    index = corpus.parent / "index"
    return build([named], index, model="hashed", overwrite_edits=overwrite)


def _held(corpus: Path) -> dict[str, str]:
    with closing(EntryReader(IndexLayout(corpus.parent / "index").store)) as store:
        return {entry.id: entry.definition for entry in store.entries()}


@pytest.mark.parametrize("glossary", ["", "all"])
def test_entries_of_an_unreadable_file_stay(corpus: Path, glossary: str) -> None:
    """Under their ids, even if another file has the same term; the report counts them."""
    _build(corpus, glossary=glossary)
    before = _held(corpus)
    (corpus / "a.csv").write_text(_DAMAGED)
    report = _build(corpus, glossary=glossary)
    assert _held(corpus) == before
    assert (report.changes.gone, report.changes.changed, report.changes.new) == ((), (), ())
    assert [str(one) for one in report.unread] == [
        f"{corpus / 'a.csv'}:2: not valid CSV: a quote is never closed; check the quotes; its "
        "entries stay as they were: 2"
    ]
    (corpus / "a.csv").write_text("term,definition\nLame,A blade.\n")
    assert len(_build(corpus, glossary=glossary).changes.gone) == 1


def test_entries_of_a_file_that_is_gone_or_empty_go(corpus: Path) -> None:
    """Nothing says that they should stay."""
    _build(corpus)
    (corpus / "a.csv").write_text("")
    assert _build(corpus).changes.gone == ("a:lame", "a:peel")
    (corpus / "a.csv").write_text(_TOOLS)
    _build(corpus)
    (corpus / "a.csv").unlink()
    assert _build(corpus).changes.gone == ("a:lame", "a:peel")


def test_entries_stay_however_the_folder_is_called(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job may run elsewhere than the build before it."""
    _build(corpus)
    (corpus / "a.csv").write_text(_DAMAGED)
    monkeypatch.chdir(corpus)
    report = build(["."], "../index", model="hashed")
    assert report.changes.gone == ()


@pytest.mark.parametrize("overwrite", [False, True])
def test_live_edits_of_an_unreadable_file_stay(corpus: Path, overwrite: bool) -> None:
    """They stay live edits, also if the corpus wins conflicts."""
    _build(corpus)
    with Editor(corpus.parent / "index") as editor:
        editor.put("a:peel", Draft("Peel", "A long shovel."))
        editor.delete("a:lame")
    (corpus / "a.csv").write_text(_DAMAGED)
    report = _build(corpus, overwrite=overwrite)
    assert (report.conflicts, _held(corpus)["a:peel"]) == ((), "A long shovel.")
    (corpus / "a.csv").write_text(_TOOLS)
    report = _build(corpus)
    assert {one.id for one in report.conflicts} == {"a:peel", "a:lame"}
    assert set(_held(corpus)) == {"a:peel", "b:peel", "b:pith"}


def test_an_entry_that_moved_to_another_file_is_one(corpus: Path) -> None:
    """A table that was saved in another format is read from there."""
    _build(corpus, glossary="all")
    (corpus / "a.csv").write_text(_DAMAGED)
    (corpus / "c.tsv").write_text(_TOOLS.replace(",", "\t"))
    _build(corpus, glossary="all")
    assert sorted(_held(corpus).values()) == [
        "A blade.", "A shovel.", "The skin of a fruit.", "The white of an orange.",
    ]  # fmt: skip


def test_strict_builds_nothing(corpus: Path) -> None:
    """The index answers as before."""
    _build(corpus)
    before = _held(corpus)
    (corpus / "a.csv").write_text(_DAMAGED)
    with pytest.raises(ImportFailed, match=r"a\.csv:2: not valid CSV"):
        build([corpus], corpus.parent / "index", model="hashed", strict=True)
    assert _held(corpus) == before
