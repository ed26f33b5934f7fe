"""Classifies a question: name, comparison, part of a name, misspelling, or free text.

This is the first step of an answer, before anything is embedded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from semsearch.core.answers import Tier
from semsearch.core.cached_method import cached_method
from semsearch.core.positions import PositionFilter
from semsearch.index.segments.multi import MultiAskedAsPhrases, MultiNameStems, MultiPostings
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.ranking import confidence
from semsearch.search.compared_names import find_comparison
from semsearch.search.name_lookup import NameLookup, NameMatch
from semsearch.text.english import is_english
from semsearch.text.normalise import fold
from semsearch.text.question_wording import subject_of
from semsearch.text.spelling import Vocabulary, repair, similarity

REAL_WORD_FACTOR = 0.3
"""Factor for the confidence of a guess if the question is an ordinary word: "carpet" may stand for
"caret", but more likely for itself. It keeps the guess below the threshold."""

MIN_PHRASE_SIMILARITY = 0.85
"""Least share of letters that several ordinary words must have in common with a name to be read as
it: "gradient decent" is read as "gradient descent", "cost function" is not read as "loss
function"."""

REPAIRED_LANGUAGE = "en"
"""The language whose words are repaired one by one; for others there is no list of right words."""


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A parsed question: as it was asked, the text it is read as, and entries whose names it has.

    `is_comparison` says that it compares names, and `has_unknown_name` that something it compares
    is no name of the index. `is_fallback` says that the names only count if nothing is found by
    meaning, since the question is an ordinary word.
    """

    question: str
    read_as: str
    names: dict[int, NameMatch]
    is_comparison: bool = False
    has_unknown_name: bool = False
    is_fallback: bool = False

    @property
    def is_misspelt(self) -> bool:
        """Whether the names only resemble the question."""
        return any(match.tier is Tier.FUZZY for match in self.names.values())


class QuestionParser(NameLookup):
    """Classifies questions with the names and words of an index. Thread-safe."""

    def __init__(
        self,
        entry_table: MultiEntries,
        words: MultiPostings,
        stems: MultiNameStems,
        phrases: MultiAskedAsPhrases,
    ) -> None:
        super().__init__(entry_table, stems)
        self._postings = words
        self._phrases = phrases
        self._is_english = cached_method(64, self._is_mostly_english)

    def parse(
        self, question: str, allowed: PositionFilter, is_word: Callable[[str], bool]
    ) -> ParsedQuestion:
        """Find the names a question is, has or begins, or the text it was meant to be.

        Only a question that is neither a name nor an asked-as phrase, and has a word that neither
        an entry nor a phrase uses, is taken for misspelt: as a whole for a name, or word by word.

        Args:
            question: as it was asked.
            allowed: positions that may answer.
            is_word: whether a folded word is known to the encoder, and so no error.
        """
        if names := self.match_question(question, allowed):
            return ParsedQuestion(question, question, names)
        if len(self._phrases.equal_to(question, allowed)):
            return ParsedQuestion(question, question, {})
        if found := find_comparison(self, question, allowed):
            return ParsedQuestion(question, found.text, found.names, True, not found.is_whole)
        if names := self.match_part(question, allowed):
            return ParsedQuestion(question, question, names)
        return self._repaired(question, allowed, lambda word: is_english(word) or is_word(word))

    def _unknown(self, question: str, allowed: PositionFilter) -> list[str]:
        """Return the words of a question that neither an entry nor a phrase uses."""
        unused = self._postings.unknown(question, allowed)
        languages = allowed.word_languages
        return [word for word in unused if not self._phrases.has_word(word, languages)]

    def _repaired(
        self, question: str, allowed: PositionFilter, is_word: Callable[[str], bool]
    ) -> ParsedQuestion:
        """Read a question without a name: as one that it resembles, or with its words put right."""
        unknown = self._unknown(question, allowed)
        if unknown and (names := self.match_misspelt(question, allowed, unknown)):
            are_words = all(is_word(fold(word)) for word in unknown)
            found = _doubtful(question, names) if are_words else _resembling(question, names)
            if found:
                return found
        if unknown and self._is_english(allowed):
            return self._with_words_repaired(question, unknown, allowed, is_word)
        return ParsedQuestion(question, question, {})

    def _with_words_repaired(
        self,
        question: str,
        unknown: list[str],
        allowed: PositionFilter,
        is_word: Callable[[str], bool],
    ) -> ParsedQuestion:
        text = repair(question, unknown, self._vocabulary, is_word)
        if text == question or not set(self._unknown(text, allowed)) < set(unknown):
            return ParsedQuestion(
                question, question, {}
            )  # only other glossaries use what it was put to
        if found := find_comparison(self, text, allowed):
            return ParsedQuestion(question, found.text, found.names, True, not found.is_whole)
        right = similarity(fold(question), fold(text))
        sure = confidence.misspelling_probability(right, 1.0)
        named = self.match_question(text, allowed) or self.match_part(text, allowed)
        names = {
            at: replace(one, tier=Tier.FUZZY, certainty=min(one.certainty, sure), resemblance=right)
            for at, one in named.items()
        }
        return ParsedQuestion(question, text, names)

    def _is_mostly_english(self, allowed: PositionFilter) -> bool:
        """Whether most of what may answer is written in the language whose words are repaired."""
        counts = self._entry_table.languages(allowed)
        ours = sum(count for tag, count in counts.items() if tag.split("-")[0] == REPAIRED_LANGUAGE)
        return 2 * ours >= sum(counts.values())

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self._postings.uses, self._postings.alike)


def _resembling(question: str, names: dict[int, NameMatch]) -> ParsedQuestion:
    """Read a question as the name that it resembles most, if that is likely."""
    best = next(iter(names.values()))
    return ParsedQuestion(question, best.label if best.is_likely else question, names)


def _doubtful(question: str, names: dict[int, NameMatch]) -> ParsedQuestion | None:
    """Read a question of ordinary words as a name that it resembles.

    Several words count as mistyped if at least 85 % of the letters are those of a name; a single
    word is only a guess.
    """
    if len(subject_of(question).split()) > 1:
        like = {at: one for at, one in names.items() if one.resemblance >= MIN_PHRASE_SIMILARITY}
        return ParsedQuestion(question, next(iter(like.values())).label, like) if like else None
    guesses = {
        at: replace(one, certainty=one.certainty * REAL_WORD_FACTOR) for at, one in names.items()
    }
    return ParsedQuestion(question, question, guesses, is_fallback=True)
