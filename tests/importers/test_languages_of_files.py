"""The language of entries whose file says it once, or only by the names of its columns.

Covers `importers/html/pages`.
"""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.importers import Corpus, read_corpus
from tests.importers.office_files import open_document, package, word

_TABLE = "<table{}><tr><th>Begriff<th>Definition<tr><td>Teig<td>Mehl und Wasser.</table>"


def _read(folder: Path, name: str, text: str, language: str | None = None) -> Corpus:
    (folder / name).write_text(text, encoding="utf-8")
    return read_corpus([folder / name], language=language)


def _languages(corpus: Corpus) -> list[str]:
    return [entry.language for entry in corpus.entries]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<html lang="de">' + _TABLE.format(""), "de"),
        ('<html xml:lang="de-AT">' + _TABLE.format(""), "de-AT"),
        ('<html lang="en"><div lang="nl">' + _TABLE.format(""), "nl"),
        ('<html lang="en">' + _TABLE.format(' lang="de"'), "de"),
        ('<html lang="de"><dl><dt>Teig<dd>Mehl und Wasser.</dl>', "de"),
        ('<html lang="en"><dl xml:lang="de"><dt>Teig<dd>Mehl und Wasser.</dl>', "de"),
        ('<html lang="en"><dl><dt>Teig<dd lang="de">Mehl und Wasser.</dl>', "de"),
    ],
)
def test_pages_state_their_language(tmp_path: Path, page: str, expected: str) -> None:
    """The nearest statement counts; what the user says wins over that of the whole page."""
    corpus = _read(tmp_path, "a.html", page)
    assert _languages(corpus) == [expected]
    assert "language" not in "".join(note.text for note in corpus.notes)
    is_of_page = page.startswith(f'<html lang="{expected}"') or "de-AT" in page
    assert _languages(_read(tmp_path, "a.html", page, "sv")) == ["sv" if is_of_page else expected]


@pytest.mark.parametrize(
    ("header", "expected", "shown"),
    [
        ("Begriff;Definition", "de", "German (de)"),
        ("Term;Beschreibung;Kategorie", "de", "German (de)"),
        ("Terme;Définition", "fr", "French (fr)"),
        ("Término;Definición;Fuente", "es", "Spanish (es)"),
        ("Termo;Definição", "pt", "Portuguese (pt)"),
        ("Termine;Definizione", "it", "Italian (it)"),
        ("用語;定義", "ja", "Japanese (ja)"),
        ("Term;Definition", "en", ""),
        ("Name;Description;Status", "en", ""),
        ("Keyword;Bedeutung", "en", ""),
    ],
)
def test_names_of_columns_are_in_a_language(
    tmp_path: Path, header: str, expected: str, shown: str
) -> None:
    """The note names it; words that may be English say nothing."""
    corpus = _read(tmp_path, "a.csv", f"{header}\na;b\n")
    assert _languages(corpus) == [expected]
    notes = [note.text for note in corpus.notes if "--lang" in note.text]
    language = shown.partition(" ")[0]
    text = (
        f"the columns have {language} names; the language of the entries is read as {shown}; "
        "--lang decides"
    )
    assert notes == ([text] if shown else [])


def test_several_languages_have_the_names(tmp_path: Path) -> None:
    """Then the user decides."""
    corpus = _read(tmp_path, "a.csv", "Ord;Betydning\na;b\n")
    assert _languages(corpus) == ["en"]
    assert [note.text for note in corpus.notes if "--lang" in note.text] == [
        "the columns have Danish or Norwegian names; the language of the entries is not said, so "
        "read as English; --lang decides"
    ]
    assert _languages(_read(tmp_path, "a.csv", "Ord;Betydning\na;b\n", "da")) == ["da"]


def test_the_user_wins_over_names_of_columns(tmp_path: Path) -> None:
    """And a column of languages over both."""
    corpus = _read(tmp_path, "a.csv", "Begriff;Bedeutung\na;b\n", "nl")
    assert _languages(corpus) == ["nl"]
    assert not [note for note in corpus.notes if "--lang" in note.text]
    text = "Begriff;Bedeutung;Sprache\na;b;fr\nc;d;\n"
    assert _languages(_read(tmp_path, "a.csv", text)) == ["fr", "en"]
    assert _languages(_read(tmp_path, "a.csv", text, "nl")) == ["fr", "nl"]
    assert _languages(_read(tmp_path, "a.md", "# A\n\n## Teig\n\nMehl.\n\n## B\n\nC.\n", "de")) == [
        "de",
        "de",
    ]
    with pytest.raises(InvalidSetting, match=r"'de!' is no language; write it as en, de or pt-BR"):
        _read(tmp_path, "a.csv", text, "de!")


