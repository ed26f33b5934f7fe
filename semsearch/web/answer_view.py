"""An answer as a page shows it, made from its JSON, so that pages and clients show the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from semsearch.core.answers import ScoreParts, Tier, Verdict
from semsearch.web.display import (
    BY_NAME,
    BY_RERANKER,
    BY_SUM,
    PART_NAMES,
    VERDICTS,
    percent,
    shares,
)
from semsearch.web.highlight import HighlightedText, highlight, snippet

_REASONS = {
    Tier.EXACT: "this name",
    Tier.FORM: "another form of this name",
    Tier.PREFIX: "name begins like this",
    Tier.PARTIAL: "name has these words",
    Tier.MEANING: "by meaning",
    Tier.FUZZY: "similar spelling",
    Tier.NEAREST: "nearest, not a match",
}


class ShareRow(NamedTuple):  # a tuple, since the template unpacks it faster than by name
    """The share of one part in the score, formatted."""

    name: str
    value: str
    given: str


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation of a hit: facts, parts of its score, their sum, and what decided its rank."""

    facts: tuple[tuple[str, str], ...]
    shares: tuple[ShareRow, ...]
    sum: str
    decided: str


@dataclass(frozen=True, slots=True)
class DisplayedHit:
    """A hit. `whole` is the whole definition if `definition` is only a snippet of it."""

    id: str
    term: HighlightedText
    name: str
    glossary: str
    language: str
    reason: str
    similarity: str
    is_best: bool
    is_match: bool
    asked_as: str
    """What somebody asked who looked for it, if that is near."""
    definition: HighlightedText
    whole: HighlightedText | None
    why: Why


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer: verdict and confidence in words, corrected question, matches, nearest entries."""

    question: str
    verdict: str
    kind: str
    sure: str
    repaired: str
    matches: tuple[DisplayedHit, ...]
    nearest: tuple[DisplayedHit, ...]

    @property
    def no_close_match(self) -> bool:
        """Whether nothing fits."""
        return self.kind == "none"


_KINDS = {
    Verdict.EXACT: "exact",
    Verdict.TERMS: "terms",
    Verdict.STRONG: "strong",
    Verdict.POSSIBLE: "possible",
    Verdict.NONE: "none",
}


def answer_view(answer: Mapping[str, Any]) -> ShownAnswer:
    """Return an answer as a page shows it.

    Args:
        answer: in its JSON shape, as /v1/search answers.
    """
    verdict = Verdict(answer["verdict"])
    is_sure = not answer["no_close_match"]
    hits = [_hit(hit, is_best=is_sure and hit["rank"] == 1) for hit in answer["hits"]]
    # labels never change the order; `nearest` hits stand behind the last match
    end = max((i for i, hit in enumerate(hits, 1) if hit.is_match), default=0)
    return ShownAnswer(
        question=answer["query"],
        verdict=VERDICTS[verdict],
        kind=_KINDS[verdict],
        sure="" if verdict in (Verdict.EXACT, Verdict.TERMS) else percent(answer["confidence"]),
        repaired=answer["repaired"] or "",
        matches=tuple(hits[:end]),
        nearest=tuple(hits[end:]),
    )


def _hit(hit: Mapping[str, Any], *, is_best: bool) -> DisplayedHit:
    text, sentence = hit["definition"], hit["sentence"]
    if sentence and len(sentence["text"]) == len(text):
        sentence = None  # the sentence is the whole definition: nothing to highlight
    part = snippet(text, hit["matched_words"], sentence)
    return DisplayedHit(
        id=hit["id"],
        term=highlight(hit["term"], hit["matched_term_words"]),
        name=hit["term"],
        glossary=hit["glossary"],
        language=hit["language"],
        reason=_reason(hit),
        similarity=fixed(hit["similarity"]),
        is_best=is_best,
        is_match=hit["matched_by"] != Tier.NEAREST,
        asked_as=hit.get("matched_phrase", ""),
        definition=part,
        whole=highlight(text, hit["matched_words"], sentence) if part.is_part else None,
        why=_why(hit),
    )


def _reason(hit: Mapping[str, Any]) -> str:
    name = hit["matched_name"]
    reason = _REASONS[Tier(hit["matched_by"])]
    return f"{reason} ({name})" if name and name != hit["term"] else reason


def _why(hit: Mapping[str, Any]) -> Why:
    sentence, words = hit["sentence"], hit["matched_words"]
    facts = [("Found by", _reason(hit))]
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
        tuple(
            ShareRow(PART_NAMES[s.part], f"{fixed(s.value)} × {s.weight:g}", signed(s.given))  # noqa: RUF001
            for s in given
        ),
        signed(sum(share.given for share in given)),
        f"Score {hit['score']:.2f}. {_decided(hit)}",
    )


def _decided(hit: Mapping[str, Any]) -> str:
    if hit["rerank_score"] is not None:
        return BY_RERANKER
    return BY_SUM if hit["matched_name"] is None else BY_NAME


def fixed(number: float) -> str:
    """Return a number with two decimals and a minus sign, which zero never has."""
    text = f"{number:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")  # noqa: RUF001


def signed(number: float) -> str:
    """Return a number with its sign."""
    text = fixed(number)
    return f"+{text}" if number > 0 and text != "0.00" else text
