"""Questions that contain more, or less, than a name: part of `make names`.

- Wrapped: a name in a question, in seven languages.
- Compared: two names side by side.
- Parts: some words of a name that are no name themselves. Right is the entry that they were taken
  from, though other names may have them too. So the mean confidence, which is printed beside it,
  says more than the share.

The questions are drawn by a seed, so every run asks the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.quality.names import GlossaryNames, NameQuestion
from semsearch.core.answers import Tier, Verdict
from semsearch.search.glossary import Glossary
from semsearch.text.english_stop_words import STOP_WORDS
from semsearch.text.normalise import fold

WRAPPERS = (
    "explain {} to me", "explain {} like I'm five", "{} meaning", "what does {} mean?", "please define {}", "tell me about {}",
    "what is meant by {}?", "can you explain what {} is?", "how does {} work?", "Was ist {}?", "Was versteht man unter {}?",
    "Bedeutung von {}", "Qu'est-ce que {} ?", "d\xe9finition de {}", "\xbfQu\xe9 es {}?", "significado de {}", "O que \xe9 {}?",
    "Cos'\xe8 {}?", "Wat is {}?", "Wat betekent {}?",
)  # fmt: skip
COMPARERS = (
    "{} vs {}", "difference between {} and {}", "what is the difference between {} and {}?", "{} or {}?", "is {} a {}?",
    "how does {} differ from {}?", "compare {} with {}", "should I use {} or {} here?", "Unterschied zwischen {} und {}",
    "diff\xe9rence entre {} et {}", "diferencia entre {} y {}", "verschil tussen {} en {}",
)  # fmt: skip
WRAPPED = 60
COMPARED = 60
PARTS = 60


@dataclass(frozen=True, slots=True)
class NamePair:
    """A question that compares two names, and the ids of the entries of each."""

    question: str
    rights: tuple[frozenset[str], frozenset[str]]


def wrapped(names: GlossaryNames, seed: str) -> Iterator[NameQuestion]:
    """Yield stated names in the wording of a question."""
    rng = random.Random(f"wrapped {seed}")  # noqa: S311 - a draw, no secret
    labels = sorted(names.stated.values())
    for label in rng.sample(labels, min(WRAPPED, len(labels))):
        wrapper = rng.choice(WRAPPERS)
        yield NameQuestion(wrapper.format(label), label, wrapper, names.ids(label))


def compared(names: GlossaryNames, seed: str) -> Iterator[NamePair]:
    """Yield pairs of stated names in the wording of a comparison."""
    rng = random.Random(f"compared {seed}")  # noqa: S311
    labels = sorted(names.stated.values())
    for _ in range(COMPARED):
        one, other = rng.sample(labels, 2)
        question = rng.choice(COMPARERS).format(one, other)
        yield NamePair(question, (names.ids(one), names.ids(other)))


def parts(names: GlossaryNames, seed: str) -> Iterator[NameQuestion]:
    """Yield first, last and inner words of terms, none of which is a name."""
    rng = random.Random(f"parts {seed}")  # noqa: S311
    count = 0
    for label in rng.sample(sorted(names.terms.values()), len(names.terms)):
        words = label.split()
        if len(words) < 2 or count == PARTS:
            continue
        kind = rng.choice(("last words", "last words", "first words", "inner words"))
        most = len(words) - 1
        some = rng.randint(1, most)
        part = {
            "last words": words[-some:],
            "first words": words[:some],
            "inner words": words[1:-1],
        }[kind]
        said = " ".join(part)
        means = any(fold(word) not in STOP_WORDS and len(word) > 1 for word in part)
        if means and not names.is_name(said):
            count += 1
            yield NameQuestion(said, label, kind, names.ids(label))


def report(name: str, glossary: Glossary, names: GlossaryNames) -> None:
    """Ask all three kinds, and print the results."""
    asked = list(wrapped(names, name))
    missed = [one for one in asked if not _is_first(glossary, one)]
    print(f"{name}, wrapped: {len(asked) - len(missed)} of {len(asked)} exact and first")
    for one in missed:
        print(f"    {one.question!r}")
    pairs = list(compared(names, name))
    unlike = [pair for pair in pairs if not _are_first(glossary, pair)]
    print(
        f"{name}, compared: {len(pairs) - len(unlike)} of {len(pairs)} both first, about these terms"
    )
    for pair in unlike:
        print(f"    {pair.question!r}")
    _report_parts(name, glossary, list(parts(names, name)))


def _is_first(glossary: Glossary, asked: NameQuestion) -> bool:
    answer = glossary.ask(asked.question, k=1)
    return answer.verdict is Verdict.EXACT and answer.hits[0].entry.id in asked.right


def _are_first(glossary: Glossary, pair: NamePair) -> bool:
    answer = glossary.ask(pair.question, k=10)
    named = [hit.entry.id for hit in answer.hits if hit.matched_by is not Tier.NEAREST]
    one, other = pair.rights
    return answer.verdict is Verdict.TERMS and set(named) == one | other


def _report_parts(name: str, glossary: Glossary, asked: Sequence[NameQuestion]) -> None:
    answers = [(one, glossary.ask(one.question, k=10)) for one in asked]
    first = [answer.hits[0].entry.id in one.right for one, answer in answers]
    among = [any(hit.entry.id in one.right for hit in answer.hits) for one, answer in answers]
    sure = sum(answer.confidence for _, answer in answers) / max(len(answers), 1)
    refused = sum(answer.no_close_match for _, answer in answers)
    print(
        f"{name}, parts: {sum(first)} of {len(asked)} first, {sum(among)} among ten, "
        f"mean confidence {sure:.2f} (right {sum(first) / max(len(asked), 1):.2f}), {refused} no close match"
    )
