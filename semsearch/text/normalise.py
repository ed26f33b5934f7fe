"""Text in: what a question may be, how texts are cut into sentences, and how they are hashed.

Stored text is never changed here beyond Unicode NFC; everything that folds or drops
characters serves matching only.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from semsearch.core.answers import Span
from semsearch.core.errors import InvalidQuestion

MAX_QUESTION_CHARS = 1000
"""Longer questions are refused: encoders read some 250 word pieces, and byte-pair tokenizers
need more than linear time on one huge word."""

MIN_SENTENCE_WORDS = 3
"""A sentence shorter than this ("See also.") says nothing a question could be near to."""

MIN_SENTENCE_LETTERS = 6
"""The same limit for scripts that are written without blanks."""

CACHED_CHARS = 64
"""Longer texts are no words or names that come again, so what is made of them is not kept."""

_ABBREVIATIONS = frozenset(
    """
    e.g. i.e. etc. vs. cf. al. approx. dr. mr. mrs. ms. st. no. fig. eq. sec. ch. inc. ltd.
    jr. sr. u.s. a.k.a. resp. esp. incl. pp. vol. ed.
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
_LONGEST_ABBREVIATION = 12
_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’)\]]*(?=\s)|\n{2,}|[。！？]+")
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Controls but tab and line ends, lone surrogates, and the code points that are no characters."""
_SPACE = re.compile(r"\s+")
_ASIDE = frozenset(".?!,;:-\"'`´“”‘’„‚«»‹›「」…–—¿¡。、，；：？！")
"""Marks that ask nothing where they stand alone."""
_UNSPACED = re.compile(
    "[\u0e01-\u0e4e\u0e81-\u0ece\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3"  # Thai to Khmer
    "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9d"  # kana
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"  # Han
)
"""Letters of scripts written without blanks between words."""
_COMBINING = "".join(
    chr(code) for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M"
)
WORD = re.compile(rf"\w+(?:(?=[^\0-\u02ff])[{_COMBINING}]+\w*)*")
"""A word: letters, digits, underscores, and the marks and vowel signs on them, which `\\w` leaves
out. The look-ahead saves the long class where a word ends in front of a common character."""
_MARKS = re.compile(r"([\\`*_\[\]<>{|]|&(?=#?\w+;))")
"""What means something in Markdown within a line; an ampersand where it begins the name of a character."""
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: how a character is drawn, never which one it is."""
_PLAIN = re.compile(r"[^a-z0-9+#]+")
_ACCENTED = ("LATIN ", "GREEK ", "CYRILLIC ")
"""Scripts whose marks are left out in hasty typing; in others a mark makes another letter."""
_BARRED = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
    }
)
"""Letters that are typed as others where a keyboard lacks them, and that Unicode does not decompose."""
_TRADE_MARKS = str.maketrans(dict.fromkeys("™®℠©℗", " "))
_POINTS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew: accents, vowels, dots
    "\u0610-\u061a\u0640\u064b-\u0652\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"  # Arabic
    "|(?<=\u0627)[\u0653-\u0655]"  # what alef carries
)
"""Signs that Hebrew and Arabic leave out in ordinary writing: vowel points, the tatweel that only stretches a word,
and hamza and madda on an alef."""

STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being both
    but by call called calls can could did do does doing for from had has have having he her
    here hers him his how i if in into is it its itself just know like may me mean means
    might more most much must my name no nor not of off on once one only or other our out
    over own same say she should so some something such term than that the their them then
    there these they thing things this those through to too under until up us use used very
    was way we were what when where which while who whom whose why will with word would you
    your
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)
"""English words that carry no meaning of their own in a question: function words and the
words of the shell around it ("what do you call the thing that ..."). Chosen by reading, not
tuned; only the words half uses them, the encoder reads the whole question."""


