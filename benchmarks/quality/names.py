"""Measures how often names are found, however they are written: `make names`.

    python -m benchmarks.quality.names SHARED FOLDER

See `benchmarks.quality.scores` for the arguments. Asks for names as people write them (case,
plural, hyphens, "what is X?"), mistypes them by one letter, and wraps, compares and shortens them
(`named_questions`). Prints how often the right entry came first, and which entry came instead. The
questions are drawn by a seed, so every run asks the same.
"""

from __future__ import annotations

import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from rapidfuzz.distance import OSA

from benchmarks.quality.glossaries import opened
from semsearch.core.entries import Entry
from semsearch.search.glossary import Glossary
from semsearch.text.names import NameKind, form_of, names_of
from semsearch.text.normalise import fold
from semsearch.text.spelling import KEYS_BESIDE

TYPOS = 100
"""Most mistyped names that each glossary is asked."""
ACRONYM_TYPOS = 25
"""How many of these are acronyms of three to six letters."""
DRESSED = {"mdn": 200}
DRESSED_ELSEWHERE = 100
"""Correct names that are asked in another case, number or wording."""

_ACRONYM = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z]{3,6}\Z")
_ALPHABET = "".join(KEYS_BESIDE)


@dataclass(frozen=True, slots=True)
class NameQuestion:
    """A question, how it was made from which name, and the ids of the right entries."""

    question: str
    name: str
    kind: str
    right: frozenset[str]