def test_columns_of_other_languages_stand_beside(tmp_path: Path) -> None:
    """The columns without a language have that of their names."""
    corpus = _read(tmp_path, "a.csv", "Begriff;Definition;Term (FR);Definition (FR)\na;b;c;d\n")
    assert _languages(corpus) == ["de", "fr"]


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ("Term;Definition;Definition (FR);Synonyms (FR)", "b"),
        ("Term;Definition (FR);Definition;French synonyms", "c"),
        ("Term;Definition (EN);Definition (FR);Synonyms (FR)", "b"),
        ("Term;Definition;Definition FR;Aliases (FR)", "b"),
    ],
)
def test_columns_in_another_language_without_terms(tmp_path: Path, header: str, kept: str) -> None:
    """A second definition is an extra field, and other names are names in that language."""
    (entry,) = _read(tmp_path, "a.csv", f"{header}\na;b;c;d\n").entries
    assert (entry.term, entry.definition, entry.language) == ("a", kept, "en")
    foreign = next(
        name for name in header.split(";") if name.startswith("Definition") and "FR" in name
    )
    assert entry.details.extra == ((foreign, "c" if kept == "b" else "b"),)
    assert (entry.aliases, entry.details.name_languages) == (("d",), ("d@fr",))


def test_no_column_of_a_third_language_is_lost(tmp_path: Path) -> None:
    """Beside two languages with terms of their own."""
    text = "Term (EN);Definition (EN);Term (DE);Definition (DE);Definition (FR);Synonyms (FR)\n"
    first, second = _read(tmp_path, "a.csv", f"{text}a;b;c;d;e;f\n").entries
    assert (first.language, first.definition, second.language) == ("en", "b", "de")
    assert first.details.extra == (("Definition (FR)", "e"),)
    assert (first.aliases, first.details.name_languages) == (("f",), ("f@fr",))


def test_a_chosen_column_in_another_language_is_read(tmp_path: Path) -> None:
    """What the user names wins."""
    file = tmp_path / "a.csv"
    file.write_text("Term;Definition;Definition (FR)\na;b;c\n", encoding="utf-8")
    columns = {"definition": "Definition (FR)"}
    (entry,) = read_corpus([file], columns=columns).entries
    assert entry.definition == "c"


def test_documents_state_their_language(tmp_path: Path) -> None:
    """Runs in another language count by themselves, the country does not."""
    heading = '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Teig</w:t></w:r></w:p>'
    text = "<w:p><w:r>{}<w:t>Mehl und Wasser.</w:t></w:r></w:p>"
    german = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="de-DE"/></w:rPr></w:rPrDefault>'
        "</w:docDefaults>"
    )
    word(tmp_path / "a.docx", heading + text.format(""), german)
    assert _languages(read_corpus([tmp_path / "a.docx"])) == ["de"]
    assert _languages(read_corpus([tmp_path / "a.docx"], language="nl")) == ["nl"]
    run = '<w:rPr><w:lang w:eastAsia="ja-JP" w:val="fr-FR"/></w:rPr>'
    word(tmp_path / "b.docx", heading + 2 * text.format(run), german)
    assert _languages(read_corpus([tmp_path / "b.docx"])) == ["fr"]
    file = open_document(
        tmp_path / "c.odt",
        '<office:text><text:h text:outline-level="1">Teig</text:h><text:p>Mehl.</text:p></office:text>',
    )
    assert _languages(read_corpus([file])) == ["en"]
    parts = {
        "content.xml": _part(file, "content.xml"),
        "styles.xml": '<styles xmlns:s="s" xmlns:f="f"><s:default-style s:family="graphic">'
        '<s:text-properties f:language="en"/></s:default-style><s:default-style s:family='
        '"paragraph"><s:text-properties f:language="de" f:country="AT"/></s:default-style></styles>',
    }
    assert _languages(read_corpus([package(tmp_path / "d.odt", parts)])) == ["de"]


def _part(file: Path, name: str) -> str:
    with ZipFile(file) as parts:
        return parts.read(name).decode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.ttl",
            "@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n"
            '<http://a.example/1> a s:Concept ; s:prefLabel "Teig"{0} ; s:altLabel "Masse"{0} ;\n'
            '    s:definition "Mehl und Wasser."{0} .\n',
        ),
        (
            "a.xml",
            '<glossary xmlns="http://docbook.org/ns/docbook"{0}><glossentry><glossterm>Teig'
            "</glossterm><glossdef><para>Mehl und Wasser.</para></glossdef></glossentry></glossary>",
        ),
    ],
)
def test_the_named_language_is_that_of_texts_without_one(
    tmp_path: Path, name: str, text: str
) -> None:
    """A language that a vocabulary or a document states stays."""
    stated = "@nl" if name == "a.ttl" else ' xml:lang="nl"'
    corpus = _read(tmp_path, name, text.format(""), "de")
    assert _languages(corpus) == ["de"]
    assert not corpus.entries[0].details.name_languages
    assert _languages(_read(tmp_path, name, text.format(""))) == ["en"]
    assert _languages(_read(tmp_path, name, text.format(stated), "de")) == ["nl"]
