"""Exports of Notion: pages with properties, tables, and the ids in their names.

Covers `importers/markdown/notion`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from semsearch.importers import read_corpus
from semsearch.importers.formats.format_lookup import format_of
from tests.importers.support import DATA

ID = "0123456789abcdef0123456789abcdef"
TABLE = DATA / "tables" / f"Glossary {ID}.csv"


def test_properties_are_fields_and_the_text_follows_the_definition() -> None:
    """Links to other pages are names, and ids belong to no name."""
    corpus = read_corpus([DATA / "notion"])
    leaven, yeast = corpus.entries
    assert (corpus.refusals, corpus.left_out, corpus.unread) == ((), (), ())
    assert (leaven.id, leaven.term) == ("notion:leaven", "Leaven")
    assert leaven.definition == (
        "Dough that makes dough rise.\n\nA mixture of flour and water that wild yeast raises.\n\n"
        "- stiff\n- liquid"
    )
    assert leaven.aliases == ("starter", "sourdough culture")
    assert (leaven.see_also, leaven.details.related) == (("yeast",), ("yeast",))
    assert (leaven.details.category, leaven.details.status) == ("bread, fermentation", "Approved")
    assert leaven.details.extra == (("Owner", "Jane Doe"),)
    assert (yeast.term, yeast.definition) == ("yeast", "A fungus that raises dough.")


def test_a_table_and_the_folder_of_its_pages_are_one_glossary(tmp_path: Path) -> None:
    """As an export has them; what both state is one entry."""
    (tmp_path / f"Glossary {ID}.csv").write_text(
        "Name,Definition\nyeast,A fungus that raises dough.\nPeel,A shovel.\n"
    )
    shutil.copytree(DATA / "notion", tmp_path / f"Glossary {ID}")
    corpus = read_corpus([tmp_path])
    assert sorted(entry.id for entry in corpus.entries) == [
        "glossary:leaven", "glossary:peel", "glossary:yeast",
    ]  # fmt: skip
    assert [one.reason.partition(" of ")[0] for one in corpus.refusals] == ["duplicate"]
    assert {entry.glossary for entry in read_corpus([TABLE]).entries} == {"glossary"}


def test_a_page_needs_the_id_and_a_heading(tmp_path: Path) -> None:
    """Other Markdown is read as before; a page without text is refused."""
    page = DATA / "notion" / f"Leaven {ID}.md"
    assert format_of(page).name == "notion"
    (tmp_path / "Leaven.md").write_bytes(page.read_bytes())
    assert format_of(tmp_path / "Leaven.md").name == "markdown"
    (tmp_path / f"List {ID}.md").write_text("- a\n- b\n")
    assert format_of(tmp_path / f"List {ID}.md").name == "markdown"
    (tmp_path / f"Lame {ID}.md").write_text("# Lame\n\nOwner: Jane Doe\n")
    corpus = read_corpus([DATA / "notion", tmp_path / f"Lame {ID}.md"])
    assert [one.reason for one in corpus.refusals] == ["no definition of 'Lame'"]


def test_a_long_page_is_refused(tmp_path: Path) -> None:
    """No entry is as long, and properties are read only then."""
    path = tmp_path / f"Lame {ID}.md"
    path.write_text("# Lame\n" + "a: b\n" * 400_000)
    corpus = read_corpus([DATA / "notion", path])
    assert [one.reason for one in corpus.refusals] == ["the page is longer than 100000 characters"]
