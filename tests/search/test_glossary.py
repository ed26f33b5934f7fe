"""Asking: who comes first, why, and when the answer is that there is none.

Covers `search/answer`, `search/hit_confidence`, `search/question_parser`, `search/autocomplete`,
`search/name_lookup`, `search/index_view`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.names import GlossaryNames, dressed, failures, typos
from semsearch.core.answers import Tier, Verdict
from semsearch.core.errors import EntryNotFound, GlossaryNotFound, InvalidQuestion, InvalidSetting
from semsearch.ingest.build import build_index
from semsearch.ranking.confidence import SHORT_QUESTION_FACTOR, THRESHOLD
from semsearch.ranking.weights import ABLATIONS, DEFAULT, PARTS
from semsearch.search.glossary import Glossary
from tests.conftest import ENTRIES, entry


@pytest.mark.parametrize(
    ("question", "term", "tier"),
    [
        ("Leaven", "Leaven", Tier.EXACT),
        ("what is LEAVEN?", "Leaven", Tier.EXACT),
        ("inner-loaf", "Crumb", Tier.EXACT),
        ("banneton", "Proofing Basket", Tier.EXACT),
        ("ETA", "Estimated Time of Arrival (ETA)", Tier.EXACT),
        ("Estimated time of arrival", "Estimated Time of Arrival (ETA)", Tier.EXACT),
        ("DO", "Dutch Oven", Tier.FORM),
        ("dutch ovens", "Dutch Oven", Tier.FORM),
        ("proofingbaskets", "Proofing Basket", Tier.FORM),
        ("proof", "Proofing Basket", Tier.PREFIX),
        ("levaen", "Leaven", Tier.FUZZY),
    ],
)
def test_a_name_in_any_dress_comes_first(
    glossary: Glossary, question: str, term: str, tier: Tier
) -> None:
    """Exact names, acronyms, plurals, beginnings and misspellings, each labelled."""
    answer = glossary.ask(question)
    assert (answer.hits[0].entry.term, answer.hits[0].matched_by) == (term, tier)
    assert not answer.no_close_match


def test_an_exact_name_is_never_pushed_down_by_meaning(glossary: Glossary) -> None:
    """The question repeats another entry's words and still finds the name first."""
    terms = [hit.entry.term for hit in glossary.ask("hull").hits]
    assert terms[0] == "Hull"
    assert glossary.ask("crumb").hits[0].entry.term == "Crumb"


def test_ranks_scores_and_tiers_run_the_same_way(glossary: Glossary) -> None:
    """Rank counts from 1, the score falls, and tiers never go back up."""
    order = list(Tier)
    for question in ("dough", "a basket for dough", "levaen", "DO", "ship"):
        hits = glossary.ask(question).hits
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        tiers = [order.index(hit.matched_by) for hit in hits]
        assert tiers == sorted(tiers)
        assert all(0 <= score <= 1 for score in scores)


def test_a_hit_says_why(glossary: Glossary) -> None:
    """The best sentence and the shared words, cut out of the definition by their offsets."""
    answer = glossary.ask("which pot keeps the steam around a loaf?")
    hit = answer.hits[0]
    assert hit.entry.term == "Dutch Oven"
    text = hit.entry.definition
    assert hit.evidence.sentence is not None
    assert hit.evidence.sentence.text == "It keeps steam around a loaf while it bakes."
    assert [word.text for word in hit.evidence.words] == ["pot", "keeps", "steam", "around", "loaf"]
    for span in (hit.evidence.sentence, *hit.evidence.words):
        assert text[span.start : span.end] == span.text
    parts = hit.evidence.parts
    assert parts.words > 0
    assert parts.lead < parts.sentence
    assert parts.tokens > 0.9  # every word of the question is one of the definition, or nearly
    assert 0 < parts.coverage < parts.tokens
    assert hit.similarity == pytest.approx((parts.definition + parts.sentence) / 2, abs=1e-5)


def test_a_question_that_names_a_neighbour_is_not_answered_with_it(glossary: Glossary) -> None:
    """What is named in a description counts against it; alone it is what is asked for."""
    question = "a crumb is soft, but what pot with a lid bakes it in steam?"
    named = {h.entry.term: h.evidence.parts.named for h in glossary.ask(question).hits}
    assert named["Crumb"] == 1
    assert named["Dutch Oven"] == 0
    about = {h.entry.term: h.evidence.parts.named for h in glossary.ask("a soft crumb").hits}
    assert about["Crumb"] == pytest.approx(1 / 4)


