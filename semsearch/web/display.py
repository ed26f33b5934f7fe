"""Texts for people about verdicts, tiers, scores, engines and outdated encoders."""

from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import NamedTuple

import numpy as np

from semsearch.core.answers import ScoreParts, Tier, Verdict
from semsearch.core.index_info import EngineInfo, IndexInfo
from semsearch.models.registry import DEFAULT_MODEL, FORMER_DEFAULTS, RETIRED_DEFAULTS
from semsearch.ranking.fusion import phrase_surplus
from semsearch.ranking.weights import DEFAULT, PARTS

VERDICTS = {
    Verdict.EXACT: "Exact name",
    Verdict.TERMS: "About these terms",
    Verdict.STRONG: "Strong match",
    Verdict.POSSIBLE: "Possible match",
    Verdict.NONE: "No close match",
}

MATCHED_BY = {
    Tier.EXACT: "exact name",
    Tier.FORM: "form of a name",
    Tier.PREFIX: "beginning of a name",
    Tier.PARTIAL: "words of a name",
    Tier.MEANING: "meaning",
    Tier.FUZZY: "similar spelling",
    Tier.NEAREST: "nearest only",
}

PART_NAMES = {
    "definition": "Nearness of the whole definition",
    "lead": "Nearness of its first sentence",
    "sentence": "Nearness of its best sentence",
    "term": "Nearness of its name",
    "asked": "Nearness of a phrase by which people ask, above what the other parts suggest",
    "tokens": "Words of the question it answers, by meaning",
    "coverage": "Share of the definition that the question covers",
    "words": "Words that both use (BM25)",
    "named": "Own name in a description (counts against it)",
}
"""Displayed names of the fields of `ScoreParts`."""

_WORD_CHARS = 40
"""Most characters omitted so that no word is cut. Scripts without spaces are cut anywhere."""
_BY_SUM = "The sum decides its place."
_BY_NAME = "Its name decides its place, before anything found by meaning."
_BY_RERANKER = "The reranker decides its place, not the sum."


class Share(NamedTuple):  # a tuple, since an answer has a hundred
    """The share of one part in the sum of a score.

    `given` is value times weight, negative for a part that counts against the entry.
    """

    given: float
    part: str
    value: float
    weight: float


def shares(parts: ScoreParts) -> list[Share]:
    """Return the share of each part that has weight in the sum of a score, largest first."""
    values = list(_VALUES(parts))
    if parts.asked:
        columns = np.array([values], dtype=np.float32)
        beyond = phrase_surplus(columns[:, _ASKED], columns @ DEFAULT.vector)
        values[_ASKED] = float(beyond[0])
    found = [
        Share(value * weight, part, value, weight)
        for part, value, weight in zip(PARTS, values, _WEIGHTS, strict=True)
        if value and weight
    ]
    found.sort(key=_GIVEN, reverse=True)
    return found


_VALUES = attrgetter(*PARTS)
_WEIGHTS = _VALUES(DEFAULT)
_ASKED = PARTS.index("asked")
_GIVEN = itemgetter(0)


def fixed(number: float) -> str:
    """Return a number with two decimals and a minus sign, which zero never has."""
    text = f"{number:.2f}"
    if text[0] != "-":
        return text
    return "0.00" if text == "-0.00" else f"−{text[1:]}"  # noqa: RUF001


def signed(number: float) -> str:
    """Return a number with its sign."""
    text = fixed(number)
    return f"+{text}" if number > 0 and text != "0.00" else text


def cut(text: str, chars: int) -> str:
    """Return a text of at most `chars` characters, cut between words if it was longer."""
    return text if len(text) <= chars else _beginning(text, chars)


def cut_line(text: str, chars: int) -> str:
    """Return the beginning of a text in one line of at most `chars` characters."""
    head = text[: 2 * chars]
    line = " ".join(head.split())
    return line if head == text and len(line) <= chars else _beginning(line, chars)


def _beginning(text: str, chars: int) -> str:
    begin = text[: chars - 2]
    blank = begin.rfind(" ", chars - _WORD_CHARS)
    return f"{begin if blank < 0 else begin[:blank]} …"


def percent(probability: float) -> str:
    """Return a probability in whole percents.

    Rounded down, so that a confidence that missed a threshold never reads as if it had reached it,
    and never 0 or 100, since neither is known.
    """
    whole = round(probability * 10_000) // 100  # confidences have four decimals
    return f"{min(whole, 99)} %" if whole else "under 1 %"


def place(name: str | None, rerank_score: float | None) -> str:
    """Return the text that says what decided the rank of a hit.

    Args:
        name: that matched, if one did.
        rerank_score: of a reranker, if there is one.
    """
    if rerank_score is not None:
        return _BY_RERANKER
    return _BY_SUM if name is None else _BY_NAME


def engine(stated: EngineInfo) -> str:
    """Return the name, reason, recall and size of the engine that finds entries by meaning."""
    size = f"{stated.bytes / 1e6:,.1f} MB"
    if not stated.breadth:
        return f"{stated.name}, {stated.why}; {size}"
    return (
        f"{stated.name}, {stated.why}; {stated.recall:.1%} of the nearest ten found, keeping "
        f"{stated.breadth} in view; {size}"
    )


def former_default(info: IndexInfo, named: str | None) -> str:
    """Return a notice if an index was built with a former default encoder, else an empty text.

    Args:
        info: the index.
        named: the encoder that the user named. There is no notice for a named one.
    """
    if named is not None:
        return ""
    advice = (
        f"The index was built with {info.model}; today's default is {DEFAULT_MODEL}: run "
        f"`semsearch build PATHS --index {info.path}` again"
    )
    if info.model in RETIRED_DEFAULTS:
        return f"{advice}; {info.model} is no longer bundled"
    if short := FORMER_DEFAULTS.get(info.model):
        return f"{advice}, or set SEMSEARCH_MODEL={short} to keep it and silence this"
    return ""


_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "la": "Latin", "lt": "Lithuanian", "lv": "Latvian", "mt": "Maltese", "nb": "Norwegian", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def language_name(tag: str) -> str:
    """Return the name of a language with its variant, or the tag of an unknown one."""
    first, _, variant = tag.partition("-")
    name = _LANGUAGES.get(first.lower())
    if name is None:
        return tag
    return f"{name} ({variant})" if variant else name
