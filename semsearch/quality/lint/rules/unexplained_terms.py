"""Rules about technical phrases and acronyms that definitions use without an entry for them.

Nothing here knows which words are technical. A phrase counts if enough definitions use it like a
noun (after an article or preposition, not followed by another word), and if its words belong
together: one of them is often used next to the other. Single words are left to the rule about
acronyms. Precision comes before recall.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from semsearch.core.entries import Entry
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.text.english_stop_words import STOP_WORDS
from semsearch.text.names import form_of, names_of
from semsearch.text.normalise import fold
from semsearch.text.passages import text_of

MAX_WORDS = 3
"""Most words of a phrase; longer ones are usually descriptions."""
TOGETHER = 0.25
"""Least share of the uses of one of two adjacent words in which it is next to the other."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+|[^\w\s]|\n\s*\n|_")
_LETTERS = 3
_BEFORE = frozenset(
    """
    a an the of in for with by from on and or as into through between using via like such its their
    each every any other this these those within between over under across without than called
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
"""Words before a noun; not "to" or "it", which precede verbs."""
_NOT_AFTER = frozenset(
    {"a", "an", "the", "its", "their", "this", "these", "your", "our", "you", "it", "not"}
)
"""Words after verbs."""
_GENERAL = frozenset(
    """
    automated best case certain common complete current desired different early entire example
    examples expected finite first following full general given good greater high higher initial
    large large-scale last late later latest list long low lower main major many minor modern
    multiple new number old original past possible practice previous recent second several similar
    simple single small specific standard third type types typical unique united various versa vice
    way ways whole wide
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
"""Words that form no term at its beginning or end: they sort, count or praise."""
_NO_NOUN = ("ed", "ly")
"""Endings of words that are rarely nouns."""
_WELL_KNOWN = frozenset(
    """
    AM BC CD CEO CET CPU DIY DVD EU FAQ GB GIF GMT GPS HD HR ID IO IT KB LED MB MHZ NASA OK OS PC
    PDF PIN PM PR QR RAM SD SMS TB TM TV UFO UI UK UN UNIX US USA USB UTC UX VIP VR VS
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
"""Acronyms that need no explanation."""
_ACRONYM = re.compile(
    r"(?<![\w.@#$/&'-])(?=[A-Z][0-9]*[A-Z])([A-Z][A-Z0-9]{1,5})(?:s|['\u2019]s)?(?![\w@(=_-]|[./]\w| [A-Z][a-z])"
)
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]{1,5}(?=s?\b)")
_SPELLED_BEFORE = re.compile(r"\((?:or |aka |abbreviated )?([A-Z][A-Z0-9]{1,5})s?\)")
_SPELLED_AFTER = re.compile(
    r"\b([A-Z][A-Z0-9]{1,5})s?\s*(?:\(|,? (?:short|stands|standing) for\b|, the [A-Z]|[:=–—])"  # noqa: RUF001
)


@dataclass(slots=True)
class _Phrase:
    """A phrase while it is counted: its spellings, and the texts that use it as a noun."""

    written: Counter[str] = field(default_factory=Counter)
    users: dict[int, None] = field(default_factory=dict)


def _undefined_terms(context: LintContext, options: Options) -> Iterator[Match]:
    for span in context.glossaries.values():
        entries = context.entries[span.start : span.stop]
        known = {name.form for entry in entries for name in names_of(entry)}
        counts = _count([text_of(entry) for entry in entries])
        phrases = _chosen(counts, known, int(options["uses"]))
        for phrase in phrases:
            users = [entries[at] for at in phrase.users]
            (written, _), *_ = phrase.written.most_common(1)
            yield _used(written, "is", users)


def _used(written: str, what: str, users: Sequence[Entry]) -> Match:
    others = tuple(entry.id for entry in users[1:])
    message = f"{written!r} {what} used in {len(users)} definitions and is no entry"
    return Match(written, message, users[0], others)


@dataclass(slots=True)
class _PhraseCounts:
    """Phrases by the forms of their words, and the uses of single words and pairs."""

    phrases: dict[tuple[str, ...], _Phrase]
    words: Counter[str]
    pairs: Counter[tuple[str, str]]


def _count(texts: Sequence[str]) -> _PhraseCounts:
    counts = _PhraseCounts(defaultdict(_Phrase), Counter(), Counter())
    for at, text in enumerate(texts):
        tokens = _WORD.findall(text)
        forms = [form_of(fold(token), token) if _is_word(token) else "" for token in tokens]
        counts.words.update(filter(None, forms))
        counts.pairs.update((a, b) for a, b in itertools.pairwise(forms) if a and b)
        for first, last in _nouns(tokens, forms):
            phrase = counts.phrases[tuple(forms[first:last])]
            phrase.written[" ".join(tokens[first:last])] += 1
            phrase.users[at] = None
    return counts


def _is_word(token: str) -> bool:
    return len(token) >= _LETTERS and token[0].isalpha() and token.casefold() not in STOP_WORDS


def _nouns(tokens: Sequence[str], forms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the spans of words that stand like a noun."""
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and forms[end]:
            end += 1
        if at < end and _is_noun(tokens, at, end):
            yield at, end
        at = end + 1


def _is_noun(tokens: Sequence[str], first: int, last: int) -> bool:
    before = tokens[first - 1].casefold() if first else ""
    after = tokens[last].casefold() if last < len(tokens) else "."
    ends = (tokens[first].casefold(), tokens[last - 1].casefold())
    is_general = not _GENERAL.isdisjoint(ends) or ends[1].endswith(_NO_NOUN)
    return (
        1 < last - first <= MAX_WORDS
        and before in _BEFORE
        and after not in _NOT_AFTER
        and not is_general
        and not (after == "to" and ends[1].endswith("ing"))  # "corresponding to"
        and not _is_abbreviated(tokens, last)
    )


def _is_abbreviated(tokens: Sequence[str], last: int) -> bool:
    """Return whether a phrase ends with an abbreviation before a number, such as "Art. 34"."""
    return tokens[last : last + 1] == ["."] and "".join(tokens[last + 1 : last + 2]).isdigit()


def _chosen(counts: _PhraseCounts, known: set[str], uses: int) -> list[_Phrase]:
    """Return the phrases that enough definitions use, most used first."""
    found = [
        (forms, phrase)
        for forms, phrase in counts.phrases.items()
        if len(phrase.users) >= uses
        and "".join(forms) not in known
        and forms[0] not in known
        and forms[-1] not in known
        and _belong_together(forms, counts)
    ]
    found.sort(key=lambda one: (-len(one[1].users), one[0]))
    return [phrase for _, phrase in found]


def _belong_together(forms: tuple[str, ...], counts: _PhraseCounts) -> bool:
    return all(
        counts.pairs[pair] >= TOGETHER * min(counts.words[pair[0]], counts.words[pair[1]])
        for pair in itertools.pairwise(forms)
    )


def _undefined_acronyms(context: LintContext, options: Options) -> Iterator[Match]:
    for span in context.glossaries.values():
        entries = context.entries[span.start : span.stop]
        known = _explained(entries)
        users: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            for acronym in dict.fromkeys(_ACRONYM.findall(text_of(entry))):
                users[acronym].append(entry)
        ranked = sorted(users.items(), key=lambda one: (-len(one[1]), one[0]))
        for acronym, found in ranked:
            if len(found) >= options["uses"] and acronym not in known | _WELL_KNOWN:
                yield _used(acronym, "is", found)


def _explained(entries: Sequence[Entry]) -> set[str]:
    """Return acronyms that are names or spelled out, and words also written in lower case."""
    known = {
        label for entry in entries for name in names_of(entry) for label in _capitals(name.label)
    }
    for entry in entries:
        text = entry.definition
        known |= {m[1] for m in _SPELLED_BEFORE.finditer(text)}
        known |= {m[1] for m in _SPELLED_AFTER.finditer(text)}
        known |= {word.upper() for word in re.findall(r"\b[a-z]{2,6}\b", text)}
    return known


def _capitals(label: str) -> Iterator[str]:
    yield label
    yield from _CAPITALS.findall(label)


UNDEFINED_TERM = Rule(
    "undefined-term",
    Severity.NOTE,
    "A technical phrase is used in several definitions but has no entry.",
    "Readers who do not know it cannot look it up. Write an entry for it, or allow it in the "
    "configuration.",
    Example(
        "bakery.csv",
        "term,definition\n"
        "Leaven,It lives on the wild yeast of the flour.\n"
        "Crumb,It is opened by gas of the wild yeast.\n"
        "Rise,What dough does with the wild yeast in it.\n"
        "Poolish,It is begun with the wild yeast of a leaven.\n",
        "term,definition\n"
        "Leaven,It lives on the wild yeast of the flour.\n"
        "Crumb,It is opened by gas of the wild yeast.\n"
        "Rise,What dough does with the wild yeast in it.\n"
        "Poolish,It is begun with the wild yeast of a leaven.\n"
        "Wild yeast,Fungi that are everywhere and make gas of sugar.\n",
    ),
    _undefined_terms,
    {"uses": 4},
    {"uses": "Fewest definitions that use it."},
)

UNDEFINED_ACRONYM = Rule(
    "undefined-acronym",
    Severity.NOTE,
    "An acronym is used in several definitions, but has no entry and is spelled out nowhere.",
    "Nobody can guess it. Spell it out where it is used, write an entry for it, or make it an "
    "alias.",
    Example(
        "bakery.csv",
        "term,definition\nLeaven,Kept at a DDT of 25 degrees.\nRise,Takes longer below the DDT.\n",
        "term,definition\nLeaven,Kept at a desired dough temperature (DDT) of 25 degrees.\n"
        "Rise,Takes longer below the DDT.\n",
    ),
    _undefined_acronyms,
    {"uses": 2},
    {"uses": "Fewest definitions that use it."},
)

RULES = (UNDEFINED_TERM, UNDEFINED_ACRONYM)
