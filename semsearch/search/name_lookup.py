"""Looks a text up as a name, as a part of names, and as a misspelt name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from semsearch.core.answers import Tier
from semsearch.core.positions import PositionFilter
from semsearch.index.files.name_table import NamedEntry
from semsearch.index.name_shares import name_shares
from semsearch.index.segments.multi import MultiNameStems
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.ranking import confidence
from semsearch.text.english import is_english
from semsearch.text.function_words import FUNCTION_WORDS
from semsearch.text.names import Name, NameKind, form_of, names_of
from semsearch.text.normalise import fold
from semsearch.text.question_wording import subject_of, subjects_of
from semsearch.text.spelling import DERIVED, Guess, KnownName, NameSpeller
from semsearch.text.stems import count_content_words, name_stems, question_stems, stem
from semsearch.text.word_forms import word_form
from semsearch.text.word_languages import ENGLISH, stop_words

MAX_PARTIAL = 20
"""Most entries that are found by a part of a name."""
MAX_RESEMBLING = 20
MIN_TYPED = 2
"""Least letters of the beginning of a name while somebody types it."""
MIN_FRAGMENT = 5
"""Least letters of a question that may be the beginning of a longer word; shorter ones match too
many."""
MIN_LAST_FRAGMENT = 3
"""The same after whole words of the name: "neural net" of "neural network"."""
MAX_PARTIAL_WORDS = 6
"""Most content words of a question that may be a part of a name."""

MANY_NAMES = 50_000
"""Largest number of names that are all compared with a misspelt question; with more, a name with
several errors must have its first or last letter right."""

PLURAL_CHARS = 4
"""Most characters by which a form is longer than its name: plural endings, blanks."""

_SENTENCE_WORDS = frozenset(
    """
    am are be because been being can could did do does doing had has have he her here him his how i if is it its me
    might must my she should than that their them then these they this those us was we were what when where which
    while who whom whose why will would you your
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
"""Words of sentences; a question that has one is no part of a name."""
_JOINING_WORDS = frozenset("a an the of for in on to and or some any please".split())  # noqa: SIM905
"""Stop words of a question that the name need not contain ("function of loss"). All others change
the meaning ("bond with no coupon"), so the name must contain them."""
_JOINING = {ENGLISH: _JOINING_WORDS, **{tag: one.joining for tag, one in FUNCTION_WORDS.items()}}
_SENTENCE = {ENGLISH: _SENTENCE_WORDS, **{tag: one.sentence for tag, one in FUNCTION_WORDS.items()}}
"""Both by language."""
_DERIVED = (NameKind.ACRONYM, NameKind.INITIALS)
"""Names that no author stated: several entries may have one by chance."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name that matched a question.

    `certainty` is the probability that this entry was meant. `order` is the sort key within a tier,
    highest first; None sorts by score. `is_as_written` puts a name before all others of its tier.
    `resemblance` is the share of letters that are right, 1 unless the tier is fuzzy.
    """

    tier: Tier
    label: str
    certainty: float
    order: float | None = None
    is_as_written: bool = False
    resemblance: float = 1.0

    @property
    def is_whole(self) -> bool:
        """Whether the question is the name, in some spelling or order of its words."""
        return self.tier in {Tier.EXACT, Tier.FORM, Tier.FUZZY} or self.order == 1

    @property
    def is_likely(self) -> bool:
        """Whether this name alone is enough for a close match."""
        return self.certainty >= confidence.LIKELY_NAME


