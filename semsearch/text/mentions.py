"""Finds mentions: the names of other entries inside a definition.

One pass over the words of a text looks each up in a table of all names, longest name first, so the
time grows with the text and not with the number of entries. Words inside a longer name are not
mentioned by themselves: "accessibility tree" does not mention "accessibility".

A wrong mention is worse than a missed one. Therefore:

- Only names that an author wrote count: terms, aliases, and acronyms that a definition spells out.
  Derived initials do not count.
- Words match as a whole, in any number and case. Acronyms and names of up to three letters must
  match in case ("Set" is not "set", "IT" not "it"), and a capital at the beginning of a sentence is
  no evidence. A single stop word never counts, nor one word of a longer proper name ("Internet
  Explorer"), nor a word that counts or classifies what follows ("a type of").
- A part of a compound or of code does not count: "self-service", "node.js", "map()", "::before".
  The first part of a compound does: "cluster-wide".
- A name of several entries does not count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from semsearch.text.english_stop_words import STOP_WORDS
from semsearch.text.names import Name, NameKind, form_of, joined
from semsearch.text.normalise import WORD, fold

MAX_WORDS = 12
"""Most words of a name that is searched for."""
SHORT = 3
"""Most letters of a name that could be a common word."""
MAX_ACRONYM = 6
"""Most letters of an acronym; a longer name in capitals is a word."""

_TOKEN = re.compile(WORD.pattern.replace(r"\w", r"[^\W_]") + "[+#]*")
"""A word without underscores, as in the comparison of names; "C++" is not "C"."""
_GAP = re.compile(r"[^\S\n]+|[^\S\n]*\n[^\S\n]*|[-‐‑./'’&_]| [&/+–-] ")  # noqa: RUF001
"""What may separate two words of a name; not the end of a clause."""
_BEFORE = "-‐‑._@#$\\:<"  # noqa: RUF001
_AFTER = re.compile(r"[._@:=\\]\w|[=_]|\(\)")
_GOES_ON = re.compile(r" [A-Z][a-z]")
_COUNTS = re.compile(r" of\b")
_OPENING = " \"'“‘("  # noqa: RUF001
_CLAUSE_END = ".!?:;•-*"
_LOOK_BACK = 8


@dataclass(frozen=True, slots=True)
class Mention:
    """A mentioned entry by position, and the span of its name."""

    target: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _WrittenName:
    """A name as it is written, and the ascending positions of its entries."""

    name: Name
    entries: list[int]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text: where each begins and ends, and its form."""

    starts: list[int]
    ends: list[int]
    forms: list[str]


_NUMBERS = tuple(
    (re.compile(ending, re.IGNORECASE), instead)
    for ending, instead in (
        (r"(?<![^aeiou]y)\Z", "s"),
        (r"\Z", "es"),
        (r"y\Z", "ies"),
        (r"(?<!^)s\Z", ""),
        (r"(?<!^)es\Z", ""),
        (r"ies\Z", "y"),
    )
)
"""Endings, and what stands in their place in the other number."""
_NEVER_WRITTEN = (NameKind.INITIALS, NameKind.HIDDEN, NameKind.NOTATION)
"""Kinds of names that no author writes in a text."""


class MentionFinder:
    """Finds the names of the entries of one glossary in texts."""

    def __init__(self, names: Iterable[Sequence[Name]]) -> None:
        """Take the names of each entry; mentions refer to entries by place in this sequence."""
        self._names: dict[tuple[str, ...], dict[str, _WrittenName]] = defaultdict(dict)
        lengths: dict[str, set[int]] = defaultdict(set)
        for position, own in enumerate(names):
            for name in own:
                forms = tuple(_words(name.label).forms)
                if name.kind not in _NEVER_WRITTEN and _is_distinctive(name.label, forms):
                    # the checks of a name depend on its letters only, so entries with the same name
                    # share them
                    written = self._names[forms].setdefault(name.label, _WrittenName(name, []))
                    written.entries.append(position)
                    lengths[forms[0]].add(len(forms))
        self._lengths = {form: sorted(found, reverse=True) for form, found in lengths.items()}

    def may_find(self, text: str) -> bool:
        """Return quickly whether a text may contain any name; useful if there are few names."""
        if not text.isascii():
            return True
        plain = text.lower()
        return any(form.removesuffix("y") in plain for form in self._lengths)  # -ies = -y

    def find(self, text: str, own: int, linked: Collection[int] = ()) -> Iterator[Mention]:
        """Yield the mentions in a text, in order, without overlaps.

        Args:
            text: a definition.
            own: the position of its entry, whose names are not mentions.
            linked: positions that its author links to: their names match in any case, also if other
                entries have the same name.
        """
        words = _words(text)
        at, count = 0, len(words.forms)
        while at < count:
            end, entries = self._longest(text, words, at, linked)
            if len(entries) == 1 and own not in entries:
                yield Mention(min(entries), words.starts[at], words.ends[end - 1])
            at = end

    def _longest(
        self, text: str, words: _Words, at: int, linked: Collection[int]
    ) -> tuple[int, Collection[int]]:
        """Return the end of the longest name that begins at a word, and its entries.

        At most two entries are returned for a name that several have.
        """
        for length in self._lengths.get(words.forms[at], ()):
            end = at + length
            names = self._names.get(tuple(words.forms[at:end]), {}).values()
            if end <= len(words.forms) and names and _is_whole(text, words, at, end):
                place = words.starts[at], words.ends[end - 1]
                linked_names = [
                    one for one in names if linked and _matches_form(one.name, text, *place)
                ]
                linked_entries = {
                    who for one in linked_names for who in one.entries if who in linked
                }
                written = [one for one in names if _matches_case(one.name, text, *place)]
                found = {who for one in written for who in islice(one.entries, 2)}
                if linked_entries or found:
                    return end, linked_entries or found
        return at + 1, ()


