"""Questions by language: only what is defined in it answers, as if nothing else were there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.answers import Tier
from semsearch.core.entries import Details, Entry
from semsearch.core.errors import InvalidEntry, InvalidSetting, LanguageNotFound
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from semsearch.text.language_tags import matching
from tests.conftest import entry


def spoken(language: str, term: str, definition: str, glossary: str = "bakery") -> Entry:
    """Make an entry in a language."""
    return replace(entry(term, definition, glossary), language=language)


ENTRIES = (
    spoken("en", "Leaven", "A piece of fermented dough that makes new dough rise."),
    spoken("de", "Sauerteig", "Ein Teig, der durch Gärung aufgeht und neuen Teig hebt."),
    spoken("en", "Crumb", "The inside of a loaf, between the crusts."),
    spoken("de-AT", "Semmel", "Ein kleines rundes Brot aus weißem Teig."),
    spoken("en", "Sauerkraut", "Cabbage that was fermented in salt."),
    spoken("den", "Bread", "Dene."),
    spoken("en", "Hull", "The body of a ship.", "harbour"),
    spoken("fr", "Coque", "Le corps d'un navire.", "harbour"),
)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Give an index of two glossaries in five languages."""
    build_index(ENTRIES, tmp_path / "index", model="hashed")
    return tmp_path / "index"


@pytest.fixture
def glossary(index: Path) -> Iterator[Glossary]:
    """Give it opened."""
    with Glossary.open(index) as opened:
        yield opened


def terms(opened: Glossary, question: str, language: str, glossary: str | None = None) -> set[str]:
    """Return the terms of all that answers."""
    hits = opened.ask(question, language=language, k=100, glossary=glossary).hits
    return {hit.entry.term for hit in hits}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("de", ["de", "de-AT"]),
        ("DE-at", ["de-AT"]),
        ("de-A", []),
        ("d", []),
        ("*", ["de", "de-AT", "den", "en"]),
    ],
)
def test_a_range_matches_itself_and_its_variants(wanted: str, found: list[str]) -> None:
    """Basic filtering: whole subtags from the front, in any case."""
    assert matching(wanted, ["de", "de-AT", "den", "en"]) == found


def test_only_definitions_of_the_language_answer(glossary: Glossary) -> None:
    """All of them, however near others are; variants too, other languages that begin alike not."""
    assert terms(glossary, "fermented dough", "de") == {"Sauerteig", "Semmel"}
    assert terms(glossary, "fermented dough", "de-AT") == {"Semmel"}
    assert terms(glossary, "ship", "en", glossary="harbour") == {"Hull"}
    assert len(terms(glossary, "dough", "*")) == len(ENTRIES)


def test_names_of_other_languages_are_not_found(glossary: Glossary) -> None:
    """Exact names, beginnings and misspelt names are filtered by language."""
    assert glossary.ask("Leaven").hits[0].matched_by is Tier.EXACT
    for question in ("Leaven", "leav", "Leavne"):
        assert "Leaven" not in terms(glossary, question, "de")
    assert glossary.ask("semmle", language="de").hits[0].entry.term == "Semmel"
    assert [one.name for one in glossary.suggest("sauer")] == ["Sauerteig", "Sauerkraut"]
    assert [one.name for one in glossary.suggest("sauer", language="en")] == ["Sauerkraut"]


def test_answers_are_those_of_an_index_of_the_language_alone(
    glossary: Glossary, tmp_path: Path
) -> None:
    """BM25 too, but for the mean length of all.

    How rare a word is, is counted among what may answer.
    """
    build_index([one for one in ENTRIES if one.language == "en"], tmp_path / "en", model="hashed")
    with Glossary.open(tmp_path / "en") as alone:
        for question in ("dough that rises", "inside of a loaf", "fermented"):
            found = glossary.ask(question, language="en").hits
            expected = alone.ask(question).hits
            assert {h.entry.id: h.evidence.parts.words for h in found} == pytest.approx(
                {h.entry.id: h.evidence.parts.words for h in expected}, abs=0.2
            )
            assert found[0].entry.id == expected[0].entry.id


def test_a_language_that_nothing_has_is_refused(glossary: Glossary) -> None:
    """The error lists the languages of the index; a malformed tag has another error."""
    with pytest.raises(LanguageNotFound, match=r"there are de, de-AT, den, en, fr$"):
        glossary.ask("dough", language="it")
    with pytest.raises(LanguageNotFound, match=r"there are de, de-AT, den, en$"):
        glossary.ask("dough", language="fr", glossary="bakery")
    for wrong in ("", "de_AT", "d e", "x" * 200, "é"):
        with pytest.raises(InvalidSetting, match="is no language; write it as en, de or pt-BR"):
            glossary.ask("dough", language=wrong)


