"""Asks MDN's glossary for its terms in the words of FOLDOC: `make cross-check`.

    python -m benchmarks.quality.crosscheck SHARED FOLDER DICT

FOLDOC defines many terms that MDN defines too, in words that nobody here chose. Each such
definition, with the term masked (`benchmarks.quality.foldoc` has the rules), is a question to MDN's
glossary. It is answered by three searches: plain MiniLM, semsearch with the base encoder, and
semsearch as it is. Nothing is tuned on these questions.

SHARED and FOLDER are those of `benchmarks.quality.scores`; DICT holds `foldoc.index` and
`foldoc.dict.dz`. Exit code 1: acc@3 is less than `BAR` above plain MiniLM, or less than
`ENCODER_BAR` above the base encoder.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.quality.foldoc import definition_of, shortened
from benchmarks.quality.glossaries import opened_one
from semsearch.core.entries import Entry
from semsearch.importers.dictionaries.dictd import Article, read_articles
from semsearch.models.registry import BASE_MODEL
from semsearch.quality.evaluation.comparison import compare, result_of
from semsearch.quality.evaluation.judgements import ANSWERABLE
from semsearch.quality.evaluation.measures import Estimate, mean_of, per_question, rows
from semsearch.quality.evaluation.outcomes import QuestionOutcome, collect
from semsearch.quality.evaluation.questions import JudgedQuestion
from semsearch.ranking.weights import ABLATIONS
from semsearch.text.names import NameKind, names_of
from semsearch.text.normalise import WORD, fold
from training.masking import masked, names_left

GLOSSARY = "mdn"
BAR = 0.15
"""Required gain in acc@3 over plain MiniLM."""
ENCODER_BAR = 0.08
"""Required gain in acc@3 over the base encoder."""
MIN_WORDS = 5
"""A definition of fewer words only refers to another one."""
SHOWN = ("acc@1", "acc@3", "MRR@10")

Pair = tuple[Article, tuple[Entry, ...]]


def pairs(articles: Sequence[Article], entries: Sequence[Entry]) -> list[Pair]:
    """Return the articles that define a term of the glossary, each with its entries.

    A headword stands for every entry that has it as its term or an alias, whatever its case and
    hyphens. Homonyms are not told apart: both "scope" and "SCOPE" are asked.
    """
    entries_with_name: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in names_of(entry):
            if name.kind in (NameKind.TERM, NameKind.ALIAS):
                entries_with_name[name.key].append(entry)
    found = []
    for article in articles:
        right = {
            e.id: e for word in article.headwords for e in entries_with_name.get(fold(word), ())
        }
        if right:
            found.append((article, tuple(right.values())))
    return found


def questions(found: Sequence[Pair]) -> Iterator[JudgedQuestion]:
    """Yield a question for each pair whose article is long enough.

    Raises:
        AssertionError: a name is left in a question.
    """
    for article, right in found:
        names = {*article.headwords, *(name.label for entry in right for name in names_of(entry))}
        query = shortened(masked(definition_of(article), names))
        if len(WORD.findall(query)) >= MIN_WORDS:
            assert not names_left(query, names), (article.headwords, names_left(query, names))
            terms, ids = zip(*((entry.term, entry.id) for entry in right), strict=True)
            yield JudgedQuestion(query, right[0].glossary, ANSWERABLE, terms, ids)


def report(
    before: Mapping[str, Sequence[QuestionOutcome]], now: Sequence[QuestionOutcome]
) -> list[Estimate]:
    """Print a row for each search, and the gain over each of the others.

    Args:
        before: what came of the questions in other ways, by the names of these.
        now: what comes of them as it is.

    Returns:
        The gain in acc@3 over each of the others, in their order.
    """
    print(f"{'':32}" + "".join(f"{name:>25}" for name in SHOWN))
    for title, outcomes in {**before, "as it is": now}.items():
        (row,) = rows(outcomes)
        print(f"{title:32}" + "".join(f"{_shown(row.measures[name]):>25}" for name in SHOWN))
    return [_gain(title, outcomes, now) for title, outcomes in before.items()]


def _gain(
    title: str, before: Sequence[QuestionOutcome], now: Sequence[QuestionOutcome]
) -> Estimate:
    found = compare({o.question.key: result_of(o) for o in before}, now)
    gains = {name: per_question(now)[name] - per_question(before)[name] for name in SHOWN}
    over = f"gain over {title}"
    print(f"{over:32}" + "".join(f"{_shown(mean_of([gain])):>25}" for gain in gains.values()))
    p = {change.measure: change.p for change in found.changes}
    print(f"{'p, of the pairs':32}" + "".join(f"{p[name]:>25.4f}" for name in SHOWN))
    return mean_of([gains["acc@3"]])


def _shown(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return f"{found.mean:.3f}"
    return f"{found.mean:.3f} ({found.low:.2f} to {found.high:.2f})"


def main() -> int:
    """Print the table, and return 1 when a bar is missed."""
    shared, folder, dictionary = (Path(argument) for argument in sys.argv[1:])
    articles = read_articles(dictionary / "foldoc.index")
    with opened_one(GLOSSARY, shared, folder) as glossary:
        found = pairs(articles, glossary.definitions()[0])
        asked = [*questions(found)]
        print(
            f"{len(found)} of {len(articles):,} articles of FOLDOC define a term of {GLOSSARY}; "
            f"{len(asked)} have {MIN_WORDS} words or more and are asked, no name left in any"
        )
        if not asked:
            return 1
        now = collect(glossary, asked)
    with opened_one(GLOSSARY, shared, folder, BASE_MODEL) as base:
        plain = collect(base.with_weights(next(iter(ABLATIONS.values()))), asked)
        before = {"plain MiniLM": plain, "the base encoder": collect(base, asked)}
    gains = report(before, now)
    for title, gain, bar in zip(before, gains, (BAR, ENCODER_BAR), strict=True):
        points = f"{100 * gain.mean:.1f} points over {title}"
        print(f"acc@3 gained {points}; {100 * bar:.0f} are asked for")
    return int(any(g.mean < bar for g, bar in zip(gains, (BAR, ENCODER_BAR), strict=True)))


if __name__ == "__main__":
    sys.exit(main())
