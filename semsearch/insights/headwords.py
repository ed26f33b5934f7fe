"""Suggests the headword of a missing entry from the questions that ask for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from semsearch.text.normalise import WORD
from semsearch.text.question_language import question_language
from semsearch.text.question_wording import subject_of
from semsearch.text.redaction import MASKS
from semsearch.text.stems import stem
from semsearch.text.word_languages import ENGLISH, stop_words

MAX_WORDS = 3
GENERAL_WORDS = {
    ENGLISH: "bit case example idea issue item kind lot matter method name object part people "
    "person piece place point problem process question reason sort stuff type",
    "de": "Art Beispiel Fall Frage Grund Leute Mensch Name Sache Teil Typ Weise Weg Wort Zweck",
    "fr": "cas chose exemple façon genre gens manière mot moyen nom raison sorte truc type",
    "es": "caso cosa ejemplo forma gente manera modo motivo nombre palabra razón tipo",
    "it": "caso cosa esempio gente maniera modo motivo nome parola ragione tipo",
    "pt": "caso coisa exemplo forma gente jeito maneira modo motivo nome palavra razão tipo",
    "nl": "ding geval manier mens naam reden soort type voorbeeld woord zaak",
}
"""Words that seldom name the concept that is missing, by language; chosen by reading. They are a
headword only where the questions have no other words; a phrase may have one ("data type")."""
_LONGER = 0.5
"""What each further word of a phrase adds to its weight, as a share: a phrase that half of the
questions have is worth as much as a word of three quarters of them."""


@dataclass(slots=True)
class _WordRun:
    """Consecutive content words of questions: how often they were asked, and in which forms."""

    words: int
    first: int
    asked: int = 0
    questions: int = 0
    forms: Counter[str] = field(default_factory=Counter)

    @property
    def weight(self) -> float:
        """How good a headword it is."""
        return self.asked * (1 + _LONGER * (self.words - 1))


def headword(questions: Sequence[tuple[str, int]]) -> str:
    """Return the commonest content word or phrase of some questions; empty if they have none.

    Where no phrase is common, it is the words of most questions, in the order of the first one.

    Args:
        questions: texts, and how often each was asked; the most frequent first.
    """
    phrases: dict[tuple[str, ...], _WordRun] = {}
    language = _language_of([text for text, _ in questions])
    for text, count in questions:
        seen: dict[tuple[str, ...], str] = {}
        for words in _phrases(MASKS.sub(" | ", subject_of(text)), stop_words(language)):
            seen.setdefault(tuple(stem(word, language) for word in words), " ".join(words))
        for stems, form in seen.items():
            phrase = phrases.setdefault(stems, _WordRun(len(stems), len(phrases)))
            phrase.asked += count
            phrase.questions += 1
            phrase.forms[form] += count
    if not phrases:
        return ""
    general = {stem(word.casefold(), language) for word in GENERAL_WORDS[language].split()}
    phrases = {k: v for k, v in phrases.items() if not general.issuperset(k)} or phrases
    best = max(phrases.values(), key=lambda one: (one.weight, -one.first))
    half = sum(count for _, count in questions) / 2
    common = [
        phrase.forms.most_common(1)[0][0]
        for phrase in phrases.values()
        if phrase.words == 1 and phrase.questions > 1 and phrase.asked > half
    ]
    if best.words == 1 and 1 < len(common) <= MAX_WORDS:
        return " ".join(common)
    return best.forms.most_common(1)[0][0]


def _language_of(texts: Sequence[str]) -> str:
    """Return the language of most texts whose language is certain; English without any."""
    certain = Counter(filter(None, map(question_language, texts)))
    return certain.most_common(1)[0][0] if certain else ENGLISH


def _phrases(text: str, ignored: frozenset[str]) -> Iterator[Sequence[str]]:
    """Yield runs of one to three content words with nothing but a blank between."""
    for run in _runs(text, ignored):
        for length in range(1, MAX_WORDS + 1):
            for start in range(len(run) - length + 1):
                yield run[start : start + length]


def _runs(text: str, ignored: frozenset[str]) -> Iterator[list[str]]:
    run: list[str] = []
    end = 0
    for match in WORD.finditer(text):
        word = match[0]
        is_content = word.casefold() not in ignored and any(map(str.isalpha, word))
        if run and (not is_content or text[end : match.start()] not in (" ", "-")):
            yield run
            run = []
        if is_content and len(word) > 1:
            run.append(word)
        end = match.end()
    if run:
        yield run
