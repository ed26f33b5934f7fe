"""Emphasis, links and lists of Word and OpenDocument, in paragraphs and in cells.

Covers `importers/markdown_writer/from_runs`, `importers/tables/office_rows`,
`importers/tables/word_parts`.
"""

from __future__ import annotations

from pathlib import Path

from semsearch.importers import read_corpus
from tests.importers.office_files import open_document, word

HEADING = '<w:outlineLvl w:val="1"/>'
ITEM = '<w:numPr><w:numId w:val="1"/></w:numPr>'
TARGETS = {"rId7": "https://x.example/a_b", "rId8": "javascript:x"}


def run(text: str, mark: str = "") -> str:
    """Return a run of Word; `mark` is `b` or `i`."""
    marks = f"<w:rPr><w:{mark}/></w:rPr>" if mark else ""
    return f"<w:r>{marks}<w:t>{text}</w:t></w:r>"


def paragraph(*runs: str, style: str = "") -> str:
    """Return a paragraph of Word."""
    return f"<w:p><w:pPr>{style}</w:pPr>{''.join(runs)}</w:p>"


def link(text: str, target: str = "rId7") -> str:
    """Return a link of Word."""
    return f'<w:hyperlink id="{target}">{run(text)}</w:hyperlink>'


def facts(path: Path) -> list[tuple[str, str, str]]:
    """Return term, definition and Markdown of each entry."""
    return [(e.term, e.definition, e.details.markdown) for e in read_corpus([path]).entries]


def test_paragraphs_keep_their_structure(tmp_path: Path) -> None:
    """Labels and unsafe links are taken out of it, and what is all bold is text."""
    body = (
        paragraph(run("Leaven"), style=HEADING)
        + paragraph(
            run("Dough that "), run("makes", "b"), run(" dough "), run("rise*", "i"), run(".")
        )
        + paragraph(run("one", "b"), run(" item"), style=ITEM)
        + paragraph(link("two"), style=ITEM)
        + paragraph(run("Source: ISO "), run("1", "i"))
        + paragraph(run("Crumb"), style=HEADING)
        + paragraph(run("All of it.", "b"))
        + paragraph(run("Crust"), style=HEADING)
        + paragraph(link("The outside", "rId8"))
    )
    assert facts(word(tmp_path / "a.docx", body, targets=TARGETS)) == [
        (
            "Leaven",
            "Dough that makes dough rise*.\n\n- one item\n- two",
            "Dough that **makes** dough *rise\\**.\n\n- **one** item\n- [two](https://x.example/a_b)",
        ),
        ("Crumb", "All of it.", ""),
        ("Crust", "The outside", ""),
    ]


def test_a_paragraph_that_begins_with_a_term_keeps_the_rest(tmp_path: Path) -> None:
    """The sign behind the term may be bold or not."""
    body = paragraph(
        run("Leaven:", "b"), run(" dough that "), run("rises", "i"), run(".")
    ) + paragraph(run("Crumb", "b"), run(": the "), run("inside", "b"), run("."))
    assert facts(word(tmp_path / "a.docx", body)) == [
        ("Leaven", "dough that rises.", "dough that *rises*."),
        ("Crumb", "the inside.", "the **inside**."),
    ]


def test_cells_keep_their_structure(tmp_path: Path) -> None:
    """Each paragraph of a cell; the Markdown loses the labelled lines, too."""
    rows = (
        (paragraph(run("Term", "b")), paragraph(run("Definition", "b"))),
        (
            paragraph(run("Leaven", "b")),
            paragraph(run("Dough that "), run("rises", "b"), run(":"))
            + paragraph(run("one", "i"), style=ITEM)
            + paragraph(run("two"), style=ITEM)
            + paragraph(run("Source: ISO 1")),
        ),
        (paragraph(run("Crumb")), paragraph(link("The inside"), run(" of a loaf."))),
        (paragraph(run("Crust")), paragraph(run("The outside."))),
    )
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    body = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"
    path = word(tmp_path / "a.docx", body, targets=TARGETS)
    assert facts(path) == [
        ("Leaven", "Dough that rises:\n- one\n- two", "Dough that **rises**:\n\n- *one*\n- two"),
        ("Crumb", "The inside of a loaf.", "[The inside](https://x.example/a_b) of a loaf."),
        ("Crust", "The outside.", ""),
    ]
    assert read_corpus([path]).entries[0].details.sources == ("ISO 1",)


