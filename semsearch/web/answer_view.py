"""An answer as a page shows it, made from its JSON, so that pages and clients show the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from semsearch.core.answers import ScoreParts, Tier, Verdict
from semsearch.web.display import (
    MATCHED_BY,
    VERDICTS,
    Share,
    cut_line,
    fixed,
    percent,
    place,
    shares,
    signed,
)
from semsearch.web.highlight import HighlightedText, highlight, snippet

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation of a hit: facts, parts of its score, their sum, and what decided its rank."""

    facts: tuple[tuple[str, str], ...]
    shares: Sequence[Share]
    sum: str
    decided: str


@dataclass(frozen=True, slots=True)
class DisplayedHit:
    """A hit: a card if it `is_best`, else one line that opens.

    `whole` is the whole definition if `definition` is only a snippet of it.
    """

    id: str
    term: HighlightedText
    name: str
    glossary: str
    language: str
    reason: str
    """How it was found, if that is neither meaning nor the name in the heading."""
    line: str
    """The nearest sentence, or the beginning of the definition."""
    is_best: bool
    is_match: bool
    asked_as: str
    """What somebody asked who looked for it, if that is near."""
    often_asked_as: str
    """The same of common questions; empty where a name decided, which needs no evidence."""
    definition: HighlightedText
    whole: HighlightedText | None
    why: Why
    rich: Markup | None = None
    """The whole definition with its structure, of a card."""
    outdated: str = ""
    """The status, if it says that the term should not be used any more."""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer: verdict and confidence in words, corrected question, matches, nearest entries.

    `sure` is the confidence in words and `confidence` in percent, empty and 0 where the verdict
    rests on names.
    """

    question: str
    verdict: str
    kind: str
    sure: str
    confidence: int
    repaired: str
    matches: tuple[DisplayedHit, ...]
    nearest: tuple[DisplayedHit, ...]
    notices: tuple[str, ...] = ()
    """Remarks on how the question was answered."""

    @property
    def no_close_match(self) -> bool:
        """Whether nothing fits."""
        return self.kind == "none"


_RICH_CHARS = 1_500
"""Characters up to which a card shows the structure of a definition at once, and not in part."""
_MAX_CARDS = 4
"""Most entries of a comparison that are shown side by side."""
_HIT_CHARS = 160
"""Characters of the line of a hit, about what a wide window shows."""
_KINDS = {
    Verdict.EXACT: "exact",
    Verdict.TERMS: "terms",
    Verdict.STRONG: "strong",
    Verdict.POSSIBLE: "possible",
    Verdict.NONE: "none",
}


def answer_view(
    answer: Mapping[str, Any], markdown: Callable[[str], str] = lambda _: ""
) -> ShownAnswer:
    """Return an answer as a page shows it.

    Args:
        answer: in its JSON shape, as /v1/search answers.
        markdown: returns the Markdown of the definition of an entry, by its id.
    """
    verdict = Verdict(answer["verdict"])
    cards = _cards(verdict, answer)
    hits = [_hit(hit, is_best=hit["rank"] <= cards) for hit in answer["hits"]]
    for at, hit in enumerate(hits[:cards]):
        if text := markdown(hit.id):
            is_short = len(answer["hits"][at]["definition"]) <= _RICH_CHARS
            whole = None if is_short else hit.whole
            hits[at] = replace(hit, rich=_rich(text, hit, answer["hits"][at]), whole=whole)
    # labels never change the order; `nearest` hits stand behind the last match
    end = max((i for i, hit in enumerate(hits, 1) if hit.is_match), default=0)
    is_by_name = verdict in (Verdict.EXACT, Verdict.TERMS)
    return ShownAnswer(
        question=answer["query"],
        verdict=VERDICTS[verdict],
        kind=_KINDS[verdict],
        sure="" if is_by_name else percent(answer["confidence"]),
        confidence=0 if is_by_name else round(answer["confidence"] * 10_000) // 100,
        repaired=answer["repaired"] or "",
        matches=tuple(hits[:end]),
        nearest=tuple(hits[end:]),
        notices=tuple(notice["message"] for notice in answer.get("notices", ())),
    )


def _cards(verdict: Verdict, answer: Mapping[str, Any]) -> int:
    """Return how many hits are cards: the first, or the entries that a question compares."""
    if answer["no_close_match"]:
        return 0
    if verdict is not Verdict.TERMS:
        return 1
    named = sum(hit["matched_by"] in _NAMED for hit in answer["hits"])
    return min(max(named, 1), _MAX_CARDS)


_NAMED = frozenset({Tier.EXACT, Tier.FORM, Tier.PREFIX, Tier.PARTIAL, Tier.FUZZY})
_EVIDENT = frozenset({Tier.EXACT, Tier.MEANING, Tier.NEAREST})
"""Tiers that a hit need not state: its heading shows them."""


def _hit(hit: Mapping[str, Any], *, is_best: bool) -> DisplayedHit:
    text, sentence = hit["definition"], hit["sentence"]
    if sentence and len(sentence["text"]) == len(text):
        sentence = None  # the sentence is the whole definition: nothing to highlight
    shorten = snippet if is_best else highlight
    shown = shorten(text, hit["matched_words"], sentence)
    return DisplayedHit(
        id=hit["id"],
        term=highlight(hit["term"], hit["matched_term_words"]),
        name=hit["term"],
        glossary=hit["glossary"],
        language=hit["language"],
        reason=_told_reason(hit),
        line="" if is_best else _line(text, sentence),
        is_best=is_best,
        is_match=hit["matched_by"] != Tier.NEAREST,
        asked_as=hit.get("matched_phrase", ""),
        often_asked_as="" if hit["matched_name"] else hit.get("matched_common_question", ""),
        definition=shown,
        whole=highlight(text, hit["matched_words"], sentence) if shown.is_part else None,
        why=_why(hit),
        outdated=hit["status"] if hit.get("outdated") else "",
    )


def _line(text: str, sentence: Mapping[str, Any] | None) -> str:
    """Return the nearest sentence in one line, or the beginning of the text."""
    shown = sentence["text"] if sentence else text
    return cut_line(shown, _HIT_CHARS).removeprefix("- ")


def _told_reason(hit: Mapping[str, Any]) -> str:
    """Return how a hit was found if the heading does not show it."""
    is_evident = Tier(hit["matched_by"]) in _EVIDENT
    return "" if is_evident and hit["matched_name"] in (None, hit["term"]) else _reason(hit)


def _rich(markdown: str, shown: DisplayedHit, hit: Mapping[str, Any]) -> Markup:
    """Return a definition with its structure, and what is highlighted in it."""
    from semsearch.web.definition_html import (  # noqa: PLC0415 - loads markdown-it
        definition_html,
        highlighted_places,
    )

    places = highlighted_places(shown.whole or shown.definition)
    return definition_html(markdown, hit["definition"], places)


def _reason(hit: Mapping[str, Any]) -> str:
    name = hit["matched_name"]
    reason = MATCHED_BY[Tier(hit["matched_by"])]
    return f"{reason} ({name})" if name and name != hit["term"] else reason


def _why(hit: Mapping[str, Any]) -> Why:
    sentence, words = hit["sentence"], hit["matched_words"]
    facts = [("Matched by", _reason(hit))]
    if sentence:
        is_all = len(sentence["text"]) == len(hit["definition"])
        facts.append(("Sentence", "all of it" if is_all else sentence["text"]))
    if words:
        facts.append(("Words in common", ", ".join(dict.fromkeys(w["text"] for w in words))))
    if hit["rerank_score"] is not None:
        facts.append(("Reranker", percent(hit["rerank_score"])))
    given = shares(ScoreParts(**hit["score_parts"]))
    return Why(
        tuple(facts),
        given,
        signed(sum(share.given for share in given)),
        f"Similarity {fixed(hit['similarity'])}, score {hit['score']:.2f}. {place(hit['matched_name'], hit['rerank_score'])}",
    )
