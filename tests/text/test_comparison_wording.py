"""Questions that compare are cut where names may begin and end, in seven languages."""

from __future__ import annotations

import pytest

from semsearch.text.comparison_wording import CutQuestion
from semsearch.text.comparison_wording import cuts_of as cuts
from tests.cpu_time import cpu_time_at_most

ASKED = """
{} vs {} | {} vs. {} | {} versus {} | difference between {} and {} | what is the difference between {} and {}? | differences between a {} and a {}
How does {} differ from {}? | how is {} different from {}? | how do {} and {} differ | is a {} a {}? | Is {} a {}? | is {} {} | are {} {}?
{} or {} | {} and {} | {} & {} | should I use {} or {}? | which is better, {} or {}? | what's better: {} or {} | compare {} with {} | compare {} and {}
{} compared to {} | is {} the same as {}? | are {} and {} the same thing? | is a {} a kind of {}? | when to use {} instead of {}
can you explain the difference between {} and {} please | how do I tell {} from {}? | how can you tell {} and {} apart | {} and {} difference
is there a difference between {} and {}? | relationship between {} and {} | isn't {} just a {}? | {} or {}, which is better? | {} vs {}, what's the difference? | is {} better than {}? | {}, {}
Unterschied zwischen {} und {} | Was ist der Unterschied zwischen {} und {}? | Worin unterscheiden sich {} und {}? | Wie unterscheidet sich {} von {}?
Ist {} ein {}? | {} oder {} | Vergleiche {} mit {} | {} im Vergleich zu {} | {} gegen {}
diff\xe9rence entre {} et {} | Quelle est la diff\xe9rence entre {} et {} ? | Est-ce qu'un {} est un {} ? | {} est-il un {} ? | {} ou {} | comparer {} et {}
diferencia entre {} y {} | \xbfCu\xe1l es la diferencia entre {} y {}? | \xbfEs {} un {}? | {} o {} | comparar {} con {} | {} es un {}
diferen\xe7a entre {} e {} | Qual \xe9 a diferen\xe7a entre {} e {}? | {} \xe9 um {}? | comparar {} com {}
differenza tra {} e {} | Qual \xe8 la differenza fra {} e {}? | {} \xe8 un {}? | {} rispetto a {}
verschil tussen {} en {} | Wat is het verschil tussen {} en {}? | Is {} een {}? | vergelijk {} met {}
"""
QUESTIONS = [one.strip() for line in ASKED.strip().splitlines() for one in line.split("|")]


def cuts_of(question: str) -> CutQuestion | None:
    """Return the likeliest cut."""
    return next(cuts(question), None)


def _pieces(found: CutQuestion | None) -> list[str]:
    assert found is not None
    return [
        found.piece(at, at).removeprefix("a ").removeprefix("un ")
        for at in range(len(found.starts))
    ]


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_names_are_pieces(question: str) -> None:
    """The pieces lack the words between and around the names."""
    assert _pieces(cuts_of(question.format("LSTMs", "Dropout"))) == ["LSTMs", "Dropout"]


@pytest.mark.parametrize(
    "question",
    [
        "difference between {}, {} and {}",
        "{}, {} or {}?",
        "{} vs {} vs {}",
        "compare {}, {}, and {}",
        "Unterschied zwischen {}, {} und {}",
    ],
)
def test_more_than_two_may_be_compared(question: str) -> None:
    """Each is a piece."""
    assert _pieces(cuts_of(question.format("precision", "recall", "F1"))) == [
        "precision",
        "recall",
        "F1",
    ]


def test_a_claim_is_cut_in_several_ways() -> None:
    """Which of them gives names is for others to say."""
    pieces = [_pieces(one) for one in cuts("is JSON a subset of JavaScript?")]
    assert ["JSON", "subset of JavaScript"] in pieces
    assert ["JSON", "JavaScript"] in pieces


def test_pieces_may_belong_together() -> None:
    """A name may have a word in it that also stands between two."""
    found = cuts_of("R and D vs marketing")
    assert found is not None
    assert (found.piece(0, 0), found.piece(0, 1), found.piece(2, 2)) == (
        "R",
        "R and D",
        "marketing",
    )


def test_where_other_words_may_stand_is_told() -> None:
    """Around "vs" on both sides, behind a difference only, beside a mere "or" nowhere."""
    told = {
        question: (found.has_comparing_words, found.may_begin_late, found.may_end_early)
        for question in (
            "when is x vs y useful",
            "difference between x and y in practice",
            "x or y",
        )
        if (found := cuts_of(question))
    }
    assert list(told.values()) == [(True, True, True), (True, False, True), (False, False, False)]


@pytest.mark.parametrize(
    "question",
    [
        "dropout",
        "what stops a network from memorising its data?",
        "how are words turned into numbers?",
        "",
        "?",
    ],
)
def test_a_question_without_such_words_compares_nothing(question: str) -> None:
    """Such a question costs no look-up."""
    assert cuts_of(question) is None


def test_what_measures_a_difference_is_described() -> None:
    """A difference is compared only after words of asking."""
    found = cuts_of("measures the difference between prediction and target")
    assert found is not None
    assert not found.has_comparing_words


def test_a_long_question_is_cut_fast() -> None:
    """Hundreds of "and" are no comparison."""
    with cpu_time_at_most(1):
        assert cuts_of("a and " * 160) is None
        cuts_of("is " + "x " * 400)
        cuts_of("the difference between " * 40)
