"""Texts that share eight words in a row with those that answers are measured on are found."""

from __future__ import annotations

import json
from pathlib import Path

from semsearch.importers.dictionaries.dictd import Article
from training.overlaps import Overlaps, asked_articles, evaluation_texts

TEXT = "a culture of wild yeast that is fed with flour and raises dough"


def test_eight_words_in_a_row_are_an_overlap() -> None:
    """Case and punctuation do not count; a shorter text must be equal as a whole."""
    found = Overlaps()
    found.add([TEXT, "a leaven"])
    assert found.has("Say: Of wild yeast - that is FED with flour!")
    assert not found.has("wild yeast that is fed with flour")
    assert found.has("A leaven.")
    assert not found.has("leaven")
    assert not Overlaps().has(TEXT)


def test_questions_and_glossaries_are_read_without_their_markup(tmp_path: Path) -> None:
    """Links and macros stand in the middle of sentences."""
    (tmp_path / "questions").mkdir()
    (tmp_path / "glossaries/baking").mkdir(parents=True)
    question = {"query": "what grows in a jar of flour in my warm kitchen?", "terms": ["Leaven"]}
    (tmp_path / "questions/baking.jsonl").write_text(json.dumps(question) + "\n")
    page = 'A {{Glossary("culture", "culture")}} of **wild** [yeast](/yeast) that is <b>fed</b> with flour.'
    (tmp_path / "glossaries/baking/leaven.md").write_text(page)
    found = Overlaps()
    found.add(evaluation_texts(tmp_path))
    assert found.has(TEXT)
    assert not found.has("it grows in a jar of flour")
    assert found.has("grows in a jar of flour in my warm kitchen")


def test_articles_on_terms_of_a_glossary_are_found(tmp_path: Path) -> None:
    """Articles match by names and aliases, in any case."""
    (tmp_path / "baking.csv").write_text(
        "term,definition\nSourdough Starter (SS),It raises dough.\n"
    )
    articles = [
        Article(("sourdough-starter",), "one"),
        Article(("oven",), "two"),
        Article(("ss",), "three"),
    ]
    assert [*asked_articles(articles, tmp_path / "baking.csv")] == ["one", "three"]
