"""English stop words, and the words of a question that carry meaning, in any language."""

from __future__ import annotations

from semsearch.text.normalise import WORD

STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being both
    but by call called calls can could did do does doing for from had has have having he her
    here hers him his how i if in into is it its itself just know like may me mean means
    might more most much must my name no nor not of off on once one only or other our out
    over own same say she should so some something such term than that the their them then
    there these they thing things this those through to too under until up us use used very
    was way we were what when where which while who whom whose why will with word would you
    your
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
"""English words that carry no meaning of their own in a question: function words and the
words of the shell around it ("what do you call the thing that ..."). Chosen by reading, not tuned.
Keyword search ignores these words; the encoder reads them."""


def content_words(question: str, stop_words: frozenset[str] = STOP_WORDS) -> list[str]:
    """Return the words of a question that carry meaning, in order, without repeats.

    When every word is a stop word, all of them are kept: "to be" must still be askable. A
    question of marks alone, like "+", has none.

    Args:
        question: any text.
        stop_words: those of its language; see `word_languages.stop_words`.
    """
    words = list(dict.fromkeys(WORD.findall(question)))
    return [w for w in words if w.casefold() not in stop_words and len(w) > 1] or words
