"""The names of an entry: what its author wrote and what the program finds by itself.

An entry can be asked for by its term, by its aliases and hidden labels, by an acronym and by plural
or joined spellings. Aliases are stated in the source; the rest is derived here, so that nobody has
to add "CNN" by hand. Derived names rank below stated ones (`Tier.FORM`).

Two keys make names comparable. The *key* ignores case, accents, hyphens and punctuation. The *form*
also ignores plural endings, British spelling, blanks and "and" between words: it need not be good
English, since questions and names pass through the same function. Capitals, where known, tell the
plural "LSTMs" from "HTTPS", whose S is a letter of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from semsearch.core.entries import Entry
from semsearch.text.normalise import WORD, fold
from semsearch.text.word_forms import word_form

_BRACKETS = re.compile(r"^(.*\S)\s*\(([^()]+)\)\s*(.*)$")
_ACRONYM_IN_TEXT = re.compile(r"\(([A-Z][A-Za-z0-9&./-]{1,11})\)")
_SHORT = re.compile(r"[^\W\d_](?:[.&/-]?\w){1,9}\.?\Z")
"""The letters and digits of what may be an acronym, with single marks between them."""
_AND = frozenset({"and", "und", "et"})
"""Words for "&" in English, German and French."""
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"}
)
_HUMP = re.compile(r"[A-Z][a-z0-9]+")
"""A word inside "CustomResourceDefinition"."""
_MAX_INITIALS = 7
_MAX_LETTERS = 10
_MAX_WORDS = 12
_MAX_PER_WORD = 3
"""Letters of an acronym that one word may give: "Rectified" gives two to ReLU, few give three."""
_LOOK_BACK = 50
"""Characters in front of a bracketed acronym that are read beyond the length of the term."""


class NameKind(StrEnum):
    """How an entry came by a name; `ACRONYM` and `INITIALS` are derived, the others stated."""

    TERM = "term"
    ALIAS = "alias"
    HIDDEN = "hidden"
    """Found and never shown: its label is the term."""
    NOTATION = "notation"
    """The code of a concept in its scheme, such as 621.3; no text writes it for a name."""
    ACRONYM = "acronym"
    INITIALS = "initials"


@dataclass(frozen=True, slots=True)
class Name:
    """One name: how it is shown, how it is compared, and where it comes from."""

    label: str
    key: str
    form: str
    kind: NameKind


@lru_cache(maxsize=1024)  # pieces of a question are looked up as names again and again
def form_of(key: str, text: str = "") -> str:
    """Return the form of a folded name: words without plural endings, joined.

    Args:
        key: the folded name.
        text: the name as it was written, if known, for its capitals.
    """
    written = {fold(word): word for word in _words(text)}
    return joined([word_form(word, written.get(word, "")) for word in key.split()])


def joined(words: Sequence[str]) -> str:
    """Return the form of a name whose words have these forms.

    "R and D" is "R&D", and "I/Os" are several "I/O".
    """
    first, last = words[:1], words[-1:]
    inner = [word for word in words[1:-1] if word not in _AND]
    if (
        len(words) > 1
        and len(last[0]) == 2
        and last[0][1] == "s"
        and _are_letters([*first, *inner])
    ):
        last = [last[0][0]]
    return "".join([*first, *inner, *last] if len(words) > 1 else words)


def _are_letters(words: Sequence[str]) -> bool:
    return all(len(word) == 1 for word in words)


def names_of(entry: Entry) -> list[Name]:
    """Return every name of an entry, stated names first, each key once.

    Derived: the parts of "Role-Based Access Control (RBAC)" in either order, the term without a
    qualifier ("Node (DOM)"), an acronym in brackets whatever its letters ("Federal Institute of
    Metrology (METAS)"), acronyms that the definition spells out beside the term ("... Networks
    (CNNs) are ..."), and the initials of a term of two or more words, which may be written as one
    ("JavaScript").
    """
    found: dict[str, Name] = {}

    def add(label: str, kind: NameKind) -> None:
        key = fold(label)
        if key and key not in found:
            shown = entry.term if kind is NameKind.HIDDEN else label
            found[key] = Name(shown, key, form_of(key, label), kind)

    add(entry.term, NameKind.TERM)
    for alias in entry.aliases:
        add(alias, NameKind.ALIAS)
    for hidden in entry.details.hidden_labels:
        add(hidden, NameKind.HIDDEN)
    add(entry.details.notation, NameKind.NOTATION)
    plain = without_qualifier(entry.term)
    if match := _BRACKETS.match(entry.term):
        outer, inner, _ = match.groups()
        add(plain, NameKind.ALIAS)
        if is_acronym(inner, outer) or is_acronym(outer, inner):
            add(inner, NameKind.ALIAS)
        elif stands_for(inner, outer) or (stands_for(outer, inner) and _is_title(inner)):
            add(inner, NameKind.ACRONYM)
    for acronym in _spelled_out(plain, entry.definition):
        add(acronym, NameKind.ACRONYM)
    initials = _initials(plain)
    if 2 <= len(initials) <= _MAX_INITIALS:
        add(initials, NameKind.INITIALS)
    return list(found.values())


def without_qualifier(name: str) -> str:
    """Return a name without what stands in brackets in it: "Node" for "Node (DOM)"."""
    match = _BRACKETS.match(name)
    return f"{match[1]} {match[3]}".strip() if match else name


def stands_for(short: str, long: str) -> bool:
    """Return whether a text in brackets looks like the acronym of the text before it.

    One word with a mere qualifier looks the same ("Node (DOM)"), so what is abbreviated must have
    several.
    """
    letters = [sign for sign in short if sign.isalnum()]
    capitals = sum(sign.isupper() or sign.isdigit() for sign in letters)
    is_short = _SHORT.match(short) is not None and capitals >= max(2, len(letters) / 2)
    return is_short and 2 <= len(_words(long)) <= _MAX_WORDS


def _is_title(text: str) -> bool:
    """Return whether a text is a proper name; "API (computer science)" is none."""
    return all(word[0].isupper() for word in _words(text) if word.casefold() not in _SMALL_WORDS)


def is_acronym(short: str, long: str) -> bool:
    """Whether `short` abbreviates `long`: its letters are the initials, small words optional.

    A plural s is ignored, and a word may give more letters than its first ("ReLU", "BitOps").
    """
    letters = re.sub(r"[^a-z0-9]", "", re.sub(r"s$", "", short).casefold())
    words = _words(long.casefold())
    if not 2 <= len(letters) <= _MAX_LETTERS or not 2 <= len(words) <= _MAX_WORDS:
        return False  # also keeps the search below from trying thousands of ways
    if len(letters) < len(words) - _small(words):
        return False
    return _consumes(letters, words)


def _small(words: list[str]) -> int:
    return sum(w in _SMALL_WORDS for w in words)


def _consumes(letters: str, words: list[str]) -> bool:
    """Match letters against words in order: each big word gives its first letter, or more."""
    if not words:
        return not letters
    word, rest = words[0], words[1:]
    if word in _SMALL_WORDS and _consumes(letters, rest):
        return True
    at = -1
    for taken in range(min(len(letters), _MAX_PER_WORD)):
        at = word.find(letters[taken], at + 1)
        if at < 0 or (taken == 0 and at > 0):
            return False
        if _consumes(letters[taken + 1 :], rest):
            return True
    return False


def _spelled_out(term: str, definition: str) -> list[str]:
    """Return acronyms in brackets right behind the term, in the definition's own words."""
    term_form = form_of(fold(term))
    found: list[str] = []
    for match in _ACRONYM_IN_TEXT.finditer(definition):
        acronym, end = match.group(1), match.start()
        if acronym in found or not (is_acronym(acronym, term) or stands_for(acronym, term)):
            continue
        before = fold(definition[max(0, end - len(term) - _LOOK_BACK) : end])
        if form_of(before).endswith(term_form):
            found.append(acronym)
    return found


def _initials(term: str) -> str:
    words = [w for w in _words(term) if w.casefold() not in _SMALL_WORDS]
    if len(words) == 1 and len(humps := _HUMP.findall(words[0])) > 1:
        words = humps if "".join(humps) == words[0] else words
    return "".join(w[0] for w in words).upper() if len(words) > 1 else ""


def _words(text: str) -> list[str]:
    return WORD.findall(text.replace("_", " "))
