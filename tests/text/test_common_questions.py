"""Questions of common concepts: which entries have them, and what the bundled ones are like."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Details, Entry
from semsearch.text.common_questions import (
    FOLDER,
    MAX_CONCEPTS,
    PLACES,
    RULE,
    CommonQuestions,
    bundled,
    places_of,
    write_places,
)
from semsearch.text.normalise import fold
from semsearch.text.word_topics import DIGEST_BYTES, FILE
from tests.cpu_time import cpu_time_at_most

LIME = {
    "term": "LIME",
    "aliases": ["local interpretable model-agnostic explanations"],
    "definition": "Explains a prediction by a simple model of its neighbourhood.",
    "questions": ["why did the classifier say so?", "a local surrogate for one prediction"],
}
ROCK = {
    "term": "limestone",
    "aliases": ["lime"],
    "definition": "Sedimentary rock of calcium carbonate, burnt to make cement.",
    "questions": ["which rock is burnt for cement?", "shells turned to stone"],
}


def concepts(folder: Path, *stated: Mapping[str, object]) -> CommonQuestions:
    """Return the questions of some concepts, each in a file of its own."""
    for number, one in enumerate(stated):
        file = folder / f"{number}.jsonl"
        file.write_text(json.dumps(one, ensure_ascii=False) + "\n", encoding="utf-8")
    write_places(folder)
    return CommonQuestions(folder)


def entry(term: str, definition: str, **others: object) -> Entry:
    """Return an entry of a glossary of minerals."""
    return Entry("minerals:x", term, definition, "minerals", **others)  # type: ignore[arg-type]


BURNT = entry("Lime", "A product of burning calcium carbonate, used for mortar and cement.")


def test_an_entry_has_the_questions_of_its_sense(tmp_path: Path) -> None:
    """Two concepts have its name, and its definition shares words with one of them."""
    both = concepts(tmp_path, LIME, ROCK)
    assert both.of(BURNT) == tuple(ROCK["questions"])
    model = "A simple model that explains one prediction of a classifier from its neighbourhood."
    assert both.of(replace(BURNT, definition=model)) == tuple(LIME["questions"])
    assert both.of(replace(BURNT, definition="A green fruit with sour juice.")) == ()


def test_texts_are_drawn_evenly(tmp_path: Path) -> None:
    """Questions and definitions of all files are among them; no name is."""
    both = concepts(tmp_path, LIME, ROCK)
    every = [*LIME["questions"], LIME["definition"], *ROCK["questions"], ROCK["definition"]]
    assert both.texts(6) == every
    assert both.texts(3) == every[::2]
    assert both.texts(100) == every


def test_any_form_of_a_name_will_do(tmp_path: Path) -> None:
    """Case, plurals and hyphens do not matter, and derived initials are no name."""
    both = concepts(tmp_path, LIME, ROCK)
    assert both.of(replace(BURNT, term="Limestones"))
    assert both.of(replace(BURNT, term="Whitewash", aliases=("lime",)))
    assert not both.of(replace(BURNT, term="Whitewash"))
    initials = replace(BURNT, term="Local Iron Mining Enterprise")
    assert not concepts(tmp_path, {**ROCK, "term": "LIME", "aliases": []}).of(initials)


def test_a_clear_name_needs_less(tmp_path: Path) -> None:
    """One of several words hardly stands for something else, but it may.

    No word is shared: the topics are enough.
    """
    both = concepts(tmp_path, LIME)
    named = "Local interpretable model-agnostic explanations"
    said = "Reasons for the output of a neural network."
    assert both.of(entry(named, said)) == tuple(LIME["questions"])
    assert not both.of(entry("LIME", said))
    assert not both.of(entry(named, "A song by a band of that name."))


def test_a_qualifier_may_be_left_out(tmp_path: Path) -> None:
    """Of the entry, or of the concept."""
    qualified = concepts(tmp_path, {**ROCK, "term": "lime (rock)", "aliases": []})
    assert qualified.of(BURNT) == tuple(ROCK["questions"])
    assert qualified.of(replace(BURNT, term="Lime (mineral)"))
    assert not qualified.of(entry("Lime", "A green fruit with sour juice."))


def test_only_english_entries_have_any(tmp_path: Path) -> None:
    """The questions are English, in whatever variant."""
    both = concepts(tmp_path, ROCK)
    assert both.of(replace(BURNT, language="en-GB"))
    assert not both.of(replace(BURNT, language="de"))


def test_other_languages_have_none(tmp_path: Path) -> None:
    """Also those whose words are analysed as English; no language is English."""
    both = concepts(tmp_path, ROCK)
    assert not both.of(replace(BURNT, language="sv"))
    assert both.of(replace(BURNT, language=""))


def test_a_package_that_was_replaced_gives_no_wrong_concept(tmp_path: Path) -> None:
    """Who has the former places reads other lines, or none."""
    before = concepts(tmp_path, ROCK)
    lime = json.dumps({**LIME, "definition": ROCK["definition"]}) + "\n"
    (tmp_path / "0.jsonl").write_text(lime.replace("LIME", "LMIE"), encoding="utf-8")
    assert before.of(BURNT) == ()
    (tmp_path / "0.jsonl").write_text("no concept", encoding="utf-8")
    assert before.of(BURNT) == ()
    (tmp_path / "0.jsonl").unlink()
    assert before.of(BURNT) == ()


def test_thousands_of_aliases_are_bounded(tmp_path: Path) -> None:
    """An edit holds the lock of the index while they are compared."""
    both = concepts(tmp_path, ROCK)
    names = tuple(f"limestone number {number}" for number in range(5_000))
    with cpu_time_at_most(0.5):
        assert both.of(replace(BURNT, aliases=("limestone", *names)))


def test_what_its_author_wrote_is_left_out(tmp_path: Path) -> None:
    """The same phrase is not embedded twice for one entry."""
    both = concepts(tmp_path, ROCK)
    details = Details.of({"asked_as": ["Which rock is burnt for cement"]})
    assert both.of(replace(BURNT, details=details)) == ("shells turned to stone",)


def test_the_nearest_concepts_come_first(tmp_path: Path) -> None:
    """Several fields may have the same one; no more than two are taken, no question twice."""
    stated = [
        {**ROCK, "definition": f"{ROCK['definition']} {more}", "questions": [f"{more}?", "stone"]}
        for more in ("rare", "mortar", "mortar burning product")
    ]
    found = concepts(tmp_path, *stated)
    assert len(found.concepts_of(BURNT)) == MAX_CONCEPTS == 2
    assert found.of(BURNT) == ("mortar burning product?", "stone", "mortar?")


def test_an_index_says_which_questions_it_has(tmp_path: Path) -> None:
    """Others have another digest, and those of another version are not used."""
    first = concepts(tmp_path, LIME).digest
    assert concepts(tmp_path, LIME).digest == first
    assert concepts(tmp_path, ROCK).digest != first
    assert first.startswith(f"{RULE}-")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.jsonl")), ids=lambda file: file.stem)
def test_bundled_concepts_are_complete(file: Path) -> None:
    """Each has four questions, which do not name it, and a definition of a sentence or more."""
    named = set()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        one, place = json.loads(line), f"{file.name}:{number}"
        assert {"term", "aliases", "definition", "questions"} <= set(one), place
        assert len(one["questions"]) == 4 and len(set(one["questions"])) > 2, place
        assert len(one["definition"].split()) > 4, place
        texts = [one["term"], one["definition"], *one["aliases"], *one["questions"]]
        assert all(text.strip() == text != "" for text in texts), place
        key = (fold(one["term"]), fold(one["definition"]))
        assert key not in named, place
        named.add(key)


def test_the_places_of_names_and_the_topics_are_current() -> None:
    """`python -m tools.write_concepts` writes them."""
    places = places_of(FOLDER)
    assert (FOLDER / PLACES).read_bytes() == places
    assert FILE.read_bytes()[:DIGEST_BYTES] == places[:DIGEST_BYTES]


def test_the_seed_has_some() -> None:
    """Overfitting is the same in every glossary of machine learning."""
    text = "A model learns the training data too well, with its noise, and fails on new data."
    found = bundled().of(Entry("seed:overfitting", "Overfitting", text, "seed"))
    assert 4 <= len(found) <= 8