class GlossaryNames:
    """The names of a glossary: the entries that have them, and which of them may be asked for."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries_with_name: dict[str, set[str]] = defaultdict(set)
        self.forms: set[str] = set()
        self.stated: dict[str, str] = {}
        self.acronyms: dict[str, str] = {}
        for entry in entries:
            for name in names_of(entry):
                self.entries_with_name[name.key].add(entry.id)
                self.forms |= {name.form, form_of(name.key)}
                if name.kind in (NameKind.TERM, NameKind.ALIAS):
                    self.stated.setdefault(name.key, name.label)
                if name.kind is not NameKind.INITIALS and _ACRONYM.match(name.label):
                    self.acronyms.setdefault(name.key, name.label)
        self.terms = {fold(entry.term): entry.term for entry in entries}

    def ids(self, *labels: str) -> frozenset[str]:
        """Return the ids of all entries that have one of these names."""
        return frozenset(
            id_ for label in labels for id_ in self.entries_with_name.get(fold(label), ())
        )

    def near(self, text: str) -> set[str]:
        """Return the ids of the entries with a name one letter away from a text."""
        key = fold(text)
        return {
            id_
            for other, ids in self.entries_with_name.items()
            if len(other) > 2 and OSA.distance(key, other, score_cutoff=1) == 1
            for id_ in ids
        }

    def is_name(self, text: str) -> bool:
        """Whether a text is a name of any entry, in any form."""
        key = fold(text)
        return (
            key in self.entries_with_name
            or form_of(key, text) in self.forms
            or form_of(key) in self.forms
        )


def substituted(text: str, at: int, letter: str) -> str:
    """Return the text with one letter replaced."""
    return text[:at] + letter + text[at + 1 :]


def inserted(text: str, at: int, letter: str) -> str:
    """Return the text with one more letter."""
    return text[:at] + letter + text[at:]


def deleted(text: str, at: int, _: str) -> str:
    """Return the text without one letter."""
    return text[:at] + text[at + 1 :]


def transposed(text: str, at: int, _: str) -> str:
    """Return the text with two neighbouring letters swapped."""
    return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


KINDS: dict[str, tuple[Callable[[str, int, str], str], bool, int]] = {
    "substitution, key beside": (substituted, True, 2),
    "substitution, any letter": (substituted, False, 1),
    "insertion, key beside": (inserted, True, 2),
    "insertion, any letter": (inserted, False, 1),
    "deletion": (deleted, False, 1),
    "transposition": (transposed, False, 1),
}
"""For each kind of error: the function, whether the letter is a neighbour, and its share in
eighths."""


def typos(names: GlossaryNames, seed: str) -> Iterator[NameQuestion]:
    """Yield names with one letter wrong: no name twice, and nothing that is a name itself."""
    rng = random.Random(seed)  # noqa: S311 - a draw, no secret
    kinds = cycle([kind for kind, (_, _, share) in KINDS.items() for _ in range(share)])
    terms = [label for key, label in names.terms.items() if key not in names.acronyms]
    count = 0
    for most, group, pool in (
        (ACRONYM_TYPOS, "acronym", sorted(names.acronyms.values())),
        (TYPOS, "term", sorted(terms)),
    ):
        for label in rng.sample(pool, len(pool)):
            if count < most and sum(c.casefold() in KEYS_BESIDE for c in label) >= 3:
                kind = next(kinds)
                if question := _mistyped(label, kind, names, rng):
                    count += 1
                    yield NameQuestion(question, label, f"{group}: {kind}", names.ids(label))


def _mistyped(label: str, kind: str, names: GlossaryNames, rng: random.Random) -> str | None:
    """Return the name with one letter wrong, or nothing if every try gave a name."""
    change, beside, _ = KINDS[kind]
    places = [i for i, c in enumerate(label) if c.casefold() in KEYS_BESIDE]
    for _ in range(100):
        at = rng.choice(places)
        letter = rng.choice(KEYS_BESIDE[label[at].casefold()] if beside else _ALPHABET)
        question = change(label, at, letter.upper() if label[at].isupper() else letter)
        if OSA.distance(fold(question), fold(label)) == 1 and not names.is_name(question):
            return question
    return None


def plural(label: str) -> str | None:
    """Return the regular plural; None for a word without one."""
    if not label[-1].isalpha() or (label[-1] in "sS" and not label.endswith("ss")):
        return None
    if re.search(r"(ss|x|z|ch|sh)$", label):
        return label + "es"
    return label[:-1] + "ies" if re.search(r"[^aeiouAEIOU]y$", label) else label + "s"


def _with(old: str, new: str) -> Callable[[str], str | None]:
    return lambda label: label.replace(old, new) if old in label else None


DRESSES: dict[str, Callable[[str], str | None]] = {
    "as it is": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "title case": str.title,
    "plural": plural,
    "plural, lower case": lambda label: (plural(label) or "").lower(),
    "hyphen for blank": _with(" ", "-"),
    "joined": _with(" ", ""),
    "blank for hyphen": _with("-", " "),
    "hyphen left out": _with("-", ""),
    "what is ...?": lambda label: f"what is {label}?",
    "what is a ...?": lambda label: f"What is a {label.lower()}?",
    "define ...": lambda label: f"define {label.lower()}",
}


def dressed(names: GlossaryNames, seed: str, count: int) -> Iterator[NameQuestion]:
    """Yield stated names in all wordings that fit them, about equally many of each."""
    rng = random.Random(seed)  # noqa: S311 - a draw, no secret
    labels = sorted(names.stated.values())
    drawn = {dress: rng.sample(labels, len(labels)) for dress in DRESSES}
    while count and any(drawn.values()):
        for dress, left in drawn.items():
            question = None
            while left and not question:
                label = left.pop()
                question = DRESSES[dress](label)
            if question and count:
                count -= 1
                yield NameQuestion(question, label, dress, names.ids(label, question))


def failures(glossary: Glossary, asked: Sequence[NameQuestion]) -> list[tuple[NameQuestion, str]]:
    """Return the questions with a wrong first hit, and this hit."""
    wrong = []
    for one in asked:
        hit = glossary.ask(one.question, k=1).hits[0]
        if hit.entry.id not in one.right:
            wrong.append((one, f"{hit.entry.term} ({hit.matched_by})"))
    return wrong


def report(
    title: str, asked: Sequence[NameQuestion], wrong: Sequence[tuple[NameQuestion, str]]
) -> None:
    """Print the share of each kind, and every failure."""
    print(f"{title}: {len(asked) - len(wrong)} of {len(asked)} first")
    for kind in dict.fromkeys(one.kind for one in asked):
        total = sum(one.kind == kind for one in asked)
        missed = sum(one.kind == kind for one, _ in wrong)
        print(f"  {kind:36} {total - missed:3} of {total}")
    for one, instead in wrong:
        print(f"    {one.question!r} for {one.name!r} ({one.kind}) found {instead}")


def report_rivals(
    names: GlossaryNames, asked: Sequence[NameQuestion], wrong: Sequence[tuple[NameQuestion, str]]
) -> None:
    """Print how many typing errors are as near to a name of another entry."""
    rivals = [names.near(one.question) - one.right for one in asked]
    missed = {one.question for one, _ in wrong}
    clear = [one for one, others in zip(asked, rivals, strict=True) if not others]
    drawn = sum(1 / (1 + len(others)) for others in rivals)
    print(
        f"  no other name as near: {sum(one.question not in missed for one in clear)} of {len(clear)}; "
        f"drawing lots among the nearest would find {drawn:.1f} of {len(asked)}"
    )


def main() -> None:
    """Print the results of each kind of question, by glossary."""
    from benchmarks.quality import named_questions  # noqa: PLC0415 - it asks for names as defined here

    shared, folder = (Path(argument) for argument in sys.argv[1:])
    for name, glossary, _ in opened(shared, folder):
        names = GlossaryNames(glossary.definitions()[0])
        asked = list(dressed(names, name, DRESSED.get(name, DRESSED_ELSEWHERE)))
        report(f"{name}, names", asked, failures(glossary, asked))
        asked = list(typos(names, name))
        wrong = failures(glossary, asked)
        report(f"{name}, typos", asked, wrong)
        report_rivals(names, asked, wrong)
        named_questions.report(name, glossary, names)


if __name__ == "__main__":
    main()