def test_similarities_are_the_cosines_of_the_vectors(glossary: Glossary) -> None:
    """What a hit states can be computed from the vectors of the index."""
    question = "the body of a ship"
    entries, vectors = glossary.definitions()
    cosines = vectors @ glossary.encode([question])[0]
    by_term = {e.term: float(c) for e, c in zip(entries, cosines, strict=True)}
    hits = glossary.ask(question).hits
    assert hits[0].entry.term == "Hull"
    for hit in hits:
        expected = by_term[hit.entry.term]
        assert hit.evidence.parts.definition == pytest.approx(expected, abs=1e-5)


def test_one_glossary_of_several_can_be_asked(glossary: Glossary) -> None:
    """Only its entries answer, also by name."""
    hits = glossary.ask("leaven", glossary="harbour").hits
    assert {hit.entry.glossary for hit in hits} == {"harbour"}
    assert len(hits) == 2
    with pytest.raises(GlossaryNotFound, match=r"'kitchen'.*bakery, harbour"):
        glossary.ask("leaven", glossary="kitchen")


def test_nothing_in_common_is_no_close_match(glossary: Glossary) -> None:
    """The nearest entries come along, labelled as no match."""
    answer = glossary.ask("quantum physics")
    assert answer.no_close_match
    assert answer.confidence < THRESHOLD
    assert {hit.matched_by for hit in answer.hits} == {Tier.NEAREST}


@pytest.mark.parametrize("k", [0, -1, 101, 10**9])
def test_a_number_of_hits_out_of_range_is_refused(glossary: Glossary, k: int) -> None:
    """The message names the value and the range."""
    with pytest.raises(InvalidSetting, match=f"{k} hits were asked for; ask for 1 to 100"):
        glossary.ask("leaven", k=k)
    with pytest.raises(InvalidSetting, match=f"{k} related terms"):
        glossary.related("Leaven", k=k)


def test_hits_are_limited_and_a_longer_answer_only_goes_on(glossary: Glossary) -> None:
    """The first hits do not depend on how many are wanted."""
    long = glossary.ask("dough in a basket", k=7).hits
    assert len(long) == 7
    assert glossary.ask("dough in a basket", k=2).hits == long[:2]


@pytest.mark.parametrize("name", ["levaen", "hul", "baners percentage"])
def test_a_misspelt_name_is_found_whatever_is_wanted_and_asked(
    glossary: Glossary, name: str
) -> None:
    """The number of hits and names in other glossaries do not change the first hit."""
    first = glossary.ask(name, k=10).hits[0]
    for k in (1, 2, 3):
        assert glossary.ask(name, k=k).hits[0] == first
        within = glossary.ask(name, k=k, glossary=first.entry.glossary)
        assert (within.hits[0].entry, within.hits[0].matched_by) == (first.entry, first.matched_by)


@pytest.mark.parametrize(
    ("question", "repaired", "term", "tier"),
    [
        ("levaen", "Leaven", "Leaven", Tier.FUZZY),
        ("what is a dutch ovwn?", "Dutch Oven", "Dutch Oven", Tier.FUZZY),
        ("fermentd", "fermented", "Leaven", Tier.MEANING),
        ("which pot keeps the staem?", "which pot keeps the steam?", "Dutch Oven", Tier.MEANING),
        ("Proofng", "Proofing", "Proofing Basket", Tier.FUZZY),
        ("which pot keeps the steam?", None, "Dutch Oven", Tier.MEANING),
        ("leaven", None, "Leaven", Tier.EXACT),
    ],
)
def test_a_misspelt_question_is_answered_as_it_was_meant(
    glossary: Glossary, question: str, repaired: str | None, term: str, tier: Tier
) -> None:
    """A name is corrected as a whole, other questions word by word; `repaired` says so.

    Other questions are left alone.
    """
    answer = glossary.ask(question)
    assert (answer.query, answer.repaired) == (question, repaired)
    assert (answer.hits[0].entry.term, answer.hits[0].matched_by) == (term, tier)
    if repaired and tier is Tier.MEANING:
        assert glossary.ask(repaired).hits == answer.hits


def test_the_likeliest_of_several_names_as_near_comes_first(tmp_path: Path) -> None:
    """A neighbouring key is likelier than any other, a stated name than a derived one."""
    entries = [
        entry("LSX", "A kind of boat."),
        entry("Loaf Sour Tin", "A pan.", aliases=()),
        entry("LSM", "A kind of bread."),
    ]
    build_index(entries, tmp_path, model="hashed")
    with Glossary.open(tmp_path) as opened:
        answer = opened.ask("LSN")
    assert [hit.entry.term for hit in answer.hits] == ["LSM", "LSX", "Loaf Sour Tin"]
    assert answer.no_close_match  # one letter of three may be wrong, or another thing was meant
    assert answer.repaired is None