class NameLookup:
    """The names of an index. Safe to use from several threads."""

    def __init__(self, entry_table: MultiEntries, stems: MultiNameStems) -> None:
        self._entry_table = entry_table
        self._stems = stems
        self._longest_name = entry_table.longest_name()

    def match_question(self, question: str, allowed: PositionFilter) -> dict[int, NameMatch]:
        """Return positions whose name the question is or asks about, and their best tier."""
        for text in subjects_of(question):
            if found := self.match_whole(text, allowed):
                return found
        return {}

    def match_whole(self, text: str, allowed: PositionFilter) -> dict[int, NameMatch]:
        """Return positions of which a text is a name, or another form of one."""
        key = fold(text)
        if not key or len(key) > self._longest_name + PLURAL_CHARS:
            return {}  # a whole sentence is no name, and needs no look-up
        found: dict[int, tuple[Tier, Name]] = {}
        for named in self._entry_table.by_form(form_of(key, text), allowed):
            found.setdefault(named.position, (Tier.FORM, named.name))
        for named in self._entry_table.by_key(key, allowed):
            tier = _tier_of_key(named)
            known = found.get(named.position)
            if known is None or tier is Tier.EXACT or known[0] is not Tier.EXACT:
                found[named.position] = (tier, named.name)
        derived = sum(name.kind in _DERIVED for _, name in found.values())
        return {
            at: NameMatch(
                tier,
                name.label,
                confidence.whole_name_probability(tier, derived if name.kind in _DERIVED else 1),
                is_as_written=name.label == text,
            )
            for at, (tier, name) in found.items()
        }

    def beginning_with(self, typed: str, allowed: PositionFilter) -> list[NamedEntry]:
        """Return names that begin with what somebody has typed so far, the shortest first."""
        key = fold(subject_of(typed))
        if not MIN_TYPED <= len(key) <= self._longest_name:
            return []
        return self._entry_table.by_prefix(key, allowed, MAX_PARTIAL)

    def match_part(self, question: str, allowed: PositionFilter) -> dict[int, NameMatch]:
        """Return positions with a name of which the question is a part, the likeliest first.

        A part are words of it, wherever they stand, or its beginning. An ordinary word of the
        language is no beginning of a longer one. A question with a word that says something about
        others, as "no" does, is a part only of names that have that word.
        """
        text = subject_of(question)
        key = fold(text)
        words = key.split()
        languages = tuple(one for one in allowed.word_languages if _could_be_part(words, one))
        if len(key) > self._longest_name or not languages:
            return {}
        shares = self._names_containing(text, allowed, languages)
        begun: dict[int, Name] = {}
        for named in self._names_starting(key, words, allowed):
            begun.setdefault(named.position, named.name)
            shares.setdefault(named.position, len(key) / len(named.name.key))
        total = sum(shares.values())
        best = sorted(shares, key=lambda at: (-shares[at], at))[:MAX_PARTIAL]
        labels = self._labels([at for at in best if at not in begun], text, languages)
        if said := _telling_words(words, languages):
            labels = {at: label for at, label in labels.items() if said <= set(fold(label).split())}
        labels |= {at: name.label for at, name in begun.items()}
        return {
            at: NameMatch(
                Tier.PREFIX if at in begun or fold(labels[at]).startswith(key) else Tier.PARTIAL,
                labels[at],
                confidence.name_part_probability(shares[at], shares[at] / total),
                order=shares[at],
            )
            for at in best
            if at in labels
        }

    def _names_containing(
        self, text: str, allowed: PositionFilter, languages: tuple[str, ...]
    ) -> dict[int, float]:
        if count_content_words(text, languages) > MAX_PARTIAL_WORDS:
            return {}
        return name_shares(self._stems, text, allowed, languages)

    def _names_starting(
        self, key: str, words: list[str], allowed: PositionFilter
    ) -> Iterable[NamedEntry]:
        """Yield names that begin with a key, which ends at a word or may end within one."""
        may_end_within = _is_fragment(words)
        last = word_form(words[-1])
        keys = dict.fromkeys((key, " ".join([*words[:-1], last]), "".join([*words[:-1], last])))
        for one in keys:
            for named in self._entry_table.by_prefix(one, allowed, MAX_PARTIAL):
                if may_end_within or named.name.key[len(one) : len(one) + 1] == " ":
                    yield named

    def _labels(
        self, positions: list[int], text: str, languages: tuple[str, ...]
    ) -> dict[int, str]:
        """Return of each entry the shortest name that has all words of a text."""
        every = [set(question_stems(text, language)) for language in languages]
        found = {}
        for at, entry in zip(positions, self._entry_table.entries(positions), strict=True):
            stems = ((name.label, set(name_stems(entry, name))) for name in names_of(entry))
            labels = [label for label, has in stems if any(asked <= has for asked in every)]
            found[at] = min(labels, key=len, default=entry.term)
        return found

    def match_misspelt(
        self, question: str, allowed: PositionFilter, unknown: Collection[str] | None = None
    ) -> dict[int, NameMatch]:
        """Return positions with a name that the question resembles, the likeliest first.

        Args:
            question: as it was asked.
            allowed: positions that may answer.
            unknown: words that may be misspelt, if not all: a name must have the other words.
        """
        key = fold(subject_of(question))
        words = set(key.split())
        known = words - ({w for word in unknown for w in fold(word).split()} if unknown else words)
        languages = allowed.word_languages
        best: dict[int, Guess] = {}
        for guess in self._names.near(key, allowed):
            if not known or any(_has_words(guess.name.key, known, one) for one in languages):
                best.setdefault(guess.name.position, guess)
        total = sum(guess.likelihood for guess in best.values())
        return {at: _resembling(g, total) for at, g in islice(best.items(), MAX_RESEMBLING)}

    @cached_property
    def _names(self) -> NameSpeller:
        table = self._entry_table  # a function that refers to `self` would keep it open

        def alike(length: int, first: str, last: str) -> list[KnownName]:
            found = table.names_like(length, first, last)
            return [KnownName(f.name.key, f.name.label, f.position, _weight(f.name)) for f in found]

        return NameSpeller(alike, are_many=table.count_names() > MANY_NAMES)


def _could_be_part(words: list[str], language: str) -> bool:
    """Whether words could be part of a name: a content word, and none that only sentences have."""
    ignored = stop_words(language)
    return _SENTENCE[language].isdisjoint(words) and any(word not in ignored for word in words)


def _telling_words(words: list[str], languages: tuple[str, ...]) -> set[str]:
    """Return the stop words that a name must contain, in all languages that it may be in."""
    each = (stop_words(one).intersection(words) - _JOINING[one] for one in languages)
    return set.intersection(*map(set, each))


def _has_words(key: str, words: set[str], language: str) -> bool:
    """Whether a folded name has all of some words in any form."""
    stems = {stem(word, language) for word in key.split()}
    return all(stem(word, language) in stems for word in words)


def _is_fragment(words: list[str]) -> bool:
    """Whether the last of some words may be the beginning of a longer one."""
    last = words[-1]
    if len(words) > 1:
        return len(last) >= MIN_LAST_FRAGMENT
    return len(last) >= MIN_FRAGMENT and not is_english(last)


def _resembling(guess: Guess, total: float) -> NameMatch:
    share = guess.likelihood / total
    certainty = confidence.misspelling_probability(guess.similarity, share)
    return NameMatch(Tier.FUZZY, guess.name.label, certainty, share, resemblance=guess.similarity)


def _weight(name: Name) -> float:
    return DERIVED if name.kind == NameKind.INITIALS else 1.0


def _tier_of_key(named: NamedEntry) -> Tier:
    return Tier.FORM if named.name.kind in _DERIVED else Tier.EXACT