def test_edits_are_seen_in_their_language(index: Path, glossary: Glossary) -> None:
    """An entry that changes its language goes from one to the other at once."""
    with Editor(index, who="ann") as editor:
        editor.change("bakery:crumb", language="it")
        editor.add("bakery", Draft("Biga", "Un impasto che lievita.", language="it"))
    assert terms(glossary, "loaf", "it") == {"Crumb", "Biga"}
    assert "Crumb" not in terms(glossary, "loaf", "en")
    assert glossary.languages("bakery") == ("de", "de-AT", "den", "en", "it")
    with Editor(index, who="ann") as editor:
        editor.delete("bakery:crumb")
        editor.delete("bakery:biga")
    with pytest.raises(LanguageNotFound):
        glossary.ask("loaf", language="it")


@pytest.mark.process
def test_a_graph_finds_as_much_of_a_language(tmp_path: Path) -> None:
    """The languages lie in turn; all hits are of the one asked for, and as many as are wanted."""
    tags = ("en", "de", "fr")
    entries = [spoken(tags[n % 3], f"Word {n}", f"The thing number {n}.") for n in range(300)]
    build_index(entries, tmp_path / "index", model="hashed", engine="hnsw")
    with Glossary.open(tmp_path / "index") as opened:
        hits = opened.ask("which thing is it?", language="de", k=100).hits
        assert len(hits) == 100
        assert {hit.entry.language for hit in hits} == {"de"}


LEAVEN = replace(
    ENTRIES[0],
    aliases=("levain", "biga", "madre"),
    details=Details(hidden_labels=("sauertaig",), name_languages=(
        "levain@fr", "biga@it", "biga@es", "sauertaig@de",
    )),
)  # fmt: skip


@pytest.fixture
def named(tmp_path: Path) -> Iterator[Glossary]:
    """Give a glossary whose only entry has names in other languages."""
    build_index([LEAVEN, ENTRIES[2]], tmp_path / "named", model="hashed")
    with Glossary.open(tmp_path / "named") as opened:
        yield opened


def test_a_name_of_the_language_is_found_though_the_definition_is_in_another(
    named: Glossary,
) -> None:
    """Exactly and by its beginning, also a hidden one; names of other languages are not."""
    assert named.ask("levain", language="fr").hits[0].matched_by is Tier.EXACT
    assert [hit.entry.id for hit in named.ask("Sauertaig", language="de").hits][:1] == [LEAVEN.id]
    for language in ("it", "es"):
        assert named.ask("biga", language=language).hits[0].matched_by is Tier.EXACT
    assert [one.name for one in named.suggest("lev", language="fr")] == ["levain"]
    assert [one.name for one in named.suggest("lea", language="fr")] == []
    assert [one.name for one in named.suggest("lev", language="en")] == []
    assert [one.name for one in named.suggest("mad", language="en")] == ["madre"]
    assert {"fr", "it", "es", "de", "en"} <= set(named.languages("bakery"))


def test_names_that_fold_alike_are_in_the_languages_of_both(tmp_path: Path) -> None:
    """An accent tells two names apart in a file and not in a question."""
    both = replace(LEAVEN, aliases=("café", "cafe"), details=Details(name_languages=("café@fr",)))
    build_index([both], tmp_path / "index", model="hashed")
    with Glossary.open(tmp_path / "index") as opened:
        for language in ("fr", "en"):
            assert opened.ask("cafe", language=language).hits[0].matched_by is Tier.EXACT


def test_an_edit_gives_a_name_a_language(index: Path, glossary: Glossary) -> None:
    """A language of what is no name says nothing, and one without a name is refused."""
    tags = ("Krume@de", "Rinde@de")
    with Editor(index, who="ann") as editor:
        editor.change("bakery:crumb", aliases=("Krume",), details={"name_languages": tags})
        assert editor.entry("bakery:crumb").entry.details.name_languages == ("Krume@de",)
        with pytest.raises(
            InvalidEntry, match=r"'Krume' is no name with its language; write it as"
        ):
            editor.change("bakery:crumb", details={"name_languages": ("Krume",)})
    assert glossary.ask("Krume", language="de").hits[0].matched_by is Tier.EXACT