def test_a_known_word_is_not_taken_for_another(glossary: Glossary) -> None:
    """The glossary uses "crust" and "loaf", so they stay what they are."""
    for question in ("crusts", "a loaf with a crust"):
        answer = glossary.ask(question)
        assert answer.repaired is None
        assert Tier.FUZZY not in {hit.matched_by for hit in answer.hits}


def test_long_entries_do_not_crowd_out_the_others(tmp_path: Path) -> None:
    """Ten are wanted and ten come, although three have all of the nearest passages."""
    sentences = " ".join(f"A ship number {n} sails on the sea of ships." for n in range(64))
    long = [entry(f"Fleet {n}", sentences + f" It is {n}.") for n in range(6)]
    short = [entry(f"Loaf {n}", f"Bread of kind {n} out of the oven.") for n in range(10)]
    build_index([*long, *short], tmp_path, model="hashed")
    with Glossary.open(tmp_path) as opened:
        assert len(opened.ask("a ship sails on the sea", k=10).hits) == 10


def test_several_questions_answer_like_one_by_one(glossary: Glossary) -> None:
    """A batch changes nothing."""
    questions = ["leaven", "a pot with a lid", "when does the ship arrive"]
    assert glossary.ask_many(questions) == [glossary.ask(q) for q in questions]
    with pytest.raises(InvalidQuestion):
        glossary.ask_many(["leaven", ""])


def test_an_entry_by_id_name_or_acronym(glossary: Glossary) -> None:
    """Ids first, then names; an unknown one suggests the nearest."""
    assert glossary.entry("bakery:dutch-oven") == ENTRIES[2]
    assert glossary.entry("dutch oven") == ENTRIES[2]
    assert glossary.entry("eta").term == "Estimated Time of Arrival (ETA)"
    with pytest.raises(EntryNotFound, match="'levaen'; did you mean 'Leaven'"):
        glossary.entry("levaen")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dutch", "; did you mean 'Dutch Oven'?"),
        ("lea", "; did you mean 'Leaven'?"),
        ("estim", "; did you mean 'Estimated Time of Arrival'?"),
        ("bakery:dutch", "; did you mean 'bakery:dutch-oven'?"),
        ("bakery:levaen", "; did you mean 'bakery:leaven'?"),
        ("bakery:estim", ""),
        ("nothing at all", ""),
    ],
)
def test_an_unknown_name_suggests_those_that_begin_with_it(
    glossary: Glossary, typed: str, meant: str
) -> None:
    """Of an id these are ids of the same glossary."""
    with pytest.raises(EntryNotFound) as raised:
        glossary.entry(typed)
    assert str(raised.value) == f"there is no entry with the id or name {typed!r}{meant}"


def test_names_of_other_glossaries_are_not_suggested(glossary: Glossary) -> None:
    """Where some glossaries alone may answer."""
    for typed in ("estim", "harbour:estim"):
        with pytest.raises(EntryNotFound) as raised:
            glossary.entry(typed, ["bakery"])
        assert "did you mean" not in str(raised.value)


def test_info_says_what_the_index_is_made_of(glossary: Glossary) -> None:
    """Counts, encoder and format."""
    info = glossary.info()
    assert (info.entries, info.generation, info.model, info.precision) == (7, 1, "hashed", "hashed")
    assert [(g.name, g.entries) for g in info.glossaries] == [("bakery", 5), ("harbour", 2)]
    assert info.vectors == 7 + 4 + 9  # two definitions have two sentences; nine names


@pytest.mark.model
def test_the_seed_is_found_by_acronym_and_plural(seed: Glossary) -> None:
    """Nobody wrote "CNN" as an alias."""
    expected = {
        "CNN": "Convolutional Neural Networks",
        "cnns": "Convolutional Neural Networks",
        "LSTMs": "Long Short-Term Memory",
        "RNN": "Recurrent Neural Networks",
        "neural network": "Neural Networks",
        "Dropuot": "Dropout",
    }
    found = {question: seed.ask(question).hits[0].entry.term for question in expected}
    assert found == expected


@pytest.mark.model
def test_every_name_of_the_seed_is_found_in_every_dress_and_mistyped(seed: Glossary) -> None:
    """Always in capitals, small letters, plural, with and without hyphens.

    Nearly always mistyped.
    """
    names = GlossaryNames(seed.definitions()[0])
    well_written = list(dressed(names, "seed", 1000))
    assert len(well_written) > 190
    assert failures(seed, well_written) == []
    mistyped = list(typos(names, "seed"))
    assert len(mistyped) > 20
    missed = {one.name for one, _ in failures(seed, mistyped)}
    assert missed <= {"CNNs", "RNNs", "GANs"}, "acronyms of three letters are near to each other"


