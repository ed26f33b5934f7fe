"""Tables as people have them: spreadsheets, CSV of programs, documents, Markdown, HTML.

Covers `importers/tables/delimited`, `importers/tables/documents`, `importers/tables/html_tables`,
`importers/tables/languages`, `importers/tables/markdown_tables`, `importers/tables/office_xml`,
`importers/tables/packages`, `importers/tables/header_row`, `importers/tables/reader`,
`importers/tables/table`, `importers/tables/spreadsheets`,
`importers/column_names`.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from semsearch.core.errors import EmptyFile, ImportFailed, InvalidSetting
from semsearch.importers import Corpus, read_corpus
from semsearch.importers.column_names import OTHER_NAMES, column_key
from semsearch.importers.fields import map_fields
from semsearch.importers.tables.table import MAX_COLUMNS
from tests.importers.office_files import open_document, sheet, word, workbook
from tests.importers.support import DATA

TABLES = DATA / "tables"
NO_HEADER = {"1": "term", "2": "definition", "3": "aliases", "4": "category"}

WARNING = "Text that warns of a danger:\n- signal word\n- kind of danger\n- consequences"
COMPANY = [
    (
        "Handover record",
        "Document that states the condition of an item when it is handed over.\n"
        "It is signed by both sides.",
        ("Acceptance record", "handover note"),
        "Purchasing",
    ),
    (
        "Style guide",
        'Set of rules that says how we "really" write: spelling, tone, and layout.',
        ("Writing guide",),
        "Docs",
    ),
    (
        "Approval",
        "Consent of a responsible person that a document may be published; without it nothing "
        "goes out.",
        ("Sign-off",),
        "QA",
    ),
    (
        "Copy deadline",
        "Point in time after which no more changes are accepted.",
        ("Editorial deadline",),
        "Docs",
    ),
    ("Größe", "Measure of how large a part is, in millimetres.", ("Size",), "Engineering"),
    ("Approval", "Step in the workflow after which translation starts.", (), "Docs"),
    ("Bill of materials", "List of all parts that a product is made of.", ("BOM",), "Engineering"),
    ("Warning notice", WARNING, ("Safety notice",), "Docs"),
    (
        "Term base",
        "Collection of designations with their definitions, which lays down which word is to be "
        "used.",
        ("Termbank", "TermDB"),
        "Docs",
    ),
    (
        "Change request",
        "Form with which somebody proposes a change to the product.",
        ("CR",),
        "Engineering",
    ),
]
"""Term, definition, other names and department of every file of the company."""


def notes(corpus: Corpus) -> list[str]:
    """Give the notes without their places."""
    return [note.text for note in corpus.notes]


def facts(corpus: Corpus) -> list[tuple[str, str]]:
    """Give term and definition of each entry."""
    return [(entry.term, entry.definition) for entry in corpus.entries]


@pytest.mark.parametrize(
    ("name", "empty", "todo"),
    [
        ("bars.csv", "16: {} (row 12)", 11),
        ("company.csv", "16: {} (row 12)", 11),
        ("excel_ansi.csv", "16: {} (row 12)", 11),
        ("excel_utf8bom.csv", "16: {} (row 12)", 11),
        ("gdocs_table.md", "15: {}", 13),
        ("glossary.ods", "12: {}", 10),
        ("glossary.xlsx", "12: {}", 10),
        ("glossary_table.docx", "12: {}", 10),
        ("glossary_table.odt", "12: {}", 10),
        ("noheader.csv", "15: {} (row 11)", 10),
        ("sep.csv", "17: {} (row 12)", 12),
        ("table.html", "5: {}", 2),
        ("title_row.csv", "18: {} (row 14)", 13),
        ("unicode_text.txt", "16: {} (row 12)", 11),
    ],
)
def test_one_glossary_is_the_same_from_every_carrier(name: str, empty: str, todo: int) -> None:
    """Ten entries; a term without a definition and a placeholder are refused, empty rows are not.

    A page of HTML shows line breaks of its source as spaces.
    """
    path = TABLES / name
    corpus = read_corpus([path], columns=NO_HEADER if name == "noheader.csv" else None)
    found = [(e.term, e.definition, e.aliases, e.details.category) for e in corpus.entries]
    assert found == [
        (term, text.replace("\n", " ") if name == "table.html" else text, aliases, department)
        for term, text, aliases, department in COMPANY
    ]
    assert all(not entry.details.extra for entry in corpus.entries)
    assert [str(one).removeprefix(f"{path}:") for one in corpus.refusals] == [
        f"{todo}: the definition of 'TODO' is a placeholder: 'tbd'",
        empty.format("no definition of 'Audience'"),
    ]
    expected = ["columns read by their names: Department as category; otherwise, map them with --columns term=...,definition=..."]  # fmt: skip
    if name == "title_row.csv":
        expected.insert(0, "above the header, so not read: 'Company glossary 2026'")
    if name == "excel_ansi.csv":
        expected.insert(0, "is not UTF-8; it was read as Windows-1252, which is a guess: it says 'Größe'; if that is wrong, save it as UTF-8")  # fmt: skip
    assert notes(corpus) == ([] if name == "noheader.csv" else expected)


def test_a_note_says_where_remarks_go(tmp_path: Path) -> None:
    """A column of remarks is no field of an entry, so the place of its text is named."""
    file = tmp_path / "organ.csv"
    file.write_text("term,definition,Remark\nOboe,A reed stop.,Only in the swell.\n")
    corpus = read_corpus([file])
    assert corpus.entries[0].definition == "A reed stop.\n\nOnly in the swell."
    assert notes(corpus) == [
        "columns read by their names: Remark as the last paragraph of the definition; otherwise, "
        "map them with --columns term=...,definition=..."
    ]


@pytest.mark.parametrize("name", ["glossary_headings.docx", "glossary_headings.odt"])
def test_headings_of_a_document_are_terms(name: str) -> None:
    """The text below each is its definition; a line that begins with a dash is an item."""
    corpus = read_corpus([TABLES / name])
    assert facts(corpus) == [(term, text.replace(":\n-", ":\n\n-")) for term, text, _, _ in COMPANY]
    assert [str(one).removeprefix(f"{TABLES / name}:") for one in corpus.refusals] == [
        "16: the definition of 'TODO' is a placeholder: 'tbd'",
        "20: no definition of 'Audience'",
    ]


LEAVEN, SAUERTEIG = "Dough that makes dough rise.", "Teig, der Teig treibt."
YEAST = "A fungus that makes gas of sugar."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "unusual_headers.csv",
            [
                ("leaven", f"{LEAVEN}\n\nKeep cold.", ("sourdough starter", "LVN"), "en", "baking"),
                ("yeast", YEAST, (), "en", "baking"),
            ],
        ),
        (
            "memoq.csv",
            [
                ("leaven", LEAVEN, (), "en", "bread"),
                ("Sauerteig", "Teig der Teig treibt.", (), "de", "bread"),
            ],
        ),
        (
            "multiterm.csv",
            [
                ("leaven", LEAVEN, ("starter",), "en", "baking"),
                ("Sauerteig", SAUERTEIG, ("Sauer",), "de", "baking"),
                ("yeast", YEAST, ("Hefe", "Germ"), "en", "baking"),
            ],
        ),
        (
            "iate.csv",
            [
                ("leaven", LEAVEN, ("sourdough starter",), "en", "food"),
                ("Sauerteig", SAUERTEIG, (), "de", "food"),
            ],
        ),
        (
            "anki.txt",
            [
                ("leaven", f"{LEAVEN}\nSee yeast.", (), "en", "bread"),
                ("yeast", YEAST, (), "en", "bread"),
            ],
        ),
        (
            "pyglossary.csv",
            [
                ("leaven", LEAVEN, ("sourdough starter", "LVN"), "en", ""),
                ("yeast", YEAST, (), "en", ""),
            ],
        ),
        (
            "Glossary 0123456789abcdef0123456789abcdef.csv",
            [("leaven", LEAVEN, (), "en", "baking"), ("yeast", YEAST, (), "en", "baking, science")],
        ),
    ],
)
def test_layouts_of_programs(name: str, expected: list[tuple[object, ...]]) -> None:
    """Each as the program exports it, without an option."""
    found = read_corpus([TABLES / name]).entries
    assert [(e.term, e.definition, e.aliases, e.language, e.details.category) for e in found] == (
        expected
    )


def test_columns_without_a_field_are_kept_as_they_are() -> None:
    """Links of Notion become names; sources, links and the rest keep their columns."""
    [leaven, _] = read_corpus([TABLES / "unusual_headers.csv"]).entries
    assert (leaven.details.sources, leaven.see_also) == (("Handbook of bread",), ("yeast",))
    [leaven, _] = read_corpus([TABLES / "Glossary 0123456789abcdef0123456789abcdef.csv"]).entries
    assert (leaven.details.extra, leaven.see_also) == ((("Owner", "Jane"),), ("yeast",))
    [leaven, _] = read_corpus([TABLES / "memoq.csv"]).entries
    assert dict(leaven.details.extra) == {"Entry_ID": "1", "Term_Info": "CasePermissive"}


@pytest.mark.parametrize(
    "header",
    [
        "Begriff;Bedeutung;Abkürzung;Fachgebiet;Quelle",
        "Keyword;Explanation;Abbr.;Domain;Source",
        "Terme;Définition;Abréviation;Domaine;Référence",
        "TÉRMINO;Significado;Sinónimo;Ámbito;Fuente",
        "Termo;Definição;Sigla;Área;Fonte",
        "Termine;Significato;Acronimo;Ambito;Fonti",
        "Begrip;Betekenis;Afkorting;Vakgebied;Bron",
        "Begrepp;Förklaring;Förkortning;Ämnesområde;Källa",
        "Begreb;Betydning;Forkortelse;Emne;Kilde",
        "Pojęcie;Objaśnienie;Skrót;Dziedzina;Źródło",
        "Термин;Определение;Сокращение;Область;Источник",
        "用語;説明;略語;分野;出典",
        "Term (required);Definition 1;Synonym 1;Subject area;References",
    ],
)
def test_columns_are_known_in_many_languages(tmp_path: Path, header: str) -> None:
    """By whatever name the author gave them."""
    file = tmp_path / "a.csv"
    file.write_text(f"{header}\nleaven;Makes dough rise.;LVN;baking;Handbook\n", "utf-8")
    [entry] = read_corpus([file]).entries
    assert (entry.term, entry.definition, entry.aliases) == (
        "leaven",
        "Makes dough rise.",
        ("LVN",),
    )
    assert (entry.details.category, entry.details.sources) == ("baking", ("Handbook",))


def test_no_name_of_a_column_belongs_to_two_fields() -> None:
    """Otherwise its meaning would depend on the order of the fields."""
    fields: dict[str, str] = {}
    for field, names in OTHER_NAMES.items():
        for name in names:
            assert fields.setdefault(name, field) == field, name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Definition (long)", "definition"),
        ("Definition (source)", "definitionsource"),
        ("Definition 2", "definition"),
        ("Term*:", "term"),
        ("skos:prefLabel", "preflabel"),
        ("Catégorie", "categorie"),
        ("(x)", "x"),
        ("ISO 639", "iso639"),
    ],
)
def test_names_of_columns_are_compared_by_their_letters(name: str, key: str) -> None:
    """Brackets and numbers go, unless they say which other field is meant."""
    assert column_key(name) == key


def test_definitions_in_several_columns_are_paragraphs(tmp_path: Path) -> None:
    """In the order of the columns; the source of a definition is none."""
    file = tmp_path / "a.csv"
    file.write_text("Explanation,Term,Definition,Definition (source)\nb,a,c,d\n,e,f,\n")
    corpus = read_corpus([file])
    assert facts(corpus) == [("a", "b\n\nc"), ("e", "f")]
    assert corpus.entries[0].details.extra == (("Definition (source)", "d"),)


def test_columns_of_one_definition_are_named(tmp_path: Path) -> None:
    """A note says that they were joined."""
    file = tmp_path / "a.csv"
    file.write_text("Term,Short definition,Long definition\na,b,c\n")
    corpus = read_corpus([file])
    assert facts(corpus) == [("a", "b\n\nc")]
    assert (
        "the columns Short definition, Long definition are read as paragraphs of one definition; "
        "otherwise, map them with --columns term=...,definition=..."
    ) in [note.text for note in corpus.notes]


def test_lines_of_a_cell_are_names(tmp_path: Path) -> None:
    """Whatever the table is of; also those of another language without a definition."""
    names = "starter\nsourdough culture"
    (tmp_path / "a.csv").write_text(f'term,definition,aliases\nleaven,Dough.,"{names}"\n')
    workbook(
        tmp_path / "b.xlsx",
        {"A": sheet([["term", "definition", "aliases"], ["leaven", "Dough.", names]])},
    )
    (tmp_path / "c.html").write_text(
        "<table><tr><th>term<th>definition<th>aliases<tr><td>leaven<td>Dough."
        "<td>starter<br>sourdough culture</table>"
    )
    for name in ("a.csv", "b.xlsx", "c.html"):
        [entry] = read_corpus([tmp_path / name]).entries
        assert entry.aliases == ("starter", "sourdough culture"), name
    (tmp_path / "d.csv").write_text(
        'Term (EN),Definition,Term (DE),Synonym (DE)\nleaven,Dough.,Sauer,"Anstellgut\nStarter"\n'
    )
    [entry] = read_corpus([tmp_path / "d.csv"]).entries
    assert entry.aliases == ("Sauer", "Anstellgut", "Starter")
    assert entry.details.name_languages == ("Sauer@de", "Anstellgut@de", "Starter@de")


def test_office_programs_hold_plain_text(tmp_path: Path) -> None:
    """Tags and marks that somebody typed into a cell stay."""
    cells = ["the <b> tag", "As <p>a [link](#ship) in **Markdown**.</p>"]
    rows = [["term", "definition"], cells]
    workbook(tmp_path / "a.xlsx", {"A": sheet(rows)})
    body = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p><w:r><w:t>{escape(c)}</w:t></w:r></w:p></w:tc>' for c in row)}</w:tr>"
        for row in rows
    )
    word(tmp_path / "b.docx", f"<w:tbl>{body}</w:tbl>")
    body = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{escape(c)}</text:p></table:table-cell>" for c in row)
        + "</table:table-row>"
        for row in rows
    )
    open_document(
        tmp_path / "c.odt", f"<office:text><table:table>{body}</table:table></office:text>"
    )
    for name in ("a.xlsx", "b.docx", "c.odt"):
        [entry] = read_corpus([tmp_path / name]).entries
        assert [entry.term, entry.definition] == cells, name
        assert entry.see_also == ()


def test_columns_of_languages(tmp_path: Path) -> None:
    """Each language is an entry; one definition for all belongs to the first, others are names."""
    file = tmp_path / "a.csv"
    file.write_text("Term (EN);Term (DE);Definition_en;Definition_de\na;b;c;d\ne;f;g;\n")
    found = [(e.term, e.definition, e.language, e.aliases) for e in read_corpus([file]).entries]
    assert found == [("a", "c", "en", ()), ("b", "d", "de", ()), ("e", "g", "en", ("f",))]
    assert read_corpus([file]).entries[2].details.name_languages == ("f@de",)
    file.write_text("English,German,Definition\na,b,c\n")
    [entry] = read_corpus([file]).entries
    assert (entry.term, entry.definition, entry.language, entry.aliases) == ("a", "c", "en", ("b",))
    file.write_text("Term,Definition,German\na,c,b\n")  # a translation without a definition
    [entry] = read_corpus([file]).entries
    assert (entry.term, entry.aliases, entry.details.extra) == ("a", (), (("German", "b"),))


def test_columns_of_languages_with_translated_names(tmp_path: Path) -> None:
    """What comes again after each language belongs to it, by whatever name."""
    file = tmp_path / "a.csv"
    file.write_text("Deutsch;Beschreibung;Français;Description;Nr\na;b;c;d;1\n", encoding="utf-8")
    found = [(e.term, e.definition, e.language) for e in read_corpus([file]).entries]
    assert found == [("a", "b", "de"), ("c", "d", "fr")]


def test_a_list_of_acronyms(tmp_path: Path) -> None:
    """Without a column of terms, acronyms are the terms; comments above the header are titles."""
    file = tmp_path / "a.csv"
    file.write_text("#Version: 3\n\nAcronym,Synonyms,Meaning\nOD,Outer diameter,A measure.\n")
    [entry] = read_corpus([file]).entries
    assert (entry.term, entry.aliases) == ("OD", ("Outer diameter",))


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"1": "term", "9": "definition"}, "no column 9 for 'definition'; the table has 4 columns"),
        ({"1": "term"}, "no number of the definition column; where no row names the columns, --columns 1=term,2=definition"),
        ({"1": "terms"}, "--columns 1=terms: 'terms' is no field"),
    ],
)  # fmt: skip
def test_columns_by_number_are_checked(columns: dict[str, str], reason: str) -> None:
    """The message names the field and the way out."""
    with pytest.raises((ImportFailed, InvalidSetting)) as caught:
        read_corpus([TABLES / "noheader.csv"], columns=columns)
    assert reason in str(caught.value)


def test_columns_by_number_skip_a_header(tmp_path: Path) -> None:
    """A first row that names term and definition is no entry."""
    file = tmp_path / "a.csv"
    file.write_text("Owner,Definition,Term\nJane,A shovel.,peel\n")
    [entry] = read_corpus([file], columns={"3": "term", "2": "definition"}).entries
    assert (entry.term, entry.details.extra) == ("peel", (("Owner", "Jane"),))


def test_a_table_without_a_header_says_how_to_read_it() -> None:
    """The first row is shown, shortened."""
    with pytest.raises(ImportFailed) as caught:
        read_corpus([TABLES / "noheader.csv"])
    assert caught.value.reason == (
        "no term and no definition column; the columns are: Handover record, Document that states "
        "the condition of an item when it is ..., Acceptance record; handover note, Purchasing; "
        "map them with --columns term=...,definition=..., or, where no row names the columns, "
        "--columns 1=term,2=definition"
    )


@pytest.mark.parametrize(
    "data",
    [
        "term,definition\na,Ÿ\x81".encode("latin-1", "ignore") + b"\x81",
        "термин,определение\nтермин,определение".encode("cp1251"),  # noqa: RUF001
        b"term,definition\na,\xff\0b",
    ],
)
def test_only_texts_of_western_europe_are_guessed(tmp_path: Path, data: bytes) -> None:
    """Anything else is refused as before, since a wrong guess would change every name."""
    file = tmp_path / "a.csv"
    file.write_bytes(data)
    with pytest.raises(ImportFailed, match=r"is not UTF-8; save the file as UTF-8|NUL byte"):
        read_corpus([file])


def test_anki_without_names_of_columns(tmp_path: Path) -> None:
    """The first two fields of a note are term and definition, wherever its other columns are."""
    file = tmp_path / "a.txt"
    file.write_text(
        "#separator:Semicolon\n#html:false\n#notetype column:1\n#tags column:4\nBasic;a;<b>;c\n"
    )
    [entry] = read_corpus([file]).entries
    assert (entry.term, entry.definition, entry.details.category) == ("a", "<b>", "c")
    assert (entry.source.line if entry.source else 0) == 5


HEADER = ("Term", "Definition", "Area", "Checked")
DATE = '<c s="1"><v>46023</v></c>'


def test_sheets_of_a_workbook(tmp_path: Path) -> None:
    """Hidden sheets and rows are not read and counted; cells merged over rows count in each row."""
    file = workbook(
        tmp_path / "a.xlsx",
        {
            "Terms": sheet(
                [
                    ("Glossary of the bakery",),
                    HEADER,
                    ("leaven", LEAVEN, "baking", DATE),
                    ("yeast", YEAST, "", "<c><v>404</v></c>"),
                    ("", "", "", '<c t="e"><v>#N/A</v></c>'),
                    ("secret", "Not shown.", "", '<c t="b"><v>1</v></c>'),
                    ("line_x000D_\nend", "Two lines.", "", '<c t="b"><v>1</v></c>', "aside"),
                ],
                hidden=[6],
                merged="C3:C4",
            ),
            "About": sheet([("Written by Jane",)]),
            "Old": sheet([HEADER, ("gone", "Not any more.")]),
            "Tools": sheet([(), (), ("", *HEADER), ("", "peel", "A shovel.")]),
            "Empty": sheet([]),
        },
        hidden=["Old"],
    )
    corpus = read_corpus([file])
    found = [(str(e.source), e.term, e.details.category, e.details.extra) for e in corpus.entries]
    assert found == [
        (f"{file}#Terms:3", "leaven", "baking", (("Checked", "2026-01-01"),)),
        (f"{file}#Terms:4", "yeast", "baking", (("Checked", "404"),)),
        (f"{file}#Terms:7", "line end", "", (("Checked", "TRUE"), ("beside the table", "aside"))),
        (f"{file}#Tools:4", "peel", "", ()),
    ]
    assert corpus.refusals == ()
    assert [str(note).removeprefix(f"{file}#") for note in corpus.notes] == [
        "Terms:1: hidden sheets are not read: 'Old'",
        "Terms:1: 1 hidden rows are not read; show them to read them",
        "Terms:1: above the header, so not read: 'Glossary of the bakery'",
        "Terms:2: columns read by their names: Area as category; otherwise, map them with --columns term=...,definition=...",
        "Tools:3: columns read by their names: Area as category; otherwise, map them with --columns term=...,definition=...",
        "About:1: not read: no term and no definition column; the columns are: Written by Jane; map them with --columns term=...,definition=..., or, where no row names the columns, --columns 1=term,2=definition",
    ]  # fmt: skip


def test_shared_texts_of_a_workbook(tmp_path: Path) -> None:
    """As Excel writes them, with several runs in a cell."""
    file = workbook(
        tmp_path / "a.xlsx",
        {"A": sheet([("Term", "Definition"), ('<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>')])},
        strings='<si><t>peel</t></si><si><r><t xml:space="preserve">A </t></r><r><rPr><b/></rPr><t>shovel.</t></r></si>',
    )
    assert facts(read_corpus([file])) == [("peel", "A shovel.")]


def test_tables_of_open_documents(tmp_path: Path) -> None:
    """Repeated and merged cells, hidden rows and sheets, comments, spaces and tabs."""

    def row(*cells: str, more: str = "") -> str:
        texts = "".join(c if c.startswith("<") else f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in cells)  # fmt: skip
        return f"<table:table-row{more}>{texts}</table:table-row>"

    merged = '<table:table-cell table:number-rows-spanned="2"><text:p>baking</text:p></table:table-cell>'  # fmt: skip
    note = "<table:table-cell><office:annotation><text:p>why?</text:p></office:annotation><text:p>Makes<text:s/>dough<text:tab/>rise.</text:p></table:table-cell>"  # fmt: skip
    file = open_document(
        tmp_path / "a.ods",
        "<office:spreadsheet><table:table table:name='Terms'>"
        + row("Glossary", more=' table:number-rows-repeated="3"')
        + row("Term", "Definition", "Area")
        + row("leaven", note, merged, '<table:table-cell table:number-columns-repeated="16381"/>')
        + row("yeast", YEAST, "<table:covered-table-cell/>")
        + row("secret", "b", more=' table:visibility="collapse"')
        + "</table:table><table:table table:name='Old' table:style-name='ta1'>"
        + row("Term", "Definition")
        + row("gone", "c")
        + "</table:table></office:spreadsheet>",
        '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>',
    )
    corpus = read_corpus([file])
    found = [(str(e.source), e.term, e.definition, e.details.category) for e in corpus.entries]
    assert found == [
        (f"{file}#Terms:5", "leaven", "Makes dough rise.", "baking"),
        (f"{file}#Terms:6", "yeast", YEAST, "baking"),
    ]
    assert [str(note).removeprefix(f"{file}#") for note in corpus.notes] == [
        "Terms:1: 1 hidden rows are not read; show them to read them",
        "Terms:1: above the header, so not read: 'Glossary'",
        "Terms:4: columns read by their names: Area as category; otherwise, map them with --columns term=...,definition=...",
        "Old:1: 2 hidden rows are not read; show them to read them",
    ]  # fmt: skip


def text(words: str) -> str:
    """Return a paragraph of Word."""
    return f"<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


def test_tables_of_word(tmp_path: Path) -> None:
    """Merged cells, deleted text, a table in a cell; text outside tables is said to be unread."""

    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    start = f'<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{text("baking")}'
    more = f"<w:tcPr><w:vMerge/></w:tcPr>{text('')}"
    changed = "<w:p><w:r><w:t>Makes dough </w:t></w:r><w:moveFrom><w:r><w:t>sink</w:t></w:r></w:moveFrom><w:r><w:t>rise</w:t><w:tab/><w:t>.</w:t></w:r></w:p>"  # fmt: skip
    inner = f"<w:tbl>{row(text('in'), text('side'))}</w:tbl>"
    heading = '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>More</w:t></w:r></w:p>'
    file = word(
        tmp_path / "a.docx",
        text("Glossary")
        + f"<w:tbl>{row(text('Term'), text('Definition'), text('Area'))}"
        + row(text("leaven"), changed, start)
        + row(text("yeast"), text("First.") + text("Second.") + inner, more)
        + row(text("oven"), text("It is hot."), text(""))
        + f"</w:tbl>{3 * heading}",
    )
    corpus = read_corpus([file])
    assert [(e.term, e.definition, e.details.category) for e in corpus.entries] == [
        ("leaven", "Makes dough rise .", "baking"),
        ("yeast", "First.\nSecond.\nin\nside", "baking"),
        ("oven", "It is hot.", ""),
    ]
    assert notes(corpus)[1:] == [
        "the text outside tables is not read: 'Glossary', 'More', 'More', 'More'"
    ]


def test_headings_of_a_translated_word(tmp_path: Path) -> None:
    """Their styles have other ids; marks of Markdown in the text stay what they are."""

    def styled(style: str, words: str) -> str:
        return text(words).replace("<w:pPr>", f'<w:pPr><w:pStyle w:val="{style}"/>')

    item = text("flour").replace("<w:pPr>", "<w:pPr><w:numPr/>")
    file = word(
        tmp_path / "a.docx",
        styled("Titel", "Glossar")
        + styled("berschrift1", "A")
        + styled("berschrift2", "a * b_c")
        + text("1. It is *not* [marked](x) &lt;b&gt; {{&lt; x &gt;}}.")
        + text("- It holds:")
        + item
        + item.replace("flour", "water")
        + text("# It ends.")
        + styled("berschrift2", "d")
        + text("e"),
        '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="berschrift2"><w:name w:val="x"/><w:outlineLvl w:val="1"/></w:style>',
    )
    assert facts(read_corpus([file])) == [
        (
            "a * b_c",
            "1. It is *not* [marked](x) <b> {{< x >}}.\n\n- It holds:\n- flour\n- water\n\n# It ends.",
        ),
        ("d", "e"),
    ]


def test_bold_lines_are_headings_where_no_style_is(tmp_path: Path) -> None:
    """In Word the bold is of a run, in OpenDocument of a style; one bold line alone is a title."""
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r>{}</w:p>"
    more = '<w:r><w:rPr><w:b w:val="0"/></w:rPr><w:t xml:space="preserve"> stays (hot).</w:t></w:r>'
    body = bold.format("oven", "") + bold.format("Heat:", more) + bold.format("peel", "")
    file = word(tmp_path / "a.docx", body + text("A shovel."))
    assert facts(read_corpus([file])) == [("oven", "Heat: stays (hot)."), ("peel", "A shovel.")]
    styles = '<style:style style:name="{}"><style:text-properties fo:font-weight="bold" xmlns:fo="fo"/></style:style>'
    file = open_document(
        tmp_path / "a.odt",
        '<office:text><text:p text:style-name="P1">oven</text:p><text:p>It is <text:span '
        'text:style-name="T1">hot</text:span>.</text:p><text:p><text:span text:style-name="T1">'
        "peel</text:span></text:p><text:p>A shovel.</text:p></office:text>",
        styles.format("P1") + styles.format("T1"),
    )
    assert facts(read_corpus([file])) == [("oven", "It is hot."), ("peel", "A shovel.")]
    items = "".join(
        bold.format(f"{name} -", "<w:r><w:br/><w:t>It is hot.</w:t></w:r>") for name in ("a", "b")
    )
    file = word(tmp_path / "c.docx", bold.format("Words", "") + items)
    assert facts(read_corpus([file])) == [("a", "It is hot."), ("b", "It is hot.")]
    file = word(tmp_path / "b.docx", bold.format("Words", "") + text("Dear Jane"))
    with pytest.raises(ImportFailed, match="no table of terms and no heading"):
        read_corpus([file])


def test_documents_without_a_glossary_are_refused(tmp_path: Path) -> None:
    """With what a document needs."""
    file = word(tmp_path / "a.docx", text("Dear Jane"))
    with pytest.raises(ImportFailed, match="no table of terms and no heading"):
        read_corpus([file])
    with pytest.raises(EmptyFile, match="the document is empty"):
        read_corpus([word(tmp_path / "b.docx", text(""))])
    file = word(tmp_path / "c.docx", f"<w:tbl><w:tr><w:tc>{text('x')}</w:tc></w:tr></w:tbl>")
    with pytest.raises(ImportFailed, match="no term and no definition column"):
        read_corpus([file])


def test_several_tables_of_a_page(tmp_path: Path) -> None:
    """Merged cells, a table in a cell, a table for the layout."""
    file = tmp_path / "a.html"
    file.write_text(
        "<table><tr><td>Menu</table>\n<table><tr><th>Term<th>Definition<th>Area\n"
        "<tr><td>leaven<td>Makes <b>dough</b><br>rise.<td rowspan=2>baking\n"
        "<tr><td>yeast<td><table><tr><td>A<td>fungus</table></table>"
        "<table><tr><th colspan=2>Tools<th>x<tr><th>Term<th>Definition<tr><td>peel<td>A shovel.</table>"
    )
    corpus = read_corpus([file])
    assert [(str(e.source), e.term, e.definition, e.details.category) for e in corpus.entries] == [
        (f"{file}#table 2:3", "leaven", "Makes dough\nrise.", "baking"),
        (f"{file}#table 2:4", "yeast", "A; fungus", "baking"),
        (f"{file}#table 3:4", "peel", "A shovel.", ""),
    ]


def test_tables_of_markdown_below_headings(tmp_path: Path) -> None:
    """A table a letter is a glossary; a table of parameters below a term is none."""
    file = tmp_path / "a.md"
    file.write_text(
        "# Words\n\n## L\n\nTerm | Definition\n--- | ---\n`leaven` | Made of [yeast](#y).\n\n## Y\n\n"
        "| Term | Definition |\n|--|--|\n| yeast | A \\| B |\n"
    )
    assert facts(read_corpus([file])) == [("leaven", "Made of yeast."), ("yeast", "A | B")]
    file.write_text(
        "# Words\n\n## Oven\n\nIt is hot.\n\n| Name | Description |\n|--|--|\n| heat | Degrees. |\n\n"
        "## Peel\n\nA shovel.\n"
    )
    assert [entry.term for entry in read_corpus([file]).entries] == ["Oven", "Peel"]


def test_wide_rows_are_cut(tmp_path: Path) -> None:
    """No carrier makes more cells of a row than any glossary has."""
    wide = f'<table:table-cell table:number-columns-repeated="{10**6}"><text:p>c</text:p></table:table-cell>'
    term = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    file = open_document(
        tmp_path / "a.ods",
        "<office:spreadsheet><table:table table:name='A'>"
        f"<table:table-row>{term.format('Term')}{term.format('Definition')}</table:table-row>"
        f"<table:table-row>{term.format('a')}{wide}</table:table-row></table:table></office:spreadsheet>",
    )
    [entry] = read_corpus([file]).entries
    [(name, beside)] = entry.details.extra
    assert (entry.definition, name, beside) == (
        "c",
        "beside the table",
        "; ".join(["c"] * (MAX_COLUMNS - 2)),
    )


def test_cells_beyond_the_last_column_of_a_sheet_are_noted(tmp_path: Path) -> None:
    """They are cut; rows and cells without a place are read where they stand."""
    wide = "".join("<c><v>1</v></c>" for _ in range(MAX_COLUMNS))
    texts = "".join(
        f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in ("peel", "A shovel.")
    )
    rows = f"<row>{texts}{wide}</row></sheetData>"
    file = workbook(
        tmp_path / "a.xlsx",
        {"A": sheet([("Term", "Definition")]).replace("</sheetData>", rows)},
    )
    corpus = read_corpus([file])
    assert facts(corpus) == [("peel", "A shovel.")]
    assert notes(corpus) == ["2 cells beyond 256 columns are not read"]


def test_fields_of_json_have_the_same_names() -> None:
    """Objects and tables share the names."""
    columns = map_fields(["Begriff", "Bedeutung", "Kürzel"], {}).columns
    assert (columns["term"], columns["aliases"]) == (("Begriff",), ("Kürzel",))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.html",
            "<table><tr><th>term<th>definition<tr><td>&amp;lt;<td>&lt;p&gt;x&lt;/p&gt; &amp;amp;</table>",
        ),
        ("a.md", "| term | definition |\n|---|---|\n| &amp;lt; | `<p>x</p> &amp;` |\n"),
        (
            "a.txt",
            "#separator:tab\n#html:true\n#columns:term\tdefinition\n"
            "&amp;lt;\t&lt;p&gt;x&lt;/p&gt; &amp;amp;\n",
        ),
    ],
)
def test_what_is_read_already_is_not_read_again(tmp_path: Path, name: str, text: str) -> None:
    """Entities and tags that a page shows are its words."""
    (tmp_path / name).write_text(text)
    [entry] = read_corpus([tmp_path / name]).entries
    assert (entry.term, entry.definition) == ("&lt;", "<p>x</p> &amp;")


def test_only_texts_have_protected_cells(tmp_path: Path) -> None:
    """An apostrophe in a cell of a page or of Markdown is no protection."""
    (tmp_path / "a.csv").write_text("term,definition\n'-ing,'@' sign\n")
    (tmp_path / "a.md").write_text("| term | definition |\n|---|---|\n| '-ing | '@' sign |\n")
    [of_text] = read_corpus([tmp_path / "a.csv"]).entries
    [of_page] = read_corpus([tmp_path / "a.md"]).entries
    assert (of_text.term, of_text.definition) == ("-ing", "'@' sign")
    assert (of_page.term, of_page.definition) == ("'-ing", "'@' sign")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("yeast (yeast%20cell%200123456789abcdef0123456789abcdef.md)", "yeast"),
        ("yeast (a%20list.csv)", "yeast"),
        ("yeast (https://www.notion.so/yeast-0123456789abcdef0123456789abcdef?pvs=21)", "yeast"),
        ("a space (a%20b)", "a space (a%20b)"),
        ("it (https://www.notion.so/about)", "it (https://www.notion.so/about)"),
    ],
)
def test_only_links_to_pages_of_notion_are_dropped(tmp_path: Path, cell: str, text: str) -> None:
    """They end with the name of a file or hold the id of a page."""
    (tmp_path / "a.csv").write_text(f"term,definition\nleaven,{cell}\n")
    assert read_corpus([tmp_path / "a.csv"]).entries[0].definition == text


def test_a_table_of_a_wiki_has_two_bars_in_its_header(tmp_path: Path) -> None:
    """As people paste it."""
    (tmp_path / "a.csv").write_text("||Term||Definition||\n|leaven|Dough, fermented.|\n")
    assert facts(read_corpus([tmp_path / "a.csv"])) == [("leaven", "Dough, fermented.")]


def test_lists_of_documents_keep_their_levels(tmp_path: Path) -> None:
    """And a paragraph with a label is no part of the definition."""
    heading = '<w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    item = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="{}"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    )
    text = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    body = (
        heading.format("Leaven") + text.format("Made of:") + item.format(0, "flour")
        + item.format(1, "rye") + item.format(0, "water") + text.format("Note: keep it cool.")
    )  # fmt: skip
    word(tmp_path / "a.docx", body)
    inner = "<text:list><text:list-item><text:p>rye</text:p></text:list-item></text:list>"
    open_document(
        tmp_path / "b.odt",
        '<office:text><text:h text:outline-level="2">Leaven</text:h><text:p>Made of:</text:p>'
        f"<text:list><text:list-item><text:p>flour</text:p>{inner}</text:list-item><text:list-item>"
        "<text:p>water</text:p></text:list-item></text:list><text:p>Note: keep it cool.</text:p>"
        "</office:text>",
    )
    for name in ("a.docx", "b.odt"):
        [entry] = read_corpus([tmp_path / name]).entries
        assert entry.definition == "Made of:\n\n- flour\n  - rye\n- water", name
        assert entry.details.extra == (("Note", "keep it cool."),)


def test_changes_and_lists_in_a_table_of_word(tmp_path: Path) -> None:
    """A deleted row is none, items of a list stay such, and text around the table is quoted."""
    item = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    )
    deleted = '<w:trPr><w:del w:id="1" w:author="J"/></w:trPr>'

    def row(term: str, definition: str, properties: str = "") -> str:
        cells = f"<w:tc>{term}</w:tc><w:tc>{definition}</w:tc>"
        return f"<w:tr>{properties}{cells}</w:tr>"

    body = (
        row(text("Term"), text("Definition"))
        + row(
            item.format("sag"), text("Paint that runs:") + item.format("thin") + item.format("wet")
        )
        + row(text("old"), text("It is deleted."), deleted)
        + row(text("run"), text("Another word."))
    )
    file = word(tmp_path / "a.docx", f"{text('Read this.')}<w:tbl>{body}</w:tbl>{text('The end.')}")
    corpus = read_corpus([file])
    assert facts(corpus) == [("sag", "Paint that runs:\n- thin\n- wet"), ("run", "Another word.")]
    assert notes(corpus) == ["the text outside tables is not read: 'Read this.', 'The end.'"]


def test_cells_of_markdown_and_html_keep_their_structure(tmp_path: Path) -> None:
    """Also below a merged cell."""
    (tmp_path / "a.md").write_text(
        "| Term | Definition |\n|--|--|\n| Scion | A **twig**,<br>see [Spur](#spur). |\n| Spur | A shoot. |\n"
    )
    (tmp_path / "b.html").write_text(
        "<table><tr><th>Area<th>Term<th>Definition<tr><td rowspan=2>trees<td>Scion<td>A <b>twig</b>,"
        "<br>see <a href='#spur'>Spur</a>.<tr><td>Spur<td>A shoot.</table>"
    )
    for name in ("a.md", "b.html"):
        scion, spur = read_corpus([tmp_path / name]).entries
        assert scion.definition == "A twig,\nsee Spur."
        assert scion.details.markdown == "A **twig**,\\\nsee [Spur](#spur)."
        assert (spur.definition, spur.details.markdown) == ("A shoot.", "")


@pytest.mark.parametrize("line", ["---", "===", "~~~", "+ plus", "#1", "2) two", "$a$ and $b$"])
def test_no_line_of_a_document_is_taken_for_markdown(tmp_path: Path, line: str) -> None:
    """A rule, an underline, a fence, a number: each is text of the definition."""
    heading = '<w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    body = "".join(
        heading.format(term) + paragraph.format("Dough.") + paragraph.format(line)
        for term in ("Leaven", "Crumb")
    )
    entries = read_corpus([word(tmp_path / "a.docx", body)]).entries
    assert [(e.term, e.definition) for e in entries] == [
        (term, f"Dough.\n\n{line}") for term in ("Leaven", "Crumb")
    ]