@dataclass(frozen=True, slots=True)
class WrittenForms:
    """The ways in which texts write the names of an entry: in any case, and in this case only."""

    any_case: tuple[str, ...]
    exact: tuple[str, ...]


def written_forms(names: Sequence[Name]) -> WrittenForms:
    """Return how texts may write the names of an entry, for programs that find them by themselves.

    These are the names that `MentionFinder` finds, in the singular and in the plural, as long as
    their words are spelled as the author spells them.
    """
    any_case: dict[str, None] = {}
    exact: dict[str, None] = {}
    for name in names:
        if name.kind in _NEVER_WRITTEN or not _is_distinctive(name.label, _words(name.label).forms):
            continue
        is_acronym = _is_acronym(name.label)
        is_exact = is_acronym or sum(map(str.isalnum, name.label)) <= SHORT
        for written in _in_other_numbers(name.label):
            if _form(written) != name.form or (fold(written) in STOP_WORDS and not is_acronym):
                continue
            if not is_exact:
                any_case.setdefault(written)
            elif written.removesuffix("s") == name.label.removesuffix("s"):
                exact.setdefault(written)
    return WrittenForms(tuple(any_case), tuple(exact))


def _in_other_numbers(label: str) -> Iterator[str]:
    """Yield a name, and what may be its plural or singular."""
    yield label
    for ending, instead in _NUMBERS:
        if found := ending.search(label):
            yield label[: found.start()] + instead


def forms_in(text: str) -> set[str]:
    """Return the forms of all names that a text could contain: of consecutive words in a clause."""
    words = _words(text)
    found: set[str] = set()
    for first, start in enumerate(words.starts):
        for last in range(first, min(first + MAX_WORDS, len(words.ends))):
            if last > first and not _GAP.fullmatch(text, words.ends[last - 1], words.starts[last]):
                break
            found.add(_form_between(text[start : words.ends[last]], words.forms[first : last + 1]))
    return found


def _form_between(written: str, forms: Sequence[str]) -> str:
    """Return the form of some words; joining their forms, where possible, is five times as fast."""
    if len(forms) == 1 or not written.isascii() or "+" in written or "#" in written:
        return _form(written)
    return joined(forms)


def _words(text: str) -> _Words:
    words = _Words([], [], [])
    for match in _TOKEN.finditer(text):
        words.starts.append(match.start())
        words.ends.append(match.end())
        words.forms.append(_form(match[0]))
    return words


@lru_cache(maxsize=1 << 16)
def _form(word: str) -> str:
    return form_of(fold(word), word)


def _is_distinctive(label: str, forms: Sequence[str]) -> bool:
    """Return whether a name is more than one letter, a number, or stop words."""
    letters = sum(sign.isalpha() or sign in "+#" for sign in label)
    if letters < 2 or not 0 < len(forms) <= MAX_WORDS:
        return False
    return _is_acronym(label) or not all(form in STOP_WORDS for form in forms)


def _is_acronym(label: str) -> bool:
    return label.isupper() and sum(map(str.isalnum, label)) <= MAX_ACRONYM


def _is_whole(text: str, words: _Words, first: int, last: int) -> bool:
    """Return whether words form one name, not a part of a longer word or of code."""
    start, end = words.starts[first], words.ends[last - 1]
    before, earlier = text[max(0, start - 1) : start], text[max(0, start - 2) : start - 1]
    if before and (before in _BEFORE or (before == "/" and not earlier.isalnum())):
        return False
    return not _AFTER.match(text, end) and all(
        _GAP.fullmatch(text, words.ends[i], words.starts[i + 1]) for i in range(first, last - 1)
    )


def _matches_form(name: Name, text: str, start: int, end: int) -> bool:
    """Return whether the signs match the name; signs before a word, as in "+1", are not in it."""
    written = text[start:end]
    return _form(written) == name.form and fold(written) not in STOP_WORDS


def _matches_case(name: Name, text: str, start: int, end: int) -> bool:
    """Return whether the signs match, and the capitals where they matter."""
    label, written = name.label, text[start:end]
    has_capitals_of_label = written.removesuffix("s") == label.removesuffix("s")
    if _is_acronym(label):
        return has_capitals_of_label and _form(written) == name.form
    if not _matches_form(name, text, start, end) or _continues(text, written, end):
        return False
    if sum(map(str.isalnum, label)) > SHORT:
        return True
    by_sentence = written[:1].isupper() and _begins_sentence(text, start)
    return has_capitals_of_label and not by_sentence


def _continues(text: str, written: str, end: int) -> bool:
    """Return whether a single word begins a longer proper name, or counts what follows."""
    follows = _GOES_ON if written[:1].isupper() else _COUNTS
    return " " not in written and follows.match(text, end) is not None


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - _LOOK_BACK) : start]
    blank = before[len(before.rstrip()) :]
    return "\n" in blank or before.rstrip(_OPENING)[-1:] in _CLAUSE_END