def test_open_document_has_styles(tmp_path: Path) -> None:
    """Of a span; the address stands in the link."""
    styles = "".join(
        f'<style:style style:name="{name}"><style:text-properties font-{kind}/></style:style>'
        for name, kind in (("B", 'weight="bold"'), ("I", 'style="italic"'))
    )
    body = (
        '<text:h text:outline-level="2">Leaven</text:h><text:p>It <text:span text:style-name="B">makes'
        '</text:span> dough <text:span text:style-name="I">rise</text:span>, <text:a href="https://x.example/">'
        'a page</text:a>.</text:p><text:h text:outline-level="2">Crumb</text:h><text:p>Inside.</text:p>'
    )
    assert facts(open_document(tmp_path / "a.odt", body, styles)) == [
        (
            "Leaven",
            "It makes dough rise, a page.",
            "It **makes** dough *rise*, [a page](https://x.example/).",
        ),
        ("Crumb", "Inside.", ""),
    ]


def test_numbers_of_lists_are_kept(tmp_path: Path) -> None:
    """As `numbering.xml` says of each list and level; an inner list stands below its item."""

    def item(text: str, depth: int = 0, list_: int = 1) -> str:
        style = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_}"/></w:numPr>'
        return paragraph(run(text), style=style)

    definition = (
        '<w:abstractNum w:abstractNumId="5"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
    )
    text = item("one") + item("inner", 1) + item("two") + paragraph(run("After.")) + item("x", 0, 2)
    body = paragraph(run("Leaven"), style=HEADING) + paragraph(run("Steps:")) + text
    body += paragraph(run("Crumb"), style=HEADING) + paragraph(run("Inside."))
    path = word(tmp_path / "a.docx", body, numbering=definition)
    assert facts(path)[0][1:] == (
        "Steps:\n\n1. one\n   - inner\n2. two\n\nAfter.\n\n- x",
        "Steps:\n\n1. one\n   - inner\n2. two\n\nAfter.\n\n- x",
    )
    cells = (("Term", "Definition"), ("Leaven", ""))
    rows = "".join(
        f"<w:tr><w:tc>{paragraph(run(term))}</w:tc><w:tc>{paragraph(run(more)) if more else text}</w:tc></w:tr>"
        for term, more in cells
    )
    path = word(tmp_path / "b.docx", f"<w:tbl>{rows}</w:tbl>", numbering=definition)
    [(_, words, markdown)] = facts(path)
    assert words == "1. one\n- inner\n2. two\nAfter.\n- x"
    assert markdown == "1. one\n\n- inner\n\n2. two\n\nAfter.\n\n- x"


def test_tables_beside_headings_are_named(tmp_path: Path) -> None:
    """They are not read, so their columns are told."""
    rows = (("Status", "Meaning"), ("draft", "not yet"))
    cells = ("".join(f"<w:tc>{paragraph(run(text))}</w:tc>" for text in row) for row in rows)
    body = "".join(
        paragraph(run(term), style=HEADING) + paragraph(run(text))
        for term, text in (("Leaven", "It makes dough rise."), ("Crumb", "Inside."))
    )
    path = word(
        tmp_path / "a.docx", f"{body}<w:tbl>{''.join(f'<w:tr>{c}</w:tr>' for c in cells)}</w:tbl>"
    )
    corpus = read_corpus([path])
    assert [entry.term for entry in corpus.entries] == ["Leaven", "Crumb"]
    assert [note.text for note in corpus.notes] == [
        "tables are not read: 'Status, Meaning'; put one glossary into a file"
    ]
