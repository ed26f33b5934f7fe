"""Headings with paragraphs of HTML pages.

Covers `importers/html/headings`, `importers/plain_text/paragraphs`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from semsearch.importers.files.discovery import find_files
from tests.cpu_time import cpu_time_at_most
from tests.importers.support import DATA, read, read_text, refusals, terms


def test_headings_are_terms_and_what_stands_around_is_none() -> None:
    """Letters are groups; lists keep their levels, links lead to entries."""
    file = DATA / "html" / "headings.html"
    assert terms(read(file)) == [
        (
            11,
            "Banneton",
            "A basket in which dough rises.\nIt gives a loaf its pattern & shape.",
        ),
        (
            14,
            "Leaven",
            "Fermented dough that raises bread. It lives on:\n\n"
            "- flour\n  - of wheat\n  - of rye\n- water",
        ),
        (23, "Proof", "The last rise, in a banneton.\n\nThen the oven."),
    ]
    assert refusals(read(file)) == [(25, "no definition of 'Peel'")]
    corpus = read_corpus([file])
    assert [entry.id for entry in corpus.entries] == [
        "headings:banneton",
        "headings:leaven",
        "headings:proof",
    ]
    assert corpus.entries[2].see_also == ("banneton",)


def test_paragraphs_begin_with_a_bold_term(tmp_path: Path) -> None:
    """In a page without headings; a style counts as well as an element."""
    text = (
        "<p><b>Crumb:</b> the inside of a loaf &lt;b&gt;.</p>"
        "<p><span style='font-weight:700'>Crust</span> - its outside.</p>"
    )
    assert terms(read_text(tmp_path, "a.html", text)) == [
        (1, "Crumb", "the inside of a loaf <b>."),
        (1, "Crust", "its outside."),
    ]


def test_pages_of_a_folder_say_that_they_are_a_glossary(tmp_path: Path) -> None:
    """Others have headings as well; six or more in alphabetical order are terms."""
    page = "<title>{}</title><h1>A</h1><h2>Crumb</h2><p>The inside.<h2>Crust</h2><p>The outside."
    (tmp_path / "a.html").write_text(page.format("Bakery terms"))
    (tmp_path / "b.html").write_text(page.format("Our bakery"))
    found = find_files([tmp_path], None)
    assert [file.path.name for file in found.files] == ["a.html"]
    assert [Path(file.file).name for file in found.unread] == ["b.html"]
    listed = "".join(
        f"<h3>{name}</h3><p>A thing." for name in ["ash", "beech", "elm", "fir", "lime", "oak"]
    )
    (tmp_path / "c.html").write_text(f"<title>Woods</title>{listed}")
    (tmp_path / "d.html").write_text(f"<title>Woods</title>{listed}<h3>alder</h3>")
    assert [file.path.name for file in find_files([tmp_path], None).files] == ["a.html", "c.html"]


def test_terms_above_a_heading_of_a_higher_level_stay_terms(tmp_path: Path) -> None:
    """The heading stands above what is about the page, and its text is quoted in a note."""
    text = "<h1>Woods</h1><h3>Ash</h3><p>Hard.<h3>Elm</h3><p>Tough.<h2>About us</h2><p>We saw."
    path = tmp_path / "a.html"
    path.write_text(text)
    corpus = read_corpus([path])
    assert [(e.term, e.definition) for e in corpus.entries] == [("Ash", "Hard."), ("Elm", "Tough.")]
    assert [note.text for note in corpus.notes] == [
        "text that belongs to no term is not read: 'We saw.'"
    ]
    assert not corpus.refusals


@pytest.mark.process
def test_many_nested_blocks_are_read_in_time(tmp_path: Path) -> None:
    """Deep lists, and many elements without an end."""
    with cpu_time_at_most(6):
        for text in (
            "<h2>a</h2>" + "<ul><li>x" * 5_000,
            "<h2>a</h2>" + "<div><p>x<b>y</b>" * 5_000,
            "<h2>a</h2>" + "<p><b>b</b> c" * 20_000,
        ):
            read_text(tmp_path, "a.html", text)


def test_headings_beside_tables_are_noted(tmp_path: Path) -> None:
    """The tables are read; what stands around them is named."""
    table = "<table><tr><th>Term<th>Definition<tr><td>Leaven<td>Dough.</table>"
    (tmp_path / "a.html").write_text(f"<h1>Words</h1><h2>A</h2>{table}<h2>Peel</h2><p>A shovel.")
    corpus = read_corpus([tmp_path / "a.html"])
    assert [entry.term for entry in corpus.entries] == ["Leaven"]
    assert [note.text for note in corpus.notes] == [
        "headings with text beside the tables are not read: 'Peel'; --format html reads these "
        "instead"
    ]


def test_exports_of_google_docs_declare_bold_classes(tmp_path: Path) -> None:
    """A class counts as the style that the page gives it."""
    text = (
        "<style>.c0{color:red}.c1{color:red;font-weight:700}</style><p><span class='c1'>Crumb</span>"
        "<span>: the inside.</span></p><p><span class='x c1'>Crust:</span> the outside.</p>"
    )
    assert terms(read_text(tmp_path, "a.html", text)) == [
        (1, "Crumb", "the inside."),
        (1, "Crust", "the outside."),
    ]


def test_definitions_keep_their_structure_and_leave_out_furniture(tmp_path: Path) -> None:
    """Emphasis, lists and links stay; links to the top and what asks to subscribe are left out."""
    page = (
        "<title>Glossary</title><h1>Roofs</h1><h2>A</h2><h3>Apron</h3><p>The <em>lower</em> part.</p>"
        "<p>See also: <a href='#batten'>Batten</a></p><h2>B</h2><h3 id='batten'>Batten</h3>"
        "<p>A strip:</p><ol><li><code>25</code> mm</li><li>50 mm</li></ol>"
        "<p><a href='#page-top'>Back to top</a></p>"
        "<div class='newsletter'><h3>Subscribe</h3><p>A tip every month.</p></div>"
    )
    (tmp_path / "a.html").write_text(page)
    apron, batten = read_corpus([tmp_path / "a.html"]).entries
    assert (apron.definition, apron.details.markdown) == ("The lower part.", "The *lower* part.")
    assert apron.see_also == ("batten",)
    assert batten.definition == "A strip:\n\n1. 25 mm\n2. 50 mm"
    assert batten.details.markdown == "A strip:\n\n1. `25` mm\n2. 50 mm"


@pytest.mark.parametrize(
    "entry",
    [
        "<details><summary>{}</summary><p>{}</p></details>",
        "<details><summary>{}</summary>{}</details>",
        "<p><strong>{}</strong><br>{}</p>",
        "<p><b>{}:</b><br/>\n{}</p>",
    ],
)
def test_summaries_and_bold_lines_are_terms(tmp_path: Path, entry: str) -> None:
    """Below a title that is none."""
    words = [("Leaven", "Dough that rises."), ("Crumb", "The inside of a loaf.")]
    body = "".join(entry.format(*one) for one in words)
    (tmp_path / "a.html").write_text(f"<title>Glossary</title><h1>Glossary</h1>{body}")
    corpus = read_corpus([tmp_path / "a.html"], format="html")
    assert [(entry.term, entry.definition) for entry in corpus.entries] == words


def test_numbers_of_lists_stay_and_permalinks_are_no_relation(tmp_path: Path) -> None:
    """An inner list stands below its item; a heading that links to itself relates to nothing."""
    page = (
        '<h1>Glossary</h1><h2 id="a">Leaven<a href="#a">¶</a></h2><p>See <a href="#b">B</a>:</p>'
        "<ol><li>one<ul><li>inner</li></ul></li><li>two</li></ol><h2 id=b>Crumb</h2><p>Inside.</p>"
    )
    (tmp_path / "a.html").write_text(page)
    leaven, _ = read_corpus([tmp_path / "a.html"]).entries
    assert leaven.definition == "See B:\n\n1. one\n   - inner\n2. two"
    assert leaven.details.markdown == "See [B](#b):\n\n1. one\n   - inner\n2. two"
    assert leaven.see_also == ("crumb",)
