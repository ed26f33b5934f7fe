"""What a question may be: text of limited length with at least one word or mark in it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from semsearch.core.errors import InvalidQuestion

MAX_QUESTION_CHARS = 1000
"""Longer questions are refused: encoders read some 250 word pieces, and byte-pair tokenizers
need more than linear time on one huge word."""

_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Controls but tab and line ends, lone surrogates, and the code points that are no characters."""

_SPACE = re.compile(r"\s+")

_ASIDE = frozenset(".?!,;:-\"'`´“”‘’„‚«»‹›「」…–—¿¡。、，；：？！")
"""Marks that ask nothing where they stand alone."""


_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that show nothing: fillers of Hangul, and the blank pattern of Braille."""


@lru_cache(maxsize=256)  # one question is checked several times until it is answered
def check_question(raw: str) -> str:
    """Return the question as it will be asked: NFC, white space runs as one blank.

    Args:
        raw: what a person or program sent.

    Returns:
        The cleaned question, 1 to `MAX_QUESTION_CHARS` characters; of marks alone if it is so
        ("...", see `is_marks`).

    Raises:
        InvalidQuestion: it is empty, too long, or holds characters that are not text.
    """
    _check_length(raw)
    if bad := _NOT_TEXT.search(raw):
        raise InvalidQuestion(
            f"the question holds the character U+{ord(bad[0]):04X}, which is not text; "
            "send UTF-8 without control characters"
        )
    question = _SPACE.sub(" ", unicodedata.normalize("NFC", raw)).strip()
    _check_length(question)  # some characters are composed of two
    if is_blank(question):
        raise InvalidQuestion(
            "the question is empty: it has no letter or digit; ask with at least one word"
        )
    return question


def is_blank(text: str) -> bool:
    """Return whether a text shows nothing: no letter, digit, sign or punctuation."""
    return not any(unicodedata.category(c)[0] in "LNPS" and c not in _UNSEEN for c in text)


def is_marks(question: str) -> bool:
    """Return whether a question is punctuation alone, which only an entry of that name answers."""
    return not any(c not in _ASIDE and unicodedata.category(c)[0] in "LNPS" for c in question)


def _check_length(question: str) -> None:
    if len(question) > MAX_QUESTION_CHARS:
        raise InvalidQuestion(
            f"the question has {len(question):,} characters; at most {MAX_QUESTION_CHARS:,} are "
            "read, so shorten it"
        )
