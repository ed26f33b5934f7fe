"""Questions that contain names, asked of whole indexes.

Who comes first, and what the answer is called.

Covers `search/compared_names`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.answers import Tier, Verdict
from semsearch.core.entries import Details, Entry
from semsearch.core.errors import InvalidQuestion
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.corpus_build import build
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from tests.conftest import entry

DATA = Path(__file__).parents[1] / "data" / "names"

TERMS = (
    entry("Long Short-Term Memory", "A cell that keeps what matters.", "ml"),
    entry("Recurrent Neural Networks", "Layers that read one step after the other.", "ml"),
    entry("Convolutional Neural Networks", "Layers that look at patches.", "ml"),
    entry("Neural Networks", "Layers of weighted sums.", "ml"),
    entry("Dropout", "Leaving out units by chance.", "ml"),
    entry("Batch Normalization", "Bringing values to one scale.", "ml", aliases=("batch norm",)),
    entry(
        "Loss Function",
        "How wrong a model is.",
        "ml",
        aliases=("cost function", "objective function"),
    ),
    entry("Supervised machine learning", "Learning with labels.", "ml"),
    entry("Backpropagation", "Passing errors back.", "ml"),
    entry("Research and Development", "Looking for new things.", "ml", aliases=("R&D",)),
    entry("kube-scheduler", "Chooses a machine for each pod.", "ml"),
    entry("kube-proxy", "Forwards packets.", "ml"),
    entry("Response header", "Lines in front of a reply.", "ml"),
    entry("Request header", "Lines in front of a wish.", "ml"),
    entry("The Khronos Group", "An office for standards of graphics.", "ml"),
    entry("WHATWG", "Keepers of a web standard.", "ml"),
    entry("Breadcrumb", "A trail of links.", "ml"),
    entry("Precision", "Of what is found, the share that is right.", "ml"),
    entry("Recall", "Of what is right, the share that is found.", "ml"),
    entry("PEP", "A proposal for Python.", "ml"),
    replace(entry("Pep", "Energy and high spirits.", "ml"), id="ml:pep-2"),
    entry("...", "An ellipsis: the rest, whatever it is.", "ml"),
    entry("::", "Two colons between a scope and a name.", "ml"),
    entry("Memories", "What is kept in mind.", "ml"),
    replace(entry("Bridges", "Ways across.", "ml"), details=Details(notation="624.2")),
)


@pytest.fixture(scope="module")
def ml(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glossary]:
    """Give an index of these terms without a model."""
    index = tmp_path_factory.mktemp("ml") / "index"
    build_index(TERMS, index, model="hashed")
    with Glossary.open(index) as opened:
        yield opened


@pytest.fixture(scope="module")
def spelt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glossary]:
    """Give an index of names that are written in many ways."""
    index = tmp_path_factory.mktemp("spelt") / "index"
    build([DATA], index, model="hashed")
    with Glossary.open(index) as opened:
        yield opened


def _first(glossary: Glossary, question: str) -> tuple[str, Tier]:
    hit = glossary.ask(question, k=1).hits[0]
    return hit.entry.term, hit.matched_by


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("LSTM vs RNN", ["Long Short-Term Memory", "Recurrent Neural Networks"]),
        ("RNN vs LSTM", ["Recurrent Neural Networks", "Long Short-Term Memory"]),
        (
            "difference between CNNs and RNNs",
            ["Convolutional Neural Networks", "Recurrent Neural Networks"],
        ),
        ("is a CNN a neural network?", ["Convolutional Neural Networks", "Neural Networks"]),
        ("dropout or batch normalization", ["Dropout", "Batch Normalization"]),
        ("should I use dropout or batch norm for images?", ["Dropout", "Batch Normalization"]),
        ("how does precision differ from recall?", ["Precision", "Recall"]),
        (
            "what is the difference between dropuot and batch normalisation?",
            ["Batch Normalization", "Dropout"],
        ),
        ("dropout or recall, which should I look at first?", ["Dropout", "Recall"]),
        ("precision, recall and dropout", ["Precision", "Recall", "Dropout"]),
        ("R and D vs backprop", ["Research and Development", "Backpropagation"]),
        (
            "when would one choose LSTM vs GRU cells or CNN",
            ["Long Short-Term Memory", "Convolutional Neural Networks"],
        ),
        ("request or response header", ["Request header", "Response header"]),
        ("differnce between dropout and recall", ["Dropout", "Recall"]),
        ("is batch normalization a kind of dropout?", ["Batch Normalization", "Dropout"]),
        ("is precision an alternative to recall?", ["Precision", "Recall"]),
        ("Unterschied zwischen Dropout und Precision", ["Dropout", "Precision"]),
        ("Quelle est la diff\xe9rence entre precision et recall ?", ["Precision", "Recall"]),
        ("diferencia entre precision y recall", ["Precision", "Recall"]),
        ("Is een CNN een neural network?", ["Convolutional Neural Networks", "Neural Networks"]),
    ],
)
def test_the_names_that_are_compared_come_first(
    ml: Glossary, question: str, terms: list[str]
) -> None:
    """Acronyms, plurals, typing errors and words around them included.

    They alone match, mistyped ones last.
    """
    answer = ml.ask(question)
    assert [hit.entry.term for hit in answer.hits if hit.matched_by is not Tier.NEAREST] == terms
    assert [hit.entry.term for hit in answer.hits][: len(terms)] == terms
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("LSTM vs RNN", Verdict.TERMS),
        ("is dropout a loss function?", Verdict.TERMS),
        ("dropout vs bread", Verdict.POSSIBLE),
        ("dropout", Verdict.EXACT),
        ("R and D", Verdict.EXACT),
        ("Research and Development", Verdict.EXACT),
    ],
)
def test_a_comparison_has_a_verdict_of_its_own(
    ml: Glossary, question: str, verdict: Verdict
) -> None:
    """The glossary must have all compared names; a name with "and" in it is no comparison."""
    assert ml.ask(question).verdict is verdict


def test_what_describes_something_compares_nothing(ml: Glossary) -> None:
    """Words of comparing are no comparison unless names are compared."""
    for question in (
        "measures the difference between what is found and what is right",
        "layers that read one step or the other",
        "a cell or a unit that keeps what matters",
    ):
        assert ml.ask(question).verdict is not Verdict.TERMS


def test_an_answer_says_how_a_mistyped_comparison_was_read(ml: Glossary) -> None:
    """`repaired` is the corrected comparison."""
    assert ml.ask("dropuot vs recall").repaired == "Dropout vs recall"


@pytest.mark.parametrize(
    "question",
    [
        "explain dropout to me",
        "explain dropout like I'm five",
        "dropout meaning",
        "what does dropout mean?",
        "define dropout please",
        "tell me about dropout",
        "Was ist Dropout?",
        "Qu'est-ce que le dropout ?",
        "\xbfQu\xe9 es dropout?",
        "O que \xe9 dropout?",
        "Cos'\xe8 il dropout?",
        "Wat is dropout?",
    ],
)
def test_a_name_in_words_of_asking_is_exact(ml: Glossary, question: str) -> None:
    """Wordings of seven languages are tried; `test_question_wording` has more."""
    answer = ml.ask(question)
    assert (answer.hits[0].entry.term, answer.verdict) == ("Dropout", Verdict.EXACT)


@pytest.mark.parametrize(
    ("question", "term", "tier"),
    [
        ("scheduler", "kube-scheduler", Tier.PARTIAL),
        ("supervised learning", "Supervised machine learning", Tier.PARTIAL),
        ("machine learning", "Supervised machine learning", Tier.PARTIAL),
        ("what is a scheduler?", "kube-scheduler", Tier.PARTIAL),
        ("objective", "Loss Function", Tier.PREFIX),
        ("cost", "Loss Function", Tier.PREFIX),
        ("cost function", "Loss Function", Tier.EXACT),
        ("batch", "Batch Normalization", Tier.PREFIX),
        ("backprop", "Backpropagation", Tier.PREFIX),
        ("backpropag", "Backpropagation", Tier.PREFIX),
        ("neural net", "Neural Networks", Tier.PREFIX),
        ("neural nets", "Neural Networks", Tier.PREFIX),
        ("long short", "Long Short-Term Memory", Tier.PREFIX),
        ("short term memory", "Long Short-Term Memory", Tier.PARTIAL),
        ("Khronos", "The Khronos Group", Tier.PARTIAL),
    ],
)
def test_a_part_of_a_name_finds_it(ml: Glossary, question: str, term: str, tier: Tier) -> None:
    """Its last or inner words, its first ones, or an unfinished one."""
    answer = ml.ask(question)
    assert (answer.hits[0].entry.term, answer.hits[0].matched_by) == (term, tier)
    assert not answer.no_close_match


@pytest.mark.parametrize(
    "question",
    ["no scheduler", "learning that is not supervised", "header with no response", "header at all"],
)
def test_a_word_that_says_something_of_others_has_to_be_in_the_name(
    ml: Glossary, question: str
) -> None:
    """Without it the opposite of what is asked was found by name, and called strong."""
    assert {hit.matched_by for hit in ml.ask(question).hits} <= {Tier.MEANING, Tier.NEAREST}


@pytest.mark.parametrize(
    "question", ["function of loss", "machine for learning", "a loss function"]
)
def test_words_that_only_join_others_may_be_missing_in_the_name(
    ml: Glossary, question: str
) -> None:
    """Articles, "of", "for" and their like."""
    assert ml.ask(question).hits[0].matched_by in {Tier.EXACT, Tier.PARTIAL}


@pytest.mark.parametrize("question", ["Gradient clipping", "clipping gradient", "gradient cliping"])
def test_who_asks_for_a_name_reads_the_first_sentence(tmp_path: Path, question: str) -> None:
    """And not the one that happens to be nearest to the name."""
    text = "Bounds how far one step may go. Gradient clipping is named after a pair of scissors."
    build_index((entry("Gradient clipping", text, "ml"),), tmp_path / "index", model="hashed")
    with Glossary.open(tmp_path / "index") as opened:
        hit = opened.ask(question).hits[0]
        assert hit.evidence.name
        assert hit.evidence.sentence
        assert hit.evidence.sentence.text == "Bounds how far one step may go."
        hit = opened.ask("named after a pair of scissors").hits[0]
        assert hit.evidence.sentence
        assert hit.evidence.sentence.text.endswith("scissors.")


def test_all_names_that_end_so_are_found(ml: Glossary) -> None:
    """These entries share the confidence, so none is likely by itself."""
    answer = ml.ask("header")
    assert {hit.entry.term for hit in answer.hits[:2]} == {"Response header", "Request header"}
    assert {hit.matched_by for hit in answer.hits[:2]} == {Tier.PARTIAL}
    assert answer.verdict is Verdict.POSSIBLE
    assert answer.confidence < 0.6
    assert ml.ask("kube").confidence < ml.ask("scheduler").confidence


@pytest.mark.parametrize("question", ["the", "what", "bread", "is", "does"])
def test_an_ordinary_word_is_no_beginning_of_a_longer_one(ml: Glossary, question: str) -> None:
    """Beginnings of "The Khronos Group", "WHATWG" and "Breadcrumb" do not match."""
    tiers = {hit.matched_by for hit in ml.ask(question).hits}
    assert tiers <= {Tier.MEANING, Tier.NEAREST}


@pytest.mark.parametrize("question", ["bre", "drop", "kub", "conv"])
def test_a_short_fragment_begins_nothing(ml: Glossary, question: str) -> None:
    """It would begin too much."""
    assert Tier.PREFIX not in {hit.matched_by for hit in ml.ask(question).hits}


@pytest.mark.parametrize("typed", ["bre", "drop", "kub", "the", "Conv"])
def test_what_is_being_typed_still_begins_a_name(ml: Glossary, typed: str) -> None:
    """Suggestions complete anything from two letters on."""
    assert any(one.name.casefold().startswith(typed.casefold()) for one in ml.suggest(typed))


def test_of_names_that_differ_by_case_the_one_as_asked_comes_first(ml: Glossary) -> None:
    """The other one comes next."""
    for question, terms in (
        ("PEP", ["PEP", "Pep"]),
        ("Pep", ["Pep", "PEP"]),
        ("what is PEP?", ["PEP", "Pep"]),
    ):
        assert [hit.entry.term for hit in ml.ask(question).hits[:2]] == terms


@pytest.mark.parametrize(
    ("question", "term"),
    [("...", "..."), ("::", "::"), ("what is ...?", "..."), ("what does :: mean?", "::")],
)
def test_terms_of_marks_can_be_asked(ml: Glossary, question: str, term: str) -> None:
    """Alone, and in words of asking."""
    answer = ml.ask(question)
    assert (answer.hits[0].entry.term, answer.verdict) == (term, Verdict.EXACT)


@pytest.mark.parametrize("question", ["?", "?!", "--"])
def test_other_marks_ask_nothing(ml: Glossary, question: str) -> None:
    """The refusal says that no entry is called so."""
    with pytest.raises(InvalidQuestion, match="no entry is called"):
        ml.ask(question)


def test_a_notation_finds_its_entry_as_a_name(ml: Glossary) -> None:
    """However it is asked for."""
    for question in ("624.2", "what is 624.2?"):
        assert _first(ml, question) == ("Bridges", Tier.EXACT)


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("METAS", "Federal Institute of Metrology (METAS)"),
        ("SI", "International System of Units (SI)"),
        ("UTC", "Coordinated Universal Time (UTC)"),
        ("cern", "European Organization for Nuclear Research (CERN)"),
        ("G.T.U", "Nee Pyinnyar Takke Tho (G.T.U)"),
        ("GTU", "Nee Pyinnyar Takke Tho (G.T.U)"),
        ("C.E.R.N.", "European Organization for Nuclear Research (CERN)"),
        ("CIO", "Chief Information Officer"),
        ("US dollar", "U.S. dollar"),
        ("PhD", "Ph.D."),
        ("phds", "Ph.D."),
        ("adaptive learning rate", "learning rate, adaptive"),
        ("covid19", "COVID-19"),
        ("3D secure", "3-D Secure"),
        ("lodz", "\u0141\xf3d\u017a"),
        ("aero", "\xc6r\xf8"),
        ("istanbul", "\u0130stanbul"),
        ("strasse", "Stra\xdfe"),
        ("file", "\ufb01le"),
        ("h2o", "H\u2082O"),
        ("windows", "Windows\xae"),
        ("java virtual machine", "Java\u2122 Virtual Machine"),
        ("analyses", "analysis"),
        ("indices", "index"),
        ("matrices", "matrix"),
        ("criteria", "criterion"),
        ("children", "child"),
        ("\u0627\u0643\u0644", "\u0623\u0643\u0644"),
        ("\u0643\u062a\u0627\u0628\u0629", "\u0643\u0650\u062a\u064e\u0627\u0628\u064e\u0629"),
        (
            "\u0645\u062f\u0631\u0633\u0629",
            "\u0645\u064e\u062f\u0652\u0631\u064e\u0633\u064e\u0629",
        ),
        ("\u05dc\u05d7\u05dd", "\u05dc\u05b6\u05d7\u05b6\u05dd"),
        ("\u05e1\u05b7\u05e4\u05bc\u05b8\u05e8", "\u05e1\u05b7\u05e4\u05bc\u05b8\u05e8"),
        ("\u05e1\u05b5\u05e4\u05b6\u05e8", "\u05e1\u05b5\u05e4\u05b6\u05e8"),
    ],
)
def test_names_are_found_however_they_are_written(
    spelt: Glossary, question: str, term: str
) -> None:
    """Acronyms in brackets, dots, marks, accents, rare letters, vowel points, irregular plurals."""
    assert _first(spelt, question)[0] == unicodedata.normalize("NFC", term)


@pytest.mark.parametrize(
    ("one", "other"),
    [("kNN", "k-NN"), ("G20", "G-20"), ("R and D", "R&D"), ("PhD", "Ph.D."), ("Q & A", "Q and A")],
)
def test_forms_with_and_without_marks_are_one(tmp_path: Path, one: str, other: str) -> None:
    """Whichever is the term, the other finds it as a form of its name."""
    for term, question in ((one, other), (other, one)):
        index = tmp_path / f"{term}".replace("/", "-")
        build_index(
            [entry(term, "One thing."), entry("Leaven", "Another thing.")], index, model="hashed"
        )
        with Glossary.open(index) as opened:
            answer = opened.ask(question)
        assert (answer.hits[0].entry.term, answer.verdict) == (term, Verdict.EXACT)


@pytest.mark.parametrize(
    "word", ["memorises", "memorise", "memorises", "tokenise", "crumbs", "crumble", "precise"]
)
def test_a_word_of_the_language_is_never_repaired(ml: Glossary, word: str) -> None:
    """Alone or in a question, British or American; "Memories" is one letter from "memorises"."""
    for question in (word, f"the thing that {word} its data"):
        assert ml.ask(question).repaired is None


def test_a_name_of_several_words_is_found_when_one_of_them_became_another_word(
    ml: Glossary,
) -> None:
    """The other words say that a name was meant."""
    assert ml.ask("batch normalizations").hits[0].entry.term == "Batch Normalization"
    assert ml.ask("lose function").repaired == "Loss Function"
    assert ml.ask("less junction").repaired is None


def _in_german(term: str, definition: str) -> Entry:
    return replace(entry(term, definition, "garten"), language="de")


def test_words_of_other_languages_are_repaired_towards_names_only(tmp_path: Path) -> None:
    """There is no list that tells an error from a word there."""
    entries = [
        _in_german("Kompost", "Erde aus verrotteten Pflanzen, die den Boden lockert."),
        _in_german("Mulch", "Eine Decke aus Pflanzen gegen Trockenheit."),
    ]
    build_index(entries, tmp_path / "index", model="hashed")
    with Glossary.open(tmp_path / "index") as opened:
        assert opened.ask("Komposst").repaired == "Kompost"
        assert opened.ask("was lockert die Bodens").repaired is None
        assert opened.ask("Erde aus Pflanzn").repaired is None


def test_names_of_live_edits_are_found_by_their_parts(tmp_path: Path) -> None:
    """A part, a comparison and a form find an added entry, and not a deleted one."""
    build_index(TERMS, tmp_path / "index", model="hashed")
    with Glossary.open(tmp_path / "index") as opened, Editor(tmp_path / "index") as editor:
        editor.add("ml", Draft("Cluster autoscaler", "Adds machines when pods wait."))
        assert opened.ask("autoscaler").hits[0].entry.term == "Cluster autoscaler"
        answer = opened.ask("cluster autoscaler vs kube-scheduler")
        assert [hit.entry.term for hit in answer.hits[:2]] == [
            "Cluster autoscaler",
            "kube-scheduler",
        ]
        editor.delete("ml:kube-scheduler")
        assert opened.ask("scheduler").hits[0].matched_by is not Tier.PARTIAL


@pytest.mark.model
@pytest.mark.parametrize(
    "question", ["neural nets", "cost function", "objective", "activation", "memory"]
)
def test_words_near_a_name_have_an_honest_confidence(seed: Glossary, question: str) -> None:
    """The confidence is neither 0 nor 1."""
    assert 0.2 < seed.ask(question).confidence < 0.98
