"""Paths to entries."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Entry, Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers import Corpus, read_corpus
from semsearch.importers.formats.format_lookup import SUFFIXES
from tests.importers.support import DATA


def test_reads_several_glossaries_in_the_order_given(tmp_path: Path) -> None:
    """Entries and refusals of every path, files counted, ids unique within a glossary."""
    (tmp_path / "a.csv").write_text("term,text\nx,1\ny,\n", encoding="utf-8")
    (tmp_path / "a.md").write_text("# x\n2\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("x\n", encoding="utf-8")
    names = [str(tmp_path / name) for name in ("b.txt", "a.csv", "a.md")]
    assert replace(read_corpus(names), folders=()) == Corpus(
        (
            Entry("a:x", "x", "1", "a", source=Source(names[1], 2)),
            Entry("a:x-2", "x", "2", "a", source=Source(names[2], 1)),
        ),
        (
            Refusal(
                Source(names[0], 1), "no definition below 'x'; a definition ends like a sentence"
            ),
            Refusal(Source(names[1], 3), "no definition of 'y'"),
        ),
        3,
    )


def test_reads_the_sample_folders_as_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources name files as the user did: relative paths stay relative."""
    monkeypatch.chdir(DATA)
    corpus = read_corpus(["pages/kitchen", "tabular/werkzeug.csv"], columns={
        "term": "Wort", "definition": "Erklärung"
    })  # fmt: skip
    assert [(entry.id, str(entry.source)) for entry in corpus.entries] == [
        ("kitchen:answers-no", "pages/kitchen/no.md:1"),
        ("kitchen:whisk", "pages/kitchen/whisk.md:1"),
        ("werkzeug:hobel", "tabular/werkzeug.csv:2"),
    ]
    assert [refusal.source.file for refusal in corpus.refusals] == [
        f"pages/kitchen/{name}.md" for name in ("_template", "index", "ladle", "pan", "search")
    ]


def test_markdown_with_front_matter_is_a_page(tmp_path: Path) -> None:
    """One suffix, two readers: the content decides, a mark in front or not."""
    path = tmp_path / "a.markdown"
    path.write_text("---\ntitle: T\n---\n## a\nb", encoding="utf-8-sig")
    assert [(e.term, e.definition) for e in read_corpus([path]).entries] == [("T", "a\n\nb")]
    path.write_text("## a\nb", encoding="utf-16")
    assert [(e.term, e.definition) for e in read_corpus([path]).entries] == [("a", "b")]


def test_nothing_found_says_what_was_refused_first(tmp_path: Path) -> None:
    """A corpus without entries is an error, not an empty index."""
    path = tmp_path / "a.md"
    path.write_text("# T\n\n## a\n\n## b\n", encoding="utf-8")
    with pytest.raises(ImportFailed) as caught:
        read_corpus([path])
    assert str(caught.value) == (
        f"{path}:3: no entry was found: no definition of 'a', nor of 1 more; "
        "names alone cannot be searched by meaning"
    )
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(
        ImportFailed, match=r"a\.md:1: no entry was found: nothing in this file reads"
    ):
        read_corpus([path])
    with pytest.raises(ImportFailed, match="no path was given"):
        read_corpus([])


def test_one_unreadable_file_is_named(tmp_path: Path) -> None:
    """A byte that is not UTF-8, wherever in a folder it stands."""
    (tmp_path / "a.md").write_text("# a\nb", encoding="utf-8")
    (tmp_path / "b.md").write_bytes("# é\nb".encode("latin-1"))
    (one,) = read_corpus([tmp_path]).unread
    assert str(one) == f"{tmp_path / 'b.md'}:1: byte 0xe9 is not UTF-8; save the file as UTF-8"
    with pytest.raises(ImportFailed, match=r"b\.md:1: byte 0xe9 is not UTF-8"):
        read_corpus([tmp_path / "a.md", tmp_path / "b.md"])


def test_suffixes_are_lower_case() -> None:
    """The suffixes promised to users."""
    assert sorted(SUFFIXES) == [
        *(".adj", ".adoc", ".adv", ".asc", ".asciidoc", ".csv", ".dbk", ".dita", ".docbook"),
        *(".docx", ".htm", ".html", ".ifo", ".index", ".json", ".jsonl", ".jsonld", ".lmf"),
        *(".ltx", ".markdown", ".md", ".mediawiki", ".ndjson", ".noun", ".nt", ".obo", ".ods"),
        *(".odt", ".owl", ".rdf", ".rest", ".rst", ".tbx", ".tex", ".tsv", ".ttl"),
        *(".turtle", ".txt", ".verb", ".wiki", ".wikitext", ".xdxf", ".xhtml", ".xlsm", ".xlsx"),
        *(".xml", ".yaml", ".yml"),
    ]


@pytest.mark.process
def test_importing_the_package_loads_no_parser() -> None:
    """Markdown and YAML are imported with the first file that needs them."""
    code = "import sys, semsearch.importers; heavy = {'yaml', 'markdown_it', 'csv', 'lxml', 'rdflib', 'docutils'}; print(heavy & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
