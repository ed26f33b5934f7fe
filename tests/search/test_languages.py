"""Glossaries in other languages than English: words, names, and a notice of another language.

Covers `index/segments/multi` and `index/name_shares` as far as languages go.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.quality.languages import DATA, GLOSSARIES
from semsearch.core.answers import NoticeKind, Tier
from semsearch.importers import read_corpus
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ranking.weights import WORDS_AND_NAMES
from semsearch.search.glossary import Glossary

ENGLISH = """
## Land register

A public book of who owns which piece of land.

## Stock

A clear soup of bones that boil for hours with water.
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an index of a German, a Spanish and an English glossary."""
    folder = tmp_path_factory.mktemp("languages")
    (folder / "english.md").write_text(ENGLISH, encoding="utf-8")
    files = {DATA / f"{name}.md": language for name, language in GLOSSARIES.items()}
    read = [
        read_corpus([file], language=language)
        for file, language in {**files, folder / "english.md": "en"}.items()
    ]
    entries = [entry for corpus in read for entry in corpus.entries]
    build_index(entries, folder / "index", model="hashed")
    return folder / "index"


@pytest.fixture(scope="module")
def opened(index: Path) -> Iterator[Glossary]:
    """Open it."""
    with Glossary.open(index) as glossary:
        yield glossary


def test_each_glossary_has_its_language(opened: Glossary) -> None:
    """As its file states it."""
    found = {name: opened.languages(name) for name in ("verwaltung", "cocina", "english")}
    assert found == {"verwaltung": ("de",), "cocina": ("es",), "english": ("en",)}


@pytest.mark.parametrize(
    ("question", "glossary", "term", "words"),
    [
        ("die Entscheidungen der Behörden", "verwaltung", "Bescheid", ["Entscheidung", "Behörde"]),
        ("für Einkommen von Haushalten", "verwaltung", "Wohngeld", ["Haushalte", "Einkommen"]),
        ("el jugo pegado a la sarten", "cocina", "Desglasar", ["sartén", "jugos", "pegados"]),
        ("books of lands", "english", "Land register", ["book", "land"]),
    ],
)
@pytest.mark.parametrize("everywhere", [False, True])
def test_words_match_in_any_form_in_the_language_of_the_entry(
    opened: Glossary, question: str, glossary: str, term: str, words: list[str], everywhere: bool
) -> None:
    """In one glossary and in all, where the question is analysed in each language."""
    by_words = opened.with_weights(replace(WORDS_AND_NAMES, names=False))
    first = by_words.ask(question, glossary=None if everywhere else glossary).hits[0]
    assert first.entry.term == term
    assert [span.text for span in first.evidence.words] == words


def test_function_words_of_a_language_find_nothing_in_it(opened: Glossary) -> None:
    """Nor do those of another language in a glossary that has them in every definition."""
    by_words = opened.with_weights(replace(WORDS_AND_NAMES, names=False))
    for glossary in ("verwaltung", None):
        hits = by_words.ask("wo ist das Grundbuch und wer darf es lesen", glossary=glossary).hits
        found = [hit.entry.term for hit in hits if hit.evidence.parts.words]
        assert found[0] == "Grundbuch"
        assert set(found) <= {"Grundbuch", "Akteneinsicht"}


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("Meldebescheinigungen", "Meldebescheinigung"),
        ("Aufenthaltstiteln", "Aufenthaltstitel"),
        ("Was ist eine Geburtsurkunde?", "Geburtsurkunde"),
        ("Was ist mit Wahlhelfern gemeint?", "Wahlhelfer"),
        ("las ollas a presión", "Olla a presión"),
        ("¿Qué es la masa madre?", "Masa madre"),
    ],
)
def test_names_are_found_in_inflected_forms(opened: Glossary, question: str, term: str) -> None:
    """In the words of asking of the language, too."""
    answer = opened.ask(question)
    assert answer.hits[0].entry.term == term
    assert answer.hits[0].matched_by in (Tier.EXACT, Tier.FORM, Tier.PREFIX, Tier.PARTIAL)
    assert not answer.no_close_match


def test_an_entry_that_is_added_is_analysed_in_its_language(index: Path, tmp_path: Path) -> None:
    """Before a generation has it; the glossary then has another language."""
    copy = shutil.copytree(index, tmp_path / "index")
    with Editor(copy) as editor, Glossary.open(copy) as glossary:
        editor.change("english:stock", definition="Une soupe claire.", language="fr")
        by_words = glossary.with_weights(WORDS_AND_NAMES)
        hit = by_words.ask("des soupes claires", glossary="english").hits[0]
        assert (hit.entry.id, len(hit.evidence.words)) == ("english:stock", 2)


def test_a_question_in_another_language_gets_a_notice(opened: Glossary) -> None:
    """Names the languages; one that is a name, or in a language of an entry, does not."""
    german = "Wie heißt das Buch, in dem steht, wem ein Haus gehört?"
    (notice,) = opened.ask(german, glossary="english").notices
    assert notice.kind is NoticeKind.OTHER_LANGUAGE
    assert notice.message == ("The question seems to be in German, and the entries are in English.")
    assert not opened.ask(german, glossary="english").is_passing
    assert opened.ask(german, glossary="verwaltung").notices == ()
    assert opened.ask(german).notices == ()
    assert opened.ask("was ist eine stock", glossary="english").notices == ()
    french = "comment appelle-t-on le livre des maisons ?"
    (notice,) = opened.ask(french).notices
    assert notice.message.endswith("and the entries are in English, German and Spanish.")


def test_an_english_question_says_no_name_of_another_language(tmp_path: Path) -> None:
    """The stem of "calcite" is that of "calcare" in Italian, which nobody has said."""
    lines = ["term,definition,alias@it,alias@en"]
    lines += ["Limestone,A rock of old shells.,calcare,calcareous stone"]
    (tmp_path / "rocks.csv").write_text("\n".join(lines), encoding="utf-8")
    corpus = read_corpus([tmp_path / "rocks.csv"], language="en")
    assert set(corpus.entries[0].details.name_languages) >= {"calcare@it"}
    build_index(corpus.entries, tmp_path / "index", model="hashed")
    with Glossary.open(tmp_path / "index") as rocks:
        english = rocks.ask("which stone that is made of calcite is used for the cement?").hits[0]
        assert english.evidence.parts.named < 1
        italian = rocks.ask("quale roccia con la calcite serve per il cemento delle case?").hits[0]
        assert italian.evidence.parts.named == 1