def check_question(raw: str) -> str:
    """Return the question as it will be asked: NFC, white space runs as one blank.

    Args:
        raw: what a person or program sent.

    Returns:
        The cleaned question, 1 to `MAX_QUESTION_CHARS` characters; of marks alone if it is so ("...", see `is_marks`).

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
    if not any(unicodedata.category(c)[0] in "LNPS" for c in question):
        raise InvalidQuestion(
            "the question is empty: it has no letter or digit; ask with at least one word"
        )
    return question


def is_marks(question: str) -> bool:
    """Return whether a question is punctuation alone, which asks nothing unless an entry is called so."""
    return not any(c not in _ASIDE and unicodedata.category(c)[0] in "LNPS" for c in question)


def _check_length(question: str) -> None:
    if len(question) > MAX_QUESTION_CHARS:
        raise InvalidQuestion(
            f"the question has {len(question):,} characters; at most {MAX_QUESTION_CHARS:,} are "
            "read, so shorten it"
        )


def content_words(question: str) -> list[str]:
    """Return the words of a question that carry meaning, in order, without repeats.

    When every word is a stop word, all of them are kept: "to be" must still be askable. A
    question of marks alone, like "+", has none.
    """
    words = list(dict.fromkeys(WORD.findall(question)))
    return [w for w in words if w.casefold() not in STOP_WORDS and len(w) > 1] or words


def sentences(text: str) -> list[Span]:
    """Cut a definition into sentences, with their character offsets.

    A sentence ends at `.`, `!`, `?` or an ellipsis followed by white space, at a full-width stop,
    or at an empty line; known abbreviations and single initials do not end one. Sentences of
    fewer than three words, or six letters in scripts without blanks, are left out.
    """
    spans: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.group().startswith(".") and _is_abbreviation(text, match.end()):
            continue
        spans.extend(_trimmed(text, start, match.end()))
        start = match.end()
    spans.extend(_trimmed(text, start, len(text)))
    return spans


def _is_abbreviation(text: str, end: int) -> bool:
    """Whether the word that ends here, its full stop included, is an abbreviation or an initial."""
    before = text[max(0, end - _LONGEST_ABBREVIATION) : end].split()
    last = before[-1].lstrip("([\"'“‘").casefold() if before else ""
    return last in _ABBREVIATIONS or (len(last) == 2 and last[0].isalpha())


def is_brief(text: str) -> bool:
    """Whether a text says no more than a heading would, as far as scripts without blanks go."""
    return len(_UNSPACED.findall(text)) < MIN_SENTENCE_LETTERS


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    piece = text[start:end]
    stripped = piece.strip()
    if len(stripped.split()) < MIN_SENTENCE_WORDS and is_brief(stripped):
        return []
    first = start + len(piece) - len(piece.lstrip())
    return [Span(first, first + len(stripped), stripped)]


def text_hash(text: str) -> bytes:
    """Return the SHA-256 of a text: the key under which its vector is kept."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def fold(text: str) -> str:
    """Return a text as names are compared: NFKC, no case, no accents, runs of marks as blanks.

    "Long Short-Term  Memory" and "long short term memory" fold alike, and so do "Łódź" and "lodz". "C++" and
    "C#" keep the marks that tell them apart, and so does a text of marks alone, like "&". Only Latin,
    Greek and Cyrillic letters lose their accents; Arabic and Hebrew lose their vowel points.
    """
    return _fold_kept(text) if len(text) <= CACHED_CHARS else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():  # nothing below would do anything else, and takes ten times as long
        return _PLAIN.sub(" ", text.lower()).strip() or "".join(text.split())
    unmarked = text.translate(_TRADE_MARKS)
    text = text if unmarked.isspace() else unmarked
    plain = unicodedata.normalize("NFKC", _VARIANT.sub("", text)).casefold()
    kept: list[str] = []
    base = " "
    for c in _POINTS.sub("", unicodedata.normalize("NFKD", plain)).translate(_BARRED):
        if unicodedata.category(c)[0] == "M":
            if base.isalnum() and not unicodedata.name(base, "").startswith(_ACCENTED):
                kept.append(c)
        else:
            base = c if c.isalnum() or c in "+#" else " "
            kept.append(base)
    words = "".join(kept).split() or ["".join(plain.split())]
    return unicodedata.normalize("NFKC", " ".join(words))


_fold_kept = lru_cache(maxsize=1 << 15)(_fold)


def in_markdown(text: str) -> str:
    """Return a text in one line that says nothing in Markdown but itself."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
