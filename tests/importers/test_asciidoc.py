"""AsciiDoc: tables of terms, and tables in definitions.

Covers `importers/markup/asciidoc_tables`, `importers/markup/marked_text`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from semsearch.importers.files.discovery import find_files
from tests.importers.support import DATA


def test_a_table_of_terms_is_read_beside_a_list() -> None:
    """With the structure of its cells; a table behind `+` belongs to the definition above it."""
    path = DATA / "tables" / "table.adoc"
    entries = read_corpus([path]).entries
    assert [(e.term, e.definition, e.source and e.source.line) for e in entries] == [
        ("Leaven", "Dough that makes dough rise.", 7),
        ("Crumb", "The inside of a loaf, see leaven.", 10),
        ("Crust", "Its outside:\n\n- hard\n- brown", 11),
        ("Hydration", "The share of water.\n\nFlour; Water\n100 g; 100 g", 20),
    ]
    assert [e.details.markdown for e in entries] == [
        "",
        "The **inside** of a loaf, see [leaven](#leaven).",
        "",
        "The share of water.\n\n| Flour | Water |\n| --- | --- |\n| 100 g | 100 g |",
    ]
    assert [file.path for file in find_files([path.parent], None).files if file.path == path]


def test_columns_and_cells_are_found(tmp_path: Path) -> None:
    """By `cols`, else by the first line; spans, repetitions and escaped bars count."""
    text = (
        '[cols="2*,1"]\n|===\n|Term|Synonym|Definition\n.2+|Crust|rind|a\\|b\n2+|Crumb\n|c\n|===\n'
    )
    (tmp_path / "a.adoc").write_text(text)
    entries = read_corpus([tmp_path / "a.adoc"]).entries
    assert [(e.term, e.aliases, e.definition) for e in entries] == [
        ("Crust", ("rind",), "a|b"),
        ("Crumb", (), "c"),
    ]
    (tmp_path / "b.adoc").write_text("|===\n|Wort|Bedeutung\n|Krume|Das Innere.\n")
    with pytest.raises(ImportFailed, match="nothing in this file reads as an entry"):
        read_corpus([tmp_path / "b.adoc"])
    repeated = "|===\n|Term|Definition\n" + "999*|a\n" * 1000 + "|===\n"
    (tmp_path / "c.adoc").write_text(repeated)
    with pytest.raises(ImportFailed, match="cells are merged or repeated"):
        read_corpus([tmp_path / "c.adoc"])


def test_numbers_links_and_formulas_are_kept(tmp_path: Path) -> None:
    """In the Markdown of a definition; its plain text has their words."""
    text = (
        "Crust:: See https://x.example/a_b[a page] and stem:[x^2], link:/a/[here].\n. one\n. two\n"
    )
    (tmp_path / "a.adoc").write_text(text)
    [entry] = read_corpus([tmp_path / "a.adoc"]).entries
    assert entry.definition == "See a page and $x^2$, here.\n1. one\n2. two"
    assert entry.details.markdown == (
        "See [a page](https://x.example/a_b) and $x^2$, here.\n\n1. one\n2. two"
    )


def test_a_table_without_terms_is_named(tmp_path: Path) -> None:
    """With its first row and the way out, which reads it."""
    path = tmp_path / "a.adoc"
    path.write_text("|===\n|Tool |What for\n|Lame |A blade.\n|===\n\nCrust:: The outside.\n")
    corpus = read_corpus([path])
    assert [entry.term for entry in corpus.entries] == ["Crust"]
    assert [str(note) for note in corpus.notes] == [
        f"{path}:2: a table without a term and a definition column is not read: 'Tool', 'What for'; "
        "map them with --columns term=...,definition=..."
    ]
    chosen = {"term": "Tool", "definition": "What for"}
    corpus = read_corpus([path], columns=chosen)
    assert [entry.term for entry in corpus.entries] == ["Lame", "Crust"]


def test_headings_are_terms_if_there_are_no_lists(tmp_path: Path) -> None:
    """As in Markdown; an anchor above a heading is its id. In a folder the title says so."""
    text = (DATA / "markup" / "sections.adoc").read_text()
    (tmp_path / "a.adoc").write_text(text)
    (tmp_path / "b.adoc").write_text("= Manual\n\n== Install\n\nDo it.\n\n== Use\n\nUse it.\n")
    corpus = read_corpus([tmp_path])
    assert [(e.id, e.term, e.definition, e.aliases) for e in corpus.entries] == [
        ("a:ad", "Adapter", "A pattern, see fac.\n\n- one\n- two", ("wrapper",)),
        ("a:fac", "Facade", "In front of a system.", ()),
    ]
    adapter = corpus.entries[0]
    assert adapter.details.markdown == "A **pattern**, see [fac](#fac).\n\n- one\n- two"
    assert (adapter.see_also, adapter.source and adapter.source.line) == (("fac",), 7)
    assert [Path(one.file).name for one in corpus.unread] == ["b.adoc"]
    (tmp_path / "c.adoc").write_text("== One\n\nOnly text.\n")
    with pytest.raises(ImportFailed, match="nothing in this file reads as an entry"):
        read_corpus([tmp_path / "c.adoc"])


@pytest.mark.parametrize("count", ["0+", "0*", "0.2+", "00*"])
def test_a_cell_that_is_repeated_no_time_is_one(tmp_path: Path, count: str) -> None:
    """It does not end the import."""
    path = tmp_path / "a.adoc"
    path.write_text(f"|===\n{count}|Term |Definition\n|Lame |A blade.\n|===\n")
    assert [entry.term for entry in read_corpus([path]).entries] == ["Lame"]
