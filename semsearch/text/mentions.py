"""Mentions: the names of other entries inside a definition.

One pass over the words of a text, each looked up in a table of all names by their forms, the
longest name first; so the cost grows with the text and not with the number of entries. What a
name is made of counts once: "accessibility tree" mentions no "accessibility".

A mention that is none is worse than one that is missed, so:

- Only what an author wrote is looked for: terms, aliases, and acronyms that a definition spells
  out. Initials that the program made up are not.
- Words match whole, in any number and case. Acronyms and names of up to three letters need their
  capitals ("Set" is no "set", "IT" no "it"), and capitals that a sentence begins with prove
  nothing. A single stop word never counts, nor one word of a longer proper name ("Internet
  Explorer"), nor one that only counts or sorts what follows ("a type of").
- A part of a compound or of code is none: "self-service", "node.js", "map()", "::before". What
  only begins a compound is one: "cluster-wide".
- A name that several entries bear says nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from semsearch.text.names import Name, NameKind, form_of, joined
from semsearch.text.normalise import STOP_WORDS, WORD, fold

MAX_WORDS = 12
"""Words of a name that is looked for."""
SHORT = 3
"""Letters of a name that is easily taken for a common word."""
MAX_ACRONYM = 6
"""Letters of a name in capitals that is an acronym; a longer one is a word in capitals."""

_TOKEN = re.compile(WORD.pattern.replace(r"\w", r"[^\W_]") + "[+#]*")
"""A word without underscores, since names are compared without; "C++" is not "C"."""
_GAP = re.compile(r"[^\S\n]+|[^\S\n]*\n[^\S\n]*|[-‐‑./'’&_]| [&/+–-] ")  # noqa: RUF001
"""What may stand between two words of one name: no end of a clause."""
_BEFORE = "-‐‑._@#$\\:<"  # noqa: RUF001
_AFTER = re.compile(r"[._@:=\\]\w|[=_]|\(\)")
_GOES_ON = re.compile(r" [A-Z][a-z]")
_COUNTS = re.compile(r" of\b")
_OPENING = " \"'“‘("  # noqa: RUF001
_CLAUSE_END = ".!?:;•-*"
_LOOK_BACK = 8


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry by position, and where in the text its name stands."""

    target: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Borne:
    """A name as it is written, and the entries that bear it, ascending."""

    name: Name
    bearers: list[int]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text: where each begins and ends, and its form."""

    starts: list[int]
    ends: list[int]
    forms: list[str]


_UNWRITTEN = (NameKind.INITIALS, NameKind.HIDDEN, NameKind.NOTATION)
"""Names that no author writes on purpose."""


class MentionFinder:
    """Finds the names of the entries of one glossary."""

    def __init__(self, names: Iterable[Sequence[Name]]) -> None:
        """Learn the names of each entry; a mention tells an entry by its place among them."""
        self._borne: dict[tuple[str, ...], dict[str, _Borne]] = defaultdict(dict)
        lengths: dict[str, set[int]] = defaultdict(set)
        for position, own in enumerate(names):
            for name in own:
                forms = tuple(_words(name.label).forms)
                if name.kind not in _UNWRITTEN and _can_be_told(name.label, forms):
                    # what a name is checked for hangs on its letters alone, not on who bears it
                    alike = self._borne[forms].setdefault(name.label, _Borne(name, []))
                    alike.bearers.append(position)
                    lengths[forms[0]].add(len(forms))
        self._lengths = {form: sorted(found, reverse=True) for form, found in lengths.items()}

    def may_find(self, text: str) -> bool:
        """Whether any name may stand in a text: a quick look at plain ones, where names are few."""
        if not text.isascii():
            return True
        plain = text.lower()
        return any(form.removesuffix("y") in plain for form in self._lengths)  # of "ies", too

    def find(self, text: str, own: int, linked: Collection[int] = ()) -> Iterator[Mention]:
        """Yield the mentions in a text, in order; they do not overlap.

        Args:
            text: a definition.
            own: the position of its entry, whose names are no mentions.
            linked: positions that its author links to: their names are meant in any capitals, and
                also where others bear them.
        """
        words = _words(text)
        at, count = 0, len(words.forms)
        while at < count:
            end, bearers = self._longest(text, words, at, linked)
            if len(bearers) == 1 and own not in bearers:
                yield Mention(min(bearers), words.starts[at], words.ends[end - 1])
            at = end

    def _longest(
        self, text: str, words: _Words, at: int, linked: Collection[int]
    ) -> tuple[int, Collection[int]]:
        """Return the word behind the longest name that begins at a word, and who bears it, or some if several."""
        for length in self._lengths.get(words.forms[at], ()):
            end = at + length
            borne = self._borne.get(tuple(words.forms[at:end]), {}).values()
            if end <= len(words.forms) and borne and _is_whole(text, words, at, end):
                place = words.starts[at], words.ends[end - 1]
                called = [one for one in borne if linked and _is_called_so(one.name, text, *place)]
                meant = {who for one in called for who in one.bearers if who in linked}
                written = [one for one in borne if _is_written_so(one.name, text, *place)]
                found = {who for one in written for who in islice(one.bearers, 2)}
                if meant or found:
                    return end, meant or found
        return at + 1, ()


def forms_in(text: str) -> set[str]:
    """Return the forms of all names that could stand in a text: of words that follow each other within a clause."""
    words = _words(text)
    found: set[str] = set()
    for first, start in enumerate(words.starts):
        for last in range(first, min(first + MAX_WORDS, len(words.ends))):
            if last > first and not _GAP.fullmatch(text, words.ends[last - 1], words.starts[last]):
                break
            found.add(_form_between(text[start : words.ends[last]], words.forms[first : last + 1]))
    return found


def _form_between(written: str, forms: Sequence[str]) -> str:
    """Return the form of some words; put together of theirs, a fifth of the time, where that is the same."""
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


def _can_be_told(label: str, forms: Sequence[str]) -> bool:
    """Whether a name is more than one letter, a number, or words that every text has."""
    letters = sum(sign.isalpha() or sign in "+#" for sign in label)
    if letters < 2 or not 0 < len(forms) <= MAX_WORDS:
        return False
    return _is_acronym(label) or not all(form in STOP_WORDS for form in forms)


def _is_acronym(label: str) -> bool:
    return label.isupper() and sum(map(str.isalnum, label)) <= MAX_ACRONYM


def _is_whole(text: str, words: _Words, first: int, last: int) -> bool:
    """Whether words, the last excluded, are one name and not a part of a longer word or of code."""
    start, end = words.starts[first], words.ends[last - 1]
    before, earlier = text[max(0, start - 1) : start], text[max(0, start - 2) : start - 1]
    if before and (before in _BEFORE or (before == "/" and not earlier.isalnum())):
        return False
    return not _AFTER.match(text, end) and all(
        _GAP.fullmatch(text, words.ends[i], words.starts[i + 1]) for i in range(first, last - 1)
    )


def _is_called_so(name: Name, text: str, start: int, end: int) -> bool:
    """Whether the signs are those of the name: those in front of it, as in "+1", are no word."""
    written = text[start:end]
    return _form(written) == name.form and fold(written) not in STOP_WORDS


def _is_written_so(name: Name, text: str, start: int, end: int) -> bool:
    """Whether the signs are those of the name, and the capitals where they matter."""
    label, written = name.label, text[start:end]
    has_capitals_of_label = written.removesuffix("s") == label.removesuffix("s")
    if _is_acronym(label):
        return has_capitals_of_label and _form(written) == name.form
    if not _is_called_so(name, text, start, end) or _serves_what_follows(text, written, end):
        return False
    if sum(map(str.isalnum, label)) > SHORT:
        return True
    by_sentence = written[:1].isupper() and _begins_sentence(text, start)
    return has_capitals_of_label and not by_sentence


def _serves_what_follows(text: str, written: str, end: int) -> bool:
    """Whether a single word goes on as a longer proper name, or counts what follows."""
    follows = _GOES_ON if written[:1].isupper() else _COUNTS
    return " " not in written and follows.match(text, end) is not None


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - _LOOK_BACK) : start]
    blank = before[len(before.rstrip()) :]
    return "\n" in blank or before.rstrip(_OPENING)[-1:] in _CLAUSE_END
