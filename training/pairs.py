"""Training pairs from matched meanings and from entries with several sentences.

The random choice of forms comes from the hash of a meaning, so a meaning gives the same pairs
whatever else is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from random import Random

from training import questions
from training.masking import gives_away, masked
from training.matching import MatchedSense
from training.senses import Sense, TrainingPair
from training.technical import sentences_of

MAX_WORDS = 120
"""Most words of a document; a longer one is cut after a sentence."""
MIN_QUERY_WORDS = 3
_WORDS = re.compile(r"[A-Z]?[a-z]+(?: [A-Za-z][a-z]+)*\Z")
"""A name that consists of words, not of code."""
_ABOUT = ("It ", "This ", "They ", "A ", "An ", "The ")
_ARTICLES = ("a ", "an ", "the ", "any ", "one ")


def random_of(id_: str) -> Random:
    """Return the random generator of a meaning."""
    return Random(hashlib.sha256(id_.encode()).digest())  # noqa: S311 - chosen to come again


def of_match(match: MatchedSense) -> Iterator[TrainingPair]:
    """Yield the pairs of a meaning that two dictionaries define, each way."""
    random = random_of(match.webster.id)
    names, part = match.names, match.wordnet.part
    for one, other in ((match.webster, match.wordnet), (match.wordnet, match.webster)):
        made = _Maker(match.wordnet.id, f"{one.source}>{other.source}", names)
        document = as_entry(names[0], other, random)
        if not gives_away(one.definition, names):
            yield made.pair("cross", questions.plain(one.definition, random), document)
            if random.random() < 0.75:
                asked = questions.question(one.definition, part, random)
                yield made.pair("question", asked, as_entry(names[0], other, random))
            if random.random() < 0.12:
                yield made.pair(
                    "terms", questions.plain(one.definition, random), ", ".join(names[:6])
                )
        if random.random() < 0.04:
            yield made.pair("terms", ", ".join(names[:3]), document)
        for example in one.examples[:1]:
            hidden = masked(example, names, "something")
            if hidden != example and len(hidden.split()) > 5 and random.random() < 0.35:
                yield made.pair("example", hidden, document)


def of_entry(sense: Sense) -> Iterator[TrainingPair]:
    """Yield the pairs of one entry: a sentence and the rest, a question and the whole."""
    random = random_of(sense.id)
    made = _Maker(sense.id, sense.source, sense.names)
    texts = sentences_of(sense.definition)
    asked = [n for n, text in enumerate(texts) if _is_asked(n, text, sense.names)]
    random.shuffle(asked)
    if len(texts) > 1:
        for number in asked[:2]:
            rest = " ".join(texts[:number] + texts[number + 1 :])
            hidden = masked(texts[number], sense.names)
            if len(rest.split()) >= 8 and not _stumbles(hidden):
                term = random.random() < 0.5 and f"{_shown(sense.names[0])}: "
                yield made.pair(
                    "inner", questions.sentence(hidden, random), _cut(f"{term or ''}{rest}")
                )
    first = masked(texts[0], sense.names) if texts else ""
    if 6 <= len(first.split()) <= questions.MAX_WORDS and not _stumbles(first):
        if random.random() < (0.35 if len(texts) > 1 else 0.3):
            entry = _cut(f"{_shown(sense.names[0])}: {' '.join(texts)}")
            query = questions.sentence(first, random)
            yield made.pair("technical", query, entry)
        elif random.random() < 0.3 and _WORDS.match(sense.names[0]):
            yield made.pair("terms", questions.sentence(first, random), ", ".join(sense.names))


def as_entry(term: str, sense: Sense, random: Random) -> str:
    """Return a definition as it stands in a glossary; half of them have the term in front."""
    text = sense.definition.rstrip(".;:, ")
    if random.random() < 0.3:
        text = _sentences(text)
    chance = random.random()
    if chance < 0.5:
        text = _shown(text)
    elif sense.part == "n" and text.lower().startswith(_ARTICLES) and chance < 0.75:
        article = "An" if term[0].lower() in "aeiou" else "A"
        name = term if term[0].isupper() else f"{article} {term}"
        text = f"{name} is {text[0].lower()}{text[1:]}"
    else:
        text = f"{_shown(term)}: {text}"
    return _cut(f"{text}.")


class _Maker:
    """Makes the pairs of one meaning."""

    def __init__(self, sense: str, source: str, terms: tuple[str, ...]) -> None:
        self._sense, self._source, self._terms = sense, source, terms

    def pair(self, kind: str, query: str, document: str) -> TrainingPair:
        return TrainingPair(
            query=query,
            document=document,
            kind=kind,
            source=self._source,
            sense=self._sense,
            terms=self._terms,
        )


def _is_asked(number: int, text: str, names: tuple[str, ...]) -> bool:
    """Whether a sentence tells what a term is: the first one, and those that are about it."""
    about = number == 0 or text.startswith(_ABOUT) or masked(text, names) != text
    return about and 6 <= len(text.split()) <= questions.MAX_WORDS


def _stumbles(text: str) -> bool:
    """Whether a hidden name was the verb of its sentence ("it the given arrays"), or all of it."""
    words = text.split()
    follows = words[1].lower().strip(",.") if len(words) > 1 else ""
    return words[:1] in (["it"], ["It"]) and follows in {
        "a",
        "an",
        "the",
        "two",
        "all",
        "given",
        "",
    }


def _sentences(text: str) -> str:
    first, *others = [part.strip() for part in text.split(";")]
    if any(len(part.split()) < 4 for part in (first, *others)):
        return text
    return ". ".join([first, *map(_shown, others)])


def _shown(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cut(text: str) -> str:
    if len(text.split()) <= MAX_WORDS:
        return text
    cut = " ".join(text.split()[:MAX_WORDS])
    stop = cut.rfind(". ")
    return cut[: stop + 1] if stop > len(cut) // 3 else cut
