"""Words for people: how sure an answer is, what a score is made of, which encoder is out of date."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass

import numpy as np

from semsearch.core.answers import Evidence, ScoreParts, Verdict
from semsearch.core.index_info import EngineInfo, IndexInfo
from semsearch.models.registry import DEFAULT_MODEL, FORMER_DEFAULTS
from semsearch.ranking.fusion import asked_beyond
from semsearch.ranking.weights import DEFAULT, PARTS

VERDICTS = {
    Verdict.EXACT: "Exact name",
    Verdict.TERMS: "About these terms",
    Verdict.STRONG: "Strong match",
    Verdict.POSSIBLE: "Possible match",
    Verdict.NONE: "No close match",
}

PART_NAMES = {
    "definition": "Nearness of the whole definition",
    "lead": "Nearness of its first sentence",
    "sentence": "Nearness of its best sentence",
    "term": "Nearness of its name",
    "asked": "Nearness of an asked-as phrase, above what the other parts suggest",
    "tokens": "Words of the question it answers, by meaning",
    "coverage": "Share of the definition that the question covers",
    "words": "Words that both use (BM25)",
    "named": "Own name in a description (counts against it)",
}
"""What `types.ScoreParts` are called where people read them."""

BY_SUM = "The sum decides its place."
BY_NAME = "Its name decides its place, before anything found by meaning."
BY_RERANKER = "The reranker decides its place, not the sum."


@dataclass(frozen=True, slots=True)
class Share:
    """What one part gives to the sum that a score is made of."""

    part: str
    value: float
    weight: float

    @property
    def given(self) -> float:
        """Value times weight; negative for a part that counts against the entry."""
        return self.value * self.weight


def shares(parts: ScoreParts) -> list[Share]:
    """Return what each part of a score gives to its sum, the most first; none that is 0."""
    columns = np.array([astuple(parts)], dtype=np.float32)
    beyond = asked_beyond(columns[:, PARTS.index("asked")], columns @ DEFAULT.weights)
    values = {**asdict(parts), "asked": float(beyond[0])}
    found = [Share(name, values[name], getattr(DEFAULT, name)) for name in PARTS]
    return sorted((share for share in found if share.value), key=lambda share: -share.given)


def percent(probability: float) -> str:
    """Return a probability in whole percents.

    Rounded down, so that a confidence that missed a threshold never reads as if it had reached it,
    and never 0 or 100, since neither is known.
    """
    whole = round(probability * 10_000) // 100  # confidences have four decimals
    return f"{min(whole, 99)} %" if whole else "under 1 %"


def place(evidence: Evidence) -> str:
    """Return what decided the place of a hit."""
    if evidence.rerank_score is not None:
        return BY_RERANKER
    return BY_SUM if evidence.name is None else BY_NAME


def engine(stated: EngineInfo) -> str:
    """Return what finds entries by meaning, why it does, and what it is worth."""
    size = f"{stated.bytes / 1e6:,.1f} MB"
    if not stated.breadth:
        return f"{stated.name}, {stated.why}; {size}"
    return (
        f"{stated.name}, {stated.why}; {stated.recall:.1%} of the nearest ten found, keeping "
        f"{stated.breadth} in view; {size}"
    )


def former_default(info: IndexInfo, named: str | None) -> str:
    """Say that an index was built with what used to be the default encoder; empty if it was not.

    Args:
        info: the index.
        named: the encoder that its user named; who named one knows which it is.
    """
    short = FORMER_DEFAULTS.get(info.model)
    if named is not None or short is None:
        return ""
    return (
        f"The index was built with {info.model}; today's default is {DEFAULT_MODEL}: run "
        f"`semsearch build PATHS --index {info.path}` again, or set SEMSEARCH_MODEL={short} to keep it "
        "and silence this"
    )


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
    """Return what a language is called; a variant of it says which, and one that is not known is its tag."""
    first, _, variant = tag.partition("-")
    name = _LANGUAGES.get(first.lower())
    if name is None:
        return tag
    return f"{name} ({variant})" if variant else name
