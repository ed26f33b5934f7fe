"""Rules about what definitions say without explaining it: technical words and acronyms that are no entry.

Nothing here knows what is technical. A phrase counts when it stands where a noun does (behind an article or preposition and
in front of no further word) in enough definitions, and when its words belong together: one of them is often used beside
the other. Single words are left to acronyms. Rather few are found than wrong ones.
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
from semsearch.text.names import form_of, names_of
from semsearch.text.normalise import STOP_WORDS, fold
from semsearch.text.passages import text_of

MAX_WORDS = 3
"""Words of a phrase; longer ones are mostly described rather than named."""
TOGETHER = 0.25
"""Least share of the uses of one of two words in which it stands beside the other."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+|[^\w\s]|\n\s*\n|_")
_LETTERS = 3
_BEFORE = frozenset(
    """
    a an the of in for with by from on and or as into through between using via like such its their each every any
    other this these those within between over under across without than called
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
"""What stands in front of a noun; not "to" nor "it", which stand in front of verbs."""
_NOT_BEHIND = frozenset(
    {"a", "an", "the", "its", "their", "this", "these", "your", "our", "you", "it", "not"}
)
"""What stands behind verbs."""
_GENERAL = frozenset(
    """
    automated best case certain common complete current desired different early entire example examples expected
    finite first following full general given good greater high higher initial large large-scale last late later
    latest list long low lower main major many minor modern multiple new number old original past possible practice
    previous recent second several similar simple single small specific standard third type types typical unique
    united various versa vice way ways whole wide
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
"""Words that make no term of what they begin or end: they sort, count or praise."""
_NO_NOUN = ("ed", "ly")
"""How words end that are mostly none."""
_HOUSEHOLD = frozenset(
    """
    AM BC CD CEO CET CPU DIY DVD EU FAQ GB GIF GMT GPS HD HR ID IO IT KB LED MB MHZ NASA OK OS PC PDF PIN PM PR QR
    RAM SD SMS TB TM TV UFO UI UK UN UNIX US USA USB UTC UX VIP VR VS
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
"""Acronyms that stand for themselves."""
_ACRONYM = re.compile(
    r"(?<![\w.@#$/&'-])(?=[A-Z][0-9]*[A-Z])([A-Z][A-Z0-9]{1,5})(?:s|['\u2019]s)?(?![\w@(=_-]|[./]\w| [A-Z][a-z])"
)
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]{1,5}(?=s?\b)")
_SPELLED_BEFORE = re.compile(r"\((?:or |aka |abbreviated )?([A-Z][A-Z0-9]{1,5})s?\)")
_SPELLED_BEHIND = re.compile(
    r"\b([A-Z][A-Z0-9]{1,5})s?\s*(?:\(|,? (?:short|stands|standing) for\b|, the [A-Z]|[:=–—])"  # noqa: RUF001
)


@dataclass(slots=True)
class _Phrase:
    """A phrase while it is counted: how it is written, and who uses it as a noun."""

    written: Counter[str] = field(default_factory=Counter)
    users: dict[int, None] = field(default_factory=dict)


def _undefined_terms(material: LintContext, options: Options) -> Iterator[Match]:
    for within in material.glossaries.values():
        entries = material.entries[within.start : within.stop]
        known = {name.form for entry in entries for name in names_of(entry)}
        counted = _count([text_of(entry) for entry in entries])
        wanted = _chosen(counted, known, int(options["uses"]))
        for phrase in wanted:
            users = [entries[at] for at in phrase.users]
            (written, _), *_ = phrase.written.most_common(1)
            yield _used(written, "is", users)


def _used(written: str, what: str, users: Sequence[Entry]) -> Match:
    others = tuple(entry.id for entry in users[1:])
    said = f"{written!r} {what} used in {len(users)} definitions and is no entry"
    return Match(written, said, users[0], others)


@dataclass(slots=True)
class _PhraseCounts:
    """Phrases by the forms of their words, and how often each word is used at all."""

    phrases: dict[tuple[str, ...], _Phrase]
    words: Counter[str]
    pairs: Counter[tuple[str, str]]


def _count(texts: Sequence[str]) -> _PhraseCounts:
    counted = _PhraseCounts(defaultdict(_Phrase), Counter(), Counter())
    for at, text in enumerate(texts):
        tokens = _WORD.findall(text)
        forms = [form_of(fold(token), token) if _is_word(token) else "" for token in tokens]
        counted.words.update(filter(None, forms))
        counted.pairs.update((a, b) for a, b in itertools.pairwise(forms) if a and b)
        for first, last in _nouns(tokens, forms):
            phrase = counted.phrases[tuple(forms[first:last])]
            phrase.written[" ".join(tokens[first:last])] += 1
            phrase.users[at] = None
    return counted


def _is_word(token: str) -> bool:
    return len(token) >= _LETTERS and token[0].isalpha() and token.casefold() not in STOP_WORDS


def _nouns(tokens: Sequence[str], forms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where runs of words stand as a noun does."""
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
    behind = tokens[last].casefold() if last < len(tokens) else "."
    ends = (tokens[first].casefold(), tokens[last - 1].casefold())
    is_general = not _GENERAL.isdisjoint(ends) or ends[1].endswith(_NO_NOUN)
    return (
        1 < last - first <= MAX_WORDS
        and before in _BEFORE
        and behind not in _NOT_BEHIND
        and not is_general
        and not (behind == "to" and ends[1].endswith("ing"))  # "corresponding to"
        and not _is_abbreviated(tokens, last)
    )


def _is_abbreviated(tokens: Sequence[str], last: int) -> bool:
    """Whether a phrase ends with an abbreviation in front of a number, as in "Art. 34"."""
    return tokens[last : last + 1] == ["."] and "".join(tokens[last + 1 : last + 2]).isdigit()


def _chosen(counted: _PhraseCounts, known: set[str], uses: int) -> list[_Phrase]:
    """Return phrases that enough definitions use, the most used first."""
    found = [
        (forms, phrase)
        for forms, phrase in counted.phrases.items()
        if len(phrase.users) >= uses
        and "".join(forms) not in known
        and forms[0] not in known
        and forms[-1] not in known
        and _belong_together(forms, counted)
    ]
    found.sort(key=lambda one: (-len(one[1].users), one[0]))
    return [phrase for _, phrase in found]


def _belong_together(forms: tuple[str, ...], counted: _PhraseCounts) -> bool:
    return all(
        counted.pairs[pair] >= TOGETHER * min(counted.words[pair[0]], counted.words[pair[1]])
        for pair in itertools.pairwise(forms)
    )


def _undefined_acronyms(material: LintContext, options: Options) -> Iterator[Match]:
    for within in material.glossaries.values():
        entries = material.entries[within.start : within.stop]
        known = _explained(entries)
        users: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            for acronym in dict.fromkeys(_ACRONYM.findall(text_of(entry))):
                users[acronym].append(entry)
        ranked = sorted(users.items(), key=lambda one: (-len(one[1]), one[0]))
        for acronym, found in ranked:
            if len(found) >= options["uses"] and acronym not in known | _HOUSEHOLD:
                yield _used(acronym, "is", found)


def _explained(entries: Sequence[Entry]) -> set[str]:
    """Return acronyms that are names of entries or are spelled out somewhere, and words that merely stand in capitals."""
    known = {
        label for entry in entries for name in names_of(entry) for label in _capitals(name.label)
    }
    for entry in entries:
        text = entry.definition
        known |= {m[1] for m in _SPELLED_BEFORE.finditer(text)}
        known |= {m[1] for m in _SPELLED_BEHIND.finditer(text)}
        known |= {word.upper() for word in re.findall(r"\b[a-z]{2,6}\b", text)}
    return known


def _capitals(label: str) -> Iterator[str]:
    yield label
    yield from _CAPITALS.findall(label)


UNDEFINED_TERM = Rule(
    "undefined-term",
    Severity.NOTE,
    "A technical word or phrase is used in several definitions and is no entry.",
    "Readers who do not know it cannot look it up. Write an entry for it, or allow it.",
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
    "An acronym is used in several definitions, is no entry, and is spelled out nowhere.",
    "Nobody can guess it. Spell it out where it is used, write an entry for it, or make it an alias of one.",
    Example(
        "bakery.csv",
        "term,definition\nLeaven,Kept at a DDT of 25 degrees.\nRise,Takes longer below the DDT.\n",
        "term,definition\nLeaven,Kept at a desired dough temperature (DDT) of 25 degrees.\nRise,Takes longer below the DDT.\n",
    ),
    _undefined_acronyms,
    {"uses": 2},
    {"uses": "Fewest definitions that use it."},
)

RULES = (UNDEFINED_TERM, UNDEFINED_ACRONYM)