@pytest.mark.model
def test_a_word_that_the_encoder_knows_is_no_typing_error(seed: Glossary) -> None:
    """It may resemble a name or a word of the glossary; what nobody knows is put right."""
    answer = seed.ask("epoxy")
    assert answer.repaired is None
    assert seed.ask("how do features and textures differ").repaired is None
    assert seed.ask("convolutional nueral network").hits[0].entry.term == (
        "Convolutional Neural Networks"
    )
    repaired = seed.ask("which method prevnts overfittng by leaving nuerons out").repaired
    assert repaired == "which method prevents overfitting by leaving neurons out"


@pytest.mark.model
def test_the_seed_answers_in_plain_language_and_admits_what_it_does_not_know(
    seed: Glossary,
) -> None:
    """A paraphrase finds its entry; another subject finds none."""
    answer = seed.ask("words turned into vectors that keep their relationships")
    assert answer.hits[0].entry.term == "Embedding"
    assert not answer.no_close_match
    assert seed.ask("how long does sourdough have to rest?").no_close_match


def test_a_recipe_ranks_by_the_parts_it_names(glossary: Glossary) -> None:
    """Without names a term is no exact hit; words alone give the order of BM25."""
    question = "which dough rises in a basket?"
    by_words = glossary.with_weights(ABLATIONS["words only"])
    scores = [hit.evidence.parts.words for hit in by_words.ask(question).hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0
    whole, *_ = (glossary.with_weights(weights) for weights in ABLATIONS.values())
    cosines = [hit.evidence.parts.definition for hit in whole.ask(question).hits]
    assert cosines == sorted(cosines, reverse=True)
    assert glossary.ask("crumb").hits[0].matched_by == Tier.EXACT
    assert whole.ask("crumb").hits[0].matched_by != Tier.EXACT
    assert glossary.with_weights(DEFAULT).ask(question) == glossary.ask(question)


def test_every_ablation_differs_from_the_default_but_one() -> None:
    """The first is the whole definition alone; exactly one row is what answers."""
    first, *_ = ABLATIONS.values()
    assert dict(zip(PARTS, first.vector.tolist(), strict=True)) == {
        **dict.fromkeys(PARTS, 0.0),
        "definition": 1.0,
    }
    assert not first.names
    assert [name for name, weights in ABLATIONS.items() if weights == DEFAULT] == ["everything"]


def test_a_bare_word_that_is_no_name_is_at_most_possible(glossary: Glossary) -> None:
    """It finds what mentions it; a name, and a question of more words, can be sure."""
    assert glossary.ask("steam").verdict is Verdict.POSSIBLE
    assert glossary.ask("steam").confidence < SHORT_QUESTION_FACTOR
    assert glossary.ask("leaven").verdict is Verdict.EXACT
    assert glossary.ask("which pot keeps steam around a loaf").verdict is Verdict.STRONG


@pytest.mark.model
def test_another_copy_of_the_encoder_may_answer(seed: Glossary) -> None:
    """Its vectors are nearly those of the copy that the build chose, which goes on as it was."""
    question = ["how are words turned into numbers?"]
    exact = seed.with_precision("fp32")
    chosen = seed.encode(question)
    cosine = float((exact.encode(question) @ chosen.T)[0, 0])
    assert 0.95 < cosine < 0.9999
    assert (seed.encode(question) == chosen).all()
    assert (seed.with_precision("int8").encode(question) == chosen).all()
    assert exact.ask(question[0]).hits[0].entry.term == "Embedding"


def test_an_encoder_without_copies_has_no_other_precision(glossary: Glossary) -> None:
    """Nor is there any but the two."""
    with pytest.raises(
        InvalidSetting, match=r"hashed of .* answers as hashed and cannot as 'fp32'; an exported"
    ):
        glossary.with_precision("fp32")


@pytest.mark.model
def test_an_unknown_precision_is_named(seed: Glossary) -> None:
    """The error lists the known precisions."""
    with pytest.raises(
        InvalidSetting, match=r"answers as int8 and cannot as 'int4'; .* as int8 or fp32"
    ):
        seed.with_precision("int4")


def test_no_word_of_another_glossary_is_told_by_repairing(tmp_path: Path) -> None:
    """A correction never uses a word that only another glossary has."""
    other = entry("Capstan", "A bollardish windlass of the quayside.", "harbour")
    build_index([*ENTRIES, other], tmp_path, model="hashed")
    with Glossary.open(tmp_path) as opened:
        question = "fermmented dough of the bollardsh"
        assert "bollardish" in str(opened.ask(question).repaired)
        assert "bollardish" not in str(opened.ask(question, glossary="bakery").repaired)
        assert opened.ask("fermmented dough", glossary="bakery").repaired == "fermented dough"
